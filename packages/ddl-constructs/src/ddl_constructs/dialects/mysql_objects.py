"""How MySQL's and MariaDB's views, routines and triggers come and go; run on MariaDB 10.11."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..alter_object import RenameObject, cant_rename
from ..change import Change, lowers
from ..errors import UnsupportedChange
from ..routine import (
    CreateFunction,
    CreateProcedure,
    DropFunction,
    DropProcedure,
    refuse_comment,
)
from ..schema import CreateSchema, DropSchema, schema_name
from ..trigger import CreateTrigger, then_enabled
from ..view import CreateView, require_plain, view_text

_OPTIONS = (
    ("algorithm", "ALGORITHM = "),
    ("definer", "DEFINER = "),
    ("sql_security", "SQL SECURITY "),
)


@compiles(CreateView, "mysql", "mariadb")
def _view(change: CreateView, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE VIEW: IF NOT EXISTS is MariaDB's alone."""
    maria = is_mariadb(compiler.dialect)
    require_plain(change, compiler, if_not_exists=maria)
    words = ["CREATE"] + (["OR REPLACE"] if change.or_replace else [])
    for option, word in _OPTIONS:
        value = change.dialect_kwargs.get(f"{compiler.dialect.name}_{option}")
        if value is not None:
            words.append(f"{word}{value}")
    words.append("VIEW IF NOT EXISTS" if change.if_not_exists else "VIEW")
    return view_text(change, compiler, " ".join(words))


def is_mariadb(dialect: Dialect) -> bool:
    """Tell whether the server is known to be MariaDB."""
    return bool(getattr(dialect, "is_mariadb", False)) or dialect.name == "mariadb"


@lowers(CreateFunction, "mysql", "mariadb")
def _create_function(
    change: CreateFunction, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """MySQL 8.4 manual, CREATE PROCEDURE and CREATE FUNCTION: no OR REPLACE; MariaDB has it."""
    refuse_comment(change, dialect.name)
    if change.or_replace and not is_mariadb(dialect):
        yield DropFunction(change.name, schema=change.schema, if_exists=True)
        yield change.replace(or_replace=False)
    else:
        yield change


@lowers(CreateProcedure, "mysql", "mariadb")
def _create_procedure(
    change: CreateProcedure, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    refuse_comment(change, dialect.name)
    if change.or_replace and not is_mariadb(dialect):
        yield DropProcedure(change.name, schema=change.schema, if_exists=True)
        yield change.replace(or_replace=False)
    else:
        yield change


@lowers(CreateTrigger, "mysql", "mariadb")
def _create_trigger(
    change: CreateTrigger, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """MySQL 8.4 manual, CREATE TRIGGER: no OR REPLACE; MariaDB has it."""
    if change.constraint:
        raise UnsupportedChange(change.describe(), dialect.name, "it has no constraint triggers")
    if change.or_replace and not is_mariadb(dialect):
        yield change.drop.replace(if_exists=True)
        yield change.replace(or_replace=False)
    else:
        yield from then_enabled(change)


@compiles(CreateSchema, "mysql", "mariadb")
def _create_schema(change: CreateSchema, compiler: DDLCompiler, **kw: Any) -> str:
    if change.authorization is not None:
        raise UnsupportedChange(
            change.describe(), compiler.dialect.name, "a schema belongs to nobody there"
        )
    guard = sqltext.yes(change.if_not_exists, "IF NOT EXISTS")
    return f"CREATE SCHEMA {guard}{schema_name(compiler, change.schema_name)}"


@compiles(DropSchema, "mysql", "mariadb")
def _drop_schema(change: DropSchema, compiler: DDLCompiler, **kw: Any) -> str:
    """DROP DATABASE: all that is in it goes, so there is no CASCADE."""
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    return f"DROP SCHEMA {guard}{schema_name(compiler, change.schema_name)}"


@compiles(RenameObject, "mysql", "mariadb")
def _rename(change: RenameObject, compiler: DDLCompiler, **kw: Any) -> str:
    """RENAME TABLE is for views too; nothing renames a routine, a trigger or a database."""
    if change.kind != "view":
        raise cant_rename(change, compiler.dialect.name)
    old = sqltext.table(compiler, change.object_name, change.schema)
    return f"RENAME TABLE {old} TO {sqltext.table(compiler, change.new_object_name, change.schema)}"
