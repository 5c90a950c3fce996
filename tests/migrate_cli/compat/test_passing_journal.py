"""The journal in an Alembic project: there while a revision is unfinished, and gone with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic_projects import catalog, make, peer, script, versions

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


@pytest.mark.slow
@pytest.mark.parametrize("last", [DIES, FAILS], ids=["killed", "failed"])
def test_it_is_there_only_while_a_revision_is_unfinished(
    last: str, tmp_path: Path, mariadb_url: str
) -> None:
    make(tmp_path, mariadb_url, {"r1": script("r1", None, TWO.format(last=last))})
    (tmp_path / "die").touch()

    ended = migrate(tmp_path, "upgrade")

    assert ended.returncode in (-9, 4), ended.stderr
    assert "migrate_journal" in catalog(mariadb_url)
    assert "Unfinished upgrade of r1" in migrate(tmp_path, "status").stdout
    (tmp_path / "die").unlink()

    again = migrate(tmp_path, "upgrade")

    assert again.returncode == 0, again.stderr
    assert set(catalog(mariadb_url)) == {"alembic_version", "a", "b", "c"}
    assert versions(mariadb_url) == ["r1"]
    assert peer(tmp_path, "current").stdout.startswith("r1")


def test_a_run_that_ends_well_leaves_none(tmp_path: Path, sqlite_url: str) -> None:
    make(tmp_path, sqlite_url, {"r1": script("r1", None, TWO.format(last="pass"))})

    ended = migrate(tmp_path, "upgrade")

    assert ended.returncode == 0, ended.stderr
    assert "migrate_journal" not in catalog(sqlite_url)
