"""The repository speaks of the project alone, and its examples run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from house.source import ROOT
from migrate_cli.cli.words import WORDS

ELSEWHERE = [
    r"/(?:work|root|home/\w+|opt)/",  # folders of somebody's machine
    r"(?:pypi|npmjs|debian)\.(?:org|com)|pythonhosted",  # hosts of package registries
]
EXAMPLES = sorted((ROOT / "examples").glob("*/demo.py"))


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nobody knows which files are the repository's")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, encoding="utf-8"
    ).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    return [file for file in files if file.is_file() and file != Path(__file__)]


@pytest.mark.parametrize("pattern", ELSEWHERE, ids=["paths", "registries"])
def test_no_file_names_a_place_outside_of_the_project(pattern: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}: {place[0]}"
        for file in tracked()
        if (place := re.search(pattern, file.read_bytes().decode("utf-8", "replace")))
    ]

    assert found == []


def test_a_fragment_of_the_changelog_has_a_known_kind() -> None:
    kinds = {"added", "changed", "deprecated", "removed", "fixed"}
    pattern = rf"(\d+|\+[\w-]+)(\.\d+)?\.({'|'.join(kinds)})(\.\d+)?\.md|README\.md"

    wrong = [f.name for f in (ROOT / "changelog.d").iterdir() if not re.fullmatch(pattern, f.name)]

    assert wrong == []


@pytest.mark.parametrize("word", WORDS)
def test_a_command_has_its_page(word: str) -> None:
    index = (ROOT / "docs" / "commands" / "index.md").read_text(encoding="utf-8")

    page = re.search(rf"^\| \[{word}\]\(([\w-]+\.md)", index, re.MULTILINE)

    assert page is not None, f"the table in docs/commands/index.md lacks {word}"
    assert (ROOT / "docs" / "commands" / page[1]).is_file()


@pytest.mark.parametrize("demo", EXAMPLES, ids=lambda demo: demo.parent.name)
@pytest.mark.slow
def test_an_example_runs(demo: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(demo)], cwd=tmp_path, capture_output=True, encoding="utf-8"
    )

    assert done.returncode == 0, done.stdout + done.stderr
