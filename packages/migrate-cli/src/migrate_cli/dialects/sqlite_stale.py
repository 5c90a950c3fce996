"""What a run that died has left behind: the half-filled copy of a table."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.engine import Connection

from ..batch.errors import CannotRebuild
from ..sinks.base import Sink
from .sqlite_catalog import Catalog, pragma
from .sqlite_rebuild import said, temporary_name
from .sqlite_tokens import fold, quoted


def stale_names(name: str) -> tuple[str, str]:
    """Give the names that a copy of a table has while it is filled: ours, and Alembic's."""
    return temporary_name(name), f"_alembic_tmp_{name}"[:50]


def remove_stale(connection: Connection, sink: Sink, catalog: Catalog) -> Catalog:
    """Drop the copies that dead runs left, while the table itself is there.

    Returns:
        The catalog without them.

    Raises:
        CannotRebuild: A copy has more rows than the table, so that dropping it might lose some; or
            it is none.
    """
    for name in stale_names(catalog.name):
        entry = catalog.named("table", name)
        if entry is None:
            continue
        if not _is_copy(connection, catalog, entry.name):
            raise CannotRebuild(
                f"copy table {catalog.name}",
                f"the new table is called {entry.name} while it is filled, and there is a table of "
                f"that name which isn't a copy of {catalog.name}: it has other columns",
                f"rename {entry.name}",
            )
        ours, theirs = (_count(connection, catalog, n) for n in (catalog.name, entry.name))
        if theirs > ours:
            raise CannotRebuild(
                f"copy table {catalog.name}",
                f"{entry.name}, which a run that died left behind, has {theirs} rows, and "
                f"{catalog.name} has {ours}",
                f"look which is the right one, and drop or rename {entry.name}",
            )
        sink.take(said(f"DROP TABLE {_where(catalog, entry.name)}"))
        kept = tuple(e for e in catalog.entries if e.table != entry.name)
        catalog = replace(catalog, entries=kept)
    return catalog


def _where(catalog: Catalog, name: str) -> str:
    return f"{quoted(catalog.schema or 'main')}.{quoted(name)}"


def _count(connection: Connection, catalog: Catalog, name: str) -> int:
    found: int = connection.exec_driver_sql(
        f"SELECT count(*) FROM {_where(catalog, name)}"
    ).scalar_one()
    return found


def _is_copy(connection: Connection, catalog: Catalog, name: str) -> bool:
    """Tell whether a table may be a copy: it has a column of that table, or it is empty."""
    known = {fold(row[1]) for row in catalog.columns}
    named = {fold(row[1]) for row in pragma(connection, "table_xinfo", name, catalog.schema)}
    return bool(known & named) or not _count(connection, catalog, name)
