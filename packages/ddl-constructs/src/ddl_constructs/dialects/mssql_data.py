"""How SQL Server numbers: sequences, and rows that bring identity values along.

By its manual, not run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..change import KEEP, Change, lowers
from ..data import BulkInsert, CopyRows
from ..errors import UnsupportedChange
from ..sequence import AlterSequence, CreateSequence, DropSequence, options_text
from . import mssql_catalog as catalog


class _IdentityInsert(Change):
    """Let explicit values into an identity column, or no longer.

    SET IDENTITY_INSERT: while it is on, every INSERT must give the identity column a value,
    and a table without such a column is an error; so it is on only around such rows.

    Attributes:
        table_name: The table's name.
        schema: The table's schema; None for the default one.
        columns: Names of the columns that get values: it is switched only if one of them
            turns out to be the identity; None where that is known to be so.
        on: Whether values are let in from here on.
    """

    def __init__(
        self, table_name: str, schema: str | None, columns: tuple[str, ...] | None, on: bool
    ) -> None:
        self.table_name, self.schema, self.columns, self.on = table_name, schema, columns, on

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.table_name)
        return f"{'take' if self.on else 'no longer take'} identity values for {where}"


@compiles(_IdentityInsert, "mssql")
def _identity_insert(change: _IdentityInsert, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    switch = f"SET IDENTITY_INSERT {table} {'ON' if change.on else 'OFF'}"
    if change.columns is None:
        return switch
    names = ", ".join(catalog.name_string(compiler, name) for name in change.columns)
    return (
        f"IF EXISTS (SELECT 1 FROM {catalog.database(compiler, change.schema)}sys.identity_columns"
        f" WHERE object_id = {catalog.object_id(compiler, change.table_name, change.schema)}"
        f" AND name IN ({names}))\n{switch}"
    )


@lowers(BulkInsert, "mssql")
def _bulk_insert(
    change: BulkInsert, dialect: Dialect, connection: Connection | None
) -> Iterator[Change | Executable]:
    """Insert row by row, switching IDENTITY_INSERT where a row brings the identity's value.

    On a connection SQLAlchemy switches it itself for a Table, which knows its identity.
    """
    table = change.table
    schema = getattr(table, "schema", None)
    known = isinstance(table, Table)
    identities = {c.key for c in table.c if known and _is_identity(c)}
    switched: tuple[str, ...] | None = ()
    for row in change.rows:
        if not known:
            needed: tuple[str, ...] | None = tuple(table.c[key].name for key in row)
        elif connection is None and not identities.isdisjoint(row):
            needed = None
        else:
            needed = ()
        if needed != switched:
            if switched != ():
                yield _IdentityInsert(table.name, schema, switched, on=False)
            if needed != ():
                yield _IdentityInsert(table.name, schema, needed, on=True)
            switched = needed
        yield table.insert().values(dict(row))
    if switched != ():
        yield _IdentityInsert(table.name, schema, switched, on=False)


def _is_identity(column: Any) -> bool:
    """Tell whether CREATE TABLE makes an identity of a Table's column, as SQLAlchemy does."""
    return (
        column.identity is not None
        or column is column.table._autoincrement_column
        or column.autoincrement is True
    )


@lowers(CopyRows, "mssql")
def _copy_rows(
    change: CopyRows, dialect: Dialect, connection: Connection | None
) -> Sequence[Change | Executable]:
    """Copy identity values along: INSERT refuses them unless IDENTITY_INSERT is on."""
    where = (change.target_table, change.schema, tuple(change.columns))
    return (_IdentityInsert(*where, on=True), change.statement, _IdentityInsert(*where, on=False))


@compiles(CreateSequence, "mssql")
def _create_sequence(change: CreateSequence, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE SEQUENCE has no IF NOT EXISTS: OBJECT_ID tells whether there is one (SO)."""
    name = sqltext.table(compiler, change.sequence_name, change.schema)
    kind = (
        "" if change.data_type is None else f" AS {sqltext.type_name(compiler, change.data_type)}"
    )
    text = f"CREATE SEQUENCE {name}{kind} {options_text(change, compiler, no_cache='NO CACHE')}"
    if not change.if_not_exists:
        return text.strip()
    quoted = sqltext.name(compiler, change.sequence_name)
    guard = catalog.if_object(compiler, quoted, change.schema, "SO", there=False)
    return guard + text.strip()


@compiles(DropSequence, "mssql")
def _drop_sequence(change: DropSequence, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.sequence_name, change.schema)
    exists, guard = catalog.if_exists(compiler, change.if_exists), ""
    if change.if_exists and not exists:
        quoted = sqltext.name(compiler, change.sequence_name)
        guard = catalog.if_object(compiler, quoted, change.schema, "SO", there=True)
    return f"{guard}DROP SEQUENCE {exists}{name}"


@compiles(AlterSequence, "mssql")
def _alter_sequence(change: AlterSequence, compiler: DDLCompiler, **kw: Any) -> str:
    """ALTER SEQUENCE: RESTART [WITH], but neither START nor an owner; the name by sp_rename."""
    if change.aspects == ("new_sequence_name",):
        new = str(change.new_sequence_name)
        return catalog.rename(compiler, "OBJECT", new, change.schema, change.sequence_name)
    for aspect, mend in (("start", "say restart"), ("owned_by", "leave owned_by out")):
        if aspect in change.aspects:
            raise UnsupportedChange(
                change.describe(), "mssql", f"ALTER SEQUENCE has no word for {aspect}", mend
            )
    parts = [options_text(change, compiler, no_cache="NO CACHE")]
    if change.restart is not KEEP:
        parts.append("RESTART" if change.restart is True else f"RESTART WITH {change.restart}")
    name = sqltext.table(compiler, change.sequence_name, change.schema)
    return f"ALTER SEQUENCE {name} {' '.join(p for p in parts if p)}"
