"""Counts what the revision files of the real projects do, and writes it down: `properties.py` renews README.md."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from realprojects.projects import LEFT_OUT, PROJECTS, Project

PAGE = Path(__file__).with_name("README.md")
LIVE = re.compile(r"\.(fetch\w+|scalars?|all|first|one|mappings)\(|inspect\(|autoload|Session\(")
JOINS = re.compile(
    r"^down_revision[^=\n]*=\s*[(\[][^)\]]*,\s*['\"]|^depends_on[^=\n]*=\s*[(\['\"][^)\]]*\w", re.M
)


@dataclass(frozen=True)
class Properties:
    """How many revision files of a project do what.

    Attributes:
        revisions: All of them.
        live: Those that read what is in the database.
        batch: Those with batch blocks.
        joins: Those with several parents, or that depend on others.
    """

    revisions: int
    live: int
    batch: int
    joins: int


def properties(project: Project, root: Path) -> Properties:
    """Count what the revision files of a project do, where its package is at *root*."""
    texts = [
        file.read_text("utf-8", "replace")
        for folder in project.folders(root)
        for file in sorted(folder.rglob("*.py"))
    ]
    texts = [text for text in texts if re.search(r"^down_revision\b", text, re.M)]
    return Properties(
        len(texts),
        sum(bool(LIVE.search(text)) for text in texts),
        sum("batch_alter_table" in text for text in texts),
        sum(bool(JOINS.search(text)) for text in texts),
    )


def page(projects: Sequence[Project], found: Sequence[Properties]) -> str:
    """The page that tells of the projects."""
    rows = [
        f"| {p.name} {p.version} | {', '.join(p.databases)} | {f.revisions} | {f.live or ''} | {f.batch or ''} "
        f"| {f.joins or ''} | {'its own' if p.own else ''} | {back(p)} |"
        for p, f in zip(projects, found, strict=True)
    ]
    differing = [
        f"| {p.name} | {', '.join(place for place, w in p.differs.items() if w == why)} | {why} |"
        for p in projects
        for why in dict.fromkeys(p.differs.values())
    ]
    out = [f"| {name} | {why} |" for name, why in LEFT_OUT.items()]
    lead = [p for p in projects if p.databases[0] not in p.one_way]
    return HEAD.format(
        rows="\n".join(rows),
        differing="\n".join(differing),
        out="\n".join(out),
        adopted=len(projects),
        lead=len(lead),
    )


def back(project: Project) -> str:
    """Where the scripts lead back to the base: empty for everywhere."""
    found = [one for one in project.databases if one not in project.one_way]
    return "" if len(found) == len(project.databases) else ", ".join(found) or "no"


HEAD = """\
# Real projects

Packages on the index that ship their Alembic revisions. `nox -s realprojects` brings them and runs their files as they are, by
Alembic 1.20.1 and by ours: from the base to the heads and back, each catalog and each listing held against the other's; and step by step as SQL
scripts through the database's client, where a script allows it. How many of their revisions do what:

| project | databases | revisions | read the database | batch blocks | merges, dependencies | env.py | leads back |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

Where their scripts don't lead back to the base, neither tool does.

Each is adopted, too, on its first database: proven to make the same, run up and back, and undone to the byte by `adopt --undo`. Of {adopted} projects that are
adopted so, {lead} lead back to the base there.

## What differs

A table and a part of it, or the revision for which Alembic writes a script and ours refuses.

| project | where | why |
| --- | --- | --- |
{differing}

## Tried and left out

| project | why |
| --- | --- |
{out}
"""


if __name__ == "__main__":
    brought = Path(os.environ["MIGRATE_REAL_PROJECTS"])
    counted = [properties(project, brought / project.name) for project in PROJECTS]
    PAGE.write_text(page(PROJECTS, counted), "utf-8")
