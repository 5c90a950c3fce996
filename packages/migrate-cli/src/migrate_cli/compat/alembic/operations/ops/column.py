"""Operations on columns: add, alter and drop."""

from __future__ import annotations

from typing import Any

import ddl_constructs as ddl
from sqlalchemy import Column
from sqlalchemy.types import NULLTYPE

from ...util import memoized_property
from ..base import BatchOperations, Operations
from ..hooks import dialect_options
from .base import Fact, Flag
from .base import dict_writing_through as live
from .table import AlterTableOp


@Operations.register_operation("alter_column")
@BatchOperations.register_operation("alter_column", "batch_alter_column")
class AlterColumnOp(AlterTableOp[ddl.AlterColumn], kind=ddl.AlterColumn):
    """Alter a column; holds an `AlterColumn`."""

    column_name = Fact()
    existing_type = Fact(kept=None)
    existing_server_default = Fact(kept=False)
    existing_nullable = Fact(kept=None)
    existing_comment = Fact(kept=None)
    modify_nullable = Fact("nullable", kept=None)
    modify_comment = Fact("comment", kept=False)
    modify_server_default = Fact("server_default", kept=False)
    modify_name = Fact("new_column_name", kept=None)
    modify_type = Fact("type_", kept=None)

    _numbering = ("autoincrement", "existing_autoincrement")

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        existing_type: Any = None,
        existing_server_default: Any = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        modify_nullable: bool | None = None,
        modify_comment: Any = False,
        modify_server_default: Any = False,
        modify_name: str | None = None,
        modify_type: Any = None,
        **kw: Any,
    ) -> None:
        if existing_comment is None and modify_comment is False:
            existing_comment = ddl.KEEP  # type: ignore[assignment]  # None says that there is none
        self._free = dict(kw)
        if isinstance(column_name, Column):  # as Alembic takes it: nothing of it but its name
            column_name = str(column_name.name)
        self.change = ddl.AlterColumn(
            table_name,
            column_name,
            nullable=modify_nullable,
            comment=modify_comment,
            server_default=modify_server_default,
            new_column_name=modify_name,
            type_=modify_type,
            existing_type=existing_type,
            existing_server_default=existing_server_default,
            existing_nullable=existing_nullable,
            existing_comment=existing_comment,
            schema=schema,
            **self._said(kw),
        )

    @classmethod
    def _said(cls, kw: dict[str, Any]) -> dict[str, Any]:
        return dialect_options(kw) | {name: kw[name] for name in cls._numbering if name in kw}

    @property
    def kw(self) -> dict[str, Any]:
        """What else was said: options of dialects, `autoincrement`, and what nobody reads."""
        said = {n: v for n in self._numbering if (v := getattr(self.change, n)) is not ddl.KEEP}
        return live(self.__dict__.get("_free", {}) | self.change.dialect_kwargs | said, self._put)

    def _put(self, kw: dict[str, Any]) -> None:
        self._free = dict(kw)
        numbering = {name: kw.get(name, ddl.KEEP) for name in self._numbering}
        self.change = self.change.replace(dialect_kwargs=dialect_options(kw), **numbering)

    def has_changes(self) -> bool:
        """Tell whether anything would differ afterwards."""
        return bool(self.change.aspects)

    def reverse(self) -> AlterColumnOp:
        said = self.change.autoincrement
        if self.change.existing_autoincrement is ddl.KEEP:  # scripts carry it along from models
            made = type(self)._of(self.change.replace(autoincrement=ddl.KEEP))
            made = type(self)._of(made._undone().replace(autoincrement=said))
        else:
            made = type(self)._of(self._undone())
        made._free = dict(self.__dict__.get("_free", {}))
        return made

    def to_diff_tuple(self) -> list[tuple[Any, ...]]:
        where = (self.schema, self.table_name, self.column_name)
        known = {
            "existing_nullable": self.existing_nullable,
            "existing_type": self.existing_type,
            "existing_server_default": self.existing_server_default,
            "existing_comment": self.existing_comment,
        }
        aspects = (
            ("modify_type", "existing_type", self.modify_type, None),
            ("modify_nullable", "existing_nullable", self.modify_nullable, None),
            ("modify_default", "existing_server_default", self.modify_server_default, False),
            ("modify_comment", "existing_comment", self.modify_comment, False),
        )
        return [
            (word, *where, {k: v for k, v in known.items() if k != fact}, known[fact], value)
            for word, fact, value, kept in aspects
            if value is not kept
        ]

    @classmethod
    def alter_column(
        cls,
        operations: Operations,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        comment: Any = False,
        server_default: Any = False,
        new_column_name: str | None = None,
        type_: Any = None,
        existing_type: Any = None,
        existing_server_default: Any = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Alter a column: whether it may be NULL, its default, name, type or comment."""
        made = cls(
            table_name,
            column_name,
            schema=schema,
            existing_type=existing_type,
            existing_server_default=existing_server_default,
            existing_nullable=existing_nullable,
            existing_comment=existing_comment,
            modify_name=new_column_name or kw.pop("name", None),
            modify_type=type_,
            modify_server_default=server_default,
            modify_nullable=nullable,
            modify_comment=comment,
            **kw,
        )
        operations.invoke(made)

    @classmethod
    def batch_alter_column(
        cls,
        operations: BatchOperations,
        column_name: str,
        *,
        nullable: bool | None = None,
        comment: Any = False,
        server_default: Any = False,
        new_column_name: str | None = None,
        type_: Any = None,
        existing_type: Any = None,
        existing_server_default: Any = False,
        existing_nullable: bool | None = None,
        existing_comment: str | None = None,
        insert_before: str | None = None,
        insert_after: str | None = None,
        **kw: Any,
    ) -> None:
        """Alter a column of the block's table."""
        places = {"insert_before": insert_before, "insert_after": insert_after}
        made = cls(
            operations.impl.table_name,
            column_name,
            schema=operations.impl.schema,
            existing_type=existing_type,
            existing_server_default=existing_server_default,
            existing_nullable=existing_nullable,
            existing_comment=existing_comment,
            modify_name=new_column_name or kw.pop("name", None),
            modify_type=type_,
            modify_server_default=server_default,
            modify_nullable=nullable,
            modify_comment=comment,
            **{k: v for k, v in places.items() if v is not None},
            **kw,
        )
        operations.invoke(made)


@Operations.register_operation("add_column")
@BatchOperations.register_operation("add_column", "batch_add_column")
class AddColumnOp(AlterTableOp[ddl.AddColumn], kind=ddl.AddColumn):
    """Add a column; holds an `AddColumn`."""

    column = Fact()
    if_not_exists = Flag()
    inline_references = Flag()
    inline_primary_key = Flag()

    def __init__(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
        **kw: Any,
    ) -> None:
        self.kw.update(kw)
        self.change = ddl.AddColumn(
            table_name,
            column,
            schema=schema,
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
        )

    @memoized_property
    def kw(self) -> dict[str, Any]:
        """What else was said: where the column goes, in a batch."""
        return {}

    def reverse(self) -> DropColumnOp:
        return DropColumnOp._of(self._undone())

    def to_diff_tuple(self) -> tuple[str, str | None, str, Column[Any]]:
        return ("add_column", self.schema, self.table_name, _on_table(self.change))

    def to_column(self) -> Column[Any]:
        """Give the column."""
        return self.change.column

    @classmethod
    def from_column(cls, col: Column[Any]) -> AddColumnOp:
        """Make the operation that adds a column of a Table."""
        return cls(col.table.name, col, schema=col.table.schema)

    @classmethod
    def from_column_and_tablename(
        cls, schema: str | None, tname: str, col: Column[Any]
    ) -> AddColumnOp:
        """Make the operation that adds a column to the table of that name."""
        return cls(tname, col, schema=schema)

    @classmethod
    def add_column(
        cls,
        operations: Operations,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column to a table."""
        made = cls(
            table_name,
            column,
            schema=schema,
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
        )
        operations.invoke(made)

    @classmethod
    def batch_add_column(
        cls,
        operations: BatchOperations,
        column: Column[Any],
        *,
        insert_before: str | None = None,
        insert_after: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column to the block's table."""
        places = {"insert_before": insert_before, "insert_after": insert_after}
        made = cls(
            operations.impl.table_name,
            column,
            schema=operations.impl.schema,
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
            **{k: v for k, v in places.items() if v is not None},
        )
        operations.invoke(made)


@Operations.register_operation("drop_column")
@BatchOperations.register_operation("drop_column", "batch_drop_column")
class DropColumnOp(AlterTableOp[ddl.DropColumn], kind=ddl.DropColumn):
    """Drop a column; holds a `DropColumn`."""

    column_name = Fact()
    if_exists = Flag()

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        _reverse: AddColumnOp | None = None,
        **kw: Any,
    ) -> None:
        self._free = dict(kw)
        self.change = ddl.DropColumn(
            table_name,
            column_name,
            schema=schema,
            if_exists=if_exists,
            existing_column=None if _reverse is None else _reverse.column,
            **dialect_options(kw),
        )

    @property
    def kw(self) -> dict[str, Any]:
        """What else was said: options of dialects, and what nobody reads."""
        return live(self.__dict__.get("_free", {}) | self.change.dialect_kwargs, self._put)

    def _put(self, kw: dict[str, Any]) -> None:
        self._free = dict(kw)
        self.change = self.change.replace(dialect_kwargs=dialect_options(kw))

    @property
    def _reverse(self) -> AddColumnOp | None:
        return None if self.change.existing_column is None else self.reverse()

    def reverse(self) -> AddColumnOp:
        return AddColumnOp._of(self._undone())

    def to_diff_tuple(self) -> tuple[str, str | None, str, Column[Any]]:
        known = self.change.existing_column is not None
        column = _on_table(self._undone()) if known else self.to_column()
        return ("remove_column", self.schema, self.table_name, column)

    @classmethod
    def from_column_and_tablename(
        cls, schema: str | None, tname: str, col: Column[Any]
    ) -> DropColumnOp:
        """Make the operation that drops a column from the table of that name."""
        return cls(tname, col.name, schema=schema, _reverse=AddColumnOp(tname, col, schema=schema))

    def to_column(self, migration_context: Any = None) -> Column[Any]:
        """Give the column as it is, as far as that is known."""
        known = self.change.existing_column
        return Column(self.column_name, NULLTYPE) if known is None else known

    @classmethod
    def drop_column(
        cls,
        operations: Operations,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Drop a column of a table."""
        operations.invoke(cls(table_name, column_name, schema=schema, **kw))

    @classmethod
    def batch_drop_column(cls, operations: BatchOperations, column_name: str, **kw: Any) -> None:
        """Drop a column of the block's table."""
        impl = operations.impl
        operations.invoke(cls(impl.table_name, column_name, schema=impl.schema, **kw))


def _on_table(change: Any) -> Column[Any]:
    """The column of an `AddColumn` as one of a Table: that which was given, or a copy on a Table of that name."""
    given: Column[Any] = change.column
    return change.bound if given.table is None else given
