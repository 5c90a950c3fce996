"""The implementations for MySQL and MariaDB, by Alembic's names."""

from __future__ import annotations

from ddl_constructs import traits

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


class MariaDBImpl(MySQLImpl):
    """Carries changes out on this dialect."""

    __dialect__ = "mariadb"
