"""The docs leave nothing out: every public name, setting and option is told, and every link leads somewhere."""

from __future__ import annotations

import importlib
import inspect
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from house.links import broken
from house.source import ROOT
from migrate_cli.cli.words import WORDS, Words
from migrate_cli.config import load
from migrate_cli.settings import OF_A_DATABASE, SETTINGS

DOCS = ROOT / "docs"
FACES = [
    "ddl_constructs",
    "revgraph",
    "revgraph.errors",
    "ddl_autogen",
    "migrate_cli",
    "migrate_cli.commands",
    "migrate_cli.compat",
    "migrate_cli.env",
    "migrate_cli.errors",
]


@pytest.mark.parametrize("face", FACES)
def test_a_public_name_has_a_docstring(face: str) -> None:
    module = importlib.import_module(face)
    spoken = {name: getattr(module, name) for name in module.__all__}
    written = {n: o for n, o in spoken.items() if inspect.isroutine(o) or inspect.isclass(o)}

    assert [name for name, one in written.items() if not _docstring(one)] == []


def _docstring(one: Any) -> str:
    """Its own, not an inherited one, nor the signature that a dataclass puts in its place."""
    own = (vars(one).get("__doc__") if inspect.isclass(one) else one.__doc__) or ""
    return "" if own.startswith(f"{one.__name__}(") else own.strip()


def test_the_reference_is_checked_for_every_face() -> None:
    """`nox -s docs` warns of a public name that it lacks, by the faces that conf.py lists."""
    listed = re.search(r"^FACES = \[(.*?)\]", (DOCS / "conf.py").read_text(), re.M | re.S)

    assert listed is not None
    assert re.findall(r'"([\w.]+)"', listed[1]) == FACES


ROWS = {
    key: (value, default)
    for key, value, default in re.findall(
        r"^\| `(\w+)` \| (.*?) \| (.*?) \|", (DOCS / "settings.md").read_text("utf-8"), re.M
    )
}


def test_every_setting_is_told_once() -> None:
    keys = re.findall(r"^\| `(\w+)` \|", (DOCS / "settings.md").read_text("utf-8"), re.M)

    assert sorted(keys) == sorted(SETTINGS)


@pytest.mark.parametrize("key", ROWS)
def test_the_default_of_a_setting_is_what_holds(key: str, tmp_path: Path) -> None:
    """A value that can be written down is shown as in TOML; others in words."""
    (tmp_path / "pyproject.toml").write_text("[tool.migrate]\n")
    config = load(tmp_path)
    told = ROWS[key][1]

    if told == "none":
        assert getattr(config, key) is None
    elif re.fullmatch(r"`[^`]+`", told):
        (tmp_path / "pyproject.toml").write_text(f"[tool.migrate]\n{key} = {told.strip('`')}\n")
        assert replace(load(tmp_path), file=config.file) == config


def test_what_a_database_may_say_for_itself_is_marked() -> None:
    marked = {key for key, (value, _) in ROWS.items() if "of a database" in value}

    assert marked == set(OF_A_DATABASE)


def test_every_recipe_stands_in_the_index() -> None:
    index = (DOCS / "cookbook" / "index.md").read_text(encoding="utf-8")
    recipes = {page.name for page in (DOCS / "cookbook").glob("*.md")} - {"index.md"}

    assert recipes - set(re.findall(r"\(([\w-]+\.md)\)", index)) == set()


@pytest.mark.parametrize("word", [word for word in WORDS if word != "alembic"])
def test_a_command_page_tells_every_option(word: str) -> None:
    index = (DOCS / "commands" / "index.md").read_text(encoding="utf-8")
    page = re.search(rf"^\| \[{word}\]\(([\w-]+\.md)", index, re.MULTILINE)
    assert page is not None
    told = (DOCS / "commands" / page[1]).read_text(encoding="utf-8")
    command = Words().get_command(click.Context(Words()), word)
    assert command is not None

    options = [
        [name for name in (*parameter.opts, *parameter.secondary_opts) if name.startswith("-")]
        for parameter in command.params
        if parameter.name in command.own
        and isinstance(parameter, click.Option)
        and parameter.name != "format"
    ]

    assert [one for one in options if not any(_tells(told, name) for name in one)] == []


def _tells(page: str, option: str) -> bool:
    return re.search(rf"(?<![\w-]){option}(?![\w-])", page) is not None


@pytest.mark.parametrize(
    "page",
    [
        *sorted(ROOT.glob("*.md")),
        *sorted(ROOT.glob("packages/*/README.md")),
        *sorted(ROOT.glob("examples/**/*.md")),
        *sorted(p for p in DOCS.rglob("*.md") if "_build" not in p.parts),
    ],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_a_link_leads_to_what_is_there(page: Path) -> None:
    assert broken(page) == []
