"""New revisions: their parents, what autogenerate writes, and what it refuses to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from migrate_cli.commands import check, diff, heads, history, merge, revision, upgrade
from migrate_cli.errors import EmptyMetadata, UsageError
from migrate_cli.failures import NotAtHead, SeveralHeads, WouldDrop
from migrate_cli.scripts import Script
from sqlalchemy import text


def models(project: Any, name: str, *lines: str) -> None:
    """Give a project models of its own: a module, named so that no other test has imported it."""
    module = f"models_{abs(hash(project.root))}_{name}"
    source = ["from sqlalchemy import *", "metadata = MetaData()", *lines]
    (project.root / f"{module}.py").write_text("\n".join(source) + "\n")
    project.settings(f'metadata = "{module}:metadata"')


USERS = 'Table("users", metadata, Column("id", Integer, primary_key=True), Column("n", String(9)))'


def test_a_plain_revision_follows_the_only_head(sqlite_project: Any) -> None:
    first = revision(sqlite_project.config, "one")
    second = revision(sqlite_project.config, "two")

    (head,) = heads(sqlite_project.config).revisions
    assert (head.id, head.parents, head.message) == (second.id, (first.id,), "two")


def test_with_two_heads_a_parent_must_be_named(sqlite_project: Any) -> None:
    for name in ("a1a1", "b2b2"):
        sqlite_project.revision(name, message=f"make {name}")

    with pytest.raises(SeveralHeads, match='a1a1 "make a1a1", b2b2 "make b2b2"'):
        revision(sqlite_project.config, "more")
    made = revision(sqlite_project.config, "more", head=["a1a1"])

    assert history(sqlite_project.config).revisions[0].parents in {("a1a1",), ()}
    assert made.path is not None
    assert Script.read(made.path).parents == ("a1a1",)


def test_a_parent_that_is_no_head_needs_splice(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1")
    sqlite_project.revision("b2b2", "a1a1")

    with pytest.raises(UsageError, match="a1a1 is no head"):
        revision(sqlite_project.config, "side", head=["a1a1"])
    side = revision(sqlite_project.config, "side", head=["a1a1"], splice=True)
    root = revision(sqlite_project.config, "root", head=["base"])

    assert {e.id for e in heads(sqlite_project.config).revisions} == {"b2b2", side.id, root.id}


def test_merge_joins_all_heads_or_those_that_are_named(sqlite_project: Any) -> None:
    for name in ("a1a1", "b2b2", "c3c3"):
        sqlite_project.revision(name)

    two = merge(sqlite_project.config, ["a1a1", "c3c3"])
    rest = merge(sqlite_project.config, message="all of it")

    assert two.path is not None
    assert rest.path is not None
    assert Script.read(two.path).parents == ("a1a1", "c3c3")
    assert Script.read(two.path).message == "merge a1a1 and c3c3"
    assert [e.id for e in heads(sqlite_project.config).revisions] == [rest.id]
    with pytest.raises(UsageError, match="nothing to merge"):
        merge(sqlite_project.config)


def test_autogenerate_writes_both_directions(project: Any) -> None:
    models(project, "both", USERS)

    made = revision(project.config, "users", autogenerate=True)
    upgrade(project.config)

    assert [c.describe() for c in made.changes] == ["create table users (2 columns)"]
    assert made.path is not None
    source = made.path.read_text()
    assert 'op.create_table(\n        "users"' in source
    assert 'op.drop_table("users")' in source
    assert check(project.config).changes == ()


def test_autogenerate_writes_no_file_where_nothing_differs(sqlite_project: Any) -> None:
    models(sqlite_project, "same", USERS)
    revision(sqlite_project.config, autogenerate=True)
    upgrade(sqlite_project.config)

    again = revision(sqlite_project.config, autogenerate=True)
    asked = revision(sqlite_project.config, autogenerate=True, allow_empty=True)

    assert (again.id, again.path, again.changes) == (None, None, ())
    assert asked.path is not None


def test_autogenerate_refuses_a_database_that_is_behind(sqlite_project: Any) -> None:
    models(sqlite_project, "behind", USERS)
    sqlite_project.revision("a1a1")
    sqlite_project.revision("b2b2", "a1a1")

    for command in (lambda c: revision(c, autogenerate=True), check):
        with pytest.raises(NotAtHead) as caught:
            command(sqlite_project.config)
        assert caught.value.pending == ("a1a1", "b2b2")
        assert caught.value.exit_status == 1
        assert "run: migrate upgrade" in str(caught.value)
    assert len(history(sqlite_project.config).revisions) == 2


def test_empty_models_are_refused_and_nothing_is_written(sqlite_project: Any) -> None:
    models(sqlite_project, "empty")

    for command in (lambda c: revision(c, autogenerate=True), check, diff):
        with pytest.raises(EmptyMetadata, match=r"0 tables(.|\n)*--allow-drops"):
            command(sqlite_project.config)

    assert history(sqlite_project.config).revisions == ()


@pytest.mark.parametrize(
    ("there", "kept", "refused"),
    [
        pytest.param(1, 0, True, id="all of one"),
        pytest.param(3, 0, True, id="all of three"),
        pytest.param(3, 1, False, id="two of three"),
        pytest.param(4, 1, True, id="three of four"),
        pytest.param(4, 2, False, id="half of four"),
    ],
)
def test_dropping_most_tables_is_refused(
    sqlite_project: Any, there: int, kept: int, refused: bool
) -> None:
    with sqlite_project.connect() as connection:
        for number in range(there):
            connection.execute(text(f"CREATE TABLE t{number} (id INTEGER PRIMARY KEY)"))
        connection.commit()
    tables = [
        f'Table("t{n}", metadata, Column("id", Integer, primary_key=True))' for n in range(kept)
    ]
    models(sqlite_project, f"drop{there}{kept}", USERS, *tables)

    if refused:
        with pytest.raises(WouldDrop) as caught:
            revision(sqlite_project.config, autogenerate=True)
        assert caught.value.total == there
        assert "--allow-drops" in str(caught.value)
        assert ("drop the only table: t0" in str(caught.value)) == (there == 1)
        assert history(sqlite_project.config).revisions == ()
    made = revision(sqlite_project.config, autogenerate=True, allow_drops=refused)

    assert len(made.changes) == there - kept + 1


OTHERS = [f"CREATE TABLE their_{n} (id INTEGER PRIMARY KEY)" for n in range(6)]


def test_tables_that_others_look_after_hide_no_loss_of_ours(sqlite_project: Any) -> None:
    with sqlite_project.connect() as connection:
        for sql in (*OTHERS, "CREATE TABLE ours (id INTEGER PRIMARY KEY)"):
            connection.execute(text(sql))
        connection.commit()
    models(sqlite_project, "beside", USERS)
    config = replace(sqlite_project.config, ignore=("their_*",))

    with pytest.raises(WouldDrop, match="drop the only table: ours"):
        revision(config, autogenerate=True)

    assert [c.describe() for c in check(config).changes] == [
        "create table users (2 columns)",
        "drop table ours",
    ]
    assert history(config).revisions == ()


def test_tables_of_each_schema_count_where_some_would_go(
    make_project: Callable[[str], Any], postgresql_url: str
) -> None:
    project = make_project(postgresql_url)
    with project.connect() as connection:
        connection.execute(text("CREATE SCHEMA shop"))
        for number in range(4):
            connection.execute(text(f"CREATE TABLE shop.t{number} (id integer PRIMARY KEY)"))
        connection.commit()
    tables = [
        f'Table("t{n}", metadata, Column("id", Integer, primary_key=True, autoincrement=False),'
        ' schema="shop")'
        for n in range(4)
    ]
    models(project, "schema_one", USERS, tables[0])
    config = replace(project.config, include_schemas=True)

    with pytest.raises(WouldDrop, match=r"drop 3 of 4 tables: shop\.t1, shop\.t2, shop\.t3"):
        revision(config, autogenerate=True)

    models(project, "schema_three", USERS, *tables[:3])
    made = revision(replace(project.config, include_schemas=True), autogenerate=True)
    assert [c.describe() for c in made.changes][-1] == "drop table shop.t3"


def test_the_version_table_is_never_dropped(project: Any) -> None:
    models(project, "version", USERS)
    project.revision("a1a1")
    upgrade(project.config)

    assert [c.describe() for c in check(project.config).changes] == [
        "create table users (2 columns)"
    ]
