"""The words on `op` that build an `AddConstraint`, one for each kind of constraint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql.base import _NoneName
from sqlalchemy.sql.elements import ColumnElement, TextClause

from .constraint import AddConstraint
from .detached import unbound
from .errors import MalformedChange, WrongValue
from .options import dialect_options
from .referent import referred
from .sqltext import raw_text
from .wellformed import several


def create_primary_key(
    constraint_name: str | None,
    table_name: str,
    columns: Sequence[str],
    *,
    schema: str | None = None,
) -> AddConstraint:
    """Build the change `ALTER TABLE t ADD CONSTRAINT n PRIMARY KEY (...)`.

    Args:
        constraint_name: Its name, or None to leave the choice to the database.
        table_name: The table's name.
        columns: Names of its columns, in order; at least one.
        schema: The table's schema; None for the default one.

    >>> print(create_primary_key("pk", "t", ["a", "b"]).compile())
    ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a, b)
    """
    names = _columns("create_primary_key", "columns", columns)
    with _made("create_primary_key", constraint_name, {}):
        constraint = PrimaryKeyConstraint(*names, name=constraint_name)
    return AddConstraint(table_name, constraint, schema=schema)


def create_unique_constraint(
    constraint_name: str | None,
    table_name: str,
    columns: Sequence[str],
    *,
    schema: str | None = None,
    deferrable: bool | None = None,
    initially: str | None = None,
    **options: Any,
) -> AddConstraint:
    """Build the change `ALTER TABLE t ADD CONSTRAINT n UNIQUE (...)`.

    Args:
        constraint_name: Its name, or None to leave the choice to the database.
        table_name: The table's name.
        columns: Names of its columns, in order; at least one.
        schema: The table's schema; None for the default one.
        deferrable: Whether it can wait for the end of the transaction.
        initially: DEFERRED or IMMEDIATE.
        options: Dialect options (`postgresql_nulls_not_distinct`, `mssql_clustered`).
    """
    names = _columns("create_unique_constraint", "columns", columns)
    with _made("create_unique_constraint", constraint_name, options):
        constraint = UniqueConstraint(
            *names, name=constraint_name, deferrable=deferrable, initially=initially, **options
        )
    return AddConstraint(table_name, constraint, schema=schema)


def create_foreign_key(
    constraint_name: str | None,
    source_table: str,
    referent_table: str,
    local_cols: Sequence[str],
    remote_cols: Sequence[str],
    *,
    onupdate: str | None = None,
    ondelete: str | None = None,
    deferrable: bool | None = None,
    initially: str | None = None,
    match: str | None = None,
    source_schema: str | None = None,
    referent_schema: str | None = None,
    **options: Any,
) -> AddConstraint:
    """Build the change `ALTER TABLE s ADD CONSTRAINT n FOREIGN KEY (...) REFERENCES r (...)`.

    Args:
        constraint_name: Its name, or None to leave the choice to the database.
        source_table: The table that refers.
        referent_table: The table that it refers to; the same for a reference to itself.
        local_cols: Names of the columns that refer, in order; at least one.
        remote_cols: Names of the columns that they refer to, as many, in the same order.
        onupdate: What becomes of the rows when a referred value changes: CASCADE, ...
        ondelete: What becomes of them when the referred row is deleted.
        deferrable: Whether it can wait for the end of the transaction.
        initially: DEFERRED or IMMEDIATE.
        match: FULL, PARTIAL or SIMPLE; refused where the database hasn't it.
        source_schema: Schema of the table that refers; None for the default one.
        referent_schema: Schema of the other one.
        options: Dialect options (`postgresql_not_valid`).
    """
    names = _columns("create_foreign_key", "local_cols", local_cols)
    targets = _columns("create_foreign_key", "remote_cols", remote_cols)
    if len(names) != len(targets):
        raise WrongValue(
            "create_foreign_key",
            "remote_cols",
            remote_cols,
            f"as many names as local_cols, {len(names)}",
        )
    if not (isinstance(referent_table, str) and referent_table):
        raise WrongValue("create_foreign_key", "referent_table", referent_table, "a name")
    if not isinstance(referent_schema, str | None):
        raise WrongValue("create_foreign_key", "referent_schema", referent_schema, "a name or None")
    with _made("create_foreign_key", constraint_name, options):
        constraint = ForeignKeyConstraint(
            names,
            referred(referent_schema, referent_table, *targets),
            name=constraint_name,
            onupdate=onupdate,
            ondelete=ondelete,
            deferrable=deferrable,
            initially=initially,
            match=match,
            **options,
        )
    return AddConstraint(source_table, constraint, schema=source_schema)


def create_check_constraint(
    constraint_name: str | None,
    table_name: str,
    condition: str | ColumnElement[bool] | TextClause,
    *,
    schema: str | None = None,
    deferrable: bool | None = None,
    initially: str | None = None,
    **options: Any,
) -> AddConstraint:
    """Build the change `ALTER TABLE t ADD CONSTRAINT n CHECK (...)`.

    Args:
        constraint_name: Its name, or None to leave the choice to the database.
        table_name: The table's name.
        condition: SQL as it is written in the database, or an expression.
        schema: The table's schema; None for the default one.
        deferrable: Whether it can wait for the end of the transaction.
        initially: DEFERRED or IMMEDIATE.
        options: Dialect options (`postgresql_not_valid`).
    """
    sqltext = _expression("create_check_constraint", "condition", condition)
    with _made("create_check_constraint", constraint_name, options):
        constraint = CheckConstraint(
            sqltext, name=constraint_name, deferrable=deferrable, initially=initially, **options
        )
    return AddConstraint(table_name, constraint, schema=schema)


def create_exclude_constraint(
    constraint_name: str | None,
    table_name: str,
    *elements: tuple[Any, str],
    where: Any = None,
    using: str = "gist",
    deferrable: bool | None = None,
    initially: str | None = None,
    schema: str | None = None,
    ops: dict[str, str] | None = None,
) -> AddConstraint:
    """Build PostgreSQL's `ALTER TABLE t ADD CONSTRAINT n EXCLUDE USING gist (c WITH &&)`.

    Args:
        constraint_name: Its name, or None to leave the choice to the database.
        table_name: The table's name.
        elements: (expression, operator) pairs, at least one; a string is a column's text
            as the database reads it, quoted by the caller where it needs quotes.
        where: Which rows it is for: SQL text or an expression; None for all.
        using: The index method.
        deferrable: Whether it can wait for the end of the transaction.
        initially: DEFERRED or IMMEDIATE.
        schema: The table's schema; None for the default one.
        ops: Operator classes by column name; None for the types' own.
    """
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

    word = "create_exclude_constraint"
    if not isinstance(ops, Mapping | None):
        raise WrongValue(word, "ops", ops, "a mapping of names of columns to operator classes")
    pairs = [_pair(word, each) for each in elements]
    if not pairs:
        raise WrongValue(word, "elements", elements, "(expression, operator) pairs, at least one")
    with _made(word, constraint_name, {}):
        constraint = ExcludeConstraint(
            *pairs,
            name=constraint_name,
            where=None if where is None else _expression(word, "where", where),
            using=using,
            deferrable=deferrable,
            initially=initially,
            ops={} if ops is None else ops,
        )
    return AddConstraint(table_name, constraint, schema=schema)


def _pair(word: str, given: Any) -> tuple[Any, str]:
    if not isinstance(given, (tuple, list)) or len(given) != 2 or not isinstance(given[1], str):
        raise WrongValue(word, "elements", given, "(expression, operator) pairs")
    return _expression(word, "elements", given[0]), given[1]


def _expression(word: str, argument: str, given: Any) -> Any:
    if isinstance(given, str):
        return raw_text(given)
    if isinstance(given, (ColumnElement, TextClause)):
        return unbound(given)
    raise WrongValue(word, argument, given, "SQL text or an expression")


def _columns(word: str, argument: str, given: Sequence[str]) -> tuple[str, ...]:
    names = several(word, argument, given)
    if not names or not all(isinstance(n, str) and n for n in names):
        raise WrongValue(word, argument, given, "names of columns, at least one")
    return names


@contextmanager
def _made(word: str, name: str | None, options: dict[str, Any]) -> Iterator[None]:
    """Give what SQLAlchemy doesn't take as a constraint a name of this package."""
    if not (name is None or isinstance(name, _NoneName) or (isinstance(name, str) and name)):
        raise WrongValue(word, "constraint_name", name, "a name, not empty, or None")
    dialect_options(word, options, ("schema", "deferrable", "initially"))
    try:
        yield
    except (ArgumentError, AttributeError, TypeError) as err:
        raise MalformedChange(f"{word.replace('_', ' ')} {name}", str(err)) from err
