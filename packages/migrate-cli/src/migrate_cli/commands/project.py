"""What several commands ask of a project and its database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from revgraph import RevisionGraph
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from .. import complaint
from ..config import Config
from ..environment import database_url, with_database
from ..failures import StatementFailed, UnknownApplied
from ..scripts import Script
from ..transactions import reading
from ..version_table import VersionTable

T = TypeVar("T")


def version_table(config: Config) -> VersionTable:
    """Give the project's version table."""
    return VersionTable(config.version_table, config.version_table_schema)


def shown_url(config: Config) -> str:
    """Give the database's URL as it may be shown: without password and options."""
    return database_url(config).set(query={}).render_as_string(hide_password=True)


def on_database(
    config: Config, connection: Connection | None, work: Callable[[Connection], T]
) -> T:
    """Call *work* with the connection, or with a new one to what the settings name.

    Raises:
        StatementFailed: The database refuses a statement.
        DatabaseError: There is no connection.
    """

    def careful(connection: Connection) -> T:
        try:
            return work(connection)
        except DBAPIError as err:
            asked = complaint.statement(err, connection.dialect)
            raise StatementFailed(shown_url(config), complaint.reason(err), asked) from err

    return with_database(config, careful) if connection is None else careful(connection)


def applied(
    connection: Connection, versions: VersionTable, graph: RevisionGraph[Script], config: Config
) -> tuple[str, ...]:
    """Read the heads that a database is at, sorted.

    Raises:
        UnknownApplied: One of them has no file.
    """
    with reading(connection):
        heads = versions.heads(connection)
    if lost := unknown(heads, graph):
        raise UnknownApplied(versions.fullname, lost, str(config.scripts / "versions"))
    return heads


def whatever(connection: Connection, versions: VersionTable) -> tuple[str, ...]:
    """Read what the version table says, sorted, be it known or not; NULL is left out."""
    with reading(connection):
        return tuple(sorted(str(row) for row in versions.rows(connection) if row is not None))


def unknown(heads: Sequence[str], graph: RevisionGraph[Script]) -> tuple[str, ...]:
    """Give the ids among some heads that have no file."""
    return tuple(head for head in heads if head not in graph)
