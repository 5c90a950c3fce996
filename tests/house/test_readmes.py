"""What the READMEs show runs, each block of Python in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", *sorted(ROOT.glob("packages/*/README.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [
    pytest.param(block, id=f"{readme.parent.name}-{number}")
    for readme in READMES
    for number, block in enumerate(BLOCK.findall(readme.read_text(encoding="utf-8")), 1)
]


@pytest.mark.parametrize("block", BLOCKS)
def test_an_example_runs_and_prints_what_its_comments_say(block: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
    )

    assert done.returncode == 0, done.stderr
    for promised in re.findall(r"^ *print\(.*\) +# (.*)$", block, re.MULTILINE):
        start, dots, end = promised.partition("...")
        told = done.stdout.splitlines()
        assert any(
            line.startswith(start) and line.endswith(end) if dots else line == promised
            for line in told
        ), f"{promised!r} is not in {told}"


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.parent.name)
def test_a_readme_shows_python_and_how_to_install(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")

    assert BLOCK.search(text)
    assert "pip install" in text


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.parent.name)
def test_a_readme_links_only_to_what_is_there(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")

    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]

    assert [link for link in links if not (readme.parent / link).exists()] == []
