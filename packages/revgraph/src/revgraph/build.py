"""From loose revisions to a checked, numbered graph, in a few linear passes."""

from __future__ import annotations

from array import array
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
from revgraph.indexed import Edges, Indexed, Numbers
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
    try:
        parents = _parents(revisions, position)
        needs = _with_dependencies(revisions, position, labels, parents)
    except KeyError:
        _raise_missing(revisions, position, labels)
    order = _needs_first(needs)
    if len(order) < len(revisions):
        _raise_cycle(revisions, parents, needs)
    rank = array("i", bytes(4 * len(order)))
    for n, i in enumerate(order):
        rank[i] = n
    # Each number is one object, and so is (n,), the edges of all that have n as their
    # only parent or child.
    numbers = list(range(len(order)))
    alone: list[Edges] = list(zip(numbers, strict=True))
    below = _numbered(parents, order, rank, numbers, alone)
    above = _reversed(below, numbers, alone)
    needed, needing = below, above
    if needs is not parents:
        needed = _numbered(needs, order, rank, numbers, alone)
        needing = _reversed(needed, numbers, alone)
    ordered: list[Revision[T]] = []
    ids: list[str] = []
    for i in order:
        revision = revisions[i]
        ordered.append(revision)
        ids.append(revision.id)
    graph = Indexed(
        ids=ids,
        number=Numbers(position, rank),
        labels={label: rank[i] for label, i in labels.items()},
        parents=below,
        needs=needed,
        children=above,
        dependents=needing,
    )
    return graph, ordered


class _Positions:
    """Edges between positions, in a form that stays small in memory.

    Revisions come in random order, so what is looked up is all over the place;
    as machine integers it fits the caches of the processor.

    Attributes:
        first: Position to the first that it leads to; _NONE if it leads nowhere.
        second: Position to the second one, or _NONE.
        rest: Position to the third and on, where there are any.
    """

    __slots__ = ("first", "rest", "second")

    def __init__(self, count: int) -> None:
        self.first = array("i", [_NONE]) * count
        self.second = array("i", [_NONE]) * count
        self.rest: dict[int, list[int]] = {}

    def copy(self) -> _Positions:
        copied = _Positions(0)
        copied.first, copied.second = self.first[:], self.second[:]
        copied.rest = self.rest.copy()
        return copied

    def put(self, i: int, to: Sequence[int]) -> None:
        """Say where a position leads to."""
        self.first[i] = to[0] if to else _NONE
        self.second[i] = to[1] if len(to) > 1 else _NONE
        if len(to) > 2:
            self.rest[i] = list(to[2:])

    def of(self, i: int) -> list[int]:
        """List where a position leads to."""
        known = [p for p in (self.first[i], self.second[i]) if p != _NONE]
        return known + self.rest.get(i, [])

    def reversed(self) -> _Positions:
        """Turn the edges round; what a position leads to is in no promised order."""
        back = _Positions(len(self.first))
        first, second, rest = back.first, back.second, back.rest
        for one in (self.first, self.second):
            for i, p in enumerate(one):
                if p == _NONE:
                    continue
                if first[p] == _NONE:
                    first[p] = i
                elif second[p] == _NONE:
                    second[p] = i
                else:
                    rest.setdefault(p, []).append(i)
        for i, more in self.rest.items():
            for p in more:
                if p in rest:
                    rest[p].append(i)
                else:
                    back.put(p, [*back.of(p), i])
        return back


_NONE = -1


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


def _parents(revisions: Sequence[Revision[T]], position: Mapping[str, int]) -> _Positions:
    """Find the parents.

    Raises:
        KeyError: A parent isn't there.
    """
    parents = _Positions(len(revisions))
    first = parents.first
    for i, revision in enumerate(revisions):
        names = revision.parents
        if len(names) == 1:
            first[i] = position[names[0]]
        elif names:
            parents.put(i, [position[name] for name in names])
    return parents


def _with_dependencies(
    revisions: Sequence[Revision[T]],
    position: Mapping[str, int],
    labels: Mapping[str, int],
    parents: _Positions,
) -> _Positions:
    """Find parents and dependencies together, each once; the same value if there are none.

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
            needs.put(i, list(dict.fromkeys([*parents.of(i), *depends_on])))
    return needs


def _needs_first(needs: _Positions) -> array[int]:
    """Put positions in an order in which what is needed comes first; a cycle is left out.

    One line is followed as far as possible, so that neighbours in the graph
    become neighbours in memory, too.
    """
    back = needs.reversed()
    first, second, rest = back.first, back.second, back.rest
    waiting = array("i", [1]) * len(first)
    for i, p in enumerate(needs.second):
        if p != _NONE:
            waiting[i] = 2
    for i, more in needs.rest.items():
        waiting[i] = 2 + len(more)
    ready = [i for i, p in enumerate(needs.first) if p == _NONE]
    order = array("i")
    while ready:
        i = ready.pop()
        order.append(i)
        above = first[i]
        if above == _NONE:
            continue
        if waiting[above] == 1:
            ready.append(above)
        else:
            waiting[above] -= 1
        if second[i] == _NONE:
            continue
        for above in (second[i], *rest.get(i, ())):
            if waiting[above] == 1:
                ready.append(above)
            else:
                waiting[above] -= 1
    return order


def _numbered(
    edges: _Positions,
    order: Sequence[int],
    rank: array[int],
    numbers: Sequence[int],
    alone: Sequence[Edges],
) -> list[Edges]:
    """Turn edges between positions into edges between numbers."""
    first, second, rest = edges.first, edges.second, edges.rest
    numbered: list[Edges] = []
    for i in order:
        one, two = first[i], second[i]
        if one == _NONE:
            numbered.append(())
        elif two == _NONE:
            numbered.append(alone[rank[one]])
        elif i not in rest:
            numbered.append((numbers[rank[one]], numbers[rank[two]]))
        else:
            numbered.append(tuple([numbers[rank[p]] for p in (one, two, *rest[i])]))
    return numbered


def _reversed(
    edges: Sequence[Edges], numbers: Sequence[int], alone: Sequence[Edges]
) -> list[Edges]:
    """Turn edges between numbers round."""
    back: list[Edges] = [()] * len(edges)
    for n, there in zip(numbers, edges, strict=True):
        for p in there:
            others = back[p]
            if not others:
                back[p] = alone[n]
            elif isinstance(others, list):
                others.append(n)
            else:
                back[p] = [*others, n]
    return back


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
    revisions: Sequence[Revision[T]], parents: _Positions, needs: _Positions
) -> NoReturn:
    """Name a cycle of parents if there is one, else one through dependencies."""
    by_id = sorted(range(len(revisions)), key=lambda i: revisions[i].id)
    path = walk.find_cycle(by_id, parents.of)
    error: type[Cycle] = Cycle
    if path is None:
        error = DependencyCycle
        path = walk.find_cycle(by_id, needs.of)
    assert path, "only called where a revision was found to wait for itself"
    names = [revisions[i].id for i in path]
    first = names.index(min(names))
    raise error((*names[first:], *names[:first]))
