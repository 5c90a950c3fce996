"""What is applied: its heads, as they are recorded and as people see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from revgraph.errors import NotText, OverlappingHeads, UnknownApplied
from revgraph.graph import RevisionGraph
from revgraph.indexed import Indexed
from revgraph.near import near


@dataclass(frozen=True, slots=True)
class Applied:
    """Recorded heads, held against a graph; nothing here is an error yet.

    Attributes:
        known: Ids that are in the graph, sorted.
        unknown: Ids that aren't, sorted.
        redundant: Ids among the known ones that another one includes, sorted.
    """

    known: tuple[str, ...]
    unknown: tuple[str, ...]
    redundant: tuple[str, ...]


def split_applied(graph: RevisionGraph[Any], applied: str | Iterable[str]) -> Applied:
    """Tell which recorded heads are known, unknown, or already included in another one.

    Raises:
        NotText: An id isn't text.

    Example:
        >>> from revgraph import from_notation
        >>> split_applied(from_notation("a <- b; a <- c"), ["a", "b", "zz"])
        Applied(known=('a', 'b'), unknown=('zz',), redundant=('a',))
    """
    given = as_ids(applied)
    known = [name for name in given if name in graph]
    kept = set(reduce_heads(graph, known))
    return Applied(
        tuple(sorted(known)),
        tuple(sorted(name for name in given if name not in graph)),
        tuple(sorted(name for name in known if name not in kept)),
    )


def applied_numbers(graph: RevisionGraph[Any], applied: str | Iterable[str]) -> list[int]:
    """Find the numbers of applied heads, in the order given, repeats left out.

    Raises:
        UnknownApplied: Some aren't in the graph.
        NotText: An id isn't text.
    """
    given = as_ids(applied)
    number = graph.indexed.number
    try:
        return [number[name] for name in given]
    except KeyError:
        unknown = sorted(name for name in given if name not in number)
        known = sorted(name for name in given if name in number)
        close = near(unknown[0], number)
        raise UnknownApplied(unknown[0], close, tuple(unknown), tuple(known)) from None


def refuse_overlap(graph: RevisionGraph[Any], applied: list[int]) -> None:
    """Raise if an applied head is included in another one.

    Raises:
        OverlappingHeads: It is.
    """
    pair = graph.indexed.overlap(applied)
    if pair is not None:
        raise OverlappingHeads(graph.indexed.ids[pair[0]], graph.indexed.ids[pair[1]])


def as_ids(applied: str | Iterable[str]) -> list[str]:
    """Read recorded heads: one id or several, in the order given, repeats left out.

    Raises:
        NotText: An id isn't text.
    """
    if isinstance(applied, str):
        return [applied]
    if isinstance(applied, bytes | bytearray) or not isinstance(applied, Iterable):
        raise NotText(applied)
    given = list(applied)
    for value in given:
        if not isinstance(value, str):
            raise NotText(value)
    return list(dict.fromkeys(given))


def reduce_heads(graph: RevisionGraph[Any], ids: Iterable[str]) -> tuple[str, ...]:
    """Leave out ids that another one needs: the heads that are recorded. Sorted.

    Raises:
        UnknownApplied: Some aren't in the graph.

    Example:
        >>> from revgraph import from_notation
        >>> reduce_heads(from_notation("a <- b; a <- c"), ["a", "b"])
        ('b',)
    """
    return graph.indexed.sorted(only_tops(graph.indexed, applied_numbers(graph, ids)))


def only_tops(indexed: Indexed, numbers: Sequence[int]) -> list[int]:
    """Leave out numbers that another one needs, and repeats; the order stays."""
    kept = list(dict.fromkeys(numbers))
    if len(kept) < 2:
        return kept
    lowest = min(kept)
    needed = {p for n in indexed.down_to(kept, lowest) for p in indexed.needs[n]}
    return [n for n in kept if n not in needed]


def effective_heads(graph: RevisionGraph[Any], applied: str | Iterable[str]) -> tuple[str, ...]:
    """List where each applied branch stands, for people: heads by parents alone. Sorted.

    What is recorded leaves out a head that another one depends on; it is shown here.

    Raises:
        UnknownApplied: Some of *applied* aren't in the graph.

    Example:
        >>> from revgraph import from_notation
        >>> effective_heads(from_notation("a1 <- a2; b1 <- b2; a2 <~ b2"), ["b2"])
        ('a2', 'b2')
    """
    indexed = graph.indexed
    return indexed.sorted(effective_numbers(graph, applied_numbers(graph, applied)))


def effective_numbers(graph: RevisionGraph[Any], applied: list[int]) -> set[int]:
    """Find the heads by parents alone among all that is applied."""
    indexed = graph.indexed
    there = indexed.reach(applied, indexed.needs)
    followed = {p for n in there for p in indexed.parents[n]}
    return there - followed


def is_applied(graph: RevisionGraph[Any], id: str, applied: str | Iterable[str]) -> bool:
    """Say whether a revision is applied: a head or needed by one.

    Raises:
        UnknownRevision: The id isn't in the graph.
        UnknownApplied: Some of *applied* aren't.

    Example:
        >>> from revgraph import from_notation
        >>> is_applied(from_notation("a <- b <- c"), "a", applied="b")
        True
    """
    indexed = graph.indexed
    n = graph.number(id)
    return any(indexed.is_below(n, head, indexed.needs) for head in applied_numbers(graph, applied))


def all_applied(graph: RevisionGraph[Any], applied: str | Iterable[str]) -> frozenset[str]:
    """Find every revision that is applied, given the heads.

    Raises:
        UnknownApplied: Some of *applied* aren't in the graph.

    Example:
        >>> from revgraph import from_notation
        >>> sorted(all_applied(from_notation("a <- b <- c; x <~ b"), "b"))
        ['a', 'b', 'x']
    """
    indexed = graph.indexed
    found = indexed.reach(applied_numbers(graph, applied), indexed.needs)
    return frozenset(map(indexed.ids.__getitem__, found))
