"""From targets to revisions, given a graph and what is applied. Ranges are in `ranges`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from revgraph.errors import (
    AmbiguousTarget,
    AmbiguousWalk,
    BranchNotApplied,
    MalformedTarget,
    NotOnBranch,
    NotText,
    SeveralApplied,
    SeveralHeads,
    UnknownBranch,
    UnknownRevision,
    WalkPastEnd,
)
from revgraph.graph import RevisionGraph
from revgraph.heads import applied_numbers, effective_numbers
from revgraph.near import near
from revgraph.revision import WORDS
from revgraph.target import Range, Target, parse_point

Graph = RevisionGraph[Any]

# Ids of this length or less are only found when written in full, as in Alembic.
_SHORT = 3


def resolve(
    graph: Graph,
    to: str | Target | Iterable[str | Target] | None,
    applied: str | Iterable[str] | None = None,
) -> tuple[str, ...]:
    """Find the ids that a target names; none for the base.

    Several targets are resolved one by one and their ids joined, repeats kept.

    Args:
        to: A target or several, as `parse` reads them; None is the base.
        applied: Heads that `+N` and `-N` count from. None if this isn't about
            what is applied: then `-N` counts down from each head of the graph
            (or of the branch, in `label@-N`) that is high enough, and `+N`
            has nothing to count from.

    Raises:
        MalformedTarget: A text isn't in the grammar, is a range, or is `+N`
            with nothing to count from.
        UnknownRevision: An id, partial id or label is unknown (before `@`:
            UnknownBranch; in *applied*: UnknownApplied).
        AmbiguousTarget: A partial id fits several revisions.
        SeveralHeads: One head was wanted and there are several
            (SeveralApplied if `+N` or `-N` counts from several applied heads).
        NotOnBranch: In `branch@revision`, the revision isn't in its lineage.
        BranchNotApplied: `branch@-N`, and nothing of that branch is applied.
        AmbiguousWalk: A relative target comes to a fork.
        WalkPastEnd: It asks for more revisions than there are.
        NotText: Something isn't text.

    Example:
        >>> from revgraph import from_notation
        >>> graph = from_notation("a <- b[x] <- c; a <- d")
        >>> resolve(graph, "heads"), resolve(graph, "x@head"), resolve(graph, "x"), resolve(graph, "base")
        (('c', 'd'), ('c',), ('b',), ())
        >>> resolve(graph, "x@+1", applied="a"), resolve(graph, "c-2")
        (('b',), ('a',))
    """
    numbers = None if applied is None else applied_numbers(graph, applied)
    return tuple(
        [
            graph.indexed.ids[n]
            for target in as_targets(to)
            for n in resolve_numbers(graph, target, numbers)
        ]
    )


def resolve_one(
    graph: Graph, to: str | Target | None, applied: str | Iterable[str] | None = None
) -> str | None:
    """Find the one id that a target names; None for the base, or `head` of an empty graph.

    Raises:
        SeveralHeads: It names several.
        RevgraphError: As `resolve`.

    Example:
        >>> from revgraph import from_notation
        >>> resolve_one(from_notation("abcd1 <- b2"), "abc")
        'abcd1'
    """
    ids = resolve(graph, to, applied)
    if len(set(ids)) > 1:
        raise SeveralHeads(str(to), tuple(sorted(set(ids))))
    return ids[0] if ids else None


def as_targets(to: str | Target | Iterable[str | Target] | None) -> list[Target]:
    """Read one target or several.

    Raises:
        MalformedTarget: A text isn't in the grammar, or is a range.
        NotText: Something isn't text.
    """
    if isinstance(to, str):
        return [parse_point(to)]
    if to is None:
        return [parse_point("base")]
    if isinstance(to, Target | Range):
        to = [to]
    if isinstance(to, bytes | bytearray) or not isinstance(to, Iterable):
        raise NotText(to)
    ordered: Iterable[str | Target] = to
    if isinstance(to, set | frozenset):
        ordered = sorted(to, key=str)
    return [_as_target(one) for one in ordered]


def _as_target(one: str | Target | Range | None) -> Target:
    if isinstance(one, Target):
        return one
    if isinstance(one, Range):
        raise MalformedTarget(one.text, "it is a range, and one point is wanted")
    return parse_point("base" if one is None else one)


def resolve_numbers(
    graph: Graph, target: Target, applied: Sequence[int] | None, *, clip: bool = False
) -> tuple[int, ...]:
    """Find the numbers that a target names; none for the base.

    Args:
        applied: As in `resolve`, as numbers.
        clip: A walk past the end stops there.
    """
    if not target.steps:
        return _named(graph, target)
    whole = _whole_label(graph, target)
    if whole is not None:
        return _checked(graph, target, whole)
    if target.symbol is not None:
        starts = [_single(graph, target)]
    elif applied is not None:
        starts = [_start(graph, target, applied)]
    elif target.steps < 0:
        starts = _tops(graph, target)
    else:
        raise MalformedTarget(
            target.text, "nothing is said to count from; name a revision, as in 'base+1'"
        )
    reached: list[int | None] = []
    past: WalkPastEnd | None = None
    for start in starts:
        try:
            reached.append(walk_from(graph, target, start, clip))
        except WalkPastEnd as error:
            past = past or error
    if past is not None and not reached:
        raise past
    return tuple(dict.fromkeys([n for n in reached if n is not None]))


def branch_number(graph: Graph, target: Target) -> int | None:
    """Find the revision that a target's branch means; None if it names no branch.

    Raises:
        UnknownBranch: It is neither a label, nor an id, nor the beginning of one.
        AmbiguousTarget: It is the beginning of several.
    """
    name = target.branch
    if name is None:
        return None
    try:
        return find(graph, name)
    except UnknownRevision as error:
        raise UnknownBranch(name, error.near) from None


def find(graph: Graph, name: str, branch: int | None = None) -> int:
    """Find a revision by its id, its label, or the beginning of its id.

    Args:
        branch: Only the lineage of this one counts when several begin so.

    Raises:
        UnknownRevision: There is none.
        AmbiguousTarget: Several ids begin so.
    """
    indexed = graph.indexed
    found = indexed.number.get(name)
    if found is None:
        found = indexed.labels.get(name)
    if found is not None:
        return found
    candidates = [one for one in graph.starting_with(name) if len(one) > _SHORT]
    if branch is not None and len(candidates) > 1:
        numbers = [indexed.number[one] for one in candidates]
        candidates = [indexed.ids[n] for n in within_lineage(graph, numbers, branch)]
    if not candidates:
        close = near(name, [*indexed.number, *indexed.labels, *WORDS])
        raise UnknownRevision(name, close)
    if len(candidates) > 1:
        raise AmbiguousTarget(name, tuple(candidates[:3]), len(candidates))
    return indexed.number[candidates[0]]


def in_lineage(graph: Graph, n: int, branch: int) -> bool:
    """Say whether a revision is above, below or the same as another, by parents alone."""
    indexed = graph.indexed
    low, high = sorted((n, branch))
    return indexed.is_below(low, high, indexed.parents)


def within_lineage(graph: Graph, numbers: Collection[int], branch: int) -> list[int]:
    """Leave out numbers that aren't above, below or the same as a branch; the order stays."""
    if len(numbers) < 4:
        return [n for n in numbers if in_lineage(graph, n, branch)]
    lineage = lineage_of(graph, branch)
    return [n for n in numbers if n in lineage]


def lineage_of(graph: Graph, branch: int) -> set[int]:
    """Find all that is above, below or the same as a revision, by parents alone."""
    indexed = graph.indexed
    return indexed.reach([branch], indexed.children) | indexed.reach([branch], indexed.parents)


def branch_heads(graph: Graph, branch: int) -> tuple[int, ...]:
    """Find the heads above a revision, or itself, sorted by id."""
    indexed = graph.indexed
    found = [n for n in indexed.reach([branch], indexed.children) if not indexed.children[n]]
    return tuple(sorted(found, key=indexed.ids.__getitem__))


def _whole_label(graph: Graph, target: Target) -> int | None:
    """Find a label that only looks like steps from a symbol, such as "release-2"."""
    if target.symbol is not None:
        return graph.indexed.labels.get(target.text.rpartition("@")[2])
    return None


def _named(graph: Graph, target: Target) -> tuple[int, ...]:
    """Find what a target without steps names."""
    indexed = graph.indexed
    branch = None if target.branch is None else branch_number(graph, target)
    match target.symbol:
        case "base":
            return ()
        case "heads" if branch is None:
            return tuple([indexed.number[head] for head in graph.real_heads])
        case "heads" if branch is not None:
            return branch_heads(graph, branch)
        case "head":
            heads = _all_heads(graph, branch)
            if len(heads) > 1:
                raise SeveralHeads(target.text, indexed.sorted(heads))
            return heads
        case None:
            raise AssertionError("a target has a symbol or steps")
        case name:
            return _checked(graph, target, find(graph, name, branch))


def _checked(graph: Graph, target: Target, n: int) -> tuple[int]:
    """Refuse a revision that isn't of the target's branch."""
    branch = None if target.branch is None else branch_number(graph, target)
    if branch is not None and not in_lineage(graph, n, branch):
        raise NotOnBranch(target.text, graph.indexed.ids[n], str(target.branch))
    return (n,)


def _all_heads(graph: Graph, branch: int | None) -> tuple[int, ...]:
    if branch is not None:
        return branch_heads(graph, branch)
    return tuple([graph.indexed.number[head] for head in graph.heads])


def _single(graph: Graph, target: Target) -> int | None:
    """Find the one revision that a target's symbol names; None for the base."""
    symbol = Target(target.text, target.branch, target.symbol)
    found = _named(graph, symbol)
    if len(found) > 1:
        raise SeveralHeads(target.text, graph.indexed.sorted(found))
    return found[0] if found else None


def _start(graph: Graph, target: Target, applied: Sequence[int]) -> int | None:
    """Find where a target without symbol counts from; None for the base."""
    branch = branch_number(graph, target)
    if branch is None:
        starts = list(applied)
    else:
        starts = within_lineage(graph, applied, branch)
        if not starts and target.steps > 0:
            starts = _tips_below(graph, applied, branch)
        elif not starts:
            there = effective_numbers(graph, list(applied))
            starts = within_lineage(graph, there, branch)
            if not starts:
                recorded = graph.indexed.sorted(applied)
                raise BranchNotApplied(target.text, str(target.branch), recorded)
    if len(starts) > 1:
        raise SeveralApplied(target.text, graph.indexed.sorted(starts))
    return starts[0] if starts else None


def _tops(graph: Graph, target: Target) -> list[int | None]:
    """Find the heads from which `-N` counts down when it isn't about what is applied.

    A head that another revision depends on only counts if there is no other.
    """
    heads = _all_heads(graph, branch_number(graph, target))
    real = [n for n in heads if not graph.indexed.dependents[n]]
    return list(real or heads or (None,))


def _tips_below(graph: Graph, applied: Sequence[int], branch: int) -> list[int]:
    """Find the highest revisions that are applied and of a branch's lineage, when no head is."""
    indexed = graph.indexed
    there = indexed.reach(applied, indexed.needs)
    shared = there & lineage_of(graph, branch)
    followed = {p for n in shared for p in indexed.needs[n]}
    return list(shared - followed)


def walk_from(graph: Graph, target: Target, start: int | None, clip: bool) -> int | None:
    """Go up or down from a revision by parents; None is the base."""
    branch = branch_number(graph, target)
    indexed = graph.indexed
    at = start
    wanted = abs(target.steps)
    lineage: set[int] | None = None
    if target.steps > 0 and branch is not None:
        lineage = lineage_of(graph, branch)
    for step in range(wanted):
        if target.steps > 0:
            ahead: Sequence[int] = (
                [indexed.number[base] for base in graph.bases]
                if at is None
                else indexed.children[at]
            )
            if lineage is not None:
                ahead = [n for n in ahead if n in lineage]
        elif at is None:
            ahead = ()
        else:
            ahead = indexed.parents[at]
            if not ahead:
                at = None
                continue
        if not ahead:
            if clip:
                return at
            raise WalkPastEnd(target.text, wanted, step)
        if len(ahead) > 1:
            here = None if at is None else indexed.ids[at]
            raise AmbiguousWalk(target.text, here, indexed.sorted(ahead))
        at = ahead[0]
    return at
