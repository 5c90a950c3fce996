"""The journal in an Alembic project: there while a revision is unfinished, and gone with it."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic_projects import catalog, make, peer, script, versions
from sqlalchemy.pool import NullPool

from ..killer import Killer

MANY = bool(os.environ.get("MIGRATE_TEST_KILLS"))
"""Whether all moments are tried, as at night."""

TWO = """op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO a VALUES (1)")
    op.create_table("b", sa.Column("id", sa.Integer(), primary_key=True))
    {last}
    op.create_table("c", sa.Column("id", sa.Integer(), primary_key=True))"""
DIES = "import os; os.path.exists('die') and os.kill(os.getpid(), 9)"
FAILS = "import os; os.path.exists('die') and op.execute('INSERT INTO nowhere VALUES (1)')"


def migrate(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "migrate_cli", *words]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True)


OURS, BY_NAME = ("upgrade",), ("alembic", "upgrade", "head")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("last", "first", "second"),
    [
        pytest.param(DIES, OURS, OURS, id="killed"),
        pytest.param(FAILS, OURS, BY_NAME, id="failed, then by Alembic's name"),
        pytest.param(DIES, BY_NAME, BY_NAME, id="killed under Alembic's name"),
        pytest.param(FAILS, BY_NAME, OURS, id="failed under Alembic's name"),
    ],
)
def test_it_is_there_only_while_a_revision_is_unfinished(
    last: str, first: tuple[str, ...], second: tuple[str, ...], tmp_path: Path, mariadb_url: str
) -> None:
    make(tmp_path, mariadb_url, {"r1": script("r1", None, TWO.format(last=last))})
    (tmp_path / "die").touch()

    ended = migrate(tmp_path, *first)

    assert ended.returncode in (-9, 4, 1), ended.stderr
    assert "migrate_journal" in catalog(mariadb_url)
    assert "Unfinished upgrade of r1" in migrate(tmp_path, "status").stdout
    (tmp_path / "die").unlink()

    again = migrate(tmp_path, *second)

    assert again.returncode == 0, again.stderr
    assert set(catalog(mariadb_url)) == {"alembic_version", "a", "b", "c"}
    assert versions(mariadb_url) == ["r1"]
    assert peer(tmp_path, "current").stdout.startswith("r1")


def test_a_run_that_ends_well_leaves_none(tmp_path: Path, sqlite_url: str) -> None:
    make(tmp_path, sqlite_url, {"r1": script("r1", None, TWO.format(last="pass"))})

    ended = migrate(tmp_path, "upgrade")

    assert ended.returncode == 0, ended.stderr
    assert "migrate_journal" not in catalog(sqlite_url)


BEGUN = """from alembic import context
from sqlalchemy import create_engine, pool

url = context.config.get_main_option("sqlalchemy.url")
with create_engine(url, poolclass=pool.NullPool).begin() as connection:
    context.configure(connection=connection)
    context.run_migrations()
"""


@pytest.mark.parametrize("words", [OURS, BY_NAME], ids=" ".join)
def test_none_is_left_in_a_transaction_of_env_py(
    words: tuple[str, ...], tmp_path: Path, mariadb_url: str
) -> None:
    make(tmp_path, mariadb_url, {"r1": script("r1", None, TWO.format(last="pass"))}, env=BEGUN)

    ended = migrate(tmp_path, *words)

    assert ended.returncode == 0, ended.stderr
    assert set(catalog(mariadb_url)) == {"alembic_version", "a", "b", "c"}
    assert versions(mariadb_url) == ["r1"]


@pytest.mark.slow
def test_alembics_commands_go_on_with_it_and_pass_nothing_over(
    tmp_path: Path, mariadb_url: str
) -> None:
    """`stamp` and `downgrade` would pass over it; `stamp --purge` says where the database is."""
    tables = {"r1": script("r1", None, TWO.format(last=FAILS)), "r2": script("r2", "r1")}
    make(tmp_path, mariadb_url, tables)
    (tmp_path / "die").touch()
    assert migrate(tmp_path, "alembic", "upgrade", "head").returncode == 1

    refused = [
        migrate(tmp_path, "alembic", *words)
        for words in (("stamp", "head"), ("downgrade", "base"), ("upgrade", "head"))
    ]

    assert [one.returncode for one in refused] == [255, 255, 1]
    assert "can't stamp: the upgrade of r1 was begun" in refused[0].stdout + refused[0].stderr
    assert "can't go to base" in refused[1].stdout + refused[1].stderr
    assert migrate(tmp_path, "alembic", "stamp", "--purge", "r1").returncode == 0
    assert set(catalog(mariadb_url)) == {"alembic_version", "a", "b"}
    assert migrate(tmp_path, "alembic", "upgrade", "head").returncode == 0
    assert versions(mariadb_url) == ["r2"]


@pytest.mark.parametrize("to", ["head", "+1"])
def test_upgrade_as_a_function_goes_on_with_it(to: str, tmp_path: Path, mariadb_url: str) -> None:
    """A program that calls `alembic.command.upgrade` at its start, and was stopped in the middle."""
    from alembic import command
    from alembic.config import Config

    fails = FAILS.replace("'die'", repr(str(tmp_path / "die")))
    make(tmp_path, mariadb_url, {"r1": script("r1", None, TWO.format(last=fails))})
    config = Config(str(tmp_path / "alembic.ini"))
    (tmp_path / "die").touch()
    with pytest.raises(Exception, match="nowhere"):
        command.upgrade(config, to)
    assert set(catalog(mariadb_url)) == {"alembic_version", "migrate_journal", "a", "b"}
    with pytest.raises(Exception, match="was begun and isn't finished"):
        command.downgrade(config, "base")
    (tmp_path / "die").unlink()

    command.upgrade(config, to)

    assert set(catalog(mariadb_url)) == {"alembic_version", "a", "b", "c"}
    assert versions(mariadb_url) == ["r1"]
    engine = sa.create_engine(mariadb_url, poolclass=NullPool)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM a")) == 1, "it isn't run again"


COUNTED = """op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()))
    op.execute("INSERT INTO a VALUES (1, 0)")
    op.create_table("b", sa.Column("id", sa.Integer(), primary_key=True))
    op.get_bind().execute(sa.text("UPDATE a SET n = n + 1"))
    op.add_column("a", sa.Column("m", sa.Integer()))
    op.get_bind().execute(sa.text("UPDATE a SET n = n + 10, m = n"))"""


@pytest.mark.slow
def test_a_kill_at_any_statement_of_alembics_commands(
    tmp_path: Path, database_url: str, killer: Killer
) -> None:
    """Killed once, killed again while it goes on, and then run to its end."""
    tables = {"r1": script("r1", None, COUNTED), "r2": script("r2", "r1", 'op.drop_table("b")')}
    make(tmp_path, database_url, tables)
    project = Namespace(root=tmp_path, url=database_url)
    assert killer.run(project, words="alembic upgrade head")[0] == 0
    undisturbed = catalog(database_url)
    engine = sa.create_engine(database_url, poolclass=NullPool)
    died = True

    for moment in range(1, 200) if MANY else (14,):
        with engine.begin() as connection:
            for name in catalog(database_url):
                connection.execute(sa.text(f"DROP TABLE {name}"))
        when = [f"before:{moment}", f"after:{moment // 2}", "never"]
        ended = [killer.run(project, one, "alembic upgrade head") for one in when]
        assert ended[2][0] == 0, (moment, ended)
        assert catalog(database_url) == undisturbed, (moment, ended)
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT n, m FROM a")).all() in (
                [(11, 1)],
                [(11, 11)],
            )
        died = ended[0][0] == -9
        if not died:
            break
    assert died != MANY
