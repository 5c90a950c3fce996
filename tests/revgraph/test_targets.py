"""What people write, and what it means in a graph."""

from __future__ import annotations

from typing import Any

import pytest
from revgraph import (
    Range,
    Revision,
    RevisionGraph,
    Target,
    downgrade,
    errors,
    from_notation,
    history,
    parse,
    resolve,
    resolve_one,
    upgrade,
)

#   aaaa1 <- bbbb1[x] <- cccc1
#         <- bbbb2    <- cccc2
FORK = "aaaa1 <- bbbb1[x] <- cccc1; aaaa1 <- bbbb2 <- cccc2"
#   a1[a] <- a2 <--.
#        b1[b] <- b2
DEPENDENT = "a1[a] <- a2; b1[b] <- b2; a2 <~ b2"
LINE = "aaaa <- bbbb <- cccc <- dddd"


@pytest.mark.parametrize(
    ("text", "branch", "symbol", "steps"),
    [
        ("head", None, "head", 0),
        ("ab12", None, "ab12", 0),
        ("ab12+2", None, "ab12", 2),
        ("head-1", None, "head", -1),
        ("+2", None, None, 2),
        ("-1", None, None, -1),
        ("x@head", "x", "head", 0),
        ("x@+1", "x", None, 1),
        ("x@ab12-3", "x", "ab12", -3),
        ("@head", None, "head", 0),  # REV-049: an empty label is ignored
        ("feature-x@head", "feature-x", "head", 0),
        ("feature-x", None, "feature-x", 0),
        ("release-2", None, "release", -2),
        ("+01", None, None, 1),
        ("+" + "9" * 5000, None, None, 10**18),
        ("+1+2", None, "+1", 2),
        ("héad", None, "héad", 0),
        ("a+١", None, "a+١", 0),  # digits of other scripts are no steps
        (" head", None, " head", 0),
    ],
)
def test_points(text: str, branch: str | None, symbol: str | None, steps: int) -> None:
    assert parse(text) == Target(text, branch, symbol, steps)
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        (":", None, None),
        ("a:", "a", None),
        (":b", None, "b"),
        ("a:b", "a", "b"),
        ("-2:x@head", "-2", "x@head"),
    ],
)
def test_ranges(text: str, lower: str | None, upper: str | None) -> None:
    ends = [None if end is None else parse(end) for end in (lower, upper)]
    assert parse(text) == Range(text, *ends)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="LIM-064-empty"),
        pytest.param("lab@", id="REV-127-nothing-after-at"),
        pytest.param("@", id="at-alone"),
        pytest.param("a@b@c", id="two-ats"),
        pytest.param("a:b:c", id="LIM-065-two-colons"),
        pytest.param("::", id="colons"),
        pytest.param("+0", id="REV-049-zero"),
        pytest.param("-0", id="REV-049-minus-zero"),
        pytest.param("ab12+000", id="zero-from-a-revision"),
        pytest.param("+", id="no-number"),
        pytest.param("x@-", id="no-number-on-a-branch"),
        pytest.param("lab@:b", id="malformed-end"),
    ],
)
def test_malformed(text: str) -> None:
    with pytest.raises(errors.MalformedTarget) as caught:
        parse(text)
    assert caught.value.text in (text, text.split(":")[0])
    with pytest.raises(errors.MalformedTarget):
        upgrade(from_notation("a"), (), text)


def test_a_target_made_by_hand_names_something() -> None:
    with pytest.raises(errors.MalformedTarget):
        Target("zzz")


@pytest.mark.parametrize("value", [7, b"ab", 1.5, [b"ab"], [None, 3], object()])
def test_what_is_not_text(value: Any) -> None:
    """REV-044."""
    graph = from_notation("a")
    for ask in (resolve, lambda g, t: upgrade(g, (), t), lambda g, t: upgrade(g, t, "head")):
        with pytest.raises(errors.NotText, match="driver"):
            ask(graph, value)
    with pytest.raises(errors.NotText):
        parse(value)


@pytest.mark.parametrize(
    ("notation", "target", "ids"),
    [
        pytest.param("", "head", "", id="REV-015-head-of-nothing"),
        pytest.param("", "heads", "", id="REV-015-heads-of-nothing"),
        pytest.param(LINE, "head", "dddd", id="REV-027"),
        pytest.param(DEPENDENT, "heads", "b2", id="REV-028-real-heads"),
        pytest.param(FORK, "heads", "cccc1 cccc2", id="REV-028"),
        pytest.param(FORK, "base", "", id="REV-030-base"),
        pytest.param(FORK, None, "", id="REV-030-None"),
        pytest.param("abc <- abcd", "abc", "abc", id="REV-031-exact-first"),
        pytest.param(FORK, "bbbb2", "bbbb2", id="REV-031-full"),
        pytest.param("aaaa1 <- bbbb2", "bbb", "bbbb2", id="REV-032-partial"),
        pytest.param("aaaa1 <- bbbb2", "b", "bbbb2", id="REV-032-one-letter"),
        pytest.param(FORK, "x@bbb", "bbbb1", id="REV-035-partial-within-a-branch"),
        pytest.param(FORK, "x", "bbbb1", id="REV-036-label-alone"),
        pytest.param(FORK, "x@head", "cccc1", id="REV-037"),
        pytest.param(DEPENDENT, "a@heads", "a2", id="REV-038-also-depended-on"),
        pytest.param(DEPENDENT, "a@head", "a2", id="REV-037-also-depended-on"),
        pytest.param(FORK, "x@base", "", id="REV-039"),
        pytest.param(FORK, "bbbb2@head", "cccc2", id="REV-040-revision-as-branch"),
        pytest.param(FORK, "x@aaaa1", "aaaa1", id="REV-041-below-the-label"),
        pytest.param(FORK, "x@cccc1", "cccc1", id="REV-041-above-the-label"),
        pytest.param(FORK, "bbbb1@bbbb1", "bbbb1", id="REV-042"),
        pytest.param(FORK, ["x", "heads"], "bbbb1 cccc1 cccc2", id="REV-045-several"),
        pytest.param(FORK, ["aaaa1", "aaaa1"], "aaaa1 aaaa1", id="REV-045-repeats-are-kept"),
        pytest.param(FORK, {"cccc2", "cccc1"}, "cccc1 cccc2", id="REV-045-set"),
        pytest.param(FORK, (), "", id="none-of-them"),
        pytest.param(FORK, "x@-1", "bbbb1", id="REV-046-down-from-the-branch-head"),
        pytest.param(LINE, "-1", "cccc", id="REV-046-down-from-the-head"),
        pytest.param(DEPENDENT, "-1", "b1", id="REV-046-down-from-the-real-head"),
        pytest.param(DEPENDENT, "a@-1", "a1", id="REV-046-a-branch-that-is-depended-on"),
        pytest.param(FORK, "-1", "bbbb1 bbbb2", id="REV-046-down-from-each-head"),
        pytest.param(FORK + "; z", "-2", "aaaa1", id="REV-046-heads-that-are-high-enough"),
        pytest.param("aaaa1 <- ccccc; aaaa1 <- d", "ccc@head", "ccccc", id="REV-128"),
        pytest.param(LINE, "bbbb+1", "cccc", id="up-from-a-revision"),
        pytest.param(LINE, "head-3", "aaaa", id="REV-056"),
        pytest.param(FORK, "x@head-1", "bbbb1", id="REV-057"),
        pytest.param(FORK, "x@aaaa1+2", "cccc1", id="up-within-a-branch"),
        pytest.param(LINE, "base+2", "bbbb", id="REV-064"),
        pytest.param(LINE, "aaaa-1", "", id="down-to-the-base"),
        pytest.param("rel <- a[rel-2]", "rel-2", "a", id="label-that-looks-like-steps"),
        pytest.param("rel <- a[rel-2]", "rel-2@rel-2", "a", id="label-that-looks-like-steps-twice"),
        pytest.param("a[feature-x] <- b", "feature-x@head", "b", id="label-with-a-dash"),
        pytest.param("a <- current", "current", "current", id="current-may-be-an-id"),
    ],
)
def test_lookups(notation: str, target: Any, ids: str) -> None:
    assert resolve(from_notation(notation), target) == tuple(ids.split())


@pytest.mark.parametrize(
    ("notation", "applied", "target", "ids"),
    [
        pytest.param(LINE, "aaaa", "+1", "bbbb", id="REV-050"),
        pytest.param(LINE, "", "+2", "bbbb", id="REV-050-from-base"),
        pytest.param(FORK, "bbbb2", "x@+1", "bbbb1", id="REV-054-from-its-branch-point"),
        pytest.param(FORK, "bbbb1 bbbb2", "x@+1", "cccc1", id="REV-054-from-its-head"),
        pytest.param(FORK, "", "x@+2", "bbbb1", id="REV-054-from-base"),
        pytest.param(FORK, "aaaa1", "x@+1", "bbbb1", id="REV-054-children-by-label"),
        pytest.param(LINE, "cccc", "-1", "bbbb", id="REV-058"),
        pytest.param(LINE, "cccc", "-3", "", id="REV-058-exactly-to-base"),
        pytest.param(FORK, "cccc1 cccc2", "x@-1", "bbbb1", id="REV-062"),
        pytest.param(DEPENDENT, "b2", "a@-1", "a1", id="REV-062-implied-by-a-dependent"),
        pytest.param(FORK, "aaaa1", "x@-1", "", id="REV-063-at-the-shared-root"),
    ],
)
def test_counted_from_what_is_applied(notation: str, applied: str, target: str, ids: str) -> None:
    assert resolve(from_notation(notation), target, applied.split()) == tuple(ids.split())


@pytest.mark.parametrize(
    ("notation", "applied", "target", "error", "fields"),
    [
        pytest.param(FORK, None, "head", errors.SeveralHeads,
                     {"heads": ("cccc1", "cccc2"), "text": "head"}, id="REV-027"),
        pytest.param(LINE, None, "zzzz", errors.UnknownRevision, {"text": "zzzz"}, id="REV-033"),
        pytest.param(LINE, None, "aaab", errors.UnknownRevision, {"near": ("aaaa",)}, id="typo"),
        pytest.param(LINE, None, "haed", errors.UnknownRevision, {"near": ("head", "heads")},
                     id="typo-of-a-word"),
        pytest.param("abc <- abd", None, "ab", errors.UnknownRevision, {"text": "ab"},
                     id="REV-032-short-ids-only-in-full"),
        pytest.param(FORK, None, "bbb", errors.AmbiguousTarget,
                     {"candidates": ("bbbb1", "bbbb2"), "count": 2}, id="REV-034"),
        pytest.param("; ".join(f"abcd{i}" for i in range(5)), None, "abcd", errors.AmbiguousTarget,
                     {"candidates": ("abcd0", "abcd1", "abcd2"), "count": 5}, id="REV-034-three"),
        pytest.param("a <- b[x]; b <- c; b <- d", None, "x@head", errors.SeveralHeads,
                     {"text": "x@head", "heads": ("c", "d")}, id="REV-037"),
        pytest.param(FORK, None, "x@bbbb2", errors.NotOnBranch,
                     {"revision": "bbbb2", "branch": "x"}, id="REV-041"),
        pytest.param(DEPENDENT, None, "a@b2", errors.NotOnBranch, {"revision": "b2"},
                     id="REV-041-dependencies-do-not-count"),
        pytest.param(FORK, None, "y@head", errors.UnknownBranch, {"text": "y"}, id="REV-043"),
        pytest.param("a[billing]", None, "biling@head", errors.UnknownBranch,
                     {"near": ("billing",)}, id="REV-043-near"),
        pytest.param(FORK, None, "heads@head", errors.UnknownBranch, {"text": "heads"},
                     id="word-as-a-branch"),
        pytest.param(FORK, None, "bbbb@head", errors.AmbiguousTarget, {"count": 2},
                     id="REV-128-ambiguous-branch"),
        pytest.param(LINE, ["aaaa"], "+9", errors.WalkPastEnd, {"steps": 9, "found": 3},
                     id="REV-051"),
        pytest.param(LINE, ["aaaa"], "+" + "9" * 5000, errors.WalkPastEnd, {"found": 3},
                     id="REV-051-by-far"),
        pytest.param(FORK, ["cccc1", "cccc2"], "+1", errors.SeveralApplied,
                     {"heads": ("cccc1", "cccc2")}, id="REV-052"),
        pytest.param(FORK, ["aaaa1"], "+1", errors.AmbiguousWalk,
                     {"at": "aaaa1", "choices": ("bbbb1", "bbbb2")}, id="REV-053"),
        pytest.param("a; b", [], "+1", errors.AmbiguousWalk, {"at": None, "choices": ("a", "b")},
                     id="REV-053-several-roots"),
        pytest.param("a <- b[x]; b <- c; b <- d", ["b"], "x@+1", errors.AmbiguousWalk, {"at": "b"},
                     id="REV-053-within-the-branch"),
        pytest.param("a, b <- m", ["m"], "-1", errors.AmbiguousWalk, {"choices": ("a", "b")},
                     id="REV-066"),
        pytest.param(LINE, [], "-1", errors.WalkPastEnd, {"steps": 1, "found": 0}, id="REV-059"),
        pytest.param(LINE, ["aaaa"], "-2", errors.WalkPastEnd, {"steps": 2, "found": 1},
                     id="REV-058-too-far"),
        pytest.param(LINE, None, "head+1", errors.WalkPastEnd, {}, id="REV-126-LIM-063-past-the-head"),
        pytest.param(LINE, None, "head-9", errors.WalkPastEnd, {"found": 4}, id="REV-126-below-base"),
        pytest.param(LINE, None, "base-1", errors.WalkPastEnd, {"found": 0}, id="below-base"),
        pytest.param(FORK, None, "heads-1", errors.SeveralHeads, {}, id="REV-029"),
        pytest.param(FORK, [], "x@-1", errors.BranchNotApplied, {"branch": "x", "applied": ()},
                     id="LIM-066-nothing"),
        pytest.param("a[x]; b", ["b"], "x@-1", errors.BranchNotApplied, {"applied": ("b",)},
                     id="LIM-066-another"),
        pytest.param("a[x] <- b; a <- c", ["b", "c"], "x@-1", errors.SeveralApplied,
                     {"heads": ("b", "c")}, id="LIM-066-several"),
        pytest.param(LINE, ["zz", "aaaa"], "+1", errors.UnknownApplied,
                     {"unknown": ("zz",), "known": ("aaaa",)}, id="REV-047-LIM-071"),
        pytest.param(LINE, None, "a:b", errors.MalformedTarget, {"text": "a:b"}, id="range"),
        pytest.param(LINE, None, [parse("a:b")], errors.MalformedTarget, {}, id="range-in-a-list"),
        pytest.param(LINE, None, "+1", errors.MalformedTarget, {}, id="nothing-to-count-from"),
        pytest.param(FORK, None, "x@+1", errors.MalformedTarget, {}, id="nothing-of-the-branch"),
        pytest.param(LINE, None, parse("a:b"), errors.MalformedTarget, {}, id="range-as-a-value"),
    ],
)  # fmt: skip
def test_what_names_nothing(
    notation: str,
    applied: list[str] | None,
    target: Any,
    error: type[errors.RevgraphError],
    fields: dict[str, object],
) -> None:
    with pytest.raises(errors.RevgraphError) as caught:
        resolve(from_notation(notation), target, applied)
    assert type(caught.value) is error
    assert {name: getattr(caught.value, name) for name in fields} == fields


def test_a_short_text_is_told_why_it_is_not_found() -> None:
    """REV-033."""
    for text, told in (("zz", True), ("zzzz", False)):
        with pytest.raises(errors.UnknownRevision) as caught:
            resolve(from_notation(LINE), text)
        assert ("four characters" in str(caught.value)) is told


def test_one_where_one_is_wanted() -> None:
    """REV-029, REV-045, REV-048."""
    graph = from_notation(FORK)
    assert resolve_one(graph, "x@head") == "cccc1"
    assert resolve_one(graph, "base") is None
    assert resolve_one(graph, None) is None
    assert resolve_one(graph, "bbbb2") == "bbbb2"
    assert resolve_one(RevisionGraph[None](), "head") is None
    with pytest.raises(errors.SeveralHeads):
        resolve_one(graph, "heads")


def test_near_matches_are_quick_in_a_large_graph() -> None:
    graph = RevisionGraph(Revision(f"{i:012x}") for i in range(0, 30_000_000, 1000))
    with pytest.raises(errors.UnknownRevision) as caught:
        resolve(graph, "000000002ee0x")
    assert "000000002ee0" in caught.value.near


@pytest.mark.parametrize(
    ("notation", "applied", "between", "ids"),
    [
        pytest.param(LINE, None, None, "dddd cccc bbbb aaaa", id="REV-089-all"),
        pytest.param(LINE, None, ":", "dddd cccc bbbb aaaa", id="all-by-colon"),
        pytest.param(LINE, None, "bbbb:cccc", "cccc bbbb", id="REV-068-both-ends"),
        pytest.param(LINE, None, "cccc:", "dddd cccc", id="from"),
        pytest.param(LINE, None, ":bbbb", "bbbb aaaa", id="up-to"),
        pytest.param(LINE, None, "bbbb", "bbbb aaaa", id="a-point-is-up-to"),
        pytest.param(LINE, None, parse("cccc:"), "dddd cccc", id="as-a-value"),
        pytest.param(LINE, None, parse("bbbb"), "bbbb aaaa", id="a-point-as-a-value"),
        pytest.param(LINE, None, "+2:", "dddd cccc bbbb", id="from-the-second"),
        pytest.param(LINE, None, "base:bbbb", "bbbb aaaa", id="from-base"),
        pytest.param(LINE, None, "head:base", None, id="REV-069-wrong-way"),
        pytest.param(LINE, None, "cccc:bbbb", None, id="REV-069-wrong-way-round"),
        pytest.param(FORK, None, "bbbb1:cccc2", None, id="REV-069-another-branch"),
        pytest.param(LINE, None, ":+100", "dddd cccc bbbb aaaa", id="REV-067-clipped-above"),
        pytest.param(LINE, None, "aaaa:+5", "dddd cccc bbbb aaaa", id="REV-067-clipped-from"),
        pytest.param(LINE, None, "aaaa:+1", "bbbb aaaa", id="up-from-the-lower-end"),
        pytest.param(LINE, ["bbbb"], "-100:current", "bbbb aaaa", id="REV-067-clipped-below"),
        pytest.param(LINE, None, "-100:head", "dddd cccc bbbb aaaa", id="REV-067-before-head"),
        pytest.param(LINE, None, "-4:", "dddd cccc bbbb aaaa", id="REV-067-exactly-on-base"),
        pytest.param(LINE, None, "-1:", "dddd cccc", id="last-steps"),
        pytest.param(LINE, None, "-1:cccc", "cccc bbbb", id="CLI-065-from-the-end-given"),
        pytest.param(LINE, "bbbb", "-1:current", "bbbb aaaa", id="CLI-065-from-current"),
        pytest.param(LINE, None, "-9:bbbb", "bbbb aaaa", id="from-the-end-given-and-cut"),
        pytest.param(LINE, None, ":-1", "cccc bbbb aaaa", id="REV-067-all-but-the-last"),
        pytest.param(LINE, None, ":-100", "", id="REV-067-nothing-left"),
        pytest.param(LINE, ["bbbb"], "current:", "dddd cccc bbbb", id="current"),
        pytest.param(LINE, ["bbbb"], ":current", "bbbb aaaa", id="to-current"),
        pytest.param(LINE, ["bbbb"], "current-1:current+1", "cccc bbbb aaaa", id="about-current"),
        pytest.param(LINE, [], "current:", "dddd cccc bbbb aaaa", id="nothing-is-current"),
        pytest.param(LINE, ["bbbb"], "current:+1", "cccc bbbb", id="up-from-current"),
        pytest.param(FORK, ["bbbb1", "bbbb2"], "current:x@+1", "cccc1 bbbb1",
                     id="LIM-070-several-current"),
        pytest.param(FORK, ["cccc1", "bbbb2"], "x@current:", "cccc1", id="current-of-a-branch"),
        pytest.param(FORK, None, "x@base:heads", "cccc1 bbbb1 aaaa1", id="REV-039-REV-076"),
        pytest.param(FORK, None, "x@aaaa1:", "cccc1 bbbb1 aaaa1", id="label-in-the-lower-end"),
        pytest.param(FORK + "; z", None, "aaaa1:heads", "cccc1 bbbb1 cccc2 bbbb2 aaaa1",
                     id="REV-077-what-is-not-above-is-left-out"),
        pytest.param(DEPENDENT, None, "b1:b2", "b2 b1", id="dependencies-are-not-in-between"),
        pytest.param(DEPENDENT, None, ":b2", "b2 b1 a2 a1", id="REV-075-dependencies-are-needed"),
        pytest.param("", None, ":", "", id="empty"),
        pytest.param(LINE, None, "current:", errors.MalformedTarget, id="current-is-not-known"),
        pytest.param(LINE, ["zz"], "current:", errors.UnknownApplied, id="current-unknown"),
        pytest.param(FORK, ["bbbb1", "bbbb2"], "current+1:", errors.SeveralApplied,
                     id="counted-from-several"),
        pytest.param(LINE, None, "zzzz:", errors.UnknownRevision, id="unknown-end"),
    ],
)  # fmt: skip
def test_history(
    notation: str, applied: list[str] | None, between: Any, ids: str | type[Exception] | None
) -> None:
    graph = from_notation(notation)
    if isinstance(ids, str):
        assert [r.id for r in history(graph, between, applied)] == ids.split()
    else:
        with pytest.raises(ids or errors.NotAnAncestor):
            history(graph, between, applied)


def test_a_range_the_wrong_way_names_both_ends() -> None:
    with pytest.raises(errors.NotAnAncestor) as caught:
        history(from_notation(LINE), "head:base")
    assert (caught.value.lower, caught.value.upper) == ("dddd", "base")


def test_directions_are_not_mixed_up() -> None:
    """REV-055, REV-060."""
    graph = from_notation(LINE)
    with pytest.raises(errors.WrongDirection):
        upgrade(graph, ["cccc"], "-1")
    with pytest.raises(errors.WrongDirection):
        downgrade(graph, ["aaaa"], "+1")
