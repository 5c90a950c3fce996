"""Columns, constraints and indexes that hang on no Table, and the same ones with something changed.

They say names where SQLAlchemy's keys could differ from them; the Table that is built
from them in the end takes the keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.schema import DefaultClause, FetchedValue
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import NullType

from .. import detached

Key = tuple[str | None, str]
"""(schema, name); None for the default schema."""

OfColumn = Callable[[str], str]
"""What a column's name becomes."""

OfExpression = Callable[[Any, str], Any]
"""What an expression becomes: (a construct, text() or SQL text, whose it is in words) -> the same kind."""


@dataclass(frozen=True)
class Reference:
    """A foreign key, by names.

    Attributes:
        constraint: Holds its name and options; its columns and targets don't count.
        columns: The columns that it is on, in order.
        target: The table that it points to, which need not be known.
        target_columns: The columns there, in the order of `columns`.
    """

    constraint: ForeignKeyConstraint
    columns: tuple[str, ...]
    target: Key
    target_columns: tuple[str, ...]

    @property
    def name(self) -> Any:
        """Its name, or None."""
        return self.constraint.name

    def renamed(self, name: str) -> Reference:
        """Give it another name."""
        return replace(self, constraint=named(self.constraint, name))


_C = TypeVar("_C", bound=Constraint)


def named(given: _C, name: str | None) -> _C:
    """Copy an unbound constraint, with another name."""
    copy = constraint_with(given)
    copy.name = name
    return copy


def constraint_with(
    given: _C, column: OfColumn | None = None, expression: OfExpression | None = None
) -> _C:
    """Copy a constraint, with names and expressions changed.

    Args:
        given: Any constraint, bound or not; of a foreign key, only its name and options.
        column: What becomes of the columns' names; None for no change.
        expression: What becomes of expressions; None for no change.
    """
    column, expression = column or _same, expression or _same_expression
    where = f"constraint {given.name}" if given.name else "a constraint"
    copy: Any
    match given:
        case CheckConstraint():
            copy = CheckConstraint(
                expression(detached.unbound(given.sqltext), where if given.name else "a CHECK"),
                name=given.name,
                deferrable=given.deferrable,
                initially=given.initially,
                **given.dialect_kwargs,
            )
            copy._create_rule = given._create_rule  # on which dialects it is made
        case PrimaryKeyConstraint() | UniqueConstraint():
            kind: Any = type(given)
            copy = kind(
                *map(column, detached.column_names(given)),
                name=given.name,
                deferrable=given.deferrable,
                initially=given.initially,
                **options_with(given.dialect_kwargs, column, expression, where),
            )
        case ForeignKeyConstraint():
            names = detached.column_names(given)
            copy = ForeignKeyConstraint(
                names,
                ["elsewhere.column"] * len(names),  # a Reference says where
                name=given.name,
                onupdate=given.onupdate,
                ondelete=given.ondelete,
                deferrable=given.deferrable,
                initially=given.initially,
                match=given.match,
                use_alter=given.use_alter,
                **given.dialect_kwargs,
            )
        case _ if given.__visit_name__ == "exclude_constraint":
            copy = _exclusion_with(given, column, expression, where)
        case _:
            copy = detached.copy_constraint(given)
    if "info" in given.__dict__:
        copy.info = dict(given.info)
    return copy  # type: ignore[no-any-return]  # of the kind that was given


def _exclusion_with(
    given: Any, column: OfColumn, expression: OfExpression, where: str
) -> Constraint:
    elements = (
        (expression(detached.unbound(each), where), operator)
        for each, _, operator in given._render_exprs
    )
    copy: Constraint = type(given)(
        *elements,
        name=given.name,
        where=None if given.where is None else expression(detached.unbound(given.where), where),
        using=given.using,
        deferrable=given.deferrable,
        initially=given.initially,
        ops={column(name): ops for name, ops in given.ops.items()},
    )
    return copy


def exclusion_parts(given: Any) -> list[Any]:
    """Give the expressions of an ExcludeConstraint, its WHERE last."""
    parts = [expression for expression, _, _ in given._render_exprs]
    return parts if given.where is None else [*parts, given.where]


def index_with(
    given: Index,
    column: OfColumn | None = None,
    expression: OfExpression | None = None,
    *,
    name: str | None = None,
) -> Index:
    """Copy an index, with names and expressions changed.

    Args:
        given: Any index, bound or not.
        column: What becomes of the columns' names; None for no change.
        expression: What becomes of expressions; None for no change.
        name: Its name afterwards; None for the same.
    """
    column, expression = column or _same, expression or _same_expression
    where = f"index {given.name}"
    copy = Index(
        name or given.name,
        *(
            column(each) if isinstance(each, str) else expression(each, where)
            for each in detached.index_elements(given)
        ),
        unique=given.unique,
        **options_with(given.dialect_kwargs, column, expression, where),
    )
    if "info" in given.__dict__:
        copy.info = dict(given.info)
    return copy


def options_with(
    options: Mapping[str, Any], column: OfColumn, expression: OfExpression, where: str
) -> dict[str, Any]:
    """Copy the dialect options of an index, a constraint or a table, with names changed."""
    made = {}
    for option, value in options.items():
        if option.endswith("_include") and value:
            value = [column(c if isinstance(c, str) else c.name) for c in value]
        elif option.endswith(("_ops", "_length")) and isinstance(value, Mapping):
            value = {column(name): each for name, each in value.items()}
        elif isinstance(value, ClauseElement):
            value = expression(detached.unbound(value), where)  # type: ignore[type-var]  # any construct will do
        elif isinstance(value, str) and option.endswith(("_where", "_partition_by")):
            value = expression(value, where)
        made[option] = value
    return made


def column_copy(given: Column[Any]) -> tuple[Column[Any], list[Constraint]]:
    """Copy a column bare, and the CHECKs that stand inside of it."""
    copy = detached.copy_column(given, bare=True)
    _unbind(copy)
    checks = [constraint_with(c) for c in copy.constraints]
    copy.constraints.clear()
    return copy, checks


def remade(given: Column[Any], **changed: Any) -> Column[Any]:
    """Make a column anew that hangs on no Table, with some attributes changed.

    A type with events (Enum, Boolean) is told of its new column, so it can't just be set.

    Args:
        given: The column; it stays as it is.
        changed: Attributes of a Column; `server_default` as `default_of` gives it.
    """
    clone = object.__new__(type(given))
    clone.__dict__.update(given.__dict__)
    if "name" in changed and given.key == given.name:
        changed.setdefault("key", changed["name"])
    if "server_default" in changed and isinstance(given.server_onupdate, Computed):
        changed["server_onupdate"] = None  # a generated column is that too
    clone.__dict__.update(changed)
    copy = clone._copy()
    _unbind(copy)
    return copy


def _unbind(column: Column[Any]) -> None:
    """Let what a copied column is generated from name bare columns."""
    default: Any = column.server_default
    if isinstance(default, Computed):
        default.sqltext = detached.unbound(default.sqltext)


def column_with(given: Column[Any], expression: OfExpression, **changed: Any) -> Column[Any]:
    """Give a column with its generation expression or default changed; itself if nothing is."""
    where = f"column {given.name}"
    default = given.server_default
    if isinstance(default, Computed):
        sqltext = expression(default.sqltext, where)
        if sqltext is not default.sqltext:
            made: Any = default._copy()
            made.sqltext = sqltext
            changed["server_default"] = made
    elif isinstance(default, DefaultClause) and not isinstance(default.arg, str):
        arg = expression(default.arg, where)
        if arg is not default.arg:
            changed["server_default"] = default_of(arg)
    return remade(given, **changed) if changed else given


def default_of(value: Any) -> Any:
    """Give what a Column makes of a `server_default`; None for none."""
    if value is None:
        return None
    given = value._copy() if isinstance(value, FetchedValue) else value
    return Column("c", NullType(), server_default=given).server_default


def _same(name: str) -> str:
    return name


def _same_expression(expression: Any, where: str) -> Any:
    return expression
