"""From loose revisions to a checked, numbered graph, in two linear passes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NoReturn, TypeVar

from revgraph import walk
from revgraph.errors import (
    Cycle,
    DependencyCycle,
    DuplicateLabel,
    DuplicateRevision,
    LabelIsId,
    MissingDependency,
    MissingParent,
)
from revgraph.indexed import _NONE, Edges, Indexed
from revgraph.near import near
from revgraph.revision import Revision

T = TypeVar("T")


def build(revisions: Sequence[Revision[T]]) -> tuple[Indexed, list[Revision[T]]]:
    """Check and number revisions, which may come in any order.

    Returns:
        The numbered graph, and the revisions by number.

    Raises:
        DuplicateRevision, DuplicateLabel, LabelIsId, MissingParent,
        MissingDependency, Cycle, DependencyCycle: As in `RevisionGraph`.
    """
    by_id = {revision.id: revision for revision in revisions}
    if len(by_id) != len(revisions):
        _raise_duplicate(revisions)
    labels = _declared(by_id)
    number: dict[str, int] = {}
    ids: list[str] = []
    ordered: list[Revision[T]] = []
    parents: list[Edges] = []
    children: list[Edges] = []
    needs = parents
    extra: list[tuple[int, int]] = []
    entered: set[str] = set()
    try:
        for first in revisions:
            if first.id in number:
                continue
            stack = [first]
            while stack:
                revision = stack[-1]
                name = revision.id
                if name in number:
                    stack.pop()
                    continue
                depends_on = revision.depends_on
                if depends_on:
                    depends_on = tuple([labels.get(need, need) for need in depends_on])
                above = revision.parents + depends_on if depends_on else revision.parents
                waiting = [by_id[need] for need in above if need not in number]
                if waiting:
                    if name in entered:
                        _raise_cycle(by_id, labels)
                    entered.add(name)
                    stack.extend(waiting)
                    continue
                stack.pop()
                n = len(ids)
                number[name] = n
                ids.append(name)
                ordered.append(revision)
                children.append(_NONE)
                numbers: Edges = tuple([number[need] for need in revision.parents])
                for p in numbers:
                    if children[p]:
                        children[p].append(n)  # type: ignore[attr-defined]  # a list once begun
                    else:
                        children[p] = [n]
                parents.append(numbers)
                if depends_on:
                    extra.extend((n, d) for d in map(number.__getitem__, depends_on))
    except KeyError:
        _raise_missing(by_id, labels)
    dependents = children
    if extra:
        needs, dependents = _with_dependencies(parents, children, extra)
    declared = {label: number[name] for label, name in labels.items()}
    return Indexed(ids, number, declared, parents, needs, children, dependents), ordered


def _with_dependencies(
    parents: list[Edges], children: list[Edges], extra: Iterable[tuple[int, int]]
) -> tuple[list[Edges], list[Edges]]:
    """Add dependencies to copies of the parent edges; both kinds of an edge count once."""
    needs, dependents = parents.copy(), children.copy()
    own: set[int] = set()
    for n, d in extra:
        if d in needs[n]:
            continue
        needs[n] = (*needs[n], d)
        if d not in own:
            own.add(d)
            dependents[d] = list(dependents[d])
        dependents[d].append(n)  # type: ignore[attr-defined]  # the list made just above
    return needs, dependents


def _declared(by_id: dict[str, Revision[T]]) -> dict[str, str]:
    """Which id declares each label."""
    labels: dict[str, str] = {}
    for revision in by_id.values():
        for label in revision.labels:
            if label in by_id:
                raise LabelIsId(label, revision.id, label)
            if label in labels:
                other, later = sorted((labels[label], revision.id))
                raise DuplicateLabel(label, later, other)
            labels[label] = revision.id
    return labels


def resolve_edges(
    graph: Indexed, revision: Revision[T], by_id: dict[str, Revision[T]] | None = None
) -> tuple[Edges, Edges]:
    """Find the parents and the needs of one more revision in a built graph.

    Raises:
        DuplicateRevision, DuplicateLabel, LabelIsId, MissingParent,
        MissingDependency: It doesn't fit there.
    """
    number, labels = graph.number, graph.labels
    if revision.id in labels:
        raise LabelIsId(revision.id, graph.ids[labels[revision.id]], revision.id)
    for label in revision.labels:
        if label in number or label == revision.id:
            raise LabelIsId(label, revision.id, label)
        if label in labels:
            raise DuplicateLabel(label, revision.id, graph.ids[labels[label]])
    for name in revision.parents:
        if name not in number:
            raise MissingParent(revision.id, name, near(name, number), ((revision.id, name),))
    for name in revision.depends_on:
        if name not in number and name not in labels:
            close = near(name, [*number, *labels])
            raise MissingDependency(revision.id, name, close, ((revision.id, name),))
    parents = tuple([number[name] for name in revision.parents])
    depends_on = [number[name] if name in number else labels[name] for name in revision.depends_on]
    return parents, tuple(dict.fromkeys([*parents, *depends_on]))


def _raise_duplicate(revisions: Sequence[Revision[T]]) -> NoReturn:
    groups: dict[str, list[Revision[T]]] = {}
    for revision in revisions:
        groups.setdefault(revision.id, []).append(revision)
    first = min(name for name, group in groups.items() if len(group) > 1)
    raise DuplicateRevision(first, tuple(groups[first]))


def _raise_missing(by_id: dict[str, Revision[T]], labels: dict[str, str]) -> NoReturn:
    """Name the first missing parent, else the first missing dependency."""
    parents = sorted(
        (revision.id, name)
        for revision in by_id.values()
        for name in revision.parents
        if name not in by_id
    )
    if parents:
        child, name = parents[0]
        raise MissingParent(child, name, near(name, by_id), tuple(parents)) from None
    missing = sorted(
        (revision.id, name)
        for revision in by_id.values()
        for name in revision.depends_on
        if name not in by_id and name not in labels
    )
    child, name = missing[0]
    raise MissingDependency(child, name, near(name, [*by_id, *labels]), tuple(missing)) from None


def _raise_cycle(by_id: dict[str, Revision[T]], labels: dict[str, str]) -> NoReturn:
    """Name a missing parent if there is one, else a cycle of parents, else one with dependencies."""

    def needs(name: str) -> list[str]:
        revision = by_id[name]
        return [*revision.parents, *(labels.get(need, need) for need in revision.depends_on)]

    if any(need not in by_id for name in by_id for need in needs(name)):
        _raise_missing(by_id, labels)
    path = walk.find_cycle(sorted(by_id), lambda name: by_id[name].parents)
    if path:
        raise Cycle(_from_smallest(path))
    path = walk.find_cycle(sorted(by_id), needs)
    assert path, "only called where a revision was found to wait for itself"
    raise DependencyCycle(_from_smallest(path))


def _from_smallest(path: list[str]) -> tuple[str, ...]:
    first = path.index(min(path))
    return (*path[first:], *path[:first])
