"""How PostgreSQL's composite types come, change and go; run on PostgreSQL 15."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.types import TypeEngine

from .. import sqltext
from ..change import KEEP, lowers
from ..composite import (
    AddAttribute,
    AlterAttribute,
    CreateCompositeType,
    DropAttribute,
    DropCompositeType,
    RenameCompositeType,
)
from .postgresql_block import unless_there


def _attribute(column: Column[Any], compiler: DDLCompiler) -> str:
    return f"{sqltext.name(compiler, column.name)} {sqltext.type_name(compiler, column.type)}"


@compiles(CreateCompositeType, "postgresql")
def _create(change: CreateCompositeType, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.type_name, change.schema)
    attributes = ", ".join(_attribute(a, compiler) for a in change.attributes)
    create = f"CREATE TYPE {name} AS ({attributes})"
    return unless_there(name, create, compiler) if change.if_not_exists else create


@compiles(DropCompositeType, "postgresql")
def _drop(change: DropCompositeType, compiler: DDLCompiler, **kw: Any) -> str:
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    text = f"DROP TYPE {guard}{sqltext.table(compiler, change.type_name, change.schema)}"
    return _cascading(text, change.cascade)


@compiles(RenameCompositeType, "postgresql")
def _rename(change: RenameCompositeType, compiler: DDLCompiler, **kw: Any) -> str:
    old = sqltext.table(compiler, change.old_type_name, change.schema)
    return f"ALTER TYPE {old} RENAME TO {sqltext.name(compiler, change.new_type_name)}"


@compiles(AddAttribute, "postgresql")
def _add(change: AddAttribute, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.type_name, change.schema)
    text = f"ALTER TYPE {name} ADD ATTRIBUTE {_attribute(change.attribute, compiler)}"
    return _cascading(text, change.cascade)


@compiles(DropAttribute, "postgresql")
def _drop_attribute(change: DropAttribute, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.type_name, change.schema)
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    attribute = sqltext.name(compiler, change.attribute_name)
    return _cascading(f"ALTER TYPE {name} DROP ATTRIBUTE {guard}{attribute}", change.cascade)


@lowers(AlterAttribute, "postgresql")
def _type_first(change: AlterAttribute, *_: Any) -> Any:
    """RENAME ATTRIBUTE is a statement of its own (PostgreSQL 17 manual, ALTER TYPE)."""
    if change.type_ is KEEP or change.new_attribute_name is KEEP:
        yield change
    else:
        yield change.replace(new_attribute_name=KEEP)
        yield change.replace(type_=KEEP, existing_type=None)


@compiles(AlterAttribute, "postgresql")
def _alter_attribute(change: AlterAttribute, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.type_name, change.schema)
    attribute = sqltext.name(compiler, change.attribute_name)
    if isinstance(change.type_, TypeEngine):
        made = sqltext.type_name(compiler, change.type_)
        text = f"ALTER TYPE {name} ALTER ATTRIBUTE {attribute} TYPE {made}"
    else:
        new = sqltext.name(compiler, str(change.new_attribute_name))
        text = f"ALTER TYPE {name} RENAME ATTRIBUTE {attribute} TO {new}"
    return _cascading(text, change.cascade)


def _cascading(text: str, cascade: bool) -> str:
    return f"{text} CASCADE" if cascade else text
