"""A folder of JSON documents, each of which knows its own revision.

The heads stand in the document itself, so one write changes both, and documents
of any age can lie side by side.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from revgraph import Plan, Step, downgrade, upgrade
from revisions import GRAPH, Change, Document

HEADS = "_heads"


def documents(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.glob("*.json")))


def read(path: Path) -> tuple[Document, list[str]]:
    """Give a document and its heads; none if it was never touched."""
    document = json.loads(path.read_text(encoding="utf-8"))
    heads = document.pop(HEADS, [])
    return document, heads


def write(path: Path, document: Document, heads: list[str]) -> None:
    """Write all or nothing: the new file takes the place of the old one at once."""
    told = {**document, HEADS: heads} if heads else document
    new = path.with_suffix(".new")
    new.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    os.replace(new, path)


def move(
    path: Path,
    to: str,
    plan_for: Callable[..., Plan[Step[Change]]],
    **options: Any,
) -> list[str]:
    """Carry out a plan on one document, and say what was done."""
    document, heads = read(path)
    done = []
    for step in plan_for(GRAPH, heads, to, **options):
        change = step.revision.payload
        if change is not None:  # a merge has nothing to do
            act = change.do if step.direction == "upgrade" else change.undo
            document = act(document)
            done.append(f"{step.direction} {step.revision.id}: {change.tells}")
        heads = sorted(step.change.apply(heads))
        write(path, document, heads)
    return done


def bring_up(folder: Path, to: str = "head") -> dict[str, list[str]]:
    """Upgrade every document; what was done to each, by file name."""
    return {path.name: move(path, to, upgrade) for path in documents(folder)}


def take_down(folder: Path, to: str) -> dict[str, list[str]]:
    """Downgrade every document; what was done to each, by file name."""
    return {path.name: move(path, to, downgrade) for path in documents(folder)}
