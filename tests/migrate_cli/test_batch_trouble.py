"""Batch blocks that meet a full disk or another's lock: one message, nothing changed, and the way on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from migrate_cli import commands
from migrate_cli.dialects import knowledge
from migrate_cli.errors import Busy, MigrateError
from migrate_cli.failures import RevisionFailed
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from .conftest import Project

BLOCK = """
with op.batch_alter_table("t") as batch:
    batch.alter_column("note", nullable=False)
"""
ROWS = 20_000


@pytest.fixture
def made(sqlite_project: Project) -> Project:
    with closing(opened(sqlite_project)) as connection:
        connection.executescript(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT); CREATE INDEX ix ON t (note);"
            "CREATE TABLE c (t_id INTEGER REFERENCES t (id) ON DELETE CASCADE);"
        )
        connection.executemany(
            "INSERT INTO t VALUES (?, ?)", ((n, f"note {n}") for n in range(ROWS))
        )
        connection.execute("INSERT INTO c VALUES (7)")
        connection.commit()
    sqlite_project.revision("a1", upgrade=BLOCK)
    return sqlite_project


def opened(project: Project) -> sqlite3.Connection:
    return sqlite3.connect(project.url.removeprefix("sqlite:///"))


def dump(project: Project) -> list[str]:
    with closing(opened(project)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        lines = list(connection.iterdump())
    return [line for line in lines if "migrate_" not in line]


def pages(project: Project) -> int:
    with closing(opened(project)) as connection:
        count: int = connection.execute("PRAGMA page_count").fetchone()[0]
    return count


@contextmanager
def on_connect(*statements: str) -> Iterator[None]:
    def say(connection: Any, _: object) -> None:
        for statement in statements:
            connection.execute(statement)

    event.listen(Engine, "connect", say)
    try:
        yield
    finally:
        event.remove(Engine, "connect", say)


def lasts(project: Project) -> str:
    """Upgrade, and give what is said of the failure; nothing is changed by it."""
    before = dump(project)
    with pytest.raises(MigrateError) as caught:
        commands.upgrade(project.config)
    assert dump(project) == before
    return str(caught.value)


@pytest.mark.parametrize("room", [0, 8, 40])
@pytest.mark.parametrize("foreign_keys", ["ON", "OFF"])
def test_a_full_disk_leaves_the_old_table_and_the_way_on(
    made: Project, room: int, foreign_keys: str
) -> None:
    limit = f"PRAGMA max_page_count={pages(made) + room}"

    with on_connect(limit, f"PRAGMA foreign_keys={foreign_keys}"):
        said = lasts(made)

    assert "database or disk is full" in said
    assert "free some room on its disk, and run this again" in said
    assert "savepoint" not in said
    assert said.endswith("the database is at <base>") or "version table" in said
    commands.upgrade(made.config)
    assert "note TEXT NOT NULL" in "".join(dump(made))
    assert 'INSERT INTO "c" VALUES(7);' in dump(made)


def test_a_script_that_goes_on_over_what_undid_its_transaction_is_stopped(made: Project) -> None:
    """SQLite, c3ref/interrupt: an INSERT that is cut off takes the whole transaction with it."""
    made.revision(
        "a1",
        upgrade=f"""
op.execute("INSERT INTO c VALUES (8)")
driver = op.get_bind().connection.driver_connection
driver.set_progress_handler(lambda: 1, 10_000)
try:{BLOCK.replace(chr(10), chr(10) + "    ")}
except sa.exc.OperationalError as err:
    assert "interrupted" in str(err)
driver.set_progress_handler(None, 0)
op.execute("CREATE TABLE d (a)")
""",
    )

    said = lasts(made)

    assert "the script caught an error and went on" in said
    assert "OperationalError: interrupted" in said


def test_another_writer_is_named_before_anything_is_done(made: Project) -> None:
    made.url += "?timeout=0.1"
    plain = Project(made.root, made.url.partition("?")[0])
    with closing(opened(plain)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Busy, match="another process is in one that writes"):
            commands.upgrade(made.config)

    commands.upgrade(made.config)
    assert "note TEXT NOT NULL" in "".join(dump(plain))


def test_a_reader_that_stays_lets_nothing_be_committed(made: Project) -> None:
    made.url += "?timeout=0.1"
    plain = Project(made.root, made.url.partition("?")[0])
    before = dump(plain)
    with closing(opened(plain)) as other:
        reading = other.execute("SELECT * FROM t")
        reading.fetchone()

        with pytest.raises(RevisionFailed) as caught:
            commands.upgrade(made.config)

        reading.close()
    assert "database is locked\n  another process reads or writes there" in str(caught.value)
    assert "this revision is rolled back\nthe database is at <base>" in str(caught.value)
    assert dump(plain) == before
    commands.upgrade(made.config)
    assert "note TEXT NOT NULL" in "".join(dump(plain))


def test_an_open_query_on_the_connection_is_named() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)")
        left = connection.execute("SELECT * FROM t")
        left.fetchone()

        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("DROP TABLE t")

        left.close()
    assert "read all of its rows" in str(knowledge("sqlite").way_on(caught.value))
    assert knowledge("sqlite").way_on(ValueError("full")) is None


COPY = """
with op.batch_alter_table("t", recreate="always") as batch:
    batch.alter_column("note", nullable=False, existing_type=sa.String(20))
"""
SERVERS = {
    "postgresql": ("options=-c%20lock_timeout%3D200", "pg_stat_activity"),
    "mariadb": ("init_command=SET%20lock_wait_timeout=1", "SHOW PROCESSLIST"),
}


@pytest.mark.parametrize("server", SERVERS)
def test_another_session_s_lock_on_a_server_is_named_and_nothing_is_changed(
    server: str, make_project: Callable[[str], Project], request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{server}_url")
    query, mend = SERVERS[server]
    project = make_project(f"{url}?{query}")
    project.revision("a1", upgrade=COPY)
    with sa.create_engine(url, poolclass=NullPool).connect() as other:
        other.exec_driver_sql("CREATE TABLE t (id int PRIMARY KEY, note varchar(20))")
        other.exec_driver_sql("INSERT INTO t VALUES (1, 'a')")
        other.commit()
        other.exec_driver_sql("SELECT * FROM t").all()

        with pytest.raises(RevisionFailed) as caught:
            commands.upgrade(project.config)

        other.rollback()
        assert (
            f"another session holds a lock that it needs: see who {'in' if server == 'postgresql' else 'by'} {mend}"
            in str(caught.value)
        )
        assert [c["nullable"] for c in sa.inspect(other).get_columns("t")] == [False, True]
        other.rollback()
        commands.upgrade(project.config)
        assert [c["nullable"] for c in sa.inspect(other).get_columns("t")] == [False, False]
        assert other.exec_driver_sql("SELECT * FROM t").all() == [(1, "a")]


@pytest.mark.parametrize(
    ("error", "full"),
    [
        pytest.param((1114, "The table 'a' is full"), True, id="table"),
        pytest.param((1005, "Can't create table `a`.`b` (errno: 135 \"No more room in record file\")"), True, id="create"),
        pytest.param((1030, "Got error 28 \"No space left on device\" from storage engine InnoDB"), True, id="engine"),
        pytest.param((1005, "Can't create table `a`.`b` (errno: 150 \"Foreign key constraint is incorrectly formed\")"), False, id="key"),
        pytest.param((1064, "near 'error 28'"), False, id="syntax"),
        pytest.param((), False, id="nothing"),
    ],
)  # fmt: skip
def test_a_full_disk_of_mariadb_is_told_by_its_number(
    error: tuple[object, ...], full: bool
) -> None:
    told = knowledge("mysql").way_on(Exception(*error))

    assert (told is not None and "free some room" in told) == full
