"""How a note looked over time: each revision says how to get there and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from revgraph import Revision, RevisionGraph

Document = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """What a revision does to one document, and how it is undone. Both give a new document."""

    tells: str
    do: Callable[[Document], Document]
    undo: Callable[[Document], Document]


def without(document: Document, *fields: str) -> Document:
    return {name: value for name, value in document.items() if name not in fields}


def join_name(document: Document) -> Document:
    parts = [document["first_name"], document["last_name"]]
    return {**without(document, "first_name", "last_name"), "author": " ".join(parts)}


def split_name(document: Document) -> Document:
    first, _, last = document["author"].partition(" ")
    return {**without(document, "author"), "first_name": first, "last_name": last}


# Two people added fields at the same time; the last revision brings both together.
GRAPH: RevisionGraph[Change] = RevisionGraph(
    [
        Revision(
            "3f1a",
            payload=Change("one field for the author", join_name, split_name),
        ),
        Revision(
            "8c02",
            parents="3f1a",
            labels="tags",
            payload=Change(
                "a list of tags",
                lambda document: {**document, "tags": []},
                lambda document: without(document, "tags"),
            ),
        ),
        Revision(
            "51d9",
            parents="3f1a",
            labels="words",
            payload=Change(
                "count the words",
                lambda document: {**document, "words": len(document["text"].split())},
                lambda document: without(document, "words"),
            ),
        ),
        Revision("e7b4", parents=["8c02", "51d9"]),
    ]
)
