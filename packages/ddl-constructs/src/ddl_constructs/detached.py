"""Throw-away Tables behind bare names, and copies of what the caller owns.

SQLAlchemy compiles constraints, indexes and columns only when they hang on a
Table. A change says names, so the Tables are made here, each in a MetaData of its
own; a caller's Column, Constraint or Table is copied first and never bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy as shallow_copy
from typing import Any, TypeVar

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    DefaultClause,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    column,
)
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import DialectKWArgs, SchemaEventTarget
from sqlalchemy.sql.elements import ColumnElement, TextClause
from sqlalchemy.sql.schema import ColumnCollectionConstraint
from sqlalchemy.types import NullType, TypeEngine

from .closed import closed, closed_options
from .referent import referred, stand_in_targets, target

_E = TypeVar("_E", bound=ColumnElement[Any] | TextClause)


class TableName:
    """The name of a table where SQLAlchemy's identifier preparer expects a Table.

    Attributes:
        name: The name, unquoted.
        schema: The schema, unquoted; None for the default one.
    """

    _use_schema_map = True  # a schema_translate_map applies, as to any Table
    named_with_column = True  # so that str() of a column of it is "table.column"
    _autoincrement_column = None
    constraints = indexes = foreign_key_constraints = primary_key = frozenset[Any]()

    def __init__(self, name: str, schema: str | None = None) -> None:
        self.name, self.schema = name, schema

    @property
    def description(self) -> str:
        """The name, as SQLAlchemy's messages say it."""
        return self.name


def copy_column(given: Column[Any], *, bare: bool = False) -> Column[Any]:
    """Copy a Column, with the foreign keys that it has of its own.

    Args:
        given: Any Column, also one that hangs on a Table.
        bare: Leave out what a Table keeps beside its columns: its constraints' share
            (foreign keys, `unique`) and `index`.
    """
    copy = given._copy()
    if copy.type is not given.type:  # SQLAlchemy 2.1, SchemaType.copy: an Enum leaves its variants
        copy.type._variant_mapping = given.type._variant_mapping
        for fact in ("charset", "collation"):  # as MySQL's own ENUM leaves these, on 2.0 too
            if hasattr(given.type, fact):
                setattr(copy.type, fact, getattr(given.type, fact))
    _close_texts(copy)
    if bare:
        copy.unique = copy.index = None
        return copy
    for fk in given.foreign_keys:
        whole = fk.constraint
        if whole is not None and len(whole.elements) == 1:
            copy.append_foreign_key(
                ForeignKey(
                    referred(*target(fk))[0],
                    name=whole.name,
                    onupdate=whole.onupdate,
                    ondelete=whole.ondelete,
                    deferrable=whole.deferrable,
                    initially=whole.initially,
                    match=whole.match,
                    **whole.dialect_kwargs,
                )
            )
    return copy


def _close_texts(copy: Column[Any]) -> None:
    """Close the texts that a copied column holds, see `closed`; its default is still the caller's."""
    default = copy.server_default
    if isinstance(default, Computed):
        default.sqltext = unbound(default.sqltext)
    elif isinstance(default, DefaultClause) and isinstance(default.arg, TextClause):
        copy.server_default = DefaultClause(closed(default.arg))
    for constraint in copy.constraints:
        if isinstance(constraint, CheckConstraint):
            constraint.sqltext = unbound(constraint.sqltext)


def bind_column(
    given: Column[Any],
    table_name: str,
    schema: str | None,
    convention: Mapping[str, Any] | None = None,
) -> Column[Any]:
    """Copy a column onto a detached Table of that name.

    Where the column brings nothing along that hangs on a Table (a constraint, an index, a
    key, a type with events), the table's name is enough: making a Table costs four times
    what compiling the column does.
    """
    if _is_plain(given):
        clone = object.__new__(type(given))
        where = TableName(table_name, schema)
        clone.__dict__.update(given.__dict__, table=where, type=alike(given.type))
        if (
            getattr(given.name, "quote", None) is None
        ):  # a quoted_name remembers its lower case by a function
            clone.name = str(given.name)
        return clone
    copy = copy_column(given)
    stand_in_targets(Table(table_name, _metadata(convention), copy, schema=schema))
    return copy


_alike: dict[tuple[object, ...], TypeEngine[Any]] = {}
_MANY = 1000  # types that are no longer alike: a schema has some tens


def alike(given: TypeEngine[Any]) -> TypeEngine[Any]:
    """Give one and the same type for all that are equal, if it is one of SQLAlchemy's plain ones.

    SQLAlchemy works out what a type is on a dialect for each object, and keeps it for as
    long as the dialect lives; that is a fifth of what a column costs.
    """
    if type(given).__module__ != String.__module__:
        return given
    key = (type(given), *given.__dict__, *given.__dict__.values())
    try:
        found = _alike.get(key)
    except TypeError:  # it holds what has no hash: variants, say
        return given
    if found is None:
        if len(_alike) > _MANY:
            _alike.clear()
        found = _alike[key] = shallow_copy(given)  # its author may still change it
    return found


def _metadata(convention: Mapping[str, Any] | None) -> MetaData:
    return MetaData(naming_convention=dict(convention)) if convention else MetaData()


def _is_plain(given: Column[Any]) -> bool:
    default = given.server_default
    return not (
        (isinstance(default, DefaultClause) and getattr(default.arg, "_bindparams", None))
        or given.computed is not None
        or given.primary_key
        or given.foreign_keys
        or given.unique
        or given.index
        or given.constraints
        or isinstance(given.type, SchemaEventTarget)
        or given.identity is not None
    )


def column_names(constraint: ColumnCollectionConstraint) -> tuple[str, ...]:
    """Give the names of a constraint's columns, in its order, bound or not."""
    if isinstance(constraint, ForeignKeyConstraint):
        if getattr(constraint, "parent", None) is not None:
            return tuple(c.name for c in constraint.columns)
        return tuple(constraint.column_keys)
    given = list(constraint.columns) or constraint._pending_colargs
    return tuple(c if isinstance(c, str) else c.name for c in given if c is not None)


def copy_constraint(given: Constraint) -> Constraint:
    """Copy a constraint so that it names its columns and hangs on no Table."""
    match given:
        case ForeignKeyConstraint():
            found = [target(fk) for fk in given.elements]
            return ForeignKeyConstraint(
                column_names(given),
                referred(*found[0][:2], *(name for _, _, name in found)) if found else (),
                name=given.name,
                onupdate=given.onupdate,
                ondelete=given.ondelete,
                deferrable=given.deferrable,
                initially=given.initially,
                match=given.match,
                use_alter=given.use_alter,
                **_kwargs(given),
            )
        case CheckConstraint():
            return CheckConstraint(
                unbound(given.sqltext),
                name=given.name,
                deferrable=given.deferrable,
                initially=given.initially,
                **_kwargs(given),
            )
        case PrimaryKeyConstraint() | UniqueConstraint():
            kind: Any = type(given)
            copy: Constraint = kind(
                *column_names(given),
                name=given.name,
                deferrable=given.deferrable,
                initially=given.initially,
                **_kwargs(given),
            )
            return copy
    if given.__visit_name__ == "exclude_constraint":
        return _copy_exclusion(given)
    return given._copy()


def _copy_exclusion(given: Any) -> Constraint:
    """Copy PostgreSQL's ExcludeConstraint, whose own copy needs a Table."""
    copy: Constraint = type(given)(
        *((unbound(expression), operator) for expression, _, operator in given._render_exprs),
        name=given.name,
        where=None if given.where is None else unbound(given.where),
        using=given.using,
        deferrable=given.deferrable,
        initially=given.initially,
        ops=given.ops,
    )
    return copy


def _kwargs(item: Constraint) -> dict[str, Any]:
    return {**(item.dialect_kwargs if isinstance(item, DialectKWArgs) else {})}


def unbound(expression: _E) -> _E:
    """Copy an expression with bare columns in place of those that hang on a Table, texts closed."""

    def bare(element: Any, **kw: Any) -> Any:
        if isinstance(element, Column):
            return column(element.name, element.type)
        if isinstance(element, TextClause) and element._bindparams:
            return closed(element)
        return None

    copy: Any = visitors.replacement_traverse(expression, {}, bare)
    return copy  # type: ignore[no-any-return]  # of the kind that was given


def make_table(
    table_name: str,
    elements: Iterable[SchemaItem],
    *,
    schema: str | None = None,
    convention: Mapping[str, Any] | None = None,
    **options: Any,
) -> Table:
    """Make a Table in a MetaData of its own from copies of columns, constraints and indexes.

    Tables that a foreign key points to are stood in for by ones that hold just the
    columns that are named.

    Args:
        table_name: Its name, never split at dots.
        elements: Columns, constraints and indexes; copied, not bound.
        schema: Its schema, or None for the default one.
        convention: What completes names that aren't final, or None.
        options: What else `Table` takes: comment, prefixes, dialect options.
    """
    copies: list[SchemaItem] = []
    for element in elements:
        if isinstance(element, Column):
            copies.append(copy_column(element))
        elif isinstance(element, Constraint):
            copies.append(copy_constraint(element))
        elif isinstance(element, Index):
            copies.append(copy_index(element))
        else:
            copies.append(element)
    if keys := {c.name: c.key for c in copies if isinstance(c, Column) and c.key != c.name}:
        for copy in copies:
            if isinstance(copy, (ColumnCollectionConstraint, Index)):
                _by_key(copy, keys)
    table = Table(table_name, _metadata(convention), *copies, schema=schema, **options)
    stand_in_targets(table)
    return table


def _by_key(item: Any, keys: Mapping[str, str]) -> None:
    """Let a copy that names its columns say them by key, as a Table looks them up."""
    given = item._pending_colargs
    item._pending_colargs = [
        keys.get(c, c) if isinstance(c, str) and c not in keys.values() else c for c in given
    ]


def copy_index(given: Index) -> Index:
    """Copy an index so that it names its columns and hangs on no Table."""
    return Index(
        given.name,
        *(index_elements(given)),
        unique=given.unique,
        **closed_options(given.dialect_kwargs),
    )


def index_elements(index: Index) -> tuple[str | ColumnElement[Any], ...]:
    """Give what an index is over: column names, and expressions with bare columns."""
    return tuple(
        e if isinstance(e, str) else e.name if isinstance(e, Column) else unbound(e)
        for e in index.expressions
    )


def bind_constraint(
    table_name: str,
    given: Constraint,
    schema: str | None,
    convention: Mapping[str, Any] | None = None,
) -> Constraint:
    """Copy a constraint onto a detached Table that holds just the columns it names."""
    copy = copy_constraint(given)
    names: Sequence[str] = ()
    if isinstance(copy, ColumnCollectionConstraint) and not isinstance(copy, CheckConstraint):
        names = column_names(copy)
    table = Table(
        table_name,
        _metadata(convention),
        *(Column(name, NullType()) for name in dict.fromkeys(names)),
        schema=schema,
    )
    table.append_constraint(copy)
    stand_in_targets(table)
    return copy


def checks_of_type(column: Column[Any], dialect: Dialect) -> list[CheckConstraint]:
    """Give the CHECKs that a bound column's type brings along on this dialect."""
    return [
        c
        for c in column.table.constraints
        if isinstance(c, CheckConstraint)
        and getattr(c, "_type_bound", False)
        and is_created_on(c, dialect)
    ]


def is_created_on(constraint: Any, dialect: Dialect) -> bool:
    """Tell whether a constraint is made on this dialect; a native type's CHECK, say, isn't."""
    rule = getattr(constraint, "_create_rule", None)
    nothing: Any = None
    return rule is None or bool(rule(dialect.ddl_compiler(dialect, nothing)))
