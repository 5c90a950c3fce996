"""The implementation for its dialect, by Alembic's name; what it says is ddl_constructs' matter."""

from __future__ import annotations

from ddl_constructs import traits

from .impl import DefaultImpl

_TRAITS = traits("mssql")


class MSSQLImpl(DefaultImpl):
    """Carries changes out on this dialect."""

    __dialect__ = "mssql"
    transactional_ddl = _TRAITS.transactional_ddl
    command_terminator = _TRAITS.terminator

    batch_separator = _TRAITS.separator

    def emit_begin(self) -> None:
        self.static_output("BEGIN TRANSACTION" + self.command_terminator)
