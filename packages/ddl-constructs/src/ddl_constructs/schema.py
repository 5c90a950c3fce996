"""Changes of schemas: create and drop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from . import sqltext
from .change import Change


@dataclass(eq=False)
class CreateSchema(Change):
    """Create a schema: `op.create_schema("audit")`.

    `CREATE SCHEMA audit`; on MySQL and MariaDB that is a database. SQLAlchemy's class of the
    same name takes what this one takes, without `authorization`.

    Attributes:
        schema_name: Its name.
        authorization: The role whose it is; None for one's own.
        if_not_exists: Do nothing if it is there.
    """

    words: ClassVar = ("create_schema",)

    schema_name: str
    authorization: str | None = field(default=None, kw_only=True)
    if_not_exists: bool = field(default=False, kw_only=True)

    def reverse(self) -> DropSchema:
        return DropSchema(self.schema_name, existing_authorization=self.authorization)

    def describe(self) -> str:
        return f"create schema {self.schema_name}"


@dataclass(eq=False)
class DropSchema(Change):
    """Drop a schema: `op.drop_schema("audit")`.

    `DROP SCHEMA audit`, which PostgreSQL and SQL Server refuse while anything is in it; MySQL
    and MariaDB drop all of it.

    Attributes:
        schema_name: Its name.
        if_exists: Do nothing if it isn't there.
        cascade: Drop what is in it too (PostgreSQL).
        existing_authorization: The role whose it is; None for one's own.
    """

    words: ClassVar = ("drop_schema",)

    schema_name: str
    if_exists: bool = field(default=False, kw_only=True)
    cascade: bool = field(default=False, kw_only=True)
    existing_authorization: str | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def reverse(self) -> CreateSchema:
        return CreateSchema(self.schema_name, authorization=self.existing_authorization)

    def describe(self) -> str:
        return f"drop schema {self.schema_name}"


def schema_name(compiler: DDLCompiler, name: str) -> str:
    """Write a schema's name."""
    return compiler.preparer.quote_schema(name)


@compiles(CreateSchema)
def _create_schema(change: CreateSchema, compiler: DDLCompiler, **kw: Any) -> str:
    guard = sqltext.yes(change.if_not_exists, "IF NOT EXISTS")
    text = f"CREATE SCHEMA {guard}{schema_name(compiler, change.schema_name)}"
    if change.authorization is None:
        return text
    return f"{text} AUTHORIZATION {sqltext.name(compiler, change.authorization)}"


@compiles(DropSchema)
def _drop_schema(change: DropSchema, compiler: DDLCompiler, **kw: Any) -> str:
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    name = schema_name(compiler, change.schema_name)
    return f"DROP SCHEMA {guard}{name}" + (" CASCADE" if change.cascade else "")
