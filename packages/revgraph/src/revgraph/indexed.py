"""The graph as integers: what makes planning fast. Ids and errors live in `graph`.

Revisions are numbered so that parents and dependencies have smaller numbers
than what needs them. A walk down from some revisions can then stop as soon as
nothing undecided has a smaller number, without looking at the rest.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from revgraph.revision import Revision

Edges = Sequence[int]
_NONE: Edges = ()


class Numbers(Mapping[str, int]):
    """Id to number: the place of the id as given, and the rank of that place.

    Two steps, so that a graph is built with one dictionary of its ids and not two.
    """

    __slots__ = ("_place", "_rank")

    def __init__(self, place: dict[str, int], rank: array[int]) -> None:
        self._place = place
        self._rank = rank

    def __getitem__(self, id: str) -> int:
        return self._rank[self._place[id]]

    def __contains__(self, id: object) -> bool:
        return id in self._place

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)

    def with_one_more(self, id: str) -> Numbers:
        """Copy with an id that takes the next number."""
        new = len(self._place)
        return Numbers({**self._place, id: new}, self._rank + array("i", [new]))


class Indexed:
    """Edges of an acyclic graph between numbers; never changed once built.

    Attributes:
        ids: Number to id; parents and dependencies come before what needs them.
        number: Id to number.
        labels: Label to the number of the revision that declares it.
        parents: Number to its parents, in the order declared.
        needs: Number to parents and dependencies, each once, in that order.
        children: Number to what has it as a parent, in no promised order.
        dependents: Number to all that need it, in no promised order.
    """

    __slots__ = ("children", "dependents", "ids", "labels", "needs", "number", "parents")

    def __init__(
        self,
        ids: list[str],
        number: Numbers,
        labels: dict[str, int],
        parents: list[Edges],
        needs: list[Edges],
        children: list[Edges],
        dependents: list[Edges],
    ) -> None:
        self.ids = ids
        self.number = number
        self.labels = labels
        self.parents = parents
        self.needs = needs
        self.children = children
        self.dependents = dependents

    def extended(self, revision: Revision[Any], parents: Edges, needs: Edges) -> Indexed:
        """Copy with one more revision at the end, whose needs are already here."""
        new = len(self.ids)
        same = self.needs is self.parents and needs == parents
        below, above = self._joined(self.parents, self.children, parents)
        needed, needing = (
            (below, above) if same else self._joined(self.needs, self.dependents, needs)
        )
        return Indexed(
            [*self.ids, revision.id],
            self.number.with_one_more(revision.id),
            {**self.labels, **dict.fromkeys(revision.labels, new)},
            below,
            needed,
            above,
            needing,
        )

    def _joined(
        self, forward: list[Edges], back: list[Edges], new: Edges
    ) -> tuple[list[Edges], list[Edges]]:
        """Copies of edges, and of their reverse, with those of one more revision."""
        back = [*back, _NONE]
        for p in new:
            back[p] = [*back[p], len(forward)]
        return [*forward, new], back

    def sorted(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """Ids of numbers, sorted."""
        return tuple(sorted(map(self.ids.__getitem__, numbers)))

    def heads(self) -> Iterator[int]:
        """Yield what has no child."""
        return (n for n, above in enumerate(self.children) if not above)

    def reach(self, starts: Iterable[int], edges: Sequence[Edges]) -> set[int]:
        """Find numbers and all that can be reached from them along *edges*."""
        found = set(starts)
        stack = list(found)
        while stack:
            for n in edges[stack.pop()]:
                if n not in found:
                    found.add(n)
                    stack.append(n)
        return found

    def is_below(self, low: int, high: int, edges: Sequence[Edges]) -> bool:
        """Say whether *low* is *high* or is reached from it down *edges* (parents or needs)."""
        if low >= high:
            return low == high
        seen = {high}
        stack = [high]
        while stack:
            for n in edges[stack.pop()]:
                if n == low:
                    return True
                if n > low and n not in seen:
                    seen.add(n)
                    stack.append(n)
        return False

    def down_to(self, starts: Iterable[int], lowest: int) -> set[int]:
        """Find numbers and all that they need, as far as it is numbered *lowest* or more."""
        needs = self.needs
        found = {n for n in starts if n >= lowest}
        stack = list(found)
        while stack:
            for n in needs[stack.pop()]:
                if n >= lowest and n not in found:
                    found.add(n)
                    stack.append(n)
        return found

    def between(self, upper: Iterable[int], lower: Collection[int]) -> Collection[int]:
        """Find what *upper* needs or is, and *lower* doesn't need and isn't.

        Bounded by the numbers between the two. Works down from the largest
        number: when one is taken, all that need it have been taken before, so
        whether *lower* needs it is settled.
        """
        if not lower:
            return self.reach(upper, self.needs)
        needs = self.needs
        is_lower = dict.fromkeys(upper, False)
        is_lower.update(dict.fromkeys(lower, True))
        undecided = sum(not low for low in is_lower.values())
        heap = [-n for n in is_lower]
        heapify(heap)
        found: list[int] = []
        while undecided:
            n = -heappop(heap)
            low = is_lower[n]
            if not low:
                undecided -= 1
                found.append(n)
            for p in needs[n]:
                known = is_lower.get(p)
                if known is None:
                    is_lower[p] = low
                    heappush(heap, -p)
                    undecided += not low
                elif low and not known:
                    is_lower[p] = True
                    undecided -= 1
        return found

    def overlap(self, numbers: Collection[int]) -> tuple[int, int] | None:
        """Find two of the numbers of which the first is needed by the second; None if none is."""
        wanted = set(numbers)
        if len(wanted) < 2:
            return None
        lowest = min(wanted)
        # Who first came by: enough to name one descendant of what is met.
        source = {n: n for n in sorted(wanted, reverse=True)}
        stack = sorted(wanted)
        while stack:
            n = stack.pop()
            for p in self.needs[n]:
                if p in wanted:
                    return p, source[n]
                if p > lowest and p not in source:
                    source[p] = source[n]
                    stack.append(p)
        return None

    def newest_first(self, members: Iterable[int]) -> list[int]:
        """Put members in the order in which people read them; its reverse is the order of doing.

        It begins at the smallest id among those that no member needs, and
        follows one line down as long as it can: first the first parent, the
        other ones and the dependencies later. Where another member is still to
        come first, it goes on with the next line. So the order depends on the
        members alone, not on how the graph was built.
        """
        needs = self.needs
        waiting = dict.fromkeys(members, 0)
        for n in waiting:
            for p in needs[n]:
                if p in waiting:
                    waiting[p] += 1
        tops = [n for n, count in waiting.items() if not count]
        tops.sort(key=self.ids.__getitem__, reverse=True)
        order: list[int] = []
        while tops:
            n = tops.pop()
            order.append(n)
            below = needs[n]
            for p in below if len(below) < 2 else reversed(below):
                if p in waiting:
                    waiting[p] -= 1
                    if not waiting[p]:
                        tops.append(p)
        return order
