"""What `migrate status --exit-code` ends with: for pipelines, which read nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from migrate_cli.cli.door import run
from migrate_cli.commands import upgrade
from migrate_cli.failures import RevisionFailed
from sqlalchemy import text

MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
t = sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True){more})
"""
TABLE = 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))'


def ended(project: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> tuple[int, dict[str, Any]]:
    monkeypatch.chdir(project.root)
    capsys.readouterr()
    status = run(["status", "--exit-code", "--json", "--url", project.url])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("in-sync", 0),
        ("pending", 1),
        ("drift", 1),
        ("unknown", 1),
        ("broken-models", 3),
        ("no-models", 0),
    ],
)
def test_each_way_not_to_be_in_sync_has_its_status(
    sqlite_project: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    what: str,
    expected: int,
) -> None:
    name = f"models_{what.replace('-', '_')}"
    sqlite_project.settings(*([] if what == "no-models" else [f'metadata = "{name}:metadata"']))
    more = ', sa.Column("n", sa.Integer)' if what == "drift" else ""
    source = "import nothing_there" if what == "broken-models" else MODELS.format(more=more)
    Path(sqlite_project.root / f"{name}.py").write_text(source)
    sqlite_project.revision("a1a1", None, TABLE)
    upgrade(sqlite_project.config)
    if what == "pending":
        sqlite_project.revision("b2b2", "a1a1")
    if what == "unknown":
        with sqlite_project.connect() as connection:
            connection.execute(text("UPDATE migrate_version SET version_num = 'gone'"))
            connection.commit()

    status, answer = ended(sqlite_project, monkeypatch, capsys)

    assert status == expected
    assert (answer["pending"] > 0) == (what in ("pending", "unknown"))
    assert bool(answer["changes"]) == (what == "drift")
    assert bool(answer["unknown"]) == (what == "unknown")


def test_an_unfinished_run_is_told(
    mariadb_url: str,
    make_project: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = make_project(mariadb_url)
    project.revision("a1a1", None, f"{TABLE}\nop.execute('SELECT nothing')")
    with pytest.raises(RevisionFailed):
        upgrade(project.config)

    status, answer = ended(project, monkeypatch, capsys)

    assert status == 1
    assert answer["unfinished"]["revision"] == "a1a1"


def test_what_is_said_to_be_run_next_runs_where_there_are_several_heads(
    sqlite_project: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (sqlite_project.root / "models_heads.py").write_text(MODELS.format(more=""))
    sqlite_project.settings('metadata = "models_heads:metadata"')
    sqlite_project.revision("a1a1", None, TABLE)
    sqlite_project.revision("b2b2", "a1a1")
    sqlite_project.revision("c3c3", "a1a1")
    monkeypatch.chdir(sqlite_project.root)
    where = ["--url", sqlite_project.url]

    assert run(["status", *where]) == 0
    assert run(["check", *where]) == 1
    said = capsys.readouterr()

    assert "Next      migrate upgrade heads    (3 pending; to join them" in said.out
    assert "\nrun: migrate upgrade heads    or join them first: migrate merge\n" in said.err
    assert run(["upgrade", "heads", *where]) == 0
