"""A connection that is lost while autogenerate compares, at each statement in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from migrate_cli.cli.door import run
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine

MODELS = """
from sqlalchemy import *
metadata = MetaData()
Table(
    "t",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("n", Integer, CheckConstraint("n + 1 > 1", name="more"), server_default=text("1+1")),
    Column("twice", Integer, Computed("n  * 2")),
    Column("new", Integer),
)
"""
THERE = """
CREATE TABLE t (
    id {serial} PRIMARY KEY, n integer DEFAULT (1 + 1), twice integer GENERATED ALWAYS AS (n * 2) STORED,
    CONSTRAINT more CHECK (n + 1 > 1)
)
"""
SERVERS = {
    "postgresql": ("serial", "SELECT pg_terminate_backend({}, 5000)", lambda c: c.info.backend_pid),
    "mariadb": ("integer AUTO_INCREMENT", "KILL {}", lambda c: c.thread_id()),
}
LEFT = {
    "postgresql": "SELECT relname FROM pg_class WHERE relname LIKE 'ddl\\_autogen%'",
    "mariadb": "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'ddl\\_autogen%'",
}


@contextmanager
def killing(at: int, url: str, server: str) -> Iterator[list[str]]:
    """Kill the connection of whoever sends the statement of a number, from the side, before it is sent."""
    side = create_engine(url, isolation_level="AUTOCOMMIT")
    _, kill, number_of = SERVERS[server]
    sent: list[str] = []

    def seen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if connection.engine is side:
            return
        sent.append(statement)
        if len(sent) == at:
            with side.connect() as other:
                driver = connection.connection.driver_connection
                other.execute(text(kill.format(number_of(driver))))

    event.listen(Engine, "before_cursor_execute", seen)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", seen)
        side.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("server", list(SERVERS))
@pytest.mark.parametrize("words", [["make", "more"], ["check"], ["diff"]], ids=lambda w: w[0])
def test_it_is_one_error_and_leaves_nothing(
    make_project: Callable[[str], Any],
    request: pytest.FixtureRequest,
    server: str,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = request.getfixturevalue(f"{server}_url")
    project = make_project(url)
    module = f"lost_{server}_{words[0]}"
    (project.root / f"{module}.py").write_text(MODELS)
    monkeypatch.chdir(project.root)
    project.settings(f'url = "{url}"', f'metadata = "{module}:metadata"')
    with project.connect() as connection:
        connection.execute(text(THERE.format(serial=SERVERS[server][0])))
        connection.commit()
    assert run(["check"]) == 1  # and brings the imports along
    files = {path for path in project.root.rglob("*") if "__pycache__" not in str(path)}

    for at in count(1):
        with killing(at, url, server) as sent:
            status = run(words)
        if len(sent) < at:
            break
        out, err = capsys.readouterr()
        said = f"at {at}, {sent[at - 1]}: {out}{err}"
        assert status == 3, said
        assert err.startswith("Error: "), said
        assert err.count("\n") <= 5, said  # three of them are the driver's
        assert {p for p in project.root.rglob("*") if "__pycache__" not in str(p)} == files, said
        with project.connect() as connection:
            assert connection.execute(text(LEFT[server])).all() == [], said
    assert at > 8, "the comparison asks"
