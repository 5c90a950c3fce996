"""How Oracle's views, routines and triggers come and go, by its manual: not run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..alter_object import RenameObject, cant_rename
from ..change import Change, lowers
from ..definition import block
from ..errors import UnsupportedChange
from ..grant import (
    STANDARD,
    GrantedKind,
    GrantPrivileges,
    Privileges,
    RevokePrivileges,
    object_text,
    privileges_text,
    without_cascade,
)
from ..routine import (
    CreateFunction,
    CreateProcedure,
    CreateRoutine,
    DropFunction,
    DropProcedure,
    DropRoutine,
    drop_routine_text,
)
from ..schema import CreateSchema, DropSchema
from ..trigger import AlterTrigger, CreateTrigger, DropTrigger, drop_trigger_text, then_enabled
from ..view import (
    CreateView,
    DropView,
    RefreshMaterializedView,
    drop_view_text,
    refused,
    view_text,
    with_grants,
)
from .oracle_guard import guarded, has_native_guards
from .oracle_names import refuse_long_names


class _CommentOnView(Change):
    """Comment on a view: a part of what creates it, no change of its own."""

    def __init__(self, view: CreateView) -> None:
        self.view = view

    def describe(self) -> str:
        return f"comment on {self.view.kind} {self.view.view_name}"


@lowers(CreateView, "oracle")
def _create_view(
    change: CreateView, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """SQL Language Reference 19c, CREATE MATERIALIZED VIEW: no OR REPLACE."""
    refuse_long_names(change, dialect, change.view_name)
    if change.materialized and change.or_replace:
        yield DropView(change.view_name, schema=change.schema, materialized=True, if_exists=True)
        yield change.replace(or_replace=False)
        return
    yield from with_grants(change)
    if change.comment is not None:
        yield _CommentOnView(change)


@compiles(_CommentOnView, "oracle")
def _comment_on_view(change: _CommentOnView, compiler: DDLCompiler, **kw: Any) -> str:
    """COMMENT: ON TABLE is for views too."""
    view = change.view
    kind = "MATERIALIZED VIEW" if view.materialized else "TABLE"
    name = sqltext.table(compiler, view.view_name, view.schema)
    return f"COMMENT ON {kind} {name} IS {sqltext.literal(compiler, str(view.comment))}"


@compiles(CreateView, "oracle")
def _view(change: CreateView, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE VIEW: the check option has no LOCAL; IF NOT EXISTS from 23ai on."""
    if change.if_not_exists and not has_native_guards(compiler.dialect):
        raise refused(
            change, compiler, "it has no IF NOT EXISTS for views before 23ai", "say or_replace=True"
        )
    replace = sqltext.yes(change.or_replace, "OR REPLACE")
    guard = f" {sqltext.yes(change.if_not_exists, 'IF NOT EXISTS')}".rstrip()
    create = f"CREATE {replace}{change.kind.upper()}{guard}"
    return view_text(change, compiler, create, check_options={"cascaded": "WITH CHECK OPTION"})


@compiles(DropView, "oracle")
def _drop_view(change: DropView, compiler: DDLCompiler, **kw: Any) -> str:
    if not change.if_exists or has_native_guards(compiler.dialect):
        return drop_view_text(change, compiler)
    text = drop_view_text(change.replace(if_exists=False), compiler)
    view, column = (
        ("all_mviews", "mview_name") if change.materialized else ("all_views", "view_name")
    )
    names = {column: change.view_name}
    return guarded(change, text, compiler, view, names, change.schema, there=True)


@compiles(RefreshMaterializedView, "oracle")
def _refresh(change: RefreshMaterializedView, compiler: DDLCompiler, **kw: Any) -> str:
    """PL/SQL Packages and Types Reference 19c, DBMS_MVIEW.REFRESH: the names stand in a string."""
    if not change.with_data:
        raise refused(change, compiler, "it has no WITH NO DATA")
    if change.concurrently:
        raise refused(
            change, compiler, "it has no CONCURRENTLY", "leave it out: others can read meanwhile"
        )
    name = sqltext.table(compiler, change.view_name, change.schema)
    return f"BEGIN DBMS_MVIEW.REFRESH({sqltext.sql_literal(compiler, name)}); END;"


@compiles(GrantPrivileges, "oracle")
@compiles(RevokePrivileges, "oracle")
def _privileges(change: Privileges, compiler: DDLCompiler, **kw: Any) -> str:
    """GRANT, REVOKE: no word for the kind; what is revoked of a table is so of all its columns."""
    if change.columns and isinstance(change, RevokePrivileges):
        raise UnsupportedChange(
            change.describe(),
            "oracle",
            "it revokes no privileges for single columns",
            "revoke them for the table, and grant again what shall stay",
        )
    plain: dict[GrantedKind, str] = {kind: "" for kind in STANDARD if kind != "schema"}
    on = object_text(change, compiler, plain)
    return privileges_text(change, compiler, on, without_cascade(change, compiler))


@compiles(CreateFunction, "oracle")
@compiles(CreateProcedure, "oracle")
def _create_routine(change: CreateRoutine, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE FUNCTION: no brackets where there is no parameter."""
    replace = "CREATE OR REPLACE" if change.or_replace else "CREATE"
    name = sqltext.table(compiler, change.name, change.schema)
    arguments = sqltext.said_raw(compiler, change.arguments)
    head = f"{replace} {change.kind.upper()} {name}" + (f"({arguments})" if arguments else "")
    return f"{head} {block(compiler, change.definition)}"


@compiles(DropFunction, "oracle")
@compiles(DropProcedure, "oracle")
def _drop_routine(change: DropRoutine, compiler: DDLCompiler, **kw: Any) -> str:
    if not change.if_exists or has_native_guards(compiler.dialect):
        return drop_routine_text(change, compiler)
    text = drop_routine_text(change.replace(if_exists=False), compiler)
    names = {"object_name": change.name, "object_type": change.kind.upper()}
    return guarded(change, text, compiler, "all_objects", names, change.schema, there=True)


@lowers(CreateTrigger, "oracle")
def _create_trigger(
    change: CreateTrigger, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    if change.constraint:
        raise UnsupportedChange(change.describe(), "oracle", "it has no constraint triggers")
    refuse_long_names(change, dialect, change.trigger_name)
    yield from then_enabled(change)


@compiles(DropTrigger, "oracle")
def _drop_trigger(change: DropTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    if not change.if_exists or has_native_guards(compiler.dialect):
        return drop_trigger_text(change, compiler)
    text = drop_trigger_text(change.replace(if_exists=False), compiler)
    names = {"trigger_name": change.trigger_name}
    return guarded(change, text, compiler, "all_triggers", names, change.schema, there=True)


@compiles(CreateSchema, "oracle")
@compiles(DropSchema, "oracle")
def _no_schemas(change: CreateSchema | DropSchema, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE SCHEMA there makes tables in one's own."""
    raise UnsupportedChange(change.describe(), "oracle", "a schema there is a user")


@lowers(RenameObject, "oracle")
def _new_name(
    change: RenameObject, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    refuse_long_names(change, dialect, change.new_object_name)
    yield change


@compiles(RenameObject, "oracle")
def _rename(change: RenameObject, compiler: DDLCompiler, **kw: Any) -> str:
    """RENAME is for views in one's own schema; PL/SQL Language Reference 19c, ALTER TRIGGER."""
    new = sqltext.name(compiler, change.new_object_name)
    old = sqltext.table(compiler, change.object_name, change.schema)
    if change.kind == "trigger":
        return f"ALTER TRIGGER {old} RENAME TO {new}"
    if change.kind != "view":
        raise cant_rename(change, "oracle")
    if change.schema is not None:
        raise cant_rename(change, "oracle", "it renames views in one's own schema alone")
    return f"RENAME {old} TO {new}"


@compiles(AlterTrigger, "oracle")
def _fires(change: AlterTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    """PL/SQL Language Reference 19c, ALTER TRIGGER."""
    if isinstance(change.enabled, str):
        raise UnsupportedChange(change.describe(), "oracle", "it is enabled or not")
    verb = "ENABLE" if change.enabled else "DISABLE"
    return f"ALTER TRIGGER {sqltext.table(compiler, change.trigger_name, change.schema)} {verb}"
