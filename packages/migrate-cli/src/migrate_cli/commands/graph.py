"""Commands that read the revision files only: heads, history, show. No SQLAlchemy here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import revgraph
from revgraph import RevisionGraph

from ..config import Config
from ..scripts import Script, Scripts


@dataclass(frozen=True)
class Entry:
    """A revision as a person sees it.

    Attributes:
        id: Its id.
        message: What it is about; several lines, perhaps.
        parents: Ids of its parents; empty for a root.
        children: Ids of those that have it for a parent, sorted.
        depends_on: What must be applied before it, besides its parents.
        labels: Its branch labels.
        head: Whether nothing follows it.
        path: Its file.
    """

    id: str
    message: str
    parents: tuple[str, ...]
    children: tuple[str, ...]
    depends_on: tuple[str, ...]
    labels: tuple[str, ...]
    head: bool
    path: Path


@dataclass(frozen=True)
class Entries:
    """Revisions in the order in which a command gives them.

    Attributes:
        revisions: The revisions; may be empty.
    """

    revisions: tuple[Entry, ...]


def heads(config: Config) -> Entries:
    """Give the heads of the revision files, sorted by id."""
    graph = Scripts(config.scripts).graph
    return Entries(tuple(entry(graph, head) for head in graph.heads))


def show(config: Config, targets: Sequence[str]) -> Entries:
    """Give the revisions that targets name, in the order in which they were named.

    Raises:
        UsageError: A target is unknown or ambiguous, or names no revision.
    """
    graph = Scripts(config.scripts).graph
    found = [one for target in targets for one in revgraph.resolve(graph, target)]
    return Entries(tuple(entry(graph, one) for one in found))


def history(config: Config, range: str | None = None) -> Entries:
    """Give revisions, newest first: a child always before its parents.

    Args:
        config: The project's settings.
        range: "start:end", either side may be empty; both ends included. None for all.
    """
    graph = Scripts(config.scripts).graph
    order = graph.topological()
    return Entries(tuple(entry(graph, one) for one in reversed(order)))


def entry(graph: RevisionGraph[Script], id: str) -> Entry:
    """Give a revision of the graph as a person sees it."""
    script = graph[id].payload
    children = tuple(sorted(graph.children(id)))
    return Entry(
        id, script.message, script.parents, children, script.depends_on, script.labels,
        not children, script.path,
    )
