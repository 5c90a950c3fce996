"""A schema as plain values: what a database says and what models say, in one form.

Two schemas are compared by these values alone. A value that was made from a
model carries the SQLAlchemy object along in `source`, which takes no part in
comparing; one that was read from a database has None there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

from ddl_constructs import ObjectKey

from .namespaces import Namespaces
from .objects import ObjectValue

Key = tuple[str | None, str]
"""(schema, table name); schema is None for the default one."""

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(kind: type[_T]) -> type[_T]:
    """Make a dataclass of a class whose instances nobody changes.

    The type checker holds them frozen. At run time a frozen dataclass takes three times as long to
    make, and a schema of a thousand tables is forty thousand of them.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)


def varied(one: _T, **facts: Any) -> _T:
    """Give a copy of a value in which some facts are others, for a third of what `replace` costs."""
    copy = type(one)(*_all_facts(type(one))(one))  # type: ignore[arg-type]  # a class has a hash
    for name, fact in facts.items():
        setattr(copy, name, fact)
    return copy


@cache
def _all_facts(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(each.name for each in fields(kind)))


@value
class EnumValue:
    """A native enum type.

    Attributes:
        name: The type's name.
        schema: Its schema; None for the default one.
        labels: Its labels in their order.
    """

    name: str
    schema: str | None
    labels: tuple[str, ...]


@value
class ComputedValue:
    """A generated column's expression.

    Attributes:
        expression: SQL text.
        stored: Whether the value is kept in the row.
    """

    expression: str
    stored: bool


@value
class IdentityValue:
    """An identity column's options; None where the database's own default holds.

    Attributes:
        options: What else its dialect says, as Identity takes it; sorted pairs.
    """

    always: bool = False
    start: int | None = None
    increment: int | None = None
    minvalue: int | None = None
    maxvalue: int | None = None
    cycle: bool = False
    cache: int | None = None
    options: tuple[tuple[str, Any], ...] = ()


@value
class ColumnValue:
    """A column.

    Attributes:
        name: Its name in the database.
        type: Its type as the dialect writes it, in the dialect's canonical spelling.
        nullable: Whether NULL is allowed.
        default: SQL text of the server default; None if there is none. The default
            of a serial column, which belongs to the column, isn't one.
        comment: Its comment, or None.
        computed: Its expression if it is generated, else None.
        identity: Its options if it is an identity column, else None.
        collation: A collation that was stated, or None.
        charset: A character set that a model states (MySQL), or None.
        autoincrement: True if the database numbers the rows (serial, AUTO_INCREMENT); else None.
        sequence: The sequence that numbers the rows and belongs to the column, as SQL
            text; None for a model's, or where there is none.
        sequence_type: The type of that sequence's values; likewise.
        enum: The native enum that its type is, or None.
        onupdate: What MySQL sets on every update (`ON UPDATE`), or None.
        inherited: Whether it is there only because a table that this one inherits from has it
            (PostgreSQL).
        inherits_default: Whether its default is that of such a table's column.
    """

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    comment: str | None = None
    computed: ComputedValue | None = None
    identity: IdentityValue | None = None
    collation: str | None = None
    autoincrement: bool | None = None
    enum: EnumValue | None = None
    onupdate: str | None = None
    charset: str | None = field(default=None, compare=False)
    sequence: str | None = field(default=None, compare=False)
    sequence_type: str | None = field(default=None, compare=False)
    inherited: bool = field(default=False, compare=False)
    inherits_default: bool = field(default=False, compare=False)
    source: Any = field(default=None, compare=False, repr=False)  # a Column, or None


@value
class PrimaryKeyValue:
    """A primary key.

    Attributes:
        columns: Its columns in order.
        name: Its name; None if it has none.
        options: What its dialect says of one that was read, as the constraint takes it.
    """

    columns: tuple[str, ...]
    name: str | None = None
    options: tuple[tuple[str, Any], ...] = field(default=(), compare=False)
    source: Any = field(default=None, compare=False, repr=False)


@value
class UniqueValue:
    """A unique constraint.

    Attributes:
        columns: Its columns in order.
        name: Its name, or None.
        deferrable: Whether it can wait for the end of the transaction.
        initially: "DEFERRED", or None for the usual IMMEDIATE.
        nulls_not_distinct: Whether two NULLs are the same (PostgreSQL).
        on_conflict: What becomes of a row that breaks it (SQLite), None for the usual ABORT.
        options: What else its dialect says of one that was read, as the constraint takes it.
    """

    columns: tuple[str, ...]
    name: str | None = None
    deferrable: bool = False
    initially: str | None = None
    nulls_not_distinct: bool = False
    on_conflict: str | None = None
    options: tuple[tuple[str, Any], ...] = field(default=(), compare=False)
    source: Any = field(default=None, compare=False, repr=False)


@value
class ForeignKeyValue:
    """A foreign key.

    Attributes:
        columns: Its columns in order.
        target: The table that it points to.
        target_columns: The columns that it points to, in the same order.
        name: Its name, or None.
        onupdate: The action, upper case; None for the database's default.
        ondelete: Likewise.
        deferrable: Whether it can wait for the end of the transaction.
        initially: "DEFERRED", or None for the usual IMMEDIATE.
        match: "FULL" or "PARTIAL"; None for the usual SIMPLE.
    """

    columns: tuple[str, ...]
    target: Key
    target_columns: tuple[str, ...]
    name: str | None = None
    onupdate: str | None = None
    ondelete: str | None = None
    deferrable: bool = False
    initially: str | None = None
    match: str | None = None
    source: Any = field(default=None, compare=False, repr=False)


@value
class CheckValue:
    """A CHECK constraint.

    Attributes:
        text: Its condition as SQL text, as the database has it where that was asked.
        name: Its name, or None.
        spelled: Its condition as the model has it; None for one that was read.
        column: The column that it is written inside of, where the database remembers that
            (MariaDB); else None.
    """

    text: str
    name: str | None = None
    spelled: str | None = field(default=None, compare=False, repr=False)
    column: str | None = field(default=None, compare=False)
    source: Any = field(default=None, compare=False, repr=False)


@value
class ExcludeValue:
    """An exclusion constraint (PostgreSQL).

    Attributes:
        text: Its definition as SQL text, from EXCLUDE on, without its deferral.
        name: Its name, or None.
        deferrable: Whether it can wait for the end of the transaction.
        initially: "DEFERRED", or None for the usual IMMEDIATE.
    """

    text: str
    name: str | None = None
    deferrable: bool = False
    initially: str | None = None
    source: Any = field(default=None, compare=False, repr=False)


@value
class SequenceValue:
    """A sequence that belongs to no column; None where the database's own default holds."""

    name: str
    schema: str | None = None
    type: str | None = None
    start: int | None = None
    increment: int | None = None
    minvalue: int | None = None
    maxvalue: int | None = None
    cycle: bool = False
    cache: int | None = None
    order: bool = False
    source: Any = field(default=None, compare=False, repr=False)  # a Sequence, or None

    @property
    def key(self) -> Key:
        """(schema, name)."""
        return self.schema, self.name


@value
class ElementValue:
    """One element of an index.

    Attributes:
        text: The column's name, or the expression as SQL text.
        expression: Whether `text` is an expression.
        descending: Whether it is sorted downwards.
        nulls: "first" or "last" where that isn't what follows from the direction; else None.
        opclass: An operator class that isn't the type's default, or None.
        collation: A collation that isn't the column's, or None.
        length: How many characters are indexed (MySQL), or None for all.
    """

    text: str
    expression: bool = False
    descending: bool = False
    nulls: str | None = None
    opclass: str | None = None
    collation: str | None = None
    length: int | None = None


@value
class IndexValue:
    """An index.

    Attributes:
        name: Its name; None only for a model's that the dialect names.
        elements: What is indexed, in order.
        unique: Whether two rows may not agree in all elements.
        where: SQL text of the condition, or None for all rows.
        using: The method where it isn't the usual one, or None.
        include: Columns that are only carried along.
        nulls_not_distinct: Whether two NULLs are the same (PostgreSQL).
        options: Storage parameters, (name, value) pairs, sorted.
    """

    name: str | None
    elements: tuple[ElementValue, ...]
    unique: bool = False
    where: str | None = None
    using: str | None = None
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    options: tuple[tuple[str, str], ...] = ()
    source: Any = field(default=None, compare=False, repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that are elements themselves, in order."""
        return tuple(e.text for e in self.elements if not e.expression)


@value
class TableValue:
    """A table with all that hangs on it.

    Attributes:
        name: Its name.
        schema: Its schema; None for the default one.
        columns: Its columns in order.
        primary_key: Its primary key, or None.
        uniques, foreign_keys, checks, indexes, excludes: What it has of each, in no order
            that matters.
        comment: Its comment, or None.
        options: What else its dialect says of it (WITHOUT ROWID, an engine, ...), sorted
            pairs; compared apart, since a model states few of them.
        parents: Tables that it inherits from (PostgreSQL), in order.
    """

    name: str
    schema: str | None = None
    columns: tuple[ColumnValue, ...] = ()
    primary_key: PrimaryKeyValue | None = None
    uniques: tuple[UniqueValue, ...] = ()
    foreign_keys: tuple[ForeignKeyValue, ...] = ()
    checks: tuple[CheckValue, ...] = ()
    indexes: tuple[IndexValue, ...] = ()
    excludes: tuple[ExcludeValue, ...] = ()
    comment: str | None = None
    options: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    parents: tuple[Key, ...] = field(default=(), compare=False)
    source: Any = field(default=None, compare=False, repr=False)  # a Table, or None

    @property
    def key(self) -> Key:
        """(schema, name)."""
        return self.schema, self.name

    @property
    def spelled_schema(self) -> str | None:
        """The schema as the model writes it, which may name the default one."""
        return self.schema if self.source is None else self.source.schema

    def column(self, name: str) -> ColumnValue | None:
        """Find a column by its name; None if there is none."""
        return next((c for c in self.columns if c.name == name), None)


@value
class Granted:
    """A privilege that somebody has.

    Attributes:
        kind: What it is for: "table" (also a view), "sequence", "function", "procedure", "schema"
            or "type".
        schema: The schema of that; None for the default one, and for a schema.
        name: Its name.
        part: A column, or the types of a routine's arguments; None for all of it.
        grantee: Who has it, PUBLIC for everybody.
        privilege: In the database's words, in capitals.
        grantable: Whether he may pass it on.
    """

    kind: str
    schema: str | None
    name: str
    part: str | None
    grantee: str
    privilege: str
    grantable: bool = False


@dataclass(frozen=True)
class Snapshot:
    """The tables of a database, or of models, at one moment.

    Attributes:
        tables: By (schema, name); sorted, schema None first.
        dialect: Name of the dialect in whose words the values are written.
        namespaces: What the schemas in the keys are called in the database.
        sequences: Those that belong to no column, by (schema, name), sorted.
        schemas: Names of all schemas; None if only the default one was looked at.
        objects: Views, routines, triggers and types; of a database only where they were asked for.
        granted: Who has which privileges; only where that was asked for.
        every_privilege: What ALL means, by the kind of thing; likewise.
        views: Views that tables of the models stand for: their columns are read, and nobody makes
            or drops them.
    """

    tables: Mapping[Key, TableValue]
    dialect: str
    namespaces: Namespaces = field(default_factory=Namespaces)
    sequences: Mapping[Key, SequenceValue] = field(default_factory=dict)
    schemas: frozenset[str] | None = field(default=None, compare=False)
    objects: Mapping[ObjectKey, ObjectValue] = field(default_factory=dict, compare=False)
    granted: tuple[Granted, ...] = field(default=(), compare=False)
    every_privilege: Mapping[str, list[str]] = field(default_factory=dict, compare=False)
    views: frozenset[Key] = field(default=frozenset(), compare=False)

    @property
    def default_schema(self) -> str | None:
        """Name of the schema that is None in the keys; None if unknown."""
        return self.namespaces.default

    def only(self, takes: Callable[[Key], bool]) -> Snapshot:
        """Give those of its tables and sequences that a function takes."""
        return replace(
            self,
            tables={k: t for k, t in self.tables.items() if takes(k)},
            sequences={k: s for k, s in self.sequences.items() if takes(k)},
        )


def by_key(values: Mapping[Key, _T]) -> dict[Key, _T]:
    """Sort tables, or sequences, by schema (the default one first) and name."""
    return dict(sorted(values.items(), key=lambda item: sort_key(item[0])))


def sort_key(key: Key) -> tuple[str, str]:
    """Give what a table is sorted by."""
    return key[0] or "", key[1]
