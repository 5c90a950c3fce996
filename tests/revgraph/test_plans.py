"""Plans: which steps, in which order, and how the recorded heads change."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from revgraph import (
    HeadsChange,
    Revision,
    RevisionGraph,
    Step,
    Target,
    downgrade,
    errors,
    from_notation,
    stamp,
    upgrade,
)

#   a <- b1[x] <- c1
#     <- b2    <- c2
FORK = "a <- b1[x] <- c1; a <- b2 <- c2"
#   a <- b <- m <- z
#     <- c <-'
DIAMOND = "a <- b; a <- c; b, c <- m <- z"
#   a1[a] <- a2 <--.
#        b1[b] <- b2
DEPENDENT = "a1[a] <- a2; b1[b] <- b2; a2 <~ b2"
LINE = "a <- b <- c <- d"


def short(change: HeadsChange) -> str:
    """A change as "-gone +come old>new"."""
    parts = [*(f"-{one}" for one in change.delete), *(f"+{one}" for one in change.insert)]
    if change.replace:
        parts.append(">".join(change.replace))
    return " ".join(parts)


@pytest.mark.parametrize(
    ("notation", "applied", "to", "steps"),
    [
        pytest.param(LINE, "", "head", "a b c d", id="REV-073-from-nothing"),
        pytest.param(LINE, "b", "head", "c d", id="REV-073-the-rest"),
        pytest.param(LINE, "", "b", "a b", id="up-to-one"),
        pytest.param(LINE, "d", "head", "", id="REV-078-nothing-to-do"),
        pytest.param(LINE, "b", "a", "", id="REV-079-below"),
        pytest.param(LINE, "b", "base", "", id="base"),
        pytest.param(LINE, "", "+2", "a b", id="REV-050"),
        pytest.param(LINE, "b", "+1", "c", id="REV-050-from-what-is-applied"),
        pytest.param(LINE, "", "head-1", "a b c", id="REV-056"),
        pytest.param(LINE, "d", "b+1", "", id="REV-056-applied"),
        pytest.param(FORK, "a", "x@head", "b1 c1", id="REV-074-no-siblings"),
        pytest.param(FORK, "a", "heads", "b2 c2 b1 c1", id="REV-109-all"),
        pytest.param(FORK, "c1", "heads", "b2 c2", id="REV-077-branches-that-are-not-above"),
        pytest.param(FORK, "b2", "x@+1", "b1", id="REV-054"),
        pytest.param(FORK, "", ["c1", "b2"], "a b1 c1 b2", id="several"),
        pytest.param(FORK, "", ["c1", "c1"], "a b1 c1", id="REV-072-twice-the-same"),
        pytest.param(FORK, "", (), "", id="no-targets"),
        pytest.param(DIAMOND, "b", "m", "c m", id="merge-pulls-in-the-other-parent"),
        pytest.param(DIAMOND, "b c", "head", "m z", id="both-are-there"),
        pytest.param(DEPENDENT, "", "b@head", "a1 a2 b1 b2", id="REV-075-other-roots"),
        pytest.param(DEPENDENT, "a2", "b@head", "b1 b2", id="dependency-is-there"),
        pytest.param(DEPENDENT, "b2", "heads", "", id="dependency-counts-as-applied"),
        pytest.param(DEPENDENT, "", ["a@heads", "x"], None, id="unknown"),
    ],
)
def test_upgrade_steps(notation: str, applied: str, to: Any, steps: str | None) -> None:
    graph = from_notation(notation)
    if steps is None:
        with pytest.raises(errors.UnknownRevision):
            upgrade(graph, applied.split(), to)
        return
    plan = upgrade(graph, applied.split(), to)
    assert [step.revision.id for step in plan] == steps.split()
    assert {step.direction for step in plan} <= {"upgrade"}


@pytest.mark.parametrize(
    ("notation", "applied", "to", "steps"),
    [
        pytest.param(LINE, "d", "base", "d c b a", id="REV-080-to-base"),
        pytest.param(LINE, "d", None, "d c b a", id="to-None"),
        pytest.param(LINE, "d", (), "d c b a", id="to-no-targets"),
        pytest.param(LINE, "d", "b", "d c", id="REV-080-to-one"),
        pytest.param(LINE, "d", "-1", "d", id="REV-058"),
        pytest.param(LINE, "d", "-4", "d c b a", id="REV-058-exactly-to-base"),
        pytest.param(LINE, "d", "head-2", "d c", id="REV-064-down-from-the-head"),
        pytest.param(LINE, "d", "base+2", "d c", id="REV-064-second-revision"),
        pytest.param(LINE, "d", "base-1", "d c b a", id="REV-049-base-minus-one"),
        pytest.param(LINE, "d", "d", "", id="REV-086-to-where-it-is"),
        pytest.param(LINE, "", "base", "", id="nothing-applied"),
        pytest.param(FORK, "c1 c2", "a", "c1 b1 c2 b2", id="REV-080-all-above"),
        pytest.param(FORK, "c1 c2", "b1", "c1", id="other-branches-stay"),
        pytest.param(FORK, "c1 c2", "x@a", "c1 b1", id="REV-081"),
        pytest.param(FORK, "c1 c2", "x@-1", "c1", id="REV-062"),
        pytest.param(FORK, "c1 c2", "x@-2", "c1 b1", id="REV-062-to-the-branch-point"),
        pytest.param(FORK, "c1 b2", ["b1", "b2"], "c1", id="several-stay"),
        pytest.param(FORK, "c1 c2", ["b1", "b2"], "c1 c2", id="several"),
        pytest.param(DIAMOND, "z", "b", "z m", id="REV-088-one-side-of-a-merge"),
        pytest.param(DIAMOND, "z", ["b", "c"], "z m", id="both-sides-of-a-merge"),
        pytest.param(DIAMOND, "z", "a", "z m b c", id="whole-diamond"),
        pytest.param(DEPENDENT, "b2", "a1", "b2 a2", id="REV-084-dependents-first"),
        pytest.param(DEPENDENT, "b2", "b@base", "b2 b1", id="REV-083-dependencies-stay"),
        pytest.param(DEPENDENT, "b2", "a@-1", "b2 a2", id="REV-062-implied-by-a-dependent"),
        pytest.param("a[x] <- b <- c", "c", "x@base", "c b a", id="label-at-the-root"),
        pytest.param("a <- b <- c[x]", "c", "x@base", "c b a", id="label-on-a-straight-line"),
        pytest.param("a <- b1[x] <- c1; b1 <- c2", "c1 c2", "x@b1", "c1 c2", id="forked-label"),
    ],
)
def test_downgrade_steps(notation: str, applied: str, to: Any, steps: str) -> None:
    plan = downgrade(from_notation(notation), applied.split(), to)
    assert [step.revision.id for step in plan] == steps.split()
    assert {step.direction for step in plan} <= {"downgrade"}


@pytest.mark.parametrize(
    ("notation", "applied", "to", "changes"),
    [
        pytest.param("a; b", "", "heads", "+b|+a", id="REV-095-base"),
        pytest.param(FORK, "c2", "x@head", "+b1|b1>c1", id="REV-095-no-parent-is-a-head"),
        pytest.param(LINE, "b", "head", "b>c|c>d", id="REV-096"),
        pytest.param(DIAMOND, "b c", "m", "-b c>m", id="REV-097-merge"),
        pytest.param(
            "a <- b <- d; a <- c; b, c <- m", "c d", "m", "c>m", id="REV-097-implied-parent"
        ),
        pytest.param(
            "a; b; c; d; a, b, c, d <- m", "a b c d", "m", "-a -b -c d>m", id="REV-097-octopus"
        ),
        pytest.param(DEPENDENT, "a2 b1", "heads", "-b1 a2>b2", id="REV-100-dependency-is-implied"),
        pytest.param("a; x; a <~ b; x <~ b", "a x", "b", "-a x>b", id="REV-100-two-dependencies"),
    ],
)
def test_how_heads_change_upwards(notation: str, applied: str, to: str, changes: str) -> None:
    plan = upgrade(from_notation(notation), applied.split(), to)
    assert "|".join(short(step.change) for step in plan) == changes
    back = downgrade(from_notation(notation), plan.heads_after, applied.split(), only=True)
    assert [step.change for step in back] == [step.change.reverse() for step in reversed(plan)]


@pytest.mark.parametrize(
    ("notation", "applied", "to", "changes"),
    [
        pytest.param(LINE, "c", "-1", "c>b", id="along-a-line"),
        pytest.param(LINE, "a", "base", "-a", id="REV-099-base"),
        pytest.param(FORK, "b1 b2", "x@a", "-b1", id="REV-099-parents-are-implied"),
        pytest.param(DIAMOND, "m", ["b", "c"], "+b m>c", id="REV-098-unmerge"),
        pytest.param("a <- b; a, b <- m", "m", "b", "m>b", id="REV-098-parent-of-another-parent"),
        pytest.param("a <- b <- d; a <- c; b, c <- m", "d m", ["d", "c"], "m>c",
                     id="REV-098-parent-that-another-head-includes"),
        pytest.param(DEPENDENT, "b2", "b1", "+b1 b2>a2", id="REV-100-dependency-comes-back"),
        pytest.param("a <~ b; a <~ c", "b c", "c", None, id="REV-085-nothing-above-c"),
        pytest.param("a; x <- b; a <~ b; a <~ c", "b c", "x", "b>x", id="REV-100-still-implied"),
    ],
)  # fmt: skip
def test_how_heads_change_downwards(
    notation: str, applied: str, to: Any, changes: str | None
) -> None:
    plan = downgrade(from_notation(notation), applied.split(), to)
    assert "|".join(short(step.change) for step in plan) == (changes or "")


def test_plan_says_what_it_starts_from_and_leads_to() -> None:
    plan = upgrade(from_notation(FORK), ["b2"], ["c1", "c2"])
    assert (plan.heads_before, plan.heads_after) == (("b2",), ("c1", "c2"))
    assert plan.targets == ("c1", "c2")
    assert (len(plan), bool(plan), plan[0].revision.id, plan[-1].revision.id) == (
        3,
        True,
        "c2",
        "c1",
    )
    assert plan.steps[1:] == [*plan][1:]
    assert not upgrade(from_notation(FORK), ["c1", "c2"], "heads")


def test_an_upgrade_to_what_lies_below_says_so() -> None:
    """REV-079, LIM-075."""
    graph = from_notation(FORK)
    assert upgrade(graph, ["c1"], "a").passed == ("a",)
    assert upgrade(graph, ["c1"], ["c1", "b2"]).passed == ()
    assert upgrade(graph, ["c1"], "c1").passed == ()


@pytest.mark.parametrize(
    ("notation", "applied", "to", "error", "fields"),
    [
        pytest.param(LINE, ["b", "zz"], "head", errors.UnknownApplied,
                     {"unknown": ("zz",), "known": ("b",)}, id="LIM-071-unknown-applied"),
        pytest.param(LINE, ["a", "c"], "head", errors.OverlappingHeads,
                     {"ancestor": "a", "descendant": "c"}, id="LIM-072-overlapping-rows"),
        pytest.param(DEPENDENT, ["a1", "b2"], "heads", errors.OverlappingHeads,
                     {"ancestor": "a1"}, id="LIM-072-by-dependency"),
    ],
)  # fmt: skip
def test_recorded_heads_that_cannot_be(
    notation: str, applied: list[str], to: str, error: type[errors.RevgraphError], fields: Any
) -> None:
    for make in (upgrade, downgrade):
        with pytest.raises(error) as caught:
            make(from_notation(notation), applied, to)
        assert {name: getattr(caught.value, name) for name in fields} == fields


def test_targets_of_which_one_includes_another_are_refused() -> None:
    """REV-071."""
    graph = from_notation(DEPENDENT)
    for targets in (["a1", "b2"], ["b2", "a1"], ["b@head", "a@head"]):
        with pytest.raises(errors.OverlappingTargets) as caught:
            upgrade(graph, (), targets)
        assert caught.value.descendant == "b2"
    with pytest.raises(errors.OverlappingTargets):
        downgrade(from_notation(LINE), ["d"], ["a", "c"])
    with pytest.raises(errors.OverlappingTargets):
        downgrade(from_notation(LINE), ["d"], ["base", "c"])
    with pytest.raises(errors.OverlappingTargets):
        downgrade(from_notation(LINE), ["d"], ["a", "c"], only=True)


@pytest.mark.parametrize(
    ("notation", "applied", "to", "error"),
    [
        pytest.param(LINE, "b", "c", errors.NotApplied, id="REV-085-not-applied"),
        pytest.param(LINE, "", "a", errors.NotApplied, id="REV-085-nothing-applied"),
        pytest.param(DEPENDENT, "b2", "a2", errors.NotApplied, id="REV-085-dependency-of-a-head"),
        pytest.param(FORK, "c1", "c2", errors.NotApplied, id="REV-085-another-branch"),
        pytest.param(FORK, "c1 c2", ["b1", "z"], errors.UnknownRevision, id="unknown"),
        pytest.param(LINE, "d", "-5", errors.WalkPastEnd, id="REV-065-too-far"),
        pytest.param(LINE, "d", "b-5", errors.WalkPastEnd, id="REV-065-too-far-from-a-revision"),
        pytest.param(LINE, "d", "c+5", errors.WalkPastEnd, id="too-far-up"),
        pytest.param(LINE, "", "-1", errors.WalkPastEnd, id="REV-059"),
        pytest.param(DIAMOND, "m", "-1", errors.AmbiguousWalk, id="REV-066"),
        pytest.param(FORK, "c1 c2", "-1", errors.SeveralApplied, id="LIM-067-several-heads"),
        pytest.param(FORK, "c1 c2", "x@c2", errors.NotOnBranch, id="not-of-the-branch"),
        pytest.param(FORK, "a", "x@-1", errors.LeavesBranch, id="LIM-068-shared-root"),
        pytest.param(
            FORK, "c1 c2", "x@-3", errors.LeavesBranch, id="LIM-068-below-the-branch-point"
        ),
        pytest.param(FORK, "c1 c2", "x@base", errors.LeavesBranch, id="LIM-069-other-branches"),
        pytest.param(FORK, "c1", "b1@base", errors.LeavesBranch, id="LIM-069-revision-as-branch"),
    ],
)
def test_downgrades_that_cannot_be(
    notation: str, applied: str, to: Any, error: type[errors.RevgraphError]
) -> None:
    with pytest.raises(errors.RevgraphError) as caught:
        downgrade(from_notation(notation), applied.split(), to)
    assert type(caught.value) is error


def test_leaving_a_branch_is_asked_for() -> None:
    """LIM-068, LIM-069, REV-063, REV-082."""
    graph = from_notation(FORK)
    with pytest.raises(errors.LeavesBranch) as caught:
        downgrade(graph, ["c1", "c2"], "x@base")
    assert (caught.value.branch, caught.value.revisions) == ("x", ("c2", "b2", "a"))

    plan = downgrade(graph, ["c1", "c2"], "x@base", beyond_branch=True)
    assert [step.revision.id for step in plan] == ["c1", "b1", "c2", "b2", "a"]
    plan = downgrade(graph, ["a"], "x@-1", beyond_branch=True)
    assert [step.revision.id for step in plan] == ["a"]


def test_the_first_of_several_heads_is_asked_for() -> None:
    """REV-061, LIM-067: in the order in which the heads are given."""
    graph = from_notation(FORK)
    for heads, gone in ((["c1", "c2"], "c1"), (["c2", "c1"], "c2")):
        plan = downgrade(graph, heads, "-1", first_head=True)
        assert [step.revision.id for step in plan] == [gone]
    plan = downgrade(graph, ["c1", "c2"], "-2", first_head=True)
    assert [step.revision.id for step in plan] == ["c1", "b1"]


def test_only_takes_other_branches_away_too() -> None:
    graph = from_notation(FORK + "; z")
    plan = downgrade(graph, ["c1", "c2", "z"], "b1", only=True)
    assert plan.heads_after == ("b1",)
    assert {step.revision.id for step in plan} == {"c1", "b2", "c2", "z"}
    with pytest.raises(errors.NotApplied):
        downgrade(graph, ["c1"], "b2", only=True)


@pytest.mark.parametrize(
    ("notation", "applied", "to", "changes", "after"),
    [
        pytest.param(LINE, "", "c", "+c", "c", id="from-nothing"),
        pytest.param(LINE, "a", "d", "a>d", "d", id="REV-106-up"),
        pytest.param(LINE, "d", "a", "d>a", "a", id="REV-106-down"),
        pytest.param(FORK, "c1 c2", "a", "-c1 c2>a", "a", id="REV-106-several-into-one"),
        pytest.param(LINE, "b", "b", "", "b", id="already-there"),
        pytest.param(FORK, "b1", "b2", "+b2", "b1 b2", id="REV-107-beside"),
        pytest.param(FORK, "", ["b1", "b2"], "+b1|+b2", "b1 b2", id="REV-107-both"),
        pytest.param(FORK, "b1", ["b1", "b2"], "+b2", "b1 b2", id="REV-108-one-is-there"),
        pytest.param(LINE, "", ["a", "b"], "+b", "b", id="REV-108-ends-at-the-descendant"),
        pytest.param(LINE, "", ["b", "a"], "+b", "b", id="REV-108-in-any-order"),
        pytest.param(DEPENDENT, "", "heads", "+b2", "b2", id="REV-109-real-heads"),
        pytest.param(DEPENDENT, "a1", "heads", "a1>b2", "b2", id="REV-100-dependent"),
        pytest.param(FORK, "c1 c2", "base", "-c1|-c2", "", id="REV-111"),
        pytest.param(FORK, "c1 c2", "x@base", "-c1", "c2", id="REV-111-of-a-branch"),
        pytest.param(DEPENDENT, "b2", "a@base", "-b2", "", id="REV-111-of-a-branch-by-dependency"),
        pytest.param(DIAMOND, "m", ["b", "c"], "m>b|+c", "b c", id="apart"),
        pytest.param(LINE, "a c", "c", "-a", "c", id="LIM-072-repairs-overlapping-heads"),
        pytest.param(LINE, "a c", "d", "-a c>d", "d", id="LIM-072-repairs-on-the-way"),
        pytest.param(LINE, "d", "-1", "d>c", "c", id="REV-046-below-the-head-of-the-graph"),
        pytest.param("", "", "head", "", "", id="empty-graph"),
    ],
)
def test_stamp(notation: str, applied: str, to: Any, changes: str, after: str) -> None:
    plan = stamp(from_notation(notation), applied.split(), to)
    assert "|".join(short(move.change) for move in plan) == changes
    assert plan.heads_after == tuple(after.split())
    assert {(move.revision, move.direction) for move in plan} <= {(None, "stamp")}


@pytest.mark.parametrize(
    ("to", "error"),
    [
        pytest.param("head", errors.SeveralHeads, id="REV-110"),
        pytest.param("zzzz", errors.UnknownRevision, id="REV-112"),
    ],
)
def test_stamps_that_cannot_be(to: str, error: type[errors.RevgraphError]) -> None:
    with pytest.raises(error):
        stamp(from_notation(FORK), (), to)


def test_an_unknown_head_is_an_obstacle_unless_purged() -> None:
    """REV-114, LIM-071."""
    graph = from_notation(FORK)
    with pytest.raises(errors.UnknownApplied):
        stamp(graph, ["zz"], "c1")
    plan = stamp(graph, ["zz", "c1", "b1"], ["c1", "c2"], purge=True)
    assert [short(move.change) for move in plan] == ["-b1 -zz +c2"]
    assert plan.heads_before == ("b1", "c1", "zz")
    assert stamp(graph, ["zz"], "base", purge=True).heads_after == ()
    assert not stamp(graph, ["c1"], "c1", purge=True)


def test_a_stamp_is_one_move_over_many_revisions() -> None:
    """REV-113."""
    (move,) = stamp(from_notation(FORK), ["c1", "c2"], "a")
    assert (move.change.removed, move.change.added) == (("c1", "c2"), ("a",))
    assert move.reverse().change == HeadsChange(insert=("c1",), replace=("a", "c2"))


def test_one_id_may_be_given_for_the_heads() -> None:
    graph = from_notation("head1 <- head2")
    assert [s.revision.id for s in upgrade(graph, "head1", "head")] == ["head2"]
    assert stamp(graph, "head1", "head").heads_after == ("head2",)


def test_heads_given_twice_count_once() -> None:
    assert len(upgrade(from_notation(LINE), ["a", "a"], "+1")) == 1


def test_a_target_may_be_a_value() -> None:
    graph = from_notation(LINE)
    assert upgrade(graph, (), Target("+1", steps=1)) == upgrade(graph, (), "+1")


def test_payloads_come_with_the_steps() -> None:
    graph = RevisionGraph([Revision("a", payload=[1]), Revision("b", "a", payload=[2])])
    steps: list[Step[list[int]]] = list(upgrade(graph, (), "head"))
    assert [step.revision.payload for step in steps] == [[1], [2]]
    assert steps[0].revision is graph["a"]


def test_plans_are_values() -> None:
    graph = from_notation(DIAMOND)
    plan = upgrade(graph, (), "head")
    assert plan == upgrade(graph, (), "head")
    assert hash(plan) == hash(upgrade(graph, (), "head"))
    assert plan != upgrade(graph, (), "b")
    assert pickle.loads(pickle.dumps(plan)) == copy.deepcopy(plan) == plan
    assert plan.reverse().reverse().steps == plan.steps
    assert "Step(revision=Revision(id='a'" in repr(plan)
    with pytest.raises(AttributeError):
        plan.steps = ()  # type: ignore[misc]
    with pytest.raises(AttributeError):
        plan[0].change.delete = ()  # type: ignore[misc]


def test_the_plan_for_one_branch_does_not_depend_on_others() -> None:
    small, large = from_notation(LINE), from_notation(LINE + "; " + FORK.replace("a", "p"))
    ids = [[s.revision.id for s in upgrade(g, (), "d")] for g in (small, large)]
    assert ids[0] == ids[1]
