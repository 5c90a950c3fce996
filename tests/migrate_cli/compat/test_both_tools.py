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


NAMES = """
import sqlalchemy as sa
metadata = sa.MetaData(naming_convention={
    "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
})
"""
OLD = f"""{NAMES}
sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("pid", sa.ForeignKey("p.id")), sa.Column("a", sa.String(5), unique=True),
    sa.Column("b", sa.Boolean(name="b", create_constraint=True)),
    sa.CheckConstraint("id > 0", name="pos"))
"""
NEW = f"""{NAMES}
sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("tid", sa.Integer))
sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("a", sa.String(50), nullable=False, index=True),
    sa.Column("pid2", sa.ForeignKey("p.id", ondelete="CASCADE")),
    sa.CheckConstraint("id > 1", name="pos"))
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
    enums = [(e["name"], e["labels"]) for e in getattr(found, "get_enums", list)()]
    engine.dispose()
    return tables, enums


def started(root: Path, url: str) -> None:
    """Make a project whose env.py takes its models from models.py, and writes batch blocks."""
    ours(root, "init scripts")
    ini = (root / "alembic.ini").read_text()
    url = url.replace("%", "%%")
    (root / "alembic.ini").write_text(ini.replace("driver://user:pass@localhost/dbname", url))
    env = root / "scripts" / "env.py"
    text = env.read_text().replace(
        "target_metadata = None", "import models\ntarget_metadata = models.metadata"
    )
    batch = "target_metadata=target_metadata, render_as_batch=connection.dialect.name == 'sqlite'"
    env.write_text(
        text.replace(
            "connection=connection, target_metadata=target_metadata",
            f"connection=connection, {batch}",
        )
    )


@pytest.mark.slow
def test_names_by_convention_come_and_go_in_batch_blocks(tmp_path: Path, sqlite_url: str) -> None:
    pytest.importorskip("alembic")
    started(tmp_path, sqlite_url)
    for number, models in (("1", OLD), ("2", NEW)):
        (tmp_path / "models.py").write_text(models)
        ours(tmp_path, f"revision --autogenerate --rev-id {number} -m x", "upgrade head", "check")
    (written,) = (tmp_path / "scripts" / "versions").glob("2*.py")
    assert 'with op.batch_alter_table("t") as batch_op:' in written.read_text()
    by_ours = schema(sqlite_url)

    theirs(tmp_path, "downgrade base", "upgrade head")

    assert schema(sqlite_url) == by_ours
    ours(tmp_path, "check")


@pytest.mark.slow
def test_enum_types_come_and_go_under_both_tools(tmp_path: Path, postgresql_url: str) -> None:
    pytest.importorskip("alembic")
    started(tmp_path, postgresql_url)
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
