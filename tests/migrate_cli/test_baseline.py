"""A database with tables and no history gets its first revision, which makes the same elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from migrate_cli import errors
from migrate_cli.adoption.seen import seen
from migrate_cli.commands import baseline, check, downgrade, status, upgrade
from migrate_cli.errors import HasHistory, MigrateError, NothingThere, NotProven
from migrate_cli.foreign import HISTORIES
from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
)

from .conftest import Project

OWN = {"migrate_version", "migrate_journal"}


def schema() -> MetaData:
    metadata = MetaData()
    Table(
        "account",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(50), nullable=False, unique=True),
        Column("kind", Enum("plain", "pro", name="kind"), server_default="plain"),
        Column("made", DateTime, server_default=func.current_timestamp()),
        Column("parent", ForeignKey("account.id", name="fk_parent", ondelete="CASCADE")),
    )
    Table(
        "order",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
        Column("total", Numeric(10, 2)),
        CheckConstraint("total > 0", name="positive"),
        Column("note", Text, comment="what they said"),
        UniqueConstraint("account_id", "total", name="uq_both"),
        Index("ix_two", "total", "id", unique=True),
    )
    return metadata


@pytest.fixture
def filled(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose database has tables that it doesn't know of."""
    with project.connect() as connection:
        schema().create_all(connection)
        connection.commit()
    return project


def scratch(project: Project) -> str | None:
    return None if project.url.startswith("sqlite") else project.url


def test_it_makes_what_there_is_and_the_database_is_at_it(filled: Project) -> None:
    with filled.connect() as connection:
        there = seen(connection, OWN)

    made = baseline(filled.config, "what was there", scratch=scratch(filled))

    assert made.proven
    assert made.path.read_text().startswith('"""what was there\n')
    assert status(filled.config).heads == (made.id,)
    downgrade(filled.config, "base")
    assert filled.tables() == set()
    upgrade(filled.config, "head")
    with filled.connect() as connection:
        assert seen(connection, OWN) == there


def test_other_tools_histories_are_named_and_left_alone(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [*HISTORIES, "DATABASECHANGELOG"]
    with sqlite_project.connect() as connection:
        for name in dict.fromkeys(one.lower() for one in names):
            connection.exec_driver_sql(f'create table "{name}" (id integer primary key)')
        connection.exec_driver_sql("create table mine (id integer primary key)")
        connection.exec_driver_sql("create view seen as select 1")
        connection.commit()
    (sqlite_project.root / "baseline_models.py").write_text(
        "import sqlalchemy as sa\nmetadata = sa.MetaData()\n"
        "sa.Table('mine', metadata, sa.Column('id', sa.Integer, primary_key=True))\n"
    )
    sqlite_project.settings('metadata = "baseline_models:metadata"')

    made = baseline(sqlite_project.config)

    assert [change.describe() for change in made.changes] == ["create table mine (1 column)"]
    assert dict(made.others) == HISTORIES
    assert made.views == ("seen",)
    assert check(sqlite_project.config).changes == ()
    downgrade(sqlite_project.config, "base")
    assert set(HISTORIES) <= sqlite_project.tables()


def empty(project: Project) -> None:
    with project.connect() as connection:
        schema().drop_all(connection)
        connection.commit()


def at_a_revision(project: Project) -> None:
    with project.connect() as connection:
        connection.exec_driver_sql("create table migrate_version (version_num varchar(32))")
        connection.exec_driver_sql("insert into migrate_version values ('ab12')")
        connection.commit()


@pytest.mark.parametrize(
    ("arrange", "error"),
    [
        pytest.param(empty, NothingThere, id="empty"),
        pytest.param(at_a_revision, HasHistory, id="at-a-revision"),
        pytest.param(lambda project: project.revision("ab12"), HasHistory, id="revisions"),
    ],
)
def test_it_is_the_first_revision_or_none(
    sqlite_project: Project, arrange: Callable[[Project], Any], error: type[MigrateError]
) -> None:
    with sqlite_project.connect() as connection:
        schema().create_all(connection)
        connection.commit()
    arrange(sqlite_project)
    files = sorted((sqlite_project.root / "migrations").rglob("*"))

    with pytest.raises(error):
        baseline(sqlite_project.config)

    assert sorted((sqlite_project.root / "migrations").rglob("*")) == files


def test_a_server_is_built_on_a_server(
    make_project: Callable[[str], Project], postgresql_url: str
) -> None:
    project = make_project(postgresql_url)
    with project.connect() as connection:
        schema().create_all(connection)
        connection.commit()

    with pytest.raises(NotProven, match="--scratch postgresql://"):
        baseline(project.config)

    assert baseline(project.config, prove=False).proven is None


def test_nothing_is_left_where_the_database_cant_be_stamped(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_project.connect() as connection:
        schema().create_all(connection)
        connection.exec_driver_sql("create table migrate_version (other integer)")
        connection.commit()
    config = replace(sqlite_project.config, lock_timeout=0)

    with pytest.raises(errors.MigrateError):
        baseline(config)

    assert list((sqlite_project.root / "migrations/versions").iterdir()) == []
