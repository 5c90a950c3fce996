"""Many rows into a table: as they come, by the fastest way that leaves what INSERT would."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from ddl_constructs import BulkInsert, WrongValue
from ddl_constructs.rows import CHUNK
from sqlalchemy import Column, Connection, Table, event
from sqlalchemy.pool import NullPool

MANY = 1_100
"""Rows enough for every fast way."""


class Colour(enum.Enum):
    red = 1
    blue = 2


class Doubled(sa.TypeDecorator[int]):
    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Any) -> int | None:
        return None if value is None else value * 2


def numbered(count: int, start: int = 1) -> Iterator[dict[str, Any]]:
    for n in range(start, start + count):
        yield {"id": n, "a": f"row {n}"}


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with sa.create_engine(database_url, poolclass=NullPool).connect() as made:
        yield made


@pytest.fixture
def plain(connection: Connection) -> Table:
    made = Table(
        "plain",
        sa.MetaData(),
        Column("id", sa.Integer, primary_key=True),
        Column("a", sa.String(30), server_default="none"),
    )
    made.create(connection)
    return made


def stored(connection: Connection, table: Table, count: int = 10) -> list[tuple[Any, ...]]:
    found = connection.execute(sa.select(table).order_by(table.c.id).limit(count))
    return [tuple(row) for row in found]


def total(connection: Connection, table: Table) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


@pytest.mark.parametrize("count", [1, 3, MANY, CHUNK + 1])
def test_rows_come_from_an_iterator_once(connection: Connection, plain: Table, count: int) -> None:
    change = BulkInsert(plain, numbered(count))

    connection.execute(change)
    again = connection.execute(change)

    assert again is None
    assert total(connection, plain) == count
    assert stored(connection, plain, 1) == [(1, "row 1")]


def test_no_more_than_a_chunk_is_held(connection: Connection, plain: Table) -> None:
    taken, seen = itertools.count(), []

    def rows() -> Iterator[dict[str, Any]]:
        for row in numbered(2 * CHUNK + 1):
            next(taken)
            yield row

    def heard(conn: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if len(parameters) > 1 and isinstance(parameters, list):
            seen.append(next(taken) - len(seen))

    event.listen(connection, "before_cursor_execute", heard)
    connection.execute(BulkInsert(plain, rows()))

    assert seen[:2] == [CHUNK, 2 * CHUNK]


def test_rows_that_leave_a_column_out_have_its_default(
    connection: Connection, plain: Table
) -> None:
    """Also the ones behind others that name it, and the other way round."""
    rows = [{"id": 1, "a": "x"}, {"id": 2}, {"a": "y", "id": 3}, {"id": 4, "a": None}]

    connection.execute(BulkInsert(plain, iter(rows)))

    assert stored(connection, plain) == [(1, "x"), (2, "none"), (3, "y"), (4, None)]


VALUES: dict[str, tuple[Any, list[Any]]] = {
    "text": (sa.Text(), ["", "é 漢 \U0001f600", "a\tb\nc\\d", "\\N", "'", "%s %% {}", None]),
    "number": (sa.Numeric(10, 2), [Decimal("1.50"), Decimal("-3"), None]),
    "float": (sa.Double(), [1.5, -2.0, None]),
    "flag": (sa.Boolean(), [True, False, None]),
    "day": (sa.Date(), [date(2026, 2, 28), None]),
    "moment": (sa.DateTime(), [datetime(2026, 2, 28, 1, 2, 3), None]),
    "raw": (sa.LargeBinary(), [b"\x00\xff'\\", b"", None]),
    "colour": (sa.Enum(Colour, name="colour"), [Colour.red, Colour.blue, None]),
    "json": (sa.JSON(none_as_null=True), [{"a": [1, "é"]}, [], "x", None]),
    "doubled": (Doubled(), [1, 2, None]),
    "uuid": (sa.Uuid(), [UUID(int=7), None]),
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_are_what_sqlalchemy_would_have_stored(connection: Connection, kind: str) -> None:
    type_, values = VALUES[kind]
    metadata = sa.MetaData()
    ours, theirs = (
        Table(name, metadata, Column("id", sa.Integer, primary_key=True), Column("v", type_))
        for name in ("ours", "theirs")
    )
    metadata.create_all(connection)
    endless = itertools.cycle(values)
    rows = [{"id": n, "v": next(endless)} for n in range(1, MANY)]

    connection.execute(BulkInsert(ours, iter(rows)))
    connection.execute(theirs.insert(), rows)

    assert stored(connection, ours) == stored(connection, theirs)
    assert total(connection, ours) == len(rows)


def test_defaults_in_python_are_filled_in(connection: Connection) -> None:
    ticks = itertools.count(1)
    made = Table(
        "ticked",
        sa.MetaData(),
        Column("id", sa.Integer, primary_key=True),
        Column("n", sa.Integer, default=lambda: next(ticks)),
        Column("at", sa.DateTime, server_default=sa.func.now()),
    )
    made.create(connection)

    connection.execute(BulkInsert(made, ({"id": n} for n in range(1, MANY))))

    assert [row[1] for row in stored(connection, made, 3)] == [1, 2, 3]
    assert stored(connection, made, 1)[0][2] is not None


def test_names_may_be_odd(connection: Connection) -> None:
    """A column's key may be another one than its name, too."""
    made = Table(
        "od%d ta(b)le",
        sa.MetaData(),
        Column("id", sa.Integer, primary_key=True),
        Column("per%cent (x)", sa.Integer, key="p"),
        Column("select", sa.Integer),
    )
    made.create(connection)
    rows = ({"id": n, "p": n, "select": 1} for n in range(1, MANY))

    connection.execute(BulkInsert(made, rows))

    assert stored(connection, made, 2) == [(1, 1, 1), (2, 2, 1)]


@pytest.mark.parametrize(
    ("bad", "said"),
    [({"id": 0, "b": 1}, "got 'b' (str) as row 3"), (7, "got 7 (int) as row 3")],
)
def test_a_row_that_does_not_fit_is_named_by_its_number(
    connection: Connection, plain: Table, bad: Any, said: str
) -> None:
    rows = [*numbered(3), bad]

    for given in (rows, iter(rows)):
        with pytest.raises(WrongValue) as caught:
            connection.execute(BulkInsert(plain, given))
        assert said in str(caught.value)

    assert total(connection, plain) == 0


def test_a_rollback_takes_the_rows_away(connection: Connection, plain: Table) -> None:
    connection.commit()

    connection.execute(BulkInsert(plain, numbered(MANY)))
    connection.rollback()

    assert total(connection, plain) == 0


def test_what_the_database_refuses_is_an_error_of_sqlalchemys(
    connection: Connection, plain: Table
) -> None:
    rows = itertools.chain(numbered(MANY), [{"id": 1, "a": "twice"}])

    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        connection.execute(BulkInsert(plain, rows))


def test_the_rows_are_heard_by_who_listens(connection: Connection, plain: Table) -> None:
    """As the journal does: one statement a chunk, with its rows."""
    heard: list[int] = []

    def hear(conn: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if "plain" in statement and isinstance(parameters, list):
            heard.append(len(parameters))

    event.listen(connection, "before_cursor_execute", hear)
    connection.execute(BulkInsert(plain, numbered(CHUNK + 2)))

    assert heard == [CHUNK, 2]


def test_a_schema_that_is_translated_is_heeded(connection: Connection, plain: Table) -> None:
    moved = Table(
        "plain", sa.MetaData(), *(Column(c.name, c.type) for c in plain.c), schema="nowhere"
    )
    here = connection.execution_options(schema_translate_map={"nowhere": None})

    here.execute(BulkInsert(moved, numbered(MANY)))

    assert total(connection, plain) == MANY


POSTGRESQL = [
    pytest.param(
        "CREATE TABLE t (id integer, a text GENERATED ALWAYS AS ('x') STORED)",
        {"id": 1}, 1, id="generated",
    ),
    pytest.param("CREATE TABLE b (id integer); CREATE VIEW t AS SELECT id FROM b", {"id": 1}, 1,
                 id="view"),
    pytest.param("CREATE TABLE t (id integer); CREATE TABLE o (id integer); "
                 "CREATE RULE r AS ON INSERT TO t DO INSTEAD INSERT INTO o VALUES (new.id)",
                 {"id": 1}, 0, id="rule"),
    pytest.param("CREATE TABLE t (id integer) PARTITION BY RANGE (id); "
                 "CREATE TABLE p PARTITION OF t DEFAULT", {"id": 1}, 1, id="partitions"),
]  # fmt: skip


@pytest.mark.parametrize(("setup", "row", "each"), POSTGRESQL)
def test_copy_leaves_what_insert_would(
    postgresql_url: str, setup: str, row: dict[str, Any], each: int
) -> None:
    with sa.create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql(setup)
        target = sa.table("t", sa.column("id", sa.Integer))

        connection.execute(BulkInsert(target, [row] * MANY))

        assert connection.scalar(sa.text("SELECT count(*) FROM t")) == MANY * each


def test_a_key_that_is_always_generated_is_refused_as_by_insert(postgresql_url: str) -> None:
    made = Table(
        "t", sa.MetaData(), Column("id", sa.Integer, sa.Identity(always=True), primary_key=True)
    )
    with sa.create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        made.create(connection)

        with pytest.raises(sa.exc.DBAPIError, match="GENERATED ALWAYS"):
            connection.execute(BulkInsert(made, ({"id": n} for n in range(MANY))))


@pytest.mark.parametrize("options", [{}, {"isolation_level": "AUTOCOMMIT"}], ids=["in", "outside"])
def test_copy_is_used_in_a_transaction(postgresql_url: str, options: dict[str, Any]) -> None:
    statements: list[str] = []
    engine = sa.create_engine(postgresql_url, poolclass=NullPool)
    made = Table("t", sa.MetaData(), Column("id", sa.Integer))
    with engine.connect().execution_options(**options) as connection:
        made.create(connection)
        event.listen(
            connection,
            "before_cursor_execute",
            lambda c, cursor, text, *more: statements.append(text),
        )

        connection.execute(BulkInsert(made, ({"id": n} for n in range(MANY))))

        assert any(one.startswith("COPY t (id) FROM STDIN") for one in statements) == (not options)
        assert connection.scalar(sa.select(sa.func.count()).select_from(made)) == MANY
        made.drop(connection)


def test_threads_that_share_an_engine_do_not_meet(postgresql_url: str) -> None:
    engine = sa.create_engine(postgresql_url)
    metadata = sa.MetaData()
    tables = [Table(f"t{n}", metadata, Column("id", sa.Integer)) for n in range(4)]
    metadata.create_all(engine)

    def work(table: Table) -> int:
        with engine.begin() as connection:
            connection.execute(BulkInsert(table, ({"id": n} for n in range(3 * CHUNK))))
            connection.execute(table.insert(), [{"id": -1}, {"id": -2}])
            return total(connection, table)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(work, tables))

    engine.dispose()
    assert found == [3 * CHUNK + 2] * 4
