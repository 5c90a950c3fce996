"""IF EXISTS and IF NOT EXISTS where a server has no words for them: look first.

Used by dialects only; without a connection there is nowhere to look, and the
change is refused by name.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from .change import Change
from .constraint import DropConstraint
from .errors import UnsupportedChange


def _look(change: Change, connection: Connection | None, dialect: Dialect) -> Any:
    if connection is None:
        raise UnsupportedChange(
            change.describe(),
            dialect.name,
            "it has no IF EXISTS for this, and without a connection there is nowhere to look",
            "leave if_exists / if_not_exists out of what runs offline",
        )
    return inspect(connection)


def has_column(
    change: Any, column_name: str, connection: Connection | None, dialect: Dialect
) -> bool:
    """Tell whether the table of a change has a column; True if it has."""
    inspector = _look(change, connection, dialect)
    columns = inspector.get_columns(change.table_name, schema=change.schema)
    return any(column["name"] == column_name for column in columns)


def has_index(
    change: Any, table_name: str, connection: Connection | None, dialect: Dialect
) -> bool:
    """Tell whether a table has the index that a change names."""
    inspector = _look(change, connection, dialect)
    return bool(inspector.has_index(table_name, change.index_name, schema=change.schema))


def has_constraint(change: DropConstraint, connection: Connection | None, dialect: Dialect) -> bool:
    """Tell whether the table has the constraint that a change drops."""
    inspector = _look(change, connection, dialect)
    where = {"table_name": change.table_name, "schema": change.schema}
    found: list[str | None] = [inspector.get_pk_constraint(**where).get("name")]
    for kind in ("unique_constraints", "foreign_keys", "check_constraints"):
        found += [c["name"] for c in getattr(inspector, f"get_{kind}")(**where)]
    return change.constraint_name in found or change.type_ == "primary"
