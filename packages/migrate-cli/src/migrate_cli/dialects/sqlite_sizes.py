"""How large tables are on SQLite, as far as ANALYZE has said it; seen on 3.40."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import Connection


def table_sizes(
    connection: Connection, schema: str | None, names: Sequence[str]
) -> dict[str, tuple[int | None, int | None]]:
    """Give (rows, bytes) of those tables that are there; the bytes aren't known.

    SQLite, fileformat2, 2.6.3: the first number of sqlite_stat1.stat is that of the rows. A
    table without a row in it is told by looking for one.
    """
    quote = connection.dialect.identifier_preparer.quote
    place = f"{quote(schema)}." if schema else ""
    tables = connection.exec_driver_sql(
        f"SELECT name FROM {place}sqlite_master WHERE type = 'table'"
    ).scalars()
    there = {name: None for name in tables if name in set(names)}
    known: dict[str, int] = {}
    if connection.exec_driver_sql(
        f"SELECT 1 FROM {place}sqlite_master WHERE name = 'sqlite_stat1'"
    ).first():
        for name, stat in connection.exec_driver_sql(f"SELECT tbl, stat FROM {place}sqlite_stat1"):
            known[name] = max(known.get(name, 0), int(str(stat).split()[0]))
    found: dict[str, tuple[int | None, int | None]] = {}
    for name in there:
        rows = known.get(name)
        if (
            connection.exec_driver_sql(f"SELECT 1 FROM {place}{quote(name)} LIMIT 1").first()
            is None
        ):
            rows = 0
        found[name] = (rows, None)
    return found
