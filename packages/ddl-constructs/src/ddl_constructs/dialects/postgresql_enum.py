"""How PostgreSQL's enum types come, change and go; run on PostgreSQL 15."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import ARRAY, ENUM
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.types import TypeEngine

from .. import guard, sqltext
from ..change import Change, lowers
from ..column import AddColumn, DropColumn, add_with_companions
from ..detached import alike
from ..enum import (
    AddEnumValue,
    CreateEnum,
    DropEnum,
    RenameEnumValue,
)
from ..table import CreateTable, DropTable, create_with_companions
from .postgresql_block import block, unless_there
from .postgresql_domain import of_columns


def native_enums(columns: Iterable[Column[Any]], dialect: Dialect) -> list[ENUM]:
    """Give the enum types that these columns need as objects, each once, in column order.

    Left out are those that say `create_type=False`: somebody else looks after them.
    """
    found: dict[tuple[str | None, str], ENUM] = {}
    for each in columns:
        type_: TypeEngine[Any] = alike(each.type).dialect_impl(dialect)
        while isinstance(type_, ARRAY):
            type_ = type_.item_type.dialect_impl(dialect)
        if isinstance(type_, ENUM) and type_.name and type_.create_type:
            found.setdefault((type_.schema, type_.name), type_)
    return list(found.values())


def _create(enum: ENUM) -> CreateEnum:
    return CreateEnum(str(enum.name), enum.enums, schema=enum.schema, if_not_exists=True)


def _drop(enum: ENUM) -> DropEnum:
    return DropEnum(str(enum.name), schema=enum.schema, if_unused=True, existing_labels=enum.enums)


@lowers(CreateTable, "postgresql")
def _create_table(
    change: CreateTable, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    for enum in native_enums(change.element.columns, dialect):
        yield _create(enum)
    yield from of_columns(change.element.columns, dialect)
    yield from create_with_companions(change, dialect, connection)


@lowers(DropTable, "postgresql")
def _drop_table(
    change: DropTable, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    yield change
    if change.existing_table is not None:
        for enum in native_enums(change.existing_table.element.columns, dialect):
            yield _drop(enum)


@lowers(AddColumn, "postgresql")
def _add_column(
    change: AddColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    guard.refuse_rows(change, connection, dialect)
    for enum in native_enums([change.column], dialect):
        yield _create(enum)
    yield from of_columns([change.column], dialect)
    yield from add_with_companions(change, dialect, connection)


@lowers(DropColumn, "postgresql")
def _drop_column(
    change: DropColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    yield change
    if change.existing_column is not None:
        for enum in native_enums([change.existing_column], dialect):
            yield _drop(enum)


@lowers(CreateEnum, "postgresql")
@lowers(DropEnum, "postgresql")
def _as_it_is(
    change: CreateEnum | DropEnum, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    yield change


@compiles(CreateEnum, "postgresql")
def _create_enum(change: CreateEnum, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.enum_name, change.schema)
    labels = ", ".join(sqltext.literal(compiler, label) for label in change.labels)
    create = f"CREATE TYPE {name} AS ENUM ({labels})"
    if not change.if_not_exists:
        return create
    # CREATE TYPE has no IF NOT EXISTS (PostgreSQL 17 manual, CREATE TYPE)
    if not change.labels:  # scripts refer so to a type that is there: sa.Enum(name="mood")
        return unless_there(name, create, compiler)
    found = sqltext.sql_literal(compiler, f"enum {name} is there with other labels than asked for")
    return block(
        f"IF to_regtype({sqltext.sql_literal(compiler, name)}) IS NULL THEN {create}; "
        "ELSIF (SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum "
        f"WHERE enumtypid = to_regtype({sqltext.sql_literal(compiler, name)})) "
        f"IS DISTINCT FROM ARRAY[{labels}]::text[] "
        f"THEN RAISE EXCEPTION USING MESSAGE = {found}; END IF;"
    )


@compiles(DropEnum, "postgresql")
def _drop_enum(change: DropEnum, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.enum_name, change.schema)
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    drop = f"DROP TYPE {guard}{name}"
    if not change.if_unused:
        return drop
    literal = sqltext.sql_literal(compiler, name)
    return block(
        f"IF to_regtype({literal}) IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute a "
        f"JOIN pg_type t ON t.oid = to_regtype({literal}) "
        "WHERE a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped "
        f"AND a.attnum > 0) THEN {drop}; END IF;"
    )


@compiles(AddEnumValue, "postgresql")
def _add_enum_value(change: AddEnumValue, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.enum_name, change.schema)
    guard = sqltext.yes(change.if_not_exists, "IF NOT EXISTS")
    text = f"ALTER TYPE {name} ADD VALUE {guard}{sqltext.literal(compiler, change.value)}"
    if change.before is not None:
        return f"{text} BEFORE {sqltext.literal(compiler, change.before)}"
    if change.after is not None:
        return f"{text} AFTER {sqltext.literal(compiler, change.after)}"
    return text


@compiles(RenameEnumValue, "postgresql")
def _rename_enum_value(change: RenameEnumValue, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.enum_name, change.schema)
    old, new = (sqltext.literal(compiler, v) for v in (change.old_value, change.new_value))
    return f"ALTER TYPE {name} RENAME VALUE {old} TO {new}"
