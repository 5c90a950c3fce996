"""What SQLite's catalog says about one table and all that stands around it, read as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy.engine import Connection

from .sqlite_table import StoredTable, parse
from .sqlite_tokens import fold, mentions, quoted


@dataclass(frozen=True)
class Entry:
    """A row of sqlite_master.

    Attributes:
        type: "table", "index", "view" or "trigger".
        name: Its name.
        table: The table or view that it belongs to; of these two, itself.
        sql: Its statement as it is stored; "" for an index that a constraint brings along.
        temporary: Whether it is in the temp schema.
    """

    type: str
    name: str
    table: str
    sql: str
    temporary: bool = False

    @property
    def called(self) -> str:
        """How a person calls it: `view "v"`."""
        return f"{self.type} {self.name}"


@dataclass(frozen=True)
class Catalog:
    """The schema that a table is in, and what SQLite's own parser says of that table.

    Attributes:
        schema: The attached database, quoted where it is written; None for main.
        entries: All rows of its sqlite_master, in the order in which they were made, then
            those of the temp schema.
        version: SQLite's version.
        sequence: The last number that AUTOINCREMENT gave; None if it gave none.
        statistics: Rows of sqlite_stat1 and sqlite_stat4 about the table: (name of that table, row).
        name: The table's name as it is stored.
        columns: Rows of PRAGMA table_xinfo.
        foreign_keys: Rows of PRAGMA foreign_key_list.
        uniques: (origin, columns in order) of the indexes that constraints brought along, sorted.
        temporary: Names of the temp schema's tables and views, in small letters.
    """

    schema: str | None
    entries: tuple[Entry, ...]
    version: tuple[int, ...]
    name: str
    sequence: int | None
    statistics: tuple[tuple[str, tuple[Any, ...]], ...]
    columns: tuple[tuple[Any, ...], ...]
    foreign_keys: tuple[tuple[Any, ...], ...]
    uniques: tuple[tuple[str, tuple[str, ...]], ...]
    temporary: frozenset[str]

    @cached_property
    def table(self) -> StoredTable:
        """The table in pieces.

        Raises:
            ValueError: Its text isn't understood.
        """
        return parse(self.name, self.entry.sql)

    @cached_property
    def entry(self) -> Entry:
        """The table's own row."""
        return next(e for e in self.entries if e.type == "table" and e.name == self.name)

    def of_table(self, type: str) -> list[Entry]:
        """Give the table's indexes or triggers that have a statement, in their order."""
        folded = fold(self.name)
        return [e for e in self.entries if e.type == type and fold(e.table) == folded and e.sql]

    def named(self, type: str, name: str) -> Entry | None:
        """Give what has a type and a name."""
        folded = fold(name)
        return next((e for e in self.entries if e.type == type and fold(e.name) == folded), None)

    @cached_property
    def readers(self) -> list[Entry]:
        """The views that name the table, or name such a view; then the triggers that name one of these."""
        names = {fold(self.name)}
        views: list[Entry] = []
        rest = [e for e in self.entries if e.type == "view"]
        while found := [v for v in rest if any(mentions(v.sql, n) for n in names)]:
            views += found
            names.update(fold(v.name) for v in found)
            rest = [v for v in rest if v not in found]
        triggers = [e for e in self.entries if e.type == "trigger"]
        return [
            *views,
            *(
                t
                for t in triggers
                if fold(t.table) in names or any(mentions(t.sql, n) for n in names)
            ),
        ]

    @cached_property
    def children(self) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        """Foreign keys that point to the table: (table, its columns, the columns pointed to).

        Those of the table itself are among them. No columns pointed to: the primary key's.
        """
        folded = fold(self.name)
        found = []
        for entry in self.entries:
            if entry.type != "table" or not mentions(entry.sql, self.name):
                continue
            try:
                table = self.table if entry == self.entry else parse(entry.name, entry.sql)
            except (ValueError, IndexError, StopIteration):
                continue  # a virtual table has no foreign keys
            for _, clause in table.clauses("foreignkey"):
                if fold(clause.inner) == folded:
                    found.append((entry.name, clause.columns, clause.target))
        return found


def tables(connection: Connection, schema: str | None) -> list[str]:
    """Give the names of the tables in a schema, SQLite's own apart."""
    found = connection.exec_driver_sql(
        f"SELECT name FROM {_dot(schema)}sqlite_master WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return [name for (name,) in found]


def is_view(connection: Connection, name: str, schema: str | None) -> bool:
    """Tell whether a name is a view's."""
    found = connection.exec_driver_sql(
        f"SELECT 1 FROM {_dot(schema)}sqlite_master WHERE type = 'view' AND name = ? COLLATE NOCASE",
        (name,),
    )
    return found.first() is not None


def read(connection: Connection, name: str, schema: str | None) -> Catalog | None:
    """Read a table's catalog; None if there is no such table."""
    rows = connection.exec_driver_sql(
        f"SELECT type, name, tbl_name, coalesce(sql, '') FROM {_dot(schema)}sqlite_master ORDER BY rowid"
    ).all()
    entries = [Entry(*row) for row in rows]
    folded = fold(name)
    stored = next((e.name for e in entries if e.type == "table" and fold(e.name) == folded), None)
    if stored is None:
        return None
    temporary = connection.exec_driver_sql(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_temp_master ORDER BY rowid"
    ).all()
    entries += [
        Entry(type_, name_, of, sql, True)
        for type_, name_, of, sql in temporary
        if type_ in ("trigger", "view")
    ]
    version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    own = {e.name for e in entries}
    return Catalog(
        schema,
        tuple(entries),
        tuple(int(part) for part in version.split(".")),
        stored,
        _sequence(connection, stored, schema) if "sqlite_sequence" in own else None,
        tuple(_statistics(connection, stored, schema, own)),
        tuple(tuple(r) for r in pragma(connection, "table_xinfo", stored, schema)),
        tuple(tuple(r) for r in pragma(connection, "foreign_key_list", stored, schema)),
        tuple(sorted(_uniques(connection, stored, schema))),
        frozenset(fold(row[1]) for row in temporary if row[0] in ("table", "view")),
    )


def pragma(connection: Connection, word: str, name: str, schema: str | None) -> Sequence[Any]:
    """Ask a PRAGMA about a table or an index."""
    return connection.exec_driver_sql(f"PRAGMA {_dot(schema)}{word}({quoted(name)})").all()


def is_on(connection: Connection, setting: str) -> bool:
    """Tell whether a PRAGMA of the connection is on."""
    return bool(connection.exec_driver_sql(f"PRAGMA {setting}").scalar())


def _dot(schema: str | None) -> str:
    return f"{quoted(schema or 'main')}."


def _sequence(connection: Connection, name: str, schema: str | None) -> int | None:
    found: int | None = connection.exec_driver_sql(
        f"SELECT seq FROM {_dot(schema)}sqlite_sequence WHERE name = ?", (name,)
    ).scalar()
    return found


def _statistics(
    connection: Connection, name: str, schema: str | None, own: set[str]
) -> list[tuple[str, tuple[Any, ...]]]:
    """What ANALYZE found, which DROP TABLE takes along (SQLite, fileformat2, section 2.6.3)."""
    return [
        (kept, tuple(row))
        for kept in ("sqlite_stat1", "sqlite_stat4")
        if kept in own
        for row in connection.exec_driver_sql(
            f"SELECT * FROM {_dot(schema)}{kept} WHERE tbl = ?", (name,)
        )
    ]


def _uniques(
    connection: Connection, name: str, schema: str | None
) -> list[tuple[str, tuple[str, ...]]]:
    """The indexes of PRIMARY KEY and UNIQUE constraints; "" stands for an expression."""
    return [
        (origin, tuple(row[2] or "" for row in pragma(connection, "index_info", index, schema)))
        for _, index, _, origin, *_ in pragma(connection, "index_list", name, schema)
        if origin != "c"
    ]
