"""Rows that stand against what is found: named before a file is written, or filled by its steps."""

from __future__ import annotations

from typing import Any

import pytest
from migrate_cli.commands import check, downgrade, revision, upgrade
from migrate_cli.commands.files import Made
from migrate_cli.errors import UsageError
from migrate_cli.losses.against_rows import Fills, RowsAgainst
from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    text,
)

CASES = [
    pytest.param("", "", 'Column("b", Integer, nullable=False)', "which would have", id="new"),
    pytest.param('Column("b", String(9))', "", 'Column("b", String(9), nullable=False)',
                 "without a value", id="not-null"),
    pytest.param('Column("b", String(50))', "'abcdefgh'", 'Column("b", String(3))',
                 "would change", id="shorter"),
    pytest.param('Column("b", Numeric(10, 3))', "1.237", 'Column("b", Numeric(10, 1))',
                 "would change", id="scale"),
    pytest.param('Column("b", DateTime)', "'2020-01-02 03:04:05'", 'Column("b", Date)',
                 "would change", id="time-of-day"),
    pytest.param('Column("b", String(9))', "'x'", 'Column("b", Integer)',
                 "(can't become that: |would change)", id="no-number"),
]  # fmt: skip
FITTING = [
    pytest.param('Column("b", String(50))', "'abc'", 'Column("b", String(3))', id="short-enough"),
    pytest.param('Column("b", Numeric(10, 3))', "1.2", 'Column("b", Numeric(10, 1))', id="scale"),
    pytest.param('Column("b", String(9))', "'x'", 'Column("b", String(9), nullable=False)',
                 id="has-values"),
    pytest.param('Column("b", Integer)', "1", 'Column("b", BigInteger)', id="wider"),
    pytest.param("", "", 'Column("b", Integer, nullable=False, server_default="1")',
                 id="has-a-default"),
]  # fmt: skip


def set_up(project: Any, before: str, value: str, after: str) -> None:
    name = f"rows_{abs(hash((project.root, after)))}"
    head = "from sqlalchemy import *\nmetadata = MetaData()\n"
    table = 'Table("t", metadata, Column("id", Integer, primary_key=True), {})\n'
    (project.root / f"{name}.py").write_text(head + table.format(after))
    project.settings(f'metadata = "{name}:metadata"')
    items = [eval(before, globals())] if before else []
    there = Table("t", MetaData(), Column("id", Integer, primary_key=True), *items)
    with project.connect() as connection:
        there.metadata.create_all(connection)
        into = "(id, b)" if value else "(id)"
        connection.execute(text(f"INSERT INTO t {into} VALUES (1{', ' if value else ''}{value})"))
        connection.commit()


def make(project: Any, *fill: str, despite: bool = False) -> Made:
    return revision(project.config, "b", autogenerate=True, fills=Fills(fill, despite=despite))


@pytest.mark.parametrize(("before", "value", "after", "reason"), CASES)
def test_what_rows_stand_against_is_refused_by_name(
    before: str, value: str, after: str, reason: str, project: Any
) -> None:
    if project.url.startswith("sqlite") and "would change" in reason:
        pytest.skip("SQLite keeps values as they are; a batch block looks at them when it runs")
    set_up(project, before, value, after)

    with pytest.raises(RowsAgainst, match=reason) as err:
        make(project)

    assert "t.b" in str(err.value)
    assert "--despite-rows" in str(err.value)
    assert not list((project.root / "migrations").rglob("*.py"))
    assert make(project, despite=True).path is not None


VALUES = [
    pytest.param("String(9)", "--fill \"t.b='unknown'\"", id="text"),
    pytest.param("Numeric(9, 2)", "--fill t.b=0", id="number"),
    pytest.param("Boolean", "--fill t.b=false", id="boolean"),
    pytest.param("Date", "--fill t.b=CURRENT_DATE", id="date"),
    pytest.param('Enum("a", "b", name="e")', "--fill t.b=...", id="enum"),
]


@pytest.mark.parametrize(("type_", "flag"), VALUES)
def test_the_flags_that_fill_are_named_with_values_of_the_type(
    type_: str, flag: str, sqlite_project: Any
) -> None:
    after = f'Column("b", {type_}, nullable=False), Column("c", Integer, nullable=False)'
    set_up(sqlite_project, "", "", after)

    with pytest.raises(RowsAgainst) as err:
        make(sqlite_project)

    assert f"a value for them, as SQL: {flag} --fill t.c=0\n" in str(err.value)


@pytest.mark.parametrize(("before", "value", "after"), FITTING)
def test_rows_that_fit_are_no_hindrance(
    before: str, value: str, after: str, make_project: Any, postgresql_url: str
) -> None:
    project = make_project(postgresql_url)
    set_up(project, before, value, after)

    assert make(project).path is not None


@pytest.mark.parametrize(("before", "value", "after", "reason"), CASES[:2])
def test_rows_are_filled_by_steps_that_run_and_go_back(
    before: str, value: str, after: str, reason: str, project: Any
) -> None:
    set_up(project, before, value, after)

    make(project, "t.b='7'" if before else "t.b=7")
    upgrade(project.config)

    with project.connect() as connection:
        assert str(connection.execute(text("SELECT b FROM t")).scalar_one()) == "7"
    assert check(project.config).changes == ()
    downgrade(project.config, "base")


@pytest.mark.parametrize(
    ("fill", "said"),
    [("t.b", "isn't of the form table.column=SQL"), ("t.c=1", "asked to fill t.c, but no rows")],
)
def test_a_value_that_nothing_needs_is_refused(fill: str, said: str, sqlite_project: Any) -> None:
    set_up(sqlite_project, "", "", 'Column("b", Integer, nullable=False)')

    with pytest.raises(UsageError, match=said):
        make(sqlite_project, fill)


__all__ = ["Date", "DateTime", "Float", "Numeric", "String", "Text"]


def test_columns_that_are_filled_cost_one_copy_of_their_table(sqlite_project: Any) -> None:
    """What a batch block has to copy for stands in one block, behind all that fills."""
    after = 'Column("b", Integer, nullable=False), Column("c", Integer, nullable=False)'
    set_up(sqlite_project, "", "", after)

    made = make(sqlite_project, "t.b=7", "t.c=b + 1")

    assert made.path is not None
    lines = [
        line.strip() for line in made.path.read_text().partition("def downgrade")[0].splitlines()
    ]
    words = [line.partition("(")[0] for line in lines if line.startswith(("with", "batch.", "op."))]
    block = ["with op.batch_alter_table"]
    assert words == [
        *block, "batch.add_column", "batch.add_column", "op.execute", "op.execute",
        *block, "batch.alter_column", "batch.alter_column",
    ]  # fmt: skip
    upgrade(sqlite_project.config)
    with sqlite_project.connect() as connection:
        assert connection.execute(text("SELECT b, c FROM t")).all() == [(7, 8)]
    assert check(sqlite_project.config).changes == ()


KEYS = [
    pytest.param('UniqueConstraint("b", name="uq")', "has rows that agree in b", id="unique"),
    pytest.param('Index("ix", "b", unique=True)', "has rows that agree in b", id="unique-index"),
    pytest.param('ForeignKeyConstraint(["b"], ["t.id"], name="fk")',
                 "has rows whose b isn't in t", id="foreign-key"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "reason"), KEYS)
def test_a_key_that_rows_break_is_refused_before_it_is_written(
    key: str, reason: str, project: Any
) -> None:
    set_up(project, 'Column("b", Integer)', "7", f'Column("b", Integer), {key}')
    with project.connect() as connection:
        connection.execute(text("INSERT INTO t VALUES (2, 7), (3, NULL), (4, NULL)"))
        connection.commit()

    with pytest.raises(RowsAgainst, match=reason):
        make(project)
    with project.connect() as connection:
        fitting = "UPDATE t SET b = CASE WHEN id < 3 THEN id END"
        connection.execute(text(fitting))
        connection.commit()

    assert make(project).path is not None
