"""Sessions of a MySQL or MariaDB server; seen on MariaDB 10.11."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.engine import Connection

long_text = LONGTEXT()
"""MySQL 8.4 manual, String Type Syntax: a TEXT ends at 65,535 bytes."""


def session(connection: Connection) -> str | None:
    """Ask for the number that the server has for the connection."""
    return str(connection.exec_driver_sql("SELECT CONNECTION_ID()").scalar())


def at_work(connection: Connection, session: str) -> str | None:
    """Look in the list of processes.

    MariaDB goes on with a statement whose client is gone, and notices only when it has an
    answer to send (seen with ALTER TABLE). The sessions of the same user can be seen
    without a right (MariaDB Knowledge Base, SHOW PROCESSLIST).
    """
    asked = text(
        "SELECT info FROM information_schema.processlist WHERE id = :id AND db = DATABASE() "
        "AND command <> 'Sleep' AND id <> CONNECTION_ID()"
    )
    row = connection.execute(asked, {"id": int(session)}).first()
    return None if row is None else str(row[0] or "ending")
