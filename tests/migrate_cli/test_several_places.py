"""Several databases, or several schemas in one: none of them is passed over in silence."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from migrate_cli.commands import (
    current,
    doctor,
    dry_run,
    heads,
    log,
    resume,
    revision,
    upgrade,
    verify,
    wait,
)
from migrate_cli.config import Config, load
from migrate_cli.errors import NoScripts, UsageError
from migrate_cli.failures import NotThere
from migrate_cli.recognition import find
from sqlalchemy import create_engine

ENV = """
from migrate_cli.env import context
from sqlalchemy import create_engine

for name in ("one", "two"):
    engine = create_engine(f"sqlite:///{name}.db")
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()
"""
SCRIPT = "revision = 'a1'\ndown_revision = None\ndef upgrade(op): ...\ndef downgrade(op): ...\n"


@pytest.mark.parametrize("at_head", [("one",), ("two",), ("one", "two")], ids="-".join)
def test_all_databases_of_an_env_have_to_be_at_the_heads(
    at_head: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "migrations" / "versions" / "a1.py").write_text(SCRIPT)
    (tmp_path / "pyproject.toml").write_text('[tool.migrate]\nurl = "sqlite://"\n')

    for name in at_head:
        upgrade(load(url=f"sqlite:///{name}.db"))
    (tmp_path / "migrations" / "env.py").write_text(ENV)

    found = current(find())

    assert [one.id for one in found.revisions] == ["a1"]
    assert found.at_head is (len(at_head) == 2)


@pytest.mark.parametrize("there", [(), ("one",), ("one", "two")], ids=["none", "one", "both"])
def test_what_several_databases_need_is_written_where_it_is_the_same(
    there: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "places_models", raising=False)
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "places_models.py").write_text(
        "from sqlalchemy import Column, Integer, MetaData, Table\n"
        "metadata = MetaData()\nTable('t', metadata, Column('id', Integer, primary_key=True))\n"
    )
    (tmp_path / "pyproject.toml").write_text(
        '[tool.migrate]\nurl = "sqlite://"\nmetadata = "places_models:metadata"\n'
    )
    for name in there:
        engine = create_engine(f"sqlite:///{name}.db")
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY)")
        engine.dispose()
    with_models = ENV.replace("n=connection", "n=connection, target_metadata=metadata")
    (tmp_path / "migrations" / "env.py").write_text(
        f"from places_models import metadata{with_models}"
    )

    if len(there) == 1:
        with pytest.raises(UsageError, match="need different changes"):
            revision(find(), "t", autogenerate=True)
        assert list((tmp_path / "migrations" / "versions").iterdir()) == []
    else:
        assert len(revision(find(), "t", autogenerate=True).changes) == (0 if there else 1)


def test_who_has_several_databases_is_told_their_names(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.migrate.databases.orders]\nurl = "sqlite://"\n[tool.migrate.databases.reports]\n'
    )

    with pytest.raises(NoScripts, match=r"\(-n orders, -n reports\)") as caught:
        heads(load(tmp_path))

    assert caught.value.databases == ("orders", "reports")


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A project whose env.py leads to the databases one.db, which is at a1, and two.db, which isn't."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "migrations" / "versions" / "a1.py").write_text(SCRIPT)
    (tmp_path / "pyproject.toml").write_text('[tool.migrate]\nurl = "sqlite://"\n')
    upgrade(load(url="sqlite:///one.db"))
    (tmp_path / "migrations" / "env.py").write_text(ENV)
    return find()


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda config: dry_run(config), id="dry-run"),
        pytest.param(lambda config: log(config), id="log"),
        pytest.param(lambda config: resume(config, mark_done=True), id="resume"),
        pytest.param(lambda config: verify(config), id="verify"),
    ],
)
def test_what_is_about_one_database_is_refused_where_there_are_several(
    two: Config, work: Callable[[Config], object]
) -> None:
    with pytest.raises(UsageError) as caught:
        work(two)

    assert str(caught.value) == (
        "this is about one database, and env.py leads to 2: sqlite:///one.db, sqlite:///two.db\n"
        "let it lead to one of them (context.get_x_argument() tells what -x says)"
    )


def test_those_that_have_names_are_told_by_them(
    two: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("pyproject.toml").write_text(
        '[tool.migrate.databases.one]\nurl = "sqlite://"\n[tool.migrate.databases.two]\n'
    )

    with pytest.raises(UsageError, match=r"\nsay which: -n one or -n two$"):
        verify(find())


def test_who_waits_waits_for_all_of_several_databases(two: Config) -> None:
    with pytest.raises(NotThere, match=r"two\.db"):
        wait(two, timeout=0)
    upgrade(two)

    found = wait(two, timeout=0)

    assert (found.database, found.heads) == ("sqlite:///one.db, sqlite:///two.db", ("a1",))
    assert found.at_head


def test_each_of_several_databases_is_examined(two: Config) -> None:
    found = doctor(lambda: two).findings

    assert [one.text.partition(",")[0] for one in found if one.subject == "Database"] == [
        "sqlite:///one.db",
        "sqlite:///two.db",
    ]
    assert sum(one.subject == "Version" for one in found) == 2
