"""Rows into MySQL and MariaDB: their drivers make one INSERT of many rows by themselves."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from ..rows import Plain, Way, takes_rows


@takes_rows("mysql", "mariadb")
def _by_the_driver(plain: Plain, connection: Connection) -> Way | None:
    """PyMySQL 1.2, `Cursor.executemany`, and those made after it; they take values by position."""
    named = [f"%({one})s" for one in plain.columns]
    head, count = f"INSERT INTO {plain.into} VALUES ", len(plain.columns)
    if plain.statement not in (f"{head}({', '.join(one)})" for one in (named, ["%s"] * count)):
        return None  # a type writes more than its value
    return Way(f"{head}({', '.join(['%s'] * count)})")
