"""Commands that read the revision files only: heads, history, show, drawn. No SQLAlchemy here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import revgraph
from revgraph import Revision

from ..config import Config
from ..errors import UsageError
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
        labels: Its branch labels, declared by its file or inherited, sorted.
        head: Whether nothing follows it.
        path: Its file.
        effective: Whether it is a head that another revision depends on, so that a database
            with both doesn't record it.
    """

    id: str
    message: str
    parents: tuple[str, ...]
    children: tuple[str, ...]
    depends_on: tuple[str, ...]
    labels: tuple[str, ...]
    head: bool
    path: Path
    effective: bool


@dataclass(frozen=True)
class Entries:
    """Revisions in the order in which a command gives them.

    Attributes:
        revisions: The revisions; may be empty.
    """

    revisions: tuple[Entry, ...]


@dataclass(frozen=True)
class History(Entries):
    """Revisions, newest first.

    Attributes:
        broken: What is wrong with files that can't be loaded, a line each; mostly empty.
    """

    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Branches(Entries):
    """Revisions that several others follow, newest first.

    Attributes:
        following: Those that follow them, by id, each once.
    """

    following: tuple[Entry, ...] = ()


def heads(config: Config, *, resolve_dependencies: bool = False) -> Entries:
    """Give the heads of the revision files, sorted by id.

    Args:
        config: The project's settings.
        resolve_dependencies: Leave out those that another revision depends on.
    """
    found = Scripts.of(config).heads
    return Entries(
        tuple(
            _seen(script, (), labels, effective=effective)
            for script, effective, labels in found
            if not (effective and resolve_dependencies)
        )
    )


def branches(config: Config) -> Branches:
    """Give the revisions that several others follow, newest first, and those."""
    scripts = Scripts.of(config)
    forks = set(scripts.graph.branch_points)
    newest = [revision.id for revision in reversed(scripts.graph) if revision.id in forks]
    found = tuple(entry(scripts, fork) for fork in newest)
    following = sorted({child for fork in found for child in fork.children})
    return Branches(found, tuple(entry(scripts, child) for child in following))


def show(config: Config, targets: Sequence[str], applied: Sequence[str] | None = None) -> Entries:
    """Give the revisions that targets name, in the order in which they were named.

    Args:
        config: The project's settings.
        targets: Ids or their beginnings, labels, "heads", "head-1", "current".
        applied: Heads that the database is at, for "current"; None if it wasn't asked.

    Raises:
        UsageError: A target names nothing.
        TargetError: A target is unknown or ambiguous (revgraph's, with near matches).
    """
    scripts = Scripts.of(config)
    return Entries(tuple(entry(scripts, one) for one in named(scripts, targets, applied)))


def named(
    scripts: Scripts, targets: Sequence[str], applied: Sequence[str] | None = None
) -> list[str]:
    """Give the ids that targets name, in their order; see `show`."""
    found: list[str] = []
    for target in targets:
        if target == "current":
            ids: Sequence[str] = applied or ()
        else:
            ids = revgraph.resolve(scripts.graph, target, applied)
        if not ids:
            raise UsageError(f"{target} names no revision")
        found += ids
    return found


def history(
    config: Config, range: str | None = None, applied: Sequence[str] | None = None
) -> History:
    """Give revisions, newest first: a child always before its parents.

    Args:
        config: The project's settings.
        range: "start:end", either side may be empty; both ends included. None for all.
        applied: Ids that "current" means in the range; None if nothing says.

    Raises:
        UsageError: *range* is none: it has no colon.
        TargetError: An end is unknown or ambiguous (revgraph's, with near matches).
        NotAnAncestor: The start isn't below the end (revgraph's).
    """
    _must_be_range(range)
    scripts = Scripts.of(config)
    found = revgraph.history(scripts.graph, range, applied)
    return History(tuple(entry(scripts, one.id) for one in found), broken(scripts))


def broken(scripts: Scripts) -> tuple[str, ...]:
    """Tell what is wrong with files that can't be loaded, a line each."""
    return tuple(
        f"{one}; it can't be run, up or down, until that is mended" for one in scripts.broken
    )


def _must_be_range(range: str | None) -> None:
    if range is not None and ":" not in range:
        raise UsageError(
            f"{range!r} is no range: a range is START:END, and either side may be empty\n"
            f"write :{range} for what leads there, {range}: for what follows, or: "
            f"migrate show {range}"
        )


Form = Literal["text", "ascii", "mermaid", "dot", "json"]
"""How a graph is written: in lanes for a terminal, or for another tool."""


def drawn(
    config: Config,
    form: Form = "text",
    range: str | None = None,
    applied: Sequence[str] = (),
) -> str:
    """Draw the graph of the revision files.

    Args:
        config: The project's settings.
        form: "text" or "ascii" in lanes, newest first; "mermaid", "dot" or "json", parents first.
        range: As in `history`; only lanes can be drawn of a part.
        applied: Heads that the database is at; ids without a file are left out.

    Returns:
        Lines, joined; what `revgraph` gives in that form.

    Raises:
        UsageError: A range in a form that shows all, or what is no range.
        TargetError: As in `history`.
    """
    _must_be_range(range)
    scripts = Scripts.of(config)
    graph = scripts.graph
    here = [head for head in applied if head in graph]
    if form in ("text", "ascii"):
        chosen = None
        if range is not None:
            chosen = [one.id for one in revgraph.history(graph, range, here)]
        return revgraph.draw(
            graph, applied=here, ids=chosen, describe=_message, ascii=form == "ascii"
        )
    if range is not None:
        raise UsageError(f"a range can be drawn as text only; {form} shows the whole graph")
    if form == "json":
        return revgraph.to_json(graph, applied=here, payload=_told)
    write = revgraph.to_mermaid if form == "mermaid" else revgraph.to_dot
    return write(graph, applied=here, describe=_message)


def _message(revision: Revision[Script]) -> str:
    return _script(revision).message


def _told(revision: Revision[Script]) -> dict[str, str]:
    return {"message": _message(revision), "path": str(_script(revision).path)}


def _script(revision: Revision[Script]) -> Script:
    assert revision.payload is not None, "each revision of the files has its script"
    return revision.payload


def entry(scripts: Scripts, id: str) -> Entry:
    """Give a revision as a person sees it."""
    children = scripts.graph.children(id)
    effective = not children and id not in scripts.graph.real_heads
    labels = scripts.graph.labels_of(id)
    return _seen(scripts.by_id[id], children, labels, effective=effective)


def _seen(
    script: Script, children: tuple[str, ...], labels: Sequence[str], *, effective: bool
) -> Entry:
    return Entry(
        script.id,
        script.message,
        script.parents,
        children,
        script.depends_on,
        tuple(labels),
        not children,
        script.path,
        effective,
    )
