"""Changes of enum types that are objects of their own (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from . import sqltext
from .change import Change
from .errors import IrreversibleChange, UnsupportedChange


@dataclass(eq=False, init=False)
class CreateEnum(Change):
    """Create an enum type: `op.create_enum("mood", ["sad", "happy"])`.

    `CREATE TYPE mood AS ENUM ('sad', 'happy')` on PostgreSQL, which alone has them.

    Attributes:
        enum_name: The type's name.
        labels: Its labels, in the order in which they sort.
        schema: Its schema; None for the default one.
        if_not_exists: Do nothing if it is there with the same labels in the same
            order; with other labels it is an error all the same.
    """

    words: ClassVar = ("create_enum",)

    enum_name: str
    labels: tuple[str, ...]
    schema: str | None = field(default=None, kw_only=True)
    if_not_exists: bool | None = field(default=None, kw_only=True)

    def __init__(
        self,
        enum_name: str,
        labels: Sequence[str],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
    ) -> None:
        self.enum_name, self.labels = enum_name, tuple(labels)
        self.schema, self.if_not_exists = schema, if_not_exists

    def reverse(self) -> DropEnum:
        return DropEnum(self.enum_name, schema=self.schema, existing_labels=self.labels)

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.enum_name)
        return f"create enum {where} ({', '.join(self.labels)})"


@dataclass(eq=False, init=False)
class DropEnum(Change):
    """Drop an enum type: `op.drop_enum("mood")`.

    `DROP TYPE mood` on PostgreSQL, which refuses while a column is of the type.

    Attributes:
        enum_name: The type's name.
        schema: Its schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        if_unused: Do nothing if it isn't there or a column is still of the type.
        existing_labels: Its labels, so that the change can be reversed; None if unknown.
    """

    words: ClassVar = ("drop_enum",)

    enum_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool | None = field(default=None, kw_only=True)
    if_unused: bool | None = field(default=None, kw_only=True)
    existing_labels: tuple[str, ...] | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def __init__(
        self,
        enum_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        if_unused: bool | None = None,
        existing_labels: Sequence[str] | None = None,
    ) -> None:
        self.enum_name, self.schema = enum_name, schema
        self.if_exists, self.if_unused = if_exists, if_unused
        self.existing_labels = None if existing_labels is None else tuple(existing_labels)

    def reverse(self) -> CreateEnum:
        if self.existing_labels is None:
            raise IrreversibleChange(
                self.describe(), ("existing_labels",), "the labels aren't known"
            )
        return CreateEnum(self.enum_name, self.existing_labels, schema=self.schema)

    def describe(self) -> str:
        return f"drop enum {sqltext.dotted(self.schema, self.enum_name)}"


@compiles(CreateEnum)
@compiles(DropEnum)
def _refuse(change: CreateEnum | DropEnum, compiler: DDLCompiler, **kw: Any) -> str:
    raise UnsupportedChange(
        change.describe(),
        compiler.dialect.name,
        "it has no enum types of their own",
        "an Enum column brings its labels along",
    )
