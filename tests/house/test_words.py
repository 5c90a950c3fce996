"""A change is spelled once: each has its word on `op`, and each word its change."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import ddl_constructs
import pytest
from ddl_constructs import Change
from migrate_cli import Operations

for module in pkgutil.walk_packages(ddl_constructs.__path__, "ddl_constructs."):
    importlib.import_module(module.name)


def kinds(base: type[Change] = Change) -> Iterator[type[Change]]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith("ddl_constructs."):
            yield kind
        yield from kinds(kind)


KINDS = [
    pytest.param(kind, id=kind.__name__)
    for kind in sorted(set(kinds()), key=lambda kind: kind.__name__)
    if not kind.__name__.startswith("_")
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_has_its_words_on_op(kind: type[Change]) -> None:
    assert kind.words
    assert [word for word in kind.words if not callable(getattr(Operations, word, None))] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_on_the_face_and_says_what_it_does(kind: type[Change]) -> None:
    assert getattr(ddl_constructs, kind.__name__) is kind
    assert kind.__name__ in ddl_constructs.__all__
    assert kind.describe is not Change.describe
    assert kind.reverse is not Change.reverse
    assert kind.__doc__


def test_a_word_that_builds_a_change_belongs_to_one() -> None:
    said = {name for name, word in vars(Operations).items() if hasattr(word, "__wrapped__")}

    assert said - {"batch_alter_table"} == {word for kind in kinds() for word in kind.words}


def test_there_are_changes() -> None:
    assert len(KINDS) > 20
