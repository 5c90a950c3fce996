"""What goes in is what the server gives back: names, comments, defaults, labels, CHECKs.

Property tests on the real databases; every text is drawn from what has broken
such tools before: quotes, percent signs, colons, backslashes, newlines, unicode.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ddl_constructs import (
    AddColumn,
    AlterColumn,
    Change,
    CreateTable,
    CreateTableComment,
    DropTable,
    ExecuteSQL,
    RenameTable,
    create_check_constraint,
)
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Enum, Integer, String, Text, create_engine, inspect, text
from sqlalchemy.dialects import postgresql

AWKWARD = st.text(
    st.one_of(
        st.sampled_from("'\"`%:\\\n\t;$({[ "),
        st.sampled_from("aZ_9é中😀"),
        st.characters(
            min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cn", "Co"]
        ),
    ),
    min_size=1,
    max_size=12,
)
NAME = st.one_of(
    st.sampled_from(["select", "Table", "a b", "a.b", "order", "x%y", "q'q", 'd"d', "a:b", "ü"]),
    st.text(st.sampled_from("abcXYZ_ '\"%:.-$é"), min_size=1, max_size=12),
).filter(lambda name: name == name.strip() and name != "id")


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A connection to each database in turn, on a schema of its own."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def run(connection: Connection, *changes: Change) -> None:
    for change in changes:
        connection.execute(change)


def fresh(connection: Connection, table_name: str = "t", *columns: Column[Any]) -> None:
    """Drop and create a table, with an id beside the columns."""
    run(
        connection,
        DropTable(table_name, if_exists=True),
        CreateTable(table_name, Column("id", Integer, primary_key=True), *columns),
    )


@given(value=AWKWARD)
def test_a_default_comes_through_unchanged(connection: Connection, value: str) -> None:
    fresh(connection, "t", Column("a", String(50), server_default=value))
    run(connection, AddColumn("t", Column("b", String(50), server_default=value)))
    if connection.dialect.name != "sqlite":
        run(connection, AddColumn("t", Column("c", String(50))))
        run(connection, AlterColumn("t", "c", server_default=value))
    connection.execute(text("INSERT INTO t (id) VALUES (1)"))

    row = connection.execute(text("SELECT * FROM t")).one()

    assert set(row[1:]) == {value}
    connection.rollback()


@given(comment=AWKWARD)
def test_a_comment_comes_through_unchanged(connection: Connection, comment: str) -> None:
    if not connection.dialect.supports_comments:
        pytest.skip("SQLite has no comments")
    fresh(connection, "t", Column("a", Integer, comment=comment))
    run(connection, CreateTableComment("t", comment))
    run(connection, AddColumn("t", Column("b", Integer, comment=comment)))
    run(connection, AddColumn("t", Column("c", Integer)), AlterColumn("t", "c", comment=comment))

    found = inspect(connection)

    comments = {c["name"]: c["comment"] for c in found.get_columns("t")}
    assert comments == {"id": None, "a": comment, "b": comment, "c": comment}
    assert found.get_table_comment("t")["text"] == comment
    connection.rollback()


@given(old=NAME, new=NAME, column=NAME)
def test_names_come_through_unchanged(
    connection: Connection, old: str, new: str, column: str
) -> None:
    if old.lower() == new.lower():
        return
    run(connection, DropTable(new, if_exists=True))
    fresh(connection, old)
    run(connection, AddColumn(old, Column(column, Integer, nullable=True)))
    run(connection, AlterColumn(old, column, new_column_name="renamed"))
    run(connection, AlterColumn(old, "renamed", new_column_name=column))
    run(connection, RenameTable(old, new))

    found = inspect(connection)

    assert new in found.get_table_names()
    assert [c["name"] for c in found.get_columns(new)] == ["id", column]
    run(connection, DropTable(new))
    connection.rollback()


@given(
    labels=st.lists(
        AWKWARD.map(str.strip).filter(bool), min_size=1, max_size=3, unique_by=str.lower
    )
)
def test_enum_labels_come_through_unchanged(connection: Connection, labels: list[str]) -> None:
    if any("," in label for label in labels):
        return
    fresh(connection, "t", Column("e", Enum(*labels, name="e_labels")))
    for number, label in enumerate(labels, 1):
        insert = text("INSERT INTO t (id, e) VALUES (:id, :label)")
        connection.execute(insert, {"id": number, "label": label})

    found = connection.execute(text("SELECT e FROM t ORDER BY id")).scalars().all()

    assert found == labels
    if connection.dialect.name == "postgresql":
        run(
            connection,
            DropTable("t"),
            CreateTable("t", Column("id", Integer), Column("e", Enum(*labels, name="e_labels")))
            .reverse()
            .replace(if_exists=True),
        )
    connection.rollback()


@given(value=AWKWARD)
def test_a_check_compares_with_the_very_text(connection: Connection, value: str) -> None:
    if connection.dialect.name == "sqlite":
        pytest.skip("SQLite adds no CHECK to a table that is there")
    fresh(connection, "t", Column("a", Text))
    literal = value.replace("'", "''")
    if connection.dialect.name == "mysql":
        literal = literal.replace("\\", "\\\\")
    run(connection, create_check_constraint("ck", "t", f"a <> '{literal}'"))
    connection.commit()
    insert = text("INSERT INTO t (id, a) VALUES (1, :a)")

    connection.execute(insert, {"a": value + "x"})
    connection.rollback()
    with pytest.raises(Exception, match="ck"):
        connection.execute(insert, {"a": value})
    connection.rollback()


@given(value=AWKWARD)
def test_raw_sql_comes_through_unchanged(connection: Connection, value: str) -> None:
    """LIM-053: no colon is a bind parameter, no backslash goes, no percent sign is doubled."""
    literal = value.replace("'", "''")
    if connection.dialect.name == "mysql":
        literal = literal.replace("\\", "\\\\")
    fresh(connection, "t", Column("a", Text))
    run(connection, ExecuteSQL(f"INSERT INTO t VALUES (1, '{literal}')", raw=True))

    assert connection.execute(text("SELECT a FROM t")).scalar_one() == value
    connection.rollback()


def test_text_for_people_never_holds_a_percent_twice_where_the_driver_needs_none() -> None:
    change = CreateTableComment("t", "50%")

    assert "'50%'" in str(change.compile(dialect=postgresql.dialect(paramstyle="named")))
