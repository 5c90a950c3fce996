"""Changes of whole tables: create, drop, rename."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy import schema as sa_schema
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.util import memoized_property

from . import detached, sqltext
from .alter_column import AlterColumn
from .change import Change, Spelling, lowers
from .comment import CreateTableComment
from .constraint import AddConstraint
from .errors import IrreversibleChange, UnsupportedChange, WrongValue
from .index import CreateIndex
from .traits import traits
from .wellformed import several


@dataclass(eq=False, init=False)
class CreateTable(Change, sa_schema.CreateTable):
    """Create a table: `op.create_table("t", Column("id", Integer(), primary_key=True))`.

    `CREATE TABLE t (...)`, then its indexes and, where they are statements of their
    own, its comments. Extends SQLAlchemy's class of the same name, which takes a
    `Table`; `CreateTable.of(table)` does that here.

    Attributes:
        table_name: The table's name.
        elements: Its columns, constraints and indexes, in order; copied, not bound.
        schema: Its schema; None for the default one.
        if_not_exists: Do nothing if it is there (its indexes are created all the same).
        comment: Its comment, or None.
        info: Free notes that the resulting Table carries, or None.
        prefixes: Words between CREATE and TABLE.
        dialect_kwargs: What else `Table` takes: dialect options; and `mssql_default_name`,
            names of columns to the names of their defaults.
    """

    words: ClassVar = ("create_table",)
    _made: ClassVar = frozenset({"element", "columns"})

    table_name: str
    elements: tuple[SchemaItem, ...]
    schema: str | None = field(default=None, kw_only=True)
    if_not_exists: bool = field(default=False, kw_only=True)
    comment: str | None = field(default=None, kw_only=True)
    info: dict[Any, Any] | None = field(default=None, kw_only=True)
    prefixes: tuple[str, ...] = field(default=(), kw_only=True)
    dialect_kwargs: dict[str, Any] = field(default_factory=dict, kw_only=True)

    def __init__(
        self,
        table_name: str,
        *elements: SchemaItem,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        comment: str | None = None,
        info: dict[Any, Any] | None = None,
        prefixes: Sequence[str] | None = None,
        **options: Any,
    ) -> None:
        self.table_name, self.elements, self.schema = table_name, elements, schema
        self.if_not_exists = False if if_not_exists is None else if_not_exists
        self.comment, self.info = comment, info
        self.prefixes = several("CreateTable", "prefixes", () if prefixes is None else prefixes)
        self.dialect_kwargs = options
        self.include_foreign_key_constraints = None  # SQLAlchemy's compiler asks for it
        self.__post_init__()
        for element in elements:
            if isinstance(element, Column) and not element.name:
                raise WrongValue("CreateTable", "elements", element, "columns that have a name")

    @classmethod
    def of(cls, table: Table, *, indexes: bool = True) -> Self:
        """Make the change that creates a Table as it is.

        Args:
            table: Any Table; its columns and constraints are copied.
            indexes: Create its indexes along with it.
        """
        columns = [detached.copy_column(c, bare=True) for c in table.columns]
        constraints = [
            detached.copy_constraint(c)
            for c in sorted(table.constraints, key=_constraint_order)
            if not getattr(c, "_type_bound", False)
            and (c is not table.primary_key or len(table.primary_key.columns))
        ]
        made = (
            [detached.copy_index(i) for i in sorted(table.indexes, key=_by_name)] if indexes else []
        )
        return cls(
            table.name,
            *columns,
            *constraints,
            *made,
            schema=table.schema,
            comment=table.comment,
            info=table.info or None,
            prefixes=table._prefixes,
            **table.dialect_kwargs,
        )

    @memoized_property
    def element(self) -> Table:
        """The Table, in a MetaData of its own; foreign keys point to stand-ins."""
        return detached.make_table(
            self.table_name,
            self.elements,
            schema=self.schema,
            convention=self.naming_convention,
            comment=self.comment,
            info=self.info,
            prefixes=list(self.prefixes),
            **{o: v for o, v in self.dialect_kwargs.items() if not _is_ours(o)},
        )

    @memoized_property
    def columns(self) -> list[sa_schema.CreateColumn]:
        """SQLAlchemy's view of the columns, for its compiler."""
        return [sa_schema.CreateColumn(c) for c in self.element.columns]

    def replace(self, **changed: Any) -> Self:
        elements = changed.pop("elements", self.elements)
        options = dict(changed.pop("dialect_kwargs", self.dialect_kwargs))
        keywords = {
            name: changed.pop(name, getattr(self, name))
            for name in ("schema", "if_not_exists", "comment", "info", "prefixes")
        }
        name = changed.pop("table_name", self.table_name)
        copy = type(self)(name, *elements, **keywords, **{**options, **changed})
        return copy.under(self.naming_convention)

    def _execute_on_connection(
        self, connection: Connection, distilled_params: Any, execution_options: Any
    ) -> Any:
        with _events(self.element, connection, "create"):
            return super()._execute_on_connection(connection, distilled_params, execution_options)

    def reverse(self) -> DropTable:
        return DropTable(self.table_name, schema=self.schema, existing_table=self)

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.table_name)
        columns = sum(isinstance(e, Column) for e in self.elements)
        return f"create table {where} ({columns} column{'' if columns == 1 else 's'})"

    def spelling(self) -> Spelling:
        plain = super().spelling()
        name, elements = plain.arguments
        keys = (one for one in elements if isinstance(one, PrimaryKeyConstraint))
        named = {name for key in keys for name in detached.column_names(key)}
        elements = [_without_key(one, named) for one in elements]
        keywords = dict(plain.keywords)
        if not self.prefixes:
            keywords.pop("prefixes", None)
        return Spelling(plain.word, (name, *elements), keywords)


def _without_key(element: SchemaItem, named: set[str]) -> SchemaItem:
    """Give a column as it is said beside the primary key that names it, other elements as they are."""
    if not (isinstance(element, Column) and element.primary_key and element.name in named):
        return element
    column = detached.copy_column(element)
    column.primary_key = False
    return column


def _is_ours(option: str) -> bool:
    """Tell whether we say an option that SQLAlchemy's Table doesn't know."""
    dialect, _, name = option.partition("_")
    return name in traits(dialect).table_options


@dataclass(eq=False, init=False)
class DropTable(Change, sa_schema.DropTable):
    """Drop a table: `op.drop_table("t")`.

    `DROP TABLE t`. Extends SQLAlchemy's class of the same name, which takes a
    `Table`; `DropTable.of(table)` does that here.

    Attributes:
        table_name: The table's name.
        schema: Its schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        existing_table: The change that would create it again, so that this one can
            be reversed, and so that types which only it uses go with it.
        dialect_kwargs: Dialect options (`oracle_cascade_constraints=True`, `oracle_purge=True`);
            what else `Table` takes is without effect on the statement.
    """

    words: ClassVar = ("drop_table",)

    table_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool = field(default=False, kw_only=True)
    existing_table: CreateTable | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )
    dialect_kwargs: dict[str, Any] = field(default_factory=dict, kw_only=True)

    def __init__(
        self,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        existing_table: CreateTable | None = None,
        **options: Any,
    ) -> None:
        self.table_name, self.schema = table_name, schema
        self.if_exists = False if if_exists is None else if_exists
        self.existing_table, self.dialect_kwargs = existing_table, options
        self.__post_init__()

    @classmethod
    def of(cls, table: Table) -> Self:
        """Make the change that drops a Table, reversible."""
        return cls(table.name, schema=table.schema, existing_table=CreateTable.of(table))

    @memoized_property
    def element(self) -> Table:
        """A detached Table of that name."""
        return detached.make_table(self.table_name, (), schema=self.schema)

    def _execute_on_connection(
        self, connection: Connection, distilled_params: Any, execution_options: Any
    ) -> Any:
        with _events(self.element, connection, "drop"):
            return super()._execute_on_connection(connection, distilled_params, execution_options)

    def reverse(self) -> CreateTable:
        if self.existing_table is None:
            raise IrreversibleChange(
                self.describe(), ("existing_table",), "the table's definition isn't known"
            )
        return self.existing_table

    def describe(self) -> str:
        return f"drop table {sqltext.dotted(self.schema, self.table_name)}"


@dataclass(eq=False)
class RenameTable(Change):
    """Rename a table: `op.rename_table("old", "new")`.

    `ALTER TABLE old RENAME TO new`; MySQL keeps the schema on both sides, SQL
    Server calls sp_rename.

    Attributes:
        old_table_name: Its name as it is.
        new_table_name: Its name afterwards.
        schema: Its schema, before and after; None for the default one.
    """

    words: ClassVar = ("rename_table",)

    old_table_name: str
    new_table_name: str
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> RenameTable:
        return RenameTable(self.new_table_name, self.old_table_name, schema=self.schema)

    def describe(self) -> str:
        return (
            f"rename table {sqltext.dotted(self.schema, self.old_table_name)} "
            f"to {self.new_table_name}"
        )


@dataclass(eq=False)
class SetTableSchema(Change):
    """Move a table to another schema: `op.set_table_schema("t", "archive")`.

    `ALTER TABLE t SET SCHEMA archive` on PostgreSQL, `ALTER SCHEMA ... TRANSFER` on SQL
    Server, `RENAME TABLE` into the other database on MySQL; the others can't.

    Attributes:
        table_name: Its name.
        new_schema: Its schema afterwards; None for the default one.
        schema: Its schema as it is; None for the default one.
    """

    words: ClassVar = ("set_table_schema",)

    table_name: str
    new_schema: str | None
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> SetTableSchema:
        return SetTableSchema(self.table_name, self.schema, schema=self.new_schema)

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.table_name)
        there = f"schema {self.new_schema}" if self.new_schema else "the default schema"
        return f"move table {where} to {there}"


@compiles(SetTableSchema)
def _set_table_schema(change: SetTableSchema, compiler: DDLCompiler, **kw: Any) -> str:
    raise UnsupportedChange(
        change.describe(), compiler.dialect.name, "it can't move a table to another schema"
    )


@contextmanager
def _events(table: Table, connection: Connection, verb: str) -> Iterator[None]:
    """Let who listens to a Table's events hear before and after, as `Table.create()` does.

    The listeners that SQLAlchemy's own types bring along (a native enum creates itself)
    are told to look first: the type is a statement of ours, and may be there.
    """
    heard: Any = table.dispatch
    getattr(heard, f"before_{verb}")(
        table, connection, checkfirst=True, _is_metadata_operation=False
    )
    yield
    getattr(heard, f"after_{verb}")(
        table, connection, checkfirst=True, _is_metadata_operation=False
    )


_ORDER = {"primary_key_constraint": 0, "unique_constraint": 1, "foreign_key_constraint": 2}


def _constraint_order(constraint: Any) -> tuple[int, str, tuple[str, ...]]:
    names = (
        detached.column_names(constraint)
        if isinstance(constraint, (ForeignKeyConstraint, UniqueConstraint))
        else ()
    )
    kind = _ORDER.get(constraint.__visit_name__, 3)
    return kind, str(constraint.name or ""), names or (str(getattr(constraint, "sqltext", "")),)


def _by_name(index: Index) -> str:
    return str(index.name)


@lowers(CreateTable)
def create_with_companions(
    change: CreateTable, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    """Create the table, then what CREATE TABLE doesn't say on this dialect."""
    table = change.element
    if not table.columns and not traits(dialect.name).empty_tables:
        raise UnsupportedChange(
            change.describe(), dialect.name, "a table has at least one column", "add one"
        )
    yield change
    for fk in sorted(table.foreign_key_constraints, key=_constraint_order):
        if fk.use_alter and dialect.supports_alter:
            yield AddConstraint(change.table_name, fk, schema=change.schema)
    for index in sorted(table.indexes, key=_by_name):
        yield CreateIndex.of(index)
    if traits(dialect.name).comments_apart:
        if change.comment is not None:
            yield CreateTableComment(change.table_name, change.comment, schema=change.schema)
        for column in table.columns:
            if column.comment is not None:
                yield AlterColumn(
                    change.table_name, column.name, comment=column.comment, schema=change.schema
                )


@compiles(CreateTable)
def _create_table(change: CreateTable, compiler: DDLCompiler, **kw: Any) -> str:
    return sqltext.visit(compiler, "create_table", change)


@compiles(DropTable)
def _drop_table(change: DropTable, compiler: DDLCompiler, **kw: Any) -> str:
    return sqltext.visit(compiler, "drop_table", change)


@compiles(RenameTable)
def _rename_table(change: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    old = sqltext.table(compiler, change.old_table_name, change.schema)
    return f"ALTER TABLE {old} RENAME TO {sqltext.name(compiler, change.new_table_name)}"
