"""Commands that read the revision files only: heads, history, show. No SQLAlchemy here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import revgraph

from ..config import Config
from ..scripts import Scripts


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
    scripts = Scripts.of(config)
    return Entries(tuple(entry(scripts, head) for head in scripts.graph.heads))


def branches(config: Config) -> Entries:
    """Give the revisions that several others follow, newest first."""
    scripts = Scripts.of(config)
    forks = set(scripts.graph.branch_points)
    newest = [revision.id for revision in reversed(scripts.graph) if revision.id in forks]
    return Entries(tuple(entry(scripts, fork) for fork in newest))


def show(config: Config, targets: Sequence[str]) -> Entries:
    """Give the revisions that targets name, in the order in which they were named.

    Raises:
        TargetError: A target is unknown or ambiguous (revgraph's, with near matches).
    """
    scripts = Scripts.of(config)
    found = [one for target in targets for one in revgraph.resolve(scripts.graph, target)]
    return Entries(tuple(entry(scripts, one) for one in found))


def history(
    config: Config, range: str | None = None, applied: Sequence[str] | None = None
) -> Entries:
    """Give revisions, newest first: a child always before its parents.

    Args:
        config: The project's settings.
        range: "start:end", either side may be empty; both ends included. None for all.
        applied: Ids that "current" means in the range; None if nothing says.

    Raises:
        TargetError: An end is unknown or ambiguous (revgraph's, with near matches).
        NotAnAncestor: The start isn't below the end (revgraph's).
    """
    scripts = Scripts.of(config)
    found = revgraph.history(scripts.graph, range, applied)
    return Entries(tuple(entry(scripts, one.id) for one in found))


def entry(scripts: Scripts, id: str) -> Entry:
    """Give a revision as a person sees it."""
    script = scripts.by_id[id]
    children = scripts.graph.children(id)
    return Entry(
        id,
        script.message,
        script.parents,
        children,
        script.depends_on,
        script.labels,
        not children,
        script.path,
    )
