"""Operations on whole tables: create, drop, rename, and their comments."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any, TypeVar

import ddl_constructs as ddl
from ddl_constructs import Change
from sqlalchemy import MetaData, Table
from sqlalchemy.schema import SchemaItem

from ..base import BatchOperations, Operations
from .base import ChangeOp, Fact, Flag, convention, dict_writing_through, writing_through

C = TypeVar("C", bound=Change)


class AlterTableOp(ChangeOp[C]):
    """An operation on a table that is there: the base of those on columns and comments too."""

    table_name = Fact()
    schema = Fact()

    def __init__(self, table_name: str, *, schema: str | None = None) -> None:
        """Name the table, in a subclass of a plugin's that is no change of ours."""
        self.__dict__["change"] = _Named(table_name, schema)


class _Named:
    """A table's name where a change would be."""

    def __init__(self, table_name: str, schema: str | None) -> None:
        self.table_name, self.schema = table_name, schema

    def replace(self, **changed: Any) -> _Named:
        return _Named(**{"table_name": self.table_name, "schema": self.schema, **changed})


@Operations.register_operation("create_table")
class CreateTableOp(ChangeOp[ddl.CreateTable], kind=ddl.CreateTable):
    """Create a table; holds a `CreateTable`."""

    table_name = Fact()
    schema = Fact()
    if_not_exists = Flag()
    comment = Fact()
    _namespace_metadata: MetaData | None = None
    _constraints_included = False

    def __init__(
        self,
        table_name: str,
        columns: Sequence[SchemaItem],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        _namespace_metadata: MetaData | None = None,
        _constraints_included: bool = False,
        **kw: Any,
    ) -> None:
        self._namespace_metadata = _namespace_metadata
        self._constraints_included = _constraints_included
        self.change = ddl.CreateTable(
            table_name, *columns, schema=schema, if_not_exists=if_not_exists, **kw
        )

    @property
    def info(self) -> dict[Any, Any]:
        """The notes that the Table carries."""
        if self.change.info is None:
            self.change = self.change.replace(info={})
        notes: Any = self.change.info
        return notes  # type: ignore[no-any-return]  # the very dict, so that it can be written to

    @property
    def columns(self) -> list[SchemaItem]:
        """Its columns, constraints and indexes, in order."""
        return writing_through(self.change.elements, self._put_columns)

    @columns.setter
    def columns(self, items: Sequence[SchemaItem]) -> None:
        self._put_columns(items)

    def _put_columns(self, items: Sequence[SchemaItem]) -> None:
        self.change = self.change.replace(elements=tuple(items))

    @property
    def kw(self) -> dict[str, Any]:
        """What else `Table` takes: options of dialects."""
        return dict_writing_through(
            self.change.dialect_kwargs,
            lambda kw: setattr(self, "change", self.change.replace(dialect_kwargs=kw)),
        )

    @property
    def prefixes(self) -> list[str] | None:
        """The words between CREATE and TABLE; None for none."""
        return list(self.change.prefixes) or None

    @prefixes.setter
    def prefixes(self, words: Sequence[str] | None) -> None:
        self.change = self.change.replace(prefixes=tuple(words or ()))

    def reverse(self) -> DropTableOp:
        made = DropTableOp._of(self._undone())
        made._namespace_metadata = self._namespace_metadata
        return made

    def to_diff_tuple(self) -> tuple[str, Table]:
        return ("add_table", self.to_table())

    @classmethod
    def from_table(
        cls, table: Table, *, _namespace_metadata: MetaData | None = None
    ) -> CreateTableOp:
        """Make the operation that creates a Table, without its indexes."""
        made = cls._of(
            ddl.CreateTable.of(table, indexes=False).replace(info=dict(table.info) or None)
        )
        made._namespace_metadata = _namespace_metadata or table.metadata
        made._constraints_included = True
        return made

    def to_table(self, migration_context: Any = None) -> Table:
        """Make the Table, in a MetaData of its own."""
        return self.change.replace().under(convention(migration_context)).element

    @classmethod
    def create_table(
        cls,
        operations: Operations,
        table_name: str,
        *columns: SchemaItem,
        if_not_exists: bool | None = None,
        **kw: Any,
    ) -> Table:
        """Create a table; gives it as a Table, for `bulk_insert`."""
        made: Table = operations.invoke(cls(table_name, columns, if_not_exists=if_not_exists, **kw))
        return made


@Operations.register_operation("drop_table")
class DropTableOp(ChangeOp[ddl.DropTable], kind=ddl.DropTable):
    """Drop a table; holds a `DropTable`."""

    table_name = Fact()
    schema = Fact()
    if_exists = Flag()
    _namespace_metadata: MetaData | None = None

    def __init__(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        table_kw: MutableMapping[Any, Any] | None = None,
        _reverse: CreateTableOp | None = None,
    ) -> None:
        kw = dict(table_kw or {})
        self._said = {name: kw.pop(name, None) for name in ("comment", "info", "prefixes")}
        self.change = ddl.DropTable(
            table_name,
            schema=schema,
            if_exists=if_exists,
            existing_table=None if _reverse is None else _reverse.change,
            **kw,
        )

    def _known(self, name: str) -> Any:
        said = self.__dict__.get("_said", {}).get(name)
        known = self.change.existing_table
        return getattr(known, name) if said is None and known is not None else said

    @property
    def comment(self) -> str | None:
        """Its comment, as far as that is known."""
        said: str | None = self._known("comment")
        return said

    @property
    def info(self) -> dict[Any, Any] | None:  # type: ignore[override]  # the Table's notes
        """Its notes."""
        said: dict[Any, Any] | None = self._known("info")
        return said

    @property
    def prefixes(self) -> list[str] | None:
        """The words between CREATE and TABLE; None for none."""
        return list(self._known("prefixes") or ()) or None

    @property
    def table_kw(self) -> dict[str, Any]:
        """What else `Table` takes: options of dialects."""
        known = self.change.existing_table
        options = {} if known is None else known.dialect_kwargs
        return dict_writing_through(
            {**options, **self.change.dialect_kwargs},
            lambda kw: setattr(self, "change", self.change.replace(dialect_kwargs=kw)),
        )

    @property
    def _reverse(self) -> CreateTableOp | None:
        return None if self.change.existing_table is None else self.reverse()

    def reverse(self) -> CreateTableOp:
        made = CreateTableOp._of(self._undone())
        made._namespace_metadata, made._constraints_included = self._namespace_metadata, True
        return made

    def to_diff_tuple(self) -> tuple[str, Table]:
        return ("remove_table", self.to_table())

    @classmethod
    def from_table(
        cls, table: Table, *, _namespace_metadata: MetaData | None = None
    ) -> DropTableOp:
        """Make the operation that drops a Table."""
        created = CreateTableOp.from_table(table, _namespace_metadata=_namespace_metadata)
        made = cls(table.name, schema=table.schema, _reverse=created)
        made._namespace_metadata = created._namespace_metadata
        return made

    def to_table(self, migration_context: Any = None) -> Table:
        """Make the Table as it is, as far as that is known, in a MetaData of its own."""
        known = self.change.existing_table
        if known is None:
            known = ddl.CreateTable(
                self.table_name,
                comment=self.comment,
                info=self.info,
                prefixes=self.prefixes,
                **self.table_kw,
            )
        named = known.replace(table_name=self.table_name, schema=self.schema)
        return named.under(convention(migration_context)).element

    @classmethod
    def drop_table(
        cls,
        operations: Operations,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop a table."""
        operations.invoke(cls(table_name, schema=schema, if_exists=if_exists, table_kw=kw))


@Operations.register_operation("rename_table")
class RenameTableOp(AlterTableOp[ddl.RenameTable], kind=ddl.RenameTable):
    """Rename a table; holds a `RenameTable`."""

    table_name = Fact("old_table_name")
    new_table_name = Fact()

    def __init__(
        self, old_table_name: str, new_table_name: str, *, schema: str | None = None
    ) -> None:
        self.change = ddl.RenameTable(old_table_name, new_table_name, schema=schema)

    def reverse(self) -> RenameTableOp:
        return RenameTableOp._of(self._undone())

    @classmethod
    def rename_table(
        cls,
        operations: Operations,
        old_table_name: str,
        new_table_name: str,
        *,
        schema: str | None = None,
    ) -> None:
        """Rename a table."""
        operations.invoke(cls(old_table_name, new_table_name, schema=schema))


@Operations.register_operation("create_table_comment")
@BatchOperations.register_operation("create_table_comment", "batch_create_table_comment")
class CreateTableCommentOp(AlterTableOp[ddl.CreateTableComment], kind=ddl.CreateTableComment):
    """Set a table's comment; holds a `CreateTableComment`."""

    comment = Fact()
    existing_comment = Fact()

    def __init__(
        self,
        table_name: str,
        comment: str | None,
        *,
        schema: str | None = None,
        existing_comment: str | None = None,
    ) -> None:
        self.change = ddl.CreateTableComment(
            table_name, comment, existing_comment=existing_comment, schema=schema
        )

    @classmethod
    def create_table_comment(
        cls,
        operations: Operations,
        table_name: str,
        comment: str | None,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Set a table's comment."""
        operations.invoke(
            cls(table_name, comment, existing_comment=existing_comment, schema=schema)
        )

    @classmethod
    def batch_create_table_comment(
        cls,
        operations: BatchOperations,
        comment: str | None,
        *,
        existing_comment: str | None = None,
    ) -> None:
        """Set the comment of the block's table."""
        impl = operations.impl
        operations.invoke(
            cls(impl.table_name, comment, existing_comment=existing_comment, schema=impl.schema)
        )

    def reverse(self) -> CreateTableCommentOp | DropTableCommentOp:
        undone = self._undone()
        made: type[Any] = (
            DropTableCommentOp if isinstance(undone, ddl.DropTableComment) else CreateTableCommentOp
        )
        return made._of(undone)  # type: ignore[no-any-return]  # one of the two

    def to_table(self, migration_context: Any = None) -> Table:
        """Make a Table with that name and comment."""
        return ddl.CreateTable(self.table_name, schema=self.schema, comment=self.comment).element

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("add_table_comment", self.to_table(), self.existing_comment)


@Operations.register_operation("drop_table_comment")
@BatchOperations.register_operation("drop_table_comment", "batch_drop_table_comment")
class DropTableCommentOp(AlterTableOp[ddl.DropTableComment], kind=ddl.DropTableComment):
    """Take a table's comment away; holds a `DropTableComment`."""

    existing_comment = Fact()

    def __init__(
        self, table_name: str, *, schema: str | None = None, existing_comment: str | None = None
    ) -> None:
        self.change = ddl.DropTableComment(
            table_name, existing_comment=existing_comment, schema=schema
        )

    @classmethod
    def drop_table_comment(
        cls,
        operations: Operations,
        table_name: str,
        *,
        existing_comment: str | None = None,
        schema: str | None = None,
    ) -> None:
        """Take a table's comment away."""
        operations.invoke(cls(table_name, existing_comment=existing_comment, schema=schema))

    @classmethod
    def batch_drop_table_comment(
        cls, operations: BatchOperations, *, existing_comment: str | None = None
    ) -> None:
        """Take the comment of the block's table away."""
        impl = operations.impl
        operations.invoke(
            cls(impl.table_name, existing_comment=existing_comment, schema=impl.schema)
        )

    def reverse(self) -> CreateTableCommentOp:
        return CreateTableCommentOp._of(self._undone())

    def to_table(self, migration_context: Any = None) -> Table:
        """Make a Table of that name."""
        return ddl.CreateTable(self.table_name, schema=self.schema).element

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("remove_table_comment", self.to_table())
