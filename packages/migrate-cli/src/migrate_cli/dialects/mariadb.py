"""Running on MariaDB, under its own name in a URL: as on MySQL."""

from sqlalchemy.engine.interfaces import Dialect

from .mysql import (
    alike,
    at_work,
    batch,
    cannot_create,
    denied,
    fills_not_null,
    latch,
    long_text,
    missed_its_lock,
    read_only,
    session,
    table_sizes,
    timeouts,
    way_on,
)

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


def set_offline(dialect: Dialect) -> None:
    """Know sequences, as MariaDB does since 10.3: SQLAlchemy's dialect waits for the server's version."""
    dialect.supports_sequences = True
