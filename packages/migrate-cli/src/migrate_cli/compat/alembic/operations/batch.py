"""What a batch block gathers, and what becomes of it at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ddl_constructs import Change, ExecuteSQL
from sqlalchemy import Table
from sqlalchemy.engine.interfaces import Dialect

from .hooks import Hooks


class BatchOperationsImpl(Hooks):
    """Gathers the changes of a batch block.

    Attributes:
        operations: The operations that the block is said on.
        table_name: The block's table; `schema` is its schema, None for the default one.
        recreate: "auto", "always" or "never".
        batch: The changes, in order.
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
        if recreate not in ("auto", "always", "never"):
            raise ValueError(f"recreate={recreate!r} isn't one of 'auto', 'always', 'never'")
        self.operations = operations
        self.table_name, self.schema, self.recreate = table_name, schema, recreate
        self.copy_from, self.naming_convention = copy_from, naming_convention
        self.table_args, self.table_kwargs = table_args, dict(table_kwargs)
        self.reflect_args, self.reflect_kwargs = reflect_args, dict(reflect_kwargs)
        self.reflect_kwargs.setdefault("listeners", [])
        self.partial_reordering = partial_reordering
        self.batch: list[Change] = []

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
        self.batch.append(change)
        return None

    _say = _take

    def flush(self) -> None:
        """Carry out what was gathered."""
        for change in self.batch:
            self.impl._take(change)
