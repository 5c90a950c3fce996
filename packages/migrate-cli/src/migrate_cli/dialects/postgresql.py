"""Running on PostgreSQL; seen on 15."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from ..batch.block import Block
from ..running.aside import execute_aside
from ..sinks.base import Sink
from .postgresql_lock import latch
from .postgresql_session import at_work, drop_invalid_index, session
from .postgresql_sizes import table_sizes
from .postgresql_timeouts import missed_its_lock, timeouts

__all__ = [
    "aborted",
    "at_work",
    "batch",
    "cannot_create",
    "denied",
    "drop_invalid_index",
    "in_transaction",
    "indexes_in_schema",
    "latch",
    "missed_its_lock",
    "of_database",
    "open_transaction",
    "read_only",
    "session",
    "set_offline",
    "table_sizes",
    "timeouts",
    "way_on",
]

indexes_in_schema = True
"""PostgreSQL 15 manual, CREATE INDEX, name: distinct from that of any other relation in the schema."""


def of_database(name: str) -> tuple[str, str]:
    """Drop it also if sessions are left (PostgreSQL 13, DROP DATABASE)."""
    return f"CREATE DATABASE {name}", f"DROP DATABASE {name} WITH (FORCE)"


def in_transaction(connection: Connection) -> bool | None:
    """Ask the driver: libpq's transaction status is 0 in none (PQTRANS_IDLE).

    Psycopg 3 and psycopg2 have it at `connection.info`; asyncpg has `is_in_transaction()`.
    """
    driver: Any = connection.connection.driver_connection
    if hasattr(driver, "is_in_transaction"):
        return bool(driver.is_in_transaction())
    status = getattr(getattr(driver, "info", None), "transaction_status", None)
    return None if status is None else status != 0


def open_transaction(connection: Connection) -> None:
    """Send BEGIN where the driver doesn't, since it takes for open what a script's COMMIT has ended.

    psycopg2 (`status`) and SQLAlchemy's adapter of asyncpg (`_transaction`) remember that they have
    sent one; the others ask what the server said last.
    """
    driver: Any = connection.connection.dbapi_connection
    begun = getattr(driver, "status", None) == _BEGUN or getattr(driver, "_transaction", None)
    if begun and in_transaction(connection) is False:
        execute_aside(connection, "BEGIN")


_BEGUN = 2
"""psycopg2's extensions.STATUS_BEGIN."""


def aborted(connection: Connection) -> bool:
    """Ask the driver: libpq's transaction status is 3 after an error in it (PQTRANS_INERROR).

    Asyncpg doesn't tell; the next statement fails there.
    """
    info: Any = getattr(connection.connection.driver_connection, "info", None)
    return getattr(info, "transaction_status", None) == 3


_WAYS = {
    "53100": "free some room on the server's disk, and run this again; a table that is copied needs "
    "the room of itself and its indexes once more",
    "55P03": "another session holds a lock that it needs: see who in pg_stat_activity, and run this "
    "again when that has ended, or with a longer lock_timeout",
    "57014": "it was cancelled, by hand or by statement_timeout: run this again, or with a longer one",
    "40P01": "another session and this one waited for each other: run this again",
}


def way_on(error: BaseException) -> str | None:
    """By the SQLSTATE (PostgreSQL 15 manual, appendix A), as psycopg, psycopg2 and asyncpg tell it."""
    return _WAYS.get(_sqlstate(error))


def denied(error: BaseException) -> bool:
    """By the SQLSTATE, insufficient_privilege."""
    return _sqlstate(error) == "42501"


def _sqlstate(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""


def read_only(connection: Connection) -> str | None:
    """Ask before anything is run.

    PostgreSQL 15 manual, 27.4 "Hot Standby": a standby in recovery takes queries only;
    default_transaction_read_only is for the user, the database, the session or all.
    """
    standby, closed = connection.exec_driver_sql(
        "SELECT pg_is_in_recovery(), current_setting('transaction_read_only')"
    ).one()
    if standby:
        return "a hot standby, which follows another server"
    return "default_transaction_read_only is on" if closed == "on" else None


def set_offline(dialect: Dialect) -> None:
    """Take a backslash in a string literal as it is.

    PostgreSQL 15 manual, standard_conforming_strings: on by default since 9.1.
    SQLAlchemy asks the server, and doubles backslashes until it has.
    """
    dialect._backslash_escapes = False  # type: ignore[attr-defined]  # of PGDialect


def cannot_create(connection: Connection, schema: str | None) -> str | None:
    """Ask for the right: PostgreSQL 15 manual, 9.26, has_schema_privilege().

    In version 15 the right on `public` isn't everybody's any more (its release notes, E.20.2).
    """
    asked = text(
        "SELECT current_user, n.nspname, has_schema_privilege(n.oid, 'CREATE'),"
        " current_setting('transaction_read_only'), pg_is_in_recovery()"
        " FROM pg_namespace n WHERE n.nspname = coalesce(:schema, current_schema())"
    )
    found = connection.execute(asked, {"schema": schema}).one_or_none()
    if found is None:
        if schema is None:
            return (
                "no schema in search_path is there and open to this user\n"
                "make one, set search_path, or: GRANT USAGE, CREATE ON SCHEMA ... TO ..."
            )
        return f"there is no schema {schema}\nmake it with: CREATE SCHEMA {schema}"
    user, name, may, read_only, standby = found
    if standby:
        return "the server is a standby, which only reads\nconnect to the primary"
    if read_only == "on":
        return "transactions are read-only here\nsee default_transaction_read_only"
    if not may:
        return f"{user} may not create in {name}\nas its owner: GRANT CREATE ON SCHEMA {name} TO {user}"
    return None


def batch(block: Block, sink: Sink) -> bool:
    """Do a batch block that asks for a copy of the table; others are taken one by one."""
    if sink.connection is None or block.recreate != "always":
        return False
    from .postgresql_rebuild import run  # only where there is such a block

    run(block, sink)
    return True
