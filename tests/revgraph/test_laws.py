"""What is true of every graph, plan and text."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from revgraph import (
    Plan,
    Revision,
    RevisionGraph,
    Step,
    all_applied,
    downgrade,
    draw,
    effective_heads,
    errors,
    from_json,
    from_notation,
    history,
    reduce_heads,
    resolve,
    split_applied,
    stamp,
    to_json,
    to_notation,
    upgrade,
    walk,
)
from revgraph_graphs import Model, applied, graphs, revisions, targets


def carried_out(plan: Plan[Any]) -> tuple[str, ...]:
    """Heads after each change was made in turn, each of which must fit."""
    heads = frozenset(plan.heads_before)
    for step in plan:
        assert set(step.change.removed) <= heads
        assert not set(step.change.added) & heads
        heads = step.change.apply(heads)
    return tuple(sorted(heads))


def ids_of(plan: Plan[Step[Any]]) -> list[str]:
    return [step.revision.id for step in plan]


@given(graphs())
def test_ends_forks_and_neighbours_are_those_of_the_model(graph: RevisionGraph[int]) -> None:
    model = Model(graph)
    every = sorted(model.all)

    assert graph.heads == tuple(rev for rev in every if not model.children(rev))
    assert graph.real_heads == tuple(rev for rev in every if not model.dependents(rev))
    assert graph.bases == tuple(rev for rev in every if not model.parents[rev])
    assert graph.real_bases == tuple(rev for rev in every if not model.needs[rev])
    assert graph.branch_points == tuple(rev for rev in every if len(model.children(rev)) > 1)
    assert graph.real_branch_points == tuple(rev for rev in every if len(model.dependents(rev)) > 1)
    assert graph.merge_points == tuple(rev for rev in every if len(model.parents[rev]) > 1)
    for rev in every:
        assert set(graph.children(rev)) == model.children(rev)
        assert set(graph.dependents(rev)) == model.dependents(rev)
        assert graph.ancestors(rev) == model.below([rev])
        assert graph.descendants(rev) == model.above([rev])
        assert graph.ancestors(rev, dependencies=False) == model.below([rev], model.parents)
        assert graph.descendants(rev, dependencies=False) == model.above([rev], model.parents)


@given(graphs())
def test_labels_are_inherited_as_in_the_model(graph: RevisionGraph[int]) -> None:
    model = Model(graph)
    bearers = {label: model.bearers(rev) for label, rev in graph.labels.items()}

    for rev in model.all:
        expected = sorted(label for label, some in bearers.items() if rev in some)
        assert graph.labels_of(rev) == tuple(expected)


@given(graphs())
def test_needs_leave_out_dependencies_that_are_implied(graph: RevisionGraph[int]) -> None:
    model = Model(graph)
    for rev, needs in model.needs.items():
        kept = set(graph.needs(rev))

        assert model.parents[rev] <= kept <= needs
        assert model.below(kept) == model.below(needs)
        for one in kept - model.parents[rev]:
            assert one not in model.below(kept - {one})


@given(graphs(), st.data())
def test_relations_between_two_are_those_of_the_model(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    model = Model(graph)
    one, other = (data.draw(st.sampled_from(sorted(model.all))) for _ in range(2))

    assert graph.is_ancestor(one, of=other) == (one in model.below([other]))
    assert graph.is_ancestor(one, of=other, dependencies=False) == (
        one in model.below([other], model.parents)
    )
    assert graph.common_ancestors([one, other]) == model.below([one]) & model.below([other])
    overlaps = one != other and len(model.tops([one, other])) == 1
    assert (graph.overlap([one, other]) is not None) == overlaps


@given(revisions(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_makes_no_difference(given: list[Revision[int]], rnd: Any) -> None:
    other = given.copy()
    rnd.shuffle(other)
    graph, same = RevisionGraph(given), RevisionGraph(other)

    assert graph == same
    assert hash(graph) == hash(same)
    assert list(graph) == list(same)
    assert upgrade(graph, (), "heads") == upgrade(same, (), "heads")
    assert draw(graph) == draw(same)
    assert to_notation(graph) == to_notation(same)


@given(graphs())
def test_iteration_is_an_order_and_reversed_is_its_reverse(graph: RevisionGraph[int]) -> None:
    order = [revision.id for revision in graph]

    assert Model(graph).is_order(order)
    assert len(order) == len(graph)
    assert [revision.id for revision in reversed(graph)] == order[::-1]


@given(revisions())
def test_adding_one_gives_the_graph_that_building_anew_gives(given: list[Revision[int]]) -> None:
    whole = RevisionGraph(given)
    added = RevisionGraph[int]()
    for revision in whole:
        added = added.with_revision(revision)

    assert added == whole
    assert list(added) == list(whole)
    assert (added.heads, added.real_heads, added.bases) == (
        whole.heads,
        whole.real_heads,
        whole.bases,
    )
    for revision in whole:
        assert added.labels_of(revision.id) == whole.labels_of(revision.id)
        assert added.dependents(revision.id) == whole.dependents(revision.id)
    assert upgrade(added, (), "heads") == upgrade(whole, (), "heads")


@given(graphs(), st.data())
def test_upgrade_does_what_is_needed_and_missing(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    """Law 5: parents first, and the heads after it are the targets and what was beside them."""
    model = Model(graph)
    heads = data.draw(applied(graph))
    wanted = data.draw(applied(graph))
    plan = upgrade(graph, heads, wanted)

    assert set(ids_of(plan)) == model.below(wanted) - model.below(heads)
    assert model.is_order(ids_of(plan))
    assert carried_out(plan) == plan.heads_after
    assert set(plan.heads_after) == model.tops([*heads, *wanted])
    assert set(plan.passed) == (set(wanted) & model.below(heads)) - set(heads)


@given(graphs(), st.data())
def test_heads_are_tops_after_every_step(graph: RevisionGraph[int], data: st.DataObject) -> None:
    model = Model(graph)
    heads = data.draw(applied(graph))
    for plan in (upgrade(graph, heads, "heads"), downgrade(graph, heads, "base")):
        now = frozenset(heads)
        there = model.below(heads)
        for step in plan:
            now = step.change.apply(now)
            there = there ^ {step.revision.id}
            assert now == model.tops(there)


@given(graphs(), st.data())
def test_downgrade_takes_back_an_upgrade(graph: RevisionGraph[int], data: st.DataObject) -> None:
    """Law 5: the reverse of an upgrade plan is the downgrade plan to where it came from."""
    heads = data.draw(applied(graph))
    wanted = data.draw(applied(graph))
    up = upgrade(graph, heads, wanted)
    down = downgrade(graph, up.heads_after, heads, only=True)

    assert down.steps == up.reverse().steps
    assert [*down] == [step.reverse() for step in reversed(up)]
    assert carried_out(down) == down.heads_after == up.heads_before
    assert down.reverse().steps == up.steps


@given(graphs(), st.data())
def test_downgrade_takes_away_the_children_and_all_above(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    model = Model(graph)
    heads = data.draw(applied(graph))
    there = model.below(heads)
    target = data.draw(st.sampled_from(["base", *sorted(there)]))
    roots = set(graph.bases) if target == "base" else model.children(target)
    going = model.above(roots) & there
    try:
        plan = downgrade(graph, heads, target)
    except errors.NotApplied:
        assert not going
        assert target not in heads
        return

    assert set(ids_of(plan)) == going
    assert model.is_order(ids_of(plan)[::-1])
    assert carried_out(plan) == plan.heads_after
    assert set(plan.heads_after) == model.tops(there - going)


@given(graphs(), st.data())
def test_any_target_gives_a_sound_plan_or_an_error_of_ours(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    model = Model(graph)
    heads = data.draw(applied(graph))
    target = data.draw(targets(graph))
    for make in (upgrade, downgrade, stamp):
        try:
            plan = make(graph, heads, target)
        except errors.RevgraphError as error:
            assert str(error)
            assert type(pickle.loads(pickle.dumps(error))) is type(error)
            continue
        assert carried_out(plan) == plan.heads_after
        assert model.tops(plan.heads_after) == set(plan.heads_after)
        assert plan.reverse().reverse().steps == plan.steps
        assert carried_out(plan.reverse()) == plan.heads_before


@given(graphs(), st.data())
def test_stamp_leaves_the_targets_and_what_is_unrelated(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    model = Model(graph)
    every = sorted(model.all)
    heads = data.draw(st.lists(st.sampled_from(every), max_size=3, unique=True))
    wanted = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=3))
    plan = stamp(graph, heads, wanted)
    kept = model.tops(wanted)
    related = model.below(kept) | model.above(kept)

    assert carried_out(plan) == plan.heads_after
    assert set(plan.heads_after) == kept | (set(heads) - related)
    purged = stamp(graph, [*heads, "not in the graph"], wanted, purge=True)
    assert set(carried_out(purged)) == kept


@given(graphs(), st.data())
def test_what_is_applied_is_that_of_the_model(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    model = Model(graph)
    recorded = data.draw(st.lists(st.sampled_from(sorted(model.all)), max_size=4))
    there = model.below(recorded)

    assert all_applied(graph, recorded) == there
    assert set(reduce_heads(graph, recorded)) == model.tops(recorded)
    assert set(effective_heads(graph, recorded)) == {
        rev for rev in there if not model.children(rev) & there
    }
    split = split_applied(graph, [*recorded, "zz"])
    assert set(split.known) == set(recorded)
    assert split.unknown == ("zz",)
    assert set(split.redundant) == set(recorded) - model.tops(recorded)


@given(graphs(), st.data())
def test_branch_heads_are_those_above_the_label(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    model = Model(graph)
    branch = data.draw(st.sampled_from([*graph.labels, *sorted(model.all)]))
    start = graph.labels.get(branch, branch)
    ends = {rev for rev in model.above([start], model.parents) if not model.children(rev)}

    assert set(resolve(graph, f"{branch}@heads")) == ends
    if len(ends) > 1:
        with pytest.raises(errors.SeveralHeads) as caught:
            resolve(graph, f"{branch}@head")
        assert set(caught.value.heads) == ends
    else:
        assert set(resolve(graph, f"{branch}@head")) == ends


@given(graphs(), st.data())
def test_a_partial_id_names_what_alone_begins_so(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    every = sorted(revision.id for revision in graph)
    prefix = data.draw(st.sampled_from(every))[: data.draw(st.integers(1, 5))]
    fitting = [rev for rev in every if rev.startswith(prefix)]

    if len(fitting) == 1:
        assert resolve(graph, prefix) == tuple(fitting)
    else:
        with pytest.raises(errors.AmbiguousTarget) as caught:
            resolve(graph, prefix)
        assert caught.value.candidates == tuple(fitting[:3])
        assert caught.value.count == len(fitting)


@given(graphs(), st.data())
def test_a_range_holds_what_is_above_its_lower_and_below_its_upper_end(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    model = Model(graph)
    every = sorted(model.all)
    lower, upper = (data.draw(st.sampled_from(every)) for _ in range(2))
    below = model.below([upper])
    if lower not in below:
        with pytest.raises(errors.NotAnAncestor):
            history(graph, f"{lower}:{upper}")
    else:
        inside = [revision.id for revision in history(graph, f"{lower}:{upper}")]
        assert set(inside) == below & model.above([lower], model.parents)
        assert model.is_order(inside[::-1])
    assert {revision.id for revision in history(graph, f":{upper}")} == below
    assert list(history(graph)) == list(reversed(graph))


@given(graphs())
def test_the_notation_and_json_give_the_graph_back(graph: RevisionGraph[int]) -> None:
    bare = RevisionGraph(Revision(r.id, r.parents, r.depends_on, r.labels) for r in graph)

    assert from_notation(to_notation(graph)) == bare
    assert from_json(to_json(graph)) == bare
    assert from_json(to_json(graph, payload=lambda r: r.payload, indent=None)) == graph


@given(st.text(alphabet='ab <-~,;[]@"\\\n1', max_size=40))
def test_any_text_is_a_graph_or_an_error_of_ours(text: str) -> None:
    try:
        graph = from_notation(text)
    except errors.RevgraphError as error:
        assert str(error)
    else:
        assert from_notation(to_notation(graph)) == graph


@pytest.mark.slow
@given(graphs(), st.text(max_size=8), st.sampled_from(["", "heads", "head", "base"]))
def test_any_text_is_a_target_or_an_error_of_ours(
    graph: RevisionGraph[int], text: str, word: str
) -> None:
    for target in (text, f"{text}@{word}", f"{word}{text}", f"{text}:{word}"):
        for ask in (resolve, history, lambda g, t: upgrade(g, g.bases, t)):
            try:
                ask(graph, target)
            except errors.RevgraphError as error:
                assert str(error)


@given(graphs(), st.data())
def test_pickling_gives_the_same_graph_and_plan(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    plan = upgrade(graph, data.draw(applied(graph)), "heads")

    assert pickle.loads(pickle.dumps(graph)) == graph
    assert pickle.loads(pickle.dumps(plan)) == plan


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=3), max_size=9))
def test_walks_agree_on_any_mapping(edges: dict[int, list[int]]) -> None:
    def parents(node: int) -> list[int]:
        return [p for p in edges[node] if p in edges]

    def below(node: int) -> set[int]:
        found: set[int] = set()
        more = {node}
        while more - found:
            found |= more
            more = {p for n in found for p in parents(n)}
        return found

    cyclic = any(node in {q for p in parents(node) for q in below(p)} for node in edges)
    cycle = walk.find_cycle(edges, parents)
    assert (cycle is not None) == cyclic
    if cycle:
        assert all(b in parents(a) for a, b in zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        with pytest.raises(ValueError, match="cycle"):
            walk.topological(edges, parents)
        return
    order = walk.topological(edges, parents)
    assert sorted(order) == sorted(edges)
    assert all(order.index(p) < order.index(n) for n in edges for p in parents(n))
    for node in edges:
        assert set(walk.ancestors([node], parents)) == below(node)
        assert set(walk.descendants([node], edges, parents)) == {
            other for other in edges if node in below(other)
        }
    assert walk.heads(edges, parents) == [
        n for n in edges if not any(n in parents(o) for o in edges)
    ]
    assert walk.bases(edges, parents) == [n for n in edges if not parents(n)]
    for a in edges:
        for b in edges:
            common = below(a) & below(b)
            assert walk.common_ancestors([a, b], parents) == common
            nearest = walk.nearest_common_ancestors([a, b], parents)
            assert nearest == {n for n in common if not any(n in below(o) for o in common - {n})}
