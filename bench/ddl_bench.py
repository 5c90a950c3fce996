"""Execute and compile many changes, beside Alembic's constructs and plain DDL text.

Usage: python bench/ddl_bench.py [--changes 10000] [--rounds 5]

Each side runs in a process of its own, in turn, and counts its CPU seconds. "plain" is
SQLAlchemy's own `DDL` element of the same text, the least that executing it can cost.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import DDL, Column, String, create_engine
from sqlalchemy.dialects import postgresql


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
    """CPU seconds to compile the changes for PostgreSQL, made beforehand."""
    changes = SIDES[side](count)
    dialect = postgresql.dialect()
    begun = time.process_time()
    for change in changes:
        str(change.compile(dialect=dialect))
    return time.process_time() - begun


def executed(side: str, count: int) -> float:
    """CPU seconds to execute the changes through a connection whose driver does nothing."""
    changes = SIDES[side](count)
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.dialect.do_execute = lambda *args, **kw: None  # type: ignore[method-assign]
        connection.dialect.do_execute_no_params = lambda *args, **kw: None  # type: ignore[method-assign]
        begun = time.process_time()
        for change in changes:
            connection.execute(change)
        return time.process_time() - begun


def on_sqlite(side: str, count: int) -> float:
    """CPU seconds to execute the changes for real, on a SQLite in memory."""
    changes = SIDES[side](count)
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for number in range(100):
            connection.exec_driver_sql(f"CREATE TABLE t{number} (id INTEGER)")
        begun = time.process_time()
        for change in changes:
            connection.execute(change)
        return time.process_time() - begun


WORK = {"compile": compiled, "execute": executed, "sqlite": on_sqlite}


def measure(work: str, side: str, count: int) -> float:
    """Run one side in a process of its own; give its CPU seconds."""
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
    print(f"{'work':10}{'ours':>10}{'peer':>10}{'plain':>10}{'ours/peer':>12}{'ours/plain':>12}")
    for work in WORK:
        count = asked.changes if work != "sqlite" else min(asked.changes, 2000)
        times: dict[str, list[float]] = {side: [] for side in SIDES}
        for _ in range(asked.rounds):
            for side in SIDES:
                times[side].append(measure(work, side, count))
        ours, peer, plain = (statistics.median(times[side]) for side in SIDES)
        print(
            f"{work:10}{ours:10.3f}{peer:10.3f}{plain:10.3f}{ours / peer:12.2f}{ours / plain:12.2f}"
        )


if __name__ == "__main__":
    main()
