"""Locking against other runs on Oracle: a user lock, by the manual; no server ran it.

Oracle Database 19c, PL/SQL Packages and Types Reference, DBMS_LOCK: a lock with a number up to
1,073,741,823, held by a session until it is released or the session ends, if it isn't to be released
by commits. REQUEST answers 0 for granted, 1 for a wait that is over, 4 for one that is held already.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Any

from sqlalchemy import Integer, outparam, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ..errors import NoLock

HIGHEST = 1_073_741_823


class UserLock:
    """The user lock of one version table.

    Attributes:
        number: Its number, the same for the same database, schema and table ever after.
    """

    own_session = True
    asks = True

    def __init__(self, database: str, schema: str, table: str) -> None:
        digest = hashlib.sha256(f"migrate\0{database}\0{schema}\0{table}".encode()).digest()
        self.number = int.from_bytes(digest[:8], "big") % (HIGHEST + 1)

    def take(self, session: Connection) -> bool:
        answer = self._request(session)
        if answer not in (0, 1, 4):
            raise NoLock(f"DBMS_LOCK.REQUEST answers {answer}", "see what the alert log says")
        return answer != 1

    def kept(self, session: Connection) -> bool:
        return self._request(session) == 4

    def holder(self, session: Connection) -> str | None:
        with suppress(DBAPIError):  # the views want a right of their own
            found = session.execute(
                text(
                    "SELECT s.sid, s.username, s.machine, s.process, s.program, "
                    "TO_CHAR(s.logon_time, 'YYYY-MM-DD\"T\"HH24:MI:SS') FROM v$lock l "
                    "JOIN v$session s ON s.sid = l.sid "
                    "WHERE l.type = 'UL' AND l.id1 = :lock_id AND l.lmode = 6"
                ),
                {"lock_id": self.number},
            ).first()
            if found is not None:
                sid, user, machine, process, program, since = found
                parts = [program, user and f"user {user}"]
                parts += [machine and f"pid {process} on {machine}", f"connected since {since}"]
                return ", ".join(filter(None, [*parts, f"session {sid}"]))
        return None

    def release(self, session: Connection) -> None:
        self._call(session, "DBMS_LOCK.RELEASE(:lock_id)")

    def _request(self, session: Connection) -> int:
        """Ask for the lock in exclusive mode (6), without waiting, kept over commits."""
        try:
            return self._call(session, "DBMS_LOCK.REQUEST(:lock_id, 6, 0, FALSE)")
        except DBAPIError as err:
            if "PLS-00201" not in str(err.orig):  # identifier must be declared
                raise
            raise NoLock(
                "this user may not execute DBMS_LOCK",
                "let an administrator GRANT EXECUTE ON DBMS_LOCK to the user",
            ) from err

    def _call(self, session: Connection, call: str) -> int:
        block = text(f"BEGIN :answer := {call}; END;").bindparams(outparam("answer", Integer()))
        result: Any = session.execute(block, {"lock_id": self.number})
        return int(result.out_parameters["answer"])


def latch(connection: Connection, schema: str | None, table: str, joined: bool) -> UserLock:
    """Give the lock of a version table; without a schema the session's current one counts."""
    database, current = connection.exec_driver_sql(
        "SELECT SYS_CONTEXT('USERENV', 'DB_NAME'), SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual"
    ).one()
    return UserLock(database or "", schema or current or "", table)
