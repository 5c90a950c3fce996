"""How long PostgreSQL waits for a lock, and for a statement; seen on 15."""

from __future__ import annotations


def timeouts(lock: float | None, statement: float | None) -> list[str]:
    """Set them for the session; a rollback of the transaction they are set in takes them back.

    PostgreSQL 15 manual, 20.11.1 "Statement Behavior": lock_timeout, statement_timeout, in
    milliseconds, 0 for without end; SET ... TO DEFAULT is what the session began with.

    >>> timeouts(2, None)
    ['SET lock_timeout TO 2000', 'SET statement_timeout TO DEFAULT']
    """
    return [
        f"SET {name} TO {'DEFAULT' if seconds is None else round(seconds * 1000)}"
        for name, seconds in (("lock_timeout", lock), ("statement_timeout", statement))
    ]


def missed_its_lock(error: BaseException) -> bool:
    """Ask the driver for the SQLSTATE: psycopg and asyncpg say sqlstate, psycopg2 pgcode.

    PostgreSQL 15 manual, appendix A: 55P03 lock_not_available (lock_timeout and NOWAIT),
    40P01 deadlock_detected, whose victim's transaction is over.
    """
    code = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return code in ("55P03", "40P01")
