"""Pieces of SQL text that several changes and dialects share."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import Column, MetaData, Table, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.compiler import DDLCompiler, IdentifierPreparer
from sqlalchemy.sql.elements import ClauseElement, TextClause, quoted_name
from sqlalchemy.types import NullType, String, TypeEngine

from .closed import closed
from .detached import TableName


def table(compiler: DDLCompiler, name: str, schema: str | None) -> str:
    """Write a table's name with its schema, quoted where the dialect needs it.

    A schema is split at its dots (`database.owner`), unless it is a `quoted_name` or the
    dialect splits schemas by rules of its own (SQL Server: `[data.base].owner`).
    """
    splits = type(compiler.preparer).quote_schema is not IdentifierPreparer.quote_schema
    if schema and "." in schema and not isinstance(schema, quoted_name) and not splits:
        return ".".join(compiler.preparer.quote(part) for part in (*schema.split("."), name))
    return compiler.preparer.format_table(TableName(name, schema))  # type: ignore[arg-type]  # a name is enough there


def name(compiler: DDLCompiler, identifier: str) -> str:
    """Write one identifier, quoted where the dialect needs it."""
    return compiler.preparer.quote(identifier)


def literal(compiler: DDLCompiler, value: str) -> str:
    """Write a string as a SQL literal."""
    return compiler.sql_compiler.render_literal_value(value, String())


def sql_literal(compiler: DDLCompiler, sql: str) -> str:
    """Write a piece of SQL as a SQL literal: percent signs in its names are escaped once, not twice."""
    return literal(compiler, sql.replace("%%", "%") if _escapes(compiler) else sql)


def said_raw(compiler: DDLCompiler, sql: str) -> str:
    """Write SQL as its author said it, its percent signs escaped where the driver wants that."""
    return sql.replace("%", "%%") if _escapes(compiler) else sql


def _escapes(compiler: DDLCompiler) -> bool:
    return bool(getattr(compiler.preparer, "_double_percents", False))


def raw_text(sql: str) -> TextClause:
    """Wrap SQL so that none of its colons is taken for a bind parameter.

    >>> str(raw_text("x = ':y'"))
    "x = ':y'"
    """
    return text(sql.replace(":", "\\:"))


def default(compiler: DDLCompiler, value: Any, type_: TypeEngine[Any] | None = None) -> str:
    """Write a server default: a string as a literal, text() and functions as they are.

    Args:
        compiler: Of the dialect to write for.
        value: What a Column takes as `server_default`.
        type_: The column's type, where the dialect's form depends on it.
    """
    if isinstance(value, TextClause):
        value = closed(value)
    holder = Column("c", type_ or NullType(), server_default=value)
    Table("t", MetaData(), holder)
    return compiler.get_column_default_string(holder) or ""


def visit(compiler: DDLCompiler, what: str, element: Any) -> str:
    """Let SQLAlchemy's own compiler write an element; "" for what it leaves out.

    Args:
        compiler: Of the dialect to write for.
        what: The end of the method's name: "create_table" for `visit_create_table`.
        element: What it takes.
    """
    return (getattr(compiler, f"visit_{what}")(element) or "").strip()


def type_name(compiler: DDLCompiler, type_: TypeEngine[Any]) -> str:
    """Write a type as a column of it would be declared."""
    holder: Column[Any] = Column("c", type_)
    Table("t", MetaData(), holder)
    named: dict[str, Any] = {}
    if hasattr(compiler.preparer, "format_type"):  # it knows types by name, and translates schemas
        named["identifier_preparer"] = compiler.preparer
    return compiler.dialect.type_compiler_instance.process(type_, type_expression=holder, **named)


def bare_type(type_: Any) -> str:
    """Write a type for a person, as it stands in Python: `Integer`, `String(50)`."""
    text = repr(type_)
    return text[:-2] if text.endswith("()") else text


def spoken(expression: Any) -> str:
    """Write SQL for a person, on one line, its values in their places where they can be."""
    said = str(expression)
    if isinstance(expression, ClauseElement):
        with suppress(SQLAlchemyError):  # a value may have no literal form
            said = str(expression.compile(compile_kwargs={"literal_binds": True}))
    return " ".join(said.split())


def dotted(schema: str | None, *names: str) -> str:
    """Write names for a person, joined by dots, the schema first if there is one."""
    return ".".join((schema, *names) if schema else names)


def yes(condition: Any, words: str) -> str:
    """Give the words with a blank behind them if the condition holds, else nothing."""
    return f"{words} " if condition else ""
