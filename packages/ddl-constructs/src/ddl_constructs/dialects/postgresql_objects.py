"""How PostgreSQL's views, functions, procedures and triggers come and go; run on PostgreSQL 15."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..change import Change, lowers
from ..extension import CreateExtension, DropExtension, UpdateExtension
from ..objects import without_defaults
from ..routine import (
    CreateFunction,
    CreateProcedure,
    CreateRoutine,
    DropFunction,
    DropProcedure,
    DropRoutine,
    drop_routine_text,
)
from ..trigger import CreateTrigger, DropTrigger, then_enabled, trigger_text
from ..view import (
    CreateView,
    DropView,
    RefreshMaterializedView,
    drop_view_text,
    refused,
    view_text,
    with_grants,
)


class _CommentOnView(Change):
    """Comment on a view: a part of what creates it, no change of its own.

    Attributes:
        view: What creates the view, with its comment.
    """

    def __init__(self, view: CreateView) -> None:
        self.view = view

    def describe(self) -> str:
        return f"comment on {self.view.kind} {self.view.view_name}"


@lowers(CreateView, "postgresql")
def _create_view(
    change: CreateView, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Drop first what keeps its rows, since that can't be replaced; comment on it afterwards."""
    if change.materialized and change.or_replace:
        yield DropView(change.view_name, schema=change.schema, materialized=True, if_exists=True)
        yield change.replace(or_replace=False)
        return
    yield from with_grants(change)
    if change.comment is not None:
        yield _CommentOnView(change)


@compiles(_CommentOnView, "postgresql")
def _comment_on_view(change: _CommentOnView, compiler: DDLCompiler, **kw: Any) -> str:
    view = change.view
    name = sqltext.table(compiler, view.view_name, view.schema)
    comment = sqltext.literal(compiler, str(view.comment))
    return f"COMMENT ON {view.kind.upper()} {name} IS {comment}"


@compiles(CreateView, "postgresql")
def _view(change: CreateView, compiler: DDLCompiler, **kw: Any) -> str:
    if change.if_not_exists and not change.materialized:
        raise refused(change, compiler, "it has no IF NOT EXISTS for views", "say or_replace=True")
    replace = sqltext.yes(change.or_replace, "OR REPLACE")
    guard = f" {sqltext.yes(change.if_not_exists, 'IF NOT EXISTS')}".rstrip()
    said = {
        name.removeprefix("postgresql_"): value
        for name, value in change.dialect_kwargs.items()
        if name.startswith("postgresql_")
    }
    options = f"WITH ({_parameters(said['with'])})" if said.get("with") else ""
    method = f"USING {said['using']}" if said.get("using") else ""
    place = (
        f"TABLESPACE {sqltext.name(compiler, said['tablespace'])}" if said.get("tablespace") else ""
    )
    return view_text(
        change,
        compiler,
        f"CREATE {replace}{change.kind.upper()}{guard}",
        before_as=" ".join(filter(None, (method, options, place))),
    )


def _parameters(given: Mapping[str, Any]) -> str:
    said = ((k, str(v).lower() if isinstance(v, bool) else v) for k, v in given.items())
    return ", ".join(f"{name} = {value}" for name, value in said)


@compiles(DropView, "postgresql")
def _drop_view(change: DropView, compiler: DDLCompiler, **kw: Any) -> str:
    return drop_view_text(change, compiler)


@compiles(RefreshMaterializedView, "postgresql")
def _refresh(change: RefreshMaterializedView, compiler: DDLCompiler, **kw: Any) -> str:
    concurrently = sqltext.yes(change.concurrently, "CONCURRENTLY")
    name = sqltext.table(compiler, change.view_name, change.schema)
    data = "" if change.with_data else " WITH NO DATA"
    return f"REFRESH MATERIALIZED VIEW {concurrently}{name}{data}"


class _CommentOnRoutine(Change):
    """Comment on a routine: a part of what creates it, no change of its own.

    Attributes:
        routine: What creates the routine, with its comment.
    """

    def __init__(self, routine: CreateRoutine) -> None:
        self.routine = routine

    def describe(self) -> str:
        return f"comment on {self.routine.kind} {self.routine.name}"


@lowers(CreateFunction, "postgresql")
@lowers(CreateProcedure, "postgresql")
def _create_routine(
    change: CreateRoutine, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    yield change
    if change.comment is not None:
        yield _CommentOnRoutine(change)


@compiles(_CommentOnRoutine, "postgresql")
def _comment_on_routine(change: _CommentOnRoutine, compiler: DDLCompiler, **kw: Any) -> str:
    routine = change.routine
    name = sqltext.table(compiler, routine.name, routine.schema)
    arguments = sqltext.said_raw(compiler, without_defaults(routine.arguments))
    comment = sqltext.literal(compiler, str(routine.comment))
    return f"COMMENT ON {routine.kind.upper()} {name}({arguments}) IS {comment}"


@compiles(DropFunction, "postgresql")
@compiles(DropProcedure, "postgresql")
def _drop_routine(change: DropRoutine, compiler: DDLCompiler, **kw: Any) -> str:
    """DROP FUNCTION takes the arguments as CREATE FUNCTION does, but for their defaults."""
    text = drop_routine_text(change, compiler)
    if change.arguments is None:
        return text
    return f"{text}({sqltext.said_raw(compiler, without_defaults(change.arguments))})"


@lowers(CreateTrigger, "postgresql")
def _create_trigger(
    change: CreateTrigger, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Drop first what can't be replaced: a constraint trigger, and any before PostgreSQL 14."""
    version = getattr(dialect, "server_version_info", None) or (14,)
    if change.or_replace and (change.constraint or version < (14,)):
        yield change.drop.replace(if_exists=True)
        yield change.replace(or_replace=False)
    else:
        yield from then_enabled(change)


@compiles(CreateTrigger, "postgresql")
def _trigger(change: CreateTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    replace = sqltext.yes(change.or_replace, "OR REPLACE")
    constraint = sqltext.yes(change.constraint, "CONSTRAINT")
    return trigger_text(change, compiler, f"CREATE {replace}{constraint}TRIGGER", apart=False)


@compiles(DropTrigger, "postgresql")
def _drop_trigger(change: DropTrigger, compiler: DDLCompiler, **kw: Any) -> str:
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    table = sqltext.table(compiler, change.table_name, change.schema)
    return f"DROP TRIGGER {guard}{sqltext.name(compiler, change.trigger_name)} ON {table}"


@compiles(CreateExtension, "postgresql")
def _create_extension(change: CreateExtension, compiler: DDLCompiler, **kw: Any) -> str:
    guard = sqltext.yes(change.if_not_exists, "IF NOT EXISTS")
    text = f"CREATE EXTENSION {guard}{sqltext.name(compiler, change.extension_name)}"
    if change.schema is not None:
        text += f" SCHEMA {compiler.preparer.quote_schema(change.schema)}"
    if change.version is not None:
        text += f" VERSION {sqltext.literal(compiler, change.version)}"
    return text + (" CASCADE" if change.cascade else "")


@compiles(DropExtension, "postgresql")
def _drop_extension(change: DropExtension, compiler: DDLCompiler, **kw: Any) -> str:
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    text = f"DROP EXTENSION {guard}{sqltext.name(compiler, change.extension_name)}"
    return text + (" CASCADE" if change.cascade else "")


@compiles(UpdateExtension, "postgresql")
def _update_extension(change: UpdateExtension, compiler: DDLCompiler, **kw: Any) -> str:
    text = f"ALTER EXTENSION {sqltext.name(compiler, change.extension_name)} UPDATE"
    if change.version is None:
        return text
    return f"{text} TO {sqltext.literal(compiler, change.version)}"
