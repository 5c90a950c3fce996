"""Changes of indexes: create and drop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from sqlalchemy import Column, Index, MetaData, Table
from sqlalchemy import schema as sa_schema
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.elements import ColumnClause, ColumnElement, TextClause
from sqlalchemy.types import NullType
from sqlalchemy.util import memoized_property

from . import detached, sqltext
from .change import Change, NamingConvention, Spelling
from .closed import closed_options
from .errors import DDLConstructsError, IrreversibleChange, MalformedChange, MissingFact
from .options import dialect_options
from .traits import traits
from .wellformed import several


@dataclass(eq=False, init=False)
class CreateIndex(Change, sa_schema.CreateIndex):
    """Create an index: `op.create_index("ix", "t", ["a", text("lower(b)")])`.

    `CREATE INDEX ix ON t (a, lower(b))`. Extends SQLAlchemy's class of the same
    name, which takes an `Index`; `CreateIndex.of(index)` does that here.

    Attributes:
        index_name: The index's name.
        table_name: The table's name.
        columns: What is indexed, in order: column names and expressions.
        schema: The table's schema; None for the default one.
        unique: Whether two rows may not agree in all columns.
        if_not_exists: Do nothing if an index of that name is there.
        dialect_kwargs: Dialect options (`postgresql_using`, `sqlite_where`, ...).
    """

    words: ClassVar = ("create_index",)
    _made: ClassVar = frozenset({"element"})

    index_name: str | None
    table_name: str
    columns: tuple[str | ColumnElement[Any] | TextClause, ...]
    schema: str | None = field(default=None, kw_only=True)
    unique: bool = field(default=False, kw_only=True)
    if_not_exists: bool = field(default=False, kw_only=True)
    dialect_kwargs: dict[str, Any] = field(default_factory=dict, kw_only=True)

    def __init__(
        self,
        index_name: str | None,
        table_name: str,
        columns: Sequence[str | ColumnElement[Any] | TextClause],
        *,
        schema: str | None = None,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **options: Any,
    ) -> None:
        self.index_name, self.table_name = index_name, table_name
        self.columns = several("CreateIndex", "columns", columns)
        self.schema, self.unique = schema, unique
        self.if_not_exists = False if if_not_exists is None else if_not_exists
        self.dialect_kwargs = dialect_options(
            "CreateIndex",
            {k: v for k, v in options.items() if k != "quote"},
            self.__dataclass_fields__,
        )
        self.__post_init__()

    @classmethod
    def of(cls, index: Index, *, if_not_exists: bool | None = None) -> Self:
        """Make the change that creates an Index of a Table."""
        table = index.table
        assert table is not None, "an index of a table has one"
        return cls(
            index.name,
            table.name,
            detached.index_elements(index),
            schema=table.schema,
            unique=bool(index.unique),
            if_not_exists=if_not_exists,
            **index.dialect_kwargs,
        )

    @memoized_property
    def element(self) -> Index:
        """The Index, on a detached Table that has the columns it names.

        Raises:
            MalformedChange: There is nothing to index.
            MissingFact: It has no name, and none follows from its columns.
        """
        if not self.columns and not self._holds_all:
            raise MalformedChange(
                self.describe(), "an index is over at least one column or expression"
            )
        made = make_index(
            self.index_name,
            self.table_name,
            self.columns,
            self.schema,
            self.unique,
            self.dialect_kwargs,
            self.naming_convention,
        )
        if made.name is None:
            raise MissingFact(self.describe(), ("index_name",), "no name follows from expressions")
        return made

    @property
    def _holds_all(self) -> bool:
        """Whether an option says that it holds the rows as a whole."""
        said = (name.partition("_") for name, value in self.dialect_kwargs.items() if value)
        return any(option in traits(dialect).whole_indexes for dialect, _, option in said)

    def reverse(self) -> DropIndex:
        if self.index_name is None:
            raise IrreversibleChange(
                self.describe(), ("index_name",), "an index without a name can't be dropped"
            )
        options = {k: v for k, v in self.dialect_kwargs.items() if k.endswith("_concurrently")}
        return DropIndex(
            self.index_name, self.table_name, schema=self.schema, existing_index=self, **options
        )

    def describe(self) -> str:
        unique = "unique " if self.unique else ""
        where = sqltext.dotted(self.schema, self.table_name)
        over = ", ".join(map(sqltext.spoken, self.columns))
        name = f" {self.index_name}" if self.index_name is not None else self._made_name()
        return f"create {unique}index{name} on {where} ({over})"

    def _made_name(self) -> str:
        """Give the name that a convention makes, a space in front; empty if none does."""
        try:
            made = make_index(
                None, self.table_name, self.columns, self.schema, False, {}, self.naming_convention
            )
        except (SQLAlchemyError, DDLConstructsError):
            return ""
        return f" {made.name}" if made.name is not None else ""

    def spelling(self) -> Spelling:
        plain = super().spelling()
        name, table, columns = plain.arguments
        keywords = {**plain.keywords, "unique": self.unique}
        return Spelling(plain.word, (name, table, list(columns)), keywords)


@dataclass(eq=False, init=False)
class DropIndex(Change, sa_schema.DropIndex):
    """Drop an index: `op.drop_index("ix", "t")`.

    `DROP INDEX ix`; MySQL, MariaDB and SQL Server say `DROP INDEX ix ON t`, so
    `table_name` is needed there.

    Attributes:
        index_name: The index's name.
        table_name: The table's name; None if not said.
        schema: The table's schema; None for the default one.
        if_exists: Do nothing if no index of that name is there.
        existing_index: The change that would create it again, so that this one can
            be reversed.
        dialect_kwargs: Dialect options (`postgresql_concurrently`).
    """

    words: ClassVar = ("drop_index",)

    index_name: str
    table_name: str | None = field(default=None, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool = field(default=False, kw_only=True)
    existing_index: CreateIndex | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )
    dialect_kwargs: dict[str, Any] = field(default_factory=dict, kw_only=True)

    cascade: ClassVar = False

    def __init__(
        self,
        index_name: str,
        table_name: str | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        existing_index: CreateIndex | None = None,
        **options: Any,
    ) -> None:
        self.index_name, self.table_name, self.schema = index_name, table_name, schema
        self.if_exists = False if if_exists is None else if_exists
        self.existing_index = existing_index
        self.dialect_kwargs = dialect_options("DropIndex", options, self.__dataclass_fields__)
        self.__post_init__()

    @memoized_property
    def element(self) -> Index:
        """The Index, on a detached Table."""
        return make_index(
            self.index_name, self.table_name or "", (), self.schema, False, self.dialect_kwargs
        )

    def reverse(self) -> CreateIndex:
        if self.existing_index is None:
            raise IrreversibleChange(
                self.describe(), ("existing_index",), "the index's definition isn't known"
            )
        return self.existing_index

    def describe(self) -> str:
        where = f" of {sqltext.dotted(self.schema, self.table_name)}" if self.table_name else ""
        return f"drop index {self.index_name}{where}"


@dataclass(eq=False)
class RenameIndex(Change):
    """Rename an index: `op.rename_index("ix_a", "ix_b", "t")`.

    `ALTER INDEX ix_a RENAME TO ix_b`; MySQL says it with ALTER TABLE, SQL Server with
    sp_rename, so `table_name` is needed there.

    Attributes:
        index_name: Its name as it is.
        new_index_name: Its name afterwards.
        table_name: The table's name; None if not said.
        schema: The table's schema; None for the default one.
    """

    words: ClassVar = ("rename_index",)

    index_name: str
    new_index_name: str
    table_name: str | None = None
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> RenameIndex:
        return RenameIndex(
            self.new_index_name, self.index_name, self.table_name, schema=self.schema
        )

    def describe(self) -> str:
        where = f" of {sqltext.dotted(self.schema, self.table_name)}" if self.table_name else ""
        return f"rename index {self.index_name}{where} to {self.new_index_name}"


def make_index(
    name: str | None,
    table_name: str,
    columns: Sequence[Any],
    schema: str | None,
    unique: bool,
    options: dict[str, Any],
    convention: NamingConvention | None = None,
) -> Index:
    """Make an Index on a detached Table with a column for each name that it mentions."""
    named = dict.fromkeys(c for c in columns if isinstance(c, str))
    for expression in columns:
        if not isinstance(expression, str):
            for part in visitors.iterate(expression):
                if isinstance(part, ColumnClause) and not part.is_literal:
                    named.setdefault(part.name)
    for option, value in options.items():
        if option.endswith("_include"):
            named.update(dict.fromkeys(c for c in value or () if isinstance(c, str)))
    metadata = MetaData(naming_convention=dict(convention)) if convention else MetaData()
    table = Table(table_name, metadata, *(Column(c, NullType()) for c in named), schema=schema)
    elements = [table.c[c] if isinstance(c, str) else detached.unbound(c) for c in columns]
    return Index(name, *elements, unique=unique, _table=table, **closed_options(options))


@compiles(CreateIndex)
def _create_index(change: CreateIndex, compiler: DDLCompiler, **kw: Any) -> str:
    return sqltext.visit(compiler, "create_index", change)


@compiles(DropIndex)
def _drop_index(change: DropIndex, compiler: DDLCompiler, **kw: Any) -> str:
    needed = MissingFact(
        change.describe(), ("table_name",), f"{compiler.dialect.name} drops an index ON its table"
    )
    try:
        text = sqltext.visit(compiler, "drop_index", change)
    except IndexError as err:  # SQLAlchemy 2.0 quotes the table's name, and there is none
        raise needed from err
    if change.table_name is None and text.endswith(" ON"):
        raise needed
    return text


@compiles(RenameIndex)
def _rename_index(change: RenameIndex, compiler: DDLCompiler, **kw: Any) -> str:
    old = sqltext.table(compiler, change.index_name, change.schema)
    return f"ALTER INDEX {old} RENAME TO {sqltext.name(compiler, change.new_index_name)}"
