"""What is wrong in the database, as the prompt tells it: message, exit status, and nothing changed.

One database of each kind serves the whole module: none of these runs may leave anything in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from migrate_cli.cli.door import run
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from .conftest import Project
from .test_lock import holding

Tables = dict[str, tuple[list[str], list[tuple[object, ...]]]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of two revisions; its database is at the first."""
    root = tmp_path_factory.mktemp(request.param) / "project"
    if request.param == "sqlite":
        url = f"sqlite:///{root.with_name('test.db')}"
    else:
        url = request.getfixturevalue(f"lasting_{request.param}_url")
    (root / "migrations" / "versions").mkdir(parents=True)
    made = Project(root, url)
    made.settings("lock_timeout = 0")
    made.revision("a1a1", None, 'op.create_table("t", sa.Column("id", sa.Integer()))')
    made.revision("b2b2", "a1a1", 'op.drop_table("t")')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert run(["-q", "upgrade", "a1a1", "--url", url]) == 0
    return made


@pytest.fixture
def project(lasting: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """That project, whose folder one is in."""
    monkeypatch.chdir(lasting.root)
    return lasting


@contextmanager
def spoiled(project: Project, statements: list[str]) -> Iterator[None]:
    """Do something to the version table; afterwards it is as it was."""
    if not statements:
        yield
        return
    with project.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
    yield
    with project.connect() as connection:
        connection.execute(text("DROP TABLE migrate_version"))
        connection.execute(text(PLAIN))
        connection.execute(text("INSERT INTO migrate_version VALUES ('a1a1')"))
        connection.commit()


def everything(connection: Connection) -> Tables:
    """The columns and rows of each table, but for the journal, where a failure is noted."""
    looked = inspect(connection)
    return {
        name: (
            [f"{column['name']} {column['type']}" for column in looked.get_columns(name)],
            sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))), key=repr),
        )
        for name in sorted(set(looked.get_table_names()) - {"migrate_journal"})
    }


PLAIN = "CREATE TABLE migrate_version (version_num varchar(128) NOT NULL PRIMARY KEY)"
ANEW = ["DROP TABLE migrate_version", "CREATE TABLE migrate_version (version_num varchar(32))"]


@dataclass(frozen=True)
class Case:
    """What somebody did to the version table, and what a command answers then."""

    statements: list[str]
    said: str
    status: int = 3
    word: str = "upgrade"


UNKNOWN = ["UPDATE migrate_version SET version_num = 'deadbeef'"]
TWICE = [*ANEW, "INSERT INTO migrate_version VALUES ('a1a1'), ('a1a1')"]
NULL = [*ANEW, "INSERT INTO migrate_version VALUES (NULL)"]
GARBAGE = ["DROP TABLE migrate_version", "CREATE TABLE migrate_version (x integer)"]
BOTH = ["INSERT INTO migrate_version VALUES ('b2b2')"]

CASES = {
    "two-rows-of-one-branch": Case(BOTH, "migrate stamp --purge <revision>"),
    "one-row-twice": Case(TWICE, "migrate_version holds a1a1 twice"),
    "one-row-twice-asked": Case(TWICE, "migrate_version holds a1a1 twice", word="current"),
    "null": Case(NULL, "migrate_version holds a row with NULL"),
    "null-asked": Case(NULL, "migrate_version holds a row with NULL", word="status"),
    "null-down": Case(NULL, "migrate stamp --purge", word="downgrade base"),
    "garbage": Case(GARBAGE, "migrate_version isn't a version table: it can't be read"),
    "garbage-asked": Case(GARBAGE, "migrate_version isn't a version table", word="current"),
    "garbage-stamped": Case(GARBAGE, "isn't a version table", word="stamp b2b2"),
    "unknown": Case(UNKNOWN, "is at deadbeef, which has no file in"),
    "unknown-down": Case(UNKNOWN, "migrate stamp --purge <revision>", word="downgrade base"),
    "to-nowhere": Case([], "no revision or branch 'a1a2'; did you mean a1a1?", 2, "upgrade a1a2"),
    "down-to-nowhere": Case([], "did you mean b2b2?", 2, "downgrade b2b3"),
    "stamp-nowhere": Case([], "did you mean b2b2?", 2, "stamp b2b3"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_version_table_that_no_run_leaves_is_told_and_left(
    project: Project, capsys: pytest.CaptureFixture[str], case: Case
) -> None:
    with spoiled(project, case.statements):
        with project.connect() as connection:
            before = everything(connection)

        status = run([*case.word.split(), "--url", project.url])

        told = capsys.readouterr()
        with project.connect() as connection:
            after = everything(connection)
    assert case.said in told.err
    assert (status, told.out) == (case.status, "")
    assert told.err.startswith("Error: ")
    assert len(told.err.splitlines()) <= 4
    assert after == before


@pytest.mark.parametrize("word", ["status", "current", "history"])
def test_a_revision_that_has_no_file_is_shown(
    project: Project, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    with spoiled(project, UNKNOWN):
        status = run([word, "--url", project.url])

    told = capsys.readouterr()
    assert status in (0, 1)
    assert ("deadbeef" in told.out) == (word != "history")  # which asks no database
    assert not told.err.startswith("Error")


@pytest.mark.parametrize("word", ["upgrade", "downgrade base", "stamp b2b2"])
def test_a_lock_that_another_run_holds_is_told_and_not_waited_for_longer_than_said(
    project: Project, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    with project.connect() as connection:
        before = everything(connection)

    with holding(project.url):
        status = run([*word.split(), "--url", project.url])

    told = capsys.readouterr()
    assert status == 3
    assert told.err.startswith("Error: another run is at work on ")
    assert len(told.err.splitlines()) <= 4
    with project.connect() as connection:
        assert everything(connection) == before


LATE = {
    "sqlite": ("database is locked", {"timeout": "0.01"}),
    "postgresql": ("lock timeout", {"options": "-c lock_timeout=50ms"}),
    "mysql": ("Lock wait timeout", {"init_command": "SET lock_wait_timeout=0"}),
}


def test_a_table_that_somebody_else_has_locked_is_told(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = make_url(project.url).get_backend_name()
    said, query = LATE[backend]
    url = make_url(project.url).update_query_dict(query).render_as_string(hide_password=False)
    with project.connect() as connection:
        before = everything(connection)

    with create_engine(project.url, poolclass=NullPool).connect() as other:
        if backend == "sqlite":
            other.exec_driver_sql("BEGIN IMMEDIATE")
        other.exec_driver_sql("INSERT INTO t VALUES (1)")
        status = run(["upgrade", "--url", url])
        other.rollback()

    told = capsys.readouterr()
    assert status in (3, 4)
    assert said in told.err
    assert "the database is at a1a1" in told.err
    assert "Traceback" not in told.err
    assert len(told.err.splitlines()) <= 6
    with project.connect() as connection:
        if inspect(connection).has_table("migrate_journal"):  # it has noted the attempt
            connection.execute(text("DELETE FROM migrate_journal"))
            connection.commit()
        assert everything(connection) == before


CLOSED = {
    "sqlite": None,
    "postgresql": {"options": "-c default_transaction_read_only=on"},
    "mysql": {"init_command": "SET SESSION tx_read_only = 1"},
}


@pytest.mark.parametrize("word", ["upgrade", "downgrade base", "stamp b2b2"])
def test_a_database_that_may_only_be_read_is_told(
    project: Project, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    url = make_url(project.url)
    query = CLOSED[url.get_backend_name()]
    if query is None:
        shown = f"sqlite:///file:{Path(str(url.database))}?mode=ro&uri=true"
    else:
        shown = url.update_query_dict(query).render_as_string(hide_password=False)
    with project.connect() as connection:
        before = everything(connection)

    status = run([*word.split(), "--url", shown])

    told = capsys.readouterr()
    assert status == 3
    assert told.err.startswith("Error: ")
    assert len(told.err.splitlines()) <= 4
    with project.connect() as connection:
        assert everything(connection) == before
