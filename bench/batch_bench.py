"""Measure batch blocks on SQLite beside Alembic and the bare driver: CPU seconds, a process each.

    python bench/batch_bench.py [ROWS]

S15: a change that needs a copy of the table (ten columns, four indexes). S16: a column dropped,
renamed, added. S17: three blocks on one table in one revision, beside one.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLUMNS = [f"c{i} {'INTEGER' if i % 2 else 'VARCHAR(40)'}" for i in range(9)]
TABLE = f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(COLUMNS)})"
INDEXES = [f"CREATE INDEX ix{i} ON t (c{i})" for i in range(4)]
ROUNDS = 5

BLOCKS = {
    "S15 copy": ["b.alter_column('c8', nullable=False)"],
    "S16 drop": ["b.drop_column('c8')"],
    "S16 rename": ["b.alter_column('c8', new_column_name='d8')"],
    "S16 add": ["b.add_column(sa.Column('d', sa.Integer()))"],
    "S17 three blocks": [f"b.alter_column('c{i}', nullable=False)" for i in (6, 7, 8)],
}
COPY = [
    "BEGIN",
    TABLE.replace("TABLE t", "TABLE n").replace("c8 VARCHAR(40)", "c8 VARCHAR(40) NOT NULL"),
    "INSERT INTO n SELECT * FROM t",
    "DROP TABLE t",
    "ALTER TABLE n RENAME TO t",
    *INDEXES,
    "COMMIT",
]
BARE = {
    "S15 copy": COPY,
    "S16 drop": ["ALTER TABLE t DROP COLUMN c8"],
    "S16 rename": ["ALTER TABLE t RENAME COLUMN c8 TO d8"],
    "S16 add": ["ALTER TABLE t ADD COLUMN d INTEGER"],
    "S17 three blocks": COPY,
}


def script(blocks: list[str]) -> str:
    """The body of a revision."""
    return "\n".join(f"with op.batch_alter_table('t') as b:\n    {said}" for said in blocks)


def bare(database: str, name: str) -> float:
    """Run the statements alone."""
    connection = sqlite3.connect(database, isolation_level=None)
    start = _cpu()
    for statement in BARE[name]:
        connection.execute(statement)
    return _cpu() - start


def ours(database: str, name: str) -> float:
    """Run the blocks as the runner does, imports and the connection apart."""
    import sqlalchemy as sa
    from migrate_cli import Operations
    from migrate_cli.batch.sink import BatchingSink

    connection = sa.create_engine(f"sqlite:///{database}").connect()
    connection.exec_driver_sql("SELECT 1")
    connection.rollback()
    code = compile(script(BLOCKS[name]), "<revision>", "exec")
    start = _cpu()
    sink = BatchingSink(connection)
    with sink.transaction(), sink.watched():
        exec(code, {"op": Operations(sink), "sa": sa})
    return _cpu() - start


def alembic(database: str, name: str) -> float:
    """Run the blocks with Alembic."""
    import sqlalchemy as sa
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    connection = sa.create_engine(f"sqlite:///{database}").connect()
    connection.exec_driver_sql("SELECT 1")
    connection.rollback()
    code = compile(script(BLOCKS[name]), "<revision>", "exec")
    start = _cpu()
    with connection.begin():
        exec(code, {"op": Operations(MigrationContext.configure(connection)), "sa": sa})
    return _cpu() - start


def _cpu() -> float:
    return time.process_time()


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


def main(rows: int) -> None:
    """Print a line for each of the workloads: the median of the rounds, in turn."""
    tools = ("bare", "ours", "alembic")
    with tempfile.TemporaryDirectory() as folder:
        start = Path(folder) / "start.db"
        filled(start, rows)
        for name in BLOCKS:
            taken: dict[str, list[float]] = {tool: [] for tool in tools}
            for _ in range(ROUNDS):
                for tool in tools:
                    copy = Path(folder) / "run.db"
                    shutil.copy(start, copy)
                    done = subprocess.run(
                        [sys.executable, __file__, tool, str(copy), name],
                        check=True,
                        capture_output=True,
                        text=True,
                    )
                    taken[tool].append(json.loads(done.stdout))
            found = {tool: statistics.median(times) for tool, times in taken.items()}
            told = "  ".join(f"{tool} {seconds:.3f} s" for tool, seconds in found.items())
            print(
                f"{name:18}{told}  ours/alembic {found['ours'] / found['alembic']:.2f}  ours/bare {found['ours'] / found['bare']:.2f}"
            )


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ("bare", "ours", "alembic"):
        print(globals()[sys.argv[1]](*sys.argv[2:4]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 200_000)
