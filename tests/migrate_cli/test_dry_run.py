"""A dry run does what would be done, and leaves nothing of it; or says what can't be rolled back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic_projects import catalog, make, script, table, versions
from migrate_cli.cli.door import run
from migrate_cli.commands import current, dry_run, upgrade
from migrate_cli.errors import CantRehearse
from migrate_cli.failures import RevisionFailed
from sqlalchemy import inspect, text

TABLE = 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))'


@pytest.fixture(params=["sqlite", "postgresql"])
def project(request: pytest.FixtureRequest, make_project: Any) -> Any:
    """A project on a database that can roll DDL back."""
    return make_project(request.getfixturevalue(f"{request.param}_url"))


def tables(project: Any) -> list[str]:
    with project.connect() as connection:
        return sorted(inspect(connection).get_table_names())


def at(project: Any) -> list[str]:
    return [one.id for one in current(project.config).revisions]


@pytest.mark.parametrize("transaction", ["revision", "run"])
def test_all_is_done_and_nothing_stays(project: Any, transaction: str) -> None:
    project.settings(f'transaction = "{transaction}"', "statement_lock_timeout = 2")
    project.revision("a1a1", None, f"{TABLE}\nop.execute('INSERT INTO t VALUES (1, 1)')")
    project.revision(
        "b2b2",
        "a1a1",
        "assert op.get_bind().execute(sa.text('SELECT n FROM t')).scalars().all() == [1]\n"
        'op.drop_column("t", "n")',
    )

    found = dry_run(project.config)

    assert [one.revision for one in found.done] == ["a1a1", "b2b2"]
    assert (found.before, found.heads, found.stopped_at, found.left) == ((), ("b2b2",), None, ())
    assert tables(project) == []
    upgrade(project.config)
    assert at(project) == ["b2b2"]


def test_going_down_is_tried_too(project: Any) -> None:
    project.revision("a1a1", None, TABLE, 'op.drop_table("t")')
    upgrade(project.config)

    found = dry_run(project.config, "base", down=True)

    assert [one.direction for one in found.done] == ["downgrade"]
    assert "t" in tables(project)
    assert at(project) == ["a1a1"]


def test_a_failure_is_told_and_nothing_stays(project: Any) -> None:
    project.revision("a1a1", None, TABLE)
    project.revision("b2b2", "a1a1", TABLE)

    with pytest.raises(RevisionFailed, match="b2b2"):
        dry_run(project.config)

    assert tables(project) == []


ENDS = [
    pytest.param("op.get_bind().commit()", "commits by itself", id="commit"),
    pytest.param('op.execute("COMMIT")', "COMMIT", id="sql"),
    pytest.param('with op.get_context().autocommit_block():\n    op.execute("SELECT 1")', "leave the transaction", id="autocommit"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "why"), ENDS)
def test_it_stops_before_what_would_stay(project: Any, body: str, why: str) -> None:
    project.revision("a1a1", None, TABLE)
    project.revision("b2b2", "a1a1", f"{body}\nop.drop_table('t')")
    project.revision("c3c3", "b2b2")

    found = dry_run(project.config)

    assert [one.revision for one in found.done] == ["a1a1"]
    assert (found.stopped_at, found.left) == ("b2b2", ("c3c3",))
    assert why in str(found.why)
    assert tables(project) == []


def test_what_stands_alone_stops_it(postgresql_url: str, make_project: Any) -> None:
    project = make_project(postgresql_url)
    project.revision(
        "a1a1", None, f'{TABLE}\nop.create_index("i", "t", ["n"], postgresql_concurrently=True)'
    )

    found = dry_run(project.config)

    assert found.stopped_at == "a1a1"
    assert "create index i on t (n) can't be rolled back" in str(found.why)
    assert tables(project) == []


def test_a_table_that_is_copied_is_rolled_back(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1", None, f"{TABLE}\nop.execute('INSERT INTO t VALUES (1, 1)')")
    upgrade(sqlite_project.config)
    sqlite_project.revision(
        "b2b2",
        "a1a1",
        'with op.batch_alter_table("t") as b:\n    b.alter_column("n", nullable=False)',
    )

    found = dry_run(sqlite_project.config)

    assert found.stopped_at is None
    with sqlite_project.connect() as connection:
        (_, column) = inspect(connection).get_columns("t")
        assert column["nullable"] is True


def test_where_ddl_commits_nothing_is_run(mariadb_url: str, make_project: Any) -> None:
    project = make_project(mariadb_url)
    project.revision("a1a1", None, TABLE)

    with pytest.raises(CantRehearse):
        dry_run(project.config)

    assert tables(project) == []


def test_the_callers_transaction_keeps_what_was_in_it(project: Any) -> None:
    project.revision("a1a1", None, TABLE)
    with project.connect() as connection:
        connection.execute(text("CREATE TABLE mine (a integer)"))
        connection.execute(text("INSERT INTO mine VALUES (1)"))

        found = dry_run(project.config, connection=connection)

        assert len(found.done) == 1
        assert connection.in_transaction()
        assert connection.scalar(text("SELECT count(*) FROM mine")) == 1
        connection.commit()
    assert tables(project) == ["mine"]


@pytest.mark.parametrize("options", ["", "transaction_per_migration=True"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_alembic_project_is_tried_and_nothing_stays(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    options: str,
) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    monkeypatch.chdir(tmp_path)
    files = {
        "a": table("users", "aa11"),
        "b": script("bb22", "aa11", 'op.add_column("users", sa.Column("n", sa.Integer()))'),
    }
    make(tmp_path, url, files, options=options)

    assert run(["upgrade", "--dry-run"]) == 0
    assert "Dry run: 2 applied" in capsys.readouterr().out
    assert catalog(url) == {}
    assert run(["upgrade"]) == 0
    assert versions(url) == ["bb22"]


@pytest.mark.parametrize(("kind", "driver"), [("sqlite", "aiosqlite"), ("postgresql", "asyncpg")])
def test_an_asynchronous_driver_rolls_back_too(
    request: pytest.FixtureRequest, make_project: Any, kind: str, driver: str
) -> None:
    pytest.importorskip(driver)
    url = request.getfixturevalue(f"{kind}_url")
    project = make_project(url)
    project.revision("a1a1", None, TABLE)
    name, _, rest = url.partition("://")
    project.url = f"{name.partition('+')[0]}+{driver}://{rest}"

    found = dry_run(project.config)
    project.url = url

    assert len(found.done) == 1
    assert tables(project) == []
