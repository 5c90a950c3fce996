"""What `facts` says of locks, rewrites and scans is what PostgreSQL does, on small and large tables.

A change is watched while its transaction is open: pg_locks from another connection, file nodes
and the rows that were read from its own. What runs alone is stopped on its way by a writer. A
large table shows what a small one can't: whether all rows are read, or a few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from ddl_constructs import Blocks, Change, ExecuteSQL, facts, stands_alone
from ddl_constructs.facts.postgresql import LOCKS
from facts_cases import CASES, POSTGRESQL, Case, statements
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

FILL = """
INSERT INTO plain SELECT i, i FROM generate_series(100, :rows) AS i;
INSERT INTO child (id, a, b, c, short, body, n, f, ts, tz, big, parent, other)
SELECT i, i + 1000, 'b' || i, 'c' || i, 's' || i, 'text', i % 100, i, now(), now(), i, 1, 2
FROM generate_series(100, :rows) AS i
"""
ROWS = {"few": 2, "many": 5000, "alone": 2}  # by schema; the second is many pages
RELATIONS = """
    SELECT c.relname, c.relkind, c.oid, pg_relation_filenode(c.oid) AS file_node,
           coalesce(s.seq_tup_read, 0) AS rows_read
    FROM pg_class c LEFT JOIN pg_stat_xact_all_tables s ON s.relid = c.oid
    WHERE c.relnamespace = CAST(:schema AS regnamespace)
"""
LOCKED = text("""
    SELECT l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.pid = :pid AND c.oid = ANY (:relations)
""")
HERE = {"REINDEX SCHEMA public": "REINDEX SCHEMA alone", "VACUUM": "VACUUM child"}
"""What else a case says, so that it is about these tables alone."""
WAITS = text("SELECT count(*) FROM pg_locks WHERE pid = :pid AND NOT granted")
MODES = {"".join(w.capitalize() for w in lock.split()) + "Lock": lock for lock in LOCKS if lock}


@dataclass(frozen=True)
class Sized:
    """A schema of the tables of `SETUP`, filled.

    Attributes:
        name: Of the schema, and of the size.
        engine: Speaks in that schema.
        counts: Table to its rows.
    """

    name: str
    engine: Engine
    counts: dict[str, int]

    def relations(self, connection: Connection) -> dict[str, Any]:
        """Give tables, indexes and sequences by oid: their kind, file node, rows read by now."""
        found = connection.execute(text(RELATIONS), {"schema": self.name})
        return {row.oid: row for row in found}


@pytest.fixture(scope="module")
def sizes(lasting_postgresql_url: str) -> Iterator[dict[str, Sized]]:
    made = {}
    for size, rows in ROWS.items():
        options = {"options": f"-c search_path={size}"}
        engine = create_engine(lasting_postgresql_url, connect_args=options)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {size}")
            for statement in statements(POSTGRESQL):
                said = statement.replace("SCHEMA e", "SCHEMA IF NOT EXISTS e")
                connection.exec_driver_sql(said.replace("%", "%%"))
            for statement in FILL.split(";"):
                connection.execute(text(statement), {"rows": rows})
            connection.exec_driver_sql("ALTER TABLE child CLUSTER ON child_pkey")
            tables = inspect(connection).get_table_names()
            counts = {
                t: connection.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar_one()
                for t in tables
            }
        made[size] = Sized(size, engine, counts)
    yield made
    for sized in made.values():
        sized.engine.dispose()


def cases(*, alone: bool) -> list[Any]:
    return [
        pytest.param(case, id=name)
        for name, case in CASES.items()
        if POSTGRESQL in case.on and stands_alone(case.change(), POSTGRESQL, (15,)) is alone
    ]


def strongest(modes: Iterable[str]) -> str:
    return max((MODES[m] for m in modes), key=list(LOCKS).index, default="")


@pytest.mark.parametrize("size", ["few", "many"])
@pytest.mark.parametrize("case", cases(alone=False))
def test_locks_rewrites_and_reads_are_those_that_are_said(
    size: str, case: Case, sizes: dict[str, Sized]
) -> None:
    sized, change = sizes[size], case.change()
    with sized.engine.connect() as other, sized.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL TIME ZONE 'Europe/Berlin'")
        before = sized.relations(connection)
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        connection.execute(change)
        modes = other.execute(LOCKED, {"pid": pid, "relations": list(before)}).scalars().all()
        after = sized.relations(connection)
        said = facts(change, sized.engine.dialect)
    tables = [oid for oid in before if oid in after and before[oid].relkind in "rm"]
    still = [(before[oid], after[oid]) for oid in tables]
    rewritten = {old.relname for old, new in still if old.file_node != new.file_node}
    read = {new.relname: new.rows_read - old.rows_read for old, new in still}
    whole = {t for t, n in read.items() if n and n >= sized.counts.get(t, 1)}

    if said.lock is not None:
        assert strongest(modes) == said.lock
    if said.rewrites is not None and not case.new_file:
        assert bool(rewritten) is said.rewrites, rewritten
    if said.scans is not None:
        assert bool(whole) is said.scans, read


@pytest.mark.parametrize("case", cases(alone=True))
def test_what_runs_alone_locks_as_it_is_said(case: Case, sizes: dict[str, Sized]) -> None:
    """Who holds the tables keeps it waiting, so that what it asks for can be seen.

    A reader stops only what keeps readers out.
    """
    sized, change = sizes["alone"], case.change()
    if isinstance(change, ExecuteSQL):
        sql = str(change.sqltext)
        change = ExecuteSQL(HERE.get(sql, sql))
    said = facts(change, sized.engine.dialect)
    if not said.lock:
        pytest.skip("no lock is told, or it isn't known")

    seen = stopped_by("TABLE child; TABLE plain", change, sized)
    if seen != "ACCESS EXCLUSIVE":
        seen = stopped_by("LOCK child, plain IN SHARE ROW EXCLUSIVE MODE", change, sized)

    assert seen == said.lock


def stopped_by(hold: str, change: Change, sized: Sized) -> str:
    """Give the strongest lock that a change has or waits for, while somebody holds the tables."""
    alone = sized.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with (
        ThreadPoolExecutor(1) as aside,
        sized.engine.connect() as holder,
        sized.engine.connect() as other,
        alone,
    ):
        pid = alone.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        watched = {"pid": pid, "relations": list(sized.relations(holder))}
        holder.exec_driver_sql(hold)
        run = aside.submit(alone.execute, change)
        modes: list[str] = []
        while not modes and not run.done():
            if other.execute(WAITS, {"pid": pid}).scalar():
                modes = list(other.execute(LOCKED, watched).scalars())
                other.exec_driver_sql(f"SELECT pg_cancel_backend({pid})")
        run.exception()
    return strongest(modes)


@pytest.mark.parametrize("lock", [mode for mode in LOCKS if mode])
def test_a_lock_keeps_others_from_what_is_said(lock: str, sizes: dict[str, Sized]) -> None:
    """The three that others do: read, write, change the table; each asks for its own lock."""
    engine = sizes["few"].engine
    asks = {
        Blocks.READS_AND_WRITES: "ACCESS SHARE",
        Blocks.WRITES: "ROW EXCLUSIVE",
        Blocks.SCHEMA_CHANGES: "ACCESS EXCLUSIVE",
    }
    kept = []
    with engine.connect() as holder:
        holder.exec_driver_sql(f"LOCK child IN {lock} MODE")
        for blocked, mode in asks.items():
            with engine.connect() as other:
                try:
                    other.exec_driver_sql(f"LOCK child IN {mode} MODE NOWAIT")
                except DBAPIError:
                    kept.append(blocked)

    assert max(kept) == LOCKS[lock]
