"""Which schema a name means, by the connection's map, and what is a view there though a class is mapped to it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from ddl_autogen import Options, compare
from ddl_constructs import View
from sqlalchemy import (
    Column,
    Connection,
    Enum,
    ForeignKey,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    create_engine,
    text,
)

EVERYWHERE = Options(include_schemas=True)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def mapped(*names: str, schema: str | None = None) -> MetaData:
    metadata = MetaData()
    Table("users", metadata, Column("id", Integer, primary_key=True))
    for name in names:
        Table(name, metadata, Column("id", Integer, primary_key=True), schema=schema)
    return metadata


def said(connection: Connection, metadata: MetaData, options: Options | None = None) -> list[str]:
    return [change.describe() for change in compare(connection, metadata, options)]


def other_schema(connection: Connection, name: str) -> str:
    """Make a schema of a name, or of one that begins so; what is made on a server stays no longer than the database."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"ATTACH ':memory:' AS {name}"))
    elif connection.dialect.name == "postgresql":
        connection.execute(text(f"CREATE SCHEMA {name}"))
    else:
        pytest.skip("a schema is a database there")
    connection.commit()
    return name


def test_a_class_mapped_to_a_view_makes_no_table(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told in a line, with how to say that it is meant."""
    mapped().create_all(connection)
    connection.execute(text("CREATE VIEW names AS SELECT id FROM users"))

    with caplog.at_level(logging.WARNING, "ddl_autogen"):
        found = said(connection, mapped("names", "new"))

    assert found == ["create table new (1 column)"]
    (line,) = caplog.messages
    assert line.startswith("names is a view in the database, so no table is made")
    assert "info={'is_view': True}" in line


def test_nor_in_another_schema(connection: Connection, caplog: pytest.LogCaptureFixture) -> None:
    mapped().create_all(connection)
    schema = other_schema(connection, "elsewhere")
    connection.execute(text(f"CREATE VIEW {schema}.names AS SELECT 1 AS id"))

    assert said(connection, mapped("names", "new", schema=schema)) == [
        f"create table {schema}.new (1 column)"
    ]
    assert said(connection, mapped("names", schema=schema), EVERYWHERE) == []
    connection.execute(text("CREATE VIEW here AS SELECT 1 AS id"))
    both = [mapped("names", schema=schema), MetaData()]
    Table("here", both[1], Column("id", Integer, primary_key=True))
    assert [c.describe() for c in compare(connection, both)] == []
    assert said(connection, mapped("names")) == ["create table names (1 column)"]
    assert {line.partition(" is ")[0] for line in caplog.messages} == {f"{schema}.names", "here"}


@pytest.mark.parametrize("flag", [{}, {"is_view": True}], ids=["plain", "flagged"])
def test_a_view_that_a_class_is_mapped_to_stays_beside_declared_ones(
    flag: dict[str, Any], connection: Connection
) -> None:
    """Where one view is declared, those go that nobody names; a class names it."""
    mapped().create_all(connection)
    for name in ("declared", "names", "forgotten"):
        connection.execute(text(f"CREATE VIEW {name} AS SELECT id FROM users"))
    metadata = mapped()
    View("declared", metadata, "SELECT id FROM users")
    Table("names", metadata, Column("id", Integer, primary_key=True), info=flag)

    assert said(connection, metadata) == ["drop view forgotten"]


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("CREATE MATERIALIZED VIEW names AS SELECT 1 AS id", "materialized view"),
        (
            "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
            "CREATE FOREIGN TABLE names (id integer) SERVER s",
            "foreign table",
        ),
    ],
)
def test_what_else_is_read_as_a_table_is_makes_none_on_postgresql(
    sql: str, kind: str, postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        mapped().create_all(connection)
        connection.execute(text(sql))

        assert said(connection, mapped("names")) == []
    engine.dispose()
    assert f"names is a {kind} in the database" in caplog.text


def tenant(schema: str | None) -> MetaData:
    metadata = MetaData()
    Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("kind", Enum("a", "b", name="kind", schema=schema), server_default="a"),
        Column("name", String(20), index=True),
        schema=schema,
    )
    named = f"{schema}.t.id" if schema else "t.id"
    Table("u", metadata, Column("t_id", Integer, ForeignKey(named), nullable=False), schema=schema)
    Table("shared", metadata, Column("t_id", Integer, ForeignKey(named)))
    Sequence("numbers", metadata=metadata, schema=schema)
    return metadata


@pytest.fixture
def acme(postgresql_url: str) -> Iterator[Connection]:
    """A connection for which the models' "tenant" is "acme"."""
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        for name in ("acme", "globex", "tenant"):
            connection.execute(text(f"CREATE SCHEMA {name}"))
        connection.execute(text("CREATE TABLE tenant.not_to_be_met (id integer)"))
        connection.execute(text("CREATE TABLE globex.t (id integer)"))
    with engine.connect() as connection:
        yield connection.execution_options(schema_translate_map={"tenant": "acme"})
    engine.dispose()


ONLY_MINE = Options(
    include_schemas=True, include_name=lambda name, kind, parents: name not in ("globex",)
)


def test_names_are_compared_in_the_schema_that_the_map_says(acme: Connection) -> None:
    metadata = tenant("tenant")
    metadata.create_all(acme)

    assert said(acme, metadata, ONLY_MINE) == []


def test_what_differs_there_is_said_in_the_words_of_the_models_and_lands_where_they_mean(
    acme: Connection,
) -> None:
    before, metadata = tenant("tenant"), tenant("tenant")
    before.create_all(acme)
    Table("gone", MetaData(), Column("id", Integer), schema="tenant").create(acme)
    metadata.tables["tenant.t"].append_column(Column("age", Integer, server_default="1"))
    Table("new", metadata, Column("id", Integer, primary_key=True), schema="tenant")

    found = list(compare(acme, metadata, ONLY_MINE))
    for change in found:
        acme.execute(change)

    assert sorted(change.describe() for change in found) == [
        "add column tenant.t.age (Integer)",
        "create table tenant.new (1 column)",
        "drop table tenant.gone",
    ]
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = '{}' ORDER BY 1"
    assert acme.scalars(text(tables.format("acme"))).all() == ["new", "t", "u"]
    assert acme.scalars(text(tables.format("tenant"))).all() == ["not_to_be_met"]
    assert said(acme, metadata, ONLY_MINE) == []


@pytest.mark.parametrize(
    ("translated", "schema"),
    [
        pytest.param({"tenant": None}, "tenant", id="to-the-default"),
        pytest.param({"a": "b", "b": "a"}, "a", id="exchanged"),
        pytest.param({None: "a", "tenant": "b"}, "tenant", id="default-too"),
        pytest.param({None: "a", "tenant": "a"}, "tenant", id="two-names-of-one"),
    ],
)
def test_a_map_may_say_all_sorts(
    translated: dict[str | None, str | None], schema: str, postgresql_url: str
) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as plain:
        plain.execute(text("CREATE SCHEMA a; CREATE SCHEMA b"))
        connection = plain.execution_options(schema_translate_map=translated)
        metadata = tenant(schema)
        metadata.create_all(connection)

        assert said(connection, metadata, EVERYWHERE) == []
        Table("late", metadata, Column("t_id", ForeignKey(f"{schema}.t.id")), schema=schema)
        for change in compare(connection, metadata, EVERYWHERE):
            connection.execute(change)
        assert said(connection, metadata, EVERYWHERE) == []
    engine.dispose()


def test_a_schema_that_the_map_says_and_the_database_lacks_comes(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    metadata = mapped("t", schema="tenant")
    with engine.connect() as plain:
        connection = plain.execution_options(schema_translate_map={"tenant": "acme"})

        for change in compare(connection, metadata, EVERYWHERE):
            connection.execute(change)

        assert said(connection, metadata, EVERYWHERE) == []
        assert connection.scalar(text("SELECT to_regclass('acme.t') IS NOT NULL"))
    engine.dispose()
