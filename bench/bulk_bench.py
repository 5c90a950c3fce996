"""Many rows inserted by a revision, beside Alembic and the driver alone: S18.

Each side makes its rows as its tool wants them: the driver alone takes them one by one.
See `run.py`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import Row, database, inside

TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(50), n INTEGER, price FLOAT)"
COLUMNS = ("id", "name", "n", "price")
AT_ONCE = 200
"""Rows of one statement of the floor on SQLite: 800 of its 32,766 parameters."""


def values(count: int) -> Iterator[tuple[Any, ...]]:
    """Give the rows."""
    return ((i, f"name {i % 1000}", i % 77, i / 8) for i in range(count))


def dicts(count: int) -> Iterator[dict[str, Any]]:
    """Give the rows as a revision names them."""
    return (
        {"id": i, "name": f"name {i % 1000}", "n": i % 77, "price": i / 8} for i in range(count)
    )


def bare(connection: Any, count: int) -> None:
    """Insert by the driver alone: several rows a statement, or COPY."""
    driver = connection.connection.dbapi_connection
    cursor = driver.cursor()
    if connection.dialect.name == "postgresql":
        with cursor.copy("COPY t (id, name, n, price) FROM STDIN") as copy:
            for row in values(count):
                copy.write_row(row)
        driver.commit()
        return
    given = values(count)
    while some := list(itertools.islice(given, AT_ONCE)):
        places = ", ".join(["(?, ?, ?, ?)"] * len(some))
        cursor.execute(f"INSERT INTO t VALUES {places}", list(itertools.chain.from_iterable(some)))
    driver.commit()


def ours(connection: Any, count: int) -> None:
    """Insert as the runner does."""
    from migrate_cli import Operations
    from migrate_cli.batch.sink import BatchingSink

    sink = BatchingSink(connection)
    with sink.transaction(), sink.watched():
        Operations(sink).bulk_insert(_table(), dicts(count))


def alembic(connection: Any, count: int) -> None:
    """Insert by Alembic."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    with connection.begin():
        Operations(MigrationContext.configure(connection)).bulk_insert(_table(), list(dicts(count)))


def _table() -> Any:
    import sqlalchemy as sa

    kinds = (sa.Integer, sa.String(50), sa.Integer, sa.Float)
    return sa.table("t", *(sa.column(n, kind) for n, kind in zip(COLUMNS, kinds, strict=True)))


def side(name: str, url: str, count: int) -> dict[str, Any]:
    """Do the work of a side; CPU seconds, MiB that it grew by, and how many statements there were."""
    import sqlalchemy as sa

    connection = sa.create_engine(url).connect()
    connection.exec_driver_sql("DROP TABLE IF EXISTS t")
    connection.exec_driver_sql(TABLE)
    connection.commit()
    work = globals()[name]
    work(connection, 1)  # brings the imports along
    connection.exec_driver_sql("DELETE FROM t")
    connection.commit()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sent: list[int] = []
    sa.event.listen(connection, "before_cursor_execute", lambda *_: sent.append(1))
    begun = time.process_time()
    work(connection, count)
    seconds = time.process_time() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    found = connection.exec_driver_sql("SELECT count(*), sum(n) FROM t").one()
    assert tuple(found) == (count, sum(i % 77 for i in range(count))), found
    return {"seconds": seconds, "peak": grown, "queries": len(sent)}


def rows(options: argparse.Namespace, root: Path) -> Iterator[Row]:
    """Give the rows that are asked for; their memory is what they grow by."""
    if "S18" not in options.rows:
        return
    for kind, count, peer, floor in (
        ("sqlite", options.bulk, 0.35, 1.5),
        ("postgresql", options.bulk // 5, 0.1, 2.5),
    ):
        with database(kind, root) as url:
            if url is None:
                continue
            sides = {
                name: inside([python, __file__, work, url, str(count)])
                for name, work, python in (
                    ("ours", "ours", sys.executable),
                    ("peer", "alembic", options.peer_python),
                    ("floor", "bare", sys.executable),
                )
            }
            yield Row("S18", f"bulk_insert of {count:,} rows, {kind}", sides, peer, floor)


if __name__ == "__main__":
    print(json.dumps(side(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
