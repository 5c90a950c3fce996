"""Real projects are adopted: proven to be the same, run up and back, and brought back to the byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from realprojects.projects import PROJECTS, Project
from realprojects.walk import ENV, INI, SERVERS, database

BROUGHT = Path(os.environ.get("MIGRATE_REAL_PROJECTS", "")).resolve()


def own_copy(project: Project, root: Path, folder: Path, url: str) -> None:
    """Write a project whose revision files are its own: copies, in a folder that can be written."""
    scripts = folder / "scripts"
    bytecode = shutil.ignore_patterns("__pycache__", "*.pyc")
    if project.own:
        shutil.copytree(root / project.own, scripts, ignore=bytecode)
        locations = ["%(here)s/scripts/versions"]
    else:
        scripts.mkdir()
        written = ENV.format(before=project.before, options=project.options)
        (scripts / "env.py").write_text(written)
        locations = []
        for number, source in enumerate(project.folders(root)):
            shutil.copytree(source, scripts / f"versions{number}", ignore=bytecode)
            locations.append(f"%(here)s/scripts/versions{number}")
    settings = INI.format(
        scripts="%(here)s/scripts", versions=" ".join(locations), root=".", url=url
    )
    (folder / "alembic.ini").write_text(settings)


def run(folder: Path, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run our command line in a project, whose package is at *root*."""
    paths = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH", ""))))
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "migrate_cli", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=900,
        env={**os.environ, "PYTHONPATH": paths, "MIGRATE_DATA_LOSS": "allow"},
    )


def held(folder: Path) -> dict[str, bytes]:
    """What a folder holds, but for compiled files and databases."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".pyc", ".db", ".lock", ".json")
    }


@pytest.mark.parametrize("project", PROJECTS, ids=lambda one: one.name)
def test_a_project_is_adopted_and_brought_back(project: Project, tmp_path: Path) -> None:
    kind, root = project.databases[0], BROUGHT / project.name
    leads = kind not in project.one_way
    with database(kind, tmp_path) as url:
        own_copy(project, root, tmp_path, url)
        before = held(tmp_path)
        scratch = ["--scratch", _server(kind, url)] if kind in SERVERS else []

        done = run(tmp_path, root, "adopt", "--apply", "--json", *scratch)

        assert done.returncode == 0, f"{done.stdout[-2000:]}{done.stderr[-3000:]}"
        told = json.loads(done.stdout)
        assert told["proof"]["tables"] > 0
        assert told["proof"]["back"] is leads
        assert (tmp_path / "pyproject.toml").is_file()
        up = run(tmp_path, root, "upgrade", "heads")
        assert up.returncode == 0, f"{up.stdout}{up.stderr}"[-3000:]
        back = run(tmp_path, root, "downgrade", "base")
        assert (back.returncode == 0) is leads, f"{back.stdout}{back.stderr}"[-3000:]
        undone = run(tmp_path, root, "adopt", "--undo")
        assert undone.returncode == 0, undone.stderr
        assert held(tmp_path) == before


def _server(kind: str, url: str) -> str:
    """The URL of a server, by the driver of a project's."""
    own = sa.make_url(SERVERS[kind]).set(drivername=sa.make_url(url).drivername)
    return own.render_as_string(hide_password=False)
