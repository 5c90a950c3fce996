"""The examples work: what their READMEs show is typed in a copy of their folder, and says what they say.

`RENEW_STORIES=1 pytest tests/examples` writes what comes out into the READMEs, to be read in review.
Frameworks come with `nox -s examples`; without them their examples are skipped.
"""

from __future__ import annotations

import os
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from house.source import ROOT
from stories.test_stories import environment, scene_played, steady

EXAMPLES = sorted(page.parent for page in (ROOT / "examples").glob("*/README.md"))
DEMOS = sorted(demo.parent for demo in (ROOT / "examples").glob("*/demo.py"))
NEEDS = {
    "fastapi_async": ["fastapi", "httpx2", "aiosqlite"],
    "flask_migrate": ["flask_migrate"],
    "sqlmodel_heroes": ["sqlmodel"],
}
"""Modules that an example needs, and that the other tests don't."""

URLS = {"tenants": "postgresql+psycopg://localhost/rooms"}
"""The URL that an example writes for a server's empty database; the tests' own one takes its place."""

CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
@pytest.mark.slow
def test_an_example_says_what_it_shows(
    example: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    lacking = [name for name in NEEDS.get(example.name, ()) if find_spec(name) is None]
    if lacking:
        assert "MIGRATE_TEST_EXAMPLES" not in os.environ, f"{lacking} should be here"
        pytest.skip(f"needs {', '.join(lacking)}: nox -s examples")
    shown = URLS.get(example.name)
    url = request.getfixturevalue("postgresql_url") if shown else ""
    folder = tmp_path / "app"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("__pycache__"))
    page = (example / "README.md").read_text(encoding="utf-8")

    heard = played(page.replace(shown, url) if shown else page, folder)
    heard = heard.replace(url, shown) if shown else heard

    if os.environ.get("RENEW_STORIES"):
        (example / "README.md").write_text(_fresh(heard), encoding="utf-8")
    assert _settled(heard, folder).splitlines() == _settled(page, folder).splitlines()


def played(page: str, folder: Path) -> str:
    """Type what a page shows, and give the page with what came out."""
    seen = environment(folder)
    return CONSOLE.sub(
        lambda block: "".join(
            scene_played(scene, folder, seen)
            for scene in re.split(r"^(?=\$ )", block[0], flags=re.MULTILINE)
            if scene
        ),
        page,
    )


def _settled(page: str, folder: Path) -> str:
    """Name ids in the order in which they come, and write what differs in a way that doesn't."""
    known: dict[str, str] = {}
    text = steady(page, folder)
    return ID.sub(lambda id_: known.setdefault(id_[0], f"id {len(known) + 1}"), text)


def _fresh(page: str) -> str:
    return page.replace("YYYY_MM_DD", "2026_11_25").replace("N ms", "12 ms")


def test_every_example_is_run_and_listed() -> None:
    index = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    folders = sorted(
        f.name for f in (ROOT / "examples").iterdir() if f.is_dir() and any(f.glob("*.*"))
    )

    assert sorted({f.name for f in (*EXAMPLES, *DEMOS)}) == folders
    assert sorted(re.findall(r"^\| \[(\w+)\]", index, re.MULTILINE)) == folders
