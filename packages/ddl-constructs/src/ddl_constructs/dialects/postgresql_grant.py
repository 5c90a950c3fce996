"""How PostgreSQL's privileges are given and taken; run on PostgreSQL 15."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..grant import (
    GrantPrivileges,
    Privileges,
    RevokePrivileges,
    object_text,
    privileges_text,
    with_option,
)
from ..objects import without_defaults


@compiles(GrantPrivileges, "postgresql")
@compiles(RevokePrivileges, "postgresql")
def _privileges(change: Privileges, compiler: DDLCompiler, **kw: Any) -> str:
    """GRANT ON FUNCTION takes the arguments as CREATE FUNCTION does, but for their defaults."""
    on = object_text(change, compiler)
    if change.kind in ("function", "procedure") and change.arguments is not None:
        on += f"({sqltext.said_raw(compiler, without_defaults(change.arguments))})"
    return privileges_text(change, compiler, on, with_option(change))
