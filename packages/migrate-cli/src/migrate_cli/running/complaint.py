"""What a database says when it refuses a statement, and the statement, as a person reads them."""

from __future__ import annotations

import re

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import SQLAlchemyError, StatementError

GONE = (SQLAlchemyError, OSError)
"""What is raised where a database that may be gone is asked: asyncpg connects with the system's errors."""


def reason(err: BaseException) -> str:
    """Say in the database's own words why it refuses, in six lines at most.

    Some drivers have a number and a text as arguments (PyMySQL); the number says nothing more,
    unless the text is empty (mysqlclient, of a connection that was closed). SQLAlchemy 2.0 writes
    the class of asyncpg's error before its text.
    """
    said = getattr(err, "orig", None) or err
    text = str(said.args[1]) if len(said.args) == 2 else str(said)
    text = re.sub(r"^<class '[\w.]+'>: ", "", text.strip()) or repr(said)
    return "\n  ".join(line.strip() for line in text.splitlines()[:6])


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
