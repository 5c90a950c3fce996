"""What several commands ask of a project and its database."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any, TypeVar

from revgraph import RevisionGraph
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError

from ..applied import teller
from ..batch.sink import BatchingSink
from ..config import Config
from ..dialects import knowledge
from ..environment import database_url, dialect_class, with_database
from ..errors import ReadOnly, Refused, UsageError
from ..failures import HistoryElsewhere, NeedsDatabase, StatementFailed, UnknownApplied
from ..given import Database, with_given
from ..journal.table import Journal
from ..running import complaint
from ..running.lock import Wait, locked
from ..running.run import Run
from ..running.transactions import reading
from ..running.version_table import VersionTable
from ..scripts import Script, Scripts
from ..sinks import OfflineSink, OnlineSink, Sink
from ..sinks.offline import offline_dialect, spooled
from .elsewhere import elsewhere

T = TypeVar("T")


def version_table(config: Config) -> VersionTable:
    """Give the project's version table."""
    return VersionTable(
        config.version_table, config.version_table_schema, primary_key=config.version_table_pk
    )


def shown_url(config: Config) -> str:
    """Give the database's URL as it may be shown: without password and options."""
    return shown(database_url(config))


def shown(url: URL) -> str:
    """Write a URL as it may be shown: without password and options."""
    return url.set(query={}).render_as_string(hide_password=True)


def on_database(
    config: Config,
    connection: Database | None,
    work: Callable[[Run], T],
    *,
    join: Callable[[Sequence[T]], T] | None = None,
    **command: Any,
) -> T:
    """Call *work* with what a run needs on the project's database.

    Args:
        config: The project's settings.
        connection: Which database: a URL, an engine, a connection; None connects to what the
            settings name.
        work: Called once, or once a database where the project has several.
        join: Makes one answer of several; None for what can be about one database only.
        command: What an environment of the project may ask about the command.

    Raises:
        UsageError: There are several databases, and the answer is about one; nothing was done.
        StatementFailed: The database refuses a statement.
        DatabaseError: There is no connection.
    """

    def careful(around: Run) -> T:
        if not config.journal:
            around = replace(around, journal=None)
        try:
            return work(around)
        except DBAPIError as err:
            asked = complaint.statement(err, around.sink.dialect)
            raise StatementFailed(around.name, complaint.reason(err), asked) from err

    def connected(connection: Connection) -> T:
        return careful(_run(config, BatchingSink(connection), shown_url(config)))

    def given(connection: Connection) -> T:
        return careful(_run(config, BatchingSink(connection), shown(connection.engine.url)))

    if connection is not None:
        return with_given(connection, config, given)
    if config.world is None:
        return with_database(config, connected)
    if join is not None:
        return join(config.world.visit(careful, **command))
    _must_be_one(config.world.visit(called), config)
    return config.world.visit(careful, **command)[-1]


def _must_be_one(names: Sequence[str], config: Config) -> None:
    if len(names) > 1:
        known = " or ".join(f"-n {name}" for name in config.databases)
        raise UsageError(
            f"this is about one database, and env.py leads to {len(names)}: {', '.join(names)}\n"
            + (
                f"say which: {known}"
                if known
                else "let it lead to one of them (context.get_x_argument() tells what -x says)"
            )
        )


def called(around: Run) -> str:
    """Give what a database is called: by what env.py tells its scripts, else by its URL."""
    names = [one for one in around.keywords.values() if isinstance(one, str)]
    return names[0] if len(names) == 1 else around.name


@contextmanager
def in_database(name: str | None) -> Iterator[None]:
    """Let what is refused in the block say in which database; None where there is only one."""
    try:
        yield
    except (Refused, UsageError) as err:
        if name is not None:
            err.add_note(f"that is about the database {name}")
        raise


def in_script(
    config: Config,
    sql: IO[str] | None,
    work: Callable[[Run], T],
    *,
    join: Callable[[Sequence[T]], T],
    **command: Any,
) -> T:
    """Call *work* with what a run needs that writes a SQL script: all of it, or nothing.

    Args:
        config: The project's settings.
        sql: Where it is written; None where nobody reads it.
        work: What is called.
        join: Makes one answer of those of several databases.
        command: What env.py may ask about the command.
    """
    with spooled(io.StringIO() if sql is None else sql) as stream:
        if config.world is not None:
            visited = config.world.visit(work, sql=stream, unread=sql is None, **command)
            return join(visited)
        dialect = offline_dialect(dialect_class(config))
        return work(_run(config, OfflineSink(dialect, stream), shown_url(config)))


def _run(config: Config, sink: Sink, name: str) -> Run:
    return Run(
        sink,
        version_table(config),
        name,
        fresh=False,
        transaction=config.transaction,
        journal=Journal(config.version_table, config.version_table_schema),
    )


@contextmanager
def alone(around: Run, config: Config, told: Callable[[str], None] | None) -> Iterator[Run]:
    """Hold the lock that lets one run at a time through, unless the settings say otherwise.

    Args:
        around: The run; offline there is nothing to hold.
        config: The project's settings.
        told: Called with who holds the lock, when it has to be waited for; or None.

    Returns:
        The run, which makes sure before each step that the lock is still held.

    Raises:
        LockTimeout: Another run holds it, and goes on holding it.
        NoLock: It can't be had at all.
        ReadOnly: Nothing could be written, so nothing is waited for.
    """
    sink = around.sink
    if around.recorded is None:
        around = replace(around, recorded=teller(config, sink, around.versions))
    if sink.connection is not None:
        with reading(sink.connection):
            reason = knowledge(sink.dialect.name).read_only(sink.connection)
        if reason is not None:
            raise ReadOnly(around.name, reason)
    if not config.lock or not isinstance(sink, OnlineSink):
        yield around
        return
    wait = Wait(config.lock_timeout, told)
    table = around.versions.place(sink.connection)
    with locked(sink.connection, table, around.name, wait, joined=sink.joined) as held:
        yield replace(around, guard=held.check) if held is not None else around


def applied(around: Run, graph: RevisionGraph[Script], config: Config) -> tuple[str, ...]:
    """Read the heads that a database is at, sorted.

    Raises:
        UnknownApplied: One of them has no file.
        HistoryElsewhere: There are none, since the version table has another name there.
    """
    heads = recorded(around)
    if not heads and (other := elsewhere(around, graph, config)) is not None:
        table, named = around.versions.fullname, (other.table, other.heads, other.statements)
        raise HistoryElsewhere(around.name, table, *named)
    if lost := unknown(heads, graph):
        raise UnknownApplied(around.versions.fullname, lost, str(Scripts.of(config).versions))
    return heads


def recorded(around: Run) -> tuple[str, ...]:
    """Read the heads that the version table holds, sorted, be they known or not."""
    connection = live(around)
    with reading(connection):
        return around.versions.heads(connection)


def whatever(around: Run) -> tuple[str, ...]:
    """Read what the version table says, sorted, be it known or not; NULL is left out."""
    connection = live(around)
    with reading(connection):
        rows = around.versions.rows(connection)
    return tuple(sorted(str(row) for row in rows if row is not None))


def live(around: Run) -> Connection:
    """Give the connection of a run that has one.

    Raises:
        NeedsDatabase: It has none: env.py gave a dialect, or a stand-in.
    """
    connection = around.sink.connection
    if connection is None:
        raise NeedsDatabase("what the database is at")
    return connection


def unknown(heads: Sequence[str], graph: RevisionGraph[Script]) -> tuple[str, ...]:
    """Give the ids among some heads that have no file."""
    return tuple(head for head in heads if head not in graph)
