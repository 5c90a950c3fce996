"""How MySQL's and MariaDB's privileges are given and taken; run on MariaDB 10.11."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from ..grant import (
    GrantedKind,
    GrantPrivileges,
    Privileges,
    RevokePrivileges,
    object_text,
    privileges_text,
    without_cascade,
)

_WORDS: dict[GrantedKind, str] = {
    "table": "",
    "sequence": "",
    "function": "FUNCTION ",
    "procedure": "PROCEDURE ",
}


@compiles(GrantPrivileges, "mysql", "mariadb")
@compiles(RevokePrivileges, "mysql", "mariadb")
def _privileges(change: Privileges, compiler: DDLCompiler, **kw: Any) -> str:
    """GRANT: a schema is a database there, and `_` in its name would stand for any character.

    MariaDB 10.11 manual, GRANT, Database Privileges; MySQL 8.4 manual, GRANT Statement.
    """
    if change.kind == "schema":
        name = re.sub(r"([_%\\])", r"\\\1", change.object_name)
        on = f"{compiler.preparer.quote_identifier(name)}.*"
    else:
        on = object_text(change, compiler, _WORDS)
    # the option is a privilege of its own there, for all that he has on the table
    option = isinstance(change, RevokePrivileges) and change.existing_grantable
    more = ["GRANT OPTION"] if option else []
    return privileges_text(change, compiler, on, without_cascade(change, compiler), more)
