"""Rows into PostgreSQL: by COPY where the driver has it, and COPY does what INSERT would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, text
from sqlalchemy.engine import Connection

from ..rows import Plain, Way, takes_rows


@takes_rows("postgresql")
def _copied(plain: Plain, connection: Connection) -> Way | None:
    """By psycopg 3, which writes rows into a COPY, as text, each value adapted as for a statement."""
    if connection.dialect.driver != "psycopg" or plain.count < _WORTHWHILE:
        return None
    if any(_always_generated(plain.table.c[key]) for key in plain.columns):
        return None
    raw = connection.connection.driver_connection
    if getattr(raw, "autocommit", True):
        return None
    name, into = (one.replace("%%", "%") for one in (plain.name, plain.into))
    if not connection.execute(_TAKES, {"name": name}).scalar():
        return None
    return Way(f"COPY {into} FROM STDIN", _copy)


_WORTHWHILE = 1000
"""Fewer rows than this are there as soon by INSERT."""

# PostgreSQL 15 manual, COPY, Notes: a view needs an INSTEAD OF trigger, rules aren't invoked, and
# tables with row-level security that holds for this role are refused
_TAKES = text(
    "SELECT relkind IN ('r', 'p') AND NOT relhasrules AND NOT row_security_active(oid) "
    "FROM pg_catalog.pg_class WHERE oid = to_regclass(:name)"
)


def _always_generated(column: Any) -> bool:
    """Tell whether INSERT would refuse a value for a column, which COPY takes (manual, COPY)."""
    identity = column.identity if isinstance(column, Column) else None
    return identity is not None and bool(identity.always)


def _copy(cursor: Any, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
