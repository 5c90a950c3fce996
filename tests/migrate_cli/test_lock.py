"""One run at a time: who waits, who is told what, and what a lost lock does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from migrate_cli.commands import current, downgrade, stamp, upgrade
from migrate_cli.commands.moves import Progress
from migrate_cli.config import Config
from migrate_cli.errors import LockLost, LockTimeout, MovedMeanwhile
from migrate_cli.running.lock import Wait, locked
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool, QueuePool, StaticPool

CREATE_A = 'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))'
CREATE_B = 'op.create_table("b", sa.Column("id", sa.Integer(), primary_key=True))'
AT_ONCE = Wait(0)


def two(project: Any) -> None:
    project.revision("a1", None, CREATE_A, 'op.drop_table("a")', message="make a")
    project.revision("b2", "a1", CREATE_B, 'op.drop_table("b")', message="make b")


def heads(project: Any) -> list[str]:
    return [entry.id for entry in current(project.config).revisions]


def impatient(project: Any) -> Config:
    return replace(project.config, lock_timeout=0)


@contextmanager
def holding(url: str, table: str = "migrate_version", schema: str | None = None) -> Iterator[Any]:
    """Hold a lock as another run would."""
    engine = create_engine(url, poolclass=NullPool)
    with (
        engine.connect() as connection,
        locked(connection, (schema, table), "there", AT_ONCE, joined=False) as held,
    ):
        yield held


class Other:
    """Another run that holds the lock until someone waits for it, and does its work then."""

    def __init__(self, project: Any, work: Callable[[], object] = lambda: None) -> None:
        self.told: list[str] = []
        self._project, self._work = project, work
        self._ready, self._go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Progress:
        self._thread.start()
        assert self._ready.wait(30)
        return Progress(waiting=self._waited_for)

    def __exit__(self, *_: object) -> None:
        self._go.set()
        self._thread.join()

    def _run(self) -> None:
        with holding(self._project.url):
            self._ready.set()
            self._go.wait(30)
            self._work()

    def _waited_for(self, holder: str) -> None:
        self.told.append(holder)
        self._go.set()


def unlocked(project: Any) -> Config:
    return replace(project.config, lock=False)


def test_a_run_waits_for_another_and_does_what_is_left(project: Any) -> None:
    two(project)
    other = Other(project, lambda: upgrade(unlocked(project), "a1"))

    with other as progress:
        moved = upgrade(project.config, progress=progress)

    assert len(other.told) == 1
    assert [done.revision for done in moved.done] == ["b2"]
    assert not moved.by_another
    assert heads(project) == ["b2"]


def test_who_finds_all_done_says_so(project: Any) -> None:
    two(project)

    with Other(project, lambda: upgrade(unlocked(project))) as progress:
        moved = upgrade(project.config, progress=progress)

    assert (moved.done, moved.by_another, moved.at_head) == ((), True, True)


def test_who_waits_too_long_is_told_who_holds_it(project: Any) -> None:
    two(project)

    with holding(project.url), pytest.raises(LockTimeout) as caught:
        upgrade(impatient(project))

    assert caught.value.exit_status == 3
    assert caught.value.holder is not None
    assert project.tables() == set()


def test_the_holder_is_named_by_process_and_machine(sqlite_url: str, postgresql_url: str) -> None:
    for url in (sqlite_url, postgresql_url):
        with holding(url), pytest.raises(LockTimeout, match=f"pid {os.getpid()} on "), holding(url):
            pass


def test_nothing_to_do_waits_for_nobody(project: Any) -> None:
    two(project)
    upgrade(project.config)

    with holding(project.url):
        moved = upgrade(impatient(project))

    assert (moved.done, moved.by_another) == ((), False)


def test_a_stamp_and_a_downgrade_wait_too(project: Any) -> None:
    two(project)
    upgrade(project.config)

    with holding(project.url):
        with pytest.raises(LockTimeout):
            stamp(impatient(project), ["a1"])
        with pytest.raises(LockTimeout):
            downgrade(impatient(project), "base")

    assert heads(project) == ["b2"]


def test_without_a_lock_nobody_waits(project: Any) -> None:
    two(project)

    with holding(project.url):
        upgrade(unlocked(project))

    assert heads(project) == ["b2"]


def test_a_version_table_has_its_own_lock(project: Any) -> None:
    with holding(project.url), holding(project.url, "other_version"):
        pass


def test_a_schema_has_its_own_lock_and_the_default_one_no_second(postgresql_url: str) -> None:
    with (
        holding(postgresql_url),
        holding(postgresql_url, schema="tenant"),
        pytest.raises(LockTimeout),
        holding(postgresql_url, schema="public"),
    ):
        pass


@pytest.mark.parametrize(
    ("move", "target", "end", "other"),
    [
        pytest.param(upgrade, "+1", "a1", "a1", id="up"),
        pytest.param(downgrade, "-1", "a1", "a1", id="down"),
    ],
)
def test_a_target_that_counts_is_counted_once(
    sqlite_project: Any, move: Any, target: str, end: str, other: str
) -> None:
    two(sqlite_project)
    if move is downgrade:
        upgrade(sqlite_project.config)

    with Other(sqlite_project, lambda: move(unlocked(sqlite_project), other)) as progress:
        moved = move(sqlite_project.config, target, progress=progress)

    assert moved.by_another
    assert heads(sqlite_project) == [end]


def test_a_target_that_counts_from_elsewhere_is_refused(sqlite_project: Any) -> None:
    two(sqlite_project)

    with (
        Other(sqlite_project, lambda: upgrade(unlocked(sqlite_project))) as progress,
        pytest.raises(MovedMeanwhile, match=r"\+1 counts from where the database was"),
    ):
        upgrade(sqlite_project.config, "+1", progress=progress)


def test_a_lock_that_is_lost_stops_the_run(
    make_project: Callable[[str], Any], postgresql_url: str
) -> None:
    """The server ends the session that holds it, as an administrator or a failover does."""
    project = make_project(postgresql_url)
    end = (
        "SELECT pg_terminate_backend(pid, 30000) FROM pg_locks WHERE locktype = 'advisory' "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    project.revision("a1", None, CREATE_A)
    project.revision("b2", "a1", f'op.execute("{end}")')
    project.revision("c3", "b2", CREATE_B)

    with pytest.raises(LockLost) as caught:
        upgrade(project.config)

    assert caught.value.exit_status == 3
    assert caught.value.__notes__ == ["the database is at b2"]
    assert (heads(project), project.tables()) == (["b2"], {"a"})


def test_a_lost_lock_is_noticed_on_mariadb(
    make_project: Callable[[str], Any], mariadb_url: str
) -> None:
    project = make_project(mariadb_url)
    project.revision(
        "a1",
        None,
        """
        name = f"migrate {op.get_bind().engine.url.database}.migrate_version"
        id = op.get_bind().execute(sa.text("SELECT IS_USED_LOCK(:name)"), {"name": name}).scalar()
        op.execute(f"KILL {id}")
        there = f"SELECT count(*) FROM information_schema.PROCESSLIST WHERE ID = {id}"
        while op.get_bind().execute(sa.text(there)).scalar():
            pass
        """,
    )
    project.revision("b2", "a1", CREATE_B)

    with pytest.raises(LockLost):
        upgrade(project.config)

    assert heads(project) == ["a1"]


def test_a_lost_lock_is_noticed_on_sqlite(sqlite_project: Any) -> None:
    """Somebody removes its file: the next run would make another one, and lock that."""
    file = f"{sqlite_project.url.removeprefix('sqlite:///')}-migrate.lock"
    sqlite_project.revision("a1", None, f"import os; os.remove({file!r})")
    sqlite_project.revision("b2", "a1", CREATE_B)

    with pytest.raises(LockLost):
        upgrade(sqlite_project.config)

    assert heads(sqlite_project) == ["a1"]


def test_in_one_transaction_a_lost_lock_undoes_all(
    make_project: Callable[[str], Any], sqlite_url: str
) -> None:
    project = make_project(sqlite_url)
    project.settings('transaction = "run"')
    file = f"{sqlite_url.removeprefix('sqlite:///')}-migrate.lock"
    project.revision("a1", None, f"{CREATE_A}; import os; os.remove({file!r})")
    project.revision("b2", "a1", CREATE_B)

    with pytest.raises(LockLost) as caught:
        upgrade(project.config)

    assert caught.value.__notes__ == ["the whole run is rolled back", "the database is at <base>"]
    assert project.tables() == set()


def test_a_waiter_doesnt_hinder_an_index_that_is_built_concurrently(
    make_project: Callable[[str], Any], postgresql_url: str
) -> None:
    """It waits for every transaction that runs, so one that waits for it would hang both."""
    project = make_project(postgresql_url)
    project.revision("a1", None, CREATE_A)
    project.revision("b2", "a1", 'op.create_index("ix", "a", ["id"], postgresql_concurrently=True)')
    begun, waited_for = threading.Event(), threading.Event()
    held: list[Any] = []

    def begin(script: Any, direction: str) -> None:
        begun.set()
        assert waited_for.wait(30)

    holder = threading.Thread(
        target=lambda: held.append(upgrade(project.config, progress=Progress(begun=begin)))
    )
    holder.start()
    assert begun.wait(30)
    moved = upgrade(project.config, progress=Progress(waiting=lambda _: waited_for.set()))
    holder.join()

    assert [done.revision for done in held[0].done] == ["a1", "b2"]
    assert moved.by_another


@pytest.mark.parametrize("path", ["relative", "link", "uri"])
def test_all_ways_to_a_sqlite_file_lead_to_one_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (tmp_path / "there").mkdir()
    file = tmp_path / "there" / "a.db"
    (tmp_path / "link.db").symlink_to(file)
    monkeypatch.chdir(tmp_path / "there")
    urls = {
        "relative": "sqlite:///a.db",
        "link": f"sqlite:///{tmp_path / 'link.db'}",
        "uri": f"sqlite:///file:{file}?uri=true&cache=private",
    }

    with holding(f"sqlite:///{file}"), pytest.raises(LockTimeout), holding(urls[path]):
        pass


def test_the_file_is_there_only_while_it_is_locked(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "test.db-migrate.lock"
    file.write_text("what a killed process left")

    with holding(sqlite_url):
        during = file.read_text()

    assert during.startswith(f"pid {os.getpid()} on ")
    assert not file.exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///file::memory:?uri=true&cache=shared"])
def test_a_database_in_memory_has_no_lock(url: str) -> None:
    with holding(url) as first, holding(url) as second:
        assert first is second is None


@pytest.mark.parametrize(
    "pool",
    [
        pytest.param({"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}, id="lent out"),
        pytest.param({"poolclass": StaticPool}, id="only one"),
        pytest.param({"poolclass": NullPool}, id="none"),
    ],
)
def test_the_lock_is_held_for_a_connection_of_the_callers(project: Any, pool: Any) -> None:
    two(project)
    engine = create_engine(project.url, **pool)
    with engine.connect() as connection, holding(project.url):
        with pytest.raises(LockTimeout):
            upgrade(impatient(project), connection=connection)
        assert not connection.in_transaction()

    with engine.connect() as connection:
        moved = upgrade(impatient(project), connection=connection)
        after = connection.in_transaction()
    engine.dispose()

    assert (len(moved.done), after) == (2, False)
    with holding(project.url):
        pass


def test_on_postgresql_the_lock_stays_until_the_callers_commit(
    make_project: Callable[[str], Any], postgresql_url: str
) -> None:
    project = make_project(postgresql_url)
    two(project)
    engine = create_engine(postgresql_url, poolclass=NullPool)

    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
        upgrade(impatient(project), connection=connection)
        with pytest.raises(LockTimeout):
            upgrade(impatient(project))
    moved = upgrade(impatient(project))

    assert (moved.done, moved.at_head) == ((), True)


def test_a_search_path_makes_a_tenant(postgresql_url: str) -> None:
    """The version table is in the schema that comes first, so that is whose lock it is."""
    tenant = make_url(postgresql_url).update_query_dict({"options": "-c search_path=tenant"})
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA tenant"))
    engine.dispose()
    url = tenant.render_as_string(hide_password=False)

    with holding(postgresql_url), holding(url), pytest.raises(LockTimeout), holding(url):
        pass


def test_a_schema_that_is_translated_makes_a_tenant(
    make_project: Callable[[str], Any], postgresql_url: str
) -> None:
    project = make_project(postgresql_url)
    two(project)
    engine = create_engine(postgresql_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA tenant"))

    with holding(postgresql_url, schema="tenant"), engine.connect() as connection:
        mapped = connection.execution_options(schema_translate_map={None: "tenant"})
        with pytest.raises(LockTimeout):
            upgrade(impatient(project), connection=mapped)


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_user_with_one_connection_locks_with_that(
    make_project: Callable[[str], Any], request: pytest.FixtureRequest, server: str
) -> None:
    project = make_project(request.getfixturevalue(f"{server}_url"))
    two(project)
    name = f"single_{uuid.uuid4().hex[:8]}"
    database = make_url(project.url).database
    make, drop = {
        "postgresql": (
            [
                f"CREATE ROLE {name} LOGIN CONNECTION LIMIT 1",
                f"GRANT ALL ON SCHEMA public TO {name}",
            ],
            [f"DROP OWNED BY {name} CASCADE", f"DROP ROLE {name}"],
        ),
        "mariadb": (
            [
                f"CREATE USER {name} WITH MAX_USER_CONNECTIONS 1",
                f"GRANT ALL ON {database}.* TO {name}",
            ],
            [f"DROP USER {name}"],
        ),
    }[server]
    url = make_url(project.url).set(username=name).render_as_string(hide_password=False)
    engine = create_engine(project.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in make:
            connection.exec_driver_sql(statement)
    try:
        with holding(project.url), pytest.raises(LockTimeout):
            upgrade(replace(impatient(project), url=url))
        moved = upgrade(replace(project.config, url=url))
    finally:
        with engine.connect() as connection:
            for statement in drop:
                connection.exec_driver_sql(statement)

    assert moved.at_head


def test_a_lock_ends_with_its_process_however_it_ends(project: Any) -> None:
    """Killed while another run waits for it."""
    two(project)
    program = [sys.executable, str(Path(__file__).with_name("holder.py")), project.url]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

        moved = upgrade(project.config, progress=Progress(waiting=lambda _: holder.kill()))

    assert (holder.returncode, moved.at_head, len(moved.done)) == (-signal.SIGKILL, True, 2)


@pytest.mark.parametrize(
    ("server", "driver"),
    [
        ("sqlite", "sqlite+aiosqlite"),
        ("postgresql", "postgresql+asyncpg"),
        ("mariadb", "mysql+aiomysql"),
    ],
)
def test_through_an_asynchronous_driver(
    make_project: Callable[[str], Any], request: pytest.FixtureRequest, server: str, driver: str
) -> None:
    pytest.importorskip(driver.partition("+")[2])
    project = make_project(request.getfixturevalue(f"{server}_url"))
    two(project)
    url = make_url(project.url).set(drivername=driver).render_as_string(hide_password=False)
    config = replace(project.config, url=url)

    with holding(project.url), pytest.raises(LockTimeout):
        upgrade(replace(config, lock_timeout=0))
    with Other(project, lambda: upgrade(unlocked(project), "a1")) as progress:
        moved = upgrade(config, progress=progress)

    assert [done.revision for done in moved.done] == ["b2"]
