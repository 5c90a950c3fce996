"""Ctrl-C and SIGTERM: what is finished, what is undone, and what is said about it."""

from __future__ import annotations

import os
import signal
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from migrate_cli.cli import door
from migrate_cli.commands import current, log, upgrade
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

CREATE_A = 'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))'
CREATE_B = 'op.create_table("b", sa.Column("id", sa.Integer(), primary_key=True))'
SIGNALS = [
    pytest.param("SIGINT", 130, "interrupted", id="ctrl-c"),
    pytest.param("SIGTERM", 143, "terminated", id="sigterm"),
]


def sent(name: str) -> str:
    return f"import os, signal; os.kill(os.getpid(), signal.{name})"


@pytest.fixture(autouse=True)
def _not_ignored() -> Iterator[None]:
    """Heed Ctrl-C as a process at a prompt does; what runs in the background was told not to."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@dataclass
class Ended:
    status: int
    told: str


@pytest.fixture
def migrate(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Ended]:
    """Run the command line in this process, whose main thread this is."""

    def run(project: Any, *words: str, url: str | None = None) -> Ended:
        monkeypatch.chdir(project.root)
        before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        status = door.run([*words, "--url", url or project.url])
        after = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        assert after == before
        streams = capfd.readouterr()
        return Ended(status, streams.out + streams.err)

    return run


def heads(project: Any) -> list[str]:
    return [entry.id for entry in current(project.config).revisions]


@pytest.mark.parametrize(("name", "status", "word"), SIGNALS)
def test_a_revision_that_is_cut_off_is_rolled_back(
    project: Any, migrate: Callable[..., Ended], name: str, status: int, word: str
) -> None:
    """In Python code, between two statements; on MariaDB the table that is there stays, and is said."""
    project.revision("a1", None, CREATE_A)
    project.revision("b2", "a1", f"{CREATE_B}\n{sent(name)}\nop.drop_table('a')")

    ended = migrate(project, "upgrade")

    assert ended.status == status
    assert f"Error: {word}" in ended.told
    assert "the database is at a1" in ended.told
    assert "Traceback" not in ended.told
    rolled_back = "this revision is rolled back" in ended.told
    assert project.tables() == ({"a"} if rolled_back else {"a", "b"})
    assert rolled_back or "this stays, it is committed: create table b" in ended.told
    assert heads(project) == ["a1"]


def test_a_signal_that_the_process_was_told_to_ignore_is_ignored(
    sqlite_project: Any, migrate: Callable[..., Ended]
) -> None:
    """As a shell tells what it runs in the background."""
    sqlite_project.revision("a1", None, f"{sent('SIGINT')}\n{CREATE_A}")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ended = migrate(sqlite_project, "upgrade")
    finally:
        signal.signal(signal.SIGINT, before)

    assert (ended.status, sqlite_project.tables()) == (0, {"a"})


STATEMENTS = {
    "postgresql": (
        "SELECT pg_advisory_lock(7)",
        "SELECT pg_advisory_unlock(7)",
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND "
        "database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    ),
    "mysql": (
        "SELECT GET_LOCK(CONCAT(DATABASE(), '7'), 60)",
        "SELECT RELEASE_LOCK(CONCAT(DATABASE(), '7'))",
        "SELECT count(*) FROM information_schema.PROCESSLIST "
        "WHERE STATE = 'User lock' AND DB = DATABASE()",
    ),
}
"""A statement that waits, what ends its waiting, and how many wait now."""


def in_the_middle(url: str, count: int = 1, *, ends: bool = True) -> str:
    """A script's body: while a statement of it waits in the server, Ctrl-C is pressed."""
    wait, release, waiting = STATEMENTS[make_url(url).get_backend_name()]
    return textwrap.dedent(
        f"""
        import os, signal, threading
        other = op.get_bind().engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        other.exec_driver_sql({wait!r})
        def press():
            while not other.exec_driver_sql({waiting!r}).scalar():
                pass
            for _ in range({count}):
                os.kill(os.getpid(), signal.SIGINT)
            if {ends}:
                other.exec_driver_sql({release!r})
            other.close()
        thread = threading.Thread(target=press)
        thread.start()
        try:
            op.execute({wait!r})
        finally:
            thread.join()
        """
    )


def test_a_statement_that_runs_is_cancelled_where_it_can_be_undone(
    make_project: Callable[[str], Any], postgresql_url: str, migrate: Callable[..., Ended]
) -> None:
    project = make_project(postgresql_url)
    project.revision("a1", None, CREATE_A + in_the_middle(postgresql_url, ends=False))

    ended = migrate(project, "upgrade")

    assert ended.status == 130
    assert "this revision is rolled back\nthe database is at <base>" in ended.told
    assert project.tables() == set()


def test_a_statement_comes_to_its_end_where_it_cant_be_undone(
    make_project: Callable[[str], Any], mariadb_url: str, migrate: Callable[..., Ended]
) -> None:
    project = make_project(mariadb_url)
    project.revision("a1", None, CREATE_A + in_the_middle(mariadb_url) + CREATE_B)
    project.revision("b2", "a1", CREATE_B)

    ended = migrate(project, "upgrade")

    assert ended.status == 130
    assert "finishing the statement that runs" in ended.told
    assert "this stays, it is committed" in ended.told
    assert project.tables() == {"a"}


def test_behind_the_last_statement_of_a_revision_its_row_is_still_written(
    make_project: Callable[[str], Any], mariadb_url: str, migrate: Callable[..., Ended]
) -> None:
    project = make_project(mariadb_url)
    project.revision("a1", None, in_the_middle(mariadb_url))
    project.revision("b2", "a1", CREATE_B)

    ended = migrate(project, "upgrade")

    assert ended.status == 130
    assert "the database is at a1" in ended.told
    assert (heads(project), project.tables()) == (["a1"], set())


def test_a_second_ctrl_c_waits_for_nothing(
    make_project: Callable[[str], Any], mariadb_url: str, migrate: Callable[..., Ended]
) -> None:
    project = make_project(mariadb_url)
    project.revision("a1", None, in_the_middle(mariadb_url, 2) + CREATE_B)

    ended = migrate(project, "upgrade")

    assert ended.status == 130
    assert "Traceback" not in ended.told
    assert project.tables() == set()


@pytest.mark.parametrize(("name", "status", "word"), SIGNALS)
def test_while_it_waits_for_the_lock(
    sqlite_project: Any,
    migrate: Callable[..., Ended],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    status: int,
    word: str,
) -> None:
    from migrate_cli.running.lock import Wait, locked

    sqlite_project.revision("a1", None, CREATE_A)
    monkeypatch.setattr(
        "migrate_cli.running.polling.sleep",
        lambda *_, **__: os.kill(os.getpid(), getattr(signal, name)),
    )
    engine = create_engine(sqlite_project.url, poolclass=NullPool)
    with (
        engine.connect() as other,
        locked(other, (None, "migrate_version"), "", Wait(0), joined=False),
    ):
        ended = migrate(sqlite_project, "upgrade")

    assert ended.status == status
    assert f"Error: {word}\nnothing ran: it was waiting for another run" in ended.told
    assert sqlite_project.tables() == set()


@pytest.mark.parametrize(("name", "status", "word"), SIGNALS)
@pytest.mark.parametrize("server", ["sqlite+aiosqlite", "postgresql+asyncpg"])
def test_through_an_asynchronous_driver(
    request: pytest.FixtureRequest,
    make_project: Callable[[str], Any],
    migrate: Callable[..., Ended],
    server: str,
    name: str,
    status: int,
    word: str,
) -> None:
    pytest.importorskip(server.partition("+")[2])
    url = request.getfixturevalue(f"{server.partition('+')[0]}_url")
    project = make_project(url)
    project.revision("a1", None, CREATE_A)
    project.revision("b2", "a1", f"{CREATE_B}\n{sent(name)}\nop.drop_table('a')")
    driven = make_url(url).set(drivername=server).render_as_string(hide_password=False)

    ended = migrate(project, "upgrade", url=driven)

    assert ended.status == status
    assert f"Error: {word}\nthis revision is rolled back\nthe database is at a1" in ended.told
    assert project.tables() == {"a"}


def when_committed(happens: str) -> str:
    """A script's body: from now on something happens when the server has committed."""
    return textwrap.dedent(
        f"""
        dialect = op.get_bind().dialect

        def do_commit(driver):
            type(dialect).do_commit(dialect, driver)
            {happens}

        dialect.do_commit = do_commit
        """
    )


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_waits_for_the_commit(
    project: Any, migrate: Callable[..., Ended], name: str
) -> None:
    project.revision("a1", None, f"{CREATE_A}\n{when_committed(sent(name))}")

    ended = migrate(project, "upgrade")

    assert (ended.status, "finishing the statement" in ended.told) == (0, True)
    assert heads(project) == ["a1"]
    assert migrate(project, "status").status == 0


def test_what_is_committed_is_done_whatever_is_raised_then(project: Any) -> None:
    """A driver's thread, or a second Ctrl-C, waits for nothing."""
    interrupting = when_committed("raise KeyboardInterrupt")
    project.revision("a1", None, f"op.execute('SELECT 1')\n{CREATE_A}\n{interrupting}")
    project.revision("b2", "a1", CREATE_B)

    with pytest.raises(KeyboardInterrupt):
        upgrade(project.config)

    assert [one.state for one in log(project.config).revisions] == ["done"]
    upgrade(project.config)
    assert heads(project) == ["b2"]
