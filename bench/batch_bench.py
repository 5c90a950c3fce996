"""Measure batch blocks on SQLite beside Alembic and the bare driver.

Usage: python bench/batch_bench.py [--rows 200000] [--rounds 7] [--peer-python PATH] [--only S15]

S15: changes that need a copy of the table (ten columns, four indexes). S16: a column dropped,
renamed, added. S17: three blocks on one table in one revision, beside one.

Each side runs in a process of its own, in turn, on a copy of the same file: with its imports done
and the connection there, as speed.md wants it; "first" is ours with the modules for batch blocks
still to be imported, as the first block of a process finds it. Shown are medians of CPU seconds
(user and system), and of seconds on the clock in brackets. Alembic is left out where it isn't
installed; --peer-python names an interpreter that has it.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

COLUMNS = [f"c{i} {'INTEGER' if i % 2 else 'VARCHAR(40)'}" for i in range(9)]
TABLE = f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(COLUMNS)})"
INDEXES = [f"CREATE INDEX ix{i} ON t (c{i})" for i in range(4)]
SIDES = ("bare", "ours", "first", "alembic")
LAZY = (
    "migrate_cli.dialects.sqlite_batch",
    "ddl_constructs.dialects.sqlite",
    "ddl_constructs.facts.sqlite",
)


def copying(old: str, new: str) -> list[str]:
    """Write the least that a copy takes: a text of the table replaced."""
    return [
        "BEGIN",
        TABLE.replace("TABLE t", "TABLE n").replace(old, new),
        "INSERT INTO n SELECT * FROM t",
        "DROP TABLE t",
        "ALTER TABLE n RENAME TO t",
        *INDEXES,
        "COMMIT",
    ]


NOT_NULL = copying("c8 VARCHAR(40)", "c8 VARCHAR(40) NOT NULL")
WORKS = {
    "S15 not null": (["b.alter_column('c8', nullable=False)"], NOT_NULL),
    "S15 longer type": (
        ["b.alter_column('c8', type_=sa.String(80), existing_type=sa.String(40))"],
        copying("c8 VARCHAR(40)", "c8 VARCHAR(80)"),
    ),
    "S15 converted": (
        ["b.alter_column('c7', type_=sa.String(40), existing_type=sa.Integer())"],
        copying("c7 INTEGER", "c7 VARCHAR(40)"),
    ),
    "S15 new check": (
        ["b.create_check_constraint('ck', 'c7 >= 0')"],
        copying("c8 VARCHAR(40)", "c8 VARCHAR(40), CONSTRAINT ck CHECK (c7 >= 0)"),
    ),
    "S16 drop": (["b.drop_column('c8')"], ["ALTER TABLE t DROP COLUMN c8"]),
    "S16 rename": (
        ["b.alter_column('c8', new_column_name='d8')"],
        ["ALTER TABLE t RENAME COLUMN c8 TO d8"],
    ),
    "S16 add": (
        ["b.add_column(sa.Column('d', sa.Integer()))"],
        ["ALTER TABLE t ADD COLUMN d INTEGER"],
    ),
    "S17 three blocks": (
        [f"b.alter_column('c{i}', nullable=False)" for i in (6, 7, 8)],
        NOT_NULL,
    ),
}


def script(blocks: list[str]) -> str:
    """The body of a revision."""
    return "\n".join(f"with op.batch_alter_table('t') as b:\n    {said}" for said in blocks)


def bare(database: str, work: str) -> Callable[[], None]:
    """Run the statements alone."""
    connection = sqlite3.connect(database, isolation_level=None)

    def run() -> None:
        for statement in WORKS[work][1]:
            connection.execute(statement)

    return run


def first(database: str, work: str) -> Callable[[], None]:
    """Run the blocks as the runner does."""
    import sqlalchemy as sa
    from migrate_cli import Operations
    from migrate_cli.batch.sink import BatchingSink

    connection = sa.create_engine(f"sqlite:///{database}").connect()
    connection.exec_driver_sql("SELECT 1")
    connection.rollback()
    code = compile(script(WORKS[work][0]), "<revision>", "exec")

    def run() -> None:
        sink = BatchingSink(connection)
        with sink.transaction(), sink.watched():
            exec(code, {"op": Operations(sink), "sa": sa})

    return run


def ours(database: str, work: str) -> Callable[[], None]:
    """Run the blocks as the runner does, with all modules there."""
    for module in LAZY:
        importlib.import_module(module)
    return first(database, work)


def alembic(database: str, work: str) -> Callable[[], None]:
    """Run the blocks with Alembic."""
    import sqlalchemy as sa
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    connection = sa.create_engine(f"sqlite:///{database}").connect()
    connection.exec_driver_sql("SELECT 1")
    connection.rollback()
    code = compile(script(WORKS[work][0]), "<revision>", "exec")

    def run() -> None:
        with connection.begin():
            exec(code, {"op": Operations(MigrationContext.configure(connection)), "sa": sa})

    return run


def measured(side: str, database: str, work: str) -> tuple[float, float]:
    """Give CPU seconds and seconds on the clock of one side, in this process."""
    run: Callable[[], None] = globals()[side](database, work)
    cpu, clock = time.process_time(), time.perf_counter()
    run()
    return time.process_time() - cpu, time.perf_counter() - clock


def filled(file: Path, rows: int) -> None:
    """Make the table that all start from."""
    connection = sqlite3.connect(file)
    connection.execute(TABLE)
    for index in INDEXES:
        connection.execute(index)
    connection.executemany(
        f"INSERT INTO t VALUES ({', '.join('?' * 10)})",
        (
            (i, f"text {i * 7919 % rows}", i, f"b{i % 1000}", i % 77, "x" * 20, i, "y" * 10, i, "z")
            for i in range(rows)
        ),
    )
    connection.commit()
    connection.close()


def ask(python: str, side: str, start: Path, work: str) -> tuple[float, float] | None:
    """Measure a side in a process of its own; None if it isn't installed there."""
    copy = start.with_name("run.db")
    shutil.copy(start, copy)
    done = subprocess.run(
        [python, __file__, "--one", side, str(copy), work],
        capture_output=True,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
    )
    if "No module named 'alembic" in done.stderr:
        return None
    if done.returncode:
        raise SystemExit(done.stderr)
    cpu, clock = json.loads(done.stdout)
    return cpu, clock


def show(work: str, taken: dict[str, list[tuple[float, float]]]) -> None:
    """Print a line: medians, and ours as a ratio to the others."""
    found = {
        side: tuple(statistics.median(times) for times in zip(*every, strict=True))
        for side, every in taken.items()
        if every
    }
    cells = "".join(
        f"{cpu:9.3f} ({clock:.2f})" for cpu, clock in (found.get(s, (0, 0)) for s in SIDES)
    )
    cpu = found["ours"][0]
    ratios = "".join(
        f"{cpu / found[side][0]:10.2f}" if side in found else f"{'-':>10}"
        for side in ("bare", "alembic")
    )
    print(f"{work:18}{cells}{ratios}{(cpu - found['bare'][0]) * 1000:10.0f} ms", flush=True)


def main() -> None:
    """Print a line for each of the workloads."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peer-python", default=sys.executable, help="an interpreter with Alembic")
    parser.add_argument("--only", default="", help="the beginning of a workload's name")
    parser.add_argument("--one", nargs=3, metavar=("SIDE", "FILE", "WORK"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(*options.one)))
        return
    heads = "".join(f"{side:>16}" for side in SIDES)
    print(f"{'':18}{heads}{'/bare':>10}{'/alembic':>10}{'-bare':>10}")
    with tempfile.TemporaryDirectory() as folder:
        start = Path(folder) / "start.db"
        filled(start, options.rows)
        for work in (work for work in WORKS if work.startswith(options.only)):
            taken: dict[str, list[tuple[float, float]]] = {side: [] for side in SIDES}
            for _ in range(options.rounds):
                for side in SIDES:
                    python = options.peer_python if side == "alembic" else sys.executable
                    if (times := ask(python, side, start, work)) is not None:
                        taken[side].append(times)
            show(work, taken)


if __name__ == "__main__":
    main()
