"""Running on SQLite; seen on 3.40 with Python's sqlite3 in its default ("legacy") mode."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from ..errors import Busy
from ..failures import DriverCommits
from ..running.aside import execute_aside
from .sqlite_lock import latch, main_file
from .sqlite_sizes import table_sizes

__all__ = [
    "cannot_create",
    "in_transaction",
    "indexes_in_schema",
    "keeps_widths",
    "latch",
    "located",
    "names_constraints",
    "of_database",
    "open_transaction",
    "read_only",
    "table_sizes",
    "way_on",
]

if TYPE_CHECKING:
    from ..batch.block import Block
    from ..sinks.base import Sink

keeps_widths = False
"""SQLite, datatype3, 3.1: the length of a VARCHAR is ignored."""

indexes_in_schema = True
"""Seen on SQLite 3.40: index i already exists, on whichever table it is."""

names_constraints = False
"""Seen on SQLite 3.40: a table may have two constraints of one name."""


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


def of_database(name: str) -> None:
    """Give nothing: a database is a file, made when it is connected to."""
    return


def open_transaction(connection: Connection) -> None:
    """Send BEGIN, since the driver opens a transaction only before a change of rows.

    Python documentation, sqlite3, "Transaction control via the isolation_level
    attribute": BEGIN is sent before INSERT, UPDATE, DELETE and REPLACE only. Where the
    driver is inside a transaction already (an engine's "begin" event, autocommit=False),
    that one is joined. IMMEDIATE, since a transaction that first reads and then writes
    fails at once when another has written in between (SQLite, lang_transaction).

    Raises:
        Busy: Another process writes, for longer than the driver waits.
        DriverCommits: The driver's `autocommit` is True (Python 3.12): then its `commit()`
            does nothing, and what we began would be lost.
    """
    driver = connection.connection.driver_connection
    if getattr(driver, "autocommit", None) is True:
        raise DriverCommits("autocommit=True")
    if getattr(driver, "in_transaction", True):
        return
    try:
        execute_aside(connection, "BEGIN IMMEDIATE")
    except OperationalError as err:
        name = getattr(err.orig, "sqlite_errorname", "")  # sqlite.org/rescode.html
        if name.startswith("SQLITE_BUSY"):
            raise Busy(str(err.orig)) from err
        raise


def read_only(connection: Connection) -> str | None:
    """Look at the file, the URL and the connection, since SQLite notices at the first write only.

    SQLite, "Uniform Resource Identifiers", mode and immutable; PRAGMA query_only.
    """
    if connection.exec_driver_sql("PRAGMA query_only").scalar():
        return "PRAGMA query_only is on"
    query = connection.engine.url.query
    for option in ("mode=ro", "immutable=1"):
        name, _, value = option.partition("=")
        if query.get(name) == value:
            return f"its URL says {option}"
    file = main_file(connection)
    if file and os.path.exists(file) and not os.access(file, os.W_OK):
        return f"this user may not write to {file}"
    return None


def in_transaction(connection: Connection) -> bool | None:
    """Ask the driver; aiosqlite hands the answer of sqlite3 on."""
    answer: bool | None = getattr(connection.connection.driver_connection, "in_transaction", None)
    return answer


_WAYS = {
    "SQLITE_FULL": "free some room on its disk, and run this again; a table that is copied needs the "
    "room of itself and its indexes once more, and as much in a journal beside the file",
    "SQLITE_IOERR": "look at the disk that it is on, and run this again",
    "SQLITE_BUSY": "another process reads or writes there: end it and run this again, or wait "
    "longer than the driver's 5 s: put ?timeout=60 behind the URL",
    "SQLITE_LOCKED": "a query on this connection is still open: read all of its rows, or close it, "
    "before the table is changed",
}


def way_on(error: BaseException) -> str | None:
    """By the name of the result code (SQLite, rescode.html), extended ones too."""
    name = str(getattr(error, "sqlite_errorname", ""))
    return next((way for code, way in _WAYS.items() if name.startswith(code)), None)


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


def batch(block: Block, sink: Sink) -> bool:
    """Do a batch block: in place where SQLite can, else by a copy of the table."""
    if block.recreate == "never":
        return False
    if sink.connection is None:
        from .sqlite_offline import write

        return write(block, sink)
    from .sqlite_batch import run  # only where there is a block

    run(block, sink)
    return True


@contextmanager
def unchecked(connection: Connection) -> Iterator[Callable[[], None]]:
    """Switch foreign keys off, where they are on; gives what checks them before the commit.

    SQLite, lang_altertable, the first and the tenth of its twelve steps.
    """
    driver = connection.connection.driver_connection
    if getattr(driver, "in_transaction", False) or not _foreign_keys(connection):
        yield lambda: None
        return
    from .sqlite_dangling import dangling, refuse_more

    before = dangling(connection)
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.rollback()
    try:
        yield lambda: refuse_more(connection, before)
    finally:
        if not connection.closed:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.rollback()


def _foreign_keys(connection: Connection) -> bool:
    with_transaction = connection.in_transaction()
    found = bool(connection.exec_driver_sql("PRAGMA foreign_keys").scalar())
    if not with_transaction:
        connection.rollback()
    return found
