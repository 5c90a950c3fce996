"""Anonymous PL/pgSQL blocks: what PostgreSQL looks for before it does something."""

from __future__ import annotations

from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext


def block(body: str) -> str:
    """Wrap statements as an anonymous PL/pgSQL block, under a quote that they don't hold."""
    quote = "$do$"
    while quote in body:
        quote = quote[:-1] + "x$"
    return f"DO {quote} BEGIN {body} END {quote}"


def unless_there(name: str, create: str, compiler: DDLCompiler) -> str:
    """Write what creates a type unless it is there: CREATE TYPE and CREATE DOMAIN have no IF NOT EXISTS.

    Args:
        name: The type's name, as SQL.
        create: What creates it.
        compiler: Of the dialect.
    """
    return block(
        f"IF to_regtype({sqltext.sql_literal(compiler, name)}) IS NULL THEN {create}; END IF;"
    )
