"""The safe forms that lint writes out take the lesser lock on PostgreSQL while they read the table."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from ddl_constructs import Blocks, facts
from migrate_cli.operations import Operations
from migrate_cli.sinks import OnlineSink
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

# PostgreSQL 15 manual, table 13.2, "Conflicting Lock Modes": from the weakest to the strongest
MODES = [
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
]  # fmt: skip

CASES = [
    pytest.param(
        'op.create_foreign_key("fk", "t", "p", ["a"], ["id"])',
        ['op.create_foreign_key("fk", "t", "p", ["a"], ["id"], postgresql_not_valid=True)',
         'op.validate_constraint("fk", "t")'],
        id="validating-constraint-foreign-key",
    ),
    pytest.param(
        'op.create_check_constraint("ck", "t", "a > 0")',
        ['op.create_check_constraint("ck", "t", "a > 0", postgresql_not_valid=True)',
         'op.validate_constraint("ck", "t")'],
        id="validating-constraint-check",
    ),
    pytest.param(
        'op.alter_column("t", "a", nullable=False)',
        ['op.create_check_constraint("t_a_set", "t", "a IS NOT NULL", postgresql_not_valid=True)',
         'op.validate_constraint("t_a_set", "t")',
         'op.alter_column("t", "a", nullable=False)',
         'op.drop_constraint("t_a_set", "t")'],
        id="set-not-null",
    ),
    pytest.param(
        'op.create_unique_constraint("uq", "t", ["id"])',
        ['op.create_index("uq", "t", ["id"], unique=True, postgresql_concurrently=True)',
         'op.execute("ALTER TABLE t ADD CONSTRAINT uq UNIQUE USING INDEX uq")'],
        id="blocking-index-unique",
    ),
    pytest.param(
        'op.create_index("ix", "t", ["a"])',
        ['op.create_index("ix", "t", ["a"], postgresql_concurrently=True)'],
        id="blocking-index",
    ),
    pytest.param(
        'op.alter_column("t", "a", type_=sa.BigInteger, existing_type=sa.Integer)',
        ['op.add_column("t", sa.Column("a_new", sa.BigInteger))'],
        id="rewriting-type",
    ),
]  # fmt: skip


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[Connection]:
    with create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        connection.execute(text("CREATE TABLE p (id int PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE t (id int, a int)"))
        connection.execute(text("INSERT INTO p SELECT generate_series(1, 100)"))
        connection.execute(text("INSERT INTO t SELECT i, i FROM generate_series(1, 100) i"))
        connection.commit()
        yield connection


@pytest.mark.parametrize(("plain", "safe"), CASES)
def test_the_safe_form_takes_the_lesser_lock_while_it_reads(
    connection: Connection, plain: str, safe: list[str]
) -> None:
    unsafe = reading_lock(connection, plain, keep=False)
    assert unsafe >= MODES.index("ShareLock"), "it keeps writers out while it reads"

    worst = max(reading_lock(connection, step, keep=True) for step in safe)

    assert worst <= MODES.index("ShareUpdateExclusiveLock"), "nobody's rows wait meanwhile"


def reading_lock(connection: Connection, step: str, *, keep: bool) -> int:
    """Run a step, and give the lock on t under which rows are read or a file is written; -1 for none."""
    if "concurrently" in step:
        return _lock_of_one_that_stands_alone(connection, step)
    file = "SELECT pg_relation_filenode('t')"
    reads = "SELECT coalesce(seq_scan, 0) FROM pg_stat_xact_all_tables WHERE relname = 't'"
    indexes = "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass"
    before = connection.scalar(text(file)), connection.scalar(text(indexes))
    seen = connection.scalar(text(reads)) or 0
    say(connection, step)
    held = connection.scalars(
        text(
            "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 't'::regclass"
            " AND granted"
        )
    )
    strongest = max((MODES.index(mode) for mode in held), default=-1)
    built = connection.scalar(text(indexes)) != before[1]
    if "USING INDEX" in step:
        built = False
    works = (
        built
        or (connection.scalar(text(reads)) or 0) > seen
        or connection.scalar(text(file)) != before[0]
    )
    (connection.commit if keep else connection.rollback)()
    return strongest if works else -1


def _lock_of_one_that_stands_alone(connection: Connection, step: str) -> int:
    """Let a writer hold the table, and look which lock the step has or waits for."""
    engine = connection.engine
    with engine.connect() as writer, engine.connect() as watcher, engine.connect() as builder:
        writer.execute(text("UPDATE t SET a = a WHERE id = 1"))
        pid = builder.scalar(text("SELECT pg_backend_pid()"))
        builder.rollback()
        running = threading.Thread(target=say, args=(builder, step))
        running.start()
        found: list[str] = []
        deadline = time.monotonic() + 20
        while not found and time.monotonic() < deadline:
            asked = text(
                "SELECT mode FROM pg_locks WHERE pid = :pid AND relation = 't'::regclass AND granted"
                " AND mode <> 'AccessShareLock'"
            )
            found = list(watcher.scalars(asked, {"pid": pid}))
            watcher.rollback()
        written = watcher.execute(text("UPDATE t SET a = a WHERE id = 2")).rowcount
        watcher.commit()
        writer.commit()
        running.join()
    assert written == 1, "others write while it waits"
    return max(MODES.index(mode) for mode in found)


def say(connection: Connection, step: str) -> None:
    import sqlalchemy as sa

    sink = OnlineSink(connection)
    if "concurrently" in step:
        with sink.transaction():
            exec(step, {"op": Operations(sink), "sa": sa})
    else:
        exec(step, {"op": Operations(sink), "sa": sa})


def test_a_lock_timeout_lets_others_through(connection: Connection) -> None:
    """Who waits for ACCESS EXCLUSIVE keeps readers out; with a timeout, only that long."""
    change = "ALTER TABLE t ADD COLUMN b int"
    assert facts(change, "postgresql").blocks in (None, Blocks.READS_AND_WRITES)
    engine = connection.engine
    with engine.connect() as holder, engine.connect() as reader:
        holder.execute(text("SELECT * FROM t")).all()

        def alter() -> None:
            with engine.connect() as waiting:
                waiting.execute(text("SET lock_timeout = '300ms'"))
                with pytest.raises(OperationalError, match="lock timeout"):
                    waiting.execute(text(change))

        running = threading.Thread(target=alter)
        running.start()
        reader.execute(text("SET lock_timeout = '10s'"))
        rows = reader.execute(text("SELECT * FROM t")).all()
        running.join()
    assert len(rows) == 100
