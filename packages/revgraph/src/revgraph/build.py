"""From loose revisions to a checked, numbered graph, in a few linear passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from revgraph.indexed import Edges, Indexed
from revgraph.near import near
from revgraph.revision import Revision

T = TypeVar("T")


def build(revisions: Sequence[Revision[T]]) -> tuple[Indexed, list[Revision[T]]]:
    """Check and number revisions, which may come in any order.

    First everything is found by its position in *revisions*, then numbered
    anew, parents first. Few objects are kept for each revision: the garbage
    collector would go through them again and again.

    Returns:
        The numbered graph, and the revisions by number.

    Raises:
        DuplicateRevision, DuplicateLabel, LabelIsId, MissingParent,
        MissingDependency, Cycle, DependencyCycle: As in `RevisionGraph`.
        TypeError: What is given aren't revisions.
    """
    try:
        position = {revision.id: i for i, revision in enumerate(revisions)}
    except AttributeError as err:
        raise TypeError(f"a graph is made of Revision values: {err}") from err
    if len(position) != len(revisions):
        _raise_duplicate(revisions)
    labels = _declared(revisions, position)
    # (i,) once for every i: the edges of all that have i as their only parent or child.
    alone: list[Edges] = list(zip(range(len(revisions))))
    try:
        parents = [
            alone[position[revision.parents[0]]]
            if len(revision.parents) == 1
            else tuple([position[name] for name in revision.parents])
            for revision in revisions
        ]
        needs = _with_dependencies(revisions, position, labels, parents)
    except KeyError:
        _raise_missing(revisions, position, labels)
    order = _needs_first(needs, alone)
    if len(order) < len(revisions):
        _raise_cycle(revisions, parents, needs)
    rank = [0] * len(order)
    for n, i in enumerate(order):
        rank[i] = n
    ordered = [revisions[i] for i in order]
    below = _numbered(parents, order, rank, alone)
    above = _reversed(below, alone)
    needed, needing = below, above
    if needs is not parents:
        needed = _numbered(needs, order, rank, alone)
        needing = _reversed(needed, alone)
    graph = Indexed(
        ids=[revision.id for revision in ordered],
        number=dict(zip(position, rank, strict=True)),
        labels={label: rank[i] for label, i in labels.items()},
        parents=below,
        needs=needed,
        children=above,
        dependents=needing,
    )
    return graph, ordered


def _declared(revisions: Sequence[Revision[T]], position: Mapping[str, int]) -> dict[str, int]:
    """Find the position of the revision that declares each label."""
    labels: dict[str, int] = {}
    for i, revision in enumerate(revisions):
        for label in revision.labels:
            if label in position:
                raise LabelIsId(label, revision.id, label)
            if label in labels:
                first, second = sorted((revisions[labels[label]].id, revision.id))
                raise DuplicateLabel(label, second, first)
            labels[label] = i
    return labels


def _with_dependencies(
    revisions: Sequence[Revision[T]],
    position: Mapping[str, int],
    labels: Mapping[str, int],
    parents: list[Edges],
) -> list[Edges]:
    """Find parents and dependencies together, each once; the same list if there are none.

    Raises:
        KeyError: A dependency is neither an id nor a label.
    """
    needs = parents
    for i, revision in enumerate(revisions):
        if revision.depends_on:
            if needs is parents:
                needs = parents.copy()
            depends_on = [
                labels[name] if name in labels else position[name] for name in revision.depends_on
            ]
            needs[i] = tuple(dict.fromkeys([*parents[i], *depends_on]))
    return needs


def _reversed(edges: Sequence[Edges], alone: Sequence[Edges]) -> list[Edges]:
    """Turn edges round."""
    back: list[Edges] = [()] * len(edges)
    for i, there in enumerate(edges):
        for p in there:
            others = back[p]
            if not others:
                back[p] = alone[i]
            elif isinstance(others, list):
                others.append(i)
            else:
                back[p] = [*others, i]
    return back


def _needs_first(needs: Sequence[Edges], alone: Sequence[Edges]) -> list[int]:
    """Put positions in an order in which what is needed comes first; a cycle is left out.

    One line is followed as far as possible, so that neighbours in the graph
    are neighbours in memory, too.
    """
    needing = _reversed(needs, alone)
    waiting = list(map(len, needs))
    ready = [i for i, count in enumerate(waiting) if not count]
    order: list[int] = []
    while ready:
        i = ready.pop()
        order.append(i)
        for above in needing[i]:
            if waiting[above] == 1:
                ready.append(above)
            else:
                waiting[above] -= 1
    return order


def _numbered(
    edges: Sequence[Edges], order: Sequence[int], rank: Sequence[int], alone: Sequence[Edges]
) -> list[Edges]:
    """Turn edges between positions into edges between numbers."""
    return [
        alone[rank[there[0]]] if len(there) == 1 else tuple([rank[p] for p in there])
        for there in map(edges.__getitem__, order)
    ]


def resolve_edges(graph: Indexed, revision: Revision[T]) -> tuple[Edges, Edges]:
    """Find the parents and the needs of one more revision in a built graph.

    Raises:
        DuplicateLabel, LabelIsId, MissingParent, MissingDependency: It
            doesn't fit there.
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
    depends_on = [labels[name] if name in labels else number[name] for name in revision.depends_on]
    return parents, tuple(dict.fromkeys([*parents, *depends_on]))


def _raise_duplicate(revisions: Sequence[Revision[T]]) -> NoReturn:
    groups: dict[str, list[Revision[T]]] = {}
    for revision in revisions:
        groups.setdefault(revision.id, []).append(revision)
    first = min(name for name, group in groups.items() if len(group) > 1)
    raise DuplicateRevision(first, tuple(groups[first]))


def _raise_missing(
    revisions: Sequence[Revision[T]], position: Mapping[str, int], labels: Mapping[str, int]
) -> NoReturn:
    """Name the first missing parent in order of ids, else the first missing dependency."""
    parents = sorted(
        (revision.id, name)
        for revision in revisions
        for name in revision.parents
        if name not in position
    )
    if parents:
        child, name = parents[0]
        raise MissingParent(child, name, near(name, position), tuple(parents)) from None
    missing = sorted(
        (revision.id, name)
        for revision in revisions
        for name in revision.depends_on
        if name not in position and name not in labels
    )
    child, name = missing[0]
    close = near(name, [*position, *labels])
    raise MissingDependency(child, name, close, tuple(missing)) from None


def _raise_cycle(
    revisions: Sequence[Revision[T]], parents: Sequence[Edges], needs: Sequence[Edges]
) -> NoReturn:
    """Name a cycle of parents if there is one, else one through dependencies."""
    by_id = sorted(range(len(revisions)), key=lambda i: revisions[i].id)
    path = walk.find_cycle(by_id, parents.__getitem__)
    error: type[Cycle] = Cycle
    if path is None:
        error = DependencyCycle
        path = walk.find_cycle(by_id, needs.__getitem__)
    assert path, "only called where a revision was found to wait for itself"
    names = [revisions[i].id for i in path]
    first = names.index(min(names))
    raise error((*names[first:], *names[:first]))
