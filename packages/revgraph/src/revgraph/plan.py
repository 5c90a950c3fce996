"""Plans from what is applied to a target: upgrade, downgrade, stamp.

A plan is made whole before anything is done, and never changes. Its order is
that of `RevisionGraph.order`: parents and dependencies first when upgrading,
the exact reverse when downgrading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from revgraph.errors import (
    LeavesBranch,
    NotApplied,
    OverlappingTargets,
    SeveralApplied,
    WalkPastEnd,
    WrongDirection,
)
from revgraph.graph import RevisionGraph
from revgraph.heads import applied_numbers, as_ids, only_tops, refuse_overlap
from revgraph.indexed import Edges, Indexed
from revgraph.labels import straight_line
from revgraph.resolving import as_targets, branch_number, resolve_numbers, within_lineage
from revgraph.steps import HeadsChange, Plan, Stamp, Step, Steps, exchange
from revgraph.target import Target

T = TypeVar("T")
Targets = str | Target | Iterable[str | Target] | None


def upgrade(graph: RevisionGraph[T], applied: str | Iterable[str], to: Targets) -> Plan[Step[T]]:
    """Plan the steps from what is applied up to some targets.

    Everything that a target needs is included, also from other branches.
    Parents and dependencies come first; the order is that of
    `RevisionGraph.order` and depends on nothing but the revisions in the plan.

    Args:
        applied: Ids of the heads that are applied, in any order. What they
            need counts as applied.
        to: A target or several, as people write them: "head", "ab12+2".

    Returns:
        The plan. It has no steps if the targets are applied already.

    Raises:
        UnknownApplied: An id in *applied* isn't in the graph.
        OverlappingHeads: One of *applied* is included in another one.
        OverlappingTargets: Two targets are given of which one includes the other.
        WrongDirection: A target `-N`, which would go down.
        TargetError: A target can't be resolved; see `resolve`.

    Example:
        >>> from revgraph import from_notation
        >>> graph = from_notation("a <- b <- c; a <- d; c, d <- m")
        >>> for step in upgrade(graph, applied=["b"], to="head"):
        ...     print(step.revision.id, step.change)
        d HeadsChange(delete=(), insert=('d',), replace=None)
        c HeadsChange(delete=(), insert=(), replace=('b', 'c'))
        m HeadsChange(delete=('c',), insert=(), replace=('d', 'm'))
    """
    indexed = graph.indexed
    heads = applied_numbers(graph, applied)
    refuse_overlap(graph, heads)
    wanted = _upgrade_targets(graph, heads, to)
    missing = indexed.between(wanted, heads)
    order = indexed.newest_first(missing)
    order.reverse()
    before, now = indexed.sorted(heads), set(heads)
    passed = set(wanted).difference(missing, now)
    exchanged: list[Edges] = []
    for n in order:
        gone = indexed.needs[n]
        if not now.issuperset(gone):
            gone = tuple([p for p in gone if p in now])
        exchanged.append(gone)
        if gone:
            now.difference_update(gone)
        now.add(n)
    steps = Steps(graph, "upgrade", order, exchanged)
    targets = tuple(dict.fromkeys([indexed.ids[n] for n in wanted]))
    return Plan(steps, before, indexed.sorted(now), targets, indexed.sorted(passed))


def _upgrade_targets(graph: RevisionGraph[T], heads: list[int], to: Targets) -> list[int]:
    targets = as_targets(to)
    wanted: list[int] = []
    for target in targets:
        if target.symbol is None and target.steps < 0:
            raise WrongDirection(target.text, "upgrade")
        found = resolve_numbers(graph, target, heads)
        if len(found) > 1 and len(targets) > 1:
            found = tuple(only_tops(graph.indexed, found))
        wanted.extend(found)
    if len(targets) > 1:
        refuse_overlapping_targets(graph.indexed, wanted)
    return wanted


def refuse_overlapping_targets(indexed: Indexed, wanted: Collection[int]) -> None:
    """Raise if a target includes another one.

    Raises:
        OverlappingTargets: It does.
    """
    pair = indexed.overlap(wanted)
    if pair is not None:
        raise OverlappingTargets(indexed.ids[pair[0]], indexed.ids[pair[1]])


@dataclass(frozen=True, slots=True)
class _End:
    """Where a downgrade stops.

    Attributes:
        target: As it was asked for.
        number: The revision that stays; None for the base.
        within: Only what is in the lineage of this revision is taken away
            first; None if that doesn't matter.
    """

    target: Target
    number: int | None
    within: int | None


def downgrade(
    graph: RevisionGraph[T],
    applied: str | Iterable[str],
    to: Targets,
    *,
    only: bool = False,
    beyond_branch: bool = False,
    first_head: bool = False,
) -> Plan[Step[T]]:
    """Plan the steps from what is applied down to some targets.

    Taken away are the children of each target, and all that descends from
    them or depends on them, as far as it is applied; for the base, all roots.
    Other branches stay. In `label@target` only the children in the lineage of
    the label begin it. The order is the reverse of that of an upgrade.

    Args:
        applied: Ids of the heads that are applied, in any order.
        to: A target or several, as people write them: "base", "ab12", "-1".
        only: Leave nothing applied but the targets and what they need, so
            that the plan takes back exactly what an upgrade from them has done.
        beyond_branch: Let `label@target` also take away what lies below the
            branch point of the label, and so other branches.
        first_head: Let `-N` count from the first of several applied heads.

    Returns:
        The plan. It has no steps if nothing is to be taken away.

    Raises:
        UnknownApplied: An id in *applied* isn't in the graph.
        OverlappingHeads: One of *applied* is included in another one.
        NotApplied: Nothing above a target is applied, and it isn't a head itself.
        LeavesBranch: Without *beyond_branch*, a `label@target` would take away
            what isn't the label's; it is in `.revisions`.
        SeveralApplied: `-N` without a branch, and several heads are applied.
        OverlappingTargets: A target would be taken away on the way to another one.
        WrongDirection: A target `+N`, which would go up.
        TargetError: A target can't be resolved; see `resolve`.

    Example:
        >>> from revgraph import from_notation
        >>> graph = from_notation("a <- b <- m; a <- c <- m")
        >>> for step in downgrade(graph, applied=["m"], to="a"):
        ...     print(step.revision.id, step.change)
        m HeadsChange(delete=(), insert=('b',), replace=('m', 'c'))
        b HeadsChange(delete=('b',), insert=(), replace=None)
        c HeadsChange(delete=(), insert=(), replace=('c', 'a'))
    """
    indexed = graph.indexed
    heads = applied_numbers(graph, applied)
    refuse_overlap(graph, heads)
    ends = _ends(graph, heads, as_targets(to), first_head)
    kept = [end.number for end in ends if end.number is not None]
    if only:
        going = set(_all_but(indexed, heads, kept))
    else:
        going = _above(graph, heads, ends)
        if not beyond_branch:
            for end in ends:
                _refuse_leaving(graph, end, going)
    for n in kept:
        if n in going:
            begun = next(end for end in ends if end.number != n)
            raise OverlappingTargets(begun.target.text, indexed.ids[n])
    steps, now = _undo(graph, heads, going)
    targets = tuple(dict.fromkeys([indexed.ids[n] for n in kept]))
    return Plan(steps, indexed.sorted(heads), indexed.sorted(now), targets)


def _ends(
    graph: RevisionGraph[T], heads: Sequence[int], targets: Sequence[Target], first_head: bool
) -> list[_End]:
    ends: list[_End] = []
    for target in targets:
        within = branch_number(graph, target)
        counted: Sequence[int] = heads
        if target.symbol is None:
            if target.steps > 0:
                raise WrongDirection(target.text, "downgrade")
            if within is None:
                if not heads:
                    raise WalkPastEnd(target.text, -target.steps, 0)
                if len(heads) > 1 and not first_head:
                    raise SeveralApplied(target.text, graph.indexed.sorted(heads))
                counted = heads[:1]
                within = heads[0]
        if target.symbol == "base" and target.steps < 0:
            found: tuple[int, ...] = ()
        else:
            found = resolve_numbers(graph, target, counted)
        ends.extend(_End(target, n, within) for n in found or (None,))
    return ends or [_End(Target("base", None, "base"), None, None)]


def _all_but(indexed: Indexed, heads: Sequence[int], kept: Sequence[int]) -> Collection[int]:
    """Find what is applied and not needed by what is kept."""
    there = indexed.down_to(heads, min(kept, default=0))
    for n in kept:
        if n not in there:
            raise NotApplied(indexed.ids[n], indexed.sorted(heads))
    refuse_overlapping_targets(indexed, kept)
    return indexed.between(heads, kept)


def _above(graph: RevisionGraph[T], heads: Sequence[int], ends: Sequence[_End]) -> set[int]:
    """Find what is applied and above the ends."""
    indexed = graph.indexed
    roots = [_roots(graph, end) for end in ends]
    there = indexed.down_to(heads, min((n for some in roots for n in some), default=0))
    recorded = set(heads)
    for end, some in zip(ends, roots, strict=True):
        if end.number is None or end.number in recorded or any(n in there for n in some):
            continue
        raise NotApplied(indexed.ids[end.number], indexed.sorted(heads))
    going = {n for some in roots for n in some if n in there}
    stack = list(going)
    while stack:
        for n in indexed.dependents[stack.pop()]:
            if n in there and n not in going:
                going.add(n)
                stack.append(n)
    return going


def _roots(graph: RevisionGraph[T], end: _End) -> list[int]:
    """Find the lowest revisions that go."""
    indexed = graph.indexed
    if end.number is None:
        roots = [indexed.number[base] for base in graph.bases]
    else:
        roots = list(indexed.children[end.number])
    if end.within is None:
        return roots
    return within_lineage(graph, roots, end.within)


def _refuse_leaving(graph: RevisionGraph[T], end: _End, going: Collection[int]) -> None:
    """Raise if a branch by name loses what lies below its branch point."""
    if end.target.branch is None or end.within is None or not going:
        return
    indexed = graph.indexed
    line = straight_line(indexed, end.within)
    lowest = min(going)
    below = {end.within}
    stack = [end.within]
    while stack:
        for n in indexed.parents[stack.pop()]:
            if n >= lowest and n not in below:
                below.add(n)
                stack.append(n)
    if below.isdisjoint(n for n in going if n not in line):
        return
    own = line | indexed.reach([end.within], indexed.children)
    others = indexed.newest_first(n for n in going if n not in own)
    raise LeavesBranch(end.target.text, end.target.branch, tuple([indexed.ids[n] for n in others]))


def _undo(
    graph: RevisionGraph[T], heads: Sequence[int], going: Collection[int]
) -> tuple[Steps[T], set[int]]:
    """Make the steps that take revisions away, and find the heads that are left.

    When one goes, those of its needs come back as heads that nothing applied
    needs any more.
    """
    indexed = graph.indexed
    needs = indexed.needs
    below = {p for n in going for p in needs[n]}
    there = indexed.down_to(heads, min(below, default=0)) if below else set()
    above = {p: sum(n in there for n in indexed.dependents[p]) for p in below}
    now = set(heads)
    order = indexed.newest_first(going)
    exchanged: list[Edges] = []
    for n in order:
        now.discard(n)
        for p in needs[n]:
            above[p] -= 1
        back = needs[n]
        if any(above[p] for p in back):
            back = tuple([p for p in back if not above[p]])
        now.update(back)
        exchanged.append(back)
    return Steps(graph, "downgrade", order, exchanged), now


def stamp(
    graph: RevisionGraph[Any],
    applied: str | Iterable[str],
    to: Targets,
    *,
    purge: bool = False,
) -> Plan[Stamp]:
    """Plan to record that some targets are applied, without doing or undoing anything.

    Recorded heads above or below a target give way to it; others stay. "base"
    takes out all heads, "label@base" those above or below the label. Targets
    are looked up without regard to what is applied: `-1` is below the head of
    the graph. A target that another one includes is left out.

    Args:
        applied: Ids of the heads that are recorded; they may overlap, and a
            stamp of the upper one repairs that.
        to: A target or several.
        purge: Take out whatever is recorded, known or not.

    Returns:
        One move for each target that changes something.

    Raises:
        UnknownApplied: An id in *applied* isn't in the graph, unless *purge*.
        TargetError: A target can't be resolved; see `resolve`.

    Example:
        >>> from revgraph import from_notation
        >>> graph = from_notation("a <- b; a <- c")
        >>> [move.change for move in stamp(graph, ["b", "c"], "a")]
        [HeadsChange(delete=('b',), insert=(), replace=('c', 'a'))]
        >>> stamp(graph, ["zz"], "heads", purge=True).heads_after
        ('b', 'c')
    """
    indexed = graph.indexed
    given = as_ids(applied)
    wanted = [(target, resolve_numbers(graph, target, None)) for target in as_targets(to)]
    kept = only_tops(indexed, [n for _, found in wanted for n in found])
    if purge:
        return _purged(given, [indexed.ids[n] for n in kept])
    before = applied_numbers(graph, given)
    staying = set(kept)
    given_way = _owners(indexed, before, kept)
    now = dict.fromkeys(before)
    moves: list[Stamp] = []

    def move(old: Iterable[int], new: Iterable[int]) -> None:
        gone = [n for n in old if n in now]
        come = [n for n in new if n not in now]
        if gone or come:
            for n in gone:
                del now[n]
            now.update(dict.fromkeys(come))
            names = indexed.ids
            moves.append(
                Stamp(exchange(tuple([names[n] for n in gone]), tuple([names[n] for n in come])))
            )

    for target, found in wanted:
        if not found:
            for n in _rows_of(graph, target, before):
                if n not in staying:
                    move([n], [])
        for n in found:
            if n in staying:
                move(given_way.get(n, ()), [n])
    targets = tuple([indexed.ids[n] for n in kept])
    return Plan(tuple(moves), indexed.sorted(before), indexed.sorted(now), targets)


def _purged(given: Sequence[str], kept: Sequence[str]) -> Plan[Stamp]:
    there = set(given)
    gone = tuple(sorted(there.difference(kept)))
    come = tuple([name for name in kept if name not in there])
    moves = (Stamp(HeadsChange(gone, come)),) if gone or come else ()
    return Plan(moves, tuple(sorted(given)), tuple(sorted(kept)), tuple(kept))


def _owners(
    indexed: Indexed, recorded: Collection[int], kept: Iterable[int]
) -> dict[int, list[int]]:
    """Tell which recorded heads give way to which target: the first that is above or below."""
    owned: dict[int, list[int]] = {}
    if not recorded:
        return owned
    rows = set(recorded).difference(kept)
    for edges in (indexed.needs, indexed.dependents):
        seen: set[int] = set()
        for target in kept:
            stack = [target]
            while stack:
                for n in edges[stack.pop()]:
                    if n not in seen:
                        seen.add(n)
                        stack.append(n)
                        if n in rows:
                            owned.setdefault(target, []).append(n)
    return {n: sorted(rows, key=indexed.ids.__getitem__) for n, rows in owned.items()}


def _rows_of(graph: RevisionGraph[T], target: Target, recorded: Iterable[int]) -> list[int]:
    """Find the recorded heads that a stamp of the base takes out, sorted by id."""
    indexed = graph.indexed
    rows = sorted(recorded, key=indexed.ids.__getitem__)
    branch = branch_number(graph, target)
    if branch is None:
        return rows if target.symbol == "base" else []
    lineage = indexed.reach([branch], indexed.needs) | indexed.reach([branch], indexed.dependents)
    return [n for n in rows if n in lineage]
