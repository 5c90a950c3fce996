"""Settings, wherever and however they are said: the same answers, files and tables as with Alembic."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic_projects import catalog
from alembic_settings import CASES, DRIVER

RETURNING = re.compile(r" RETURNING [\w.]+(?=;)")
Answers = dict[str, list[tuple[Any, str, str]]]


@pytest.mark.slow
def test_settings_mean_what_they_mean_to_alembic(tmp_path: Path) -> None:
    """All in one test: each tool is started once for all cases."""
    theirs, alias = run(tmp_path, "alembic"), run(tmp_path, "alias")
    native = run(tmp_path, "migrate")

    wrong = {}
    for name, case in CASES.items():
        if [status for status, *_ in alias[name]] != [status for status, *_ in theirs[name]]:
            wrong[name] = ("exit status", theirs[name], alias[name])
        elif not case.differs and lines(alias[name]) != lines(theirs[name]):
            wrong[name] = ("what is said", lines(theirs[name]), lines(alias[name]))
        elif left(tmp_path / "alias" / name) != left(tmp_path / "alembic" / name):
            wrong[f"{name}: what is left"] = ()
        if not case.native:
            continue
        if [status for status, *_ in native[name]] != [status for status, *_ in theirs[name]]:
            wrong[f"{name}: our own words"] = (native[name],)
        elif left(tmp_path / "migrate" / name) != left(tmp_path / "alembic" / name):
            wrong[f"{name}: what our own words leave"] = ()
    assert wrong == {}


def run(root: Path, tool: str) -> Answers:
    """What a tool answers in each project: exit status, stdout and stderr of each command."""
    cases = {
        name: {
            "files": case.all_files(),
            "words": case.words,
            "environ": dict(case.environ),
            "compiled": case.compiled,
        }
        for name, case in CASES.items()
        if tool != "migrate" or case.native
    }
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, tool, str(root)],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
    )
    assert done.returncode == 0, done.stderr
    found: Answers = json.loads(done.stdout.splitlines()[-1])
    return found


def lines(said: list[tuple[Any, str, str]]) -> list[list[str]]:
    """What is said in each command, sorted: Alembic's heads come out of sets. RETURNING is LIM-131."""
    return [
        sorted(RETURNING.sub("", text.expandtabs(4)).replace("/alias/", "/alembic/").splitlines())
        for _, *texts in said
        for text in texts
    ]


def left(folder: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """The Python files, and what each database holds."""
    files = {
        str(file.relative_to(folder)): file.read_bytes().decode("latin-1")
        for file in folder.rglob("*.py")
    }
    return files, {file.name: catalog(f"sqlite:///{file}") for file in folder.rglob("*.db")}
