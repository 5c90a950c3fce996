"""Base to heads and back, by Alembic and by us: the same catalogs, the same listings, the same by SQL scripts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from realprojects import stepwise
from realprojects.projects import PROJECTS, Project
from realprojects.properties import PAGE, Properties, page, properties
from realprojects.walk import TOOLS, catalog, database, differences, make, run

BROUGHT = Path(os.environ.get("MIGRATE_REAL_PROJECTS", "")).resolve()
EACH = pytest.mark.parametrize(
    ("project", "kind"),
    [
        pytest.param(one, kind, id=f"{one.name}-{kind}")
        for one in PROJECTS
        for kind in one.databases
    ],
)


@EACH
def test_both_tools_lead_to_the_same(project: Project, kind: str, tmp_path: Path) -> None:
    root = BROUGHT / project.name
    left: dict[str, list[dict[str, Any]]] = {}
    told: dict[str, list[list[str]]] = {}
    for tool in TOOLS:
        folder = tmp_path / tool
        folder.mkdir()
        with database(kind, folder) as url:
            make(project, root, folder, url)
            up = run(tool, folder, "upgrade", "heads")
            assert up.returncode == 0, f"{tool}: {up.stdout}{up.stderr}"[-3000:]
            left[tool] = [catalog(url)]
            listings = [run(tool, folder, word).stdout for word in ("heads", "history")]
            told[tool] = [sorted(text.splitlines()) for text in listings]
            back = run(tool, folder, "downgrade", "base")
            # where Alembic can't go back either, nothing more is asked of ours
            leads = kind not in project.one_way
            assert (back.returncode == 0) is leads, f"{tool}: {back.stdout}{back.stderr}"[-3000:]
            if leads:
                left[tool].append(catalog(url))
        shutil.rmtree(folder)

    assert all(told["alembic"]), "there are revisions"
    assert told["migrate"] == told["alembic"]
    for theirs, ours in zip(left["alembic"], left["migrate"], strict=True):
        assert unlisted(project, kind, differences(theirs, ours)) == {}


@EACH
def test_both_tools_lead_to_the_same_by_sql_scripts(
    project: Project, kind: str, tmp_path: Path
) -> None:
    """Each revision is a script, where it can be one; the others are run."""
    left: dict[str, dict[str, Any]] = {}
    written: dict[str, set[str]] = {}
    for tool in TOOLS:
        folder = tmp_path / tool
        folder.mkdir()
        with database(kind, folder) as url:
            make(project, BROUGHT / project.name, folder, url)
            done = subprocess.run(
                [sys.executable, "-W", "ignore", stepwise.__file__, tool, url],
                cwd=folder,
                capture_output=True,
                text=True,
            )
            if kind in project.mixed and tool == "alembic":
                assert done.returncode != 0
                return
            assert done.returncode == 0, f"{tool}: {done.stdout}{done.stderr}"[-3000:]
            left[tool] = catalog(url)
            written[tool] = set(json.loads(done.stdout.splitlines()[-1]))
        shutil.rmtree(folder)

    less = dict.fromkeys(written["alembic"] - written["migrate"], "no script of ours")
    assert unlisted(project, kind, less) == {}
    assert unlisted(project, kind, differences(left["alembic"], left["migrate"])) == {}


def unlisted(project: Project, kind: str, found: dict[str, str]) -> dict[str, str]:
    """What differs and isn't known to, with its reason, in the list of projects."""
    return {what: how for what, how in found.items() if f"{kind} {what}" not in project.differs}


def test_the_projects_are_of_all_kinds() -> None:
    found = [properties(project, BROUGHT / project.name) for project in PROJECTS]

    assert PAGE.read_text("utf-8") == page(PROJECTS, found), (
        "python tests/realprojects/properties.py"
    )
    assert len(found) >= 12
    assert max(one.revisions for one in found) > 100 > 10 > min(one.revisions for one in found)
    assert at_least(6, found, "live")
    assert at_least(6, found, "batch")
    assert at_least(3, found, "joins")
    assert sum(bool(project.own) for project in PROJECTS) >= 3


def at_least(number: int, found: list[Properties], what: str) -> bool:
    """Whether so many of the projects have revisions of a kind."""
    return sum(getattr(one, what) > 0 for one in found) >= number
