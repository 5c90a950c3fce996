"""How SQLite's views and triggers come and go; run on SQLite 3.40."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..change import Change, lowers
from ..definition import block
from ..errors import UnsupportedChange
from ..grant import GrantPrivileges, Privileges, RevokePrivileges
from ..routine import (
    CreateFunction,
    CreateProcedure,
    CreateRoutine,
    DropFunction,
    DropProcedure,
    DropRoutine,
    without_routines,
)
from ..schema import CreateSchema, DropSchema
from ..trigger import CreateTrigger, then_enabled
from ..view import CreateView, DropView, require_plain, view_text


@lowers(CreateView, "sqlite")
def _create_view(
    change: CreateView, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """SQLite, lang_createview: no OR REPLACE. Nobody has rights there, so none are given."""
    if change.or_replace and not change.materialized:
        yield DropView(change.view_name, schema=change.schema, if_exists=True)
        yield change.replace(or_replace=False)
    else:
        yield change


@compiles(CreateView, "sqlite")
def _view(change: CreateView, compiler: DDLCompiler, **kw: Any) -> str:
    require_plain(change, compiler, if_not_exists=True)
    guard = f" {sqltext.yes(change.if_not_exists, 'IF NOT EXISTS')}".rstrip()
    return view_text(change, compiler, f"CREATE VIEW{guard}", check_options={})


@compiles(CreateFunction, "sqlite")
@compiles(CreateProcedure, "sqlite")
@compiles(DropFunction, "sqlite")
@compiles(DropProcedure, "sqlite")
def _no_routines(change: CreateRoutine | DropRoutine, compiler: DDLCompiler, **kw: Any) -> str:
    raise without_routines(change, "sqlite")


@lowers(CreateTrigger, "sqlite")
def _create_trigger(
    change: CreateTrigger, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """SQLite, lang_createtrigger: no OR REPLACE."""
    if change.constraint:
        raise UnsupportedChange(change.describe(), "sqlite", "it has no constraint triggers")
    if change.or_replace:
        yield change.drop.replace(if_exists=True)
        yield change.replace(or_replace=False)
    else:
        yield from then_enabled(change)


@compiles(CreateTrigger, "sqlite")
def _trigger(change: CreateTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    """Name the database before the trigger's name; the table is in the same one."""
    name = sqltext.table(compiler, change.trigger_name, change.schema)
    event = sqltext.said_raw(compiler, " ".join(change.event.split()))
    table = sqltext.name(compiler, change.table_name)
    return f"CREATE TRIGGER {name} {event} ON {table} {block(compiler, change.body)}"


@compiles(CreateSchema, "sqlite")
@compiles(DropSchema, "sqlite")
def _no_schemas(change: CreateSchema | DropSchema, compiler: DDLCompiler, **kw: Any) -> str:
    raise UnsupportedChange(
        change.describe(), "sqlite", "its schemas are databases that are attached"
    )


@compiles(GrantPrivileges, "sqlite")
@compiles(RevokePrivileges, "sqlite")
def _no_privileges(change: Privileges, compiler: DDLCompiler, **kw: Any) -> str:
    raise UnsupportedChange(
        change.describe(), "sqlite", "it has no users and no privileges", "leave it out there"
    )
