"""Measure comparing and rendering: ours, Alembic's, and the catalog queries alone.

Usage: python bench/autogen_bench.py [--tables 100] [--rounds 5] [--databases sqlite postgresql mariadb]

"in sync" compares models with the tables that create_all made of them (S9, S10 of the figures to reach),
"defaults" does so with the server defaults compared on both sides (S11), "first" compares with an empty database and writes both
directions (S12). "floor" sends the queries of ours to the driver and fetches what they give; on SQLite, whose schema is text that somebody has to read, the
table-valued pragmas, which give it as values. Each side runs in a process of its own, in turn;
CPU seconds of the process are counted without imports and connecting, and the median of the rounds is shown. A server that doesn't answer is left out;
MIGRATE_TEST_POSTGRESQL and MIGRATE_TEST_MARIADB name others than the usual ones.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    event,
    func,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError

SERVERS = {
    "postgresql": ("MIGRATE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/test"),
    "mariadb": ("MIGRATE_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/test"),
}
DATABASES = ("sqlite", *SERVERS)
WORK = {
    "in sync": ("floor", "ours", "peer"),
    "defaults": ("ours", "peer"),
    "first": ("ours", "peer"),
}
"""What is measured, and on which sides."""


def models(number: int) -> MetaData:
    """Tables of ten columns, three indexes, two foreign keys, a UNIQUE, defaults and comments."""
    metadata = MetaData()
    for at in range(number):
        table = Table(
            f"t{at:04}",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("one", ForeignKey(f"t{max(at - 1, 0):04}.id"), index=True),
            Column("two", ForeignKey(f"t{at // 2:04}.id", ondelete="CASCADE")),
            Column("name", String(50), nullable=False, server_default="x", comment="a name"),
            Column("code", String(20), unique=True),
            Column("price", Numeric(10, 2), server_default="0"),
            Column("made", DateTime, server_default=func.now()),
            *(Column(f"c{i}", Integer) for i in range(3)),
            comment="a table",
        )
        Index(f"ix_{at}_a", table.c.c0, table.c.c1)
        Index(f"ix_{at}_b", table.c.name)
    return metadata


def ours(connection: Connection, metadata: MetaData, work: str) -> object:
    """Compare by ours; the first time, write both directions too."""
    from ddl_autogen import produce_migrations

    made = produce_migrations(connection, metadata)
    return made.sources() if work == "first" else made


def peer(connection: Connection, metadata: MetaData, work: str) -> object:
    """Compare by Alembic; the first time, write both directions too."""
    from alembic.autogenerate import produce_migrations, render_python_code
    from alembic.migration import MigrationContext

    options = {"compare_type": True, "compare_server_default": work == "defaults"}
    made = produce_migrations(MigrationContext.configure(connection, opts=options), metadata)
    if work != "first":
        return made
    return [render_python_code(one) for one in (made.upgrade_ops, made.downgrade_ops)]


_TABLES = "FROM sqlite_schema AS m"
_PRAGMAS = (
    f"SELECT m.type, m.name, m.tbl_name, m.sql {_TABLES}",
    f"SELECT m.name, x.* {_TABLES}, pragma_table_xinfo(m.name) AS x WHERE m.type = 'table'",
    f"SELECT m.name, i.*, x.* {_TABLES}, pragma_index_list(m.name) AS i, pragma_index_xinfo(i.name) AS x WHERE m.type = 'table'",
    f"SELECT m.name, f.* {_TABLES}, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'",
)


def queries(connection: Connection, metadata: MetaData) -> list[tuple[str, Any]]:
    """Give the queries of the floor, with their parameters."""
    if connection.dialect.name == "sqlite":
        return [(statement, ()) for statement in _PRAGMAS]
    sent: list[tuple[str, Any]] = []

    def seen(
        conn: object, cursor: object, statement: str, parameters: object, *rest: object
    ) -> None:
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", seen)
    ours(connection, metadata, "in sync")
    event.remove(connection, "before_cursor_execute", seen)
    return sent


def side(name: str, work: str, url: str, number: int) -> None:
    """Print the CPU seconds of one side, and how many queries it sends."""
    metadata = models(number)
    engine = create_engine(url)
    warnings.simplefilter("ignore")
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        run: Callable[[], object]
        if name == "floor":
            sent = queries(connection, metadata)
            cursor: Any = connection.connection.cursor()

            def run() -> None:
                for statement, parameters in sent:
                    cursor.execute(statement, parameters)
                    if cursor.description:
                        cursor.fetchall()
        else:
            work_of = {"ours": ours, "peer": peer}[name]
            work_of(connection, models(1), work)  # brings the imports along

            def run() -> None:
                work_of(connection, metadata, work)

        count: list[object] = []
        event.listen(connection, "before_cursor_execute", lambda *a: count.append(1))
        start = time.process_time()
        run()
        print(time.process_time() - start, len(count) or (len(sent) if name == "floor" else 0))


@contextmanager
def database(kind: str, folder: str) -> Iterator[str]:
    """An empty database, and its URL."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/{uuid.uuid4().hex}.db"
        return
    variable, usual = SERVERS[kind]
    server = make_url(os.environ.get(variable, usual))
    name = f"bench_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name}"))
    engine.dispose()


def measured(kind: str, work: str, number: int, rounds: int) -> None:
    """Print a line of the table: medians, and ours against the others."""
    with tempfile.TemporaryDirectory() as folder, database(kind, folder) as url:
        if work != "first":
            engine = create_engine(url)
            models(number).create_all(engine)
            engine.dispose()
        found: dict[str, list[float]] = {name: [] for name in WORK[work]}
        sent: dict[str, str] = {}
        for _ in range(rounds):
            for name in WORK[work]:
                words = [sys.executable, __file__, "--side", name, work, url, str(number)]
                done = subprocess.run(words, capture_output=True, check=True, encoding="utf-8")
                seconds, sent[name] = done.stdout.split()
                found[name].append(float(seconds))
    medians = {name: statistics.median(several) for name, several in found.items()}
    told = "  ".join(f"{n} {s:.3f} s ({sent[n]} queries)" for n, s in medians.items())
    against = "  ".join(
        f"{medians['ours'] / seconds:.2f} of {name}"
        for name, seconds in medians.items()
        if name != "ours"
    )
    print(f"{work:9} {kind:11} {number:5} tables  {told}  ->  {against}", flush=True)


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--databases", nargs="*", choices=DATABASES, default=DATABASES)
    parser.add_argument("--side", nargs=4, metavar=("SIDE", "WORK", "URL", "TABLES"))
    given = parser.parse_args()
    if given.side is not None:
        side(*given.side[:3], int(given.side[3]))
        return
    for kind in given.databases:
        for work in WORK:
            try:
                measured(kind, work, given.tables, given.rounds)
            except DBAPIError as err:
                print(f"{kind} doesn't answer: {err.orig}", file=sys.stderr)
                break


if __name__ == "__main__":
    main()
