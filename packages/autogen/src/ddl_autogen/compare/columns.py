"""Columns: added, removed, and what is different of one that stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ddl_constructs import AddColumn, AlterColumn, Change, DropColumn
from sqlalchemy import Column

from ..build import column_of, identity_of, server_default
from ..dialects import Database
from ..errors import UntypedColumn
from ..values import ColumnValue, TableValue, varied
from .comments import column_comment
from .context import Context
from .defaults import column_default
from .generated import Step, generation, made_anew
from .placed import placed
from .types import column_type


def compare_columns(theirs: TableValue, ours: TableValue, context: Context) -> Iterator[Change]:
    """Yield added columns in the model's order, altered ones, then removed ones."""
    database, options = context.database, context.options
    schema = ours.spelled_schema
    found = {c.name: c for c in theirs.columns}
    looked_at = options.asks or options.include_object is not None
    seen = dict(placed(theirs, context).columns) if looked_at else {}
    for column in ours.columns:
        if column.name not in found and options.takes_object(
            column.source, column.name, "column", False
        ):
            refuse_untyped(column)
            inside = [c for c in ours.checks if c.column == column.name]
            made = column_of(column, database, checks=inside)
            yield AddColumn(ours.name, made, schema=schema)
    for column in ours.columns:
        existing = found.pop(column.name, None)
        if existing is not None and (options.asks or not _same(existing, column, database)):
            yield from alter_column(existing, column, ours, context, seen.get(existing.name))
    for existing in found.values():
        inside = [c for c in theirs.checks if c.column == existing.name]
        made = column_of(existing, database, checks=inside)
        if existing.name not in _system(ours) and options.takes_object(
            seen.get(existing.name), existing.name, "column", True
        ):
            yield DropColumn(ours.name, existing.name, schema=schema, existing_column=made)


def refuse_untyped(column: ColumnValue) -> None:
    """Raise UntypedColumn if a column of ours that is to be made has no type."""
    if not column.type and column.computed is None:
        source = column.source
        target = next((fk.target_fullname for fk in source.foreign_keys), None)
        raise UntypedColumn(f"{source.table.fullname}.{column.name}", target)


def _same(theirs: ColumnValue, ours: ColumnValue, database: Database) -> bool:
    """Tell whether two columns differ in no more than how their default is spelled."""
    return theirs == ours or (
        theirs.default != ours.default
        and database.same_default(theirs, ours)
        and varied(ours, default=theirs.default) == theirs
    )


def _system(table: TableValue) -> set[str]:
    return {c.name for c in table.source.columns if c.system}


def alter_column(
    theirs: ColumnValue,
    ours: ColumnValue,
    table: TableValue,
    context: Context,
    seen: Column[Any] | None,
) -> Iterator[Change]:
    """Yield what is different of a column, as one change where that can be; none if nothing is.

    Args:
        theirs: What the database has.
        ours: What the model says.
        table: The model's table.
        context: What takes part.
        seen: Their column as hooks look at it; None if there are none.
    """
    database, options = context.database, context.options
    their_column = column_of(theirs, database)
    if not options.takes_object(ours.source, ours.name, "column", False, seen):
        return
    if made_anew(theirs, ours, context):
        schema = table.spelled_schema
        yield DropColumn(table.name, ours.name, schema=schema, existing_column=their_column)
        inside = [c for c in table.checks if c.column == ours.name]
        yield AddColumn(table.name, column_of(ours, database, checks=inside), schema=schema)
        return
    first, last = generation(theirs, ours, context)
    facts: dict[str, Any] = {}
    facts |= column_type(theirs, ours, seen, context)
    facts |= _nullable(theirs, ours)
    facts |= column_default(theirs, ours, seen, context)
    facts |= column_comment(theirs, ours)
    casts: dict[str, Any] = {}
    if "type_" in facts:
        casts = database.cast(ours.name, their_column.type, facts["type_"])
        back = database.cast(ours.name, facts["type_"], their_column.type)
        if (casts or back) and ours.default is not None:  # no cast takes it along: set it anew
            facts.setdefault("server_default", server_default(ours, database))
    if first.get("autoincrement") and "type_" in facts:
        facts["existing_autoincrement"] = True  # its new sequence follows the type
    if database.repeats_columns:
        first, facts, last = _whole(first, facts, last)
    steps = [first, *_apart(facts, theirs, ours, context), last]
    for step in steps:
        if step:
            existing = existing_facts(theirs, their_column, step, context)
            existing |= casts if "type_" in step else {}
            yield AlterColumn(table.name, ours.name, **existing | step, schema=table.spelled_schema)


def _whole(first: Step, facts: Step, last: Step) -> tuple[Step, Step, Step]:
    """Say all at once where a statement repeats the whole column.

    But a column that begins to be numbered must be a key before that, and may have to get its
    new type before it can be one; likewise back.
    """
    if first.get("autoincrement") is False and "type_" in facts:
        return first, facts | {"existing_autoincrement": False}, {}
    if last.get("autoincrement") and "type_" in facts:
        known = {f"existing_{k.rstrip('_')}": v for k, v in facts.items() if k[:9] != "existing_"}
        return {}, facts, {**known, **last}
    return {}, {**facts, **first, **last}, {}


def _apart(
    facts: dict[str, Any], theirs: ColumnValue, ours: ColumnValue, context: Context
) -> Iterator[dict[str, Any]]:
    """Take a default off before its enum type is replaced, and set the new one after it."""
    enum = ours.enum
    replaced = enum is not None and (enum.schema, enum.name) in context.replaced_enums
    if (
        replaced
        and theirs.enum is not None
        and theirs.default is not None
        and facts.get("server_default") is not None
        and "type_" not in facts
    ):
        yield {"server_default": None}
        yield facts | {"existing_server_default": None}
    else:
        yield facts


def _nullable(theirs: ColumnValue, ours: ColumnValue) -> dict[str, Any]:
    if theirs.nullable == ours.nullable:
        return {}
    said: bool = getattr(ours.source, "_user_defined_nullable", None) in (True, False)
    if (theirs.computed or ours.computed) and not said:
        return {}
    return {"nullable": ours.nullable}


def existing_facts(
    theirs: ColumnValue, column: Column[Any], facts: dict[str, Any], context: Context
) -> dict[str, Any]:
    """Give what must be known of the column as it is: to undo the change, or to repeat the rest."""
    whole = context.database.repeats_columns
    existing: dict[str, Any] = {"existing_type": column.type, "existing_nullable": theirs.nullable}
    if whole or "server_default" in facts or ("type_" in facts and theirs.default is not None):
        existing["existing_server_default"] = existing_default(theirs, column, context)
    if whole or "comment" in facts:
        existing["existing_comment"] = theirs.comment
    if theirs.autoincrement and (whole or "type_" in facts):
        existing["existing_autoincrement"] = True
    return existing


def existing_default(theirs: ColumnValue, column: Column[Any], context: Context) -> Any:
    """Give their default as `existing_server_default` takes it; None if there is none."""
    if theirs.identity is not None:
        return identity_of(theirs)
    if theirs.computed is not None:
        return column.computed
    return server_default(theirs, context.database)
