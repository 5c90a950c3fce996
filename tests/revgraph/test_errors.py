"""Every way to be wrong: one class, fields, a message with what was asked and the mend."""

from __future__ import annotations

import inspect
import pickle

import pytest
from revgraph import RevgraphError, errors

MESSAGES = [
    (
        errors.IllegalId("a-b", ("-",)),
        "can't use id 'a-b': it has -; targets are written with these characters",
    ),
    (errors.IllegalId("", (), "it is empty"), "can't use id '': it is empty"),
    (
        errors.IllegalLabel("a@b", "r", "it has @"),
        "can't use label 'a@b' of revision r: it has @",
    ),
    (
        errors.DuplicateRevision("a", (1, 2)),
        "revision a is present 2 times; give each revision an id of its own",
    ),
    (
        errors.DuplicateLabel("x", "b", "a"),
        "label 'x' of revision b is already declared by a; a label names one revision",
    ),
    (
        errors.LabelIsId("a", "b", "a"),
        "label 'a' of revision b is also the id of a revision; choose another label",
    ),
    (
        errors.MissingParent("b", "az", ("aa", "ab"), (("b", "az"), ("c", "q"))),
        "revision b has the parent az, which isn't in the graph (and 1 more like it); "
        "did you mean aa or ab?",
    ),
    (
        errors.MissingDependency("b", "az"),
        "revision b depends on az, which is neither a revision nor a label of the graph",
    ),
    (
        errors.Cycle(("a", "c", "b")),
        "cycle among revisions: a -> c -> b -> a; each is followed by one of its parents",
    ),
    (
        errors.DependencyCycle(("a", "b")),
        "cycle through dependencies: a -> b -> a; each is followed by a parent or by a revision "
        "that it depends on",
    ),
    (errors.SelfLoop(("a",)), "revision a is its own parent"),
    (errors.DependencySelfLoop(("a",)), "revision a depends on itself"),
    (
        errors.MalformedTarget("x@", "nothing stands after @"),
        "can't read target 'x@': nothing stands after @",
    ),
    (
        errors.NotText(b"a"),
        "revision identifier b'a' is bytes, not text; if it was read from a database, check the "
        "settings of its driver",
    ),
    (
        errors.UnknownRevision("abcde", ("abcdf",)),
        "no revision or branch 'abcde'; did you mean abcdf?",
    ),
    (
        errors.UnknownRevision("ab"),
        "no revision or branch 'ab' (a partial id is only searched among ids of four characters "
        "or more)",
    ),
    (errors.UnknownBranch("x", ("y",)), "no branch 'x'; did you mean y?"),
    (
        errors.UnknownApplied("zz", (), ("zz",), ("a",)),
        "applied revision zz isn't in the graph; add the revision, or stamp over it with purge",
    ),
    (
        errors.AmbiguousTarget("ab", ("ab1", "ab2", "ab3"), 5),
        "'ab' fits ab1, ab2, ab3 and 2 more; write more of the id",
    ),
    (
        errors.SeveralHeads("head", ("a", "b")),
        "'head' wants one revision, and there are 2: a, b; name one of them, say 'label@head', or "
        "'heads' for all",
    ),
    (
        errors.SeveralApplied("-1", ("a", "b")),
        "'-1' counts from the applied head, and there are 2: a, b; say which branch, as in "
        "'label@-1'",
    ),
    (
        errors.NotOnBranch("x@b", "b", "x"),
        "'x@b' can't be followed: revision b isn't a member of branch 'x'",
    ),
    (
        errors.BranchNotApplied("x@-1", "x", ()),
        "'x@-1' counts from what is applied on branch 'x', and that is nothing; applied: nothing",
    ),
    (
        errors.AmbiguousWalk("+1", None, ("a", "b")),
        "'+1' can't be counted: from base the way goes on to a, b; name a revision, or a branch "
        "as in 'label@+1'",
    ),
    (
        errors.AmbiguousWalk("m-1", "m", ("a", "b")),
        "'m-1' can't be counted: from m the way goes back to a, b; name a revision, or a branch "
        "as in 'label@-1'",
    ),
    (
        errors.WalkPastEnd("+3", 3, 1),
        "'+3' asks for 3 revisions, and that way there is only 1",
    ),
    (
        errors.WalkPastEnd("-1", 1, 0),
        "'-1' asks for 1 revision, and that way there are only 0",
    ),
    (
        errors.WrongDirection("-1", "upgrade"),
        "can't upgrade to '-1': counted from what is applied it goes the other way; downgrade to "
        "it, or count from a revision, as in 'ab12-1'",
    ),
    (
        errors.OverlappingTargets("a", "b"),
        "targets a and b overlap: b includes a; leave one of them out",
    ),
    (
        errors.OverlappingHeads("a", "b"),
        "applied heads a and b overlap: b includes a; take out a, or stamp b",
    ),
    (
        errors.NotApplied("b", ("a",)),
        "can't downgrade to b: nothing above it is applied on its line; applied heads: a",
    ),
    (
        errors.LeavesBranch("x@base", "x", ("c", "a")),
        "'x@base' reaches below branch 'x': it would also take away c, a; stop at the branch "
        "point, or name the target without its branch",
    ),
    (
        errors.NotAnAncestor("b", "a"),
        "no range b:a: b isn't an ancestor of a",
    ),
    (
        errors.NotationError("a <= b", 2, "wanted <-"),
        "can't read the graph at character 2 ('<= b'): wanted <-",
    ),
]


@pytest.mark.parametrize(("error", "message"), MESSAGES, ids=lambda v: type(v).__name__)
def test_messages(error: RevgraphError, message: str) -> None:
    assert str(error) == message
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), message, vars(error))


def test_every_error_has_its_message_here() -> None:
    told = {type(error) for error, _ in MESSAGES}
    groups = {RevgraphError, errors.GraphError, errors.TargetError, errors.PlanError}
    every = {
        one
        for _, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, RevgraphError)
    }
    assert every - groups == told


def test_long_lists_are_cut_short() -> None:
    error = errors.SeveralHeads("head", tuple(f"r{i}" for i in range(1000)))
    assert len(str(error)) < 250
    assert "and 990 more" in str(error)


def test_a_long_text_is_not_said_in_full() -> None:
    for error in (errors.UnknownRevision("x" * 100_000), errors.MalformedTarget("@" * 500, "no")):
        assert len(str(error)) < 200
        assert "characters)" in str(error)
