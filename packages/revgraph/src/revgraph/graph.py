"""RevisionGraph: revisions built into a whole, checked once, asked ever after.

Targets are in `target` and `resolve`, what is applied in `heads`, plans in `plan`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Generic, TypeVar

from revgraph.build import build, resolve_edges
from revgraph.errors import DuplicateRevision, NotText, UnknownRevision
from revgraph.indexed import Indexed
from revgraph.labels import Labels
from revgraph.labels import by_id as labels_by_id
from revgraph.near import near
from revgraph.revision import Revision

T = TypeVar("T")


class RevisionGraph(Generic[T]):
    """Revisions and who comes before whom: built once, valid ever after.

    The order in which revisions are given makes no difference to any answer.
    Whatever is a set is given sorted by id. Ids are asked for in full here;
    `resolve` understands what people type. A graph never changes and can be
    shared between threads; `with_revision` makes another one.

    Example:
        >>> graph = RevisionGraph([Revision("a"), Revision("b", "a"), Revision("c", "a")])
        >>> graph.heads, graph.bases, graph.branch_points
        (('b', 'c'), ('a',), ('a',))
        >>> [revision.id for revision in graph]
        ['a', 'c', 'b']
        >>> "b" in graph, len(graph), graph["b"].parents
        (True, 3, ('a',))

    Raises:
        DuplicateRevision: Two revisions have one id.
        DuplicateLabel: Two revisions declare one label.
        LabelIsId: A label is also the id of a revision.
        MissingParent: A parent isn't among the revisions.
        MissingDependency: A dependency is neither an id nor a label.
        Cycle: Parents go round in a circle.
        DependencyCycle: Parents and dependencies together do.
    """

    def __init__(self, revisions: Iterable[Revision[T]] = ()) -> None:
        indexed, ordered = build(list(revisions))
        self._fill(indexed, ordered)

    def _fill(self, indexed: Indexed, by_number: list[Revision[T]]) -> None:
        self.indexed = indexed
        """The same graph as integers, for the walks of this package."""
        self._by_number = by_number

    def with_revision(self, revision: Revision[T]) -> RevisionGraph[T]:
        """Make a graph that has one revision more; this one stays as it is.

        Only the new revision is checked, so it is much cheaper than building
        anew. What it needs must be in the graph already.

        Raises:
            DuplicateRevision, DuplicateLabel, LabelIsId, MissingParent,
            MissingDependency: As when building.

        Example:
            >>> RevisionGraph([Revision("a")]).with_revision(Revision("b", "a")).heads
            ('b',)
        """
        if revision.id in self:
            raise DuplicateRevision(revision.id, (self[revision.id], revision))
        parents, needs = resolve_edges(self.indexed, revision)
        graph: RevisionGraph[T] = object.__new__(type(self))
        graph._fill(self.indexed.extended(revision, parents, needs), [*self._by_number, revision])
        return graph

    # As a collection

    def __len__(self) -> int:
        return len(self._by_number)

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and id in self.indexed.number

    def __getitem__(self, id: str) -> Revision[T]:
        return self._by_number[self.number(id)]

    def __iter__(self) -> Iterator[Revision[T]]:
        """Yield revisions, parents and dependencies first; see `order`."""
        return map(self._by_number.__getitem__, self._order)

    def __reversed__(self) -> Iterator[Revision[T]]:
        """Yield revisions, newest first."""
        return map(self._by_number.__getitem__, reversed(self._order))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RevisionGraph):
            return NotImplemented
        return len(self) == len(other) and all(
            revision.id in other and other[revision.id] == revision for revision in self._by_number
        )

    def __hash__(self) -> int:
        return hash(frozenset(self._by_number))

    def __repr__(self) -> str:
        heads = ", ".join(self.heads[:5]) + (", ..." if len(self.heads) > 5 else "")
        return f"<RevisionGraph of {len(self)}, heads: {heads or 'none'}>"

    @cached_property
    def _order(self) -> list[int]:
        order = self.indexed.newest_first(range(len(self)))
        order.reverse()
        return order

    def number(self, id: str) -> int:
        """Find the number of an id in `indexed`.

        Raises:
            UnknownRevision: There is none; `.near` has ids that look like it.
            NotText: The id isn't text.
        """
        try:
            return self.indexed.number[id]
        except (KeyError, TypeError):
            pass
        if not isinstance(id, str):
            raise NotText(id)
        raise UnknownRevision(id, near(id, self.indexed.number))

    def at(self, number: int) -> Revision[T]:
        """Give the revision of a number in `indexed`."""
        return self._by_number[number]

    def _numbers(self, ids: str | Iterable[str]) -> list[int]:
        return list(map(self.number, [ids] if isinstance(ids, str) else ids))

    def order(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Put ids in the order in which they can be done, repeats left out.

        Parents and dependencies come first. It is the reverse of the order in
        which people read: from the smallest id among those that no other one
        needs, down one line as far as possible, then the next. So the order
        depends on the ids given alone.

        Example:
            >>> from revgraph import from_notation
            >>> from_notation("a <- b1 <- c1; a <- b2 <- c2").order(["c1", "c2", "b1", "b2"])
            ('b2', 'c2', 'b1', 'c1')
        """
        order = self.indexed.newest_first(self._numbers(ids))
        return tuple([self.indexed.ids[n] for n in reversed(order)])

    # Ends and forks

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """Ids that are nobody's parent, sorted; another one may depend on them."""
        return self.indexed.sorted(self.indexed.heads())

    @cached_property
    def real_heads(self) -> tuple[str, ...]:
        """Ids that are nobody's parent or dependency, sorted: what is recorded when all is applied.

        Example:
            >>> from revgraph import from_notation
            >>> graph = from_notation("a1 <- a2; b1 <- b2; a2 <~ b2")
            >>> graph.heads, graph.real_heads
            (('a2', 'b2'), ('b2',))
        """
        dependents = self.indexed.dependents
        return self.indexed.sorted(n for n in range(len(self)) if not dependents[n])

    @cached_property
    def bases(self) -> tuple[str, ...]:
        """Ids without parents, sorted; they may depend on others."""
        parents = self.indexed.parents
        return self.indexed.sorted(n for n in range(len(self)) if not parents[n])

    @cached_property
    def real_bases(self) -> tuple[str, ...]:
        """Ids without parents and dependencies, sorted."""
        needs = self.indexed.needs
        return self.indexed.sorted(n for n in range(len(self)) if not needs[n])

    @cached_property
    def branch_points(self) -> tuple[str, ...]:
        """Ids with several children, sorted."""
        children = self.indexed.children
        return self.indexed.sorted(n for n in range(len(self)) if len(children[n]) > 1)

    @cached_property
    def real_branch_points(self) -> tuple[str, ...]:
        """Ids that several revisions need, as parent or dependency, sorted."""
        dependents = self.indexed.dependents
        return self.indexed.sorted(n for n in range(len(self)) if len(dependents[n]) > 1)

    @cached_property
    def merge_points(self) -> tuple[str, ...]:
        """Ids with several parents, sorted; dependencies don't count."""
        parents = self.indexed.parents
        return self.indexed.sorted(n for n in range(len(self)) if len(parents[n]) > 1)

    # Neighbours

    def children(self, id: str) -> tuple[str, ...]:
        """List what has this revision as a parent, sorted.

        Example:
            >>> from revgraph import from_notation
            >>> from_notation("a <- b; a <- c; a <~ d").children("a")
            ('b', 'c')
        """
        return self.indexed.sorted(self.indexed.children[self.number(id)])

    def dependents(self, id: str) -> tuple[str, ...]:
        """List what needs this revision directly, as a parent or a dependency, sorted.

        Example:
            >>> from revgraph import from_notation
            >>> from_notation("a <- b; a <- c; a <~ d").dependents("a")
            ('b', 'c', 'd')
        """
        return self.indexed.sorted(self.indexed.dependents[self.number(id)])

    def needs(self, id: str) -> tuple[str, ...]:
        """List what must be there right before: parents, then dependencies, as declared.

        A label among the dependencies is given as the id that declares it. A
        dependency that another need already implies is left out.

        Example:
            >>> from revgraph import from_notation
            >>> from_notation("x <~ a <- b; x <~ b; y <~ b").needs("b")
            ('a', 'y')
        """
        graph = self.indexed
        n = self.number(id)
        parents, needs = set(graph.parents[n]), graph.needs[n]
        kept = [
            p
            for p in needs
            if p in parents or not any(graph.is_below(p, o, graph.needs) for o in needs if o != p)
        ]
        return tuple([graph.ids[p] for p in kept])

    # Relations

    def ancestors(self, ids: str | Iterable[str], *, dependencies: bool = True) -> frozenset[str]:
        """Find ids and all that must come before them.

        Args:
            ids: One id or several, which are part of the answer.
            dependencies: Follow dependencies too, not only parents.

        Example:
            >>> from revgraph import from_notation
            >>> graph = from_notation("a <- b <- c; x <~ b")
            >>> sorted(graph.ancestors("b")), sorted(graph.ancestors("b", dependencies=False))
            (['a', 'b', 'x'], ['a', 'b'])
        """
        edges = self.indexed.needs if dependencies else self.indexed.parents
        found = self.indexed.reach(self._numbers(ids), edges)
        return frozenset(map(self.indexed.ids.__getitem__, found))

    def descendants(self, ids: str | Iterable[str], *, dependencies: bool = True) -> frozenset[str]:
        """Find ids and all that must come after them.

        Example:
            >>> from revgraph import from_notation
            >>> sorted(from_notation("a <- b <- c; b <~ x").descendants("b"))
            ['b', 'c', 'x']
        """
        edges = self.indexed.dependents if dependencies else self.indexed.children
        found = self.indexed.reach(self._numbers(ids), edges)
        return frozenset(map(self.indexed.ids.__getitem__, found))

    def lineage(self, id: str, *, dependencies: bool = False) -> frozenset[str]:
        """Find a revision and all that is above or below it: what `label@...` chooses from.

        Example:
            >>> from revgraph import from_notation
            >>> sorted(from_notation("a <- b <- d; a <- c").lineage("b"))
            ['a', 'b', 'd']
        """
        above = self.descendants(id, dependencies=dependencies)
        return above | self.ancestors(id, dependencies=dependencies)

    def is_ancestor(self, id: str, *, of: str, dependencies: bool = True) -> bool:
        """Say whether a revision is, or comes before, another one.

        Example:
            >>> from revgraph import from_notation
            >>> graph = from_notation("a <- b; a <- c")
            >>> graph.is_ancestor("a", of="b"), graph.is_ancestor("c", of="b")
            (True, False)
        """
        edges = self.indexed.needs if dependencies else self.indexed.parents
        return self.indexed.is_below(self.number(id), self.number(of), edges)

    def common_ancestors(self, ids: Iterable[str], *, dependencies: bool = True) -> frozenset[str]:
        """Find all that each of the ids is or needs; empty for no ids.

        Example:
            >>> from revgraph import from_notation
            >>> sorted(from_notation("a <- b <- c; b <- d").common_ancestors(["c", "d"]))
            ['a', 'b']
        """
        edges = self.indexed.needs if dependencies else self.indexed.parents
        found: set[int] | None = None
        for n in self._numbers(ids):
            reached = self.indexed.reach([n], edges)
            found = reached if found is None else found & reached
        return frozenset(map(self.indexed.ids.__getitem__, found or ()))

    def overlap(self, ids: Iterable[str]) -> tuple[str, str] | None:
        """Find an (ancestor, descendant) pair among ids, dependencies counted; None if none.

        Example:
            >>> from revgraph import from_notation
            >>> from_notation("a <- b <- c; a <- d").overlap(["a", "d"])
            ('a', 'd')
        """
        pair = self.indexed.overlap(self._numbers(ids))
        return None if pair is None else (self.indexed.ids[pair[0]], self.indexed.ids[pair[1]])

    # Names

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Each label with the id that declares it, in order of labels."""
        return MappingProxyType(dict(labels_by_id(self.indexed)))

    @cached_property
    def _labels(self) -> Labels:
        return Labels(self.indexed)

    def labels_of(self, id: str) -> tuple[str, ...]:
        """List the labels of a revision, declared or inherited, sorted.

        A label holds for what descends from it through parents, and downwards
        on a straight line, not including where branches part or merge.

        Example:
            >>> from revgraph import from_notation
            >>> graph = from_notation("a <- b1[x] <- c1; a <- b2")
            >>> graph.labels_of("a"), graph.labels_of("c1"), graph.labels_of("b2")
            ((), ('x',), ())
        """
        return self._labels.of(self.number(id))

    @cached_property
    def _sorted_ids(self) -> list[str]:
        return sorted(self.indexed.ids)

    def starting_with(self, prefix: str) -> list[str]:
        """List the ids that begin so, sorted.

        Example:
            >>> RevisionGraph([Revision("ab1"), Revision("ab2"), Revision("b")]).starting_with("ab")
            ['ab1', 'ab2']
        """
        ids = self._sorted_ids
        first = last = bisect_left(ids, prefix)
        while last < len(ids) and ids[last].startswith(prefix):
            last += 1
        return ids[first:last]
