"""The tutorial and the recipes, played from the first line to the last, say what the commands say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from stories.test_stories import play, steady

DOCS = Path(__file__).parents[2] / "docs"
PLAYED = [DOCS / "index.md", DOCS / "tutorial.md", DOCS / "cookbook" / "testing.md"]
BLOCK = re.compile(
    r"^```(?:\{code-block\} \w+\n:caption: (?P<file>\S+)\n\n|console\n)(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
REVISION = re.compile(
    r"(\$ migrate (?:revision|make) .*)(\n(?:(?!\$ ).*\n)*?Wrote .*/[\d_]+_([0-9a-f]{12})_)"
)


@pytest.mark.parametrize("page", PLAYED, ids=lambda page: page.stem)
@pytest.mark.slow
def test_a_page_says_what_happens(page: Path, tmp_path: Path) -> None:
    told = steady(story(page.read_text(encoding="utf-8")), tmp_path)

    heard = play(told, tmp_path)

    assert heard.splitlines() == told.splitlines()


def story(page: str) -> str:
    """Make a story of a page: the files it shows, then commands, which write the ids it shows."""
    scenes = [
        f"$ write {block['file']}\n{block['text']}" if block["file"] else block["text"]
        for block in BLOCK.finditer(page)
    ]
    return REVISION.sub(r"\1 --rev-id \3\2", "".join(scenes))
