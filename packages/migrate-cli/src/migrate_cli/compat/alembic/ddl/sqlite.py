"""The implementation for its dialect, by Alembic's name; what it says is ddl_constructs' matter."""

from __future__ import annotations

from ddl_constructs import traits

from .base import (
    ColumnName,
    RenameTable,
    alter_table,
    format_column_name,
    format_table_name,
)
from .impl import DefaultImpl

__all__ = [
    "ColumnName",
    "RenameTable",
    "SQLiteImpl",
    "alter_table",
    "format_column_name",
    "format_table_name",
]

_TRAITS = traits("sqlite")


class SQLiteImpl(DefaultImpl):
    """Carries changes out on this dialect."""

    __dialect__ = "sqlite"
    # as in Alembic, so each revision is committed by itself; inside of one DDL is rolled back
    transactional_ddl = False
    command_terminator = _TRAITS.terminator
