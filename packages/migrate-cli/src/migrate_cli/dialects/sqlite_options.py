"""What the parameters of `op.batch_alter_table` say of a table, as changes and names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ddl_constructs import AddColumn, AddConstraint, AlterColumn, Change
from sqlalchemy import Column, Constraint, MetaData, Table, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import NullType

from ..batch.block import Block, Step
from ..batch.errors import CannotRebuild, UnknownInTable
from ..batch.order import placed, reordered
from . import sqlite_edit as edit
from .sqlite_catalog import Catalog
from .sqlite_changed import Draft
from .sqlite_draft import set_options
from .sqlite_names import by_convention
from .sqlite_spell import constraint, new_column
from .sqlite_table import table_constraints
from .sqlite_tokens import fold


def with_arguments(block: Block, connection: Connection, dialect: Dialect) -> Block:
    """Put what `reflect_args`, `reflect_kwargs` and `table_args` say into the block's steps."""
    first = [Step(change) for change in _found_otherwise(block, connection)]
    last = [
        Step(change)
        for item in block.table_args
        if (change := _of_item(block, item, dialect)) is not None
    ]
    if not first and not last:
        return block
    return replace(block, steps=(*first, *block.steps, *last))


def _of_item(block: Block, item: Any, dialect: Dialect) -> Change | None:
    if isinstance(item, Column):
        return AddColumn(block.table_name, item, schema=block.schema)
    if isinstance(item, Constraint):
        change = AddConstraint(block.table_name, item, schema=block.schema)
        return change.under(block.naming_convention)
    raise TypeError(f"table_args takes columns and constraints, not {type(item).__name__}")


def _found_otherwise(block: Block, connection: Connection) -> Iterator[Change]:
    """Give the changes that make columns what `reflect_args` and the listeners say they are."""
    listeners = [
        f for name, f in block.reflect_kwargs.get("listeners", ()) if name == "column_reflect"
    ]
    overrides = {c.name: c for c in block.reflect_args if isinstance(c, Column)}
    if not listeners and not block.reflect_args:
        return
    inspector = inspect(connection)
    stand_in = Table(block.table_name, MetaData(), schema=block.schema)
    known = []
    for facts in inspector.get_columns(block.table_name, schema=block.schema):
        known.append(facts["name"])
        said: dict[str, Any] = dict(facts)
        for listener in listeners:
            listener(inspector, stand_in, said)
        override = overrides.pop(facts["name"], None)
        if override is not None and not isinstance(override.type, NullType):
            said["type"] = override.type
        aspects: dict[str, Any] = {}
        if said["type"] is not facts["type"]:
            aspects["type_"] = said["type"]
        if said["nullable"] != facts["nullable"]:
            aspects["nullable"] = said["nullable"]
        if override is not None and override.server_default is not None:
            aspects["server_default"] = override.server_default
        if aspects:
            yield AlterColumn(block.table_name, facts["name"], schema=block.schema, **aspects)
    for name in overrides:
        raise UnknownInTable("take reflect_args", "column", name, block.table_name, known)


def work_in_options(draft: Draft, block: Block) -> None:
    """Work in what only a whole table has: its options, and the order of the columns.

    Raises:
        UnknownInTable: partial_reordering names no column.
        CannotRebuild: It contradicts itself.
    """
    options = {
        k.removeprefix("sqlite_"): v
        for k, v in block.table_kwargs.items()
        if k.startswith("sqlite_")
    }
    set_options(draft, options)
    what = f"reorder the columns of {block.table_name}"
    orders = []
    for order in block.partial_reordering:
        items = [(name, draft.table.column(name)) for name in order]
        for name, item in items:
            if item is None:
                raise UnknownInTable(what, "column", name, block.table_name, draft.table.names)
        orders.append([str(item.name) for _, item in items if item is not None])
    if orders:
        try:
            names = placed(block, reordered(draft.table.names, orders))
        except ValueError as err:
            raise CannotRebuild(what, str(err), "say one order") from err
        draft.table = edit.with_order(draft.table, names)


def names_for(
    block: Block, catalog: Catalog, dialect: Dialect, renamed: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Give the names that constraints without one can be dropped by.

    By `naming_convention`, and by the names that `copy_from` and `reflect_args` have for them.
    `renamed` are the columns that the block has renamed: old name in small letters -> new one.

    Returns:
        (kind, name, the constraint's text), in the table's order.

    Raises:
        UnknownInTable: `copy_from` has a column that the table hasn't.
    """
    found = [
        (clause.kind, name, item.text[clause.start : clause.end])
        for item, clause, name in by_convention(block, catalog.table)
    ]
    given: list[Any] = [a for a in block.reflect_args if isinstance(a, Constraint)]
    columns = [a for a in block.reflect_args if isinstance(a, Column)]
    if block.copy_from is not None:
        _check_copy(block, catalog, renamed)
        given += list(block.copy_from.constraints)
    for item in given:
        if isinstance(item.name, str):
            text = constraint(AddConstraint(block.table_name, item), dialect)
            (clause,) = table_constraints(text)[0].clauses
            found.append((clause.kind, str(item.name), text))
    for column in columns:
        for text in new_column(AddColumn(block.table_name, column), dialect).constraints:
            (clause,) = table_constraints(text)[0].clauses
            if clause.name:
                found.append((clause.kind, clause.name, text))
    return found


def _check_copy(block: Block, catalog: Catalog, renamed: Mapping[str, str]) -> None:
    assert block.copy_from is not None, "the caller looked"
    for column in block.copy_from.columns:
        name = renamed.get(fold(column.name), column.name)
        if catalog.table.column(name) is None:
            raise UnknownInTable(
                "take copy_from", "column", column.name, catalog.name, catalog.table.names
            )
