"""How SQL Server's views, routines and triggers come and go, by its manual: not run.

CREATE OR ALTER is there from SQL Server 2016 SP1 on; each of these statements must be the
only one of its batch, so a script has GO around it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..definition import block
from ..errors import UnsupportedChange
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
from ..trigger import CreateTrigger
from ..view import CreateView, require_plain, view_text


def _create(change: Any) -> str:
    return "CREATE OR ALTER" if change.or_replace else "CREATE"


@compiles(CreateView, "mssql")
def _view(change: CreateView, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE VIEW: WITH CHECK OPTION holds through the views below, as CASCADED does."""
    require_plain(change, compiler, if_not_exists=False)
    options = {"cascaded": "WITH CHECK OPTION"}
    return view_text(change, compiler, f"{_create(change)} VIEW", check_options=options)


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
