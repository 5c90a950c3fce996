"""`migrate plan` over real projects: every revision is told, and what can't be known is said to be so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from realprojects.projects import PROJECTS, Project
from realprojects.walk import catalog, database, make

BROUGHT = Path(os.environ.get("MIGRATE_REAL_PROJECTS", "")).resolve()
REASONS = (
    "the script reads live data: ",
    "the script works on the connection itself: ",
)
"""How the reasons begin for which a step isn't known to its end."""


@pytest.mark.parametrize(
    ("project", "kind"),
    [
        pytest.param(one, kind, id=f"{one.name}-{kind}")
        for one in PROJECTS
        for kind in one.databases
    ],
)
def test_each_revision_is_planned_and_nothing_is_done(
    project: Project, kind: str, tmp_path: Path
) -> None:
    with database(kind, tmp_path) as url:
        make(project, BROUGHT / project.name, tmp_path, url)
        empty = catalog(url)
        text, markdown, told = (
            plan(tmp_path, "--format", form) for form in ("text", "markdown", "json")
        )
        after = catalog(url)
    (found,) = json.loads(told)["databases"]
    revisions = found["revisions"]

    assert after == empty
    assert found["at_head"]
    assert found["unknown"] == []
    for one in revisions:
        assert one["id"] in text
        assert one["id"] in markdown
        assert one["changes"] or one["opaque"] or "    no changes" in text
        for change in one["changes"]:
            assert change["sql"] is not None or change["why_no_sql"]
    strange = {one["id"]: one["opaque"] for one in revisions if not reads(one)}
    assert strange == {}


def plan(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "migrate_cli", "plan", "heads", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"[-3000:]
    return done.stdout


def reads(revision: dict[str, Any]) -> bool:
    """Whether a revision is known to its end, or reads the database."""
    return revision["opaque"] is None or revision["opaque"].startswith(REASONS)
