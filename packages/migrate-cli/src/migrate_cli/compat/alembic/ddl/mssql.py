"""The implementation for its dialect, by Alembic's name; what it says is ddl_constructs' matter."""

from __future__ import annotations

from ddl_constructs import traits

from .base import (
    AddColumn,
    ColumnComment,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    RenameTable,
    alter_column,
    alter_table,
    format_column_name,
    format_server_default,
    format_table_name,
    format_type,
)
from .impl import DefaultImpl

__all__ = [
    "AddColumn",
    "ColumnComment",
    "ColumnDefault",
    "ColumnName",
    "ColumnNullable",
    "ColumnType",
    "MSSQLImpl",
    "RenameTable",
    "alter_column",
    "alter_table",
    "format_column_name",
    "format_server_default",
    "format_table_name",
    "format_type",
]

_TRAITS = traits("mssql")


class MSSQLImpl(DefaultImpl):
    """Carries changes out on this dialect."""

    __dialect__ = "mssql"
    transactional_ddl = _TRAITS.transactional_ddl
    command_terminator = _TRAITS.terminator

    batch_separator = _TRAITS.separator

    def emit_begin(self) -> None:
        self.static_output("BEGIN TRANSACTION" + self.command_terminator)
