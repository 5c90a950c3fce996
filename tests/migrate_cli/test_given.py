"""A command works on what its caller names: a URL, an engine, a connection, asynchronous or not."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from migrate_cli.commands import aio, check, current, downgrade, status, upgrade
from migrate_cli.config import load
from migrate_cli.errors import MustAwait, NoSuchDatabase, UsageError
from migrate_cli.failures import RevisionFailed
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from .conftest import Project

ASYNC = {"sqlite": "aiosqlite", "postgresql": "asyncpg", "mysql": "aiomysql"}


def asynchronous(url: str) -> str:
    parsed = make_url(url)
    name = parsed.get_backend_name()
    pytest.importorskip(ASYNC[name])
    return parsed.set(drivername=f"{name}+{ASYNC[name]}").render_as_string(hide_password=False)


@pytest.fixture
def one(project: Project) -> Project:
    """A project with a revision, which names no database."""
    project.revision("a1", upgrade='op.create_table("t", sa.Column("id", sa.Integer()))',
                     downgrade='op.drop_table("t")')  # fmt: skip
    return project


SYNC: dict[str, Callable[[str], Any]] = {
    "text": str,
    "url": make_url,
    "async-url": asynchronous,
    "engine": lambda url: create_engine(url, poolclass=NullPool),
    "async-engine": lambda url: create_async_engine(asynchronous(url), poolclass=NullPool),
}


@pytest.mark.parametrize("kind", SYNC)
def test_a_call_works_on_what_it_is_given(one: Project, kind: str) -> None:
    config = load(one.root)

    moved = upgrade(config, connection=SYNC[kind](one.url))

    assert one.tables() == {"t"}
    assert moved.database.partition(":")[0] in (make_url(one.url).drivername,
                                                make_url(asynchronous(one.url)).drivername)  # fmt: skip
    assert downgrade(config, "base", connection=SYNC[kind](one.url)).heads == ()


@pytest.mark.parametrize("kind", [kind for kind in SYNC if kind != "async-engine"])
def test_it_works_while_an_event_loop_runs(one: Project, kind: str) -> None:
    async def inside() -> None:
        upgrade(load(one.root), connection=SYNC[kind](one.url))

    asyncio.run(inside())

    assert one.tables() == {"t"}


async def by_engine(url: str, work: Callable[[Any], Awaitable[None]]) -> None:
    engine = create_async_engine(asynchronous(url))
    await work(engine)
    await engine.dispose()


async def by_connection(url: str, work: Callable[[Any], Awaitable[None]]) -> None:
    engine = create_async_engine(asynchronous(url))
    async with engine.connect() as connection:
        await work(connection)
    await engine.dispose()


async def by_url(url: str, work: Callable[[Any], Awaitable[None]]) -> None:
    await work(asynchronous(url))


async def by_plain_engine(url: str, work: Callable[[Any], Awaitable[None]]) -> None:
    await work(create_engine(url, poolclass=NullPool))


@pytest.mark.parametrize("way", [by_engine, by_connection, by_url, by_plain_engine])
def test_a_command_can_be_awaited(one: Project, way: Callable[..., Awaitable[None]]) -> None:
    config = load(one.root)
    seen = []

    async def work(database: Any) -> None:
        await aio.upgrade(config, connection=database)
        seen.append(await aio.current(config, connection=database))

    async def inside() -> None:
        await way(one.url, work)

    asyncio.run(inside())

    assert [[entry.id for entry in found.revisions] for found in seen] == [["a1"]]


def test_the_event_loop_goes_on_meanwhile(sqlite_project: Project) -> None:
    sqlite_project.revision("a1", upgrade="import time\ntime.sleep(0.2)")
    config = load(sqlite_project.root)

    async def inside() -> int:
        work = asyncio.create_task(aio.upgrade(config, connection=sqlite_project.url))
        turns = 0
        while not work.done():
            await asyncio.sleep(0.01)
            turns += 1
        return turns

    assert asyncio.run(inside()) > 5


def test_an_open_transaction_stays_its_callers(sqlite_project: Project) -> None:
    """What the caller rolls back is gone; nothing was committed under it."""
    sqlite_project.revision("a1", upgrade='op.create_table("t", sa.Column("id", sa.Integer()))')
    engine = create_async_engine(asynchronous(sqlite_project.url))

    async def inside() -> None:
        async with engine.connect() as connection:
            await connection.exec_driver_sql("BEGIN")
            await connection.execute(text("SELECT 1"))
            await aio.upgrade(load(sqlite_project.root), connection=connection)
            await connection.rollback()
        await engine.dispose()

    asyncio.run(inside())

    assert sqlite_project.tables() == set()


def test_what_must_be_awaited_says_so(sqlite_project: Project) -> None:
    config = load(sqlite_project.root)
    engine = create_async_engine(asynchronous(sqlite_project.url))

    async def by(database: Any) -> None:
        with pytest.raises(
            MustAwait, match=r"await the same command of migrate_cli\.commands\.aio"
        ):
            current(config, connection=database)

    async def inside() -> None:
        await by(engine)
        async with engine.connect() as connection:
            await by(connection)
            found = await connection.run_sync(lambda _: current(config, connection=connection))
            assert found.revisions == ()
        await engine.dispose()

    asyncio.run(inside())


def test_anything_else_is_no_database(sqlite_project: Project) -> None:
    with pytest.raises(NoSuchDatabase, match="this is a int"):
        current(load(sqlite_project.root), connection=7)  # type: ignore[arg-type]


def test_threads_have_nothing_in_common(tmp_path: Any) -> None:
    """Eight databases at once, each through the global `op` of its own revision."""
    made = []
    for number in range(8):
        project = Project(tmp_path / f"p{number}", f"sqlite:///{tmp_path}/{number}.db")
        project.root.mkdir()
        project.settings()
        project.revision("a1", upgrade="from migrate_cli import op\n"
                         f'op.create_table("t{number}", sa.Column("id", sa.Integer()))', signature="")  # fmt: skip
        made.append(project)
    failed: list[BaseException] = []

    def work(project: Project) -> None:
        try:
            upgrade(load(project.root), connection=project.url)
            assert status(load(project.root), connection=project.url).at_head
        except BaseException as err:
            failed.append(err)

    threads = [threading.Thread(target=work, args=(project,)) for project in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert [project.tables() for project in made] == [{f"t{number}"} for number in range(8)]


RUN_ASYNC = """
async def rows(connection, start, plus=0):
    from sqlalchemy import text
    result = await connection.execute(text(f"SELECT {start} + {plus}"))
    return result.scalar_one()

number = op.run_async(rows, 5, plus=2)
op.create_table(f"t{number}", sa.Column("id", sa.Integer()))
"""


def test_a_script_may_run_asynchronous_code(project: Project) -> None:
    project.revision("a1", upgrade=RUN_ASYNC)

    upgrade(load(project.root), connection=asynchronous(project.url))

    assert project.tables() == {"t7"}


def test_asynchronous_code_needs_an_asynchronous_driver(sqlite_project: Project) -> None:
    sqlite_project.revision("a1", upgrade=RUN_ASYNC)

    with pytest.raises(RevisionFailed, match=r"op\.run_async needs an asynchronous driver"):
        upgrade(sqlite_project.config)


def test_a_url_that_is_none_is_told_where_it_came_from(sqlite_project: Project) -> None:
    with pytest.raises(Exception, match="from the call") as caught:
        current(load(sqlite_project.root), connection="no-url")

    assert not isinstance(caught.value, UsageError)


PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_the_page_shows_what_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.stderr == ""
    assert done.stdout.startswith("['create table account (1 column)']\n1 applied, now at")


def test_a_schema_that_is_translated_is_where_all_goes(
    make_project: Callable[[str], Project], postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs and what is compared follow the map; SQL text of a script can't be translated."""
    project = make_project(postgresql_url)
    monkeypatch.syspath_prepend(str(project.root))
    (project.root / "translated_models.py").write_text(
        "from sqlalchemy import Column, Integer, MetaData, Table\nmetadata = MetaData()\n"
        "Table('t', metadata, Column('id', Integer, primary_key=True), Column('n', Integer))\n"
    )
    project.settings('metadata = "translated_models:metadata"')
    project.revision("a1", None,
        'op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))')  # fmt: skip
    project.revision("b2", "a1", 'op.add_column("t", sa.Column("n", sa.Integer()))')
    engine = create_engine(postgresql_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA tenant"))

    with engine.connect() as connection:
        mapped = connection.execution_options(schema_translate_map={None: "tenant"})
        upgrade(project.config, connection=mapped)
        compared = check(project.config, connection=mapped)
        mapped.commit()
        again = upgrade(project.config, connection=mapped)

    assert again.done == ()
    assert compared.changes == ()
    assert project.tables() == set()
    with engine.connect() as connection:
        found = inspect(connection)
        assert {"t", "migrate_version"} <= set(found.get_table_names(schema="tenant"))
        assert [one["name"] for one in found.get_columns("t", schema="tenant")] == ["id", "n"]


def test_the_commands_are_found_where_the_errors_say_they_are() -> None:
    """`await the same command of migrate_cli.commands.aio` has to work as it stands."""
    program = (
        "from migrate_cli import commands\n"
        "assert {'upgrade', 'aio'} <= set(dir(commands)), dir(commands)\n"
        "print(commands.aio.upgrade.__name__)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("upgrade\n", "")
