"""The words on `op` that build an `AddConstraint`, one for each kind of constraint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.sql.elements import ColumnElement, TextClause

from .constraint import AddConstraint, raw_text
from .detached import unbound


def create_primary_key(
    constraint_name: str | None,
    table_name: str,
    columns: Sequence[str],
    *,
    schema: str | None = None,
) -> AddConstraint:
    """Build the change `ALTER TABLE t ADD CONSTRAINT n PRIMARY KEY (...)`."""
    return AddConstraint(
        table_name, PrimaryKeyConstraint(*columns, name=constraint_name), schema=schema
    )


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
    """Build the change `ALTER TABLE t ADD CONSTRAINT n UNIQUE (...)`."""
    constraint = UniqueConstraint(
        *columns, name=constraint_name, deferrable=deferrable, initially=initially, **options
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
    """Build the change `ALTER TABLE s ADD CONSTRAINT n FOREIGN KEY (...) REFERENCES r (...)`."""
    referent = f"{referent_schema}.{referent_table}" if referent_schema else referent_table
    constraint = ForeignKeyConstraint(
        list(local_cols),
        [f"{referent}.{column}" for column in remote_cols],
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
        schema: The table's schema.
        deferrable: Whether it can wait for the end of the transaction.
        initially: DEFERRED or IMMEDIATE.
        dialect_kwargs: Dialect options (`postgresql_not_valid`).
    """
    constraint = CheckConstraint(
        raw_text(condition) if isinstance(condition, str) else unbound(condition),
        name=constraint_name,
        deferrable=deferrable,
        initially=initially,
        **options,
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
        elements: (expression, operator) pairs; a string is a column's text as the
            database reads it, quoted by the caller where it needs quotes.
        where: Which rows it is for: SQL text or an expression.
        using: The index method.
        deferrable: Whether it can wait for the end of the transaction.
        initially: DEFERRED or IMMEDIATE.
        schema: The table's schema.
        ops: Operator classes by column name.
    """
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

    constraint = ExcludeConstraint(
        *(
            (raw_text(e) if isinstance(e, str) else unbound(e), operator)
            for e, operator in elements
        ),
        name=constraint_name,
        where=where,
        using=using,
        deferrable=deferrable,
        initially=initially,
        ops=ops or {},
    )
    return AddConstraint(table_name, constraint, schema=schema)
