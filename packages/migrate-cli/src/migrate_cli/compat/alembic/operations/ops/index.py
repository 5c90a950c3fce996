"""Operations on indexes: create and drop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ddl_constructs as ddl
from sqlalchemy import Column, Index
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.elements import ColumnElement, TextClause, conv

from ...util import sqla_compat
from ..base import BatchOperations, Operations
from .base import ChangeOp, Fact, Flag, convention, dict_writing_through, writing_through


@Operations.register_operation("create_index")
@BatchOperations.register_operation("create_index", "batch_create_index")
class CreateIndexOp(ChangeOp[ddl.CreateIndex], kind=ddl.CreateIndex):
    """Create an index; holds a `CreateIndex`."""

    index_name = Fact()
    table_name = Fact()
    schema = Fact()
    unique = Fact()
    if_not_exists = Flag()
    _by_hand = False
    _given: tuple[Any, ...] | None = None

    def __init__(
        self,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        self._by_hand = True
        self.change = ddl.CreateIndex(
            index_name,
            table_name,
            columns,
            schema=schema,
            unique=unique,
            if_not_exists=if_not_exists,
            **kw,
        )

    @property
    def columns(self) -> list[Any]:
        """What is indexed, in order; Columns of a Table where the index was compared or given."""
        if self._by_hand:
            return writing_through(self.change.columns, self._put_columns)
        found = self.change.element.expressions if self._given is None else self._given
        return writing_through(found, self._put_columns)

    @columns.setter
    def columns(self, items: Sequence[Any]) -> None:
        self._put_columns(items)

    def _put_columns(self, items: Sequence[Any]) -> None:
        named = [item.name if isinstance(item, Column) else item for item in items]
        self.change, self._given = self.change.replace(columns=tuple(named)), None

    @property
    def kw(self) -> dict[str, Any]:
        """Options of dialects."""
        return dict_writing_through(
            self.change.dialect_kwargs,
            lambda kw: setattr(self, "change", self.change.replace(dialect_kwargs=kw)),
        )

    def reverse(self) -> DropIndexOp:
        return DropIndexOp._of(self._undone())

    def to_diff_tuple(self) -> tuple[str, Index]:
        return ("add_index", self.to_index())

    @classmethod
    def from_index(cls, index: Index) -> CreateIndexOp:
        """Make the operation that creates an Index of a Table."""
        change = ddl.CreateIndex.of(index)
        if not isinstance(index.name, str):  # by convention: that of index=True comes last
            final = sqla_compat._get_constraint_final_name
            name = final(index, DefaultDialect()) or final(change.element, DefaultDialect())
            change = change.replace(index_name=None if name is None else conv(name))
        made = cls._of(change)
        made._given = tuple(index.expressions)
        return made

    def to_index(self, migration_context: Any = None) -> Index:
        """Make the Index, on a Table in a MetaData of its own."""
        return self.change.replace().under(convention(migration_context)).element

    @classmethod
    def create_index(
        cls,
        operations: Operations,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Create an index over columns and expressions of a table."""
        made = cls(
            index_name,
            table_name,
            columns,
            schema=schema,
            unique=unique,
            if_not_exists=if_not_exists,
            **kw,
        )
        operations.invoke(made)

    @classmethod
    def batch_create_index(
        cls,
        operations: BatchOperations,
        index_name: str,
        columns: Sequence[str | TextClause | ColumnElement[Any]],
        **kw: Any,
    ) -> None:
        """Create an index over columns and expressions of the block's table."""
        impl = operations.impl
        operations.invoke(cls(index_name, impl.table_name, columns, schema=impl.schema, **kw))


@Operations.register_operation("drop_index")
@BatchOperations.register_operation("drop_index", "batch_drop_index")
class DropIndexOp(ChangeOp[ddl.DropIndex], kind=ddl.DropIndex):
    """Drop an index; holds a `DropIndex`."""

    index_name = Fact()
    table_name = Fact()
    schema = Fact()
    if_exists = Flag()

    def __init__(
        self,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: CreateIndexOp | None = None,
        **kw: Any,
    ) -> None:
        kw.pop("unique", None)
        self.change = ddl.DropIndex(
            index_name,
            table_name,
            schema=schema,
            if_exists=if_exists,
            existing_index=None if _reverse is None else _reverse.change,
            **kw,
        )

    @property
    def kw(self) -> dict[str, Any]:
        """Options of dialects, and whether the index is unique if that is known."""
        known = self.change.existing_index
        unique = {} if known is None else {"unique": known.unique}
        return dict_writing_through({**unique, **self.change.dialect_kwargs}, self._put)

    def _put(self, kw: dict[str, Any]) -> None:
        options = {name: value for name, value in kw.items() if name != "unique"}
        self.change = self.change.replace(dialect_kwargs=options)

    @property
    def _reverse(self) -> CreateIndexOp | None:
        return None if self.change.existing_index is None else self.reverse()

    def reverse(self) -> CreateIndexOp:
        return CreateIndexOp._of(self._undone())

    def to_diff_tuple(self) -> tuple[str, Index]:
        return ("remove_index", self.to_index())

    @classmethod
    def from_index(cls, index: Index) -> DropIndexOp:
        """Make the operation that drops an Index of a Table."""
        assert index.table is not None, "an index of a table has one"
        created = CreateIndexOp.from_index(index)
        return cls(
            created.index_name,
            index.table.name,
            schema=index.table.schema,
            _reverse=created,
            **index.dialect_kwargs,
        )

    def to_index(self, migration_context: Any = None) -> Index:
        """Make the Index as it is, as far as that is known."""
        known = self.change.existing_index
        if known is None:
            return self.change.replace().element
        return known.replace(index_name=self.index_name, schema=self.schema).element

    @classmethod
    def drop_index(
        cls,
        operations: Operations,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop an index."""
        operations.invoke(cls(index_name, table_name, schema=schema, if_exists=if_exists, **kw))

    @classmethod
    def batch_drop_index(cls, operations: BatchOperations, index_name: str, **kw: Any) -> None:
        """Drop an index of the block's table."""
        impl = operations.impl
        operations.invoke(cls(index_name, impl.table_name, schema=impl.schema, **kw))
