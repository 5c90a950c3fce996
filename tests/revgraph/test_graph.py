"""Building a graph, and what it says of itself."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest
from revgraph import (
    Revision,
    RevisionGraph,
    downgrade,
    draw,
    errors,
    from_notation,
    history,
    resolve,
    revisions_from_notation,
    stamp,
    to_dot,
    to_json,
    to_mermaid,
    to_notation,
    upgrade,
    walk,
)

#   a1 <- a2 <--.
#         b1 <- b2
DEPENDENT = "a1 <- a2; b1 <- b2; a2 <~ b2"


@pytest.mark.parametrize(
    ("notation", "heads", "real_heads", "bases", "real_bases"),
    [
        pytest.param("", (), (), (), (), id="REV-015-empty"),
        pytest.param("a", ("a",), ("a",), ("a",), ("a",), id="one"),
        pytest.param("a <- b <- c", ("c",), ("c",), ("a",), ("a",), id="line"),
        pytest.param("a <- c; a <- b", ("b", "c"), ("b", "c"), ("a",), ("a",), id="fork"),
        pytest.param("a, b <- m", ("m",), ("m",), ("a", "b"), ("a", "b"), id="merge"),
        pytest.param(
            DEPENDENT, ("a2", "b2"), ("b2",), ("a1", "b1"), ("a1", "b1"), id="REV-006-dependent"
        ),
        pytest.param("a <~ b", ("a", "b"), ("b",), ("a", "b"), ("a",), id="REV-007-real-base"),
    ],
)
def test_ends(
    notation: str,
    heads: tuple[str, ...],
    real_heads: tuple[str, ...],
    bases: tuple[str, ...],
    real_bases: tuple[str, ...],
) -> None:
    graph = from_notation(notation)
    assert (graph.heads, graph.real_heads) == (heads, real_heads)
    assert (graph.bases, graph.real_bases) == (bases, real_bases)


def test_children_and_dependents_are_kept_apart() -> None:
    """REV-005, REV-008."""
    graph = from_notation("a <- b; a <- c; a <~ d; b, c <- m")
    assert graph.children("a") == ("b", "c")
    assert graph.dependents("a") == ("b", "c", "d")
    assert graph.branch_points == ("a",)
    assert graph.merge_points == ("m",)
    assert from_notation("a <- b; a <~ c").branch_points == ()
    assert from_notation("a <- b; a <~ c").real_branch_points == ("a",)


@pytest.mark.parametrize(
    ("revisions", "error", "fields"),
    [
        pytest.param(
            [Revision("a", payload=1), Revision("b"), Revision("a", payload=2)],
            errors.DuplicateRevision,
            {"id": "a", "revisions": (Revision("a", payload=1), Revision("a", payload=2))},
            id="REV-012-LIM-062-duplicate-id",
        ),
        pytest.param(
            [Revision("abcd1"), Revision("b", "abcd2"), Revision("a", "zzzz")],
            errors.MissingParent,
            {"revision": "a", "missing": "zzzz", "all": (("a", "zzzz"), ("b", "abcd2"))},
            id="REV-013-LIM-061-missing-parent",
        ),
        pytest.param(
            [Revision("abcd1"), Revision("b", "abcd2")],
            errors.MissingParent,
            {"revision": "b", "missing": "abcd2", "near": ("abcd1",)},
            id="LIM-061-near-matches",
        ),
        pytest.param(
            [Revision("a", labels="billing"), Revision("b", depends_on="biling")],
            errors.MissingDependency,
            {"revision": "b", "missing": "biling", "near": ("billing",)},
            id="REV-014-missing-dependency",
        ),
        pytest.param(
            [Revision("a", "b"), Revision("b", "a")],
            errors.Cycle,
            {"path": ("a", "b"), "ids": ("a", "b")},
            id="REV-016-two-nodes",
        ),
        pytest.param(
            [Revision("x"), Revision("c", "b"), Revision("a", ["c", "x"]), Revision("b", "a")],
            errors.Cycle,
            {"path": ("a", "c", "b"), "ids": ("a", "b", "c")},
            id="LIM-073-path-in-order",
        ),
        pytest.param(
            [Revision("a"), Revision("b", ["a", "d"]), Revision("c", "b"), Revision("d", "c")],
            errors.Cycle,
            {"ids": ("b", "c", "d")},
            id="REV-016-upper-cycle",
        ),
        pytest.param(
            [Revision("a", "b"), Revision("b", "a"), Revision("c", "a"), Revision("d", "c")],
            errors.Cycle,
            {"ids": ("a", "b")},
            id="REV-016-lower-cycle",
        ),
        pytest.param(
            [Revision("a"), Revision("z"), Revision("p", "q"), Revision("q", "p")],
            errors.Cycle,
            {"ids": ("p", "q")},
            id="REV-016-cycle-beside",
        ),
        pytest.param(
            [Revision("a"), Revision("b", "a", depends_on="c"), Revision("c", "b")],
            errors.DependencyCycle,
            {"path": ("b", "c")},
            id="REV-017-dependency-cycle",
        ),
        pytest.param(
            [Revision("a", labels="x", depends_on="y"), Revision("b", labels="y", depends_on="x")],
            errors.DependencyCycle,
            {"path": ("a", "b")},
            id="REV-017-cycle-through-labels",
        ),
        pytest.param(
            [Revision("b", labels="x"), Revision("a", labels=["y", "x"])],
            errors.DuplicateLabel,
            {"label": "x", "revision": "b", "other": "a"},
            id="REV-023-label-twice",
        ),
        pytest.param(
            [Revision("a"), Revision("b", labels="a")],
            errors.LabelIsId,
            {"label": "a", "revision": "b"},
            id="REV-024-label-equal-to-an-id",
        ),
        pytest.param(
            [Revision("b", labels="b")],
            errors.LabelIsId,
            {"label": "b", "revision": "b"},
            id="REV-024-label-equal-to-its-own-id",
        ),
    ],
)
def test_what_is_no_graph_is_refused_by_name_in_any_order(
    revisions: list[Revision[object]],
    error: type[errors.GraphError],
    fields: dict[str, object],
) -> None:
    for given in (revisions, revisions[::-1]):
        with pytest.raises(errors.GraphError) as caught:
            RevisionGraph(given)
        assert type(caught.value) is error
        for name, value in fields.items():
            found = getattr(caught.value, name)
            if name == "revisions":
                found, value = set(map(repr, found)), set(map(repr, value))  # type: ignore[call-overload]
            assert found == value


def test_a_cycle_of_parents_is_not_called_one_of_dependencies() -> None:
    with pytest.raises(errors.Cycle) as caught:
        RevisionGraph([Revision("a", "b", "c"), Revision("b", "a"), Revision("c")])
    assert not isinstance(caught.value, errors.DependencyCycle)


def test_ids_within_one_another_make_no_cycle() -> None:
    """REV-018."""
    graph = RevisionGraph(
        [Revision("user"), Revision("user_foo", "user"), Revision("foo", "user_foo")]
    )
    assert graph.heads == ("foo",)


def test_an_id_may_be_the_beginning_of_another() -> None:
    """REV-031."""
    graph = from_notation("abc <- abcd <- abcde")
    assert [resolve(graph, name) for name in ("abc", "abcd", "abcde")] == [
        ("abc",),
        ("abcd",),
        ("abcde",),
    ]


def test_a_dependency_by_label_is_one_on_the_revision_that_declares_it() -> None:
    """REV-019."""
    graph = from_notation("a <- b[x] <- c; @x <~ d")
    assert graph.needs("d") == ("b",)
    assert graph["d"].depends_on == ("x",)
    assert graph.dependents("b") == ("c", "d")


@pytest.mark.parametrize(
    ("notation", "revision", "needs"),
    [
        pytest.param("a <- b <- c; x <~ b; x <~ c", "c", ("b",), id="REV-020-implied-by-ancestor"),
        pytest.param("a <- b; a <~ b", "b", ("a",), id="REV-021-parent-and-dependency"),
        pytest.param("a <- b <- c; a <~ c", "c", ("b",), id="implied-by-parents"),
        pytest.param("a <- b; a, b <- c", "c", ("a", "b"), id="parents-are-kept-as-declared"),
        pytest.param("a <- b; x <- y; x, y <~ b", "b", ("a", "y"), id="implied-by-another"),
        pytest.param("@l <~ c; a[l] <- c", "c", ("a",), id="label-of-the-parent"),
    ],
)
def test_needs(notation: str, revision: str, needs: tuple[str, ...]) -> None:
    assert from_notation(notation).needs(revision) == needs


@pytest.mark.parametrize(
    ("notation", "bearers"),
    [
        #  a <- b1[x] <- c1 <- m
        #  a <- b2 <-----------'
        pytest.param("a <- b1[x] <- c1; a <- b2; c1, b2 <- m", "b1 c1 m", id="REV-025-branch"),
        pytest.param("a <- b <- c[x] <- d", "a b c d", id="REV-025-straight-line-to-the-base"),
        pytest.param("a <- b <- c[x]; a <~ d", "b c", id="REV-025-real-branch-point-stops"),
        pytest.param("a, b <- m <- c[x]", "c", id="REV-025-merge-point-stops"),
        pytest.param("a <- b[x]; b <- c; b <- d", "b c d", id="branch-point-itself"),
        pytest.param("a, b <- m[x] <- c", "m c", id="merge-point-itself"),
        pytest.param("a[x] <~ b", "a", id="REV-025-not-across-dependencies"),
        pytest.param("a <- b[x] <~ c <- d", "a b", id="not-across-dependencies-upwards"),
    ],
)
def test_label_inheritance(notation: str, bearers: str) -> None:
    graph = from_notation(notation)
    assert {r.id for r in graph if graph.labels_of(r.id) == ("x",)} == set(bearers.split())


def test_several_labels() -> None:
    """REV-026."""
    graph = from_notation("a <- b[y, x] <- c[z]")
    assert graph["b"].labels == ("y", "x")
    assert graph.labels_of("c") == ("x", "y", "z")
    assert dict(graph.labels) == {"x": "b", "y": "b", "z": "c"}


@pytest.mark.parametrize(
    ("revision", "error"),
    [
        pytest.param(Revision("b", "a"), errors.DuplicateRevision, id="REV-022-duplicate"),
        pytest.param(Revision("c", "zz"), errors.MissingParent, id="REV-022-missing-parent"),
        pytest.param(Revision("c", depends_on="zz"), errors.MissingDependency, id="dependency"),
        pytest.param(Revision("c", labels="x"), errors.DuplicateLabel, id="label"),
        pytest.param(Revision("c", labels="a"), errors.LabelIsId, id="label-is-id"),
        pytest.param(Revision("c", labels="c"), errors.LabelIsId, id="label-is-own-id"),
        pytest.param(Revision("x", "a"), errors.LabelIsId, id="id-is-label"),
    ],
)
def test_one_more_that_does_not_fit_is_refused(
    revision: Revision[None], error: type[errors.GraphError]
) -> None:
    graph = from_notation("a[x] <- b")
    with pytest.raises(errors.GraphError) as caught:
        graph.with_revision(revision)
    assert type(caught.value) is error
    assert (len(graph), graph.heads) == (2, ("b",))


def test_one_more_leaves_the_graph_as_it_was() -> None:
    """REV-022."""
    graph = from_notation("a <- b")
    assert list(graph)
    assert graph.labels_of("a") == ()
    bigger = graph.with_revision(Revision("c", "a", labels="x"))

    assert (graph.heads, len(graph), "c" in graph) == (("b",), 2, False)
    assert (bigger.heads, len(bigger), bigger.children("a")) == (("b", "c"), 3, ("b", "c"))
    assert bigger.branch_points == ("a",)


def test_one_more_may_depend_on_a_label() -> None:
    graph = from_notation("a[x] <- b").with_revision(Revision("c", (), "x"))
    assert (graph.needs("c"), graph.real_heads) == (("a",), ("b", "c"))


def test_the_generator_is_read_once() -> None:
    """REV-010."""
    reads = iter([Revision("a"), Revision("b", "a")])
    graph = RevisionGraph(reads)
    assert (graph.heads, graph.bases, next(reads, None)) == (("b",), ("a",), None)


def test_an_unknown_id_is_named_with_what_looks_like_it() -> None:
    graph = from_notation("abcdef")
    with pytest.raises(errors.UnknownRevision) as caught:
        graph["abcdeg"]
    assert (caught.value.text, caught.value.near) == ("abcdeg", ("abcdef",))
    assert isinstance(caught.value, LookupError)
    with pytest.raises(errors.NotText):
        graph[b"abcdef"]  # type: ignore[index]
    assert b"abcdef" not in graph
    assert ["a"] not in graph


def test_lineage_has_what_is_above_and_below() -> None:
    """REV-090, REV-091."""
    graph = from_notation("a <- b <- c; a <- d; b <~ e; f <~ b")
    assert graph.lineage("b") == {"a", "b", "c"}
    assert graph.lineage("b", dependencies=True) == {"a", "b", "c", "e", "f"}
    assert graph.ancestors(["c", "d"]) == {"a", "b", "c", "d", "f"}
    assert graph.overlap(["c", "d"]) is None
    assert graph.overlap(["e", "d", "f"]) == ("f", "e")


@pytest.mark.parametrize(
    ("notation", "order"),
    [
        #  a <- b1 <- c1
        #  a <- b2 <- c2
        pytest.param("a <- b1 <- c1; a <- b2 <- c2", "a b2 c2 b1 c1", id="REV-070-stays-on-a-line"),
        pytest.param("p1 <- p2; q1 <- q2", "q1 q2 p1 p2", id="roots"),
        pytest.param("a <- b; a <- c; b, c <- m", "a c b m", id="first-parent-last"),
        pytest.param("a <- b; a <- c; c, b <- m", "a b c m", id="in-the-order-of-the-parents"),
        pytest.param(DEPENDENT, "a1 a2 b1 b2", id="dependency-first"),
    ],
)
def test_order(notation: str, order: str) -> None:
    assert [r.id for r in from_notation(notation)] == order.split()


def test_equality_looks_at_everything() -> None:
    assert from_notation("a <- b") == from_notation("a <- b")
    assert from_notation("a <- b") != from_notation("a <~ b")
    assert from_notation("a, b <- c") != from_notation("b, a <- c")
    assert from_notation("a") != from_notation("a; b")
    assert from_notation("a") != "a"
    assert repr(from_notation("a <- b")) == "<RevisionGraph of 2, heads: b>"


LONG = 100_000 if os.environ.get("HYPOTHESIS_PROFILE") == "many" else 20_000


def _chain() -> list[Revision[None]]:
    return [Revision(f"r{i:06d}", f"r{i - 1:06d}" if i else ()) for i in range(LONG)]


def _shuffled() -> list[Revision[None]]:
    revisions = _chain()
    random.Random(7).shuffle(revisions)
    return revisions


def _chain_of_dependencies() -> list[Revision[None]]:
    return [Revision(f"r{i:06d}", (), f"r{i - 1:06d}" if i else (), f"lab{i}") for i in range(LONG)]


def _labels_all_along() -> list[Revision[None]]:
    return [
        Revision(f"r{i:06d}", f"r{i - 1:06d}" if i else (), labels=f"lab{i}") for i in range(LONG)
    ]


def _star() -> list[Revision[None]]:
    return [Revision("r000000"), *(Revision(f"r{i:06d}", "r000000") for i in range(1, LONG))]


def _octopus() -> list[Revision[None]]:
    arms = [f"r{i:06d}" for i in range(1, LONG - 1)]
    return [Revision("r000000"), *(Revision(a, "r000000") for a in arms), Revision("z", arms)]


def _ladder() -> list[Revision[None]]:
    """Each rung merges both sides of the rung below: twice as many ways at every step."""
    made = [Revision[None]("a000000"), Revision[None]("b000000")]
    for i in range(1, LONG // 2):
        sides = [f"a{i - 1:06d}", f"b{i - 1:06d}"]
        made += [Revision(f"a{i:06d}", sides), Revision(f"b{i:06d}", sides)]
    return made


@pytest.mark.parametrize(
    "make",
    [_chain, _shuffled, _chain_of_dependencies, _labels_all_along, _star, _octopus, _ladder],
)
@pytest.mark.slow
def test_very_many_revisions_need_no_recursion(
    make: Callable[[], list[Revision[None]]],
) -> None:
    """Nothing recurses and nothing is looked at once per way: minutes would be a square."""
    revisions = make()
    graph = RevisionGraph(revisions)
    up = upgrade(graph, (), "heads")
    heads = up.heads_after

    assert len(list(up)) == len(graph) == len(revisions)
    assert len(list(downgrade(graph, heads, "base"))) == len(graph)
    assert heads == graph.real_heads
    assert len(list(upgrade(graph, graph.bases[:1], "heads"))) < len(graph)
    assert stamp(graph, heads, "base").heads_after == ()
    assert stamp(graph, (), "heads").heads_after == heads
    assert len(history(graph)) == len(graph)
    assert graph.ancestors(heads) == {revision.id for revision in revisions}
    for revision in revisions[:: LONG // 10]:
        assert set(revision.labels) <= set(graph.labels_of(revision.id))
    for text in (to_notation, to_dot, to_mermaid, to_json):
        assert len(text(graph)) > len(graph)
    if make is not _octopus:  # as many lanes as lines
        assert draw(graph).count("\n") >= len(graph) - 1
    assert graph.with_revision(Revision("zz", heads[0])).children(heads[0]) == ("zz",)


def test_a_long_cycle_is_found_and_told_of_shortly() -> None:
    revisions = _chain()
    revisions[0] = Revision("r000000", f"r{LONG - 1:06d}")
    with pytest.raises(errors.Cycle) as caught:
        RevisionGraph(revisions)
    assert len(caught.value.path) == LONG
    assert len(str(caught.value)) < 400


def test_walks_take_any_function_and_are_lazy() -> None:
    asked: list[int] = []

    def halves(n: int) -> list[int]:
        asked.append(n)
        return [n // 2] if n > 1 else []

    found = walk.ancestors([1 << 40], halves)
    assert [next(found) for _ in range(3)] == [1 << 40, 1 << 39, 1 << 38]
    assert len(asked) == 2
    # A graph without end: only what is read is walked.
    assert next(walk.ancestors([1], lambda n: [n + 1])) == 1
    assert walk.topological(range(LONG), lambda n: [n - 1] if n else [])[-1] == LONG - 1
    assert walk.find_cycle(range(LONG), lambda n: [(n + 1) % LONG]) == list(range(LONG))
    assert walk.topological("ab", lambda n: "z") == ["a", "b"]
    assert walk.children("ab", {"a": "", "b": "aaz"}.__getitem__) == {"a": ["b"], "b": []}


@pytest.mark.parametrize("given", [[1], ["a"], [None], [Revision("a"), ("b", "a")]])
def test_only_revisions_make_a_graph(given: list[object]) -> None:
    with pytest.raises(TypeError, match="made of Revision values"):
        RevisionGraph(given)  # type: ignore[arg-type]


def test_notation_revisions_may_make_no_graph() -> None:
    assert [r.id for r in revisions_from_notation("a <- b; b <- a")] == ["a", "b"]
