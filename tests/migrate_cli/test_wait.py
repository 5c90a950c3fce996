"""Waiting for others to move a database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from migrate_cli.commands import upgrade, wait
from migrate_cli.errors import UnreachableDatabase, UsageError
from migrate_cli.failures import NotThere
from migrate_cli.running.lock import Wait, locked
from revgraph import RevgraphError
from sqlalchemy import text


def three(project: Any) -> None:
    project.revision("a1")
    project.revision("b2", "a1")
    project.revision("c3", "a1")


@pytest.mark.parametrize(
    ("at", "target", "there"),
    [
        pytest.param([], "a1", False, id="nothing"),
        pytest.param(["a1"], "a1", True, id="exactly"),
        pytest.param(["b2"], "a1", True, id="further"),
        pytest.param(["a1"], "b2", False, id="not yet"),
        pytest.param(["b2"], None, False, id="one head of two"),
        pytest.param(["b2", "c3"], None, True, id="all heads"),
        pytest.param(["b2", "c3"], "heads", True, id="heads by name"),
        pytest.param(["zz"], "a1", False, id="unknown"),
        pytest.param(["a1", "zz"], "a1", True, id="unknown beside"),
    ],
)
def test_when_a_database_is_there(
    sqlite_project: Any, at: list[str], target: str | None, there: bool
) -> None:
    three(sqlite_project)
    with sqlite_project.connect() as connection:
        connection.execute(text("CREATE TABLE migrate_version (version_num VARCHAR(32))"))
        for one in at:
            connection.execute(text(f"INSERT INTO migrate_version VALUES ('{one}')"))
        connection.commit()

    if there:
        assert set(wait(sqlite_project.config, target, timeout=0).heads) == set(at)
        return
    with pytest.raises(NotThere) as caught:
        wait(sqlite_project.config, target, timeout=0)
    assert (caught.value.heads, caught.value.exit_status) == (tuple(at), 3)


def test_it_ends_when_another_run_has_come_there(project: Any) -> None:
    project.revision("a1")
    project.revision("b2", "a1")
    missing, told = threading.Event(), []

    def other() -> None:
        assert missing.wait(30)
        upgrade(project.config)

    def tell(what: str) -> None:
        told.append(what)
        missing.set()

    thread = threading.Thread(target=other)
    thread.start()
    waited = wait(project.config, timeout=30, told=tell)
    thread.join()

    assert (waited.heads, waited.at_head) == (("b2",), True)
    assert len(told) == 1
    assert told[0].endswith("is at <base>")


def test_it_neither_writes_nor_minds_a_lock(project: Any) -> None:
    project.revision("a1")

    with (
        project.connect() as holder,
        locked(holder, (None, "migrate_version"), "", Wait(0), joined=False),
        pytest.raises(NotThere),
    ):
        wait(project.config, timeout=0)

    with project.connect() as connection:
        tables = connection.dialect.get_table_names(connection)
    assert tables == []


def test_a_database_that_doesnt_answer_is_waited_for(
    make_project: Callable[[str], Any], sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder comes into being while it is waited for."""
    project = make_project(sqlite_url)
    project.revision("a1")
    folder = project.root / "later"
    config = replace(project.config, url=f"sqlite:///{folder / 'a.db'}")
    told: list[str] = []

    def meanwhile(*_: object, **__: object) -> None:
        folder.mkdir(exist_ok=True)
        upgrade(config)

    monkeypatch.setattr("migrate_cli.running.polling.sleep", meanwhile)

    assert wait(config, timeout=30, told=told.append).heads == ("a1",)
    assert told == [
        f"cannot connect to {config.url}: unable to open database file",
    ]


def test_when_the_time_is_over_the_way_to_the_database_is_still_missing(
    sqlite_project: Any,
) -> None:
    sqlite_project.revision("a1")
    config = replace(sqlite_project.config, url="sqlite:////nowhere/a.db")

    with pytest.raises(UnreachableDatabase):
        wait(config, timeout=0)


@pytest.mark.parametrize("target", ["+1", "-1", "nowhere"])
def test_what_can_t_be_waited_for(sqlite_project: Any, target: str) -> None:
    sqlite_project.revision("a1")

    with pytest.raises((UsageError, RevgraphError)):
        wait(sqlite_project.config, target, timeout=0)
