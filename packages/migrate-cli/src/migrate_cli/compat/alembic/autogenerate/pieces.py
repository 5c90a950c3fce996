"""Pieces of source by the names of Alembic's render module, which plugins build theirs of."""

from __future__ import annotations

import ast
from typing import Any

from ddl_constructs import KEEP, AddColumn, AlterColumn
from sqlalchemy import Column
from sqlalchemy.types import TypeEngine

from .context import AutogenContext
from .source import source


def _by_change(autogen_context: AutogenContext, op: Any) -> str:
    """Write an operation that is a change, also one of a plugin's subclass."""
    return "\n".join(source(autogen_context, op.change))


_add_table = _drop_table = _add_column = _drop_column = _alter_column = _by_change
_add_index = _drop_index = _add_pk_constraint = _add_unique_constraint = _by_change
_add_fk_constraint = _add_check_constraint = _drop_constraint = _execute_sql = _by_change
_render_create_table_comment = _render_drop_table_comment = _by_change


def _repr_type(type_: TypeEngine[Any], autogen_context: AutogenContext, **kw: Any) -> str:
    """Write a type."""
    text = _plain(autogen_context, AddColumn("t", Column("c", type_)))
    return _part(text, lambda call: call.args[1].args[1])


def _render_column(
    column: Column[Any], autogen_context: AutogenContext, namespace_metadata: Any = None
) -> str:
    """Write a column."""
    return _part(_plain(autogen_context, AddColumn("t", column)), lambda call: call.args[1])


def _render_server_default(
    default: Any, autogen_context: AutogenContext, repr_: bool = True
) -> str | None:
    """Write a server default; None for none."""
    if default in (None, False, KEEP):
        return None
    text = _plain(autogen_context, AlterColumn("t", "c", server_default=default))
    return _part(text, lambda call: call.keywords[0].value)


def _plain(autogen_context: AutogenContext, change: Any) -> str:
    """Write a change in a context's words, outside of a batch block."""
    within, autogen_context._has_batch = autogen_context._has_batch, False
    try:
        return "\n".join(source(autogen_context, change))
    finally:
        autogen_context._has_batch = within


def _part(text: str, find: Any) -> str:
    """Give the source of a part of a call."""
    call: Any = ast.parse(text, mode="eval").body
    segment = ast.get_source_segment(text, find(call))
    assert segment is not None, "the part is in the text"
    return segment


def _f_name(prefix: str, name: str) -> str:
    """Write a name that is final."""
    return f"{prefix}f({_ident(name)!r})"


def _ident(name: Any) -> Any:
    """Give a name as a plain text."""
    return None if name is None else str(name)


def _sqlalchemy_autogenerate_prefix(autogen_context: AutogenContext) -> str:
    return autogen_context.option("sqlalchemy_module_prefix") or ""


def _alembic_autogenerate_prefix(autogen_context: AutogenContext) -> str:
    if autogen_context._has_batch:
        return "batch_op."
    return autogen_context.option("alembic_module_prefix") or ""


def _user_autogenerate_prefix(autogen_context: AutogenContext, target: Any) -> str:
    prefix = autogen_context.option("user_module_prefix")
    return f"{type(target).__module__}." if prefix is None else prefix


def _user_defined_render(type_: str, object_: Any, autogen_context: AutogenContext) -> Any:
    """Ask the project how an item is written; False for the usual way."""
    hook = autogen_context.option("render_item")
    return False if hook is None else hook(type_, object_, autogen_context)
