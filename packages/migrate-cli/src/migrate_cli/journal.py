"""The table in which runs write down what they do: its rows, read and written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import TextClause

from .dialects import knowledge
from .errors import BadJournal, NewerJournal
from .version_table import VersionTable

LAYOUT = 1
"""Version of the meaning of the rows; raised when an older version can't read them rightly."""
NAME = "migrate_journal"
AT_ONCE = 400
"""Rows that one statement inserts: SQLite takes 32,766 parameters (limits, 9)."""
LONGEST = 20_000
"""Characters of a statement that are kept; what is longer is told by its hash."""

OPEN = ("begun", "stopped")
"""States of a revision that isn't finished."""
CLOSED = ("done", "failed", "undone", "left")
"""States of one that is: a failed one was rolled back, one that is left was settled by hand."""


@dataclass
class Entry:
    """A statement as the journal has it.

    Attributes:
        n: Its place among those of its revision, from 1.
        kind: "read", "data", "ddl", "other", "session" or "transaction".
        state: "begun", "done", "failed", "refused" (the script went on), "undone" (rolled back),
            or "left" (settled by hand).
        text: The statement, cut if it is very long.
        hash: Of the whole statement.
        parameters: Hash of its parameters; None if it has none.
        answer: What it gave back, as `journal_answers` writes it; None where nothing is kept.
        begun: When, UTC, in ISO format.
        seconds: How long it took; None if it hasn't ended.
        error: What went wrong; None if nothing did.
        times: How often it was run, one time behind the other.
    """

    n: int
    kind: str
    state: str
    text: str
    hash: str
    parameters: str | None = None
    answer: str | None = None
    begun: str = ""
    seconds: float | None = None
    error: str | None = None
    times: int = 1

    @property
    def writes(self) -> bool:
        """Whether it may change what is stored."""
        return self.kind in ("data", "ddl", "other")


@dataclass
class Attempt:
    """A revision that was run, or is being run.

    Attributes:
        attempt: What tells it from others; random.
        revision: The revision's id.
        direction: "upgrade" or "downgrade".
        state: One of `OPEN` or `CLOSED`.
        text: The source of its file.
        hash: Of that source.
        begun: When, UTC, in ISO format.
        seconds: How long it took; None if it hasn't ended.
        error: What went wrong; None if nothing did.
        actor: Who ran it: the user of the operating system.
        host: On which machine.
        pid: In which process there.
        tool: Version of the tool.
        layout: Version of the rows, see `LAYOUT`.
        file: The revision's file, relative to the folder of the settings where that can be.
        session: What the server called the connection; None where nobody asked.
        entries: Its statements, in order; empty until they are read.
    """

    attempt: str
    revision: str
    direction: str
    state: str
    text: str
    hash: str
    begun: str
    seconds: float | None
    error: str | None
    actor: str
    host: str
    pid: int
    tool: str
    layout: int
    file: str
    session: str | None
    entries: list[Entry] = field(default_factory=list)


_REVISION = tuple(f.name for f in fields(Attempt) if f.name != "entries")
_STATEMENT = tuple(f.name for f in fields(Entry))
_COLUMNS = tuple(dict.fromkeys(("version_table", "n", "kind", *_REVISION, *_STATEMENT)))


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
        self._inserts: dict[int, TextClause] = {}

    @classmethod
    def passing(cls, versions: VersionTable) -> Journal:
        """Give the journal of a version table that another tool works on too: it doesn't stay."""
        return cls(versions.name, versions.schema, kept=False)

    @property
    def fullname(self) -> str:
        """The table's name with its schema in front, for messages."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def table(self, connection: Connection) -> Table:
        """Give the table as SQLAlchemy knows it on a connection's database."""
        return _table(self.name, self.schema, connection.dialect.name)

    def exists(self, connection: Connection) -> bool:
        """Tell whether the table is there; asked once."""
        if not self._there:
            self._there = inspect(connection).has_table(self.name, schema=self.schema)
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
        rows = [] if attempt is None else [{**_plain(attempt), "n": 0, "kind": "revision"}]
        rows += [{**_plain(entry), "attempt": of} for entry in entries]
        if rows:
            self.create(connection)
        for start in range(0, len(rows), AT_ONCE):
            part = [{**row, "version_table": self.owner} for row in rows[start : start + AT_ONCE]]
            statement = self._insert(connection, len(part))
            values = {f"{c}_{n}": row.get(c) for n, row in enumerate(part) for c in _COLUMNS}
            connection.execute(statement, values)

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

    def entries(self, connection: Connection, of: str) -> list[Entry]:
        """Read the statements of a run, in order."""
        table = self.table(connection)
        asked = select(*(table.c[name] for name in _STATEMENT))
        rows = (table.c.attempt == of) & (table.c.n > 0) & (table.c.version_table == self.owner)
        found = self._read(connection, asked.where(rows).order_by(table.c.n, table.c.id))
        entries = [Entry(**row) for row in found]
        for place, entry in enumerate(entries, 1):
            if entry.n != place:
                raise BadJournal(self.fullname, f"lacks row {place} of {of}")
            if len(entry.text) < LONGEST and hashed(entry.text) != entry.hash:
                raise BadJournal(self.fullname, f"has another text in row {place} of {of}")
        return entries

    def _insert(self, connection: Connection, rows: int) -> TextClause:
        """Make the statement that inserts some rows: a text, which is compiled only once."""
        if rows in self._inserts:
            return self._inserts[rows]
        table, preparer = self.table(connection), connection.dialect.identifier_preparer
        names = ", ".join(map(preparer.quote, _COLUMNS))
        values = (", ".join(f":{column}_{n}" for column in _COLUMNS) for n in range(rows))
        clause = text(
            f"INSERT INTO {preparer.format_table(table)} ({names}) VALUES ({'), ('.join(values)})"
        )
        typed = clause.bindparams(
            *(
                bindparam(f"{name}_{n}", type_=table.c[name].type)
                for name in _COLUMNS
                for n in range(rows)
            )
        )
        self._inserts[rows] = typed
        return typed

    def _attempts(
        self, connection: Connection, where: Any, *, most: int | None = None, newest_last: bool = False
    ) -> list[Attempt]:  # fmt: skip
        table = self.table(connection)
        asked = select(*(table.c[name] for name in _REVISION)).where(
            where, table.c.version_table == self.owner
        )
        order = table.c.id if newest_last else table.c.id.desc()
        found = [
            Attempt(**row) for row in self._read(connection, asked.order_by(order).limit(most))
        ]
        for one in found:
            if one.layout > LAYOUT:
                raise NewerJournal(self.fullname, one.tool)
            if one.state not in (*OPEN, *CLOSED):
                raise BadJournal(self.fullname, f"has the state {one.state!r} for {one.revision}")
        return found

    def _read(self, connection: Connection, asked: Any) -> Iterator[Mapping[str, Any]]:
        try:
            yield from (dict(row) for row in connection.execute(asked).mappings())
        except DBAPIError as err:
            with suppress(DBAPIError):
                connection.rollback()
            raise BadJournal(self.fullname, "can't be read", self._lacking(connection)) from err

    def _lacking(self, connection: Connection) -> str | None:
        """Say which columns the table lacks; None if it has all."""
        there = {one["name"] for one in inspect(connection).get_columns(self.name, self.schema)}
        lacking = [column for column in ("id", *_COLUMNS) if column not in there]
        return f"it has no column {', '.join(lacking)}" if lacking else None


def hashed(text: str) -> str:
    """Give the hash of a text, as the journal has it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(row: Attempt | Entry) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "entries"}


@cache
def _table(name: str, schema: str | None, dialect: str) -> Table:
    long = knowledge(dialect).long_text or Text()
    return Table(
        name,
        MetaData(),
        Column("id", Integer(), primary_key=True, autoincrement=True),
        Column("version_table", String(128), nullable=False),
        Column("attempt", String(16), nullable=False, index=True),
        Column("n", Integer(), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("state", String(16), nullable=False),
        Column("revision", String(128)),
        Column("direction", String(16)),
        Column("text", long),
        Column("hash", String(64)),
        Column("parameters", String(64)),
        Column("answer", long),
        Column("begun", String(32)),
        Column("seconds", Float()),
        Column("error", Text()),
        Column("times", Integer()),
        Column("actor", String(128)),
        Column("host", String(255)),
        Column("pid", Integer()),
        Column("tool", String(32)),
        Column("layout", Integer()),
        Column("file", Text()),
        Column("session", String(64)),
        schema=schema,
    )
