"""What SQL Server is asked of a table before it changes; by its manual, not run (see `mssql`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from ..change import Change, lowers
from ..errors import UnsupportedChange
from ..guard import schema_on
from ..table import DropTable
from . import mssql_catalog as catalog

# SQL Server 2022, sys.tables: temporal_type 2 has its history in another table
_KIND = text("""
    SELECT temporal_type AS temporal, is_memory_optimized AS in_memory
    FROM sys.tables WHERE object_id = OBJECT_ID(:named)
""")


def _kind(change: Any, dialect: Dialect, connection: Connection | None) -> Any:
    """Read what kind of table a change is about; None where that can't be asked, or there is none."""
    if connection is None or (dialect.server_version_info or (13,)) < (13,):
        return None
    schema = schema_on(connection, change.schema)
    if schema is not None and catalog.owner(schema) != schema:
        return None
    quote = dialect.identifier_preparer.quote
    named = ".".join(quote(part) for part in (schema, change.table_name) if part)
    return connection.execute(_KIND, {"named": named}).first()


def refuse_versioned(
    change: Any, dialect: Dialect, connection: Connection | None, reason: str
) -> None:
    """Raise UnsupportedChange if a change is about a table whose versions are kept.

    Change the schema of a system-versioned temporal table: what takes SYSTEM_VERSIONING = OFF.
    """
    kind = _kind(change, dialect, connection)
    if kind is not None and kind.temporal == 2:
        raise UnsupportedChange(
            change.describe(),
            "mssql",
            f"{reason} while its versions are kept (SYSTEM_VERSIONING)",
            "turn that off before: AlterTableOptions with mssql_system_versioning=None; "
            "the history stays a table of its own",
        )


def refuse_in_memory(change: Any, dialect: Dialect, connection: Connection | None) -> None:
    """Raise UnsupportedChange if a change is about an index of a memory-optimized table.

    Altering Memory-Optimized Tables: CREATE INDEX and DROP INDEX aren't for them.
    """
    kind = _kind(change, dialect, connection)
    if kind is not None and kind.in_memory:
        raise UnsupportedChange(
            change.describe(),
            "mssql",
            "the table is memory-optimized, its indexes change by ALTER TABLE ... ADD or DROP INDEX",
            "write that as SQL",
        )


@lowers(DropTable, "mssql")
def _drop_table(
    change: DropTable, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """DROP TABLE: error 13552 for a system-versioned one."""
    refuse_versioned(change, dialect, connection, "it can't be dropped")
    yield change
