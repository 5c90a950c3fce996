"""How SQL Server adds, alters and drops a column; by its manual, not run (see `mssql`)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Computed, Identity, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.types import TypeEngine

from .. import detached, sqltext
from ..alter_column import AlterColumn, narrow, type_checks, warn_of_autoincrement
from ..change import KEEP, Change, lowers
from ..column import AddColumn, DropColumn, add_column_text, add_with_companions
from ..errors import MissingFact, UnsupportedChange
from ..guard import schema_on
from . import mssql_catalog as catalog
from .mssql import refuse_clauses, with_named_default
from .mssql_read import refuse_versioned


@lowers(AlterColumn, "mssql")
def _alter_column(
    change: AlterColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Old default off, type with nullability, new default, comment, name.

    ALTER TABLE, ALTER COLUMN: a column "associated with a default definition" doesn't
    change its type; sp_rename refuses a column that a CHECK depends on, so a CHECK of the
    new type comes after the name.
    """
    warn_of_autoincrement(change, dialect)
    aspects = set(change.aspects)
    if "server_default" in aspects:
        _refuse_generated(change)
    before, _ = type_checks(change, dialect)
    _, after = type_checks(change.under_new_name(), dialect)
    yield from before
    if _drops_default(change):
        yield narrow(change, "server_default", server_default=None, existing_server_default=KEEP)
    if aspects & {"type_", "nullable"}:
        facts = _missing_facts(change, connection)
        if not _is_around_default(change, dialect):
            facts["existing_server_default"] = KEEP
        if before or after:
            facts["existing_type"] = KEEP
        yield narrow(change, "type_", "nullable", **facts)
    if "server_default" in aspects and change.server_default is not None:
        yield narrow(change, "server_default", existing_server_default=KEEP)
    for aspect in ("comment", "new_column_name"):
        if aspect in aspects:
            yield narrow(change, aspect)
    yield from after


def _refuse_generated(change: AlterColumn) -> None:
    """ALTER TABLE: ALTER COLUMN has neither IDENTITY nor AS; both come with the column only."""
    for value in (change.server_default, change.existing_server_default):
        if isinstance(value, Identity):
            raise UnsupportedChange(
                change.describe(),
                "mssql",
                "a column can't become or cease to be an identity, nor change its numbering",
                "copy the rows into a new table that has the column as it should be",
            )
        if isinstance(value, Computed):
            raise UnsupportedChange(
                change.describe(),
                "mssql",
                "a computed expression can't be altered in place",
                "drop the column and add it again (it then comes last)",
            )


def _drops_default(change: AlterColumn) -> bool:
    old = change.existing_server_default
    return "server_default" in change.aspects and (
        change.server_default is None or (old is not None and old is not KEEP)
    )


def _is_around_default(change: AlterColumn, dialect: Dialect) -> bool:
    """Tell whether a default that stays must go off for the new type.

    ALTER TABLE, ALTER COLUMN: length, precision and scale change under a default, the
    type doesn't.
    """
    old, default = change.existing_type, change.existing_server_default
    if change.type_ is KEEP or "server_default" in change.aspects:
        return False
    if default is KEEP or default is None or isinstance(default, (Computed, Identity)):
        return False
    return old is KEEP or _type_word(change.type_, dialect) != _type_word(old, dialect)


def _type_word(type_: TypeEngine[Any], dialect: Dialect) -> str:
    return type_.compile(dialect=dialect).partition("(")[0]


def _missing_facts(change: AlterColumn, connection: Connection | None) -> dict[str, Any]:
    """Read what ALTER COLUMN repeats and nobody stated, where there is a connection."""
    facts = {"existing_type": change.type_, "existing_nullable": change.nullable}
    missing = [f for f, new in facts.items() if new is KEEP and getattr(change, f) is KEEP]
    if not missing:
        return {}
    if connection is None:
        if "existing_type" in missing:
            raise MissingFact(
                change.describe(), ("existing_type",), "SQL Server repeats the type in ALTER COLUMN"
            )
        return {}
    for found in inspect(connection).get_columns(
        change.table_name, schema=schema_on(connection, change.schema)
    ):
        if found["name"] == change.column_name:
            read: dict[str, Any] = {
                "existing_type": found["type"],
                "existing_nullable": found["nullable"],
            }
            return {fact: read[fact] for fact in missing}
    raise MissingFact(
        change.describe(),
        tuple(missing),
        f"the database has no column {change.table_name}.{change.column_name}",
    )


@compiles(AlterColumn, "mssql")
def _alter_column_text(change: AlterColumn, compiler: DDLCompiler, **kw: Any) -> str:
    table_name, column_name, schema = change.table_name, change.column_name, change.schema
    table = sqltext.table(compiler, table_name, schema)
    column = sqltext.name(compiler, column_name)
    match change.aspects[0]:
        case "new_column_name":
            new = str(change.new_column_name)
            return catalog.rename(compiler, "COLUMN", new, schema, table_name, column_name)
        case "comment":
            comment: Any = change.comment
            return catalog.comment(compiler, change, comment, column_name)
        case "server_default" if change.server_default is None:
            return catalog.drop_dependents(compiler, "default", table_name, column_name, schema)
        case "server_default":
            value = sqltext.default(compiler, catalog.national(change.server_default))
            name = change.dialect_kwargs.get("mssql_default_name")
            named = f"CONSTRAINT {sqltext.name(compiler, name)} " if name else ""
            return f"ALTER TABLE {table} ADD {named}DEFAULT {value} FOR {column}"
    type_ = change.existing_type if change.type_ is KEEP else change.type_
    nullable = change.existing_nullable if change.nullable is KEEP else change.nullable
    statement = (
        f"ALTER TABLE {table} ALTER COLUMN {column} {sqltext.type_name(compiler, type_)}"  # type: ignore[arg-type]  # the lowering asked for it
        f"{'' if nullable is KEEP else ' NULL' if nullable else ' NOT NULL'}"
    )
    if nullable is KEEP:
        warnings.warn(
            f"the new type of {sqltext.dotted(schema, table_name, column_name)} lets it be NULL "
            "on SQL Server, as neither nullable nor existing_nullable is stated",
            stacklevel=2,
        )
    if _is_around_default(change, compiler.dialect):
        return catalog.around_default(compiler, statement, table_name, column_name, schema)
    return statement


@lowers(AddColumn, "mssql")
def _add_column(
    change: AddColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    bound = change.bound
    refuse_clauses(change, (*bound.constraints, *bound.table.constraints))
    if bound.computed is not None or bound.identity is not None:
        refuse_versioned(change, dialect, connection, "it gets no computed or identity column")
    column = catalog.national_column(change.column)
    if column is not change.column:
        yield change.replace(column=column)
    else:
        yield from add_with_companions(change, dialect, connection)


@compiles(AddColumn, "mssql")
def _add_column_text(change: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """ALTER TABLE: ADD without COLUMN, constraints of the column inside; no IF NOT EXISTS."""
    if not change.if_not_exists:
        return _named_default(change, compiler, add_column_text(change, compiler, "ADD "))
    guard = catalog.if_column(
        compiler, change.table_name, change.column.name, change.schema, there=False
    )
    plain = change.replace(if_not_exists=None)
    return guard + _named_default(plain, compiler, add_column_text(plain, compiler, "ADD "))


def _named_default(change: AddColumn, compiler: DDLCompiler, text: str) -> str:
    name = change.dialect_kwargs.get("mssql_default_name")
    return with_named_default(compiler, change.bound, name, text)


@dataclass(eq=False)
class _DropDependents(Change):
    """Drop what hangs on a column of one kind, and keeps SQL Server from dropping it.

    Attributes:
        table_name: The table's name.
        column_name: The column's name.
        kind: default, check, foreign_key, unique or index.
        schema: The table's schema; None for the default one.
    """

    table_name: str
    column_name: str
    kind: catalog.Dependent
    schema: str | None = None

    def describe(self) -> str:
        where = sqltext.dotted(self.schema, self.table_name, self.column_name)
        return f"drop every {self.kind.replace('_', ' ')} of column {where}"


@compiles(_DropDependents, "mssql")
def _drop_dependents(change: _DropDependents, compiler: DDLCompiler, **kw: Any) -> str:
    return catalog.drop_dependents(
        compiler, change.kind, change.table_name, change.column_name, change.schema
    )


@lowers(DropColumn, "mssql")
def _drop_column(
    change: DropColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    """Drop first what hangs on the column: what the options say, or the column as it is known.

    ALTER TABLE, DROP COLUMN: not while it is in an index, or has a CHECK, FOREIGN KEY,
    UNIQUE or PRIMARY KEY constraint or a default.
    """
    kinds: tuple[catalog.Dependent, ...] = ("default", "check", "foreign_key", "unique", "index")
    known = _known_dependents(change, dialect)
    for kind in kinds:
        asked = change.dialect_kwargs.get(f"mssql_drop_{kind}")
        if asked or (asked is None and kind in known):
            yield _DropDependents(change.table_name, change.column_name, kind, change.schema)
    yield change


def _known_dependents(change: DropColumn, dialect: Dialect) -> set[str]:
    """Tell which kinds of dependents the column has, as far as it was handed in."""
    if change.existing_column is None:
        return set()
    column = detached.bind_column(change.existing_column, change.table_name, change.schema)
    default = column.server_default
    plain_default = default is not None and not isinstance(default, (Computed, Identity))
    has = {
        "default": plain_default,
        "check": column.constraints or detached.checks_of_type(column, dialect),
        "foreign_key": column.foreign_keys,
        "unique": column.unique and not column.index,
        "index": column.index,
    }
    return {kind for kind, found in has.items() if found}


@compiles(DropColumn, "mssql")
def _drop_column_text(change: DropColumn, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    exists, guard = catalog.if_exists(compiler, change.if_exists), ""
    if change.if_exists and not exists:
        guard = catalog.if_column(
            compiler, change.table_name, change.column_name, change.schema, there=True
        )
    return (
        f"{guard}ALTER TABLE {table} DROP COLUMN {exists}"
        f"{sqltext.name(compiler, change.column_name)}"
    )
