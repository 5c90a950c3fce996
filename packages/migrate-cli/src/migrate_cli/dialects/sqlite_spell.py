"""How columns and constraints are written inside of SQLite's CREATE TABLE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ddl_constructs import AddColumn, AddConstraint, Change, CreateIndex
from sqlalchemy import Column, PrimaryKeyConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import CompileError, UnsupportedCompilationError
from sqlalchemy.sql.elements import TextClause

from ..batch.errors import CannotRebuild
from .sqlite_table import Item, column
from .sqlite_tokens import closing, tokens


@dataclass(frozen=True)
class NewColumn:
    """A new column as CREATE TABLE says it.

    Attributes:
        item: Its own line.
        constraints: What becomes constraints of the table: UNIQUE, foreign keys, CHECKs.
        indexes: The indexes that it brings along.
        key: Whether it is (part of) the primary key.
    """

    item: Item
    constraints: tuple[str, ...]
    indexes: tuple[CreateIndex, ...]
    key: bool


def new_column(change: AddColumn, dialect: Dialect) -> NewColumn:
    """Write the column of a change.

    Raises:
        CannotRebuild: It can't be said.
    """
    bound = change.bound
    compiler = _compiler(dialect)
    try:
        spec = compiler.get_column_specification(bound)
        own = [compiler.process(c) for c in bound.constraints]
        others = [
            compiler.process(c)
            for c in sorted(bound.table.constraints, key=lambda c: c._creation_order)
            if not isinstance(c, PrimaryKeyConstraint) and _created(c, dialect)
        ]
    except CompileError as err:
        raise CannotRebuild(change.describe(), str(err), "say it another way") from err
    text = " ".join([spec, *filter(None, own)])
    try:
        item = column(text)
    except (ValueError, IndexError) as err:
        mend = "set a default that isn't a plain value in brackets"
        raise CannotRebuild(change.describe(), f"SQLite can't read {text} ({err})", mend) from err
    indexes = sorted(bound.table.indexes, key=lambda i: str(i.name))
    return NewColumn(
        item, tuple(filter(None, others)), tuple(map(CreateIndex.of, indexes)), bound.primary_key
    )


def constraint(change: AddConstraint, dialect: Dialect) -> str:
    """Write the constraint of a change.

    Raises:
        CannotRebuild: It can't be said.
    """
    try:
        text = _compiler(dialect).process(change.bound)
    except CompileError as err:
        unknown = isinstance(err, UnsupportedCompilationError)
        reason = "SQLite has no such constraint" if unknown else str(err)
        raise CannotRebuild(change.describe(), reason, "leave it out on SQLite") from err
    if not text:
        raise CannotRebuild(
            change.describe(),
            "SQLite has no foreign keys to another database",
            "leave it out on SQLite",
        )
    return str(text)


def as_column(name: str, type_: Any, default: Any, change: Change, dialect: Dialect) -> NewColumn:
    """Write a column of some type and default (None for none), to take its parts."""
    made: Column[Any] = Column(name, type_, server_default=_bracketed(default))
    schema: str | None = getattr(change, "schema", None)
    stand_in = AddColumn(str(getattr(change, "table_name", "")), made, schema=schema)
    return new_column(stand_in.under(change.naming_convention), dialect)


def _bracketed(default: Any) -> Any:
    """Put an expression in brackets, as SQLite wants it of a default; a plain value stays."""
    if not isinstance(default, TextClause):
        return default
    found = tokens(default.text)
    signed = len(found) == 2 and found[0].says("+", "-")
    if len(found) < 2 or signed or (found[0].says("(") and closing(found, 0) == len(found) - 1):
        return default
    return sql_text(f"({default.text})")


def _compiler(dialect: Dialect) -> Any:
    nothing: Any = None
    return dialect.ddl_compiler(dialect, nothing)


def _created(constraint: Any, dialect: Dialect) -> bool:
    """Tell whether a constraint of a type (Boolean, Enum) is made on this database."""
    rule = constraint._create_rule
    return rule is None or bool(rule(_compiler(dialect)))
