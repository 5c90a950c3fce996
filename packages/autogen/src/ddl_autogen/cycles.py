"""Cycles among tables that point to each other."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

_N = TypeVar("_N", bound=Hashable)


def cyclic(edges: Mapping[_N, Iterable[_N]]) -> frozenset[tuple[_N, _N]]:
    """Give the edges that lie on a cycle; one from a node to itself isn't counted.

    Args:
        edges: For each node those that it points to; others than the keys are passed over.

    >>> sorted(cyclic({"a": ["b"], "b": ["a", "c"], "c": ["c"]}))
    [('a', 'b'), ('b', 'a')]
    """
    component = _components({n: [m for m in to if m in edges] for n, to in edges.items()})
    return frozenset(
        (n, m)
        for n, to in edges.items()
        for m in to
        if m in component and n != m and component[n] == component[m]
    )


def _components(edges: Mapping[_N, list[_N]]) -> dict[_N, int]:
    """Number the strongly connected components (Kosaraju), without recursion."""
    finished: list[_N] = []
    seen: set[_N] = set()
    for start in edges:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(edges[start]))]
        while stack:
            node, rest = stack[-1]
            following = next((m for m in rest if m not in seen), None)
            if following is None:
                stack.pop()
                finished.append(node)
            else:
                seen.add(following)
                stack.append((following, iter(edges[following])))
    backwards: dict[_N, list[_N]] = {n: [] for n in edges}
    for node, to in edges.items():
        for other in to:
            backwards[other].append(node)
    component: dict[_N, int] = {}
    for number, root in enumerate(reversed(finished)):
        pending = [root]
        while pending:
            node = pending.pop()
            if node not in component:
                component[node] = number
                pending += backwards[node]
    return component
