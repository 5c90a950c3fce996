"""Changes of what an object is called, where it is, and whose it is; one class for all kinds of objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from . import sqltext
from .change import Change
from .errors import IrreversibleChange, UnsupportedChange, WrongValue

RenamedKind = Literal["view", "materialized view", "function", "procedure", "trigger", "schema"]
"""What is renamed so; tables, columns, indexes, sequences and types have words of their own."""

MovedKind = Literal[
    "view", "materialized view", "sequence", "function", "procedure", "type", "extension"
]
"""What is moved so; a domain counts as a type."""

OwnedKind = Literal[
    "table", "view", "materialized view", "sequence", "function", "procedure", "type", "schema"
]
"""What belongs to somebody; a domain counts as a type."""


@dataclass(eq=False)
class RenameObject(Change):
    """Rename a view, a routine, a trigger or a schema: `op.rename_object("grown_up", "adults", kind="view")`.

    `ALTER VIEW grown_up RENAME TO adults`. What needs it on PostgreSQL follows, but for the
    bodies of routines, which are text.

    Attributes:
        object_name: Its name as it is.
        new_object_name: Its name afterwards.
        kind: "view", "materialized view", "function", "procedure", "trigger" or "schema".
        schema: Its schema, of a trigger that of its table; None for the default one.
        table_name: The table, or the view, that a trigger is on.
        arguments: The arguments of a routine, where several have its name (PostgreSQL).
    """

    words: ClassVar = ("rename_object",)

    object_name: str
    new_object_name: str
    kind: RenamedKind = field(kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    table_name: str | None = field(default=None, kw_only=True)
    arguments: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.table_name is None) == (self.kind == "trigger"):
            wanted = "that of the trigger" if self.kind == "trigger" else "none, but for a trigger"
            raise WrongValue("RenameObject", "table_name", self.table_name, wanted)

    def reverse(self) -> RenameObject:
        return self.replace(object_name=self.new_object_name, new_object_name=self.object_name)

    def describe(self) -> str:
        return f"rename {_what(self)} to {self.new_object_name}"


@dataclass(eq=False)
class SetObjectSchema(Change):
    """Move an object to another schema: `op.set_object_schema("grown_up", "archive", kind="view")`.

    `ALTER VIEW grown_up SET SCHEMA archive` on PostgreSQL, `ALTER SCHEMA ... TRANSFER` on SQL Server.

    Attributes:
        object_name: Its name.
        new_schema: Its schema afterwards; None for the default one.
        kind: "view", "materialized view", "sequence", "function", "procedure", "type" (also a
            domain) or "extension".
        schema: Its schema as it is; None for the default one.
        arguments: The arguments of a routine, where several have its name (PostgreSQL).
    """

    words: ClassVar = ("set_object_schema",)

    object_name: str
    new_schema: str | None
    kind: MovedKind = field(kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    arguments: str | None = field(default=None, kw_only=True)

    def reverse(self) -> SetObjectSchema:
        return self.replace(new_schema=self.schema, schema=self.new_schema)

    def describe(self) -> str:
        there = f"schema {self.new_schema}" if self.new_schema else "the default schema"
        return f"move {_what(self)} to {there}"


@dataclass(eq=False)
class SetOwner(Change):
    """Give an object to somebody else: `op.set_owner("users", "app", kind="table")`.

    `ALTER TABLE users OWNER TO app` on PostgreSQL, `ALTER AUTHORIZATION` on SQL Server.

    Attributes:
        object_name: Its name.
        owner: Whose it is afterwards: a role or user, which must be there.
        kind: "table", "view", "materialized view", "sequence", "function", "procedure", "type" (also
            a domain) or "schema".
        schema: Its schema; None for the default one.
        arguments: The arguments of a routine, where several have its name (PostgreSQL).
        existing_owner: Whose it is, so that the change can be reversed.
    """

    words: ClassVar = ("set_owner",)

    object_name: str
    owner: str
    kind: OwnedKind = field(kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    arguments: str | None = field(default=None, kw_only=True)
    existing_owner: str | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.owner:
            raise WrongValue("SetOwner", "owner", self.owner, "a role or user, not empty")

    def reverse(self) -> SetOwner:
        if self.existing_owner is None:
            raise IrreversibleChange(
                self.describe(), ("existing_owner",), "whose it was before isn't known"
            )
        return self.replace(owner=self.existing_owner, existing_owner=self.owner)

    def describe(self) -> str:
        return f"give {_what(self)} to {self.owner}"


OfObject = RenameObject | SetObjectSchema | SetOwner


def _what(change: OfObject) -> str:
    table = getattr(change, "table_name", None)
    if table is not None:
        return f"trigger {change.object_name} on {sqltext.dotted(change.schema, table)}"
    arguments = "" if change.arguments is None else f"({' '.join(change.arguments.split())})"
    return f"{change.kind} {sqltext.dotted(change.schema, change.object_name)}{arguments}"


_REASONS: Mapping[type, str] = {
    RenameObject: "it can't rename {}s",
    SetObjectSchema: "it can't move {}s to another schema",
    SetOwner: "its {}s have no owner of their own",
}


def cant_alter(
    change: OfObject, dialect: str, reason: str | None = None, hint: str | None = None
) -> UnsupportedChange:
    """Make the error about what a database can't do with a kind of object.

    Args:
        change: What was asked for.
        dialect: The dialect's name.
        reason: Why; None to say that it has no words for that kind.
        hint: The mend; None for none.
    """
    said = reason or _REASONS[type(change)].format(change.kind)
    return UnsupportedChange(change.describe(), dialect, said, hint)


def cant_rename(change: RenameObject, dialect: str, reason: str | None = None) -> UnsupportedChange:
    """Make the error about what a database can't rename, with the mend."""
    anew = "drop it, and create it under the new name"
    move = "create the other one, and move what is in this one"
    return cant_alter(change, dialect, reason, move if change.kind == "schema" else anew)


@compiles(RenameObject)
def _no_new_name(change: RenameObject, compiler: DDLCompiler, **kw: Any) -> str:
    raise cant_rename(change, compiler.dialect.name)


@compiles(SetObjectSchema)
@compiles(SetOwner)
def _refused(change: OfObject, compiler: DDLCompiler, **kw: Any) -> str:
    raise cant_alter(change, compiler.dialect.name)
