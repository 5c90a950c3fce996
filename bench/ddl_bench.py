"""Make, compile and execute many changes, beside Alembic's constructs and plain DDL text.

Usage: python bench/ddl_bench.py [--changes 10000] [--rounds 5]

Each side makes its changes and then uses them, in a process of its own, in turn; the median
of the rounds is shown. "plain" is SQLAlchemy's own `DDL` element of the same text, the least
that executing it can cost: it has no column to write. "execute" has a driver that does
nothing, so all of it is our and SQLAlchemy's own work; the databases show what is left of
that beside theirs. Compile, execute and sqlite count CPU seconds, the servers time that passes.
A server that doesn't answer is left out; MIGRATE_TEST_POSTGRESQL and MIGRATE_TEST_MARIADB name
others than the usual ones.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import DDL, Column, String, create_engine, make_url
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool


def statements(count: int) -> Iterator[tuple[str, str]]:
    """Give (table, column) pairs, so that no two changes are alike."""
    for number in range(count):
        yield f"t{number % 100}", f"c{number}"


def _ours_changes(count: int) -> list[Any]:
    from ddl_constructs import AddColumn

    return [AddColumn(t, Column(c, String(50), nullable=True)) for t, c in statements(count)]


def _peer_changes(count: int) -> list[Any]:
    from alembic.ddl.base import AddColumn
    from sqlalchemy import MetaData, Table

    found = []
    for t, c in statements(count):
        column = Column(c, String(50), nullable=True)
        Table(t, MetaData(), column)
        found.append(AddColumn(t, column))
    return found


def _plain_changes(count: int) -> list[Any]:
    return [DDL(f"ALTER TABLE {t} ADD COLUMN {c} VARCHAR(50)") for t, c in statements(count)]


SIDES: dict[str, Callable[[int], list[Any]]] = {
    "ours": _ours_changes,
    "peer": _peer_changes,
    "plain": _plain_changes,
}


def compiled(side: str, count: int) -> float:
    """CPU seconds to make the changes and compile them for PostgreSQL."""
    dialect = postgresql.dialect()
    begun = time.process_time()
    for change in SIDES[side](count):
        str(change.compile(dialect=dialect))
    return time.process_time() - begun


def executed(side: str, count: int) -> float:
    """CPU seconds to make and execute the changes, by a driver that does nothing."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.dialect.do_execute = lambda *args, **kw: None  # type: ignore[method-assign]
        connection.dialect.do_execute_no_params = lambda *args, **kw: None  # type: ignore[method-assign]
        begun = time.process_time()
        for change in SIDES[side](count):
            connection.execute(change)
        return time.process_time() - begun


def on_sqlite(side: str, count: int) -> float:
    """CPU seconds to make and execute the changes for real, on a SQLite in memory."""
    with create_engine("sqlite://").begin() as connection:
        return _for_real(connection, side, count, time.process_time)


def on_server(url: str) -> Callable[[str, int], float]:
    """Make the work of a server: seconds to make and execute the changes in a new database."""

    def work(side: str, count: int) -> float:
        name = f"ddl_bench_{uuid.uuid4().hex[:12]}"
        server = create_engine(url, isolation_level="AUTOCOMMIT")
        engine = create_engine(make_url(url).set(database=name), poolclass=NullPool)
        with server.connect() as aside:
            aside.exec_driver_sql(f"CREATE DATABASE {name}")
            try:
                with engine.begin() as connection:
                    return _for_real(connection, side, count, time.perf_counter)
            finally:
                aside.exec_driver_sql(f"DROP DATABASE {name}")

    return work


def _for_real(connection: Connection, side: str, count: int, clock: Callable[[], float]) -> float:
    for number in range(100):
        connection.exec_driver_sql(f"CREATE TABLE t{number} (id INTEGER)")
    begun = clock()
    for change in SIDES[side](count):
        connection.execute(change)
    return clock() - begun


SERVERS = {
    "postgresql": os.environ.get(
        "MIGRATE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"
    ),
    "mariadb": os.environ.get("MIGRATE_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/test"),
}
WORK = {
    "compile": compiled,
    "execute": executed,
    "sqlite": on_sqlite,
    **{name: on_server(url) for name, url in SERVERS.items()},
}
AT_MOST = {"sqlite": 2000, "postgresql": 2000, "mariadb": 300}
"""Changes on a real database: a table of a hundred columns more says nothing new."""


def answers(work: str) -> bool:
    """Tell whether the server of a work is there; True for what needs none."""
    if work not in SERVERS:
        return True
    try:
        create_engine(SERVERS[work]).connect().close()
    except DBAPIError:
        return False
    return True


def measure(work: str, side: str, count: int) -> float:
    """Run one side in a process of its own; give its seconds."""
    answer = subprocess.run(
        [sys.executable, __file__, "--one", work, side, "--changes", str(count)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(answer.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", nargs=2, metavar=("WORK", "SIDE"))
    asked = parser.parse_args()
    if asked.one:
        print(WORK[asked.one[0]](asked.one[1], asked.changes))
        return
    print(f"{'work':12}{'ours':>10}{'peer':>10}{'plain':>10}{'ours/peer':>12}{'ours/plain':>12}")
    for work in filter(answers, WORK):
        count = min(asked.changes, AT_MOST.get(work, asked.changes))
        times: dict[str, list[float]] = {side: [] for side in SIDES}
        for _ in range(asked.rounds):
            for side in SIDES:
                times[side].append(measure(work, side, count))
        ours, peer, plain = (statistics.median(times[side]) for side in SIDES)
        print(
            f"{work:12}{ours:10.3f}{peer:10.3f}{plain:10.3f}{ours / peer:12.2f}{ours / plain:12.2f}"
        )


if __name__ == "__main__":
    main()
