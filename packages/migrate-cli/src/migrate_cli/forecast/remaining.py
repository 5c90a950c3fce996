"""What an unfinished revision hasn't done: what its script says, without what the journal has of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from ddl_constructs import BulkInsert, Change, DDLConstructsError, MissingFact
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.ddl import ExecutableDDLElement

from ..journal.kinds import kind_of
from ..journal.rows import Attempt, Entry, hashed
from ..sinks.base import in_words
from .listening import Heard, Listened

FEW = 100
"""So many rows every driver gets at once."""


@dataclass(frozen=True)
class Remaining:
    """What a script says behind the last statement that the journal has.

    Attributes:
        statements: In order, each in one line: its text as the driver gets it, values left out, or
            in words where the text isn't known before it runs.
        unknown: Why it isn't known what comes behind these, in one line; None if nothing does.
    """

    statements: tuple[str, ...]
    unknown: str | None


@dataclass(frozen=True)
class _Said:
    """A statement that a script says.

    Attributes:
        text: It, as the journal has it; of many rows only how it begins.
        shown: What people see of it.
        call: What it has in common with the other rows of one call; None for one alone.
        rows: Whether it stands for as many statements as the driver makes of many rows.
    """

    text: str
    shown: str
    call: object = None
    rows: bool = False

    def is_in(self, entry: Entry) -> bool:
        """Whether an entry of the journal is this statement."""
        if self.rows:
            return entry.text.startswith(self.text)
        return entry.hash == hashed(self.text)


def remaining(attempt: Attempt, heard: Listened, connection: Connection) -> Remaining:
    """Drop from what a script says all that was begun before, and give the rest.

    Args:
        attempt: The unfinished revision, with its statements.
        heard: What its script says, whose file is as it was when the revision was begun.
        connection: The database's, in no use by others: facts of a table are read there.
    """
    said = list(_once(one for each in heard.said for one in _statements(each, connection)))
    begun = [entry for entry in attempt.entries if entry.writes and entry.state != "left"]
    place = _behind(begun, said)
    if place is None:
        last = " ".join(begun[-1].text.split())
        last = last if len(last) <= 100 else last[:97] + "..."
        why = f"the last of them isn't found in what the script says: {last}"
        return Remaining((), heard.opaque or why)
    return Remaining(tuple(" ".join(one.shown.split()) for one in said[place:]), heard.opaque)


def _behind(begun: Sequence[Entry], said: Sequence[_Said]) -> int | None:
    """Give the place behind the last statement that was begun; None if the script doesn't say it."""
    place, found = 0, True
    for entry in begun:
        at = next((n for n in range(place, len(said)) if said[n].is_in(entry)), None)
        if at != place and place and said[place - 1].rows and said[place - 1].is_in(entry):
            continue
        found = at is not None
        place = place if at is None else at + 1
    return place if found else None


def _once(said: Iterator[_Said]) -> Iterator[_Said]:
    """Give many rows of one call as the one statement that the driver gets."""
    for (call, _), group in groupby(said, key=lambda one: (one.call, one.text)):
        if call is None:
            yield from group
        else:
            yield next(group)


def _statements(heard: Heard, connection: Connection) -> Iterator[_Said]:
    element, words = heard.element, None
    if isinstance(element, BulkInsert):
        yield from _rows(element, heard.alone, connection)
        return
    try:
        pieces = [element]
        if isinstance(element, Change):
            try:
                pieces = list(element.statements(connection.dialect))
            except MissingFact:  # by then they may be others: what comes before can change them
                pieces = list(element.statements(connection.dialect, connection))
                words = element.describe()
        texts = [_text(piece, connection) for piece in pieces]
    except (DDLConstructsError, SQLAlchemyError):
        yield _Said("", in_words(element))
        return
    for text in texts:
        if kind_of(text) in ("data", "ddl", "other"):
            yield _Said(text, words or text, heard.call)


def _rows(change: BulkInsert, alone: bool, connection: Connection) -> Iterator[_Said]:
    """Give many rows as one, unless some of them may be there without the others."""
    rows = list(islice(change.rows, FEW + 1))
    if alone and len(rows) > FEW:
        yield _Said("", change.describe())
    elif rows:
        start = _text(change.table.insert().values(dict(rows[0])), connection).partition("(")[0]
        yield _Said(start, change.describe(), rows=True)


def _text(piece: object, connection: Connection) -> str:
    """Write a statement as the driver gets it, and as the journal keeps it."""
    kinds = {} if isinstance(piece, ExecutableDDLElement) else {"render_postcompile": True}
    compiled = piece.compile(dialect=connection.dialect, compile_kwargs=kinds)  # type: ignore[attr-defined]
    return str(compiled)
