"""What the pages show works: their Python runs, their TOML is read, their commands are words that there are."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa
from house.source import ROOT
from house.test_change_pages import WITH_EXAMPLES
from migrate_cli import Operations
from migrate_cli.cli.words import migrate
from migrate_cli.running.runner import call
from migrate_cli.settings import checked
from migrate_cli.sinks import RecordingSink
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase

DOCS = ROOT / "docs"
ELSEWHERE = {
    "alembic.md",  # in a process of its own, below
    "plugins.md",  # with what it shows installed: tests/migrate_cli/test_plugins_of_ours.py
    "python.md",  # one program: tests/migrate_cli/test_given.py
    "tutorial.md",  # played: test_tutorial.py
    *(str(page.relative_to(DOCS)) for page in WITH_EXAMPLES),
}
"""Pages whose Python another test runs; so it does that of each change and each recipe."""

PAGES = sorted(
    page
    for page in DOCS.rglob("*.md")
    if not {"_build", "changes", "cookbook"} & set(page.relative_to(DOCS).parts)
)
ALL = [*PAGES, *sorted((DOCS / "cookbook").glob("*.md")), ROOT / "README.md"]
ALL += sorted(ROOT.glob("packages/*/README.md"))
FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^ *\$ migrate (.+)$", re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    """Give the blocks of one language, without the indent of the list that they stand in."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [textwrap.dedent(code) for _, spoken, code in found if spoken == language]


def _named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize(
    "page",
    [p for p in PAGES if str(p.relative_to(DOCS)) not in ELSEWHERE and blocks(p, "python")],
    ids=_named,
)
def test_the_python_of_a_page_runs(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page follow each other; what a revision says is kept in a list."""
    monkeypatch.setattr("builtins.input", lambda _: "y")
    with engine() as connection:
        spoken = surroundings(connection)
        for code in blocks(page, "python"):
            if ">>>" in code:
                continue  # a session, for doctest: tests/revgraph/test_docs.py
            before = dict(spoken, connection=connection)
            exec(compile(code, page.name, "exec", dont_inherit=True), spoken)
            if upgrade := spoken.pop("upgrade", None):
                call(upgrade, spoken["op"]._sink, {"database": "orders"})

            assert before != spoken or spoken["op"]._sink.taken
            spoken["connection"] = connection


@contextmanager
def engine() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY)"))
        yield connection
    engine.dispose()


class Listening(RecordingSink):
    """Keeps what is said, and has a connection for who asks for it."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(postgresql.dialect())
        self.bound = connection

    def bind(self) -> sa.Connection:
        return self.bound


def surroundings(connection: sa.Connection) -> dict[str, Any]:
    """What a part of a program finds: an engine, models, and an `op` that keeps what is said."""

    class Base(DeclarativeBase): ...

    sa.Table("people", Base.metadata, sa.Column("id", sa.Integer, primary_key=True))
    return {
        "__name__": "__main__",
        "sa": sa,
        "engine": connection.engine,
        "connection": connection,
        "Base": Base,
        "metadata": Base.metadata,
        "op": Operations(Listening(connection)),
        "Operations": Operations,
    }


@pytest.mark.parametrize("page", [p for p in ALL if blocks(p, "toml")], ids=_named)
def test_the_settings_of_a_page_are_settings(page: Path) -> None:
    for text in blocks(page, "toml"):
        text = text if text.startswith("[") else f"[tool.migrate]\n{text}"
        found = tomllib.loads(text)
        checked(page, found.get("tool", {}).get("migrate", {}))

        assert found.keys() <= {"tool", "project", "build-system"}


def typed() -> list[Any]:
    """Give each command that a page shows, once."""
    seen: dict[str, Path] = {}
    for page in ALL:
        for line in COMMAND.findall(page.read_text(encoding="utf-8")):
            seen.setdefault(line, page)
    return [pytest.param(line, id=f"{page.name}: {line}") for line, page in seen.items()]


@pytest.mark.parametrize("line", typed())
def test_a_command_that_is_shown_can_be_typed(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read as the command line reads it, and not run."""
    heard: list[str | None] = []
    monkeypatch.setattr(click.Command, "invoke", lambda word, _: heard.append(word.name))
    arguments = shlex.split(re.split(r" (?:&&|\|\|?|>>?|;) ", line)[0], comments=True)

    if arguments[0] != "greet":  # the page of plugins makes it up
        migrate.main(arguments, standalone_mode=False)
        assert len(heard) == 2  # the program, and the word


@pytest.mark.slow
def test_the_python_of_the_page_of_alembic_runs(tmp_path: Path) -> None:
    """In a process of its own, where the name `alembic` is ours."""
    program = "\n".join(blocks(DOCS / "alembic.md", "python"))
    made = [sys.executable, "-m", "migrate_cli", "alembic", "init", "migrations"]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    settings = tmp_path / "alembic.ini"
    written = re.sub(
        "^sqlalchemy.url.*", "sqlalchemy.url = sqlite://", settings.read_text(), flags=re.M
    )
    settings.write_text(written)

    done = subprocess.run(
        [sys.executable, "-c", f"import sqlalchemy as sa\n{program}"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
    )

    assert done.returncode == 0, done.stderr
