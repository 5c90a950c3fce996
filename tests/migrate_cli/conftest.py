"""A project in a folder of its own, for the tests of what runs revisions."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from migrate_cli.config import Config, load
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.pool import NullPool

from .killer import Killer


@pytest.fixture(autouse=True)
def without_alembic() -> Iterator[None]:
    """Have no Alembic imported, neither the real one nor ours; after the test it is as it was."""

    def taken() -> dict[str, ModuleType]:
        names = [name for name in sys.modules if name.partition(".")[0] == "alembic"]
        return {name: sys.modules.pop(name) for name in names}

    before, finders = taken(), list(sys.meta_path)
    yield
    sys.meta_path[:] = finders
    taken()
    sys.modules.update(before)


@dataclass
class Project:
    """A project whose revision files the test writes.

    Attributes:
        root: Its folder.
        url: Its database.
    """

    root: Path
    url: str

    @property
    def config(self) -> Config:
        return load(self.root, url=self.url)

    def settings(self, *lines: str) -> None:
        text = "\n".join(["[tool.migrate]", *lines]) + "\n"
        (self.root / "pyproject.toml").write_text(text, encoding="utf-8")

    def revision(
        self,
        id: str,
        parents: str | tuple[str, ...] | None = None,
        upgrade: str = "pass",
        downgrade: str = "pass",
        *,
        message: str = "",
        signature: str = "op: Operations",
    ) -> Path:
        """Write a revision file; the bodies are lines of Python, indented or not."""
        path = self.root / "migrations" / "versions" / f"{id}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        bodies = [
            f"def {name}({signature}) -> None:\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"
            for name, body in (("upgrade", upgrade), ("downgrade", downgrade))
        ]
        header = (
            f'"""{message or id}"""\n\nimport sqlalchemy as sa\n'
            "from migrate_cli import Operations\n\n"
            f"revision = {id!r}\ndown_revision = {parents!r}\n\n\n"
        )
        path.write_text(header + "\n\n".join(bodies), encoding="utf-8")
        return path

    def connect(self) -> Connection:
        return create_engine(self.url, poolclass=NullPool).connect()

    def tables(self) -> set[str]:
        """Names of the tables in the database, the version table apart."""
        with self.connect() as connection:
            return set(inspect(connection).get_table_names()) - {
                "migrate_version",
                "migrate_journal",
            }


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[[str], Project]:
    """Make an empty project on a database."""

    def make(url: str) -> Project:
        project = Project(tmp_path / "project", url)
        project.root.mkdir()
        project.settings()
        (project.root / "migrations" / "versions").mkdir(parents=True)
        return project

    return make


@pytest.fixture
def project(make_project: Callable[[str], Project], database_url: str) -> Project:
    """An empty project, on each kind of database in turn."""
    return make_project(database_url)


@pytest.fixture
def sqlite_project(make_project: Callable[[str], Project], sqlite_url: str) -> Project:
    """An empty project on SQLite."""
    return make_project(sqlite_url)


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    made = Killer()
    yield made
    made.close()
