"""What ours writes by comparing, the real Alembic runs too, step by step in turn with ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

FIRST = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("e", sa.Enum("a", "b", name="e")))
"""
SECOND = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("e", sa.Enum("a", "b", "c", name="e")), sa.Column("f", sa.Enum("x", name="f")))
sa.Table("u", metadata, sa.Column("g", sa.Enum("x", name="f")), sa.Column("h", sa.Enum("x", name="hh")))
"""


def ours(root: Path, *commands: str) -> None:
    _run(root, "from migrate_cli import compat", "compat.install()", commands=commands)


def theirs(root: Path, *commands: str) -> None:
    _run(root, commands=commands)


def _run(root: Path, *lines: str, commands: Sequence[str]) -> None:
    words = [command.split() for command in commands]
    lines = (*lines, "from alembic.config import main", f"for words in {words!r}: main(words)")
    command = [sys.executable, "-W", "ignore", "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def schema(url: str) -> Any:
    engine = sa.create_engine(url)
    found = sa.inspect(engine)
    tables = {
        name: sorted((c["name"], repr(c["type"])) for c in found.get_columns(name))
        for name in sorted(found.get_table_names())
    }
    enums = [(e["name"], e["labels"]) for e in found.get_enums()]  # type: ignore[attr-defined]  # PostgreSQL's
    engine.dispose()
    return tables, enums


@pytest.mark.slow
def test_enum_types_come_and_go_under_both_tools(tmp_path: Path, postgresql_url: str) -> None:
    pytest.importorskip("alembic")
    ours(tmp_path, "init scripts")
    ini = (tmp_path / "alembic.ini").read_text()
    url = postgresql_url.replace("%", "%%")
    (tmp_path / "alembic.ini").write_text(ini.replace("driver://user:pass@localhost/dbname", url))
    env = tmp_path / "scripts" / "env.py"
    env.write_text(
        env.read_text().replace(
            "target_metadata = None", "import models\ntarget_metadata = models.metadata"
        )
    )
    for number, models in (("1", FIRST), ("2", SECOND)):
        (tmp_path / "models.py").write_text(models)
        ours(tmp_path, f"revision --autogenerate --rev-id {number} -m x", "upgrade head", "check")
    by_ours = schema(postgresql_url)
    theirs(tmp_path, "downgrade 1")
    ours(tmp_path, "downgrade base")
    empty = schema(postgresql_url)

    theirs(tmp_path, "upgrade 1", "upgrade head")

    assert schema(postgresql_url) == by_ours
    theirs(tmp_path, "downgrade base")
    assert schema(postgresql_url) == empty
    assert empty[1] == []
