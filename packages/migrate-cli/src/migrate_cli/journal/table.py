"""The table in which runs write down what they do: its rows, read and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Table, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ..dialects import knowledge
from ..errors import BadJournal, MayNotRead, NewerJournal
from ..running import complaint
from ..running.version_table import VersionTable
from .answers import Answer
from .rows import (
    CLOSED,
    COLUMNS,
    DIRECTIONS,
    KINDS,
    LAYOUT,
    LONGEST,
    OPEN,
    REVISION,
    STATEMENT,
    STATES,
    Attempt,
    Entry,
    hashed,
    journal_table,
)
from .sql import Inserts, Told, finishing, marking

NAME = "migrate_journal"
AT_ONCE = 400
"""Rows that one statement inserts: SQLite takes 32,766 parameters (limits, 9)."""


class Journal:
    """The journal of one version table in one database.

    Reading never creates its table.

    Attributes:
        owner: Name of the version table; several may share a journal.
        schema: The schema of both; None for the default one.
        kept: Whether finished revisions stay in it. Otherwise it is there only while a revision
            is unfinished, and its table too.
    """

    name = NAME

    def __init__(self, owner: str, schema: str | None = None, *, kept: bool = True) -> None:
        self.owner, self.schema, self.kept = owner, schema, kept
        self._there: bool | None = None
        self._inserts: Inserts | None = None
        self._marking: Told | None = None
        self._finishing: dict[int, Told] = {}

    @classmethod
    def passing(cls, versions: VersionTable) -> Journal:
        """Give the journal of a version table that another tool works on too: it doesn't stay."""
        return cls(versions.name, versions.schema, kept=False)

    @property
    def fullname(self) -> str:
        """The table's name with its schema in front, for messages."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def table(self, connection: Connection) -> Table:
        """Give the table as SQLAlchemy knows it on a connection's database.

        Its schema is the one that the connection translates it to: some statements that name it
        are told to the driver as they are.
        """
        plain = journal_table(self.name, self.schema, connection.dialect.name)
        place = connection.schema_for_object(plain)
        if place == self.schema:
            return plain
        return journal_table(self.name, place, connection.dialect.name)

    def exists(self, connection: Connection) -> bool:
        """Tell whether the table is there; asked once."""
        if not self._there:
            place = self.table(connection).schema
            self._there = inspect(connection).has_table(self.name, schema=place)
        return self._there

    def create(self, connection: Connection) -> None:
        """Create the table, unless it is there."""
        if not self.exists(connection):
            self.table(connection).create(connection, checkfirst=False)
            self._there = True

    def drop(self, connection: Connection) -> None:
        """Drop the table if no row is left in it."""
        if self.exists(connection):
            table = self.table(connection)
            if connection.execute(select(table.c.id).limit(1)).first() is None:
                table.drop(connection)
                self._there = False

    def forgotten(self) -> None:
        """Take note that a rollback may have taken the table away."""
        self._there = None

    def insert(self, connection: Connection, attempt: Attempt | None, entries: Sequence[Entry],
               of: str) -> None:  # fmt: skip
        """Write rows, in one statement if there are few.

        Args:
            connection: Where.
            attempt: The revision's own row; None if it is there.
            entries: Rows of its statements.
            of: What tells the revision's run from others.
        """
        if attempt is None and not entries:
            return
        self.create(connection)
        if self._inserts is None:
            self._inserts = Inserts(self.table(connection), connection.dialect, self.owner)
        self._inserts.execute(connection, of, attempt, entries[:AT_ONCE])
        for start in range(AT_ONCE, len(entries), AT_ONCE):
            self._inserts.execute(connection, of, None, entries[start : start + AT_ONCE])

    def mark(self, connection: Connection, of: str, entry: Entry) -> None:
        """Write down that a statement is done."""
        if self._marking is None:
            self._marking = marking(self.table(connection), connection.dialect, self.owner)
        values = (entry.seconds, entry.answer, of, entry.n)
        self._marking.execute(connection, values)

    def finish(self, connection: Connection, attempt: Attempt, last: Entry | None) -> None:
        """Write down that a revision is done, and its last statement, where that isn't written yet."""
        n = last.n if last is not None else 0
        told = self._finishing.get(n)
        if told is None:
            table = self.table(connection)
            told = self._finishing[n] = finishing(table, connection.dialect, self.owner, n)
        seconds = [attempt.seconds] if last is None else [attempt.seconds, last.seconds]
        told.execute(connection, [*seconds, attempt.attempt])

    def update(self, connection: Connection, of: str, n: int, **values: Any) -> int:
        """Change the row of a statement, or of the revision itself (0); give how many there were."""
        table = self.table(connection)
        rows = (table.c.attempt == of) & (table.c.n == n) & (table.c.version_table == self.owner)
        return connection.execute(table.update().where(rows).values(**values)).rowcount

    def forget_answers(self, connection: Connection, of: str) -> None:
        """Take out what statements gave back: nobody goes on from there any more."""
        table = self.table(connection)
        rows = (table.c.attempt == of) & table.c.answer.is_not(None)
        connection.execute(table.update().where(rows).values(answer=None))

    def close(self, connection: Connection, of: str, state: str, why: str) -> None:
        """Write down that a revision is settled otherwise than by running it to its end."""
        if not self.kept:
            self.delete(connection, of)
            self.drop(connection)
            return
        self.forget_answers(connection, of)
        self.update(connection, of, 0, state=state, error=why)

    def close_all(self, connection: Connection, state: str, why: str) -> None:
        """Do as `close` does with all that isn't finished, whatever is written down of it."""
        if not self.exists(connection):
            return
        table = self.table(connection)
        rows = (table.c.n == 0) & table.c.state.not_in(CLOSED)
        found = select(table.c.attempt).where(rows & (table.c.version_table == self.owner))
        for of in connection.scalars(found).all():
            self.close(connection, of, state, why)

    def delete(self, connection: Connection, of: str) -> None:
        """Take out all rows of a run."""
        table = self.table(connection)
        connection.execute(table.delete().where(table.c.attempt == of))

    def open(self, connection: Connection) -> Attempt | None:
        """Read the revision that isn't finished, with its statements; None if there is none.

        Raises:
            BadJournal: The table isn't what a run can have left.
            NewerJournal: A newer version of the tool has written it.
        """
        if not self.exists(connection):
            return None
        table = self.table(connection)
        found = self._attempts(
            connection, (table.c.n == 0) & table.c.state.not_in(CLOSED), newest_last=True
        )
        if not found:
            return None
        if len(found) > 1:
            names = ", ".join(one.revision for one in found)
            raise BadJournal(self.fullname, f"has several unfinished revisions: {names}")
        found[0].entries = self.entries(connection, found[0].attempt)
        return found[0]

    def attempts(self, connection: Connection, most: int | None = None) -> list[Attempt]:
        """Read what was run, newest first, without the statements.

        Raises:
            BadJournal: As `open` does.
            NewerJournal: As `open` does.
        """
        if not self.exists(connection):
            return []
        table = self.table(connection)
        return self._attempts(connection, table.c.n == 0, most=most)

    def state(self, connection: Connection, of: str) -> str | None:
        """Read the state of a run; None if it isn't written down."""
        table = self.table(connection)
        row = (table.c.attempt == of) & (table.c.n == 0) & (table.c.version_table == self.owner)
        state: str | None = connection.scalar(select(table.c.state).where(row))
        return state

    def entries(self, connection: Connection, of: str) -> list[Entry]:
        """Read the statements of a run, in order."""
        table = self.table(connection)
        asked = select(*(table.c[name] for name in STATEMENT))
        rows = (table.c.attempt == of) & (table.c.n > 0) & (table.c.version_table == self.owner)
        found = self._read(connection, asked.where(rows).order_by(table.c.n, table.c.id))
        entries = [Entry(**row) for row in found]
        for place, entry in enumerate(entries, 1):
            if wrong := _wrong(entry, place):
                raise BadJournal(self.fullname, f"{wrong} row {place} of {of}")
        return entries

    def _attempts(
        self, connection: Connection, where: Any, *, most: int | None = None, newest_last: bool = False
    ) -> list[Attempt]:  # fmt: skip
        table = self.table(connection)
        asked = select(*(table.c[name] for name in COLUMNS)).where(  # what is only written, too
            where, table.c.version_table == self.owner
        )
        order = table.c.id if newest_last else table.c.id.desc()
        rows = self._read(connection, asked.order_by(order).limit(most))
        found = [Attempt(**{name: row[name] for name in REVISION}) for row in rows]
        for one in found:
            if one.layout is not None and one.layout > LAYOUT:
                raise NewerJournal(self.fullname, one.tool)
            if one.state not in (*OPEN, *CLOSED):
                raise BadJournal(self.fullname, f"has the state {one.state!r} for {one.revision}")
            if one.state in CLOSED:
                continue
            if one.direction not in DIRECTIONS:
                said = f"{one.direction!r} for {one.revision}"
                raise BadJournal(self.fullname, f"has the direction {said}")
            if None in (one.layout, one.text, one.hash):
                raise BadJournal(self.fullname, f"lacks the source or layout of {one.revision}")
        return found

    def _read(self, connection: Connection, asked: Any) -> Iterator[Mapping[str, Any]]:
        try:
            yield from (dict(row) for row in connection.execute(asked).mappings())
        except DBAPIError as err:
            with suppress(DBAPIError):
                connection.rollback()
            if err.orig and knowledge(connection.dialect.name).denied(err.orig):
                raise MayNotRead(self.fullname, complaint.reason(err)) from err
            lacking = self._lacking(connection)
            raise BadJournal(self.fullname, "can't be read", lacking, readable=False) from err

    def _lacking(self, connection: Connection) -> str | None:
        """Say which columns the table lacks; None if it has all."""
        columns = inspect(connection).get_columns(self.name, self.table(connection).schema)
        there = {one["name"] for one in columns}
        lacking = [column for column in ("id", *COLUMNS) if column not in there]
        return f"it has no column {', '.join(lacking)}" if lacking else None


def _wrong(entry: Entry, place: int) -> str | None:
    """Say what is wrong with the row of a statement; None if nothing is.

    What it may have done is told by these columns: a guess would run it once more.
    """
    if entry.n != place:
        return "lacks"
    if entry.state not in STATES:
        return f"has the state {entry.state!r} in"
    if entry.kind not in KINDS:
        return f"has the kind {entry.kind!r} in"
    if entry.text is None or (len(entry.text) < LONGEST and hashed(entry.text) != entry.hash):
        return "has another text in"
    try:
        Answer.read(entry.answer)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
        return "has an answer that nobody has written in"
    return None
