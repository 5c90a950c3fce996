"""Asking PostgreSQL what it makes of our expressions, in temporary tables that are rolled back."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from ..namespaces import Namespaces
from ..sqltokens import bare
from ..values import CheckValue, ColumnValue, ExcludeValue, IndexValue, Key, TableValue
from .base import Database
from .postgresql_catalog import TEMPORARY_SCHEMA

log = logging.getLogger("ddl_autogen")


def own_form(
    database: Database, connection: Connection, asked: Sequence[tuple[TableValue, TableValue]]
) -> Mapping[Key, TableValue]:
    """Make a temporary table of each of ours, read it back, roll back.

    A piece that PostgreSQL refuses is left out, and compared by its text. Nothing is
    executed but DDL, so no sequence moves.
    """
    answers: dict[Key, TableValue] = {}
    for start in range(0, len(asked), _AT_ONCE):
        tables = [ours for _, ours in asked[start : start + _AT_ONCE]]
        answers.update(_ask(database, connection, tables))
    return answers


_AT_ONCE = 200
"""Tables in one round: each takes locks until it is rolled back (max_locks_per_transaction)."""


def _ask(
    database: Database, connection: Connection, tables: Sequence[TableValue]
) -> Iterator[tuple[Key, TableValue]]:
    names = [f"ddl_autogen_{number}" for number in range(len(tables))]
    spaces = database.namespaces(connection)
    asked = [in_sql(table, spaces) for table in tables]
    pieces = [p for name, t in zip(names, asked, strict=True) for p in _pieces(database, name, t)]
    block = f"DO {dollars('BEGIN ' + ' '.join(pieces) + ' END')}"
    with traceless(connection):
        connection.exec_driver_sql(block, execution_options={"no_parameters": True})
        schema = connection.execute(text(TEMPORARY_SCHEMA)).scalar()
        made = {t.name: t for t in database.read(connection, [schema])} if schema else {}
    for name, ours in zip(names, tables, strict=True):
        found = made.get(name)
        if found is None:
            log.warning(
                "table %s: PostgreSQL made no temporary table, so types, defaults and "
                "expressions are compared by their text",
                ours.name,
            )
        else:
            yield ours.key, _amended(ours, found, name)


@contextmanager
def traceless(connection: Connection) -> Iterator[None]:
    """Undo all that happens inside, whatever transaction the connection is in."""
    try:
        savepoint = connection.begin_nested()
    except DBAPIError as err:  # autocommit: there is no transaction to have a savepoint in
        if err.connection_invalidated:
            raise
        connection.exec_driver_sql("BEGIN")
        try:
            yield
        finally:
            if not connection.invalidated:  # else the server has done so
                connection.exec_driver_sql("ROLLBACK")
        return
    try:
        yield
    finally:
        savepoint.rollback()


def _pieces(database: Database, name: str, ours: TableValue) -> Iterator[str]:
    """Yield statements of PL/pgSQL that make the table, each on its own where one may fail."""
    quote = database.speller.quote
    columns = [
        f"{quote(c.name)} {type_of(database, c)}"
        for c in ours.columns
        if c.computed is None and c.type
    ]
    one_by_one = " ".join(
        _guarded(f"ALTER TABLE pg_temp.{name} ADD COLUMN {column}") for column in columns
    )
    yield _guarded(
        f"CREATE TEMPORARY TABLE {name} ({', '.join(columns)})",
        _guarded(f"CREATE TEMPORARY TABLE {name} ()") + " " + one_by_one,
    )
    for column in ours.columns:
        if column.computed is not None:
            yield _guarded(
                f"ALTER TABLE pg_temp.{name} ADD COLUMN {quote(column.name)} "
                f"{type_of(database, column)} GENERATED ALWAYS AS ({column.computed.expression}) STORED"
            )
        if column.default is not None:
            yield _guarded(
                f"ALTER TABLE pg_temp.{name} ALTER COLUMN {quote(column.name)} "
                f"SET DEFAULT {column.default}"
            )
    for at, check in enumerate(ours.checks):
        yield _guarded(f"ALTER TABLE pg_temp.{name} ADD CONSTRAINT c{at} CHECK ({check.text})")
    for at, exclude in enumerate(ours.excludes):
        yield _guarded(f"ALTER TABLE pg_temp.{name} ADD CONSTRAINT x{at} {exclude.text}")
    for at, index in enumerate(ours.indexes):
        yield _guarded(_create_index(database, f"{name}_{at}", name, index))


def in_sql(table: TableValue, spaces: Namespaces) -> TableValue:
    """Say the database's name of a schema where our own SQL names a type in it."""

    def column(given: ColumnValue) -> ColumnValue:
        if given.enum is None:
            return given
        return replace(given, enum=replace(given.enum, schema=spaces.in_sql(given.enum.schema)))

    return replace(table, columns=tuple(map(column, table.columns)))


def type_of(database: Database, column: ColumnValue) -> str:
    """Write a column's type as a table of ours declares it."""
    if column.enum is not None:
        array = "[]" if column.type.endswith("[]") else ""
        return database.speller.table(column.enum.name, column.enum.schema) + array
    if column.collation:
        return f"{column.type} COLLATE {database.speller.quote(column.collation)}"
    return column.type


def _create_index(database: Database, name: str, table: str, index: IndexValue) -> str:
    quote = database.speller.quote
    elements = []
    for element in index.elements:
        said = f"({bare(element.text)})" if element.expression else quote(element.text)
        said += f" COLLATE {quote(element.collation)}" if element.collation else ""
        said += f" {element.opclass}" if element.opclass else ""
        said += " DESC" if element.descending else ""
        said += f" NULLS {element.nulls}" if element.nulls else ""
        elements.append(said)
    using = f"USING {index.using} " if index.using else ""
    where = f" WHERE {index.where}" if index.where is not None else ""
    return f"CREATE INDEX {name} ON pg_temp.{table} {using}({', '.join(elements)}){where}"


def _guarded(statement: str, otherwise: str = "NULL;") -> str:
    return f"BEGIN EXECUTE {dollars(statement)}; EXCEPTION WHEN OTHERS THEN {otherwise} END;"


def dollars(body: str) -> str:
    """Quote with dollars, by a tag that doesn't occur inside."""
    number = 0
    while f"$q{number}$" in body:
        number += 1
    return f"$q{number}${body}$q{number}$"


def _amended(ours: TableValue, made: TableValue, name: str) -> TableValue:
    """Put the database's words into ours."""
    columns = {c.name: c for c in made.columns}
    checks = {c.name: c for c in made.checks}
    excludes = {x.name: x for x in made.excludes}
    indexes = {i.name: i for i in made.indexes}

    def column(given: ColumnValue) -> ColumnValue:
        found = columns.get(given.name)
        if found is None:
            return given
        default = found.default if found.default is not None else given.default
        type_ = given.type if given.enum else found.type
        computed = given.computed
        if computed is not None and found.computed is not None:
            computed = replace(computed, expression=found.computed.expression)
        return replace(given, type=type_, default=default, computed=computed)

    def check(at: int, given: CheckValue) -> CheckValue:
        found = checks.get(f"c{at}")
        return given if found is None else replace(given, text=found.text)

    def exclude(at: int, given: ExcludeValue) -> ExcludeValue:
        there = excludes.get(f"x{at}")
        return given if there is None else replace(given, text=there.text)

    def index(at: int, given: IndexValue) -> IndexValue:
        found = indexes.get(f"{name}_{at}")
        if found is None:
            return given
        return replace(given, elements=found.elements, where=found.where)

    return replace(
        ours,
        columns=tuple(map(column, ours.columns)),
        checks=tuple(check(at, c) for at, c in enumerate(ours.checks)),
        excludes=tuple(exclude(at, x) for at, x in enumerate(ours.excludes)),
        indexes=tuple(index(at, i) for at, i in enumerate(ours.indexes)),
    )
