"""The recipes of the cookbook, played from their first line to the last, say what the commands say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from house.test_tutorial import BLOCK, story
from sqlalchemy.pool import NullPool
from stories.test_stories import play, steady

COOKBOOK = Path(__file__).parents[2] / "docs" / "cookbook"
PLAYED = (
    "creating",
    "existing",
    "optional",
    "phases",
    "recognising",
    "rewriting",
    "scripts",
    "squashing",
)


@pytest.mark.parametrize("name", PLAYED)
@pytest.mark.slow
def test_a_recipe_says_what_happens(name: str, tmp_path: Path) -> None:
    told = steady(story((COOKBOOK / f"{name}.md").read_text(encoding="utf-8")), tmp_path)

    heard = play(told, tmp_path)

    assert heard.splitlines() == told.splitlines()


REVISION = """
import sqlalchemy as sa
from migrate_cli import Operations

revision, down_revision = {!r}, {!r}


def upgrade(op: Operations) -> None:
    op.create_table({!r}, sa.Column("id", sa.Integer(), primary_key=True))
"""


def test_tenants_are_each_at_a_revision_of_their_own(tmp_path: Path, postgresql_url: str) -> None:
    """One of them fails, and the others are done all the same."""
    (program,) = (
        found["text"] for found in BLOCK.finditer((COOKBOOK / "tenants.md").read_text("utf-8"))
    )
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "a1.py").write_text(REVISION.format("a1", None, "customer"))
    (versions / "b2.py").write_text(REVISION.format("b2", "a1", "invoice"))
    (tmp_path / "pyproject.toml").write_text(f'[tool.migrate]\nurl = "{postgresql_url}"\n')
    engine = sa.create_engine(postgresql_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA one; CREATE SCHEMA two; CREATE SCHEMA three"))
        connection.execute(sa.text("CREATE TABLE two.invoice (id integer)"))

    done = subprocess.run(
        [sys.executable, "-c", program, "one", "two", "three"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
    )

    said = done.stdout.splitlines()
    assert done.stderr == ""
    assert done.returncode == 1
    assert said[0] == "one: 2 applied, at b2"
    assert re.match("two: upgrade of b2 .*failed", said[1])
    assert said[-1] == "three: 2 applied, at b2"
    with engine.connect() as connection:
        at = {
            schema: connection.scalar(sa.text(f"SELECT version_num FROM {schema}.migrate_version"))
            for schema in ("one", "two", "three")
        }
        assert at == {"one": "b2", "two": "a1", "three": "b2"}
        assert sa.inspect(connection).get_table_names() == []
