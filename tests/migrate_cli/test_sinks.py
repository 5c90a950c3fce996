"""Where a change goes, and the transaction that it is in there."""

# ruff: noqa: PT012  # that a whole block fails is what is tested here

from __future__ import annotations

import datetime
import io
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy
from ddl_constructs import AddColumn, BulkInsert, CreateIndex, CreateTable, ExecuteSQL
from migrate_cli.failures import DriverCommits, InCallersTransaction, NeedsDatabase, NoLiteral
from migrate_cli.operations import Operations
from migrate_cli.sinks import OfflineSink, OnlineSink, RecordingSink
from migrate_cli.sinks.offline import offline_dialect, spooled
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    column,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

T = CreateTable("t", Column("id", Integer(), primary_key=True), Column("a", String(40)))
URLS = {
    "sqlite": "sqlite://",
    "postgresql": "postgresql+psycopg://",
    "mariadb": "mariadb+pymysql://",
}


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        yield connection


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Connection]:
    with create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        yield connection


def names(connection: Connection) -> set[str]:
    found = set(inspect(connection).get_table_names())
    connection.rollback()
    return found


def test_what_a_transaction_holds_stays(connection: Connection) -> None:
    sink = OnlineSink(connection)

    with sink.transaction():
        sink.take(T)
        sink.take(BulkInsert(T.element, [{"id": 1, "a": "x"}]))
    connection.rollback()

    assert connection.execute(text("SELECT a FROM t")).scalars().all() == ["x"]


def test_a_failing_second_statement_leaves_no_table(connection: Connection) -> None:
    """On SQLite too, where the driver by itself would commit the CREATE TABLE."""
    sink = OnlineSink(connection)

    with pytest.raises(DBAPIError), sink.transaction(), sink.watched():
        sink.take(T)
        sink.take(ExecuteSQL("SELECT nothing FROM nowhere"))

    transactional = connection.dialect.name in ("sqlite", "postgresql")
    assert names(connection) == (set() if transactional else {"t"})
    assert sink.kept == ([] if transactional else ["create table t (2 columns)"])


def test_rows_go_with_the_table_that_a_failure_takes_away(connection: Connection) -> None:
    with OnlineSink(connection).transaction():
        OnlineSink(connection).connection.execute(text("SELECT 1"))
    sink = OnlineSink(connection)
    with sink.transaction():
        sink.take(T)

    with pytest.raises(ZeroDivisionError), sink.transaction():
        sink.take(BulkInsert(T.element, [{"id": 1, "a": "x"}]))
        raise ZeroDivisionError

    assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0


def test_a_callers_transaction_is_neither_committed_nor_rolled_back(
    connection: Connection,
) -> None:
    if connection.dialect.name not in ("sqlite", "postgresql"):
        pytest.skip("MariaDB commits DDL by itself, whoever's transaction it is")
    with connection.begin() as callers:
        sink = OnlineSink(connection)
        with sink.transaction():
            sink.take(T)
        with pytest.raises(DBAPIError), sink.transaction():
            sink.take(CreateTable("u", Column("id", Integer())))
            sink.take(T)
        inside = set(inspect(connection).get_table_names())
        callers.rollback()

    assert inside == {"t"}
    assert names(connection) == set()


def test_an_engine_that_sends_begin_itself_is_joined(sqlite_url: str) -> None:
    """SQLAlchemy's recipe for SQLite: isolation_level None, and BEGIN on the "begin" event."""
    engine = create_engine(sqlite_url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def autocommit(driver: Any, record: object) -> None:
        driver.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    with engine.connect() as connection:
        sink = OnlineSink(connection)
        with pytest.raises(DBAPIError), sink.transaction():
            sink.take(T)
            sink.take(T)
        assert names(connection) == set()
        with sink.transaction():
            sink.take(T)
        assert names(connection) == {"t"}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sqlite3 has autocommit from 3.12 on")
def test_a_driver_that_has_begun_is_joined_and_one_that_commits_is_refused(sqlite_url: str) -> None:
    begun = create_engine(sqlite_url, connect_args={"autocommit": False}, poolclass=NullPool)
    commits = create_engine(sqlite_url, connect_args={"autocommit": True}, poolclass=NullPool)

    with begun.connect() as connection:
        sink = OnlineSink(connection)
        with pytest.raises(DBAPIError), sink.transaction():
            sink.take(T)
            sink.take(T)
        assert names(connection) == set()
        with sink.transaction():
            sink.take(T)
        assert names(connection) == {"t"}
    with (
        commits.connect() as connection,
        pytest.raises(DriverCommits),
        OnlineSink(connection).transaction(),
    ):
        raise AssertionError("nothing runs")


def test_a_script_that_commits_doesnt_lose_what_follows(connection: Connection) -> None:
    sink = OnlineSink(connection)

    with sink.transaction():
        sink.take(T)
        sink.bind().commit()
        sink.take(BulkInsert(T.element, [{"id": 1, "a": "x"}]))
    connection.rollback()

    assert connection.execute(text("SELECT a FROM t")).scalars().all() == ["x"]


CONCURRENTLY = CreateIndex("ix", "t", ["a"], postgresql_concurrently=True)


def test_concurrently_runs_alone_and_what_was_before_it_stays(postgresql: Connection) -> None:
    sink = OnlineSink(postgresql)
    with pytest.raises(DBAPIError), sink.transaction():
        sink.take(T)
        sink.take(CONCURRENTLY)
        sink.take(AddColumn("t", Column("b", Integer())))
        sink.take(T)

    assert [i["name"] for i in inspect(postgresql).get_indexes("t")] == ["ix"]
    assert [c["name"] for c in inspect(postgresql).get_columns("t")] == ["id", "a"]
    assert sink.kept == ["create table t (2 columns)", "create index ix on t (a)"]
    assert postgresql.get_isolation_level() == "READ COMMITTED"


def test_concurrently_as_text_runs_alone_too(postgresql: Connection) -> None:
    sink = OnlineSink(postgresql)
    with sink.transaction():
        sink.take(T)
        sink.take(ExecuteSQL("-- slow\n  CREATE INDEX CONCURRENTLY ix ON t (a)"))
        sink.take(ExecuteSQL("VACUUM t"))

    assert [i["name"] for i in inspect(postgresql).get_indexes("t")] == ["ix"]


def test_concurrently_is_refused_in_a_callers_transaction(postgresql: Connection) -> None:
    with postgresql.begin():
        sink = OnlineSink(postgresql)
        with pytest.raises(InCallersTransaction, match="create index ix on t"), sink.transaction():
            sink.take(T)
            sink.take(CONCURRENTLY)

        assert postgresql.in_transaction()


def test_autocommit_block_leaves_the_transaction(postgresql: Connection) -> None:
    sink = OnlineSink(postgresql)
    op = Operations(sink)
    with pytest.raises(ZeroDivisionError), sink.transaction():
        op.execute("CREATE TABLE a (id int)")
        with op.get_context().autocommit_block():
            op.execute("CREATE TABLE b (id int)")
            op.execute("CREATE INDEX CONCURRENTLY ix ON b (id)")
            op.execute("CREATE TABLE bb (id int)")
        op.execute("CREATE TABLE c (id int)")
        raise ZeroDivisionError

    assert names(postgresql) == {"a", "b", "bb"}


def written(url: str, *elements: Any) -> str:
    stream = io.StringIO()
    sink = OfflineSink(offline_dialect(make_url(url).get_dialect()), stream)
    with sink.transaction():
        for element in elements:
            sink.take(element)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("dialect", "begin", "commit"),
    [
        pytest.param("sqlite", "BEGIN;\n\n", "COMMIT;\n\n", id="sqlite"),
        pytest.param("postgresql", "BEGIN;\n\n", "COMMIT;\n\n", id="postgresql"),
        pytest.param("mariadb", "", "", id="mariadb"),
    ],
)
def test_a_script_says_begin_where_ddl_can_be_rolled_back(
    dialect: str, begin: str, commit: str
) -> None:
    assert written(URLS[dialect], ExecuteSQL("SELECT 1")) == f"{begin}SELECT 1;\n\n{commit}"


def test_a_script_leaves_the_transaction_for_what_stands_alone() -> None:
    assert written(URLS["postgresql"], ExecuteSQL("SELECT 1"), CONCURRENTLY) == (
        "BEGIN;\n\nSELECT 1;\n\nCOMMIT;\n\nCREATE INDEX CONCURRENTLY ix ON t (a);\n\n"
    )


UNTYPED = table("t", column("a"))


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (1, "1"),
        (None, "NULL"),
        ("it's 50% :x", "'it''s 50% :x'"),
        ("C:\\new", "'C:\\new'"),
        (datetime.date(2026, 11, 25), "'2026-11-25'"),
        (True, "1"),
    ],
    ids=str,
)
def test_values_are_written_as_literals_also_without_a_type(value: Any, literal: str) -> None:
    assert f"VALUES ({literal});" in written(URLS["sqlite"], BulkInsert(UNTYPED, [{"a": value}]))


@pytest.mark.parametrize(
    ("dialect", "literal"),
    [("sqlite", "'C:\\new'"), ("postgresql", "'C:\\new'"), ("mariadb", "'C:\\\\new'")],
)
def test_a_backslash_reaches_the_server_once(dialect: str, literal: str) -> None:
    assert literal in written(URLS[dialect], BulkInsert(UNTYPED, [{"a": "C:\\new"}]))


def test_percent_signs_are_written_once() -> None:
    change = CreateTable("t", Column("a", String(9), server_default="50%"))

    for url in URLS.values():
        assert "DEFAULT '50%'" in written(url, change)
        assert "LIKE 'k%'" in written(url, ExecuteSQL("SELECT 1 FROM t WHERE a LIKE 'k%'"))


def test_defaults_that_python_computes_are_written() -> None:
    rows = Table(
        "t",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("a", String, default="x"),
        Column("b", String, default=lambda: "y", onupdate=lambda: "z"),
    )

    script = written(URLS["sqlite"], BulkInsert(rows, [{"id": 1}]), rows.update().values(id=2))

    assert "INSERT INTO t (id, a, b) VALUES (1, 'x', 'y');" in script
    assert "UPDATE t SET id=2, b='z';" in script


def test_an_insert_fetches_nothing_back_offline() -> None:
    rows = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("a", String))

    assert "RETURNING" not in written(URLS["postgresql"], BulkInsert(rows, [{"a": "x"}]))


@pytest.mark.parametrize(
    "element",
    [
        ExecuteSQL("UPDATE t SET a = :a"),
        insert(UNTYPED).values(a=object()),
        select(UNTYPED).where(UNTYPED.c.a == bindparam("a")),
    ],
    ids=["open bind", "no literal form", "open bind in a construct"],
)
def test_a_value_that_cant_be_text_is_an_error(element: Any) -> None:
    with pytest.raises(NoLiteral, match="as text"):
        written(URLS["sqlite"], element)


def test_the_bind_of_a_script_writes_and_has_nothing_to_read() -> None:
    stream = io.StringIO()
    op = Operations(OfflineSink(offline_dialect(make_url("sqlite://").get_dialect()), stream))

    op.get_bind().execute(insert(UNTYPED).values(a=1))
    op.get_bind().execute(insert(UNTYPED), [{"a": 2}, {"a": 3}])
    op.get_bind().execute(text("DELETE FROM t WHERE a = :a"), {"a": 2})
    rows = op.get_bind().execute(select(UNTYPED))

    with pytest.raises(NeedsDatabase, match=r"SELECT t\.a FROM t"):
        rows.scalar()
    with pytest.raises(NeedsDatabase):
        list(rows)
    assert stream.getvalue().splitlines()[::2] == [
        "INSERT INTO t (a) VALUES (1);",
        "INSERT INTO t (a) VALUES (2);",
        "INSERT INTO t (a) VALUES (3);",
        "DELETE FROM t WHERE a = 2;",
        "SELECT t.a ",
        "",
    ]


NESTED = """
bind = op.get_bind()
with bind.begin_nested():
    op.execute("DELETE FROM a")
try:
    with bind.begin_nested():
        op.execute("DELETE FROM b")
        raise ZeroDivisionError
except ZeroDivisionError:
    op.execute("DELETE FROM c")
"""


@pytest.mark.parametrize(
    ("url", "body", "written", "gap"),
    [
        pytest.param(
            "sqlite://",
            NESTED,
            [
                "BEGIN",
                "SAVEPOINT sa_savepoint_1",
                "DELETE FROM a",
                "RELEASE SAVEPOINT sa_savepoint_1",
                "SAVEPOINT sa_savepoint_2",
                "DELETE FROM b",
                "ROLLBACK TO SAVEPOINT sa_savepoint_2",
                "DELETE FROM c",
                "COMMIT",
            ],
            None,
            id="in a transaction",
        ),
        pytest.param(
            "mysql+pymysql://",
            NESTED,
            ["DELETE FROM a", "DELETE FROM b"],
            "reads live data: what a savepoint takes back",
            id="in none",
        ),
        pytest.param(
            "mssql+pyodbc://",
            "with op.get_bind().begin_nested(): op.execute('DELETE FROM a')",
            [
                "BEGIN TRANSACTION",
                "IF @@TRANCOUNT = 0 BEGIN TRANSACTION",
                "SAVE TRANSACTION sa_savepoint_1",
                "DELETE FROM a",
                "COMMIT",
            ],
            None,
            id="by the dialect",
        ),
        pytest.param(
            "sqlite://",
            "with op.get_bind().begin_nested() as one:\n    one.rollback()\none.close()",
            ["BEGIN", "SAVEPOINT sa_savepoint_1", "ROLLBACK TO SAVEPOINT sa_savepoint_1", "COMMIT"],
            None,
            id="by hand",
        ),
        pytest.param(
            "sqlite://",
            "with op.get_bind().begin_nested():\n    op.get_bind().in_transaction()",
            ["BEGIN", "SAVEPOINT sa_savepoint_1", "RELEASE SAVEPOINT sa_savepoint_1", "COMMIT"],
            "reads live data: get_bind().in_transaction",
            id="a gap inside",
        ),
        pytest.param(
            "sqlite://",
            "assert not hasattr(op.get_bind(), 'connection')",
            [],
            None,
            id="asked politely",
        ),
        pytest.param(
            "sqlite://",
            "op.get_bind().scalars(sa.text('SELECT 1')).all()",
            ["BEGIN", "SELECT 1", "COMMIT"],
            "reads live data: SELECT 1",
            id="a read",
        ),
    ],
)
def test_savepoints_are_written_where_they_can_be(
    url: str, body: str, written: list[str], gap: str | None
) -> None:
    stream = io.StringIO()
    sink = OfflineSink(offline_dialect(make_url(url).get_dialect()), stream)
    sink.gaps = []

    with sink.transaction(), sink.watched():
        exec(body, {"op": Operations(sink), "sa": sqlalchemy})

    lines = [line.strip().rstrip(";") for line in stream.getvalue().splitlines()]
    assert [one for one in lines if one and one != "GO" and not one.startswith("--")] == written
    assert [one.reason for one in sink.gaps] == ([] if gap is None else [gap])


def test_a_table_is_created_through_the_bind_of_a_script() -> None:
    stream = io.StringIO()
    bind = Operations(
        OfflineSink(offline_dialect(make_url("sqlite://").get_dialect()), stream)
    ).get_bind()

    Table("u", MetaData(), Column("id", Integer)).create(bind)

    assert "CREATE TABLE u" in stream.getvalue()


def test_a_spool_writes_all_or_nothing() -> None:
    target = io.StringIO()

    with pytest.raises(ZeroDivisionError), spooled(target) as stream:
        stream.write("half")
        raise ZeroDivisionError
    half = target.getvalue()
    with spooled(target) as stream:
        stream.write("whole")

    assert half == ""
    assert target.getvalue() == "whole"


def test_recording_stops_at_the_first_read() -> None:
    sink = RecordingSink(sqlite.dialect())
    op = Operations(sink)

    op.add_column("t", Column("a", Integer()))

    with pytest.raises(NeedsDatabase):
        op.get_bind().execute(text("SELECT 1")).scalar()
    with pytest.raises(NeedsDatabase):
        sink.take(text("SELECT 1")).scalar()
    assert len(sink.taken) == 3
