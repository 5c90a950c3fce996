"""Comparing models with a database, and writing new revisions of it."""

from . import api, compare, render, rewriter
from .api import (
    AutogenContext,
    RevisionContext,
    _render_migration_diffs,
    compare_metadata,
    produce_migrations,
    render_python_code,
)
from .compare import _produce_net_changes, comparators
from .render import render_op_text, renderers
from .rewriter import Rewriter

__all__ = [
    "AutogenContext",
    "RevisionContext",
    "Rewriter",
    "_produce_net_changes",
    "_render_migration_diffs",
    "api",
    "comparators",
    "compare",
    "compare_metadata",
    "produce_migrations",
    "render",
    "render_op_text",
    "render_python_code",
    "renderers",
    "rewriter",
]
