"""A batch block as a value: the changes to one table, in the order in which they were said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

import ddl_constructs as ddl
from ddl_constructs import Change
from sqlalchemy import Table
from sqlalchemy.schema import SchemaItem

Recreate = Literal["auto", "always", "never"]


@dataclass(frozen=True)
class Step:
    """One change of a block, and where it puts a column.

    Attributes:
        change: The change, with the block's table in it.
        before: The column that it puts its column in front of; None if not said.
        after: The column that it puts its column behind; None if not said.
        line: The line of the script's file that says it; None where nobody asked.
    """

    change: Change
    before: str | None = None
    after: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Block:
    """What a `with op.batch_alter_table(...)` asked for.

    Attributes:
        table_name: The table.
        schema: Its schema; None for the default one.
        recreate: "auto": the table is copied where the database can't alter it in place;
            "always": it is copied; "never": it isn't.
        steps: The changes.
        partial_reordering: Tuples of column names; each says an order among its columns.
        copy_from: The table as the script knows it; None to go by the database.
        table_args: Columns and constraints that the new table has besides.
        table_kwargs: Options of the new table, as `Table` takes them.
        reflect_args: Columns that stand for those that are found.
        reflect_kwargs: What `Table` takes when it reads itself from the database: listeners.
        naming_convention: Names for the constraints that have none.
        names_are_read: Whether names of constraints have to be where SQLAlchemy reads them, and those
            of `naming_convention` are given: as Alembic leaves a table, which finds them by that.
    """

    table_name: str
    schema: str | None = None
    recreate: Recreate = "auto"
    steps: tuple[Step, ...] = ()
    partial_reordering: tuple[tuple[str, ...], ...] = ()
    copy_from: Table | None = None
    table_args: tuple[SchemaItem, ...] = ()
    table_kwargs: Mapping[str, Any] = field(default_factory=dict)
    reflect_args: tuple[SchemaItem, ...] = ()
    reflect_kwargs: Mapping[str, Any] = field(default_factory=dict)
    naming_convention: Mapping[str, Any] | None = None
    names_are_read: bool = False

    @property
    def forces(self) -> bool:
        """Whether something was asked for that only a new table can have."""
        return bool(self.partial_reordering or self.table_args or self.table_kwargs) or any(
            step.before or step.after for step in self.steps
        )

    @property
    def _retyped(self) -> set[str]:
        """Names of the columns that get another type, before and after the block."""
        return {
            name
            for step in self.steps
            if isinstance(step.change, ddl.AlterColumn) and "type_" in step.change.aspects
            for name in (step.change.column_name, step.change.new_column_name)
            if isinstance(name, str)
        }

    def joined(self, other: Block) -> Block | None:
        """Give the one block that does what this one and the next do; None if none can.

        A column whose type both alter is converted twice: from text to boolean, and to integer.
        """
        here, there = (replace(b, steps=()) for b in (self, other))
        plain = Block(
            self.table_name, self.schema, self.recreate, names_are_read=self.names_are_read
        )
        if self._retyped & other._retyped or here != there or here != plain:
            return None
        return replace(self, steps=(*self.steps, *other.steps))


def checked_recreate(given: str) -> Recreate:
    """Check the word that says whether the table is copied.

    Raises:
        ValueError: It is none of the three.
    """
    if given not in ("auto", "always", "never"):
        raise ValueError(f"recreate={given!r} isn't one of 'auto', 'always', 'never'")
    return cast("Recreate", given)


def checked_order(given: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Take partial_reordering: a list of tuples of column names.

    Raises:
        TypeError: A name stands where a tuple of names belongs.
    """
    if any(isinstance(names, str) for names in given):
        raise TypeError("partial_reordering is a list of tuples of column names: [('id', 'name')]")
    return tuple(tuple(names) for names in given)
