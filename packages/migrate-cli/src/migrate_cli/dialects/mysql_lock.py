"""Locking against other runs on MySQL and MariaDB: a named lock; seen on MariaDB 10.11.

MySQL 8.4 manual, 14.14 "Locking Functions", and MariaDB's GET_LOCK: a named lock belongs to the
server and to a session, until it is released or the session ends; DDL and the end of a
transaction leave it alone. A cluster of several masters (Galera) has one set of them a node.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ..errors import NoLock, PooledSessions

LONGEST = 64
"""Characters that the name of a lock may have (MySQL 8.4 manual, GET_LOCK)."""


class NamedLock:
    """The named lock of one version table.

    Attributes:
        name: Its name, for the whole server: with the database in it.
    """

    own_session = True
    asks = True

    def __init__(self, connection: Connection, database: str, table: str) -> None:
        self._connection = connection
        name = f"migrate {database}.{table}"
        digest = hashlib.sha256(f"{database}\0{table}".encode()).hexdigest()
        self.name = (
            name if len(name) <= LONGEST and "." not in database else f"migrate {digest[:48]}"
        )
        self._id: int | None = None

    def take(self, session: Connection) -> bool:
        if self._id is None:
            self._prepare(session)
        found, got = self._ask(session, "SELECT CONNECTION_ID(), GET_LOCK(:name, 0)")
        if found != self._id:
            raise PooledSessions(int(self._id or 0), found)
        if got is None:
            raise NoLock("GET_LOCK() failed", "see what the server's log says")
        return bool(got)

    def kept(self, session: Connection) -> bool:
        mine, holder = self._ask(session, "SELECT CONNECTION_ID(), IS_USED_LOCK(:name)")
        return bool(mine == holder == self._id)

    def holder(self, session: Connection) -> str | None:
        (number,) = self._ask(session, "SELECT IS_USED_LOCK(:name)")
        if number is None:
            return None
        parts = [f"connection {number}"]
        with suppress(DBAPIError):  # others' connections are seen with the right PROCESS only
            parts += self._described(session, number)
        return ", ".join(parts)

    def release(self, session: Connection) -> None:
        self._ask(session, "SELECT RELEASE_LOCK(:name)")

    def _prepare(self, session: Connection) -> None:
        """Remember the session; let no limit on idle ones end it, if it is the lock's own.

        MySQL 8.4 manual, wait_timeout: a year at most.
        """
        if session is not self._connection:
            session.exec_driver_sql("SET SESSION wait_timeout = 31536000")
        self._id = session.exec_driver_sql("SELECT CONNECTION_ID()").scalar_one()

    def _described(self, session: Connection, number: int) -> list[str]:
        """What the server knows of a connection: its user and host, and what its client said of itself."""
        person = session.execute(
            text("SELECT USER, HOST FROM information_schema.PROCESSLIST WHERE ID = :id"),
            {"id": number},
        ).first()
        said = session.execute(
            text(
                "SELECT ATTR_NAME, ATTR_VALUE FROM performance_schema.session_connect_attrs "
                "WHERE PROCESSLIST_ID = :id AND ATTR_NAME IN ('_pid', 'program_name')"
            ),
            {"id": number},
        )
        known = {str(name): str(value) for name, value in said}
        parts = [f"user {person[0]} from {person[1]}"] if person else []
        parts += [known["program_name"]] if "program_name" in known else []
        return parts + ([f"pid {known['_pid']}"] if "_pid" in known else [])

    def _ask(self, session: Connection, question: str) -> tuple[Any, ...]:
        return tuple(session.execute(text(question), {"name": self.name}).one())


def latch(connection: Connection, schema: str | None, table: str, joined: bool) -> NamedLock:
    """Give the lock of a version table; a schema is a database here."""
    if schema is None:
        schema = connection.exec_driver_sql("SELECT DATABASE()").scalar_one()
    return NamedLock(connection, schema or "", table)
