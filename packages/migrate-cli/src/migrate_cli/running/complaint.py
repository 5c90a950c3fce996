"""What a database says when it refuses a statement, and the statement, as a person reads them."""

from __future__ import annotations

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import SQLAlchemyError, StatementError

GONE = (SQLAlchemyError, OSError)
"""What is raised where a database that may be gone is asked: asyncpg connects with the system's errors."""


def reason(err: StatementError) -> str:
    """Say in the database's own words why it refuses, in six lines at most.

    Some drivers have a number and a text as arguments (PyMySQL); the number says nothing more.
    """
    said = err.orig if err.orig is not None else err
    text = str(said.args[1]) if len(said.args) == 2 else str(said)
    return "\n  ".join(line.strip() for line in text.strip().splitlines()[:6])


def statement(err: StatementError, dialect: Dialect, most: int = 300) -> str | None:
    """Give the statement in one line as the database reads it; None if the error has none.

    Args:
        err: The error.
        dialect: Whose driver it was: some want percent signs doubled, the database doesn't.
        most: Characters after which it is cut.
    """
    if not err.statement:
        return None
    sql = err.statement
    if dialect.paramstyle in ("format", "pyformat"):
        sql = sql.replace("%%", "%")
    line = " ".join(sql.split())
    return line if len(line) <= most else line[: most - 3] + "..."
