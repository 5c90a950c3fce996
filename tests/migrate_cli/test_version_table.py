"""The table that says where a database is: read, created on first need, moved row by row."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from migrate_cli.failures import BadVersionRows, IdTooLong, NoVersionTable, VersionTableError
from migrate_cli.running.version_table import VersionTable
from migrate_cli.sinks import OfflineSink, OnlineSink
from migrate_cli.sinks.offline import offline_dialect
from revgraph import HeadsChange
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        yield connection


@pytest.fixture
def at_a_and_b(connection: Connection) -> OnlineSink:
    """A sink on a database that is at two heads, "a" and "b"."""
    sink, versions = OnlineSink(connection), VersionTable()
    with sink.transaction():
        versions.create(sink)
        versions.insert(sink, ["b", "a"])
    return sink


def test_reading_doesnt_create_the_table(connection: Connection) -> None:
    assert VersionTable().heads(connection) == ()

    assert inspect(connection).get_table_names() == []


def test_heads_are_sorted(at_a_and_b: OnlineSink) -> None:
    assert VersionTable().heads(at_a_and_b.connection) == ("a", "b")


def test_creating_it_twice_does_nothing(at_a_and_b: OnlineSink) -> None:
    with at_a_and_b.transaction():
        VersionTable().create(at_a_and_b)

    assert VersionTable().heads(at_a_and_b.connection) == ("a", "b")


def test_a_row_moves_and_goes(at_a_and_b: OnlineSink) -> None:
    with at_a_and_b.transaction():
        VersionTable().replace(at_a_and_b, "a", "c")
        VersionTable().delete(at_a_and_b, ["b"])

    assert VersionTable().heads(at_a_and_b.connection) == ("c",)


@pytest.mark.parametrize("length", [32, 33, 128])
def test_long_ids_fit(connection: Connection, length: int) -> None:
    sink, versions = OnlineSink(connection), VersionTable()

    with sink.transaction():
        versions.create(sink)
        versions.insert(sink, ["x" * length])

    assert versions.heads(connection) == ("x" * length,)


def test_a_row_that_isnt_there_stops_the_step(at_a_and_b: OnlineSink) -> None:
    versions = VersionTable()

    with pytest.raises(VersionTableError, match="expected 1 row of gone, found 0"):
        versions.replace(at_a_and_b, "gone", "c")
    with pytest.raises(VersionTableError, match="expected 2 rows of a, gone, found 1"):
        versions.delete(at_a_and_b, ["a", "gone"])


def test_a_row_that_is_there_twice_stops_the_step(connection: Connection) -> None:
    sink, versions = OnlineSink(connection), VersionTable(primary_key=False)
    with sink.transaction():
        versions.create(sink)
        versions.insert(sink, ["a", "a"])

    with pytest.raises(VersionTableError, match="expected 1 row of a, found 2"), sink.transaction():
        versions.replace(sink, "a", "b")


def test_a_table_of_that_name_that_isnt_one_is_named(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE migrate_version (x int)"))
    connection.commit()

    with pytest.raises(
        NoVersionTable, match="migrate_version isn't a version table: it can't be read"
    ):
        VersionTable().heads(connection)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        pytest.param("(NULL)", "migrate_version holds a row with NULL", id="null"),
        pytest.param("('a'), ('b'), ('a')", "migrate_version holds a twice", id="twice"),
    ],
)
def test_rows_that_no_run_leaves_are_named(connection: Connection, rows: str, message: str) -> None:
    connection.execute(text("CREATE TABLE migrate_version (version_num varchar(32))"))
    connection.execute(text(f"INSERT INTO migrate_version VALUES {rows}"))
    connection.commit()

    with pytest.raises(BadVersionRows, match=f"{message}\nsay where the database really is"):
        VersionTable().heads(connection)


@pytest.mark.parametrize(
    ("table", "length", "message"),
    [
        pytest.param(None, 128, None, id="new"),
        pytest.param(None, 129, "has 129 characters, and 128 fit into", id="new-too-narrow"),
        pytest.param("version_num varchar(32)", 32, None, id="narrow"),
        pytest.param("version_num varchar(32)", 33, "33 characters, and 32 fit", id="too-narrow"),
        pytest.param("version_num text", 500, None, id="without-limit"),
        pytest.param("version_num varchar(32), at date", 12, None, id="other-column"),
        pytest.param("version_num varchar(32), at date not null", 12, "at must be", id="to-fill"),
    ],
)
def test_a_table_that_cant_take_an_id_is_found_before_anything_runs(
    connection: Connection, table: str | None, length: int, message: str | None
) -> None:
    if table is not None:
        connection.execute(text(f"CREATE TABLE migrate_version ({table})"))
        connection.commit()
    unlimited = connection.dialect.name == "sqlite" and "at must be" not in str(message)
    sink, moves = OnlineSink(connection), [HeadsChange(insert=("x" * length,))]

    if message is None or unlimited:
        VersionTable().must_take(moves, sink)
    else:
        with pytest.raises((IdTooLong, NoVersionTable), match=message):
            VersionTable().must_take(moves, sink)


def test_it_can_have_a_name_and_a_schema_of_its_own(postgresql_url: str) -> None:
    with create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        connection.execute(text("CREATE SCHEMA s"))
        connection.commit()
        sink, versions = OnlineSink(connection), VersionTable("my versions", "s")
        with sink.transaction():
            versions.create(sink)
            versions.insert(sink, ["a"])

        assert versions.heads(connection) == ("a",)
        assert (
            inspect(connection).get_pk_constraint("my versions", "s")["name"] == "my versions_pkc"
        )
        assert versions.fullname == "s.my versions"


def test_offline_it_is_written_as_literals_with_nothing_fetched_back() -> None:
    stream = io.StringIO()
    sink, versions = (
        OfflineSink(offline_dialect(make_url("postgresql://").get_dialect()), stream),
        VersionTable(),
    )

    versions.create(sink)
    versions.insert(sink, ["a"])
    versions.replace(sink, "a", "b")
    versions.delete(sink, ["b", "c"])

    assert stream.getvalue() == (
        "CREATE TABLE migrate_version (\n"
        "\tversion_num VARCHAR(128) NOT NULL, \n"
        "\tCONSTRAINT migrate_version_pkc PRIMARY KEY (version_num)\n"
        ");\n\n"
        "INSERT INTO migrate_version (version_num) VALUES ('a');\n\n"
        "UPDATE migrate_version SET version_num='b' WHERE migrate_version.version_num = 'a';\n\n"
        "DELETE FROM migrate_version WHERE migrate_version.version_num IN ('b', 'c');\n\n"
    )
