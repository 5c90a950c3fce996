"""Rows whose foreign keys point to nothing: of new foreign keys, and after foreign keys were off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from ..batch.errors import CannotRebuild, DanglingRows, RowsContradict
from .sqlite_catalog import pragma, tables
from .sqlite_rows import rowid_word
from .sqlite_table import Clause, StoredTable
from .sqlite_tokens import quoted


def check_foreign_keys(
    connection: Connection, table: StoredTable, schema: str | None, added: Iterable[str], what: str
) -> None:
    """Check the rows for the foreign keys that are new.

    Args:
        connection: Where the table is.
        table: The new table, in its place.
        schema: Its schema.
        added: The texts of the new foreign keys.
        what: What was asked, in words.

    Raises:
        RowsContradict: Rows point to nothing.
        CannotRebuild: What they point to isn't a key.
    """
    texts = set(added)
    every = [(item, clause) for item, clause in table.clauses("foreignkey")]
    numbers = {  # SQLite counts them from the last one
        len(every) - 1 - at: clause
        for at, (item, clause) in enumerate(every)
        if item.text.strip() in texts
    }
    if not numbers:
        return
    try:
        rows = pragma(connection, "foreign_key_check", table.name, schema)
    except OperationalError as err:
        raise CannotRebuild(
            what, str(err.orig), "point to a primary key, or to columns with a UNIQUE over them"
        ) from err
    for number, clause in numbers.items():
        wrong = [row[1] for row in rows if row[3] == number]
        if wrong:
            example = _orphan(connection, table, schema, clause)
            reason = f"point with {', '.join(clause.columns)} to no row of {clause.inner}"
            raise RowsContradict(what, table.name, reason, len(wrong), example)


def _orphan(
    connection: Connection, table: StoredTable, schema: str | None, clause: Clause
) -> str | None:
    """Show the key of a row whose foreign key points to no row; None if it can't be asked for."""
    word = rowid_word(table)
    keys = table.key or ((word,) if word else ())
    parent = pragma(connection, "table_xinfo", clause.inner, schema)
    columns = clause.target or [row[1] for row in sorted(parent, key=lambda r: r[5]) if row[5]]
    if not keys:
        return None
    where = quoted(schema or "main")
    pairs = list(zip(clause.columns, columns or clause.columns, strict=True))
    known = " AND ".join(f"c.{quoted(column)} IS NOT NULL" for column, _ in pairs)
    same = " AND ".join(f"p.{quoted(target)} = c.{quoted(column)}" for column, target in pairs)
    names = ", ".join(f"c.{quoted(key) if table.key else key}" for key in keys)
    there = (
        f"SELECT 1 FROM {where}.{quoted(clause.inner)} AS p WHERE {same}"
        if parent
        else "SELECT 1 WHERE 0"
    )
    row = connection.exec_driver_sql(
        f"SELECT {names} FROM {where}.{quoted(table.name)} AS c "
        f"WHERE {known} AND NOT EXISTS ({there}) LIMIT 1"
    ).first()
    if row is None:
        return None
    return ", ".join(f"{name}={value!r}" for name, value in zip(keys, row, strict=True))


Dangling = Mapping[tuple[str, str], int]
"""(table, table pointed to) -> rows that point to nothing."""


def dangling(connection: Connection) -> dict[tuple[str, str], int]:
    """Count the rows that point to nothing, of the main database and of those attached.

    A table whose foreign keys point to no key can't be asked; it is passed over.
    """
    found: dict[tuple[str, str], int] = {}
    for _, schema, _ in connection.exec_driver_sql("PRAGMA database_list").all():
        where = "" if schema == "main" else f"{schema}."
        for name in tables(connection, schema):
            with suppress(OperationalError):
                for table, _, parent, _ in pragma(connection, "foreign_key_check", name, schema):
                    key = (f"{where}{table}", f"{where}{parent}")
                    found[key] = found.get(key, 0) + 1
    return found


def refuse_more(connection: Connection, before: Dangling) -> None:
    """Compare with what pointed to nothing before.

    Raises:
        DanglingRows: There is more of it now.
    """
    after = dangling(connection)
    more = sorted((c, p, n - before.get((c, p), 0)) for (c, p), n in after.items())
    wrong = [one for one in more if one[2] > 0]
    if wrong:
        raise DanglingRows(wrong)
