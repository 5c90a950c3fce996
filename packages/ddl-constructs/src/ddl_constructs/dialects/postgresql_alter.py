"""How PostgreSQL's objects get another name, schema or owner, and triggers fire or don't; run on PostgreSQL 15."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..alter_object import OfObject, RenameObject, SetObjectSchema, SetOwner
from ..change import Change, lowers
from ..errors import MissingFact
from ..objects import without_defaults
from ..schema import schema_name
from ..trigger import AlterTrigger


def _alter(change: OfObject, compiler: DDLCompiler) -> str:
    """Write ALTER and what is altered; of a routine with its arguments, but for their defaults."""
    table = getattr(change, "table_name", None)
    if table is not None:
        name = f"{sqltext.name(compiler, change.object_name)} ON "
        name += sqltext.table(compiler, table, change.schema)
    elif change.kind == "schema":
        name = schema_name(compiler, change.object_name)
    elif change.kind == "extension":
        name = sqltext.name(compiler, change.object_name)
    else:
        name = sqltext.table(compiler, change.object_name, change.schema)
    arguments = getattr(change, "arguments", None)
    if arguments is not None:
        name += f"({sqltext.said_raw(compiler, without_defaults(arguments))})"
    return f"ALTER {change.kind.upper()} {name}"


@compiles(RenameObject, "postgresql")
def _rename(change: RenameObject, compiler: DDLCompiler, **kw: Any) -> str:
    new = change.new_object_name
    said = schema_name(compiler, new) if change.kind == "schema" else sqltext.name(compiler, new)
    return f"{_alter(change, compiler)} RENAME TO {said}"


@lowers(SetObjectSchema, "postgresql")
def _needs_a_schema(
    change: SetObjectSchema, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """PostgreSQL has no word for the default schema: it must be named, or have been met."""
    new = change.new_schema or dialect.default_schema_name
    if new is None:
        raise MissingFact(change.describe(), ("new_schema",), "SET SCHEMA names a schema")
    yield change if new == change.new_schema else change.replace(new_schema=new)


@compiles(SetObjectSchema, "postgresql")
def _move(change: SetObjectSchema, compiler: DDLCompiler, **kw: Any) -> str:
    return f"{_alter(change, compiler)} SET SCHEMA {schema_name(compiler, str(change.new_schema))}"


@compiles(SetOwner, "postgresql")
def _own(change: SetOwner, compiler: DDLCompiler, **kw: Any) -> str:
    return f"{_alter(change, compiler)} OWNER TO {sqltext.name(compiler, change.owner)}"


_FIRES = {
    True: "ENABLE",
    False: "DISABLE",
    "replica": "ENABLE REPLICA",
    "always": "ENABLE ALWAYS",
}


@compiles(AlterTrigger, "postgresql")
def _fires(change: AlterTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    name = sqltext.name(compiler, change.trigger_name)
    return f"ALTER TABLE {table} {_FIRES[change.enabled]} TRIGGER {name}"
