"""Graphs to measure with: plain tuples in directory order, which is random, as ids are.

Each maker takes a count and gives (id, parents, depends_on, labels) tuples in the
order in which revisions would have been written; `in_directory_order` shuffles them.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

Node = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _random(number: int) -> random.Random:
    """Give the same numbers each time; others for each MIGRATE_BENCH_SEED."""
    return random.Random(number + 1_000_003 * int(os.environ.get("MIGRATE_BENCH_SEED", "0")))


def _ids(count: int) -> list[str]:
    source = _random(count)
    return [f"{source.getrandbits(48):012x}" for _ in range(count)]


def linear(count: int) -> list[Node]:
    """One line."""
    ids = _ids(count)
    return [(ids[i], (ids[i - 1],) if i else (), (), ()) for i in range(count)]


def bushy(count: int) -> list[Node]:
    """A few branches at a time; 5 % merges, 5 % forks, 3 % dependencies, 0.5 % labels."""
    source = _random(count + 1)
    ids = _ids(count)
    heads: list[str] = []
    made: list[Node] = []
    for i, name in enumerate(ids):
        dice = source.random()
        if not heads:
            parents: tuple[str, ...] = ()
        elif len(heads) > 1 and dice < 0.05:
            parents = tuple(source.sample(heads, 2))
        elif dice < 0.10 and len(heads) < 8:
            parents = (ids[source.randrange(max(0, i - 50), i)],)
        else:
            parents = (source.choice(heads),)
        heads = [head for head in heads if head not in parents] + [name]
        depends_on: tuple[str, ...] = ()
        if i > 1 and source.random() < 0.03:
            depends_on = (ids[source.randrange(i)],)
            if depends_on[0] in parents:
                depends_on = ()
        labels = (f"label{i}",) if source.random() < 0.005 else ()
        made.append((name, parents, depends_on, labels))
    return made


def ladder(count: int) -> list[Node]:
    """Two revisions on every rung, each merging both of the rung below: 2^n ways."""
    ids = _ids(count)
    made: list[Node] = []
    for i, name in enumerate(ids):
        rung = i // 2 * 2
        parents = tuple(ids[rung - 2 : rung]) if rung else ()
        made.append((name, parents, (), ()))
    return made


def fan(count: int) -> list[Node]:
    """A root, branches of ten from it, and one merge of them all."""
    ids = _ids(count)
    made: list[Node] = [(ids[0], (), (), ())]
    ends = []
    for i in range(1, count - 1):
        made.append((ids[i], (ids[0] if i % 10 == 1 else ids[i - 1],), (), ()))
        if i % 10 == 0 or i == count - 2:
            ends.append(ids[i])
    made.append((ids[-1], tuple(ends), (), ()))
    return made


SHAPES: dict[str, Callable[[int], list[Node]]] = {
    "linear": linear,
    "bushy": bushy,
    "ladder": ladder,
    "fan": fan,
}


def in_directory_order(nodes: list[Node]) -> list[Node]:
    """Shuffle, and make every mention of an id a string of its own, as read from a file."""

    def read(name: str) -> str:
        return "".join([name[:1], name[1:]])

    shuffled = nodes.copy()
    random.Random(7).shuffle(shuffled)
    return [
        (read(name), tuple(map(read, parents)), tuple(map(read, needed)), labels)
        for name, parents, needed, labels in shuffled
    ]


def without_last(nodes: list[Node], count: int) -> tuple[str, ...]:
    """Heads of all but the last *count* nodes: what is applied before a deploy."""
    there = nodes[: len(nodes) - count]
    needed = {one for _, parents, depends_on, _ in there for one in (*parents, *depends_on)}
    return tuple(sorted(name for name, *_ in there if name not in needed))
