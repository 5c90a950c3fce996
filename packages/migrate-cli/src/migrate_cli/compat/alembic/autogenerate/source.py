"""Changes as source, in the words and by the hooks of an env.py."""

from __future__ import annotations

from typing import Any

import ddl_autogen
from ddl_constructs import Change, Spelling

from .context import AutogenContext


def source(autogen_context: AutogenContext, *changes: Change) -> list[str]:
    """Write changes by ours, as lines; the imports that they need are gathered in the context."""
    prefix = autogen_context.option("alembic_module_prefix") or ""
    if autogen_context._has_batch:
        prefix, changes = "batch_op.", tuple(_InBatch(change) for change in changes)
    made = ddl_autogen.render(
        changes,
        dialect=autogen_context.dialect,
        op_prefix=prefix,
        sa_prefix=autogen_context.option("sqlalchemy_module_prefix") or "",
        render_item=lambda kind, value, _: _by_hook(kind, value, autogen_context),
        indent=2 if autogen_context._has_batch else 1,
    )
    autogen_context.imports.update(made.imports)
    return list(made.lines)


def _by_hook(kind: str, value: Any, autogen_context: AutogenContext) -> Any:
    """Ask the project, and for a type the dialect, how an item is written; False for the usual way."""
    hook = autogen_context.option("render_item")
    said = False if hook is None else hook(kind, value, autogen_context)
    if said is False and kind == "type":
        said = autogen_context.migration_context.impl.render_type(value, autogen_context)
    return said


class AsWord(Change):
    """Something that is written as a word with its arguments."""

    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling

    def spelling(self) -> Spelling:
        return self._spelling


class _InBatch(Change):
    """A change as a batch block says it: without the table."""

    def __init__(self, change: Change) -> None:
        self._change = change

    def spelling(self) -> Spelling:
        plain = self._change.spelling()
        at = 1 if plain.word.startswith(("create_", "drop_c", "drop_i")) else 0
        at = 0 if plain.word in ("create_table_comment", "drop_column") else at
        arguments = tuple(one for n, one in enumerate(plain.arguments) if n != at)
        left_out = ("schema", "source_schema", "table_name")
        keywords = {k: v for k, v in plain.keywords.items() if k not in left_out}
        return Spelling(plain.word, arguments, keywords)
