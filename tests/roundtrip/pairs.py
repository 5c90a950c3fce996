"""Pairs of schemas, each kind of edit as often as the others."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from . import edits_common, edits_mariadb, edits_postgresql, edits_sqlite
from .edits import EDITS, Unfit, base
from .spec import Schema

REGISTERED = (edits_common, edits_mariadb, edits_postgresql, edits_sqlite)


@dataclass(frozen=True)
class Pair:
    """Two schemas.

    Attributes:
        seed: Its number.
        before: The schema to begin with.
        after: The schema to end with.
        edits: What was done, in order.
    """

    seed: int
    before: Schema
    after: Schema
    edits: tuple[str, ...]


@cache
def first_pairs(database: str, number: int) -> list[Pair]:
    """Give the first pairs."""
    return list(islice(pairs(database), number))


def pairs(database: str) -> Iterator[Pair]:
    """Yield pairs without end, always the same; the least used edits first."""
    counts: Counter[str] = Counter()
    known = [e for e in EDITS if database in e.databases]
    for seed in range(1_000_000):
        rng = random.Random(seed)
        draft = base(rng, database)
        edits_common.with_computed(draft, rng)
        for _ in range(rng.choice([0, 1, 2])):  # so that there is something to alter
            _tried(rng.sample(known, 8), draft)
        before = copy.deepcopy(draft.schema)
        draft.touched.clear()
        forth = rng.random() < 0.5
        done = []
        for _ in range(rng.choice([1, 2, 3, 4, 6, 8, 10])):
            order = sorted(
                known, key=lambda e: (counts[e.forth if forth else e.back], rng.random())
            )
            found = _tried(order, draft)
            if found is not None:
                done.append(found)
                counts[found.forth if forth else found.back] += 1
        after = draft.schema
        names = tuple(e.forth if forth else e.back for e in done)
        first, second = (before, after) if forth else (after, before)
        yield Pair(seed, first, second, names)


def _tried(order, draft):  # type: ignore[no-untyped-def]
    for each in order:
        kept = copy.deepcopy(draft.schema), set(draft.touched)
        try:
            each.do(draft)
        except (Unfit, StopIteration):
            draft.schema, draft.touched = kept
            continue
        return each
    return None
