"""Defaults that MySQL takes as an expression only; by its manual, not run. MariaDB takes them as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import Column
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import CompileError
from sqlalchemy.schema import DefaultClause
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.types import TypeEngine

from .. import sqltext
from ..change import KEEP, Change, Keep, lowers
from ..detached import copy_column
from ..errors import UnsupportedChange
from ..sqltext import raw_text
from ..table import CreateTable, create_with_companions
from .mysql import is_mariadb, older
from .mysql_read import is_literal_default

# MySQL 8.4 manual, Data Type Default Values
_WITHOUT_LITERALS = frozenset(
    {
        *("TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "JSON"),
        *("TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB"),
        *("GEOMETRY", "POINT", "LINESTRING", "POLYGON"),
    }
)


def takes_no_literal(type_: TypeEngine[Any] | Keep, compiler: DDLCompiler) -> bool:
    """Tell whether the default of a type is an expression even where it is a literal."""
    if type_ is KEEP or is_mariadb(compiler.dialect):
        return False
    return word_of(compiler, type_) in _WITHOUT_LITERALS


def word_of(compiler: DDLCompiler, type_: TypeEngine[Any]) -> str:
    """Give the word that a type begins with, in capitals; "" of one that can't be written.

    An existing type may be a String without a length, for which MySQL has no word.
    """
    with suppress(CompileError, NotImplementedError, AttributeError):
        return re.split(r"\W", sqltext.type_name(compiler, type_).upper(), maxsplit=1)[0]
    return ""


def with_default(change: Change, column: Column[Any], dialect: Dialect) -> Column[Any]:
    """Give the column itself, or a copy whose default stands in brackets.

    Raises:
        UnsupportedChange: The server is too old for expressions (before 8.0.13).
    """
    given = column.server_default
    if not isinstance(given, DefaultClause) or is_mariadb(dialect):
        return column
    compiler = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # no statement is written
    text = sqltext.default(compiler, given.arg)
    literal = is_literal_default(text, clock=True)
    bare = takes_no_literal(column.type, compiler)
    if older(dialect, (8, 0, 13), ()) and (bare or not literal):
        raise UnsupportedChange(
            change.describe(),
            dialect.name,
            f"{column.name}: before 8.0.13 "
            + ("its type has no default" if bare else "a default is no expression"),
            "leave server_default out" if bare else "say a literal",
        )
    if not bare or not literal or text.startswith("("):
        return column
    copy = copy_column(column)
    copy.server_default = DefaultClause(raw_text(f"({text})"))
    return copy


@lowers(CreateTable, "mysql")
def _create_table(
    change: CreateTable, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    elements = [
        with_default(change, e, dialect) if isinstance(e, Column) else e for e in change.elements
    ]
    if any(new is not old for new, old in zip(elements, change.elements, strict=True)):
        yield change.replace(elements=elements)
    else:
        yield from create_with_companions(change, dialect, connection)
