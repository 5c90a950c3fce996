"""What a batch block gathers, and what becomes of it at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ddl_constructs import AddColumn, Change, CreateIndex, DropIndex, ExecuteSQL
from sqlalchemy import ClauseElement, Computed, DefaultClause, Table
from sqlalchemy.engine.interfaces import Dialect

from ....batch.block import Block, Step, checked_order, checked_recreate
from ....batch.sink import line_of, one_by_one, take_block
from ...handing_on import HandingOnSink
from .hooks import Hooks


class BatchOperationsImpl(Hooks):
    """Gathers the changes of a batch block.

    Attributes:
        operations: The operations that the block is said on.
        table_name: The block's table; `schema` is its schema, None for the default one.
        recreate: "auto", "always" or "never".
        steps: The changes, in order, and where they put their columns.
    """

    def __init__(
        self,
        operations: Any,
        table_name: str,
        schema: str | None,
        recreate: str,
        copy_from: Table | None,
        table_args: tuple[Any, ...],
        table_kwargs: Mapping[str, Any],
        reflect_args: tuple[Any, ...],
        reflect_kwargs: Mapping[str, Any],
        naming_convention: Mapping[str, str] | None,
        partial_reordering: Sequence[tuple[str, ...]] | None,
    ) -> None:
        self.operations, self.recreate = operations, checked_recreate(recreate)
        self.table_name, self.schema = table_name, schema
        self.copy_from, self.naming_convention = copy_from, naming_convention
        self.table_args, self.table_kwargs = table_args, dict(table_kwargs)
        self.reflect_args, self.reflect_kwargs = reflect_args, dict(reflect_kwargs)
        self.reflect_kwargs.setdefault("listeners", [])
        self.partial_reordering = partial_reordering
        self.steps: list[Step] = []

    @property
    def batch(self) -> list[Change]:
        """The changes, in order."""
        return [step.change for step in self.steps]

    @property
    def dialect(self) -> Dialect:
        """The dialect that is spoken."""
        dialect: Dialect = self.operations.impl.dialect
        return dialect

    @property
    def impl(self) -> Any:
        """What carries operations out beyond the block."""
        return self.operations.impl

    def _take(self, change: Change) -> Any:
        if isinstance(change, ExecuteSQL):
            return self.impl._take(change)
        self.steps.append(Step(change, line=line_of(self.impl.sink)))
        return None

    def place(self, before: str | None, after: str | None) -> None:
        """Say where the last change puts its column."""
        self.steps[-1] = replace(self.steps[-1], before=before, after=after)

    _say = _take

    def flush(self) -> None:
        """Carry out what was gathered: in place, or by a copy of the table."""
        steps = tuple(
            replace(step, change=step.change.under(self.naming_convention)) for step in self.steps
        )
        order = checked_order(self.partial_reordering or ())
        copies = self.recreate != "auto" or any(map(_copies, self.batch))
        block = Block(
            self.table_name,
            self.schema,
            self.recreate,
            steps,
            order if copies else (),
            self.copy_from,
            self.table_args if copies else (),
            self.table_kwargs if copies else {},
            self.reflect_args,
            {k: v for k, v in self.reflect_kwargs.items() if v},
            self.naming_convention,
            names_are_read=True,
        )
        sink = self.impl.sink
        if sink is None or isinstance(sink, HandingOnSink):
            for change in one_by_one(block, self.dialect):
                self.impl._take(change)
        else:
            take_block(block, sink, self.impl._take)


def _copies(change: Change) -> bool:
    """Tell whether a change makes Alembic copy a table: only the copy gets `table_args` and the like.

    Alembic 1.20, `SQLiteImpl.requires_recreate_in_batch`.
    """
    if not isinstance(change, AddColumn):
        return not isinstance(change, (CreateIndex, DropIndex))
    default = change.column.server_default
    if isinstance(default, Computed):
        return bool(default.persisted)
    return isinstance(default, DefaultClause) and isinstance(default.arg, ClauseElement)
