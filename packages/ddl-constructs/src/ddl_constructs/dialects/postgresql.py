"""How PostgreSQL says a change; run on PostgreSQL 15."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column, Identity
from sqlalchemy.dialects.postgresql import ARRAY, ENUM
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.types import TypeEngine

from .. import sqltext
from ..change import KEEP, Change, lowers
from ..column import AddColumn, AlterColumn, DropColumn, add_with_companions, alter_column_text
from ..enum import CreateEnum, DropEnum
from ..errors import UnsupportedChange
from ..table import CreateTable, DropTable, create_with_companions


def native_enums(columns: Iterable[Column[Any]], dialect: Dialect) -> list[ENUM]:
    """Give the enum types that these columns need as objects, each once, in column order.

    Left out are those that say `create_type=False`: somebody else looks after them.
    """
    found: dict[tuple[str | None, str], ENUM] = {}
    for column in columns:
        type_: TypeEngine[Any] = column.type.dialect_impl(dialect)
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
    for enum in native_enums([change.column], dialect):
        yield _create(enum)
    yield from add_with_companions(change, dialect, connection)


@lowers(DropColumn, "postgresql")
def _drop_column(
    change: DropColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    yield change
    if change.existing_column is not None:
        for enum in native_enums([change.existing_column], dialect):
            yield _drop(enum)


@lowers(AlterColumn, "postgresql")
def _alter_column(
    change: AlterColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Type, nullability, default, comment, name; a default that the cast can't take goes first."""
    aspects = [a for a in change.aspects if a != "autoincrement"]
    if len(aspects) == 1 and change.autoincrement is KEEP:
        yield change
        return
    for aspect in aspects:
        yield change.only(aspect)


@compiles(AlterColumn, "postgresql")
def _alter_column_text(change: AlterColumn, compiler: DDLCompiler, **kw: Any) -> str:
    using = change.dialect_kwargs.get("postgresql_using")
    if using and change.type_ is KEEP:
        raise UnsupportedChange(
            change.describe(), "postgresql", "postgresql_using converts to a new type", "give type_"
        )
    if change.aspects == ("server_default",) and (text := _identity_text(change, compiler)):
        return text
    return alter_column_text(change, compiler) + (f" USING {using}" if using else "")


def _identity_text(change: AlterColumn, compiler: DDLCompiler) -> str | None:
    """Write what adds, alters or drops an identity; None where no identity is meant."""
    new, old = change.server_default, change.existing_server_default
    if not isinstance(new, Identity) and not isinstance(old, Identity):
        return None
    table = sqltext.table(compiler, change.table_name, change.schema)
    where = f"ALTER TABLE {table} ALTER COLUMN {sqltext.name(compiler, change.column_name)}"
    if not isinstance(new, Identity):
        if new is None:
            return f"{where} DROP IDENTITY"
        raise UnsupportedChange(
            change.describe(), "postgresql", "an identity column takes no default",
            "drop the identity first (server_default=None), then set the default",
        )
    if not isinstance(old, Identity):
        return f"{where} ADD {sqltext.visit(compiler, 'identity_column', new)}"
    return f"{where} {_identity_differences(new, old, compiler)}"


def _identity_differences(new: Identity, old: Identity, compiler: DDLCompiler) -> str:
    parts = []
    if bool(new.always) != bool(old.always):
        parts.append(f"SET GENERATED {'ALWAYS' if new.always else 'BY DEFAULT'}")
    for name in ("cache", "cycle", "increment", "maxvalue", "minvalue", "nomaxvalue", "nominvalue", "start"):
        if getattr(new, name) != getattr(old, name) and getattr(new, name) is not None:
            one = Identity(**{name: getattr(new, name)})
            parts.append(f"SET {compiler.get_identity_options(one)}")
    return " ".join(parts)


@compiles(CreateEnum, "postgresql")
def _create_enum(change: CreateEnum, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.enum_name, change.schema)
    labels = ", ".join(sqltext.literal(compiler, label) for label in change.labels)
    create = f"CREATE TYPE {name} AS ENUM ({labels})"
    if not change.if_not_exists:
        return create
    # CREATE TYPE has no IF NOT EXISTS (PostgreSQL 17 manual, CREATE TYPE)
    found = sqltext.literal(compiler, f"enum {name} is there with other labels than asked for")
    return _block(
        f"IF to_regtype({sqltext.literal(compiler, name)}) IS NULL THEN {create}; "
        f"ELSIF enum_range(NULL::{name})::text[] <> ARRAY[{labels}]::text[] "
        f"THEN RAISE EXCEPTION USING MESSAGE = {found}; END IF;"
    )


@compiles(DropEnum, "postgresql")
def _drop_enum(change: DropEnum, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.enum_name, change.schema)
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    drop = f"DROP TYPE {guard}{name}"
    if not change.if_unused:
        return drop
    literal = sqltext.literal(compiler, name)
    return _block(
        f"IF to_regtype({literal}) IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute a "
        f"JOIN pg_type t ON t.oid = to_regtype({literal}) "
        "WHERE a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped "
        f"AND a.attnum > 0) THEN {drop}; END IF;"
    )


def _block(body: str) -> str:
    """Wrap statements as an anonymous PL/pgSQL block, under a quote that they don't hold."""
    quote = "$do$"
    while quote in body:
        quote = quote[:-1] + "x$"
    return f"DO {quote} BEGIN {body} END {quote}"
