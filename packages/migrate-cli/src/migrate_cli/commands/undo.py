"""Taking back what was done of a revision that isn't finished, change by change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ddl_constructs import Change, IrreversibleChange, UnsupportedChange
from revgraph import Step
from sqlalchemy.sql.base import Executable

from ..errors import CantGoOn, CantUndo
from ..journal.ears import Ears
from ..journal.effects import in_place
from ..journal.page import Page
from ..journal.rows import Entry
from ..journal.table import Journal
from ..running.resume import Replay, Resumed, numbered
from ..running.run import Run
from ..running.runner import rehearse
from ..scripts import Script
from ..sinks import OnlineSink
from .project import live


class _Reached(Exception):
    """The script has come to what wasn't done."""


class _Rewind(Replay):
    """Goes through what is done, and no further."""

    def __init__(self, resumed: Resumed, connection: Any) -> None:
        super().__init__(resumed.attempt.entries, connection)
        self.change: Change | None = None
        self.done: list[tuple[Change | None, Entry]] = []

    def met(self, statement: Entry) -> Entry | None:
        known = super().met(statement)
        if not statement.writes:
            return known
        if known is None or known.state != "done":
            raise _Reached
        self.done.append((self.change, known))
        return known


class _Collecting(OnlineSink):
    """Tells which change a statement belongs to."""

    rewind: _Rewind

    def take(self, element: Change | Executable) -> Any:
        self.rewind.change = element if isinstance(element, Change) else None
        try:
            return super().take(element)
        finally:
            self.rewind.change = None


def undone(around: Run, journal: Journal, resumed: Resumed, step: Step[Script]) -> None:
    """Take back what was done of a revision, newest first.

    Raises:
        CantUndo: Something can't be taken back; nothing ran.
        CantGoOn: What was done can't be told.
    """
    attempt, connection = resumed.attempt, live(around)
    changes = _changes(around, journal, resumed, step)
    for entries, back in changes:
        for piece in back.statements(connection.dialect, connection):
            compiled: Any = piece
            text = str(compiled.compile(dialect=connection.dialect))
            if not in_place(text, connection):
                with around.sink.transaction():
                    around.sink.take(piece)
        with around.sink.transaction():
            for entry in entries:
                journal.update(connection, attempt.attempt, entry.n, state="undone")
    with around.sink.transaction():
        journal.close(connection, attempt.attempt, "undone", "taken back")


def _changes(
    around: Run, journal: Journal, resumed: Resumed, step: Step[Script]
) -> list[tuple[list[Entry], Change]]:
    """Give the changes that take back what was done, in the order in which they are to run."""
    done = _done(around, journal, resumed, step)
    numbers = {e.n: number for number, e in enumerate(numbered(resumed.attempt.entries), 1)}
    reasons, changes = [], []
    groups: list[tuple[Change | None, list[Entry]]] = []
    for change, entry in done:
        if groups and change is not None and groups[-1][0] is change:
            groups[-1][1].append(entry)
        else:
            groups.append((change, [entry]))
    for change, entries in groups:
        entries = [e for e in entries if e.n in numbers]
        if not entries:
            continue
        said = f"statement {numbers[entries[0].n]}: {' '.join(entries[0].text.split())[:100]}"
        if change is None:
            reasons.append(f"{said}: it was said as SQL")
            continue
        try:
            changes.append((entries, change.reverse()))
        except (IrreversibleChange, UnsupportedChange, NotImplementedError) as err:
            reasons.append(f"{said}: {str(err).partition(chr(10))[0]}")
    if reasons:
        raise CantUndo(resumed.attempt.revision, reasons)
    return changes[::-1]


def _done(
    around: Run, journal: Journal, resumed: Resumed, step: Step[Script]
) -> Sequence[tuple[Change | None, Entry]]:
    """Run the script as far as it was done, executing nothing of it that changes anything."""
    connection = live(around)
    rewind = _Rewind(resumed, connection)
    sink = _Collecting(connection)
    sink.rewind = rewind
    ears = Ears(connection)
    page = Page(
        journal,
        connection,
        ears,
        resumed.attempt,
        transactional=True,
        outside=lambda: False,
        before=rewind,
    )
    try:
        with ears.attached(), sink.transaction(), page:
            rehearse(step, sink, around)
            raise _Reached
    except _Reached:
        pass
    except CantGoOn:
        raise
    except Exception:  # the script fails again, where it did before
        if not rewind.is_through:
            raise
    return rewind.done
