"""What Oracle is asked before a column changes; by its manual, not run."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection

from ..alter_column import AlterColumn
from ..change import KEEP
from ..guard import schema_on

# Oracle Database Reference 12c, USER_TAB_COLS: it has invisible columns too, unlike ..._COLUMNS
_NULLABLE = text("""
    SELECT nullable FROM all_tab_cols
    WHERE owner = NVL(:schema_name, SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA'))
      AND table_name = :of_table AND column_name = :of_column
""")


def is_as_asked(change: AlterColumn, connection: Connection | None) -> bool:
    """Tell whether a column is nullable, or not, as the change wants it.

    ORA-01442 and ORA-01451: "column to be modified to NOT NULL is already NOT NULL", and likewise
    to NULL. So what is stated is believed, and asked for where there is a connection.
    """
    if change.nullable is KEEP:
        return False
    if change.existing_nullable is not KEEP:
        return change.existing_nullable == change.nullable
    if connection is None:
        return False
    stored: Any = connection.dialect
    schema = schema_on(connection, change.schema)
    found = connection.execute(
        _NULLABLE,
        {
            "schema_name": None if schema is None else stored.denormalize_name(schema),
            "of_table": stored.denormalize_name(change.table_name),
            "of_column": stored.denormalize_name(change.column_name),
        },
    ).scalar()
    return found is not None and (found == "Y") == change.nullable
