"""The rows of the journal: a revision that was run, and the statements that it executed."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cache, lru_cache

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text

from ..dialects import knowledge

LAYOUT = 1
"""Version of the meaning of the rows; raised when an older version can't read them rightly."""
LONGEST = 20_000
"""Characters of a statement that are kept; what is longer is told by its hash."""

OPEN = ("begun", "stopped")
"""States of a revision that isn't finished."""
CLOSED = ("done", "failed", "undone", "left")
"""States of one that is: a failed one was rolled back, one that is left was settled by hand."""
DIRECTIONS = ("upgrade", "downgrade")
STATES = ("begun", "done", "failed", "refused", "undone", "left")
"""States of a statement."""
KINDS = ("read", "data", "ddl", "other", "session", "transaction")
"""Kinds of statements."""


@dataclass
class Entry:
    """A statement as the journal has it.

    Attributes:
        n: Its place among those of its revision, from 1.
        kind: One of `KINDS`.
        state: One of `STATES`: "refused" is one after which the script went on, "undone" one that
            was rolled back, "left" one that was settled by hand.
        text: The statement, cut if it is very long.
        hash: Of the whole statement.
        parameters: Hash of its parameters; None if it has none.
        answer: What it gave back, as `answers` writes it; None where nothing is kept.
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
        direction: One of `DIRECTIONS`.
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


REVISION = tuple(f.name for f in fields(Attempt) if f.name != "entries")
"""Columns that say something of a revision."""
STATEMENT = tuple(f.name for f in fields(Entry))
"""Columns that say something of a statement."""
COLUMNS = tuple(dict.fromkeys(("version_table", "attempt", "n", "kind", *REVISION, *STATEMENT)))
"""All columns but the one that counts the rows."""


def hashed(text: str) -> str:
    """Give the hash of a text, as the journal has it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def moment() -> str:
    """Give the time, UTC, in ISO format to the millisecond, as the journal has it."""
    second, rest = divmod(time.time_ns() // 1_000_000, 1000)
    return f"{_second(second)}.{rest:03}+00:00"


@lru_cache(maxsize=1)
def _second(second: int) -> str:
    """Write a second of the clock; many statements begin in the same one."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def since(start: int) -> float:
    """Give the seconds, to the microsecond, since a count of `time.perf_counter_ns`."""
    return (time.perf_counter_ns() - start) // 1000 / 1_000_000


@cache
def journal_table(name: str, schema: str | None, dialect: str) -> Table:
    """Give the journal as SQLAlchemy knows it, for a dialect by its name."""
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
