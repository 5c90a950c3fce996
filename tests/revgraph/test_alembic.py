"""Ours beside Alembic's RevisionMap on random graphs: where Alembic gives an answer, it is ours too.

Where they differ on purpose is told in `docs/revgraph/alembic.md`, and each
difference has a row in `test_differs_on_purpose`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from revgraph import (
    Plan,
    Revision,
    RevisionGraph,
    downgrade,
    effective_heads,
    errors,
    from_notation,
    history,
    reduce_heads,
    resolve,
    stamp,
    upgrade,
)
from revgraph_graphs import Model, applied, graphs, targets

try:
    from alembic.runtime.migration import HeadMaintainer, RevisionStep
    from alembic.script.base import ScriptDirectory
    from alembic.script.revision import Revision as TheirRevision
    from alembic.script.revision import RevisionError, RevisionMap
except ImportError:
    if os.environ.get("CI"):
        raise
    pytest.skip("alembic isn't installed, nothing to compare with", allow_module_level=True)

# What Alembic raises where it has no answer: its own errors, and raw ones.
NO_ANSWER = (RevisionError, AssertionError, AttributeError, KeyError, TypeError, ValueError)


def theirs(graph: Iterable[Revision[Any]]) -> RevisionMap:
    """The same graph as a RevisionMap."""
    made = [
        TheirRevision(r.id, r.parents or None, r.depends_on or None, r.labels or None)
        for r in graph
    ]
    return RevisionMap(lambda: made)


def asked(ask: Callable[[], Iterable[Any]]) -> list[str] | None:
    """Ids that Alembic answers; None if it has no answer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of several heads, and goes on
        try:
            return [r.revision for r in ask() if r is not None]
        except NO_ANSWER:
            return None


class Rows(HeadMaintainer):
    """Alembic's version table, without a table."""

    def __init__(self, heads: Iterable[str]) -> None:
        self.heads = set(heads)

    def _insert_version(self, version: str) -> None:
        assert version not in self.heads
        self.heads.add(version)

    def _delete_version(self, version: str) -> None:
        self.heads.remove(version)

    def _update_version(self, from_: str, to_: str) -> None:
        assert to_ not in self.heads
        self.heads.remove(from_)
        self.heads.add(to_)


def rows_after_each(plan: Plan[Any], their: RevisionMap) -> list[set[str]] | None:
    """Alembic's rows after each step of our plan; None if it fails on the way."""
    rows = Rows(plan.heads_before)
    found = []
    for step in plan:
        move = RevisionStep.__new__(RevisionStep)
        move.revision_map = their
        move.revision = their.get_revision(step.revision.id)
        move.is_upgrade = step.direction == "upgrade"
        try:
            rows.update_to_step(move)
        except NO_ANSWER:
            return None
        found.append(set(rows.heads))
    return found


def agree_on_rows(graph: RevisionGraph[Any], plan: Plan[Any], their: RevisionMap) -> None:
    """Alembic's rows are ours, once rows that another row includes are left out."""
    found = rows_after_each(plan, their)
    heads = frozenset(plan.heads_before)
    for step, rows in zip(plan, found or (), strict=False):
        heads = step.change.apply(heads)
        if rows != heads:
            assert set(reduce_heads(graph, rows)) == heads
            break  # it goes on from overlapping rows


@given(graphs())
def test_ends_and_neighbours(graph: RevisionGraph[int]) -> None:
    their = theirs(graph)

    assert graph.heads == tuple(sorted(their.heads))
    assert graph.real_heads == tuple(sorted(their._real_heads))
    assert graph.bases == tuple(sorted(their.bases))
    assert graph.real_bases == tuple(sorted(their._real_bases))
    for revision in graph:
        other = their.get_revision(revision.id)
        assert set(graph.children(revision.id)) == other.nextrev
        assert set(graph.dependents(revision.id)) == other._all_nextrev
        assert (revision.id in graph.branch_points) == other.is_branch_point
        assert (revision.id in graph.real_branch_points) == other._is_real_branch_point
        assert (revision.id in graph.merge_points) == other.is_merge_point
        # Alembic sets out from a descendant, and misses labels below a merge.
        assert other.branch_labels <= set(graph.labels_of(revision.id))


@given(graphs(), st.data())
def test_what_is_current(graph: RevisionGraph[int], data: st.DataObject) -> None:
    heads = data.draw(applied(graph))

    current = {r.revision for r in theirs(graph)._get_all_current(heads)}
    assert set(effective_heads(graph, heads)) == current


@given(graphs(), st.data())
def test_lookup(graph: RevisionGraph[int], data: st.DataObject) -> None:
    target = data.draw(targets(graph))
    found = asked(lambda: theirs(graph).get_revisions(target))
    if found:
        assert set(resolve(graph, target)) == set(found)


@given(graphs(), st.data())
def test_upgrade(graph: RevisionGraph[int], data: st.DataObject) -> None:
    heads, target = data.draw(applied(graph)), data.draw(targets(graph))
    their = theirs(graph)
    found = asked(lambda: their.iterate_revisions(target, heads, implicit_base=True))
    if found is None or "base-" in target:
        return
    try:
        plan = upgrade(graph, heads, target)
    except errors.NotOnBranch:
        assert is_stray(graph, target)
        return

    ours = [step.revision.id for step in plan]
    assert sorted(ours) == sorted(found)
    assert Model(graph).is_order(found[::-1])
    agree_on_rows(graph, plan, their)


@given(graphs(), st.data())
def test_downgrade(graph: RevisionGraph[int], data: st.DataObject) -> None:
    heads, target = data.draw(applied(graph)), data.draw(targets(graph))
    their = theirs(graph)
    found = asked(lambda: their.iterate_revisions(heads, target, select_for_downgrade=True))
    if found is None or "base-" in target:
        return
    try:
        plan = downgrade(graph, heads, target, first_head=True, beyond_branch=True)
    except errors.NotOnBranch:
        assert is_stray(graph, target)
        return

    assert sorted(step.revision.id for step in plan) == sorted(found)
    agree_on_rows(graph, plan, their)


@given(graphs(), st.data())
def test_stamp_of_one(graph: RevisionGraph[int], data: st.DataObject) -> None:
    heads = data.draw(applied(graph))
    target = data.draw(st.sampled_from(["base", *sorted(r.id for r in graph)]))
    their = theirs(graph)
    folder = SimpleNamespace(
        revision_map=their, _catch_revision_errors=lambda **messages: nullcontext()
    )
    rows = Rows(heads)
    try:
        for step in ScriptDirectory._stamp_revs(folder, target, heads):
            rows.update_to_step(step)
    except NO_ANSWER:
        return

    assert set(stamp(graph, heads, target).heads_after) == set(reduce_heads(graph, rows.heads))


@given(graphs(), st.data())
def test_history(graph: RevisionGraph[int], data: st.DataObject) -> None:
    point = st.one_of(st.just(""), st.sampled_from([*graph.labels, *[r.id for r in graph]]))
    lower, upper = data.draw(point), data.draw(st.one_of(point, targets(graph)))
    their = theirs(graph)
    found = asked(
        lambda: their.iterate_revisions(
            upper or "heads", lower or "base", inclusive=True, assert_relative_length=False
        )
    )
    if not found or "base-" in upper:
        return
    try:
        ours = history(graph, f"{lower}:{upper}")
    except errors.NotOnBranch:
        assert is_stray(graph, upper)
        return

    assert {revision.id for revision in ours} == set(found)


def is_stray(graph: RevisionGraph[Any], target: str) -> bool:
    """Whether a target names a revision that isn't in the lineage of the branch it names.

    Alembic doesn't look at the branch in a downgrade, nor before steps; ours always does.
    """
    branch, _, point = target.partition("@")
    symbol = point.rstrip("0123456789").rstrip("+-") if point[-2] in "+-" else point
    (start,), (end,) = resolve(graph, branch), resolve(graph, symbol)
    return end not in graph.lineage(start)


@given(graphs(most=7))
def test_the_order_is_alembics_on_what_forks_once(graph: RevisionGraph[int]) -> None:
    """Alembic breaks ties by the order of its input: sorted file names, so ids, as ours."""
    if len(graph.heads) > 2 or graph.merge_points or graph.real_heads != graph.heads:
        return
    their = theirs(sorted(graph, key=lambda r: r.id))
    found = [r.revision for r in their.iterate_revisions("heads", "base", implicit_base=True)]

    assert [step.revision.id for step in upgrade(graph, (), "heads")] == found[::-1]


def _loaded(graph: RevisionGraph[Any], *more: Any) -> RevisionMap:
    """Their map of a graph and more revisions, read at once; warnings stay quiet."""
    made = [*theirs(graph)._generator(), *more]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        their = RevisionMap(lambda: made)
        _ = their._revision_map
    return their


def _raises(error: type[Exception], ask: Callable[[], object]) -> None:
    with pytest.raises(error):
        ask()


@pytest.mark.parametrize(
    ("graph", "alembic", "ours"),
    [
        pytest.param(
            "aaaa",
            lambda g: _raises(KeyError, lambda: _loaded(g, TheirRevision("b", "zz")).heads),
            lambda g: _raises(
                errors.MissingParent, lambda: RevisionGraph([*g, Revision[Any]("b", "zz")])
            ),
            id="LIM-061-missing-parent-is-a-key-error",
        ),
        pytest.param(
            "aaaa",
            lambda g: set(_loaded(g, TheirRevision("aaaa", None)).heads) == {"aaaa"},
            lambda g: _raises(
                errors.DuplicateRevision, lambda: RevisionGraph([*g, Revision[Any]("aaaa")])
            ),
            id="LIM-062-the-last-duplicate-wins",
        ),
        pytest.param(
            "aaaa[lab]",
            lambda g: _raises(AssertionError, lambda: [*theirs(g).iterate_revisions("lab@", ())]),
            lambda g: _raises(errors.MalformedTarget, lambda: upgrade(g, (), "lab@")),
            id="REV-127-nothing-after-at-is-a-bare-assertion",
        ),
        pytest.param(
            "a <- b; a <- c",
            lambda g: (
                asked(
                    lambda: theirs(g).iterate_revisions(("c", "b"), "-1", select_for_downgrade=True)
                )
                == ["c"]
            ),
            lambda g: _raises(errors.SeveralApplied, lambda: downgrade(g, ["c", "b"], "-1")),
            id="LIM-067-the-first-row-is-taken",
        ),
        pytest.param(
            "a <- b[lab]; a <- c",
            lambda g: (
                asked(
                    lambda: theirs(g).iterate_revisions(("a",), "lab@-1", select_for_downgrade=True)
                )
                == ["a"]
            ),
            lambda g: _raises(errors.LeavesBranch, lambda: downgrade(g, ["a"], "lab@-1")),
            id="LIM-068-the-shared-root-goes",
        ),
        pytest.param(
            "a <- b <- c",
            lambda g: (
                asked(
                    lambda: theirs(g).iterate_revisions(
                        ("c",), "c@base-2", select_for_downgrade=True
                    )
                )
                == ["c"]
            ),
            lambda g: len(downgrade(g, ["c"], "c@base-2")) == 3,
            id="below-the-base-stops-above-it",
        ),
        pytest.param(
            "a <- b[lab] <- d; a <- c; d <~ e",
            lambda g: asked(lambda: theirs(g).iterate_revisions("heads", "lab@base")) == [],
            lambda g: [r.id for r in history(g, "lab@base:heads")] == ["d", "b", "a"],
            id="a-branch-whose-head-another-depends-on-is-lost",
        ),
        pytest.param(
            "a <- b; a <- c[lab] <- d",
            lambda g: asked(lambda: theirs(g).iterate_revisions("lab@+1", ("b", "c"))) is None,
            lambda g: [r.id for r in history(g, "current:lab@+1", ["b", "c"])] == ["d", "c"],
            id="LIM-070-a-range-from-several-heads",
        ),
        pytest.param(
            "aaaa <- bbbb",
            lambda g: _raises(AssertionError, lambda: [*theirs(g).iterate_revisions("bbbb+1", ())]),
            lambda g: _raises(errors.WalkPastEnd, lambda: upgrade(g, (), "bbbb+1")),
            id="LIM-063-too-far-is-a-bare-assertion",
        ),
        pytest.param(
            "aaaa <- bbbb[lab]",
            lambda g: _raises(
                AssertionError,
                lambda: [*theirs(g).iterate_revisions((), "lab@-1", select_for_downgrade=True)],
            ),
            lambda g: _raises(errors.BranchNotApplied, lambda: downgrade(g, (), "lab@-1")),
            id="LIM-066-nothing-of-the-branch-is-a-bare-assertion",
        ),
        pytest.param(
            "a <- b[lab]; a <- c",
            lambda g: (
                {
                    r.revision
                    for r in theirs(g).iterate_revisions(
                        ("b", "c"), "lab@base", select_for_downgrade=True
                    )
                }
                == {"a", "b", "c"}
            ),
            lambda g: _raises(errors.LeavesBranch, lambda: downgrade(g, ["b", "c"], "lab@base")),
            id="LIM-069-label@base-takes-the-shared-root",
        ),
        pytest.param(
            "aaaa <- cccc; aaaa, cccc <- dddd",
            lambda g: rows_after_each(upgrade(g, (), "heads"), theirs(g)) is not None,
            lambda g: upgrade(g, (), "heads").heads_after == ("dddd",),
            id="a-parent-that-another-parent-includes",
        ),
        pytest.param(
            "aaaa",
            lambda g: [r.revision for r in theirs(g).iterate_revisions("base-1", ())] == ["aaaa"],
            lambda g: _raises(errors.WalkPastEnd, lambda: upgrade(g, (), "base-1")),
            id="REV-126-below-the-base-is-the-first-revision",
        ),
        pytest.param(
            "a <- b; a <- c <- d[lab]; b, d <- m",
            lambda g: "lab" not in theirs(g).get_revision("c").branch_labels,
            lambda g: g.labels_of("c") == ("lab",),
            id="REV-025-a-label-below-a-merge-reaches-down",
        ),
        pytest.param(
            "aaaa <- bbbb; cccc[lab]",
            lambda g: (
                [
                    r.revision
                    for r in theirs(g).iterate_revisions(
                        ("bbbb",), "lab@aaaa", select_for_downgrade=True
                    )
                ]
                == ["bbbb"]
            ),
            lambda g: _raises(errors.NotOnBranch, lambda: downgrade(g, ["bbbb"], "lab@aaaa")),
            id="the-branch-of-a-downgrade-is-looked-at",
        ),
    ],
)
def test_differs_on_purpose(
    graph: str, alembic: Callable[[Any], object], ours: Callable[[Any], object]
) -> None:
    built = from_notation(graph)

    assert alembic(built) is not False
    assert ours(built) is not False
