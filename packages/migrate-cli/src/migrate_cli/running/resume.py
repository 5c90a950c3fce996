"""Going on with a revision that isn't finished: its script is run again, and what is done is passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy.engine import Connection

from ..errors import CantGoOn
from ..journal.answers import Answer
from ..journal.effects import effects, in_place
from ..journal.kinds import is_temporary
from ..journal.rows import Attempt, Entry
from .half_built import half_built_by

IDLE = ("left", "undone", "refused")
"""States of statements that have done nothing, or of which nobody asks any more."""
MATCHED = ("read", "data", "ddl", "other")
"""Kinds of statements that are looked for; settings of the session are simply made again."""


@dataclass(frozen=True)
class Resumed:
    """A revision to go on with.

    Attributes:
        attempt: It, with its statements.
        chosen: Whether somebody has chosen where to go on: then what is done is taken as
            it stands, also where the script says something else now.
    """

    attempt: Attempt
    chosen: bool = False

    def replay(self, connection: Connection) -> Replay:
        """Begin to go through its statements."""
        return Replay(self.attempt.entries, connection, chosen=self.chosen)


def numbered(entries: Sequence[Entry]) -> list[Entry]:
    """Give the statements that have a number for people: those that write; the first one is 1."""
    return [entry for entry in entries if entry.writes and entry.state not in IDLE]


def next_number(entries: Sequence[Entry]) -> int:
    """Give the number of the first statement that isn't known to be done."""
    known = numbered(entries)
    return next((n for n, one in enumerate(known, 1) if one.state != "done"), len(known) + 1)


class Replay:
    """Goes through the statements of an unfinished revision while its script says them again."""

    def __init__(
        self, entries: Sequence[Entry], connection: Connection, *, chosen: bool = False
    ) -> None:
        self._connection, self._chosen = connection, chosen
        self._numbers = {id(entry): n for n, entry in enumerate(numbered(entries), 1)}
        self._left = [entry for entry in entries if entry.kind in MATCHED and entry.state != "left"]
        self._at = 0
        self._reads: dict[int, Entry] = {}

    def met(self, statement: Entry) -> Entry | None:
        place = self._place(statement)
        if place is None:
            return self._new(statement)
        for absent in self._left[self._at : place]:
            self._must_be_in_place(absent)
        known = self._left[place]
        self._at = place + 1
        if known.kind == "read":
            self._reads[known.n] = known
            if not (self._chosen or known.state == "refused" or Answer.read(known.answer).hash):
                raise self._another_answer(statement)
        if known.state == "refused":
            return known
        if is_temporary(known.text) and known.state != "undone":
            self._stop(
                known, "made a temporary table, which is gone with the connection it was for"
            )
        if undo := half_built_by(known.text, self._connection):
            self._connection.exec_driver_sql(undo)
            known.state = "failed"
        elif known.state == "begun":
            done = in_place(known.text, self._connection)
            if done is None:
                self._stop(known, "was begun, and it can't be told whether it is done")
            known.state = "done" if done else "begun"
        elif known.state == "undone":
            known.state = "done"
        return known

    def _place(self, statement: Entry) -> int | None:
        asked = (statement.hash, statement.parameters)
        for place in range(self._at, len(self._left)):
            entry = self._left[place]
            if (entry.hash, entry.parameters) == asked:
                return place
        return None

    def _new(self, statement: Entry) -> Entry | None:
        """Take a statement that the run before hasn't said: all that it did must be in place."""
        left = self._unsaid()
        if self._chosen:
            if not (left and statement.writes):
                return None
            self._at = self._left.index(left[0], self._at) + 1
            return left[0]  # it stands where the script says something else now
        if statement.kind == "read" and left:
            self._stop(left[0], f"isn't said; what is said is a new read: {_line(statement)}")
        for entry in left:
            self._must_be_in_place(entry, instead=statement)
        if statement.writes:
            self._at = len(self._left)
        return None

    def _unsaid(self) -> list[Entry]:
        """Give the statements with a number that the script hasn't said yet."""
        return [entry for entry in self._left[self._at :] if id(entry) in self._numbers]

    def _must_be_in_place(self, entry: Entry, instead: Entry | None = None) -> None:
        if not entry.writes or entry.state in ("failed", *IDLE) or self._chosen:
            return
        if effects(entry.text) and in_place(entry.text, self._connection):
            return
        said = f"; instead it says: {_line(instead)}" if instead is not None else ""
        self._stop(entry, f"was run, and the script doesn't say it any more{said}")

    def answered(self, statement: Entry, now: Answer) -> None:
        known = self._reads.get(statement.n)
        if known is None or self._chosen:
            return
        if Answer.read(known.answer).hash != now.hash:
            raise self._another_answer(statement)

    def _another_answer(self, statement: Entry) -> CantGoOn:
        return self.lost(f"a read gives another answer than before: {_line(statement)}")

    def ended(self) -> None:
        for entry in self._left[self._at :]:
            self._must_be_in_place(entry)

    @property
    def is_through(self) -> bool:
        """Whether the script has said all that was done."""
        left = self._left[self._at :]
        return not any(entry.writes and entry.state in ("begun", "done") for entry in left)

    def lost(self, why: str) -> CantGoOn:
        """Make the error of what can't be repeated here."""
        open_ones = (one for one in self._unsaid() if not self._is_done(one))
        numbers = (self._numbers[id(one)] for one in open_ones)
        return CantGoOn(why, next(numbers, len(self._numbers) + 1))

    def _is_done(self, entry: Entry) -> bool:
        """Tell whether a statement is known to be done, or was begun and is seen in the catalog."""
        if entry.state == "begun" and effects(entry.text):
            return bool(in_place(entry.text, self._connection))
        return entry.state == "done"

    def _stop(self, entry: Entry, why: str) -> NoReturn:
        number = self._numbers[id(entry)]
        later = number + (entry.state == "done")
        raise CantGoOn(f"statement {number} {why}\n  {number}: {_line(entry)}", later)


def _line(entry: Entry, most: int = 200) -> str:
    line = " ".join(entry.text.split())
    return line if len(line) <= most else line[: most - 3] + "..."
