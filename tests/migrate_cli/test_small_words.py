"""The words beside the great ones: make, edit, ensure-version, diff, doctor, completion."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from migrate_cli.cli.door import run
from migrate_cli.cli.words import migrate
from migrate_cli.commands import diff, ensure_version, upgrade
from migrate_cli.config import load
from sqlalchemy import create_engine, inspect, text

MODELS = """
from sqlalchemy import CheckConstraint, Column, Integer, MetaData, String, Table

metadata = MetaData()
Table(
    "50% off",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), server_default="5%"),
    CheckConstraint("name LIKE 'x%'", name="ck"),
)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with models, no revisions, and an empty SQLite."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.migrate]\nurl = "sqlite:///x.db"\nmetadata = "small_models:metadata"\n'
    )
    (tmp_path / "small_models.py").write_text(MODELS)
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path
    sys.modules.pop("small_models", None)


def test_make_is_revision_with_autogenerate(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(["make", "create tables", "--rev-id", "a1a1"])

    assert status == 0
    assert capsys.readouterr().out.splitlines()[0] == "  + create table 50% off (2 columns)"
    (made,) = project.glob("migrations/versions/*_a1a1_create_tables.py")
    assert "op.create_table(" in made.read_text()


@pytest.fixture
def editor(project: Path) -> Path:
    """An editor that writes down what it is called with, and a revision to open."""
    program = project / "my editor"
    program.write_text(f'#!/bin/sh\necho "$@" >> {project}/opened.txt\n')
    program.chmod(0o755)
    run(["revision", "-m", "one", "--rev-id", "a1a1"])
    run(["revision", "-m", "two", "--rev-id", "b2b2"])
    return program


@pytest.mark.parametrize(
    ("variables", "targets", "opened"),
    [
        pytest.param({"EDITOR": "{}"}, ["a1"], ["_a1a1_one.py"], id="EDITOR"),
        pytest.param({"VISUAL": "{}"}, ["head"], ["_b2b2_two.py"], id="VISUAL"),
        pytest.param(
            {"EDITOR": "no-such-program", "VISUAL": "{}"},
            ["a1", "b2", "a1a1"],
            ["_a1a1_one.py", "_b2b2_two.py"],
            id="a-variable-without-a-program-is-passed-over",
        ),
        pytest.param({"EDITOR": "'{}' -w"}, ["a1"], ["-w", "_a1a1_one.py"], id="arguments"),
    ],
)
def test_revisions_are_opened_in_the_editor(
    project: Path,
    editor: Path,
    variables: dict[str, str],
    targets: list[str],
    opened: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(editor))

    status = run(["edit", *targets])

    assert status == 0
    told = capsys.readouterr().err
    assert told == (
        f"$EDITOR (no-such-program) isn't there; opened with {editor}\n"
        if variables.get("EDITOR") == "no-such-program"
        else ""
    )
    heard = (project / "opened.txt").read_text().split()
    assert [a.endswith(b) for a, b in zip(heard, opened, strict=True)] == [True] * len(opened)


@pytest.mark.parametrize(
    ("variables", "target", "status", "said"),
    [
        (
            {"PATH": ""},
            "head",
            2,
            "no editor is found; say which one is yours in $EDITOR or $VISUAL",
        ),
        ({"EDITOR": "false"}, "head", 3, "false ended with 1 on migrations/versions/"),
        ({"EDITOR": "true"}, "base", 2, "base names no revision"),
        ({"EDITOR": "true"}, "current", 2, "current names no revision"),
        ({"EDITOR": "true"}, "xxxx", 2, "xxxx"),
    ],
    ids=["none", "it-fails", "base", "nothing-applied", "unknown"],
)
def test_what_cannot_be_edited_is_said(
    project: Path,
    editor: Path,
    variables: dict[str, str],
    target: str,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert run(["edit", target]) == status
    assert said in capsys.readouterr().err
    assert not (project / "opened.txt").exists()


def test_the_version_table_is_ensured_once(project: Path, database_url: str) -> None:
    config = load(url=database_url)

    first, second = ensure_version(config), ensure_version(config)

    assert (first.created, second.created) == (True, False)
    engine = create_engine(database_url)
    assert inspect(engine).has_table("migrate_version")
    engine.dispose()


def test_the_version_table_is_written_as_sql(project: Path) -> None:
    stream = io.StringIO()

    ensure_version(load(), sql=stream)

    assert "CREATE TABLE migrate_version (" in stream.getvalue()
    assert not (project / "x.db").exists()


def test_a_difference_is_shown_with_the_sql_it_would_take(project: Path, database_url: str) -> None:
    (project / "migrations" / "versions" / "a1a1.py").write_text(
        'revision = "a1a1"\ndown_revision = None\n\ndef upgrade(op):\n    pass\n'
    )  # pending, which `check` would refuse

    (one,) = diff(load(url=database_url)).differences

    assert one.change.describe() == "create table 50% off (2 columns)"
    assert one.refused is None
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            ";".join(one.sql).replace("%", "%%" if _formats(engine) else "%")
        )
    engine.dispose()
    assert diff(load(url=database_url)).differences == ()


def _formats(engine: Any) -> bool:
    """Whether the driver reads percent signs in a statement."""
    return engine.dialect.paramstyle in ("format", "pyformat")


def test_a_difference_that_cannot_be_done_says_why(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect("x.db") as connection:
        connection.execute('CREATE TABLE "50% off" (id INTEGER PRIMARY KEY, name VARCHAR(20))')

    run(["diff", "--sql"])

    said = capsys.readouterr().out
    assert "can't" in said
    assert "sqlite" in said


def test_a_change_is_told_in_json_by_its_kind_and_words(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["diff", "--json"])

    (one,) = json.loads(capsys.readouterr().out)["differences"]
    assert one["change"] == {
        "kind": "CreateTable",
        "schema": None,
        "table_name": "50% off",
        "text": "create table 50% off (2 columns)",
    }
    assert one["sql"][0].startswith('CREATE TABLE "50% off"')


def test_a_project_that_has_all_is_healthy(
    project: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(["doctor", "--url", database_url])

    said = capsys.readouterr().out
    assert status == 0, said
    assert [line.split()[:2] for line in said.splitlines()] == [
        [subject, "ok"]
        for subject in ("Tool", "Settings", "Scripts", "Models", "Database", "Version", "Rights")
    ]
    assert not inspected(database_url)


def inspected(url: str) -> list[str]:
    engine = create_engine(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return names


@pytest.mark.parametrize(
    ("file", "content", "subject", "said"),
    [
        ("pyproject.toml", "[tool.migrate]\nurll = 1\n", "Settings", "did you mean 'url'"),
        ("small_models.py", "import nothing_here\n", "Models", "nothing_here"),
        ("migrations/versions/a.py", "revision = 'a1'\ndown_revision = 'b1'\n", "Scripts", "b1"),
        (
            "pyproject.toml",
            '[tool.migrate]\nurl = "sqlite:///no/where/x.db"\n',
            "Database",
            "unable to open",
        ),
    ],
    ids=["settings", "models", "scripts", "database"],
)
def test_what_is_missing_is_named(
    project: Path,
    file: str,
    content: str,
    subject: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (project / file).write_text(content)

    status = run(["doctor", "--json"])

    found = json.loads(capsys.readouterr().out)["findings"]
    problems = {one["subject"]: one["text"] for one in found if one["state"] == "problem"}
    assert status == 1
    assert list(problems) == [subject]
    assert said in problems[subject]


def test_what_may_be_meant_so_is_a_note(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for one in ("a1a1", "b2b2"):
        (project / "migrations" / "versions" / f"{one}.py").write_text(
            f"revision = {one!r}\ndown_revision = None\n\ndef upgrade(op):\n    pass\n"
        )
    upgrade(load(), "heads")
    (project / "migrations" / "versions" / "a1a1.py").unlink()
    (project / "small_models.py").write_text(
        "from sqlalchemy import MetaData\nmetadata = MetaData()\n"
    )

    status = run(["doctor", "--json"])

    found = json.loads(capsys.readouterr().out)["findings"]
    notes = {one["subject"]: one["text"] for one in found if one["state"] == "note"}
    assert status == 0
    assert notes == {
        "Models": "small_models:metadata has no tables; are all modules imported? "
        "[tool.migrate] models names them",
        "Version": "at a1a1, which has no file; look with: migrate status",
    }


RIGHTS = {
    "postgresql": (
        "CREATE ROLE {0} LOGIN PASSWORD 'pw'; GRANT USAGE ON SCHEMA public TO {0}",
        "may not create in public",
        "DROP OWNED BY {0}; DROP ROLE {0}",
    ),
    "mysql": (
        "CREATE USER {0}@'%' IDENTIFIED BY 'pw'; GRANT SELECT ON `{1}`.* TO {0}@'%'",
        "may not create in",
        "DROP USER {0}@'%'",
    ),
}


def test_a_user_who_may_not_create_is_told_so(
    project: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = create_engine(database_url, isolation_level="AUTOCOMMIT")
    name = f"u{os.getpid()}"
    if admin.dialect.name not in RIGHTS:
        pytest.skip("SQLite has no users")
    grant, said, drop = RIGHTS[admin.dialect.name]
    with admin.connect() as connection:
        for one in grant.format(name, admin.url.database).split("; "):
            connection.execute(text(one))
        try:
            url = admin.url.set(username=name, password="pw").render_as_string(hide_password=False)
            status = run(["doctor", "--url", url])
        finally:
            for one in drop.format(name).split("; "):
                connection.execute(text(one))
    admin.dispose()

    told = capsys.readouterr().out
    assert status == 1
    assert said in told
    assert "pw" not in told


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert "_MIGRATE_COMPLETE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("migrate upg", ["upgrade"]),
        ("migrate upgrade a", ["a1a1"]),
        ("migrate show ", ["head", "heads", "base", "current", "b2b2", "a1a1"]),
        ("migrate upgrade --s", ["--sql"]),
    ],
)
def test_words_and_revisions_are_completed(
    project: Path, editor: Path, typed: str, offered: list[str]
) -> None:
    words = typed.split(" ")
    told = CliRunner().invoke(
        migrate,
        prog_name="migrate",
        env={
            "_MIGRATE_COMPLETE": "bash_complete",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(len(words) - 1),
        },
    )

    assert [line.partition(",")[2] for line in told.output.splitlines()] == offered


def test_nothing_is_completed_where_there_is_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    variables = {
        "_MIGRATE_COMPLETE": "bash_complete",
        "COMP_WORDS": "migrate show ",
        "COMP_CWORD": "2",
    }

    told = CliRunner().invoke(migrate, prog_name="migrate", env=variables)

    assert told.output.strip() == ""
    assert told.exit_code == 0
