"""A version table that was renamed, and not in this database: it would look as if nothing were applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from revgraph import RevisionGraph

from ..config import Config
from ..errors import BadRecord, MayNotRead
from ..failures import NoVersionTable
from ..running.run import Run
from ..running.transactions import reading
from ..running.version_table import VersionTable
from ..scripts import Script
from ..sinks.offline import written


@dataclass(frozen=True)
class Elsewhere:
    """A version table by another name, in a database that hasn't the project's.

    Attributes:
        table: Its name.
        heads: What it is at: ids of revisions of this project, sorted.
        statements: What gives it the project's name.
    """

    table: str
    heads: tuple[str, ...]
    statements: tuple[str, ...]


def elsewhere(around: Run, graph: RevisionGraph[Script], config: Config) -> Elsewhere | None:
    """Look for the project's history under the name that it had before `adopt --version-table`.

    Args:
        around: The run that visits a database, which is at no revision.
        graph: The revisions: what holds none of them is another history.
        config: The project's settings.
    """
    connection, versions, dialect = around.sink.connection, around.versions, around.sink.dialect
    if connection is None:
        return None
    with reading(connection):
        if versions.exists(connection):
            return None
        for name in dict.fromkeys([ALEMBICS, *_before(config.root)]):
            try:
                rows = VersionTable(name, versions.schema).rows(connection)
            except (MayNotRead, NoVersionTable):
                continue
            heads = tuple(sorted(row for row in rows if row is not None and row in graph))
            if heads and name != versions.name:
                from ddl_constructs import RenameTable  # only here

                change = RenameTable(name, versions.name, schema=versions.schema)
                said = change.statements(connection.dialect, connection)
                return Elsewhere(name, heads, tuple(written(one, dialect) for one in said))
    return None


def _before(root: Path) -> Iterator[str]:
    """Yield what the version table was called before it was adopted here, if that is written down."""
    from ..adoption.edits import moved  # only where there is no version table

    try:
        was = moved(root)
    except BadRecord:
        return
    if was is not None:
        yield was[0]


ALEMBICS = "alembic_version"
"""What the version table of an Alembic project is called, unless its env.py says otherwise."""
