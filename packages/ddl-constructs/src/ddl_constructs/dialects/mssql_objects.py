"""How SQL Server's views, routines and triggers come and go, by its manual: not run.

CREATE OR ALTER is there from SQL Server 2016 SP1 on; each of these statements must be the
only one of its batch, so a script has GO around it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..alter_object import RenameObject, SetObjectSchema, SetOwner, cant_alter, cant_rename
from ..definition import block
from ..errors import MissingFact, UnsupportedChange
from ..grant import (
    GrantedKind,
    GrantPrivileges,
    Privileges,
    RevokePrivileges,
    object_text,
    privileges_text,
    with_option,
)
from ..routine import CreateFunction, CreateProcedure, routine_text
from ..schema import CreateSchema, DropSchema, schema_name
from ..trigger import AlterTrigger, CreateTrigger
from ..view import CreateView, require_plain, view_text


def _create(change: Any) -> str:
    return "CREATE OR ALTER" if change.or_replace else "CREATE"


@compiles(CreateView, "mssql")
def _view(change: CreateView, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE VIEW: WITH CHECK OPTION holds through the views below, as CASCADED does."""
    require_plain(change, compiler, if_not_exists=False)
    options = {"cascaded": "WITH CHECK OPTION"}
    bound = "WITH SCHEMABINDING" if change.dialect_kwargs.get("mssql_schemabinding") else ""
    create = f"{_create(change)} VIEW"
    return view_text(change, compiler, create, before_as=bound, check_options=options)


@compiles(CreateFunction, "mssql")
def _function(change: CreateFunction, compiler: DDLCompiler, **kw: Any) -> str:
    return routine_text(change, compiler, _create(change))


@compiles(CreateProcedure, "mssql")
def _procedure(change: CreateProcedure, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE PROCEDURE: the parameters stand without brackets."""
    name = sqltext.table(compiler, change.name, change.schema)
    arguments = sqltext.said_raw(compiler, change.arguments)
    head = f"{_create(change)} PROCEDURE {name} {arguments}".strip()
    return f"{head} {block(compiler, change.definition)}"


@compiles(CreateTrigger, "mssql")
def _trigger(change: CreateTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE TRIGGER: the table stands before the event."""
    if change.constraint:
        raise UnsupportedChange(change.describe(), "mssql", "it has no constraint triggers")
    name = sqltext.table(compiler, change.trigger_name, change.schema)
    table = sqltext.table(compiler, change.table_name, change.schema)
    event = sqltext.said_raw(compiler, " ".join(change.event.split()))
    body = block(compiler, change.body)
    return f"{_create(change)} TRIGGER {name} ON {table} {event} {body}"


@compiles(CreateSchema, "mssql")
def _create_schema(change: CreateSchema, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE SCHEMA must be the only statement of its batch, so behind an IF it is one of its own."""
    text = f"CREATE SCHEMA {schema_name(compiler, change.schema_name)}"
    if change.authorization is not None:
        text += f" AUTHORIZATION {sqltext.name(compiler, change.authorization)}"
    if not change.if_not_exists:
        return text
    name, whole = (sqltext.literal(compiler, t) for t in (change.schema_name, text))
    return f"IF SCHEMA_ID({name}) IS NULL EXEC ({whole})"


@compiles(DropSchema, "mssql")
def _drop_schema(change: DropSchema, compiler: DDLCompiler, **kw: Any) -> str:
    if change.cascade:
        raise UnsupportedChange(change.describe(), "mssql", "it drops no schema with what is in it")
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    return f"DROP SCHEMA {guard}{schema_name(compiler, change.schema_name)}"


_CLASSES: dict[GrantedKind, str] = {
    "table": "",
    "sequence": "OBJECT::",
    "function": "OBJECT::",
    "procedure": "OBJECT::",
    "schema": "SCHEMA::",
    "type": "TYPE::",
}


@compiles(GrantPrivileges, "mssql")
@compiles(RevokePrivileges, "mssql")
def _privileges(change: Privileges, compiler: DDLCompiler, **kw: Any) -> str:
    """GRANT Object Permissions: the class of what they are for stands before two colons."""
    on = object_text(change, compiler, _CLASSES)
    return privileges_text(change, compiler, on, with_option(change))


_IN_TEXT = "what it is defined by would keep the old name, which its manual advises against"


@compiles(RenameObject, "mssql")
def _rename(change: RenameObject, compiler: DDLCompiler, **kw: Any) -> str:
    """sp_rename: advised against for views, routines and triggers, as sys.sql_modules stays as it is."""
    reason = None if change.kind in ("schema", "materialized view") else _IN_TEXT
    raise cant_rename(change, "mssql", reason)


@compiles(SetObjectSchema, "mssql")
def _move(change: SetObjectSchema, compiler: DDLCompiler, **kw: Any) -> str:
    """ALTER SCHEMA: advised against for views and routines, for the same reason as sp_rename."""
    if change.kind in ("view", "function", "procedure"):
        raise cant_alter(change, "mssql", _IN_TEXT, "drop it, and create it in the other schema")
    if change.kind not in ("sequence", "type"):
        raise cant_alter(change, "mssql")
    new = change.new_schema or compiler.dialect.default_schema_name
    if new is None:
        raise MissingFact(change.describe(), ("new_schema",), "ALTER SCHEMA names a schema")
    name = sqltext.table(compiler, change.object_name, change.schema)
    kind = "TYPE::" if change.kind == "type" else ""
    return f"ALTER SCHEMA {schema_name(compiler, new)} TRANSFER {kind}{name}"


@compiles(SetOwner, "mssql")
def _own(change: SetOwner, compiler: DDLCompiler, **kw: Any) -> str:
    """ALTER AUTHORIZATION: tables, views, routines, types and schemas; no sequences."""
    if change.kind in ("sequence", "materialized view"):
        raise cant_alter(change, "mssql")
    classes = {"schema": "SCHEMA", "type": "TYPE"}
    name = (
        schema_name(compiler, change.object_name)
        if change.kind == "schema"
        else sqltext.table(compiler, change.object_name, change.schema)
    )
    owner = sqltext.name(compiler, change.owner)
    return f"ALTER AUTHORIZATION ON {classes.get(change.kind, 'OBJECT')}::{name} TO {owner}"


@compiles(AlterTrigger, "mssql")
def _fires(change: AlterTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    """ENABLE TRIGGER, DISABLE TRIGGER: whether it fires where rows are replicated is in its definition."""
    if isinstance(change.enabled, str):
        raise UnsupportedChange(
            change.describe(),
            "mssql",
            "it is enabled or not",
            "say NOT FOR REPLICATION in its body",
        )
    verb = "ENABLE" if change.enabled else "DISABLE"
    name = sqltext.table(compiler, change.trigger_name, change.schema)
    return f"{verb} TRIGGER {name} ON {sqltext.table(compiler, change.table_name, change.schema)}"
