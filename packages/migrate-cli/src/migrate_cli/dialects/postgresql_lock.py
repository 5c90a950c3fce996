"""Locking against other runs on PostgreSQL: an advisory lock; seen on 15.

PostgreSQL 15 manual, 13.3.5 "Advisory Locks" and 9.27.10: such a lock belongs to one database
and to a session, until it is released or the session ends, whatever becomes of
transactions; the `xact` form belongs to a transaction and is released with it.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import text
from sqlalchemy.engine import Connection

from ..errors import PooledSessions
from ..running.identity import now, process

_OURS = "migrate"
"""What the name begins with that a session of ours has on the server while it holds a lock."""


class AdvisoryLock:
    """The advisory lock of one version table, in a session or in the caller's transaction.

    Attributes:
        key: Its number, 64 bits with a sign; the same for the same schema and table ever after.
        own_session: Whether it is held by a session of its own.
    """

    asks = True

    def __init__(self, connection: Connection, schema: str, table: str, joined: bool) -> None:
        digest = hashlib.sha256(f"migrate\0{schema}\0{table}".encode()).digest()
        self.key = int.from_bytes(digest[:8], "big", signed=True)
        self.own_session = not joined
        self._connection = connection
        self._form = "pg_try_advisory_xact_lock" if joined else "pg_try_advisory_lock"
        self._pid: int | None = None

    def take(self, session: Connection) -> bool:
        if self._pid is None:
            self._pid = self._session_of(session)
        pid, got = session.exec_driver_sql(
            f"SELECT pg_backend_pid(), {self._form}({self.key})"
        ).one()
        if pid != self._pid:
            raise PooledSessions(self._pid, pid)
        if got and session is not self._connection:
            self._introduce(session)
        return bool(got)

    def kept(self, session: Connection) -> bool:
        mine = f"SELECT count(*) FROM pg_locks WHERE {self._match} AND pid = {self._pid}"
        pid, held = session.exec_driver_sql(f"SELECT pg_backend_pid(), ({mine})").one()
        return bool(pid == self._pid and held)

    def holder(self, session: Connection) -> str | None:
        found = session.exec_driver_sql(
            "SELECT l.pid, a.usename, a.application_name, host(a.client_addr), "
            "to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') "
            "FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid "
            f"WHERE {self._match} AND l.granted"
        ).first()
        if found is None:
            return None
        pid, user, application, address, start = found
        parts = [application, user and f"user {user}", address and f"from {address}"]
        if not str(application).startswith(_OURS):
            parts.append(start and f"connected since {start}")
        return ", ".join(filter(None, [*parts, f"server process {pid}"]))

    def release(self, session: Connection) -> None:
        if self.own_session:
            session.exec_driver_sql(f"SELECT pg_advisory_unlock({self.key})")

    @property
    def _match(self) -> str:
        """PostgreSQL 15 manual, pg_locks: the halves of a 64-bit key, and 1."""
        unsigned = self.key % 2**64
        return (
            "locktype = 'advisory' AND objsubid = 1 "
            f"AND classid = {unsigned >> 32} AND objid = {unsigned & 0xFFFFFFFF} "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )

    def _session_of(self, session: Connection) -> int:
        """Ask which session of the server this connection has, and make sure that it is its own.

        PgBouncer's manual, pool_mode: with "transaction" a session of the server is
        a client's for one transaction only. Then our two connections, which speak in turn, have
        the same session, or one of them has several.
        """
        ask = "SELECT pg_backend_pid()"
        first: int = session.exec_driver_sql(ask).scalar_one()
        if session is not self._connection:
            before = self._connection.in_transaction()
            others: int = self._connection.exec_driver_sql(ask).scalar_one()
            if not before:
                self._connection.rollback()
            again: int = session.exec_driver_sql(ask).scalar_one()
            if again != first or others == first:
                raise PooledSessions(first, others, again)
        return first

    def _introduce(self, session: Connection) -> None:
        """Say on the server who holds the lock, and let no limit on idle sessions (14) end it."""
        session.execute(
            text(
                "SELECT set_config('application_name', :name, false), (SELECT set_config(name, "
                "'0', false) FROM pg_settings WHERE name = 'idle_session_timeout')"
            ),
            {"name": f"{_OURS} since {now()}, {process()}"[:63]},  # NAMEDATALEN
        )


def latch(connection: Connection, schema: str | None, table: str, joined: bool) -> AdvisoryLock:
    """Give the lock of a version table; without a schema the session's current one counts."""
    if schema is None:
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    return AdvisoryLock(connection, schema or "", table, joined)
