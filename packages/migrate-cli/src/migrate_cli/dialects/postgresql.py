"""Running on PostgreSQL; seen on 15."""

from __future__ import annotations

import re

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import TextClause

# PostgreSQL 15 manual: "cannot be executed inside a transaction block", in the notes of each
_ALONE = re.compile(
    r"(create\s+(unique\s+)?|drop\s+)index\s+concurrently\b"
    r"|reindex\s+(\([^)]*\)\s*)?(\w+\s+)?concurrently\b|reindex\s+(\([^)]*\)\s*)?(database|system)\b"
    r"|vacuum\b|(create|drop)\s+(database|tablespace)\b|alter\s+system\b"
    r"|alter\s+table\s.*\sdetach\s+partition\s.*\sconcurrently\b",
    re.IGNORECASE | re.DOTALL,
)
_COMMENT = re.compile(r"\s+|--[^\n]*\n|/\*.*?\*/", re.DOTALL)


def stands_alone(statement: Executable) -> bool:
    """Tell whether SQL that was said as text can't run inside of a transaction."""
    if not isinstance(statement, TextClause):
        return False
    text, start = statement.text, 0
    while skipped := _COMMENT.match(text, start):
        start = skipped.end()
    return _ALONE.match(text, start) is not None


def set_offline(dialect: Dialect) -> None:
    """Take a backslash in a string literal as it is.

    PostgreSQL 15 manual, standard_conforming_strings: on by default since 9.1.
    SQLAlchemy asks the server, and doubles backslashes until it has.
    """
    dialect._backslash_escapes = False  # type: ignore[attr-defined]  # of PGDialect
