"""Locking against other runs on SQL Server: an application lock, by the manual; no server ran it.

SQL Server 2022 manual, sp_getapplock: a lock of one database, owned by a session or a transaction;
a session's is released with the session. It returns 0 or 1 when it is granted, -1 when the time is over, other
numbers below 0 when it can't be granted.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ..errors import NoLock, PooledSessions


class ApplicationLock:
    """The application lock of one version table.

    Attributes:
        resource: Its name, of 32 characters: as many as the server shows of one.
    """

    own_session = True
    asks = True

    def __init__(self, schema: str, table: str) -> None:
        self.resource = f"migrate {hashlib.sha256(f'{schema}.{table}'.encode()).hexdigest()[:24]}"
        self._id: int | None = None

    def take(self, session: Connection) -> bool:
        found, got = self._ask(
            session,
            "SET NOCOUNT ON; DECLARE @got int; EXEC @got = sp_getapplock @Resource = :resource, "
            "@LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0; "
            "SELECT @@SPID, @got",
        )
        if self._id is not None and found != self._id:
            raise PooledSessions(self._id, found)
        self._id = found
        if got < -1:
            raise NoLock(f"sp_getapplock answers {got}", "see what the server's log says")
        return bool(got >= 0)

    def kept(self, session: Connection) -> bool:
        found, mode = self._ask(
            session, "SELECT @@SPID, APPLOCK_MODE('public', :resource, 'Session')"
        )
        return bool(found == self._id and mode == "Exclusive")

    def holder(self, session: Connection) -> str | None:
        with suppress(DBAPIError):  # others are seen with the right VIEW SERVER STATE only
            found = self._first(
                session,
                "SELECT s.session_id, s.login_name, s.host_name, s.host_process_id, "
                "s.program_name, CONVERT(varchar(19), s.login_time, 126) "
                "FROM sys.dm_tran_locks l JOIN sys.dm_exec_sessions s "
                "ON s.session_id = l.request_session_id WHERE l.resource_type = 'APPLICATION' "
                "AND l.resource_database_id = DB_ID() AND l.request_status = 'GRANT' "
                "AND l.resource_description LIKE '%' + :resource + '%'",
            )
            if found is not None:
                number, user, host, process, program, since = found
                parts = [program, user and f"user {user}", host and f"pid {process} on {host}"]
                parts += [f"connected since {since}", f"session {number}"]
                return ", ".join(filter(None, parts))
        return None

    def release(self, session: Connection) -> None:
        session.execute(
            text("EXEC sp_releaseapplock @Resource = :resource, @LockOwner = 'Session'"),
            {"resource": self.resource},
        )

    def _first(self, session: Connection, question: str) -> tuple[Any, ...] | None:
        row = session.execute(text(question), {"resource": self.resource}).first()
        return None if row is None else tuple(row)

    def _ask(self, session: Connection, question: str) -> tuple[Any, ...]:
        return self._first(session, question) or ()


def latch(connection: Connection, schema: str | None, table: str, joined: bool) -> ApplicationLock:
    """Give the lock of a version table; without a schema the user's default one counts."""
    if schema is None:
        schema = connection.exec_driver_sql("SELECT SCHEMA_NAME()").scalar_one()
    return ApplicationLock(schema or "", table)
