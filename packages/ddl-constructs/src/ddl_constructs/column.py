"""Changes of columns: add and drop; altering one is in `alter_column`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import (
    Column,
    Constraint,
    UniqueConstraint,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.util import memoized_property

from . import detached, referent, sqltext
from .alter_column import AlterColumn
from .change import Change, lowers
from .constraint import AddConstraint
from .errors import IrreversibleChange, UnsupportedChange, WrongValue
from .index import CreateIndex
from .options import dialect_options
from .traits import traits


@dataclass(eq=False, init=False)
class AddColumn(Change):
    """Add a column to a table: `op.add_column("users", Column("age", Integer()))`.

    `ALTER TABLE users ADD COLUMN age INTEGER`; SQL Server and Oracle say `ADD`.
    A foreign key, UNIQUE, index or comment of the column follows as a statement
    of its own, except where the database takes it with the column.

    Attributes:
        table_name: The table's name.
        column: The column; copied before it is bound, so a model's may be given.
        schema: The table's schema; None for the default one.
        if_not_exists: Do nothing if the column is there (where the database can say it).
        inline_references: Write a single foreign key inside of the column.
        inline_primary_key: Write PRIMARY KEY inside of the column, if it is `primary_key`.
        insert_after: The column that it stands behind; None for the end, where all
            databases but MySQL and MariaDB put it.
        dialect_kwargs: Dialect options (`mssql_default_name`, the name of its default;
            `mysql_fill=True` lets the server give 0 or "" to rows that have no value).
    """

    words: ClassVar = ("add_column",)
    _made: ClassVar = frozenset({"bound"})

    table_name: str
    column: Column[Any]
    schema: str | None = field(default=None, kw_only=True)
    if_not_exists: bool | None = field(default=None, kw_only=True)
    inline_references: bool | None = field(default=None, kw_only=True)
    inline_primary_key: bool | None = field(default=None, kw_only=True)
    insert_after: str | None = field(default=None, kw_only=True)
    dialect_kwargs: dict[str, Any] = field(default_factory=dict, kw_only=True)

    def __init__(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
        insert_after: str | None = None,
        **options: Any,
    ) -> None:
        self.table_name, self.column, self.schema = table_name, column, schema
        self.if_not_exists, self.inline_references = if_not_exists, inline_references
        self.inline_primary_key, self.insert_after = inline_primary_key, insert_after
        self.dialect_kwargs = dialect_options("AddColumn", options, self.__dataclass_fields__)
        self.__post_init__()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.column.name:
            raise WrongValue("AddColumn", "column", self.column, "a Column that has a name")

    @memoized_property
    def bound(self) -> Column[Any]:
        """A copy of the column on a detached Table of that name."""
        return detached.bind_column(
            self.column, self.table_name, self.schema, self.naming_convention
        )

    def reverse(self) -> DropColumn:
        return DropColumn(
            self.table_name, self.column.name, schema=self.schema, existing_column=self.column
        )

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.table_name, self.column.name)
        null = "" if self.column.nullable else ", not null"
        return f"add column {where} ({sqltext.bare_type(self.column.type)}{null})"


@dataclass(eq=False, init=False)
class DropColumn(Change):
    """Drop a column: `op.drop_column("users", "age")`.

    `ALTER TABLE users DROP COLUMN age`.

    Attributes:
        table_name: The table's name.
        column_name: The column's name.
        schema: The table's schema; None for the default one.
        if_exists: Do nothing if the column isn't there (where the database can say it).
        existing_column: The column as it is, so that the change can be reversed;
            None if that isn't known.
        dialect_kwargs: Dialect options (`mssql_drop_default`, `oracle_cascade_constraints`, ...).
    """

    words: ClassVar = ("drop_column",)

    table_name: str
    column_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool | None = field(default=None, kw_only=True)
    existing_column: Column[Any] | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )
    dialect_kwargs: dict[str, Any] = field(default_factory=dict, kw_only=True)

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        existing_column: Column[Any] | None = None,
        **options: Any,
    ) -> None:
        self.table_name, self.column_name = table_name, column_name
        self.schema, self.if_exists, self.existing_column = schema, if_exists, existing_column
        self.dialect_kwargs = dialect_options("DropColumn", options, self.__dataclass_fields__)
        self.__post_init__()

    def reverse(self) -> AddColumn:
        if self.existing_column is None:
            raise IrreversibleChange(
                self.describe(), ("existing_column",), "the column's definition isn't known"
            )
        return AddColumn(self.table_name, self.existing_column, schema=self.schema)

    def describe(self) -> str:
        return f"drop column {sqltext.dotted(self.schema, self.table_name, self.column_name)}"


@lowers(AddColumn)
def add_with_companions(
    change: AddColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    """Add the column, then what a column brings along but ADD COLUMN doesn't say."""
    yield change
    yield from companions(change, dialect)


def companions(
    change: AddColumn, dialect: Dialect, *, references: bool = True, checks: bool = True
) -> Iterator[Change]:
    """Yield what must follow an added column: UNIQUE, index, foreign keys, CHECKs, comment.

    Args:
        change: The added column.
        dialect: Asked which type-bound CHECKs it would create, and how it comments.
        references: Yield foreign keys that aren't written inline.
        checks: Yield CHECKs that belong to the type (Boolean, Enum).
    """
    column = change.bound
    if not isinstance(column.table, detached.TableName):  # only then it brings anything to a Table
        yield from _of_its_table(change, dialect, references, checks)
    if column.comment is not None and traits(dialect.name).comments_apart:
        yield AlterColumn(
            change.table_name,
            column.name,
            comment=column.comment,
            existing_comment=None,
            schema=change.schema,
        )


def _of_its_table(
    change: AddColumn, dialect: Dialect, references: bool, checks: bool
) -> Iterator[Change]:
    """Yield what a Table keeps beside its columns, and the added one brought."""
    column, name, schema = change.bound, change.table_name, change.schema
    table = column.table
    type_bound = detached.checks_of_type(column, dialect)
    for unique in sorted(table.constraints, key=lambda c: str(c.name)):
        if isinstance(unique, UniqueConstraint) or (checks and unique in type_bound):
            yield AddConstraint(name, unique, schema=schema)
    for index in table.indexes:
        yield CreateIndex.of(index)
    inline = change.inline_references and len(column.foreign_keys) == 1
    if references and not inline:
        for fk in sorted(table.foreign_key_constraints, key=lambda c: referent.targets(c)):
            yield AddConstraint(name, fk, schema=schema)


@compiles(AddColumn)
def _add_column(change: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    return add_column_text(change, compiler, "ADD COLUMN ")


def add_column_text(
    change: AddColumn,
    compiler: DDLCompiler,
    verb: str,
    *,
    checks: Iterable[Constraint] = (),
    without: Collection[Constraint] = (),
    place: str | None = None,
) -> str:
    """Write ALTER TABLE ... ADD, with `verb` in front of the column.

    Args:
        change: The change.
        compiler: Of the dialect to write for.
        verb: "ADD COLUMN " or what the dialect says instead.
        checks: More constraints to write inside of the column.
        without: Constraints of the column to leave out.
        place: What says where the column stands; None where it always comes last.
    """
    if change.insert_after is not None and place is None:
        raise UnsupportedChange(
            change.describe(),
            compiler.dialect.name,
            "a new column always comes last",
            "leave insert_after out",
        )
    column = change.bound
    text = compiler.get_column_specification(column)
    if change.inline_primary_key and column.primary_key:
        text += " PRIMARY KEY"
    for constraint in (*column.constraints, *checks):
        if constraint not in without:
            text += " " + compiler.process(constraint)
    if change.inline_references and len(column.foreign_keys) == 1:
        text += " " + references_text(next(iter(column.foreign_keys)).constraint, compiler)
    guard = sqltext.yes(change.if_not_exists, "IF NOT EXISTS")
    table = sqltext.table(compiler, change.table_name, change.schema)
    return f"ALTER TABLE {table} {verb}{guard}{text}{place or ''}"


def references_text(constraint: Any, compiler: DDLCompiler) -> str:
    """Write a foreign key as it stands inside of a column: [CONSTRAINT name] REFERENCES ..."""
    whole = sqltext.visit(compiler, "foreign_key_constraint", constraint)
    before, references, after = whole.partition(" REFERENCES ")
    named, _, _ = before.partition("FOREIGN KEY")
    return f"{named}REFERENCES {after}" if references else whole


@compiles(DropColumn)
def _drop_column(change: DropColumn, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    return f"ALTER TABLE {table} DROP COLUMN {guard}{sqltext.name(compiler, change.column_name)}"
