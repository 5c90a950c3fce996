"""Make, compile and execute many changes, beside Alembic's constructs and plain DDL text.

Usage: python bench/ddl_bench.py [--changes 10000] [--rounds 5]

Each side makes its changes and then uses them, in a process of its own, in turn; the median
of the rounds is shown. Making them (SQLAlchemy's Column is most of it) is a row of its own; the
others count from when they are made. "plain" is SQLAlchemy's own `DDL` element of the same text,
the least that executing it can cost: it has no column to write. "execute" has a driver that does
nothing, so all of it is our and SQLAlchemy's own work; the databases show what is left of
that beside theirs. The servers count time that passes, all others CPU seconds.
A server that doesn't answer is left out; MIGRATE_TEST_POSTGRESQL and MIGRATE_TEST_MARIADB name
others than the usual ones.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from measuring import Row, Sample, database, inside, measured
from sqlalchemy import DDL, Column, String, create_engine
from sqlalchemy.dialects import postgresql
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


def made(side: str, count: int) -> float:
    """CPU seconds to make the changes."""
    begun = time.process_time()
    SIDES[side](count)
    return time.process_time() - begun


def compiled(side: str, count: int) -> float:
    """CPU seconds to compile the changes for PostgreSQL."""
    dialect = postgresql.dialect()
    changes = SIDES[side](count)
    begun = time.process_time()
    for change in changes:
        str(change.compile(dialect=dialect))
    return time.process_time() - begun


def executed(side: str, count: int) -> float:
    """CPU seconds to execute the changes, by a driver that does nothing."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.dialect.do_execute = lambda *args, **kw: None  # type: ignore[method-assign]
        connection.dialect.do_execute_no_params = lambda *args, **kw: None  # type: ignore[method-assign]
        changes = SIDES[side](count)
        begun = time.process_time()
        for change in changes:
            connection.execute(change)
        return time.process_time() - begun


def for_real(url: str, side: str, count: int) -> float:
    """Seconds to execute the changes in an empty database; of CPU where that is ours alone."""
    with create_engine(url, poolclass=NullPool).begin() as connection:
        clock = time.process_time if connection.dialect.name == "sqlite" else time.perf_counter
        for number in range(100):
            connection.exec_driver_sql(f"CREATE TABLE t{number} (id INTEGER)")
        changes = SIDES[side](count)
        begun = clock()
        for change in changes:
            connection.execute(change)
        return clock() - begun


WORK = {"make": made, "compile": compiled, "execute": executed}
DATABASES = {"sqlite": 2000, "postgresql": 2000, "mariadb": 300}
"""Kind of a database -> changes there: a table of a hundred columns more says nothing new."""


def once(work: str, side: str, count: int, folder: Path) -> Callable[[], Sample | None]:
    """Make a side: a process of its own, on an empty database where the work is done in one."""
    command = [sys.executable, __file__, "--one", work, side, "--changes", str(count)]

    def on_a_database() -> Sample | None:
        with database(work, folder) as url:
            return None if url is None else inside([*command, "--url", url])()

    return on_a_database if work in DATABASES else inside(command)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", nargs=2, metavar=("WORK", "SIDE"), help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        work, side = asked.one
        does = WORK.get(work) or partial(for_real, asked.url)
        print(json.dumps({"seconds": does(side, asked.changes)}))
        return
    print(f"{'work':12}{'ours':>10}{'peer':>10}{'plain':>10}{'ours/peer':>12}{'ours/plain':>12}")
    with tempfile.TemporaryDirectory() as name:
        for work in (*WORK, *DATABASES):
            count = min(asked.changes, DATABASES.get(work, asked.changes))
            sides = {side: once(work, side, count, Path(name)) for side in SIDES}
            found = measured(Row("ddl", work, sides), asked.rounds)
            if not found.sides:
                print(f"{work}: no server")
                continue
            told = [
                f"{found.sides[one].seconds:.3f}" if one in found.sides else "-" for one in SIDES
            ]
            ratios = [f"{found.ratio(one) or 0:12.2f}" for one in ("peer", "plain")]
            print(f"{work:12}{''.join(f'{one:>10}' for one in told)}{''.join(ratios)}")


if __name__ == "__main__":
    main()
