"""Each change has its page, what is computed in it is what is true now, and its examples run."""

from __future__ import annotations

import importlib.util
import io
import re
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType

import pytest
from ddl_constructs import loading
from house.source import ROOT
from sqlalchemy import Engine

DOCS = ROOT / "docs" / "ddl-constructs"
BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```$(?:\n\n^```text\n(?P<shown>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pages", DOCS / "make_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_pages = _generator()
CHANGES = [pytest.param(kind, id=kind.__name__) for kind in make_pages.changes()]
WITH_EXAMPLES = [
    DOCS / "index.md",
    DOCS / "apply.md",
    DOCS / "objects.md",
    *sorted((DOCS / "changes").glob("*.md")),
]


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_has_a_page_with_an_example(kind: type) -> None:
    text = make_pages.page_of(kind).read_text(encoding="utf-8")

    assert text.startswith(f"# {kind.__name__}\n\n")
    assert re.findall("^## (.*)", text, re.MULTILINE) == [
        "Call",
        "SQL",
        "Undo",
        "Facts",
        "Limits",
        "Example",
    ]
    assert BLOCK.search(text)


def test_a_page_is_of_a_change() -> None:
    of_changes = {make_pages.page_of(param.values[0]).name for param in CHANGES}

    assert {file.name for file in (DOCS / "changes").iterdir()} == {"index.md", *of_changes}


def test_what_is_computed_in_a_page_is_true_now() -> None:
    made = make_pages.made()

    old = {file.name for file, text in made.items() if text != file.read_text(encoding="utf-8")}

    assert old == set(), "run: python docs/ddl-constructs/make_pages.py"


def test_the_pages_show_every_dialect_that_is_known() -> None:
    assert set(make_pages.KNOWN) == set(loading._FILES)


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_the_examples_of_a_page_print_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of a page are one program, read from top to bottom."""
    monkeypatch.chdir(tmp_path)
    spoken: dict[str, object] = {"__name__": page.stem}
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        told = io.StringIO()
        with redirect_stdout(told):
            exec(compile(block["code"], page.name, "exec"), spoken)

        assert told.getvalue() == (block["shown"] or "")

    for value in spoken.values():
        if isinstance(value, Engine):
            value.dispose()
