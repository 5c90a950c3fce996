"""Rows into SQLite: as many in one statement as it takes values."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy.engine import Connection

from ..rows import Plain, Way, takes_rows


@takes_rows("sqlite")
def _several_at_once(plain: Plain, connection: Connection) -> Way | None:
    """Half the time of `executemany`, which steps through the statement once a row (SQLite 3.40)."""
    width = len(plain.columns)
    head, row = f"INSERT INTO {plain.into} VALUES ", f"({', '.join('?' * width)})"
    if plain.statement != head + row:  # a type writes more than a ?
        return Way(plain.statement)

    def execute(cursor: Any, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        raw = getattr(cursor, "connection", None)
        if not isinstance(raw, sqlite3.Connection):  # one of aiosqlite's is in another thread
            cursor.executemany(statement, rows)
            return
        # SQLite, "Implementation Limits For SQLite", 9: the number of host parameters
        most = max(1, min(raw.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // width, _MOST))
        for start in range(0, len(rows), most):
            some = rows[start : start + most]
            cursor.execute(head + ", ".join([row] * len(some)), list(chain.from_iterable(some)))

    return Way(plain.statement, execute)


_MOST = 500
"""Rows in one statement; more aren't faster."""
