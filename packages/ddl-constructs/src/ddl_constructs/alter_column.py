"""The change that alters a column, aspect by aspect."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from sqlalchemy import CheckConstraint, Column, Computed, Identity, MetaData, Table
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.types import TypeEngine

from . import sqltext
from .change import KEEP, Change, Keep, lowers
from .constraint import AddConstraint, DropConstraint
from .detached import checks_of_type
from .errors import IrreversibleChange, UnsupportedChange, WrongValue
from .options import dialect_options, oracle_numbering


@dataclass(eq=False, init=False)
class AlterColumn(Change):
    """Alter a column: `op.alter_column("users", "age", nullable=False)`.

    `ALTER TABLE users ALTER COLUMN age SET NOT NULL`. On MySQL and MariaDB the whole
    column is repeated (`MODIFY`, `CHANGE`), so the `existing_*` facts are needed there
    (read from the database where a connection is at hand).

    `KEEP`, the default everywhere, leaves a fact as it is. None removes it in
    `server_default` and `comment`, and means `KEEP` elsewhere; False means `KEEP` in
    those two.

    Attributes:
        table_name: The table's name.
        column_name: The column's name as it is now.
        nullable: Whether NULL is allowed afterwards.
        comment: The comment afterwards; None removes it.
        server_default: The default afterwards, as a Column takes it; None removes it.
        new_column_name: The name afterwards.
        type_: The type afterwards, an instance (a class is called).
        existing_type: The type as it is, likewise `existing_server_default`,
            `existing_nullable`, `existing_comment` (None: there is none).
        schema: The table's schema; None for the default one.
        autoincrement: Whether MySQL numbers the rows afterwards; `existing_autoincrement`
            whether it does now.
        dialect_kwargs: Dialect options (`postgresql_using`, ...).
    """

    words: ClassVar = ("alter_column",)

    table_name: str
    column_name: str
    nullable: bool | Keep = field(default=KEEP, kw_only=True)
    comment: str | Keep | None = field(default=KEEP, kw_only=True)
    server_default: Any = field(default=KEEP, kw_only=True)
    new_column_name: str | Keep = field(default=KEEP, kw_only=True)
    type_: TypeEngine[Any] | Keep = field(default=KEEP, kw_only=True)
    existing_type: TypeEngine[Any] | Keep = field(default=KEEP, kw_only=True)
    existing_server_default: Any = field(default=KEEP, kw_only=True)
    existing_nullable: bool | Keep = field(default=KEEP, kw_only=True)
    existing_comment: str | Keep | None = field(default=KEEP, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)
    autoincrement: Any = field(default=KEEP, kw_only=True)
    existing_autoincrement: Any = field(default=KEEP, kw_only=True)
    dialect_kwargs: dict[str, Any] = field(default_factory=dict, kw_only=True)

    ASPECTS: ClassVar = ("type_", "nullable", "server_default", "comment", "autoincrement")
    """What may differ of a column, apart from its name; the order of the statements."""

    def __init__(
        self,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | Keep | None = KEEP,
        comment: str | bool | Keep | None = KEEP,
        server_default: Any = KEEP,
        new_column_name: str | Keep | None = KEEP,
        type_: TypeEngine[Any] | type[TypeEngine[Any]] | Keep | None = KEEP,
        existing_type: TypeEngine[Any] | type[TypeEngine[Any]] | Keep | None = KEEP,
        existing_server_default: Any = KEEP,
        existing_nullable: bool | Keep | None = KEEP,
        existing_comment: str | Keep | None = KEEP,
        schema: str | None = None,
        autoincrement: Any = KEEP,
        existing_autoincrement: Any = KEEP,
        **options: Any,
    ) -> None:
        self.table_name, self.column_name, self.schema = table_name, column_name, schema
        self.nullable = _none_keeps(nullable)
        self.comment = KEEP if comment is False else comment  # type: ignore[assignment]  # True isn't meant
        self.server_default = KEEP if server_default is False else server_default
        self.new_column_name = _none_keeps(new_column_name)
        self.type_ = _type("type_", type_)
        self.existing_type = _type("existing_type", existing_type)
        self.existing_server_default = (
            KEEP if existing_server_default is False else existing_server_default
        )
        self.existing_nullable = _none_keeps(existing_nullable)
        self.existing_comment = existing_comment
        self.autoincrement = _none_keeps(autoincrement)
        self.existing_autoincrement = _none_keeps(existing_autoincrement)
        self.dialect_kwargs = dialect_options("AlterColumn", options, self.__dataclass_fields__)
        self.__post_init__()

    @property
    def aspects(self) -> tuple[str, ...]:
        """Names of the fields that change something, a rename last; may be empty."""
        found = [a for a in self.ASPECTS if getattr(self, a) is not KEEP]
        if self.new_column_name is not KEEP and self.new_column_name != self.column_name:
            found.append("new_column_name")
        return tuple(found)

    def only(self, aspect: str) -> AlterColumn:
        """Give the change of one aspect alone, with the `existing_*` facts."""
        others: dict[str, Any] = {
            a: KEEP for a in (*self.ASPECTS, "new_column_name") if a != aspect
        }
        if aspect != "type_":
            others["dialect_kwargs"] = self._without_cast()
        return self.replace(**others)

    def under_new_name(self) -> AlterColumn:
        """Give the change with the name that the column has afterwards; itself if none comes."""
        if "new_column_name" not in self.aspects:
            return self
        return self.replace(column_name=self.new_column_name, new_column_name=KEEP)

    def _without_cast(self) -> dict[str, Any]:
        """Give the dialect options that aren't about converting to the new type."""
        return {k: v for k, v in self.dialect_kwargs.items() if k != "postgresql_using"}

    def reverse(self) -> AlterColumn:
        swapped: dict[str, Any] = {}
        missing = []
        for aspect in self.aspects:
            if aspect == "new_column_name":
                swapped["column_name"] = self.new_column_name
                swapped["new_column_name"] = self.column_name
                continue
            existing = "existing_" + aspect.rstrip("_")
            swapped[aspect] = _as_it_was(getattr(self, existing), getattr(self, aspect))
            swapped[existing] = getattr(self, aspect)
            if swapped[aspect] is KEEP:
                missing.append(existing)
        if missing:
            raise IrreversibleChange(
                self.describe(), tuple(missing), "what was there before isn't known"
            )
        return self.replace(**swapped, dialect_kwargs=self._without_cast())

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.table_name, self.column_name)
        said = [_say(self, a) for a in self.aspects]
        return f"alter column {where}: {', '.join(said)}" if said else f"leave column {where}"


# SQL:2003, sequence generators: what an option is that nobody says
_UNSAID: dict[str, dict[str, Any]] = {
    "start": {"start": 1},
    "increment": {"increment": 1},
    "cache": {"cache": 1},
    "cycle": {"cycle": False},
    "minvalue": {"nominvalue": True},
    "maxvalue": {"nomaxvalue": True},
}


def _as_it_was(old: Any, new: Any) -> Any:
    """Give what was there before, an Identity with all that the new one says otherwise."""
    if not isinstance(old, Identity) or not isinstance(new, Identity):
        return old
    said: dict[str, Any] = {}
    for option, unsaid in _UNSAID.items():
        if getattr(new, option) is not None and getattr(old, option) is None:
            said |= unsaid
    if not said:
        return old
    names = (*_UNSAID, "always", "nominvalue", "nomaxvalue")
    stated = {n: v for n in names if (v := getattr(old, n, None)) is not None}
    return Identity(**{**stated, **oracle_numbering(old), **said})


def _none_keeps(value: Any) -> Any:
    return KEEP if value is None else value


def _type(field: str, value: Any) -> Any:
    """Give a type as an instance; None keeps."""
    if not isinstance(value, type) or not issubclass(value, TypeEngine):
        return _none_keeps(value)
    try:
        return value()
    except TypeError as err:
        raise WrongValue("AlterColumn", field, value, "a type with its arguments") from err


def _text(value: Any) -> str:
    """Write a server default for a person, on one line."""
    match value:
        case Computed():
            return f"computed ({sqltext.spoken(value.sqltext)})"
        case Identity():
            return f"identity{' always' if value.always else ''}"
    arg = getattr(value, "arg", value)
    return repr(arg) if isinstance(arg, str) else sqltext.spoken(arg)


def _say(change: AlterColumn, aspect: str) -> str:
    match aspect:
        case "type_":
            new = sqltext.bare_type(change.type_)
            if change.existing_type is KEEP:
                return f"type {new}"
            return f"type {sqltext.bare_type(change.existing_type)} -> {new}"
        case "nullable":
            return "nullable" if change.nullable else "not null"
        case "server_default":
            if change.server_default is None:
                return "no default"
            return f"default {_text(change.server_default)}"
        case "comment":
            return "no comment" if change.comment is None else f"comment {change.comment!r}"
        case "autoincrement":
            return f"autoincrement {change.autoincrement}"
    return f"rename to {change.new_column_name}"


@lowers(AlterColumn)
def alter_one_by_one(
    change: AlterColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Alter one aspect a statement, the name last; nothing where nothing changes.

    The CHECK that the old type brought goes first, that of the new one comes after.
    """
    aspects = [a for a in change.aspects if a != "autoincrement"]
    warn_of_autoincrement(change, dialect)
    before, after = type_checks(change, dialect)
    if len(change.aspects) == 1 and aspects and not before and not after:
        yield change
        return
    yield from before
    for aspect in aspects:
        if aspect == "new_column_name":  # it comes last, and the CHECK says the old name
            yield from after
            after = []
        only = change.only(aspect)
        yield only.replace(existing_type=KEEP) if aspect == "type_" else only
    yield from after


def narrow(change: AlterColumn, *aspects: str, **facts: Any) -> AlterColumn:
    """Give the change of some aspects alone, with facts replaced; itself if nothing differs.

    A lowering that yields the change itself says that it is one statement.
    """
    for aspect in (*AlterColumn.ASPECTS, "new_column_name", "existing_autoincrement"):
        if aspect not in aspects:
            facts.setdefault(aspect, KEEP)
    other = {name: value for name, value in facts.items() if getattr(change, name) is not value}
    return change.replace(**other) if other else change


def warn_of_autoincrement(change: AlterColumn, dialect: Dialect) -> None:
    """Warn if a change states `autoincrement` for a dialect that has no such aspect."""
    if change.autoincrement is not KEEP or change.existing_autoincrement is not KEEP:
        warnings.warn(
            f"autoincrement of {change.table_name}.{change.column_name} means something "
            f"on MySQL only, not on {dialect.name}",
            stacklevel=2,
        )


def type_checks(
    change: AlterColumn, dialect: Dialect, *, unnamed: Literal["refuse", "pass over"] = "refuse"
) -> tuple[list[DropConstraint], list[AddConstraint]]:
    """Give what happens to the CHECKs of a Boolean or Enum when the type changes.

    Args:
        change: The change of a column's type.
        dialect: Asked which CHECKs it would create.
        unnamed: What to do about an old CHECK that has no name to drop it by.

    Returns:
        The drops before the change and the additions after it; both empty unless
        the old and the new type are known.
    """
    if change.type_ is KEEP or change.existing_type is KEEP:
        return [], []
    old = list(_checks_of_type(change, change.existing_type, dialect))
    new = list(_checks_of_type(change, change.type_, dialect))
    drops: list[DropConstraint] = []
    for check in old:
        if not isinstance(check.name, str):
            if unnamed == "pass over":
                continue
            raise UnsupportedChange(
                change.describe(),
                dialect.name,
                "the CHECK of its old type has no name to drop it by",
                "give the existing_type the name that the database knows",
            )
        drops.append(
            DropConstraint(
                check.name,
                change.table_name,
                "check",
                schema=change.schema,
                existing_constraint=check,
            )
        )
    additions = [AddConstraint(change.table_name, c, schema=change.schema) for c in new]
    return drops, additions


def _checks_of_type(
    change: AlterColumn, type_: TypeEngine[Any], dialect: Dialect
) -> list[CheckConstraint]:
    holder = Column(change.column_name, type_)
    Table(change.table_name, MetaData(), holder, schema=change.schema)
    return checks_of_type(holder, dialect)


@compiles(AlterColumn)
def _alter_column(change: AlterColumn, compiler: DDLCompiler, **kw: Any) -> str:
    return alter_column_text(change, compiler)


def alter_column_text(change: AlterColumn, compiler: DDLCompiler) -> str:
    """Write the change of one aspect in the form that PostgreSQL and the standard share."""
    (aspect,) = change.aspects
    table = sqltext.table(compiler, change.table_name, change.schema)
    column = sqltext.name(compiler, change.column_name)
    match aspect:
        case "new_column_name":
            return f"ALTER TABLE {table} RENAME {column} TO {sqltext.name(compiler, str(change.new_column_name))}"
        case "nullable":
            what = "DROP NOT NULL" if change.nullable else "SET NOT NULL"
        case "type_":
            what = f"TYPE {sqltext.type_name(compiler, change.type_)}"  # type: ignore[arg-type]  # an aspect is never KEEP
        case "server_default":
            refuse_generated(change, compiler.dialect.name)
            what = (
                "DROP DEFAULT"
                if change.server_default is None
                else f"SET DEFAULT {sqltext.default(compiler, change.server_default)}"
            )
        case _:
            text = (
                "NULL" if change.comment is None else sqltext.literal(compiler, str(change.comment))
            )
            return f"COMMENT ON COLUMN {table}.{column} IS {text}"
    return f"ALTER TABLE {table} ALTER COLUMN {column} {what}"


def refuse_generated(change: AlterColumn, dialect: str) -> None:
    """Raise if a default is really a computed expression or an identity, old or new."""
    for value in (change.server_default, change.existing_server_default):
        if isinstance(value, Computed):
            raise UnsupportedChange(
                change.describe(),
                dialect,
                "a computed expression can't be altered in place",
                "drop the column and add it again",
            )
        if isinstance(value, Identity):
            raise UnsupportedChange(
                change.describe(), dialect, "it can't alter an identity in place"
            )
