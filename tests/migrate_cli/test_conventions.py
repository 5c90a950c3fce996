"""How constraints and indexes are named that a script leaves without a name."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest
from migrate_cli.commands import plan, upgrade
from sqlalchemy import inspect

from .conftest import Project

CONVENTION = (
    'naming_convention = {ix = "ix_%(column_0_label)s", uq = "uq_%(table_name)s_%(column_0_name)s", '
    'ck = "ck_%(table_name)s_%(constraint_name)s", '
    'fk = "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"}'
)
TABLE = """
op.create_table(
    "t",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("a", sa.Integer(), nullable=False),
    sa.Column("b", sa.Integer(), nullable=False),
    sa.CheckConstraint("a > 0", name="positive"),
    sa.UniqueConstraint("a"),
)
"""
AND_MORE = """
op.create_index(None, "t", ["b"])
with op.batch_alter_table("t") as batch:
    batch.create_unique_constraint(None, ["b"])
    batch.create_foreign_key(None, "t", ["b"], ["id"])
    batch.create_check_constraint(op.f("final"), "b > 0")
"""


def names(project: Project) -> set[str | None]:
    with project.connect() as connection:
        seen = inspect(connection)
        return {
            str(one["name"])
            for found in (
                seen.get_indexes("t"),
                seen.get_unique_constraints("t"),
                seen.get_check_constraints("t"),
                seen.get_foreign_keys("t"),
            )
            for one in found
        }


@pytest.mark.parametrize("signature", ["op: Operations", ""], ids=["given", "global"])
def test_what_a_script_leaves_unnamed_is_named(project: Project, signature: str) -> None:
    project.settings(CONVENTION)
    imported = "" if signature else "from migrate_cli import op\n"
    project.revision("a1", upgrade=imported + TABLE, signature=signature)
    project.revision("b2", "a1", upgrade=imported + AND_MORE, signature=signature)

    planned = plan(project.config)
    upgrade(project.config)

    assert {
        "ck_t_positive", "uq_t_a", "ix_t_b", "uq_t_b", "fk_t_b_t", "final",
    } <= names(project)  # fmt: skip
    assert "create index ix_t_b on t (b)" in str(planned)


def test_a_script_of_sql_has_the_same_names(sqlite_project: Project) -> None:
    sqlite_project.settings(CONVENTION)
    sqlite_project.revision("a1", upgrade=TABLE)
    sql = io.StringIO()

    upgrade(sqlite_project.config, sql=sql)

    assert "CONSTRAINT ck_t_positive CHECK (a > 0)" in sql.getvalue()


@pytest.fixture
def models(sqlite_project: Project) -> Iterator[Project]:
    (sqlite_project.root / "nc_models.py").write_text(
        "from sqlalchemy import MetaData\n"
        'm = MetaData(naming_convention={"uq": "u_%(column_0_name)s"})\nnone = 3\n'
    )
    yield sqlite_project
    sys.modules.pop("nc_models", None)


def test_the_models_convention_may_be_named_and_is_imported_at_need(models: Project) -> None:
    models.settings('naming_convention = "nc_models:m.naming_convention"')
    models.revision("a1", upgrade='op.execute("SELECT 1")')
    models.revision("b2", "a1", upgrade=TABLE.replace(', name="positive"', ""))

    upgrade(models.config, "a1")
    before = "nc_models" in sys.modules
    upgrade(models.config)

    assert (before, "nc_models" in sys.modules) == (False, True)
    assert "u_a" in names(models)


@pytest.mark.parametrize(
    ("target", "said"),
    [("nc_models:n", "nc_models has no 'n'"), ("nc_models:none", "none is a int, not a mapping")],
)
def test_what_is_no_convention_is_told_and_nothing_is_done(
    models: Project, target: str, said: str
) -> None:
    models.settings(f'naming_convention = "{target}"')
    models.revision("a1", upgrade=TABLE)

    with pytest.raises(Exception, match=said):
        upgrade(models.config)

    assert models.tables() == set()


def test_no_convention_changes_nothing(sqlite_project: Project) -> None:
    sqlite_project.revision("a1", upgrade=TABLE)

    upgrade(sqlite_project.config)

    assert names(sqlite_project) == {"positive", "None"}
