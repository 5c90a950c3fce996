"""The order of a table's columns after a block that is done by a copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ddl_constructs import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTableOptions,
    Change,
    DropColumn,
)
from sqlalchemy import Column, Constraint

from .block import Block
from .errors import CannotRebuild, UnknownInTable


def plain_changes(block: Block) -> Iterator[Change]:
    """Give a block's changes without what they say about the order; then what `table_args` adds.

    Raises:
        CannotRebuild: It says how the table is to be read, which nobody does here.
    """
    if block.reflect_args or block.reflect_kwargs:
        raise CannotRebuild(
            f"alter {block.table_name}",
            "the table isn't reflected, but altered as it is",
            "say with alter_column what reflect_args and reflect_kwargs say",
        )
    for step in block.steps:
        change = step.change
        yield change.replace(insert_after=None) if isinstance(change, AddColumn) else change
    for item in block.table_args:
        if isinstance(item, Column):
            yield AddColumn(block.table_name, item, schema=block.schema)
        elif isinstance(item, Constraint):
            yield AddConstraint(block.table_name, item, schema=block.schema).under(
                block.naming_convention
            )
    if block.table_kwargs:
        yield AlterTableOptions(block.table_name, schema=block.schema, **block.table_kwargs)


def order_after(block: Block, names: Sequence[str]) -> list[str]:
    """Give the columns in the order in which a block wants them.

    Args:
        block: The block.
        names: The columns before it, in order.

    Raises:
        UnknownInTable: The block names a column that isn't there.
        CannotRebuild: partial_reordering contradicts itself.
    """
    found = list(names)
    for step in block.steps:
        change = step.change
        match change:
            case AddColumn() if change.column.name not in found:
                found.append(change.column.name)
                name = change.column.name
                after = step.after or change.insert_after
            case DropColumn() if change.column_name in found:
                found.remove(change.column_name)
                continue
            case AlterColumn() if change.column_name in found:
                name, after = change.column_name, step.after
                if "new_column_name" in change.aspects:
                    name = str(change.new_column_name)
                    found[found.index(change.column_name)] = name
            case _:
                continue
        for beside in (step.before, after):
            if beside is not None and beside not in found:
                raise UnknownInTable(change.describe(), "column", beside, block.table_name, found)
        if step.before or after:
            found = moved(found, name, before=step.before, after=after)
    found += (i.name for i in block.table_args if isinstance(i, Column) and i.name not in found)
    what = f"reorder the columns of {block.table_name}"
    for order in block.partial_reordering:
        for name in order:
            if name not in found:
                raise UnknownInTable(what, "column", name, block.table_name, found)
    if not block.partial_reordering:
        return found
    try:
        return placed(block, reordered(found, block.partial_reordering))
    except ValueError as err:
        raise CannotRebuild(what, str(err), "say one order") from err


def placed(block: Block, names: Sequence[str]) -> list[str]:
    """Put new columns beside the ones they were put beside once more, after all was reordered.

    Those that an order names stay where it has them.
    """
    found = list(names)
    ordered = {name for order in block.partial_reordering for name in order}
    for step in block.steps:
        change = step.change
        if not isinstance(change, AddColumn):
            continue
        name, after = str(change.column.name), step.after or change.insert_after
        beside = step.before or after
        if name in found and beside in found and name not in ordered:
            found = moved(found, name, before=step.before, after=after)
    return found


def moved(names: Sequence[str], name: str, *, before: str | None, after: str | None) -> list[str]:
    """Give an order in which one name stands before or behind another.

    >>> moved(["a", "b", "c"], "c", before="b", after=None)
    ['a', 'c', 'b']
    """
    rest = [n for n in names if n != name]
    at = rest.index(before) if before is not None else rest.index(str(after)) + 1
    return [*rest[:at], name, *rest[at:]]


def reordered(names: Sequence[str], orders: Sequence[Sequence[str]]) -> list[str]:
    """Give an order that follows each of some partial ones, and else the present one.

    Raises:
        ValueError: They contradict each other.

    >>> reordered(["a", "b", "c", "d"], [("c", "a")])
    ['b', 'c', 'a', 'd']
    """
    before: dict[str, set[str]] = {name: set() for name in names}
    for order in orders:
        for first, second in pairwise(order):
            before[second].add(first)
    done: list[str] = []
    rest = list(names)
    while rest:
        ready = next((n for n in rest if before[n] <= set(done)), None)
        if ready is None:
            raise ValueError(f"{', '.join(rest)} are each said to stand before another")
        done.append(ready)
        rest.remove(ready)
    return done
