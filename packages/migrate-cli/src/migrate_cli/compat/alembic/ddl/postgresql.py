"""The implementation for its dialect, by Alembic's name; what it says is ddl_constructs' matter."""

from __future__ import annotations

from ddl_constructs import traits

from ..operations.ops.exclude import CreateExcludeConstraintOp
from .impl import DefaultImpl

__all__ = ["CreateExcludeConstraintOp", "PostgresqlImpl"]

_TRAITS = traits("postgresql")


class PostgresqlImpl(DefaultImpl):
    """Carries changes out on this dialect."""

    __dialect__ = "postgresql"
    transactional_ddl = _TRAITS.transactional_ddl
    command_terminator = _TRAITS.terminator
