"""Which labels a revision bears without declaring them.

A label holds for the revision that declares it, for all that descend from it
through parents, and downwards along the straight line: as far as, but not
including, the nearest revision where branches part or merge. Not across
dependencies.
"""

from __future__ import annotations

from collections.abc import Mapping

from revgraph.indexed import Indexed


class Labels:
    """Labels of every revision, kept as links to the nearest that declare them.

    No revision holds a set of labels, so a label on each revision of a long
    line costs no more than one on the first.

    Attributes:
        up: Number to the nearest number at or above it on its straight line
            that declares labels; -1 if there is none.
        down: Number to the nearest number at or below it where the labels
            change: one that declares some, or a merge of lines that differ; -1
            if no label comes from below.
    """

    __slots__ = ("declared", "down", "graph", "up")

    def __init__(self, graph: Indexed) -> None:
        self.graph = graph
        self.declared: dict[int, list[str]] = {}
        for label, n in graph.labels.items():
            self.declared.setdefault(n, []).append(label)
        count = len(graph.ids)
        self.up = [-1] * count
        self.down = [-1] * count
        if self.declared:
            self._link()

    def _link(self) -> None:
        graph, declared, up, down = self.graph, self.declared, self.up, self.down
        for n, parents in enumerate(graph.parents):
            below = {down[p] for p in parents} - {-1}
            if n in declared or len(below) > 1:
                down[n] = n
            elif below:
                down[n] = below.pop()
        for n in range(len(up) - 1, -1, -1):
            if not ends_line(graph, n):
                up[n] = n if n in declared else self._above(n)

    def _above(self, n: int) -> int:
        above = self.graph.children[n]
        return self.up[above[0]] if above else -1

    def of(self, n: int) -> tuple[str, ...]:
        """Collect the labels of a revision, declared or inherited, sorted."""
        most = len(self.graph.labels)
        found = set(self.declared.get(n, ()))
        above = self.up[n]
        while above >= 0:
            found.update(self.declared[above])
            above = self._above(above)
        seen = {self.down[n]} - {-1}
        stack = list(seen)
        while stack and len(found) < most:
            source = stack.pop()
            found.update(self.declared.get(source, ()))
            for p in self.graph.parents[source]:
                below = self.down[p]
                if below >= 0 and below not in seen:
                    seen.add(below)
                    stack.append(below)
        return tuple(sorted(found))


def ends_line(graph: Indexed, n: int) -> bool:
    """Say whether branches part or merge at a revision, dependents counted."""
    return len(graph.dependents[n]) > 1 or len(graph.parents[n]) > 1


def straight_line(graph: Indexed, n: int) -> set[int]:
    """Find a revision and what inherits a label of it downwards."""
    line = {n}
    while not ends_line(graph, n) and graph.parents[n]:
        n = graph.parents[n][0]
        if ends_line(graph, n):
            break
        line.add(n)
    return line


def by_id(graph: Indexed) -> Mapping[str, str]:
    """Map each label to the id that declares it, in order of labels."""
    return {label: graph.ids[n] for label, n in sorted(graph.labels.items())}
