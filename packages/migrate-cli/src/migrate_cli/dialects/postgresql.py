"""Running on PostgreSQL; seen on 15."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from .postgresql_lock import latch

__all__ = ["in_transaction", "latch", "set_offline"]


def in_transaction(connection: Connection) -> bool | None:
    """Ask the driver: libpq's transaction status is 0 in none (PQTRANS_IDLE).

    Psycopg 3 and psycopg2 have it at `connection.info`; asyncpg has `is_in_transaction()`.
    """
    driver: Any = connection.connection.driver_connection
    if hasattr(driver, "is_in_transaction"):
        return bool(driver.is_in_transaction())
    status = getattr(getattr(driver, "info", None), "transaction_status", None)
    return None if status is None else status != 0


def set_offline(dialect: Dialect) -> None:
    """Take a backslash in a string literal as it is.

    PostgreSQL 15 manual, standard_conforming_strings: on by default since 9.1.
    SQLAlchemy asks the server, and doubles backslashes until it has.
    """
    dialect._backslash_escapes = False  # type: ignore[attr-defined]  # of PGDialect
