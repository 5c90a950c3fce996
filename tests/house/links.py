"""The links of the Markdown in this repository: `python tests/house/links.py` lists those that lead out of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"^(?P<fence>```+|:::+).*?^(?P=fence)$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^()\s]+)\)|^\[[^\]]+\]: (?P<noted>\S+)$", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} (.*)$|^\((.+)\)=$", re.MULTILINE)


def broken(page: Path) -> list[str]:
    """Give the links of a page that lead to no file, or to no heading in it."""
    return [target for target in links(page) if "://" not in target and not _leads(page, target)]


def links(page: Path) -> Iterator[str]:
    """Give what a page links to, outside of its code."""
    for found in LINK.finditer(CODE.sub("", page.read_text(encoding="utf-8"))):
        yield found["target"] or found["noted"]


def pages() -> list[Path]:
    """Give all Markdown of the repository, not what is built from it."""
    hidden = {"_build", "node_modules"}
    return sorted(
        page
        for page in ROOT.rglob("*.md")
        if not any(part in hidden or part.startswith(".") for part in page.relative_to(ROOT).parts)
    )


def _leads(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists():
        return False
    return not anchor or file.suffix != ".md" or anchor in _anchors(file)


@cache
def _anchors(page: Path) -> frozenset[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return frozenset(label or _slug(heading) for heading, label in HEADING.findall(text))


def _slug(heading: str) -> str:
    """Name a heading as GitHub and MyST do."""
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)|`", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", shown).replace(" ", "-")


def main() -> None:
    """List each link that leads out of the repository, with the pages that have it."""
    out: dict[str, list[str]] = {}
    for page in pages():
        for target in links(page):
            if "://" in target:
                out.setdefault(target, []).append(str(page.relative_to(ROOT)))
    for target in sorted(out):
        sys.stdout.write(f"{target}\n" + "".join(f"    {p}\n" for p in sorted(set(out[target]))))


if __name__ == "__main__":
    main()
