"""What can stand between a run and the lock that lets one run at a time through."""

from __future__ import annotations

from .base import DatabaseError, NotBegun


class LockTimeout(DatabaseError):
    """Another run holds the lock, and the time to wait for it is over; nothing ran.

    Attributes:
        database: The database's URL, without password.
        seconds: How long it was waited.
        holder: Who holds it, in words; None if the database doesn't tell.
    """

    def __init__(self, database: str, seconds: float, holder: str | None) -> None:
        self.database, self.seconds, self.holder = database, seconds, holder
        super().__init__(
            f"another run is at work on {database}, and {seconds:g} s of waiting for it are over; "
            f"nothing ran\nthe lock is held by {holder or 'a session that the server does not name'}\n"
            "wait longer: --lock-timeout SECONDS, or [tool.migrate] lock_timeout"
        )


class NoLock(DatabaseError):
    """The lock can't be had at all, for whatever reason; nothing ran.

    Attributes:
        reason: What stands in the way.
        mend: What to do about it.
    """

    def __init__(self, reason: str, mend: str) -> None:
        self.reason, self.mend = reason, mend
        super().__init__(
            f"can't lock the database against other runs: {reason}; nothing ran\n{mend}, or do "
            "without, if only one run is ever started: [tool.migrate] lock = false"
        )


class PooledSessions(NoLock):
    """Statements of one connection reach different sessions, so that no lock is held by it.

    Attributes:
        sessions: What the server called the sessions, in order.
    """

    def __init__(self, *sessions: int) -> None:
        self.sessions = sessions
        super().__init__(
            "what is between here and the server gives a connection another session for each "
            f"transaction ({', then '.join(map(str, sessions))}), as PgBouncer does with "
            "pool_mode = transaction",
            "connect to the server itself, or to a port with pool_mode = session: "
            "--url or $MIGRATE_DATABASE_URL",
        )


class LockLost(NotBegun):
    """The lock was lost in the middle of a run, which stopped before its next revision.

    Attributes:
        reason: How that was noticed.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"the lock against other runs was lost: {reason}; stopped, since another run may "
            "have begun\ngo on with: migrate upgrade"
        )


class MovedMeanwhile(DatabaseError):
    """Another run moved the database while this one waited, and its target counts from there.

    Attributes:
        target: The target as it was asked for.
        before: Ids of the heads that it was counted from.
        heads: Ids of the heads that the database is at now.
    """

    def __init__(self, target: str, before: tuple[str, ...], heads: tuple[str, ...]) -> None:
        self.target, self.before, self.heads = target, before, heads
        super().__init__(
            f"{target} counts from where the database was ({', '.join(before) or '<base>'}), and "
            f"another run brought it to {', '.join(heads) or '<base>'}; nothing ran here\n"
            "ask again, or name a revision"
        )
