"""The implementation for its dialect, by Alembic's name; what it says is ddl_constructs' matter."""

from __future__ import annotations

from ddl_constructs import traits

from .impl import DefaultImpl

_TRAITS = traits("sqlite")


class SQLiteImpl(DefaultImpl):
    """Carries changes out on this dialect."""

    __dialect__ = "sqlite"
    # as in Alembic, so each revision is committed by itself; inside of one DDL is rolled back
    transactional_ddl = False
    command_terminator = _TRAITS.terminator
