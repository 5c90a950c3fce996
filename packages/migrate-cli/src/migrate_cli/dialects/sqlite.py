"""Running on SQLite; seen on 3.40 with Python's sqlite3 in its default ("legacy") mode."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.engine import Connection

from ..failures import DriverCommits
from .sqlite_lock import latch

__all__ = ["in_transaction", "keeps_widths", "latch", "located", "open_transaction"]

keeps_widths = False
"""SQLite, datatype3, 3.1: the length of a VARCHAR is ignored."""


def located(url: URL, folder: Path) -> URL:
    """Give a URL whose relative file counts from a folder; a `file:` URI is left as it is.

    >>> from sqlalchemy import make_url
    >>> located(make_url("sqlite:///app.db"), Path("/srv/app")).database
    '/srv/app/app.db'
    """
    file = url.database
    if not file or file == ":memory:" or file.startswith("file:"):
        return url
    return url.set(database=str(folder / file))


def open_transaction(connection: Connection) -> None:
    """Send BEGIN, since the driver opens a transaction only before a change of rows.

    Python documentation, sqlite3, "Transaction control via the isolation_level
    attribute": BEGIN is sent before INSERT, UPDATE, DELETE and REPLACE only. Where the
    driver is inside a transaction already (an engine's "begin" event, autocommit=False),
    that one is joined. IMMEDIATE, since a transaction that first reads and then writes
    fails at once when another has written in between (SQLite, lang_transaction).

    Raises:
        DriverCommits: The driver's `autocommit` is True (Python 3.12): then its `commit()`
            does nothing, and what we began would be lost.
    """
    driver = connection.connection.driver_connection
    if getattr(driver, "autocommit", None) is True:
        raise DriverCommits("autocommit=True")
    if not getattr(driver, "in_transaction", True):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def in_transaction(connection: Connection) -> bool | None:
    """Ask the driver; aiosqlite hands the answer of sqlite3 on."""
    answer: bool | None = getattr(connection.connection.driver_connection, "in_transaction", None)
    return answer


def cannot_create(connection: Connection, schema: str | None) -> str | None:
    """Look whether the file and its folder can be written: a journal is made beside the file."""
    opened = connection.exec_driver_sql("PRAGMA database_list").all()
    file = next((path for _, name, path in opened if name == (schema or "main")), None)
    if file is None and schema is not None:
        return f"no database is attached as {schema}"
    if not file:
        return None
    for path in (Path(file), Path(file).parent):
        if path.exists() and not os.access(path, os.W_OK):
            return f"{path} can't be written\ngive the one who runs this the right to"
    if connection.exec_driver_sql("PRAGMA query_only").scalar():
        return "the connection only reads (PRAGMA query_only)"
    return None
