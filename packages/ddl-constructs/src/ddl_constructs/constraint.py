"""Changes of constraints: add and drop, of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Literal

from sqlalchemy import (
    CheckConstraint,
    Constraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.schema import ColumnCollectionConstraint
from sqlalchemy.util import memoized_property

from . import detached, referent, sqltext
from .change import Change, NamingConvention, Spelling, lowers
from .errors import IrreversibleChange, MalformedChange, MissingFact, UnsupportedChange

ConstraintKind = Literal["primary", "unique", "foreignkey", "check", "exclude"]
"""What `DropConstraint.type_` says; the words are those of Alembic's users."""


_OVER_COLUMNS = (PrimaryKeyConstraint, UniqueConstraint, ForeignKeyConstraint)


@dataclass(eq=False)
class AddConstraint(Change):
    """Add a constraint to a table.

    `op.create_unique_constraint("uq", "t", ["a"])` and its siblings build this one
    change: `ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a)`.

    Attributes:
        table_name: The table's name.
        constraint: The constraint; copied before it is bound, so a model's may be given.
        schema: The table's schema; None for the default one.
    """

    words: ClassVar = (
        "add_constraint",
        "create_primary_key",
        "create_unique_constraint",
        "create_foreign_key",
        "create_check_constraint",
        "create_exclude_constraint",
    )
    _made: ClassVar = frozenset({"bound"})

    table_name: str
    constraint: Constraint
    schema: str | None = field(default=None, kw_only=True)

    @memoized_property
    def bound(self) -> Constraint:
        """A copy of the constraint on a detached Table of that name."""
        if isinstance(self.constraint, _OVER_COLUMNS) and not detached.column_names(
            self.constraint
        ):
            raise MalformedChange(self.describe(), "it names no column")
        return detached.bind_constraint(
            self.table_name, self.constraint, self.schema, self.naming_convention
        )

    def reverse(self) -> DropConstraint:
        name = self.constraint.name
        if not isinstance(name, str):
            raise IrreversibleChange(
                self.describe(),
                ("constraint_name",),
                "a constraint without a name can't be dropped",
            )
        return DropConstraint(
            name,  # as it is: a final one (`conv`) stays final
            self.table_name,
            kind_of(self.constraint),
            schema=self.schema,
            existing_constraint=self.constraint,
        )

    def describe(self) -> str:
        return f"add {say(self.constraint)} to {sqltext.dotted(self.schema, self.table_name)}"

    def spelling(self) -> Spelling:
        return _spelling(self)


@dataclass(eq=False, init=False)
class DropConstraint(Change):
    """Drop a constraint: `op.drop_constraint("uq", "t", type_="unique")`.

    `ALTER TABLE t DROP CONSTRAINT uq`; MySQL says DROP INDEX, DROP FOREIGN KEY or
    DROP PRIMARY KEY by kind, so `type_` is needed there.

    Attributes:
        constraint_name: The constraint's name; None where it has none, so that it can't be dropped
            before somebody found out how the database calls it.
        table_name: The table's name.
        type_: primary, unique, foreignkey, check or exclude; None if not said.
        schema: The table's schema; None for the default one.
        if_exists: Do nothing if the constraint isn't there.
        existing_constraint: The constraint as it is, so that the change can be reversed.
    """

    words: ClassVar = ("drop_constraint",)

    constraint_name: str | None
    table_name: str
    type_: ConstraintKind | None = None
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool | None = field(default=None, kw_only=True)
    existing_constraint: Constraint | None = field(
        default=None, kw_only=True, repr=False, metadata={"carried": True}
    )

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        type_: ConstraintKind | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        existing_constraint: Constraint | None = None,
    ) -> None:
        self.constraint_name, self.table_name, self.type_ = constraint_name, table_name, type_
        self.schema, self.if_exists = schema, if_exists
        self.existing_constraint = existing_constraint
        self.__post_init__()

    def reverse(self) -> AddConstraint:
        if self.existing_constraint is None:
            raise IrreversibleChange(
                self.describe(), ("existing_constraint",), "the constraint's definition isn't known"
            )
        return AddConstraint(self.table_name, self.existing_constraint, schema=self.schema)

    def describe(self) -> str:
        kind = f"{_SAY[self.type_]} " if self.type_ else ""
        where = sqltext.dotted(self.schema, self.table_name)
        if self.constraint_name is None and self.existing_constraint is not None:
            return f"drop {say(self.existing_constraint)} of {where}"
        return f"drop {kind}constraint {self.constraint_name} of {where}"


@dataclass(eq=False)
class RenameConstraint(Change):
    """Rename a constraint: `op.rename_constraint("uq_a", "uq_b", "t")`.

    `ALTER TABLE t RENAME CONSTRAINT uq_a TO uq_b` on PostgreSQL and Oracle, sp_rename on
    SQL Server. MySQL, MariaDB and SQLite refuse it: say there that it is dropped and added.

    Attributes:
        constraint_name: Its name as it is.
        new_constraint_name: Its name afterwards.
        table_name: The table's name.
        schema: The table's schema; None for the default one.
        existing_constraint: The constraint as it is, by which `apply` finds one that has no name
            in a schema held in memory, where only the database gave it one.
    """

    words: ClassVar = ("rename_constraint",)

    constraint_name: str
    new_constraint_name: str
    table_name: str
    schema: str | None = field(default=None, kw_only=True)
    existing_constraint: Constraint | None = field(default=None, kw_only=True)

    def reverse(self) -> RenameConstraint:
        return RenameConstraint(
            self.new_constraint_name,
            self.constraint_name,
            self.table_name,
            schema=self.schema,
            existing_constraint=self.existing_constraint,
        )

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.table_name)
        return f"rename constraint {self.constraint_name} of {where} to {self.new_constraint_name}"


@dataclass(eq=False)
class ValidateConstraint(Change):
    """Check the rows for a constraint added NOT VALID: `op.validate_constraint("ck", "t")`.

    `ALTER TABLE t VALIDATE CONSTRAINT ck` on PostgreSQL, `WITH CHECK CHECK CONSTRAINT`
    on SQL Server; the others check when the constraint is added.

    Attributes:
        constraint_name: Its name.
        table_name: The table's name.
        schema: The table's schema; None for the default one.
    """

    words: ClassVar = ("validate_constraint",)

    constraint_name: str
    table_name: str
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> Change:
        raise IrreversibleChange(self.describe(), (), "a constraint stays validated")

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.table_name)
        return f"validate constraint {self.constraint_name} of {where}"


_SAY = {
    "primary": "primary key",
    "unique": "unique",
    "foreignkey": "foreign key",
    "check": "check",
    "exclude": "exclude",
}


def kind_of(constraint: Constraint) -> ConstraintKind | None:
    """Give the kind of a constraint in the words of `DropConstraint.type_`."""
    match constraint:
        case PrimaryKeyConstraint():
            return "primary"
        case ForeignKeyConstraint():
            return "foreignkey"
        case UniqueConstraint():
            return "unique"
        case CheckConstraint():
            return "check"
    return "exclude" if constraint.__visit_name__ == "exclude_constraint" else None


def say(constraint: Constraint) -> str:
    """Describe a constraint for a person, with its columns and targets."""
    kind = kind_of(constraint)
    name = f" {constraint.name}" if constraint.name is not None else ""
    match constraint:
        case CheckConstraint():
            detail = sqltext.spoken(constraint.sqltext)
        case ForeignKeyConstraint():
            detail = f"{', '.join(detached.column_names(constraint))} -> {', '.join(referent.targets(constraint))}"
        case _ if kind == "exclude":
            pairs: Any = constraint
            detail = ", ".join(
                f"{sqltext.spoken(what)} with {op}" for what, _, op in pairs._render_exprs
            )
        case ColumnCollectionConstraint():
            detail = ", ".join(detached.column_names(constraint))
        case _:
            detail = ""
    return f"{_SAY.get(kind or '', 'constraint')}{name} ({detail})"


def _spelling(change: AddConstraint) -> Spelling:
    constraint, schema = change.constraint, change.schema
    keywords: dict[str, Any] = {}
    for name in ("onupdate", "ondelete", "deferrable", "initially", "match"):
        if (value := getattr(constraint, name, None)) is not None:
            keywords[name] = value
    match constraint:
        case PrimaryKeyConstraint():
            word = "create_primary_key"
            arguments: tuple[Any, ...] = (
                change.table_name,
                list(detached.column_names(constraint)),
            )
        case UniqueConstraint():
            word = "create_unique_constraint"
            arguments = (change.table_name, list(detached.column_names(constraint)))
        case ForeignKeyConstraint():
            word = "create_foreign_key"
            found = [referent.target(fk) for fk in constraint.elements]
            referent_schema, referred, _ = found[0]
            arguments = (
                change.table_name,
                referred,
                list(detached.column_names(constraint)),
                [column_name for _, _, column_name in found],
            )
            if schema:
                keywords["source_schema"] = schema
            if referent_schema:
                keywords["referent_schema"] = referent_schema
            schema = None
        case CheckConstraint():
            word = "create_check_constraint"
            arguments = (change.table_name, detached.unbound(constraint.sqltext))
        case _:
            return Spelling(
                "add_constraint",
                (change.table_name, constraint),
                {"schema": schema} if schema else {},
            )
    if schema:
        keywords["schema"] = schema
    keywords.update(constraint.dialect_kwargs)
    return Spelling(word, (constraint.name, *arguments), keywords)


@lowers(AddConstraint)
def _where_it_is_made(
    change: AddConstraint, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Add it, unless it says itself that this dialect has no use for it."""
    if detached.is_created_on(change.constraint, dialect):
        yield change


@compiles(AddConstraint)
def _add_constraint(change: AddConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    if kind_of(change.constraint) == "exclude" and not hasattr(
        compiler, "visit_exclude_constraint"
    ):
        raise UnsupportedChange(
            change.describe(), compiler.dialect.name, "it has no exclusion constraints"
        )
    table = sqltext.table(compiler, change.table_name, change.schema)
    return f"ALTER TABLE {table} ADD {compiler.process(change.bound)}"


@compiles(DropConstraint)
def _drop_constraint(change: DropConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    return f"ALTER TABLE {table} DROP CONSTRAINT {guard}{constraint_name(change, compiler)}"


def constraint_name(change: DropConstraint, compiler: DDLCompiler) -> str:
    """Write the name of the constraint that is dropped, cut as the dialect cuts it."""
    if change.constraint_name is None:
        raise MissingFact(
            change.describe(), ("constraint_name",), "a constraint is dropped by its name"
        )
    return str(compiler.preparer.format_constraint(_stand_in(change)))


def completed_name(change: DropConstraint) -> str | None:
    """Give the name of the constraint that is dropped, completed by the naming convention.

    None if the change has no name for it.
    """
    return None if change.constraint_name is None else str(_stand_in(change).name)


def _stand_in(change: DropConstraint) -> Any:
    stand_in: Any = _STAND_INS.get(change.type_, UniqueConstraint)(name=change.constraint_name)
    if change.naming_convention:
        stand_in = detached.bind_constraint(
            change.table_name, stand_in, change.schema, _completing(change.naming_convention)
        )
    return stand_in


_STAND_INS: dict[str | None, Callable[..., Constraint]] = {
    "primary": PrimaryKeyConstraint,
    "foreignkey": partial(ForeignKeyConstraint, (), ()),
    "check": partial(CheckConstraint, "true"),
}


def _completing(convention: NamingConvention) -> NamingConvention:
    """Keep the patterns that complete a given name; others ask for columns that aren't known."""
    return {
        kind: pattern
        for kind, pattern in convention.items()
        if not isinstance(pattern, str) or "%(constraint_name)s" in pattern
    }


@compiles(RenameConstraint)
@compiles(ValidateConstraint)
def _refuse(change: RenameConstraint | ValidateConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    raise UnsupportedChange(
        change.describe(),
        compiler.dialect.name,
        "it has no statement for that",
        "drop the constraint and add it again",
    )
