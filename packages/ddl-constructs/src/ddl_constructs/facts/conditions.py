"""When a row is about a change, in words that the tables of several databases share."""

# ruff: noqa: D103 - the name of a condition says it, and the row again in words

from __future__ import annotations

from typing import Any

from sqlalchemy import Computed
from sqlalchemy.engine.interfaces import Dialect

from .book import Condition


def aspect(*names: str) -> Condition:
    """Make the condition that an `AlterColumn` is about one of these aspects."""
    return lambda change, dialect: not set(names).isdisjoint(change.aspects)


def option(*names: str) -> Condition:
    """Make the condition that an `AlterTableOptions` is about one of these options."""
    return lambda change, dialect: not set(names).isdisjoint(change.of(dialect.name))


def computes_anew(change: Any, dialect: Dialect) -> bool:
    """Tell whether an `AlterColumn` gives a computed column another expression."""
    return "server_default" in change.aspects and isinstance(change.server_default, Computed)


def adds(*kinds: type) -> Condition:
    """Make the condition that an `AddConstraint` adds one of these kinds of constraint."""
    return lambda change, dialect: isinstance(change.constraint, kinds)


def drops(*kinds: str | None) -> Condition:
    """Make the condition that a `DropConstraint` says one of these kinds; None: it says none."""
    return lambda change, dialect: change.type_ in kinds


def both_hold(one: Condition, other: Condition) -> Condition:
    """Make the condition that two of them hold."""
    return lambda change, dialect: one(change, dialect) and other(change, dialect)


def has_foreign_key(change: Any, dialect: Dialect) -> bool:
    return bool(change.element.foreign_key_constraints)


def becomes_nullable(change: Any, dialect: Dialect) -> bool:
    return change.nullable is True


def becomes_not_null(change: Any, dialect: Dialect) -> bool:
    return change.nullable is False


def has_default(change: Any, dialect: Dialect) -> bool:
    column = change.column
    return column.server_default is not None and column.computed is None and column.identity is None


def has_check(change: Any, dialect: Dialect) -> bool:
    return bool(change.column.constraints)


def any_option(change: Any, dialect: Dialect) -> bool:
    return bool(change.of(dialect.name))
