"""Batch blocks on SQLite beside Alembic and the bare driver: S15 to S17.

S15: changes that need a copy of the table (ten columns, four indexes). S16: a column dropped,
renamed, added. S17: three blocks on one table in one revision, beside one.

Each side runs in a process of its own on a copy of the same file, with its imports done and the
connection there; "first" is ours with the modules for batch blocks still to be imported, as the first
block of a process finds it. See `run.py`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from measuring import Row, Sample, inside

COLUMNS = [f"c{i} {'INTEGER' if i % 2 else 'VARCHAR(40)'}" for i in range(9)]
TABLE = f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(COLUMNS)})"
INDEXES = [f"CREATE INDEX ix{i} ON t (c{i})" for i in range(4)]
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


REACH = {
    "S15": (0.85, 1.1),
    "S16 drop": (0.25, None),  # to the floor: 15 ms more, whatever the table holds
    "S16 rename": (0.05, None),
    "S16 add": (0.05, None),
}


def rows(options: argparse.Namespace, root: Path) -> Iterator[Row]:
    """Give the rows that are asked for; "first" is ours with its modules still to be imported."""
    if not {"S15", "S16", "S17"} & options.rows:
        return
    start, copy = root / "start.db", root / "run.db"
    filled(start, options.table_rows)

    def side(name: str, work: str) -> Callable[[], Sample | None]:
        python = options.peer_python if name == "alembic" else sys.executable
        command = [python, __file__, name, str(copy), work]
        return inside(command, before=lambda: shutil.copy(start, copy))

    for work in WORKS:
        number = work.split()[0]
        if number not in options.rows:
            continue
        sides = {"ours": side("ours", work), "peer": side("alembic", work)}
        sides |= {"floor": side("bare", work), "first": side("first", work)}
        peer, floor = REACH.get(work, REACH.get(number, (None, None)))
        if number == "S17":
            sides["floor"] = side("ours", "S15 not null")
            floor = 1.1
        yield Row(number, f"{work[4:]}, {options.table_rows:,} rows, SQLite", sides, peer, floor)


if __name__ == "__main__":
    taken, passed = measured(*sys.argv[1:4])
    print(json.dumps({"seconds": taken, "clock": passed}))
