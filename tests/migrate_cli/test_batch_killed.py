"""A rebuild that is killed: the old table or the new one is there, and it can run again."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from .conftest import Project
from .killer import Killer

MANY = bool(os.environ.get("MIGRATE_TEST_KILLS"))
"""Whether it is killed at every statement, as at night."""

ROWS, STEPS = (200_000, 500_000) if MANY else (2_000, 5_000)
MOMENTS = ("before:20", "within:0", "before:39", "before:55")
"""For the sample: before the copy, inside of it, between DROP and RENAME, and behind it all."""

TABLES = """
CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT COLLATE NOCASE, n INTEGER);
CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);
CREATE UNIQUE INDEX ix ON p (lower(note));
CREATE INDEX ix_n ON p (n DESC) WHERE n > 2;
CREATE TRIGGER tr AFTER DELETE ON p BEGIN DELETE FROM c; END;
CREATE VIEW v AS SELECT max(n) AS most FROM p;
INSERT INTO c VALUES (1), (2), (2);
"""
BLOCK = """
with op.batch_alter_table("p") as batch:
    batch.alter_column("note", nullable=False)
    batch.alter_column("n", type_=sa.String(20))
    batch.create_check_constraint("ck", "length(note) > 0")
"""


@pytest.fixture
def made(sqlite_project: Project) -> Project:
    with closing(sqlite3.connect(file_of(sqlite_project))) as connection:
        numbers = ((n, f"text {n}", n % 7) for n in range(1, ROWS + 1))
        connection.executescript(TABLES)
        connection.executemany("INSERT INTO p VALUES (?, ?, ?)", numbers)
        connection.execute("DELETE FROM p WHERE id = ?", (ROWS,))
        connection.execute("INSERT INTO c VALUES (1), (2), (2)")
        connection.commit()
    sqlite_project.settings(f'url = "{sqlite_project.url}"')
    sqlite_project.revision("a1", upgrade=BLOCK)
    return sqlite_project


def file_of(project: Project) -> Path:
    return Path(project.url.removeprefix("sqlite:///"))


def picture(project: Project) -> dict[str, object]:
    """All statements of the catalog, and a hash over all rows with their storage classes."""
    found: dict[str, object] = {}
    with closing(sqlite3.connect(file_of(project))) as connection:
        for name, sql in connection.execute("SELECT name, sql FROM sqlite_master"):
            found[name] = sql
        for table in ("p", "c", "v", "sqlite_sequence"):
            rows = hashlib.sha256()
            for row in connection.execute(f"SELECT * FROM {table}"):
                rows.update(repr(row).encode())
            found[f"rows of {table}"] = rows.hexdigest()
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return {name: told for name, told in found.items() if "migrate_" not in name}


@pytest.mark.slow
def test_a_killed_rebuild_leaves_one_whole_table_and_runs_again(
    made: Project, killer: Killer
) -> None:
    whole, before = file_of(made).read_bytes(), picture(made)
    assert killer.run(made)[0] == 0
    after = picture(made)
    assert after["rows of c"] == before["rows of c"]
    places = [(place, at) for at in range(1, 300) for place in ("before", "within")]
    died = 0

    for moment in [f"{place}:{at}" for place, at in places] if MANY else MOMENTS:
        file_of(made).write_bytes(whole)
        file_of(made).with_name(f"{file_of(made).name}-journal").unlink(missing_ok=True)

        status, told = killer.run(made, f"{moment}:{STEPS}")

        if status == 0 and moment.startswith("within"):
            continue  # no long statement
        if status == 0:
            break  # there are no more
        assert status == -9, told
        died += 1
        assert picture(made) in (before, after), moment
        status, told = killer.run(made)
        assert status == 0, f"{moment}: {told}"
        assert picture(made) == after, moment
    assert died > 40 if MANY else died == len(MOMENTS)


SERVER_BLOCK = """
with op.batch_alter_table("t", recreate="always") as batch:
    batch.alter_column("note", nullable=False, existing_type=sa.String(20))
    batch.add_column(sa.Column("new", sa.Integer, server_default="7"), insert_after="id")
"""


def rows_of(project: Project) -> tuple[list[str], list[tuple[object, ...]], list[object]]:
    with project.connect() as connection:
        names = [column["name"] for column in sa.inspect(connection).get_columns("t")]
        rows = connection.exec_driver_sql("SELECT id, note FROM t ORDER BY id").all()
        kids = connection.exec_driver_sql("SELECT t_id FROM c").scalars().all()
        tables = set(sa.inspect(connection).get_table_names())
    assert {table for table in tables if not table.startswith("migrate_")} == {"t", "c"}
    return names, [tuple(row) for row in rows], list(kids)


@pytest.mark.slow
@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_killed_copy_on_a_server_leaves_one_whole_table_and_goes_on(
    server: str,
    make_project: Callable[[str], Project],
    request: pytest.FixtureRequest,
    killer: Killer,
) -> None:
    project = make_project(request.getfixturevalue(f"{server}_url"))
    project.revision("a1", upgrade=SERVER_BLOCK)
    died = 0
    every = (f"{place}:{at}" for at in range(1, 300) for place in ("before", "after"))
    for moment in every if MANY else ("before:27",):
        with project.connect() as connection:
            for table in ("c", "t", "migrate_version", "migrate_journal"):
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
            for made in (
                "CREATE TABLE t (id int PRIMARY KEY, note varchar(20))",
                "CREATE TABLE c (t_id int, FOREIGN KEY (t_id) REFERENCES t (id) ON DELETE CASCADE)",
                "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
                "INSERT INTO c VALUES (1), (2), (2)",
            ):
                connection.exec_driver_sql(made)
            connection.commit()

        status, told = killer.run(project, moment)

        if status == 0 and moment.startswith("after"):
            continue  # a commit, which has nothing after it
        if status == 0:
            break
        assert status == -9, told
        died += 1
        names, rows, kids = rows_of(project)
        assert (set(names) - {"new"}, rows, kids) == (
            {"id", "note"},
            [(1, "a"), (2, "b")],
            [1, 2, 2],
        )
        status, told = killer.run(project)
        assert status == 0, f"{moment}: {told}"
        assert rows_of(project) == (["id", "new", "note"], rows, kids)
    assert died > 50 if MANY else died == 1
