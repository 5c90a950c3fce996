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
    IdentityColumnDefault,
    RenameTable,
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
    "IdentityColumnDefault",
    "OracleImpl",
    "RenameTable",
    "alter_table",
    "format_column_name",
    "format_server_default",
    "format_table_name",
    "format_type",
]

_TRAITS = traits("oracle")


class OracleImpl(DefaultImpl):
    """Carries changes out on this dialect."""

    __dialect__ = "oracle"
    transactional_ddl = _TRAITS.transactional_ddl
    command_terminator = _TRAITS.terminator

    batch_separator = _TRAITS.separator

    def emit_begin(self) -> None:
        self.static_output("SET TRANSACTION READ WRITE\n" + self.batch_separator)

    def emit_commit(self) -> None:
        self.static_output("COMMIT\n" + self.batch_separator)
