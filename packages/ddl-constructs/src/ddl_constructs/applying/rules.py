"""The rules of `apply`: what each kind of change does to a schema in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..change import Change
from .draft import SchemaDraft

Rule = Callable[[SchemaDraft, Any], None]
"""What a kind of change does: (the schema so far, the change); the schema is changed in place."""

_R = TypeVar("_R", bound=Rule)
_rules: dict[type[Change], Rule] = {}


def applies(*kinds: type[Change]) -> Callable[[_R], _R]:
    """Register what kinds of change do to a schema in memory.

    Args:
        kinds: The changes' classes; subclasses without a rule of their own follow it.

    >>> from ddl_constructs import Change, DropTable, applies, apply
    >>> class DropAll(Change):
    ...     pass
    >>> @applies(DropAll)
    ... def drop_all(schema, change):
    ...     schema.tables.clear()
    >>> from sqlalchemy import MetaData, Table
    >>> metadata = MetaData()
    >>> t = Table("t", metadata)
    >>> list(apply(metadata, DropAll()).tables), list(metadata.tables)
    ([], ['t'])
    """

    def register(rule: _R) -> _R:
        for kind in kinds:
            _rules[kind] = rule
        return rule

    return register


def rule_for(kind: type[Change]) -> Rule | None:
    """Give the rule for a kind of change, its own or the nearest that it inherits; None if there is none."""
    return next((_rules[cls] for cls in kind.__mro__ if cls in _rules), None)
