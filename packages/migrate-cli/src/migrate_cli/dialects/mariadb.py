"""Running on MariaDB, under its own name in a URL: as on MySQL."""

from .mysql import (
    at_work,
    batch,
    cannot_create,
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
    "at_work",
    "batch",
    "cannot_create",
    "fills_not_null",
    "latch",
    "long_text",
    "missed_its_lock",
    "read_only",
    "session",
    "table_sizes",
    "timeouts",
    "way_on",
]
