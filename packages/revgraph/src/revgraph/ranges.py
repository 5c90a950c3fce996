"""Ranges of a graph's history, such as "a:b"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from revgraph.errors import MalformedTarget, NotAnAncestor, SeveralApplied
from revgraph.graph import RevisionGraph, T
from revgraph.heads import applied_numbers, effective_numbers
from revgraph.labels import straight_line
from revgraph.resolving import Graph, branch_number, resolve_numbers, walk_from, within_lineage
from revgraph.revision import Revision
from revgraph.target import Range, Target, parse


def history(
    graph: RevisionGraph[T],
    between: str | Range | Target | None = None,
    applied: str | Iterable[str] | None = None,
) -> tuple[Revision[T], ...]:
    """List the revisions of a range, newest first, both ends included.

    A revision is in the range if it descends from the lower end and the upper
    end is it or needs it. Without a lower end it is all that the upper end
    needs. Relative ends that reach too far are cut off at the base or head.

    Args:
        between: A range such as "a:b", "a:", ":b"; None or ":" for all. A
            single target means the range from the base to it. `-N` counts down
            from the upper end, or from the heads of the graph; `+N` at the upper end counts up from
            the lower end; a label in the lower end, as in `label@base:`,
            leaves out what bears that label nowhere above. `current` is what is applied.
        applied: Heads that `current` means. None if there is nothing to say.

    Raises:
        NotAnAncestor: The lower end isn't below the upper end.
        MalformedTarget: As `parse`, or `current` without *applied*.
        TargetError: As `resolve`.

    Example:
        >>> from revgraph import from_notation
        >>> graph = from_notation("a <- b <- c <- d")
        >>> [revision.id for revision in history(graph, "b:+1")]
        ['c', 'b']
        >>> [revision.id for revision in history(graph, "current:", applied=["c"])]
        ['d', 'c']
    """
    parsed = between
    if parsed is None or not isinstance(parsed, Range | Target):
        parsed = parse(":" if parsed is None else parsed)
    if isinstance(parsed, Target):
        parsed = Range(parsed.text, None, parsed)
    numbers = None if applied is None else applied_numbers(graph, applied)
    if _is_counted_down(parsed):
        assert parsed.lower is not None, "it is what counts"
        upper: Sequence[int] = _range_end(graph, parsed.upper, numbers, None)
        reached = [walk_from(graph, parsed.lower, n, clip=True) for n in upper]
        lower = tuple([n for n in reached if n is not None])
    else:
        lower = _range_end(graph, parsed.lower, numbers, None)
        upper = (
            [graph.indexed.number[head] for head in graph.real_heads]
            if parsed.upper is None
            else _range_end(graph, parsed.upper, numbers, lower)
        )
    found = _inside(graph, parsed, lower, upper)
    return tuple([graph.at(n) for n in graph.indexed.newest_first(found)])


def _is_counted_down(between: Range) -> bool:
    """Whether the lower end is a bare `-N`, and the upper end is one to count from."""
    lower, upper = between.lower, between.upper
    return (
        lower is not None
        and (lower.symbol, lower.branch) == (None, None)
        and lower.steps < 0
        and upper is not None
        and (upper.symbol is not None or upper.branch is not None)
    )


def _range_end(
    graph: Graph,
    target: Target | None,
    applied: Sequence[int] | None,
    lower: Sequence[int] | None,
) -> tuple[int, ...]:
    """Resolve one end of a range; *lower* is where `+N` of the upper end counts from."""
    if target is None:
        return ()
    if target.symbol == "current" and _is_free(graph, "current"):
        if applied is None:
            raise MalformedTarget(target.text, "'current' wants to know what is applied")
        there = [*applied]
        branch = branch_number(graph, target)
        if branch is not None:
            effective = effective_numbers(graph, there)
            there = within_lineage(graph, effective, branch)
        if not target.steps:
            return tuple(there)
        if len(there) > 1:
            raise SeveralApplied(target.text, graph.indexed.sorted(there))
        n = walk_from(graph, target, there[0] if there else None, clip=True)
        return () if n is None else (n,)
    start = lower or () if target.symbol is None and target.steps > 0 else None
    return resolve_numbers(graph, target, start, clip=True)


def _is_free(graph: Graph, word: str) -> bool:
    return word not in graph.indexed.number and word not in graph.indexed.labels


def _inside(
    graph: Graph, between: Range, lower: Sequence[int], upper: Sequence[int]
) -> Iterable[int]:
    """Find what lies between two ends of a range."""
    indexed = graph.indexed
    below = indexed.reach(upper, indexed.needs)
    ends = [n for n in lower if n in below]
    if lower and not ends:
        names = [",".join(indexed.sorted(end)) or "base" for end in (lower, upper)]
        raise NotAnAncestor(names[0], names[1])
    branch = branch_number(graph, between.lower) if between.lower else None
    if branch is not None:
        bearers = straight_line(indexed, branch) | indexed.reach([branch], indexed.children)
        below = indexed.reach(below & bearers, indexed.needs)
    return below & indexed.reach(ends, indexed.children) if ends else below
