"""One revision: what it may be called, and what it makes of what it is given."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
from typing import Any

import pytest
from revgraph import Revision, check_id, errors, new_id


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("a", ("a",), id="one"),
        pytest.param(("a", "b"), ("a", "b"), id="tuple"),
        pytest.param(["b", "a"], ("b", "a"), id="list-keeps-its-order"),
        pytest.param({"b", "a"}, ("a", "b"), id="set-is-sorted"),
        pytest.param((i for i in "ab"), ("a", "b"), id="generator"),
        pytest.param(("a", "b", "a"), ("a", "b"), id="REV-021-repeats-count-once"),
        pytest.param((), (), id="none-of-them"),
        pytest.param(None, (), id="None"),
    ],
)
def test_edges_and_labels_are_tuples_whatever_is_given(given: Any, kept: tuple[str, ...]) -> None:
    """REV-001."""
    given = tuple(given) if not isinstance(given, str | set | list | None) else given
    revision = Revision("z", given, given, given) if not given else None
    assert Revision("z", parents=given).parents == kept
    assert Revision("z", depends_on=given).depends_on == kept
    assert Revision("z", labels=given).labels == kept
    assert revision is None or revision == Revision("z")


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        pytest.param("a-b+@:", ("+", "-", ":", "@"), id="REV-002-sorted"),
        pytest.param("a@b", ("@",), id="one"),
        pytest.param("-", ("-",), id="alone"),
    ],
)
def test_characters_of_targets_are_refused(name: str, characters: tuple[str, ...]) -> None:
    for make in (Revision, check_id):
        with pytest.raises(errors.IllegalId) as caught:
            make(name)
        assert caught.value.id == name
        assert caught.value.characters == characters
        assert ", ".join(characters) in str(caught.value)


@pytest.mark.parametrize("name", ["", "head", "heads", "base", None, 7, b"ab", ["a"]])
def test_what_could_never_be_asked_for_is_refused(name: Any) -> None:
    with pytest.raises(errors.IllegalId) as caught:
        Revision(name)
    assert caught.value.id == name


@pytest.mark.parametrize(
    "name", ["a", "0", "é", "名前", "a b", "a.b/c", "a\nb", "x" * 10_000, "Head"]
)
def test_anything_else_is_an_id(name: str) -> None:
    assert Revision(name).id == name


@pytest.mark.parametrize("value", [b"a", 7, [7], [None], ("",), 1.5])
def test_references_must_be_text(value: Any) -> None:
    for field in ("parents", "depends_on"):
        with pytest.raises(errors.IllegalId):
            Revision("z", **{field: value})


@pytest.mark.parametrize(
    "label", ["", "head", "heads", "base", "a@b", "a:b", "+1", "-22", 7, None, "@"]
)
def test_labels_that_no_target_can_name_are_refused(label: Any) -> None:
    with pytest.raises(errors.IllegalLabel) as caught:
        Revision("z", labels=[label])
    assert caught.value.label == label
    assert caught.value.revision == "z"


@pytest.mark.parametrize(
    "label", ["feature-x", "a+b", "release-2", "é", "a b", "-x", "+", "heads2"]
)
def test_labels_may_hold_what_ids_may_not(label: str) -> None:
    assert Revision("z", labels=label).labels == (label,)


def test_a_revision_that_is_its_own_parent_is_refused() -> None:
    """REV-003."""
    with pytest.raises(errors.SelfLoop) as caught:
        Revision("a", ["b", "a"])
    assert caught.value.path == ("a",)
    assert isinstance(caught.value, errors.Cycle)
    assert not isinstance(caught.value, errors.DependencyCycle)


@pytest.mark.parametrize("needed", ["a", "lab"])
def test_a_revision_that_depends_on_itself_is_refused(needed: str) -> None:
    """REV-004: the error is a loop, and a cycle through dependencies."""
    with pytest.raises(errors.DependencySelfLoop) as caught:
        Revision("a", depends_on=needed, labels="lab")
    assert isinstance(caught.value, errors.SelfLoop)
    assert isinstance(caught.value, errors.DependencyCycle)


def test_a_revision_never_changes() -> None:
    revision = Revision("a", payload=[])
    with pytest.raises(dataclasses.FrozenInstanceError):
        revision.id = "b"  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        revision.other = 1  # type: ignore[attr-defined]


def test_a_revision_is_a_value() -> None:
    revision = Revision[dict[str, int]]("a", "b", "c", "lab", payload={"x": 1})

    assert revision == Revision("a", ["b"], ["c"], ["lab"], {"x": 1})
    assert revision != Revision("a", "b", "c", "lab")
    assert hash(revision) == hash(Revision("a", "b", "c", "lab"))
    assert pickle.loads(pickle.dumps(revision)) == revision
    assert copy.deepcopy(revision) == revision
    assert dataclasses.replace(revision, id="z") == Revision("z", "b", "c", "lab", {"x": 1})
    assert not hasattr(revision, "__dict__")


def test_repr_shows_what_it_is_made_of() -> None:
    """REV-009."""
    text = repr(Revision("a", ["b"], ["c"], ["y", "x"]))
    assert text == (
        "Revision(id='a', parents=('b',), depends_on=('c',), labels=('y', 'x'), payload=None)"
    )


def test_new_ids_are_twelve_hex_digits_and_differ() -> None:
    """REV-117."""
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch("[0-9a-f]{12}", name) for name in ids)
