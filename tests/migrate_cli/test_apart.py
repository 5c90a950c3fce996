"""What the project's own code prints, beside the answers that another program reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from migrate_cli.cli.door import run

MODELS = """
import sqlalchemy as sa

print("from the models")
metadata = sa.MetaData()
t = sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True))
"""
SCRIPT = """
print("from the script")
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
"""


@pytest.fixture
def project(sqlite_project: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    (sqlite_project.root / "models_that_print.py").write_text(MODELS)
    sqlite_project.settings('metadata = "models_that_print:metadata"')
    sqlite_project.revision("a1a1", None, SCRIPT)
    monkeypatch.chdir(sqlite_project.root)
    return sqlite_project


@pytest.mark.parametrize("words", ["plan --json", "upgrade --json", "lint --format sarif"])
def test_an_answer_in_json_holds_nothing_else(words: str, project: Any, capsys: Any) -> None:
    run([*words.split(), "--url", project.url])

    said = capsys.readouterr()

    assert "from the script" in said.err
    assert json.loads(said.out)


def test_a_sql_script_holds_nothing_that_is_no_sql(project: Any, capfd: Any) -> None:
    assert run(["upgrade", "--sql", "--url", project.url]) == 0

    said = capfd.readouterr()

    assert "from the script" in said.err
    assert "from the" not in said.out
    assert "CREATE TABLE t" in said.out


def test_what_the_models_print_is_no_answer(project: Any, capsys: Any, tmp_path: Path) -> None:
    run(["upgrade", "--url", project.url])
    capsys.readouterr()

    assert run(["check", "--json", "--url", project.url]) == 0

    said = capsys.readouterr()
    assert json.loads(said.out)["changes"] == []
    assert "from the models" in said.err
