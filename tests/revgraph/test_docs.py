"""What the chapters show is what happens."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
import revgraph
from revgraph import errors

DOCS = Path(__file__).parents[2] / "docs" / "revgraph"


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_examples_of_a_page_run(page: Path) -> None:
    found = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert found.failed == 0
    assert found.attempted or page.name == "alembic.md"


def test_the_rules_tell_of_every_error() -> None:
    told = (DOCS / "rules.md").read_text(encoding="utf-8")
    every = {name for name, one in vars(errors).items() if isinstance(one, type)}
    every = {name for name in every if issubclass(getattr(errors, name), errors.RevgraphError)}
    assert {name for name in every if not re.search(rf"\b{name}\b", told)} == set()


def test_every_name_of_the_face_has_a_docstring_and_an_example() -> None:
    for name in revgraph.__all__:
        one = getattr(revgraph, name)
        assert one.__doc__
        if callable(one) and not isinstance(one, type):
            assert ">>>" in one.__doc__, f"{name} has no example"
    for name in vars(revgraph.walk):
        one = getattr(revgraph.walk, name)
        if getattr(one, "__module__", "") == "revgraph.walk" and callable(one):
            assert ">>>" in one.__doc__, f"walk.{name} has no example"
