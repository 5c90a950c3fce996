"""The version table gets another name, in each of a project's databases: for adopt, and for the way back."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from ddl_constructs import RenameTable
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from ..config import Config
from ..errors import CantMove, DatabaseError, EnvironmentFailed
from ..gates import Gate
from ..running.run import Run
from ..running.transactions import reading
from ..sinks.offline import written
from .project import alone, live, on_database


@dataclass(frozen=True)
class Renamed:
    """What becomes of the version table in a database.

    Attributes:
        database: The database, without password.
        statements: What is said to it; empty if it has no version table, or has it by its new name.
    """

    database: str
    statements: tuple[str, ...]


def statements(config: Config, was: str, now: str) -> tuple[Renamed, ...]:
    """Give what would be said to each database of a project; nothing is.

    Args:
        config: The project, as it is.
        was: What the version table is called.
        now: What it is to be called.

    Raises:
        CantMove: A database doesn't answer, has a table of that name, or its env.py names another one.
    """
    found: list[Renamed] = []

    def work(around: Run) -> None:
        if around.versions.name != was:
            raise CantMove(
                f"in {around.name} it is {around.versions.name}, and not {was}: env.py says so",
                "adopt without --version-table",
            )
        said = _statements(around, was, now)
        if not said.statements and _has(around, now):
            raise _taken(around, now)
        found.append(said)

    try:
        on_database(config, None, work, join=lambda _: None)
    except DatabaseError as err:
        raise _unreachable(err) from err
    except EnvironmentFailed as err:
        if not isinstance(err.__cause__, DBAPIError):
            raise
        raise _unreachable(err) from err
    return tuple(found)


def rename(config: Config, was: str, now: str, gate: Gate | None = None) -> None:
    """Rename the version table in each database of a project, where it has it by the old name.

    Args:
        config: The project, as it is.
        was: What the table is called.
        now: What it is to be called.
        gate: What has to be said before a database is changed; None asks nothing.

    Raises:
        CantMove: A database gives no connection, or has a table of that name.
        StatementFailed: A database refuses it.
        DatabaseError: There is no connection.
    """

    def work(around: Run) -> None:
        if gate is not None:
            gate.database(around, "adopt")
        with alone(around, config, None):
            if not _statements(around, was, now).statements:
                return
            change = RenameTable(was, now, schema=around.versions.schema)
            with around.sink.transaction() if around.transaction else nullcontext():
                around.sink.take(change)

    on_database(config, None, work, join=lambda _: None)


def _statements(around: Run, was: str, now: str) -> Renamed:
    if around.sink.connection is None:
        raise CantMove(
            "env.py gives no connection",
            "without --version-table its database isn't asked",
        )
    connection, schema, dialect = live(around), around.versions.schema, around.sink.dialect
    if len(now) > dialect.max_identifier_length:
        raise CantMove(
            f"{now} has {len(now)} characters, and {dialect.name} takes {dialect.max_identifier_length}",
            "give a shorter one: --version-table NAME",
        )
    if not _has(around, was):
        return Renamed(around.name, ())
    if _has(around, now):
        raise _taken(around, now)
    said = RenameTable(was, now, schema=schema).statements(dialect, connection)
    return Renamed(around.name, tuple(written(one, dialect) for one in said))


def _has(around: Run, name: str) -> bool:
    connection = live(around)
    with reading(connection):
        return inspect(connection).has_table(name, schema=around.versions.schema)


def _taken(around: Run, name: str) -> CantMove:
    return CantMove(
        f"{around.name} has a table {name} already",
        "give another name: --version-table NAME; or look what that table is, and drop it",
    )


def _unreachable(err: Exception) -> CantMove:
    return CantMove(
        str(err).splitlines()[0], "let every database answer, or adopt without --version-table"
    )
