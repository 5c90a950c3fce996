"""The implementations for MySQL and MariaDB, by Alembic's names."""

from __future__ import annotations

from typing import Any

from ddl_constructs import AddColumn, Change, traits

from .base import (
    AlterColumn,
    ColumnDefault,
    ColumnName,
    ColumnNullable,
    ColumnType,
    alter_table,
    format_column_name,
    format_server_default,
)
from .impl import DefaultImpl

__all__ = [
    "AlterColumn",
    "ColumnDefault",
    "ColumnName",
    "ColumnNullable",
    "ColumnType",
    "MariaDBImpl",
    "MySQLImpl",
    "alter_table",
    "format_column_name",
    "format_server_default",
]

_TRAITS = traits("mysql")


class MySQLImpl(DefaultImpl):
    """Carries changes out on this dialect."""

    __dialect__ = "mysql"
    transactional_ddl = _TRAITS.transactional_ddl
    command_terminator = _TRAITS.terminator
    numbers_rows = True

    def _say(self, change: Change) -> Any:
        """Let the server fill in 0 or an empty string where a new column has no value, as Alembic does."""
        if isinstance(change, AddColumn):
            change = change.replace(mysql_fill=True)
        return super()._say(change)


class MariaDBImpl(MySQLImpl):
    """Carries changes out on this dialect."""

    __dialect__ = "mariadb"
