"""Changes of enum types that are objects of their own (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from . import sqltext
from .change import Change, lowers
from .errors import IrreversibleChange, UnsupportedChange, WrongValue
from .wellformed import several


@dataclass(eq=False, init=False)
class CreateEnum(Change):
    """Create an enum type: `op.create_enum("mood", ["sad", "happy"])`.

    `CREATE TYPE mood AS ENUM ('sad', 'happy')` on PostgreSQL. Elsewhere there is nothing to
    do: a column of the type brings its labels along.

    Attributes:
        enum_name: The type's name.
        labels: Its labels, in the order in which they sort.
        schema: Its schema; None for the default one.
        if_not_exists: Do nothing if it is there with the same labels in the same
            order; with other labels it is an error all the same.
    """

    words: ClassVar = ("create_enum",)

    enum_name: str
    labels: tuple[str, ...]
    schema: str | None = field(default=None, kw_only=True)
    if_not_exists: bool | None = field(default=None, kw_only=True)

    def __init__(
        self,
        enum_name: str,
        labels: Sequence[str],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
    ) -> None:
        self.enum_name, self.labels = enum_name, several("CreateEnum", "labels", labels)
        self.schema, self.if_not_exists = schema, if_not_exists
        self.__post_init__()

    def reverse(self) -> DropEnum:
        return DropEnum(self.enum_name, schema=self.schema, existing_labels=self.labels)

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.enum_name)
        return f"create enum {where} ({', '.join(map(repr, self.labels))})"


@dataclass(eq=False, init=False)
class DropEnum(Change):
    """Drop an enum type: `op.drop_enum("mood")`.

    `DROP TYPE mood` on PostgreSQL, which refuses while a column is of the type. Elsewhere
    there is nothing to do.

    Attributes:
        enum_name: The type's name.
        schema: Its schema; None for the default one.
        if_exists: Do nothing if it isn't there.
        if_unused: Do nothing if it isn't there or a column is still of the type.
        existing_labels: Its labels, so that the change can be reversed; None if unknown.
    """

    words: ClassVar = ("drop_enum",)

    enum_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool | None = field(default=None, kw_only=True)
    if_unused: bool | None = field(default=None, kw_only=True)
    existing_labels: tuple[str, ...] | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def __init__(
        self,
        enum_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        if_unused: bool | None = None,
        existing_labels: Sequence[str] | None = None,
    ) -> None:
        self.enum_name, self.schema = enum_name, schema
        self.if_exists, self.if_unused = if_exists, if_unused
        self.existing_labels = _labels("DropEnum", existing_labels)
        self.__post_init__()

    def reverse(self) -> CreateEnum:
        if self.existing_labels is None:
            raise IrreversibleChange(
                self.describe(), ("existing_labels",), "the labels aren't known"
            )
        return CreateEnum(self.enum_name, self.existing_labels, schema=self.schema)

    def describe(self) -> str:
        return f"drop enum {sqltext.dotted(self.schema, self.enum_name)}"


@dataclass(eq=False)
class AddEnumValue(Change):
    """Add a label to an enum type: `op.add_enum_value("mood", "ok", after="sad")`.

    `ALTER TYPE mood ADD VALUE 'ok' AFTER 'sad'`. Before PostgreSQL 12 it can't run
    inside a transaction; from 12 on it can, but the label can't be used before the
    transaction ends.

    Attributes:
        enum_name: The type's name.
        value: The new label.
        before: The label that it sorts before; None for the end.
        after: The label that it sorts after; None for the end.
        schema: Its schema; None for the default one.
        if_not_exists: Do nothing if the label is there.
        existing_labels: All labels as they are, so that the change can be reversed.
    """

    words: ClassVar = ("add_enum_value",)

    enum_name: str
    value: str
    before: str | None = field(default=None, kw_only=True)
    after: str | None = field(default=None, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    if_not_exists: bool | None = field(default=None, kw_only=True)
    existing_labels: tuple[str, ...] | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.before is not None and self.after is not None:
            raise WrongValue("AddEnumValue", "after", self.after, "None where before is said")
        known = self.existing_labels
        for place in ("before", "after"):
            label = getattr(self, place)
            if label is not None and known is not None and label not in (*known, self.value):
                raise WrongValue("AddEnumValue", place, label, f"one of existing_labels, {known}")

    @property
    def labels(self) -> tuple[str, ...] | None:
        """All labels afterwards; None if those before aren't known."""
        if self.existing_labels is None or self.value in self.existing_labels:
            return self.existing_labels
        labels = list(self.existing_labels)
        if self.before is not None:
            labels.insert(labels.index(self.before), self.value)
        elif self.after is not None:
            labels.insert(labels.index(self.after) + 1, self.value)
        else:
            labels.append(self.value)
        return tuple(labels)

    def reverse(self) -> ReplaceEnum:
        if self.existing_labels is None:
            raise IrreversibleChange(
                self.describe(), ("existing_labels",), "a label goes only with a new type"
            )
        return ReplaceEnum(
            self.enum_name, self.existing_labels, schema=self.schema, existing_labels=self.labels
        )

    def describe(self) -> str:
        where = (
            f" before {self.before!r}"
            if self.before
            else f" after {self.after!r}"
            if self.after
            else ""
        )
        return (
            f"add value {self.value!r} to enum {sqltext.dotted(self.schema, self.enum_name)}{where}"
        )


@dataclass(eq=False)
class RenameEnumValue(Change):
    """Rename a label of an enum type: `op.rename_enum_value("mood", "sad", "blue")`.

    `ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'`; rows keep their value under the new name.

    Attributes:
        enum_name: The type's name.
        old_value: The label as it is.
        new_value: The label afterwards.
        schema: Its schema; None for the default one.
    """

    words: ClassVar = ("rename_enum_value",)

    enum_name: str
    old_value: str
    new_value: str
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> RenameEnumValue:
        return RenameEnumValue(self.enum_name, self.new_value, self.old_value, schema=self.schema)

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.enum_name)
        return f"rename value {self.old_value!r} of enum {where} to {self.new_value!r}"


@dataclass(frozen=True)
class EnumColumn:
    """A column that is of an enum type, for `ReplaceEnum`.

    Attributes:
        table_name: The table's name.
        column_name: The column's name.
        schema: The table's schema; None for the default one.
        server_default: Its default as a Column takes it, set again afterwards; None for none.
        array: Whether it is an array of the type.
    """

    table_name: str
    column_name: str
    schema: str | None = None
    server_default: Any = None
    array: bool = False


@dataclass(eq=False, init=False)
class ReplaceEnum(Change):
    """Give an enum type other labels by a new type: `op.replace_enum("mood", ["ok", "happy"])`.

    The way to take a label away or to sort labels anew: the type is renamed, the new
    one created under its name, each column converted by its text (its default taken
    off and set again), the old type dropped.

    Attributes:
        enum_name: The type's name.
        labels: Its labels afterwards, in the order in which they sort.
        schema: Its schema; None for the default one.
        columns: The columns of the type; None to read them from the database.
        renamed: What becomes of labels that go: old label to new one.
        existing_labels: Its labels as they are, so that the change can be reversed.
    """

    words: ClassVar = ("replace_enum",)

    enum_name: str
    labels: tuple[str, ...]
    schema: str | None = field(default=None, kw_only=True)
    columns: tuple[EnumColumn, ...] | None = field(default=None, kw_only=True)
    renamed: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    existing_labels: tuple[str, ...] | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def __init__(
        self,
        enum_name: str,
        labels: Sequence[str],
        *,
        schema: str | None = None,
        columns: Sequence[EnumColumn] | None = None,
        renamed: Mapping[str, str] | None = None,
        existing_labels: Sequence[str] | None = None,
    ) -> None:
        self.enum_name, self.schema = enum_name, schema
        self.labels = several("ReplaceEnum", "labels", labels)
        self.columns = None if columns is None else several("ReplaceEnum", "columns", columns)
        self.renamed = {} if renamed is None else renamed
        self.existing_labels = _labels("ReplaceEnum", existing_labels)
        self.__post_init__()
        _each_once("ReplaceEnum", self.labels)
        for new in self.renamed.values():
            if new not in self.labels:
                raise WrongValue("ReplaceEnum", "renamed", new, f"one of labels, {self.labels}")

    def reverse(self) -> ReplaceEnum:
        if self.existing_labels is None:
            raise IrreversibleChange(
                self.describe(), ("existing_labels",), "the former labels aren't known"
            )
        return ReplaceEnum(
            self.enum_name,
            self.existing_labels,
            schema=self.schema,
            columns=self.columns,
            renamed={new: old for old, new in self.renamed.items()},
            existing_labels=self.labels,
        )

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.enum_name)
        return f"replace enum {where} ({', '.join(map(repr, self.labels))})"


def _each_once(change: str, labels: Sequence[str]) -> None:
    for number, label in enumerate(labels):
        if label in labels[:number]:
            raise WrongValue(change, "labels", label, "each label once")


def _labels(change: str, existing: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if existing is None else several(change, "existing_labels", existing)


@lowers(CreateEnum)
@lowers(DropEnum)
def _nothing_to_do(
    change: CreateEnum | DropEnum, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Where a type isn't an object of its own, an Enum column brings its labels along."""
    return iter(())


@compiles(AddEnumValue)
@compiles(RenameEnumValue)
@compiles(ReplaceEnum)
def _refuse(change: Change, compiler: DDLCompiler, **kw: Any) -> str:
    raise UnsupportedChange(
        change.describe(),
        compiler.dialect.name,
        "it has no enum types of their own",
        "an Enum column brings its labels along",
    )
