"""Who is asked about renames: a terminal, flags, the settings; and what a project decides by itself."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from migrate_cli.cli.door import run

HEAD = "from sqlalchemy import Column, Integer, MetaData, String, Table\nmetadata = MetaData()\n"
OLD = (
    'Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(9)))\n'
)
NEW = OLD.replace('"name"', '"full_name"')
RENAMED = "alter column users.name: rename to full_name"


@pytest.fixture
def renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose database has the old name, and whose models have the new one."""
    settings = '[tool.migrate]\nmetadata = "renamed_models:metadata"\nurl = "sqlite:///x.db"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "renamed_models.py").write_text(HEAD + OLD)
    monkeypatch.chdir(tmp_path)
    forget()
    assert run(["make", "users", "-q"]) == run(["upgrade", "-q"]) == 0
    models(tmp_path, NEW)
    return tmp_path


def models(folder: Path, text: str) -> None:
    (folder / "renamed_models.py").write_text(HEAD + text)
    forget()


def forget() -> None:
    for name in ("renamed_models", "hooks"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param(b"y\n", [RENAMED], id="yes"),
        pytest.param(b"n\n", ["add column users.full_name", "drop column users.name"], id="no"),
    ],
)
def test_a_terminal_is_asked(typed: bytes, said: list[str], renamed: Path) -> None:
    outside, inside = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "DATABASE_URL")}

    with subprocess.Popen(
        [sys.executable, "-m", "migrate_cli", "make", "names"],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env=environment,
        start_new_session=True,
    ) as process:
        os.close(inside)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(outside, 4096)
        os.write(outside, typed)
        try:
            while chunk := os.read(outside, 4096):
                shown += chunk
        except OSError:  # the other side is closed
            pass
        assert process.wait(30) == 0, shown.decode()
    os.close(outside)

    assert "Was column users.name renamed to users.full_name? [y/N]" in shown.decode()
    assert [line for line in said if line not in shown.decode()] == []
    assert len(list((renamed / "migrations" / "versions").glob("*.py"))) == 2


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        (["--rename", "users.name=users.full_name"], RENAMED),
        (["--rename", "users.name="], "drop column users.name"),
        (["--no-renames"], "drop column users.name"),
    ],
    ids=["renamed", "gone", "none"],
)
def test_flags_answer(
    flags: list[str], found: str, renamed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["make", "names", *flags]) == 0

    assert found in capsys.readouterr().out


def test_where_nobody_answers_nothing_is_written(
    renamed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["make", "names"]) == 2

    assert "--rename users.name=users.full_name" in capsys.readouterr().err
    assert len(list((renamed / "migrations" / "versions").glob("*.py"))) == 1


HOOKS = """
from ddl_autogen import Rewriter
from ddl_constructs import DropColumn

def include_name(name, type_, parents):
    return name != "users"

def include_object(object_, name, type_, reflected, partner):
    return not (type_ == "column" and reflected)

def same(*ignored):
    return False

rewrite = Rewriter()

@rewrite.rewrites(DropColumn)
def keep(change):
    return None

def nothing(changes):
    return [None]

def broken(*ignored):
    raise RuntimeError("out of order")

number = 3
"""
ADDED = "  + add column users.full_name (String(length=20))"
DROPPED = "  - drop column users.name"
SETTINGS = [
    pytest.param('ignore = ["use*"]', [], id="ignore"),
    pytest.param('managed = ["orders"]', [], id="managed"),
    pytest.param('managed = ["users"]', [ADDED, DROPPED], id="managed-by-name"),
    pytest.param('managed = ["main.*"]', [ADDED, DROPPED], id="managed-by-schema"),
    pytest.param('ignore = "other"', [ADDED, DROPPED], id="ignore-another"),
    pytest.param('include_object = "hooks:include_object"', [ADDED], id="include-object"),
    pytest.param('rewrite = "hooks:rewrite"', [ADDED], id="rewrite"),
    pytest.param(
        'include_name = "hooks:include_name"',
        ["  + create table users (2 columns)"],
        id="include-name",
    ),
]


@pytest.mark.parametrize(("setting", "expected"), SETTINGS)
def test_a_project_decides_what_takes_part(
    setting: str, expected: list[str], renamed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (renamed / "pyproject.toml").open("a") as file:
        file.write(setting + "\n")
    (renamed / "hooks.py").write_text(HOOKS)
    models(renamed, NEW.replace("String(9)", "String(20)"))

    assert run(["check"]) == bool(expected)

    shown = capsys.readouterr().out.splitlines()
    assert [line for line in shown if line.startswith(("  +", "  -", "  ~"))] == expected


@pytest.mark.parametrize("setting", ["compare_type", "compare_server_default"])
def test_a_project_tells_which_columns_differ(setting: str, renamed: Path) -> None:
    changed = OLD.replace("String(9)", "String(20)")
    if setting == "compare_server_default":
        changed = OLD.replace("String(9)", 'String(9), server_default="x"')
    models(renamed, changed)
    (renamed / "hooks.py").write_text(HOOKS)
    assert run(["check", "-q"]) == 1
    with (renamed / "pyproject.toml").open("a") as file:
        file.write(f'{setting} = "hooks:same"\n')

    assert run(["check", "-q"]) == 0


@pytest.mark.parametrize(
    ("setting", "status", "said"),
    [
        (
            'rewrite = "hooks:rewirte"',
            3,
            "hooks has no 'rewirte'; did you mean 'rewrite' or 'Rewriter'?",
        ),
        ('rewrite = "hooks:number"', 3, "hooks.number is a int, not a function"),
        ('rewrite = "hooks:nothing"', 3, "it gave None; it must give a list of changes"),
        ('rewrite = "hooks:broken"', 3, "failed: RuntimeError: out of order\nat hooks.py:"),
        ('include_object = "hooks:broken"', 3, "failed: RuntimeError: out of order"),
        ('rewrite = "nowhere:x"', 3, "can't import 'nowhere', named by [tool.migrate] rewrite"),
        ('rewrite = "hooks"', 3, 'must be "package.module:function"'),
        ('compare_type = "yes"', 3, "true or false, without quotes"),
        ("managed = 3", 3, "must be a text in quotes or a list of them"),
        ('renames = ["users.name"]', 3, 'must be "old=new" texts'),
    ],
)
def test_a_setting_that_names_what_can_not_be_asked_is_one_clear_error(
    setting: str, status: int, said: str, renamed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (renamed / "pyproject.toml").open("a") as file:
        file.write(setting + "\n")
    (renamed / "hooks.py").write_text(HOOKS)

    assert run(["check"]) == status

    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown
