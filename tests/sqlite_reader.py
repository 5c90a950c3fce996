"""What a SQLite database holds, read for the tests by Python's own driver; nothing of ours is used."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Contents:
    """All that can be seen of a database.

    Attributes:
        text: The CREATE TABLE of the table in question, from the bracket on.
        others: Statements of all else: (type, name) -> (table, statement).
        rows: The table's rows: column -> (value, storage class), by rowid or in the key's order.
        other_rows: The rows of the other tables and of the views, by name.
        sequence: sqlite_sequence.
        statistics: sqlite_stat1.
        sound: What PRAGMA integrity_check and foreign_key_check say.
    """

    text: str
    others: dict[tuple[str, str], tuple[str, str | None]]
    rows: list[dict[str, tuple[Any, str]]]
    other_rows: dict[str, list[tuple[Any, ...]]]
    sequence: list[tuple[Any, ...]]
    statistics: list[tuple[Any, ...]]
    sound: list[tuple[Any, ...]]


def contents(connection: sqlite3.Connection, table: str) -> Contents:
    """Read a database around one of its tables."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql).fetchall()

    catalog = ask(
        "SELECT type, name, tbl_name, sql FROM sqlite_master "
        "UNION ALL SELECT type, name, tbl_name, sql FROM sqlite_temp_master"
    )
    text = next(sql for kind, name, _, sql in catalog if kind == "table" and name == table)
    others = {
        (kind, name): (of, sql)
        for kind, name, of, sql in catalog
        if name != table and not name.startswith("sqlite_autoindex")
    }
    named = {name for _, name in others}
    other_rows = {
        name: ask(f"SELECT * FROM {quoted(name)}")
        for kind, name in others
        if kind in ("table", "view") and not name.startswith("sqlite_")
    }
    return Contents(
        text[text.index("(") :],
        others,
        table_rows(connection, table),
        other_rows,
        ask("SELECT * FROM sqlite_sequence ORDER BY 1") if "sqlite_sequence" in named else [],
        sorted(ask("SELECT * FROM sqlite_stat1"), key=repr) if "sqlite_stat1" in named else [],
        [*_checked(ask("PRAGMA integrity_check")), *ask("PRAGMA foreign_key_check")],
    )


def _checked(said: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Leave out what SQLite 3.40 says of each NOT NULL column of a table WITHOUT ROWID."""
    return [row for row in said if not row[0].startswith("NULL value in")] or [("ok",)]


def table_rows(connection: sqlite3.Connection, table: str) -> list[dict[str, tuple[Any, str]]]:
    """Read a table's rows with the storage class of each value, and the rowid where there is one."""
    names = [row[1] for row in connection.execute(f"PRAGMA table_xinfo({quoted(table)})")]
    asked = {name: quoted(name) for name in names}
    ordered = ""
    try:
        connection.execute(f"SELECT _rowid_ FROM {quoted(table)} LIMIT 0")
    except sqlite3.OperationalError:
        pass
    else:
        asked["the rowid"], ordered = "_rowid_", " ORDER BY _rowid_"
    terms = ", ".join(f"{sql}, typeof({sql})" for sql in asked.values())
    found = connection.execute(f"SELECT {terms} FROM {quoted(table)}{ordered}").fetchall()
    return [
        {name: (row[2 * at], row[2 * at + 1]) for at, name in enumerate(asked)} for row in found
    ]


def quoted(name: str) -> str:
    """Write a name as SQLite takes it."""
    return '"' + name.replace('"', '""') + '"'
