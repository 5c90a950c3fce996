"""Walks over any graph that is given as a `parents(id)` function.

They know nothing of revisions: ids are anything hashable, and *parents* is
called with an id and returns what comes right before it. None of them recurses,
and those that are iterators ask for parents only as far as they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def topological(ids: Iterable[N], parents: Callable[[N], Iterable[N]]) -> list[N]:
    """Put ids in an order in which parents come before their children.

    The order given is kept, except that what an id needs is pulled in front of
    it. Parents that aren't among *ids* are left out, with all behind them.

    Raises:
        ValueError: There is a cycle; it is the error's second argument.

    Example:
        >>> needs = {"shirt": [], "tie": ["shirt"], "jacket": ["tie", "trousers"], "trousers": []}
        >>> topological(needs, parents=needs.get)
        ['shirt', 'tie', 'trousers', 'jacket']
    """
    given = dict.fromkeys(ids)
    done: dict[N, None] = {}
    entered: set[N] = set()
    for first in given:
        stack = [first]
        while stack:
            node = stack[-1]
            if node in done:
                stack.pop()
                continue
            waiting = [p for p in parents(node) if p not in done and p in given]
            if not waiting:
                done[node] = None
                stack.pop()
            elif node in entered:
                cycle = find_cycle(given, lambda n: [p for p in parents(n) if p in given])
                raise ValueError("the graph has a cycle", cycle)
            else:
                entered.add(node)
                stack.extend(reversed(waiting))
    return list(done)


def ancestors(ids: Iterable[N], parents: Callable[[N], Iterable[N]]) -> Iterator[N]:
    """Yield ids and all that come before them, each once, in no promised order.

    Lazy: *parents* is only asked when the next one is wanted.

    Example:
        >>> sorted(ancestors([12], parents=lambda n: [n // 2] if n > 1 else []))
        [1, 3, 6, 12]
    """
    stack = list(dict.fromkeys(ids))
    seen = set(stack)
    stack.reverse()
    while stack:
        node = stack.pop()
        yield node
        for parent in parents(node):
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)


def children(ids: Iterable[N], parents: Callable[[N], Iterable[N]]) -> dict[N, list[N]]:
    """Turn the arrows round: what comes right after each id, in the order of *ids*.

    Example:
        >>> children("abc", parents={"a": "", "b": "a", "c": "a"}.get)
        {'a': ['b', 'c'], 'b': [], 'c': []}
    """
    result: dict[N, list[N]] = {node: [] for node in ids}
    for node in result:
        for parent in dict.fromkeys(parents(node)):
            if parent in result:
                result[parent].append(node)
    return result


def descendants(
    ids: Iterable[N], among: Iterable[N], parents: Callable[[N], Iterable[N]]
) -> Iterator[N]:
    """Yield ids and all of *among* that come after them, each once, in no promised order.

    Example:
        >>> sorted(descendants("b", among="abcd", parents={"a": "", "b": "a", "c": "b", "d": "a"}.get))
        ['b', 'c']
    """
    after = children(among, parents)
    return ancestors(ids, lambda node: after.get(node, ()))


def heads(ids: Iterable[N], parents: Callable[[N], Iterable[N]]) -> list[N]:
    """List the ids that are nobody's parent, in the order given.

    Example:
        >>> heads("abc", parents={"a": "", "b": "a", "c": "a"}.get)
        ['b', 'c']
    """
    given = dict.fromkeys(ids)
    followed = {parent for node in given for parent in parents(node)}
    return [node for node in given if node not in followed]


def bases(ids: Iterable[N], parents: Callable[[N], Iterable[N]]) -> list[N]:
    """List the ids that have no parent, in the order given.

    Example:
        >>> bases("abc", parents={"a": "", "b": "a", "c": ""}.get)
        ['a', 'c']
    """
    return [node for node in dict.fromkeys(ids) if not any(True for _ in parents(node))]


def common_ancestors(ids: Iterable[N], parents: Callable[[N], Iterable[N]]) -> set[N]:
    """Find all that come before, or are, each of the ids; empty for no ids.

    Example:
        >>> sorted(common_ancestors("cd", parents={"a": "", "b": "a", "c": "b", "d": "b"}.get))
        ['a', 'b']
    """
    result: set[N] | None = None
    for node in ids:
        found = set(ancestors([node], parents))
        result = found if result is None else result & found
    return result or set()


def nearest_common_ancestors(ids: Iterable[N], parents: Callable[[N], Iterable[N]]) -> set[N]:
    """Find the common ancestors that aren't before another one; where branches parted.

    Example:
        >>> nearest_common_ancestors("cd", parents={"a": "", "b": "a", "c": "b", "d": "b"}.get)
        {'b'}
    """
    common = common_ancestors(ids, parents)
    return common - {parent for node in common for parent in parents(node)}


def find_cycle(ids: Iterable[N], parents: Callable[[N], Iterable[N]]) -> list[N] | None:
    """Find ids that come before themselves, each followed by one of its parents.

    Returns:
        The first cycle that is met, its first id not repeated; None if there is none.

    Example:
        >>> find_cycle("abc", parents={"a": "b", "b": "c", "c": "b"}.get)
        ['b', 'c']
        >>> find_cycle("ab", parents={"a": "b", "b": ""}.get) is None
        True
    """
    done: set[N] = set()
    for first in ids:
        if first in done:
            continue
        path: dict[N, Iterator[N]] = {first: iter(parents(first))}
        while path:
            node, ahead = next(reversed(path.items()))
            for parent in ahead:
                if parent in path:
                    way = list(path)
                    return way[way.index(parent) :]
                if parent not in done:
                    path[parent] = iter(parents(parent))
                    break
            else:
                done.add(node)
                path.popitem()
    return None
