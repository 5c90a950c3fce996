"""Base to heads and back, by Alembic and by us: the same catalogs, the same listings."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from realprojects.projects import PROJECTS, Project
from realprojects.walk import catalog, database, differences, make, run

BROUGHT = Path(os.environ.get("MIGRATE_REAL_PROJECTS", ""))


@pytest.mark.parametrize(
    ("project", "kind"),
    [
        pytest.param(one, kind, id=f"{one.name}-{kind}")
        for one in PROJECTS
        for kind in one.databases
    ],
)
def test_both_tools_lead_to_the_same(project: Project, kind: str, tmp_path: Path) -> None:
    root = BROUGHT / project.name
    left: dict[str, list[dict[str, Any]]] = {}
    told: dict[str, list[list[str]]] = {}
    for tool in ("alembic", "migrate"):
        folder = tmp_path / tool
        folder.mkdir()
        with database(kind, folder) as url:
            places = [root / place for place in project.versions]
            make(folder, url, places, root, before=project.env)
            moves = [["upgrade", "heads"], ["downgrade", "base"]]
            for words in moves if project.back else moves[:1]:
                done = run(tool, folder, *words)
                assert done.returncode == 0, f"{tool} {words}: {done.stdout}{done.stderr}"[-3000:]
                left.setdefault(tool, []).append(catalog(url))
            listings = [run(tool, folder, word).stdout for word in ("heads", "history")]
            told[tool] = [sorted(text.splitlines()) for text in listings]
        shutil.rmtree(folder)

    assert told["migrate"] == told["alembic"]
    for theirs, ours in zip(left["alembic"], left["migrate"], strict=True):
        found = {
            place: what
            for place, what in differences(theirs, ours).items()
            if f"{kind} {place}" not in project.differs
        }
        assert found == {}
