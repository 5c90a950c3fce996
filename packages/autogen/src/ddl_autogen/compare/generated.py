"""Columns whose values the database makes: computed, identity, numbered by a sequence."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Identity

from ..build import computed_of, identity_of
from ..values import ColumnValue, IdentityValue
from .context import Context

Step = dict[str, Any]
"""Facts of one AlterColumn, `existing_*` ones among them; empty for none."""


def made_anew(theirs: ColumnValue, ours: ColumnValue, context: Context) -> bool:
    """Tell whether a column must be dropped and added: it gets another expression, or its first.

    Nothing is lost: what it holds follows from the rest of the row. Where it gets another
    expression in its place, it has its type.
    """
    new, old = ours.computed, theirs.computed
    if new is None or old is None:
        return new is not None
    if new.stored != old.stored:
        return True
    if context.database.alters_expressions:
        return theirs.type != ours.type
    return not context.database.same_text(old.expression, new.expression)


def generation(theirs: ColumnValue, ours: ColumnValue, context: Context) -> tuple[Step, Step]:
    """Give what must happen before the column's other facts change, and what after them."""
    if theirs.computed is not None and ours.computed is None:
        return {"server_default": None}, {}
    if theirs.computed is not None and ours.computed is not None:
        if context.database.same_text(theirs.computed.expression, ours.computed.expression):
            return {}, {}
        return {}, {
            "server_default": computed_of(ours),
            "existing_server_default": computed_of(theirs),
        }
    numbers = _numbering(theirs, ours, context)
    before, after = theirs.identity, ours.identity
    if before is None and after is None:
        if not numbers:
            return {}, {}
        return ({}, numbers) if numbers["autoincrement"] else (numbers, {})
    if before is None:
        given = ours.source.identity  # None where the database makes one of what numbers rows
        made = identity_of(ours) if given is None else given._copy()
        return {}, {"server_default": made, **_no_default(numbers)}
    if after is None:
        gone = {"server_default": None, "existing_server_default": identity_of(theirs)}
        return gone | numbers, {}
    old, new = options_of(before, theirs, context), options_of(after, ours, context)
    if old == new:
        return {}, {}
    different = {k for k in new if new[k] != old[k]}
    said = sorted({"always", *different, *(k for k, _ in (*before.options, *after.options))})
    return {}, {
        "server_default": Identity(**{k: new[k] for k in said}),
        "existing_server_default": Identity(**{k: old[k] for k in said}),
    }


def _no_default(numbers: Step) -> Step:
    return numbers | {"existing_server_default": None}


def _numbering(theirs: ColumnValue, ours: ColumnValue, context: Context) -> Step:
    """Say that the database begins or ceases to number the rows; nothing where no model says."""
    before, after = bool(theirs.autoincrement), bool(ours.autoincrement)
    if before == after or (before and context.database.leaves_numbering_open(ours.source)):
        return {}
    return {"autoincrement": after, "existing_autoincrement": before}


def options_of(identity: IdentityValue, column: ColumnValue, context: Context) -> dict[str, Any]:
    """Give all options of an identity as values, also those that weren't said."""
    return {
        "always": identity.always,
        "cycle": identity.cycle,
        **context.database.identity_options(identity, column.type),
    }
