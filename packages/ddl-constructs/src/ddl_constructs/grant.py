"""Changes of privileges: who may do what with a table, a sequence, a routine, a schema or a type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from . import sqltext
from .change import Change
from .errors import UnsupportedChange, WrongValue

GrantedKind = Literal["table", "sequence", "function", "procedure", "schema", "type"]
"""What a privilege is for; a view counts as a table, a domain as a type."""


@dataclass(eq=False)
class GrantPrivileges(Change):
    """Give somebody privileges: `op.grant(["SELECT"], "users", "reader")`.

    `GRANT SELECT ON users TO reader`. What he has already stays as it is, but is taken from him
    where the change is undone.

    Attributes:
        privileges: What he may do, in the database's words: SELECT, INSERT, USAGE, EXECUTE, ALL.
        object_name: What they are for.
        grantee: A role or user; PUBLIC for everybody, `'name'@'host'` as MySQL and MariaDB write it.
        kind: "table" (also a view), "sequence", "function", "procedure", "schema" or "type".
        schema: The schema of what they are for; None for the default one.
        columns: The columns of a table that they are for; empty for all of it.
        arguments: The arguments of a routine, where several have its name (PostgreSQL).
        grantable: Whether he may pass them on.
    """

    words: ClassVar = ("grant",)

    privileges: Sequence[str]
    object_name: str
    grantee: str
    kind: GrantedKind = field(default="table", kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    columns: Sequence[str] = field(default=(), kw_only=True)
    arguments: str | None = field(default=None, kw_only=True)
    grantable: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self)

    def reverse(self) -> RevokePrivileges:
        return RevokePrivileges(**_same(self), existing_grantable=self.grantable)

    def describe(self) -> str:
        option = " with grant option" if self.grantable else ""
        return f"grant {_what(self)} to {self.grantee}{option}"


@dataclass(eq=False)
class RevokePrivileges(Change):
    """Take privileges from somebody: `op.revoke(["SELECT"], "users", "reader")`.

    `REVOKE SELECT ON users FROM reader`.

    Attributes:
        privileges: What he may no longer do, in the database's words.
        object_name: What they are for.
        grantee: A role or user, as `GrantPrivileges` takes it.
        kind: "table" (also a view), "sequence", "function", "procedure", "schema" or "type".
        schema: The schema of what they are for; None for the default one.
        columns: The columns of a table that they are for; empty for all of it.
        arguments: The arguments of a routine, where several have its name (PostgreSQL).
        cascade: Take them also from those whom he gave them (PostgreSQL, SQL Server).
        existing_grantable: Whether he may pass them on, so that the change can be reversed.
    """

    words: ClassVar = ("revoke",)

    privileges: Sequence[str]
    object_name: str
    grantee: str
    kind: GrantedKind = field(default="table", kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    columns: Sequence[str] = field(default=(), kw_only=True)
    arguments: str | None = field(default=None, kw_only=True)
    cascade: bool = field(default=False, kw_only=True)
    existing_grantable: bool = field(
        default=False, kw_only=True, repr=False, metadata={"carried": True}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self)

    def reverse(self) -> GrantPrivileges:
        return GrantPrivileges(**_same(self), grantable=self.existing_grantable)

    def describe(self) -> str:
        return f"revoke {_what(self)} from {self.grantee}"


Privileges = GrantPrivileges | RevokePrivileges
_SAME = ("privileges", "object_name", "grantee", "kind", "schema", "columns", "arguments")


def _same(change: Privileges) -> dict[str, Any]:
    return {name: getattr(change, name) for name in _SAME}


def _check(change: Privileges) -> None:
    """Refuse what isn't a word of SQL, since it is written as it stands."""
    name = type(change).__name__
    if not change.privileges:
        raise WrongValue(name, "privileges", change.privileges, "at least one privilege")
    for each in change.privileges:
        if not re.fullmatch(r"[A-Za-z]+( [A-Za-z]+)*", each):
            raise WrongValue(name, "privileges", each, "words like SELECT; columns apart")
    if change.columns and change.kind != "table":
        raise WrongValue(name, "columns", change.columns, "none, where kind isn't 'table'")
    if not change.grantee:
        raise WrongValue(name, "grantee", change.grantee, "a role or user, not empty")


def _what(change: Privileges) -> str:
    where = sqltext.dotted(change.schema, change.object_name)
    on = where if change.kind == "table" else f"{change.kind} {where}"
    columns = f" ({', '.join(change.columns)})" if change.columns else ""
    return f"{', '.join(p.lower() for p in change.privileges)} on {on}{columns}"


def grantee(compiler: DDLCompiler, who: str) -> str:
    """Write who gets a privilege: `'user'@'host'` of MySQL's, and PUBLIC, are SQL already."""
    as_it_is = who.upper() == "PUBLIC" or "@" in who
    return sqltext.said_raw(compiler, who) if as_it_is else sqltext.name(compiler, who)


STANDARD: Mapping[GrantedKind, str] = {
    "table": "",
    "sequence": "SEQUENCE ",
    "function": "FUNCTION ",
    "procedure": "PROCEDURE ",
    "schema": "SCHEMA ",
    "type": "TYPE ",
}
"""What stands before the name of what a privilege is for, by its kind."""


def privileges_text(
    change: Privileges, compiler: DDLCompiler, on: str, end: str = "", more: Sequence[str] = ()
) -> str:
    """Write GRANT or REVOKE.

    Args:
        change: The change.
        compiler: Of the dialect to write for.
        on: What the privileges are for, as SQL.
        end: What stands at the end, if anything.
        more: Privileges besides those of the change.
    """
    columns = ", ".join(sqltext.name(compiler, c) for c in change.columns)
    each = [f"{p.upper()} ({columns})" if columns else p.upper() for p in change.privileges]
    each += more
    verb, to = ("GRANT", "TO") if isinstance(change, GrantPrivileges) else ("REVOKE", "FROM")
    text = f"{verb} {', '.join(each)} ON {on} {to} {grantee(compiler, change.grantee)}"
    return f"{text} {end}".rstrip()


def object_text(
    change: Privileges, compiler: DDLCompiler, words: Mapping[GrantedKind, str] = STANDARD
) -> str:
    """Write what privileges are for.

    Args:
        change: The change.
        compiler: Of the dialect to write for.
        words: What stands before the name, by its kind.

    Raises:
        UnsupportedChange: The dialect has no privileges for that kind.
    """
    if change.kind not in words:
        raise UnsupportedChange(
            change.describe(), compiler.dialect.name, f"it has no privileges for a {change.kind}"
        )
    if change.kind == "schema":
        return f"{words['schema']}{compiler.preparer.quote_schema(change.object_name)}"
    return f"{words[change.kind]}{sqltext.table(compiler, change.object_name, change.schema)}"


def with_option(change: Privileges) -> str:
    """Write what stands behind the grantee by the standard."""
    if isinstance(change, GrantPrivileges):
        return "WITH GRANT OPTION" if change.grantable else ""
    return "CASCADE" if change.cascade else ""


def without_cascade(change: Privileges, compiler: DDLCompiler) -> str:
    """As `with_option`, where REVOKE has no CASCADE.

    Raises:
        UnsupportedChange: It was asked for.
    """
    if isinstance(change, RevokePrivileges) and change.cascade:
        raise UnsupportedChange(
            change.describe(), compiler.dialect.name, "its REVOKE has no CASCADE"
        )
    return with_option(change)


@compiles(GrantPrivileges)
@compiles(RevokePrivileges)
def _privileges(change: Privileges, compiler: DDLCompiler, **kw: Any) -> str:
    return privileges_text(change, compiler, object_text(change, compiler), with_option(change))
