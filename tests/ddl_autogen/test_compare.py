"""What takes part in a comparison, what is refused, and that asking leaves no trace."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from ddl_autogen import (
    DuplicateTable,
    NoMetadata,
    Options,
    UnsupportedDatabase,
    UnsupportedType,
    compare,
    snapshot,
    snapshot_of,
)
from ddl_constructs import AlterColumn, View
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    Text,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.types import UserDefinedType


def users(*more: Any) -> MetaData:
    metadata = MetaData()
    Table("users", metadata, Column("id", Integer, primary_key=True), *more)
    return metadata


def said(
    url: str, metadata: Any, options: Options | None = None, before: MetaData | None = None
) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        if before is not None:
            before.create_all(connection)
        found = [change.describe() for change in compare(connection, metadata, options)]
    engine.dispose()
    return found


@pytest.mark.parametrize("given", [None, "models", 3, [None], [MetaData(), "x"]], ids=repr)
def test_what_is_no_metadata_is_refused_by_name(given: Any, sqlite_url: str) -> None:
    with pytest.raises(NoMetadata, match="give the MetaData of your models"):
        said(sqlite_url, given)


def test_a_table_in_two_metadata_is_refused_by_name(sqlite_url: str) -> None:
    with pytest.raises(DuplicateTable, match=r"users stands in more than one") as err:
        said(sqlite_url, [users(), users()])

    assert err.value.names == ("users",)


@pytest.mark.parametrize("several", [[], (), set()], ids=repr)
def test_no_metadata_at_all_is_an_empty_schema(several: Any, sqlite_url: str) -> None:
    assert said(sqlite_url, several, before=users()) == ["drop table users"]


def test_several_metadata_are_one_schema(sqlite_url: str) -> None:
    other = MetaData()
    Table("other", other, Column("id", Integer, primary_key=True))

    assert said(sqlite_url, [users(), other]) == [
        "create table other (1 column)",
        "create table users (1 column)",
    ]


class Unheard(DefaultDialect):
    """A dialect that nobody described."""

    name = "unheard"


def test_an_unknown_database_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedDatabase, match=r"unheard.*these can: mariadb, mssql, mysql"):
        snapshot_of(users(), Unheard())


@pytest.mark.parametrize(
    ("dialect", "type_", "message"),
    [
        pytest.param(
            mysql.dialect(), String(), "type t.c has: String.*requires a length", id="length"
        ),
        pytest.param(sqlite.dialect(), ARRAY(Integer), "type t.c has: ARRAY", id="array"),
        pytest.param(sqlite.dialect(), UserDefinedType(), "no attribute 'get_col_spec'", id="own"),
    ],
)
def test_a_type_that_a_database_cant_have_is_refused_by_name(
    dialect: Any, type_: Any, message: str
) -> None:
    metadata = MetaData()
    Table("t", metadata, Column("c", type_))

    with pytest.raises(UnsupportedType, match=message):
        snapshot_of(metadata, dialect)


def test_ignored_tables_are_left_out_on_both_sides(database_url: str) -> None:
    engine = create_engine(database_url)
    default = engine.dialect.default_schema_name
    with engine.connect() as connection:
        default = connection.dialect.default_schema_name
    engine.dispose()

    for key in [(None, "users"), (default, "users")]:
        options = Options(ignore_tables=[key])
        assert said(database_url, MetaData(), options, before=users()) == []


def test_include_name_is_asked_for_all_that_the_database_has(sqlite_url: str) -> None:
    asked: list[tuple[str | None, str, dict[str, Any]]] = []

    def include_name(name: str | None, type_: str, parents: Mapping[str, Any]) -> bool:
        asked.append((name, type_, dict(parents)))
        return name != "old"

    before = users(Column("name", String(5), index=True))
    Table("old", before, Column("id", Integer, primary_key=True))

    assert said(sqlite_url, MetaData(), Options(include_name=include_name), before=before) == [
        "drop table users"
    ]
    assert (None, "schema", {}) in asked
    inside = {"schema_name": None, "schema_qualified_table_name": "users"}
    assert ("users", "table", inside) in asked
    assert ("name", "column", inside | {"table_name": "users"}) in asked
    assert ("ix_users_name", "index", inside | {"table_name": "users"}) in asked


def test_a_class_that_is_mapped_to_a_view_is_no_table(database_url: str) -> None:
    metadata = users()
    Table("names", metadata, Column("id", Integer, primary_key=True), info={"is_view": True})
    engine = create_engine(database_url)
    with engine.begin() as connection:
        users().create_all(connection)
        connection.execute(text("CREATE VIEW names AS SELECT id FROM users"))

    assert said(database_url, metadata) == []
    engine.dispose()


@pytest.mark.parametrize("refused", ["table", "column", "index", "unique_constraint"])
def test_include_object_leaves_out_what_it_refuses(refused: str, database_url: str) -> None:
    ours = users(Column("a", Integer), Column("b", Integer, unique=True), Index("ix", "a"))
    Table("new", ours, Column("id", Integer, primary_key=True))

    def include_object(object_: Any, name: Any, type_: str, reflected: bool, other: Any) -> bool:
        return type_ != refused

    found = said(database_url, ours, Options(include_object=include_object), before=users())

    words = {"unique_constraint": "add unique"}.get(refused, f"{refused} ")
    assert not any(words in line for line in found)
    assert found or refused == "table"


def test_compare_type_and_default_can_be_told(sqlite_url: str) -> None:
    before = users(Column("a", String(5), server_default="x"))
    after = users(Column("a", Text, server_default="y"))

    def says(options: Options) -> list[str]:
        return said(sqlite_url, after, options, before=before)

    assert len(says(Options())) == 1
    assert says(Options(compare_type=False, compare_server_default=False)) == []
    assert (
        says(Options(compare_type=lambda *a: False, compare_server_default=lambda *a: False)) == []
    )
    assert says(Options(compare_type=lambda *a: None)) == says(Options())


def test_who_tells_is_asked_of_columns_that_seem_the_same(sqlite_url: str) -> None:
    options = Options(compare_type=lambda *a: True)

    found = said(sqlite_url, users(), options, before=users())

    assert found == ["alter column users.id: type Integer -> Integer"]


def test_hooks_look_at_what_the_database_has_on_its_table(database_url: str) -> None:
    """An `include_object` asks for the table, the columns, and the table that is referred to."""
    before = users(
        Column("a", Integer, index=True),
        Column("b", Integer, ForeignKey("users.id")),
        Column("c", String(5)),
        CheckConstraint("a > 0", name="positive"),
    )
    seen: dict[tuple[str, bool], tuple[str, list[str]]] = {}

    def include_object(object_: Any, name: Any, type_: str, reflected: bool, other: Any) -> bool:
        for one, theirs in ((object_, reflected), (other, True)):
            if theirs and one is not None and type_ != "table":
                columns = [column.name for column in getattr(one, "columns", ())]
                seen[type_, other is one] = one.table.name, columns
        if type_ == "foreign_key_constraint" and reflected:
            assert object_.referred_table.name == "users"
        return True

    def compare_type(theirs: Any, ours: Any, *types: Any) -> None:
        assert theirs.table.name == "users"

    after = users(Column("c", String(9)))
    options = Options(include_object=include_object, compare_type=compare_type)
    said(database_url, after, options, before=before)

    assert seen["column", False] == seen["column", True] == ("users", [])
    assert seen["foreign_key_constraint", False] == ("users", ["b"])
    assert seen["index", False] == ("users", ["a"])
    assert seen["check_constraint", False][0] == "users"


def test_schemas_are_compared_when_asked(postgresql_url: str) -> None:
    ours = users()
    Table("users", ours, Column("id", Integer, primary_key=True), schema="other")
    Table(
        "child",
        ours,
        Column("id", Integer, primary_key=True),
        Column("up", ForeignKey("other.users.id")),
        Column("here", ForeignKey("users.id")),
        schema="public",
    )
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA other"))
        ours.create_all(connection)
        assert compare(connection, ours, Options(include_schemas=True)) == []
        gone = compare(connection, MetaData(), Options(include_schemas=True))
    engine.dispose()

    assert [c.describe() for c in gone] == [
        "drop table child",
        "drop table users",
        "drop table other.users",
    ]


def test_what_models_name_elsewhere_is_looked_for_there_and_nothing_else(
    postgresql_url: str,
) -> None:
    """Else it would be found missing each time, and be created once more."""
    ours = MetaData()
    Table("here", ours, Column("id", Integer, primary_key=True))
    Table(
        "audit",
        ours,
        Column("id", Integer, primary_key=True),
        Column("kind", Enum("a", "b", name="kind", schema="hist")),
        Column("here", ForeignKey("here.id"), index=True),
        schema="hist",
    )
    Sequence("counter", schema="hist", metadata=ours)
    View("seen", ours, "SELECT id FROM hist.audit", schema="hist")
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        made = compare(connection, ours)
        for change in made:
            connection.execute(change)
        agreed = compare(connection, ours)
        connection.execute(text("CREATE TABLE hist.another (id int); CREATE SCHEMA more"))
        connection.execute(text("CREATE TABLE more.another (id int)"))
        connection.execute(text("CREATE VIEW hist.unknown AS SELECT 1 AS a"))
        connection.execute(text("ALTER TABLE hist.audit ADD COLUMN more int"))
        left = compare(connection, ours)
    engine.dispose()

    assert made[0].describe() == "create schema hist"
    assert agreed == []
    assert [c.describe() for c in left] == ["drop column hist.audit.more"]


def test_asking_consumes_no_sequence_value_and_leaves_nothing(postgresql_url: str) -> None:
    metadata = MetaData()
    counter = Sequence("counter", metadata=metadata)
    Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("n", Integer, counter, server_default=text("nextval('counter') + 0")),
        CheckConstraint("n IN (1, 2)", name="ck"),
    )
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.commit()
        before = connection.execute(text("SELECT last_value, is_called FROM counter")).one()
        connection.execute(text("INSERT INTO t (id, n) VALUES (1, 1)"))

        assert compare(connection, metadata) == []

        assert (
            connection.execute(text("SELECT count(*) FROM t")).scalar() == 1
        )  # still our transaction
        assert connection.execute(text("SELECT last_value, is_called FROM counter")).one() == before
        assert inspect(connection).get_temp_table_names() == []
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0
    engine.dispose()


@pytest.mark.parametrize("isolation", ["AUTOCOMMIT", "READ ONLY"])
def test_asking_where_there_is_no_savepoint_or_no_right(
    isolation: str, postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    metadata = users(Column("n", Integer, server_default=text("length('x')")))
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        metadata.create_all(connection)
    with engine.connect() as connection, caplog.at_level(logging.WARNING, "ddl_autogen"):
        if isolation == "AUTOCOMMIT":
            connection = connection.execution_options(isolation_level=isolation)
        else:
            connection.execute(text("SET TRANSACTION READ ONLY"))
        found = [c.describe() for c in compare(connection, metadata)]
    engine.dispose()

    if isolation == "AUTOCOMMIT":
        assert (found, caplog.messages) == ([], [])
    else:
        assert "compared by their text" in caplog.text


def test_the_number_of_queries_does_not_grow_with_the_tables(database_url: str) -> None:
    counts = []
    for number in (1, 12):
        metadata = MetaData()
        for at in range(number):
            Table(
                f"t{at}",
                metadata,
                Column("id", Integer, primary_key=True),
                Column("a", Integer, index=True),
                Column("b", String(20), unique=True, server_default="x"),
            )
        engine = create_engine(database_url)
        seen: list[str] = []
        with engine.connect() as connection:
            metadata.create_all(connection)
            event.listen(engine, "before_cursor_execute", lambda *a, seen=seen: seen.append(a[2]))
            assert compare(connection, metadata) == []
        engine.dispose()
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 12


def test_a_renamed_copy_of_facts_is_not_needed_to_undo(mariadb_url: str) -> None:
    """MySQL repeats the whole column, so the change states all of it."""
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        users(Column("a", String(5), server_default="x", nullable=False, comment="c")).create_all(
            connection
        )
        (change,) = compare(
            connection,
            users(Column("a", String(9), server_default="x", nullable=False, comment="c")),
        )
    engine.dispose()

    assert isinstance(change, AlterColumn)
    assert (change.existing_server_default, change.existing_nullable, change.existing_comment) == (
        "x",
        False,
        "c",
    )


def test_virtual_tables_of_sqlite_are_left_out(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE VIRTUAL TABLE words USING fts5(body)"))
        connection.execute(
            text("CREATE TABLE plain (a INT REFERENCES plain, b, PRIMARY KEY (a)) WITHOUT ROWID")
        )
        connection.execute(text("CREATE VIEW seen AS SELECT * FROM plain"))
        tables = snapshot(connection).tables
    engine.dispose()

    assert list(tables) == [(None, "plain")]
    assert tables[None, "plain"].foreign_keys[0].target_columns == ("a",)
