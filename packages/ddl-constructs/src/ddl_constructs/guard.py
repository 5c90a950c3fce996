"""IF EXISTS and IF NOT EXISTS where a server has no words for them: look first.

Used by dialects only; without a connection there is nowhere to look, and the
change is refused by name.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect, select, table, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from .column import AddColumn
from .constraint import DropConstraint
from .errors import UnsupportedChange


def schema_on(connection: Connection, schema: str | None) -> str | None:
    """Give the schema that a look-up means: a connection may translate it (schema_translate_map)."""
    translated = connection.get_execution_options().get("schema_translate_map") or {}
    found: str | None = translated.get(schema, schema)
    return found


def _look(change: Any, connection: Connection | None, dialect: Dialect) -> tuple[Any, str | None]:
    if connection is None:
        raise UnsupportedChange(
            change.describe(),
            dialect.name,
            "it has no IF EXISTS for this, and without a connection there is nowhere to look",
            "leave if_exists / if_not_exists out of what runs offline",
        )
    return inspect(connection), schema_on(connection, change.schema)


def has_column(
    change: Any, column_name: str, connection: Connection | None, dialect: Dialect
) -> bool:
    """Tell whether the table of a change has a column; True if it has."""
    inspector, schema = _look(change, connection, dialect)
    columns = inspector.get_columns(change.table_name, schema=schema)
    return any(column["name"] == column_name for column in columns)


def has_index(
    change: Any, table_name: str, connection: Connection | None, dialect: Dialect
) -> bool:
    """Tell whether a table has the index that a change names."""
    inspector, schema = _look(change, connection, dialect)
    return bool(inspector.has_index(table_name, change.index_name, schema=schema))


def has_constraint(change: DropConstraint, connection: Connection | None, dialect: Dialect) -> bool:
    """Tell whether the table has the constraint that a change drops."""
    inspector, schema = _look(change, connection, dialect)
    where = {"table_name": change.table_name, "schema": schema}
    found: list[str | None] = [inspector.get_pk_constraint(**where).get("name")]
    for kind in ("unique_constraints", "foreign_keys", "check_constraints"):
        found += [c["name"] for c in getattr(inspector, f"get_{kind}")(**where)]
    return change.constraint_name in found or change.type_ == "primary"


def refuse_rows(change: AddColumn, connection: Connection | None, dialect: Dialect) -> None:
    """Refuse to add a column whose values rows that are there would have to get from nowhere.

    PostgreSQL says only that the column "contains null values"; MySQL and MariaDB fill in
    0 or an empty string, silently. Without a connection there is nowhere to look.
    """
    column = change.column
    needless = (
        column.nullable
        or column.primary_key
        or column.server_default is not None
        or column.autoincrement is True
        or change.if_not_exists
    )
    if connection is None or needless:
        return
    rows = select(text("1")).select_from(table(change.table_name, schema=change.schema)).limit(1)
    if connection.execute(rows).first() is not None:
        raise UnsupportedChange(
            change.describe(),
            dialect.name,
            "the table has rows, and the column may not be NULL in them",
            "give it a server_default, or add it with nullable=True, fill it, "
            "and alter it to nullable=False",
        )
