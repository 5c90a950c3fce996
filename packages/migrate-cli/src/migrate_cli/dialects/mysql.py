"""Running on MySQL and MariaDB; seen on MariaDB 10.11."""

from __future__ import annotations

import re

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from ..batch.block import Block
from ..sinks.base import Sink
from .mysql_lock import latch
from .mysql_rights import cannot_create
from .mysql_session import at_work, long_text, session
from .mysql_sizes import table_sizes
from .mysql_timeouts import missed_its_lock, timeouts
from .mysql_tls import alike

__all__ = [
    "alike",
    "at_work",
    "batch",
    "cannot_create",
    "denied",
    "fills_not_null",
    "latch",
    "long_text",
    "missed_its_lock",
    "read_only",
    "session",
    "set_offline",
    "table_sizes",
    "timeouts",
    "way_on",
]


_NO_ROOM = (
    "free some room on the server's disk, and run this again; a table that is copied needs the room "
    "of itself and its indexes once more"
)
_WAYS = {
    1021: _NO_ROOM,
    1114: _NO_ROOM,
    1205: "another session holds a lock that it needs: see who by SHOW PROCESSLIST, and run this "
    "again when that has ended, or with a longer lock_wait_timeout",
    1265: "a value doesn't fit the type: change the rows that hold it first, by op.execute; an ENUM "
    "gets its new labels before that, and loses the old ones after it",
    1213: "another session and this one waited for each other: run this again",
}


_OF_THE_SYSTEM = (3, 1005, 1025, 1026, 1030)
"""Errors whose text holds another number, of the system or the table handler."""
_FULL = re.compile(r"\b(?:errno:|error) (?:28|135)\b")
"""ENOSPC, and HA_ERR_RECORD_FILE_FULL (MariaDB, include/my_base.h): seen in a 1005 of MariaDB 10.11."""


fills_not_null = True
"""MySQL 8.4 manual, 13.6 "Data Type Default Values": implicit defaults; seen on MariaDB 10.11."""


def way_on(error: BaseException) -> str | None:
    """By the server's number (MariaDB and MySQL, error reference), the drivers' first argument."""
    number, *said = error.args or (None,)
    if number in _OF_THE_SYSTEM and any(_FULL.search(str(one)) for one in said):
        return _NO_ROOM
    return _WAYS.get(number) if isinstance(number, int) else None


def denied(error: BaseException) -> bool:
    """By the server's number: ER_TABLEACCESS_DENIED_ERROR, or that of a column."""
    return error.args[:1] in ((1142,), (1143,))


def read_only(connection: Connection) -> str | None:
    """Ask for the session's setting; the server's binds only those without a certain right.

    MySQL 8.4 manual, transaction_read_only; MariaDB calls it tx_read_only too, and did so only
    before 11.1.
    """
    mariadb = getattr(connection.dialect, "is_mariadb", False)
    name = "tx_read_only" if mariadb else "transaction_read_only"
    closed = connection.exec_driver_sql(f"SELECT @@SESSION.{name}").scalar_one()
    return f"{name} is on" if closed else None


def product(dialect: Dialect) -> str:
    """Tell by what the server says of its version."""
    return "mariadb" if getattr(dialect, "is_mariadb", False) else "mysql"


def set_offline(dialect: Dialect) -> None:
    """Let sequences be written, which a MariaDB server under a URL of MySQL's has.

    Only where the server has them does comparing find any; MySQL itself refuses the statement.
    """
    dialect.may_be_mariadb = True  # type: ignore[attr-defined]  # what ddl-constructs asks for


def batch(block: Block, sink: Sink) -> bool:
    """Do a batch block that asks for a copy of the table; others are taken one by one."""
    if sink.connection is None or block.recreate != "always":
        return False
    from .mysql_batch import run  # only where there is such a block

    run(block, sink)
    return True
