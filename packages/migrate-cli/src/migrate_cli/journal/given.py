"""What a page of the journal has from the run before: its statements, and what they gave back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from ..errors import CantGoOn
from .answers import Answer
from .rows import Entry


class Before(Protocol):
    """What was done by the run that a page goes on with."""

    def met(self, statement: Entry) -> Entry | None:
        """Take note that the script says a statement.

        Returns:
            The one that it is of the run before, with the state "done" if it isn't to be executed;
            None for a new one.

        Raises:
            CantGoOn: What to do can't be told.
        """

    def answered(self, statement: Entry, now: Answer) -> None:
        """Compare what a read gives now with what it gave.

        Raises:
            CantGoOn: It differs.
        """

    def ended(self) -> None:
        """Take note that the script has come to its end.

        Raises:
            CantGoOn: It lacks what was done.
        """

    def lost(self, why: str) -> CantGoOn:
        """Make the error of what can't be repeated here."""


class Given:
    """A cursor that gives what a statement gave when it was executed."""

    def __init__(self, cursor: Any, given: Answer, unknown: Callable[[], None]) -> None:
        self._cursor, self._unknown = cursor, unknown
        self.rowcount, self.lastrowid = given.count, given.key
        columns = given.columns
        # a server-side cursor is asked for rows at once, also where there were none to be had
        rows = [] if columns is None else given.rows
        self._rows = deque(rows) if rows is not None else None
        self.description = (
            None
            if columns is None
            else [(name, code, None, None, None, None, None) for name, code in columns]
        )

    def fetchone(self) -> Any:
        rows = self._known()
        return rows.popleft() if rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        rows = self._known()
        return [rows.popleft() for _ in range(min(size, len(rows)))]

    def fetchall(self) -> list[Any]:
        rows = self._known()
        given = list(rows)
        rows.clear()
        return given

    def _known(self) -> deque[Any]:
        if self._rows is None:
            self._unknown()
            return deque()
        return self._rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def together(entries: list[Entry]) -> list[Entry]:
    """Make one of those that say the same again and again: nobody has to go on from in between."""
    kept: list[Entry] = []
    for entry in entries:
        entry.answer = None
        last = kept[-1] if kept else None
        if last is not None and (last.hash, last.state) == (entry.hash, entry.state):
            last.times += 1
            last.seconds = (last.seconds or 0) + (entry.seconds or 0)
        else:
            kept.append(entry)
    return kept
