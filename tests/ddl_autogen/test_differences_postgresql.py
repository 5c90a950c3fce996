"""What PostgreSQL alone has: a table of tables, what compare says of them, and there and back."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import sqlalchemy
from ddl_autogen import compare, reverse
from ddl_constructs import UnsupportedChange
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

N = Column("n", Integer)
of = partial  # what a table takes but has no copy: made anew each time


def mood(*labels: str, **kw: Any) -> list[Any]:
    return [Column("m", Enum(*labels, name="mood"), **kw)]


def key(**kw: Any) -> list[Any]:
    return [Column("id", kw.pop("type_", Integer), *kw.pop("more", []), primary_key=True, **kw)]


def index(*columns: Any, **kw: Any) -> list[Any]:
    return [N, Column("s", String(9)), of(Index, "ix", *columns, **kw)]


def conditional() -> list[Any]:
    return [of(Index, "ix", "plain", postgresql_where=text("m = 'b'"))]


NAMES = ["a", "b"]
CASES = [
    pytest.param(
        mood(*NAMES),
        mood("x", "a", "y", "b", "z"),
        [
            "add value 'x' to enum mood before 'a'",
            "add value 'y' to enum mood after 'a'",
            "add value 'z' to enum mood after 'b'",
        ],
        id="enum-labels-added",
    ),
    pytest.param(
        mood("a", "b", "c"), mood("c", "a"), ["replace enum mood ('c', 'a')"], id="enum-label-gone"
    ),
    pytest.param(
        mood(*NAMES), mood("b", "a"), ["replace enum mood ('b', 'a')"], id="enum-labels-reordered"
    ),
    pytest.param(
        mood(*NAMES),
        mood("a", "b", "c", server_default="c"),
        ["replace enum mood ('a', 'b', 'c')", "alter column t.m: default 'c'"],
        id="enum-default-is-a-new-label",
    ),
    pytest.param(
        mood(*NAMES, server_default="b"),
        mood("c", "a", server_default="c"),
        [
            "alter column t.m: no default",
            "replace enum mood ('c', 'a')",
            "alter column t.m: default 'c'",
        ],
        id="enum-default-goes-with-its-label",
    ),
    pytest.param(
        [*mood(*NAMES, "c"), of(CheckConstraint, "m <> 'a'", name="ck"), *conditional()],
        [*mood("b", "a"), of(CheckConstraint, "m <> 'a'", name="ck"), *conditional()],
        [
            "drop index ix of t",
            "drop check constraint ck of t",
            "replace enum mood ('b', 'a')",
            "create index ix on t (plain)",
            "add check ck",
        ],
        id="enum-in-a-check-and-a-condition",
    ),
    pytest.param(
        [*mood(*NAMES), of(CheckConstraint, "m <> 'a'", name="ck"), *conditional()],
        [*mood(*NAMES, "c"), of(CheckConstraint, "m <> 'a'", name="ck"), *conditional()],
        ["add value 'c' to enum mood after 'b'"],
        id="enum-label-added-that-is-taken-away-under-a-check",
    ),
    pytest.param(
        [],
        mood(*NAMES),
        ["create enum mood ('a', 'b')", "add column t.m (Enum('a', 'b', name='mood'))"],
        id="enum-column",
    ),
    pytest.param(
        [],
        [Column("m", ARRAY(Enum(*NAMES, name="mood")))],
        ["create enum mood ('a', 'b')", "add column t.m (ARRAY(Enum('a', 'b', name='mood')))"],
        id="enum-array-column",
    ),
    pytest.param(
        mood(*NAMES),
        [Column("m", String(5))],
        [
            "alter column t.m: type Enum('a', 'b', name='mood') -> String(length=5)",
            "drop enum mood",
        ],
        id="enum-made-string",
    ),
    pytest.param(
        key(),
        key(type_=BigInteger),
        ["alter column t.id: type Integer -> BigInteger"],
        id="serial-type",
    ),
    pytest.param(
        key(),
        key(autoincrement=False),
        ["alter column t.id: autoincrement False"],
        id="serial-off",
    ),
    pytest.param(
        key(),
        key(more=[Identity()]),
        ["alter column t.id: default"],
        id="serial-to-identity",
    ),
    pytest.param(
        [Column("n", Integer)],
        [Column("n", Integer, Identity(start=5))],
        ["alter column t.n: not null", "alter column t.n: default"],
        id="identity-added",
    ),
    pytest.param(
        [Column("n", Integer, Identity())],
        [Column("n", Integer, Identity(always=True, cache=7))],
        ["alter column t.n: default"],
        id="identity-options",
    ),
    pytest.param(
        [Column("n", Integer, Identity())],
        [Column("n", Integer)],
        ["alter column t.n: no default", "alter column t.n: nullable"],
        id="identity-dropped",
    ),
    pytest.param(
        [N, Column("d", Integer, Computed("n * 2", persisted=True))],
        [],
        ["drop column t.d", "drop column t.n"],
        id="computed-goes-before-its-column",
    ),
    pytest.param(
        [],
        [Column("d", Integer, Computed("n * 2", persisted=True)), N],
        ["add column t.n (Integer)", "add column t.d (Integer)"],
        id="computed-comes-behind-its-column",
    ),
    pytest.param(
        [N, Column("d", Integer, Computed("n * 2", persisted=True))],
        [N, Column("d", Integer, Computed("n * 3", persisted=True))],
        ["drop column t.d", "add column t.d (Integer)"],
        id="computed-changed",
    ),
    pytest.param(
        [N, Column("d", Integer, Computed("n * 2", persisted=True))],
        [N, Column("d", Integer)],
        ["alter column t.d: no default"],
        id="computed-taken-away",
    ),
    pytest.param(
        [N, Column("d", Integer, Computed("n  *  2", persisted=True))],
        [N, Column("d", Integer, Computed("(N * 2)", persisted=True))],
        [],
        id="computed-spelled-otherwise",
    ),
    pytest.param(
        [Column("s", String(9))],
        [Column("s", String(9, collation="C"))],
        ["alter column t.s: type String(length=9) -> String(length=9, collation='C')"],
        id="collation",
    ),
    pytest.param(
        [Column("s", String(9, collation="C"))],
        [Column("s", String(9))],
        ["alter column t.s: type String(length=9, collation='C') -> String(length=9)"],
        id="collation-gone",
    ),
    pytest.param(
        [N],
        [N, of(ExcludeConstraint, ("n", "="), name="ex", using="btree")],
        ["add exclude ex ("],
        id="exclude",
    ),
    pytest.param(
        [N, of(ExcludeConstraint, ("n", "="), name="ex", using="btree")],
        [N, of(ExcludeConstraint, ("n", "="), name="ex", using="btree", where=text("n > 3"))],
        ["drop exclude constraint ex of t", "add exclude ex ("],
        id="exclude-changed",
    ),
    pytest.param(
        [N, of(UniqueConstraint, "n", name="uq")],
        [N, of(UniqueConstraint, "n", name="uq", deferrable=True, initially="DEFERRED")],
        ["drop unique constraint uq of t", "add unique uq (n) to t"],
        id="unique-deferrable",
    ),
    pytest.param(
        [N, of(UniqueConstraint, "n", name="uq")],
        [N, of(UniqueConstraint, "n", name="uq", postgresql_nulls_not_distinct=True)],
        ["drop unique constraint uq of t", "add unique uq (n) to t"],
        id="unique-nulls",
    ),
    pytest.param(
        [N, of(PrimaryKeyConstraint, "n", name="pk_a")],
        [N, of(PrimaryKeyConstraint, "n", name="pk_b")],
        ["rename constraint pk_a of t to pk_b"],
        id="key-name",
    ),
    pytest.param(
        [Column("n", ForeignKey("t.id", name="fk")), *key()],
        [Column("n", ForeignKey("t.id", name="fk", deferrable=True)), *key()],
        ["drop foreign key constraint fk of t", "add foreign key fk (n -> t.id) to t"],
        id="foreign-key-deferrable",
    ),
    pytest.param(
        [N, Column("d", Integer, CheckConstraint("d IN (1, 2)"))],
        [N],
        ["drop check constraint t_d_check of t", "drop column t.d"],
        id="column-with-check-dropped",
    ),
    *[
        pytest.param(
            index("n", **before),
            index("n", **after),
            ["drop index ix of t", "create index ix on t (n)"],
            id=f"index-{name}",
        )
        for name, before, after in [
            ("using", {}, {"postgresql_using": "hash"}),
            ("include", {}, {"postgresql_include": ["s"]}),
            ("where", {"postgresql_where": text("n > 1")}, {"postgresql_where": text("n > 2")}),
            ("with", {}, {"postgresql_with": {"fillfactor": 50}}),
            ("ops", {}, {"postgresql_ops": {"n": "int4_bloom_ops"}, "postgresql_using": "brin"}),
        ]
    ],
    pytest.param(
        index("n", postgresql_using="brin"),
        index("n", postgresql_using="brin", postgresql_ops={"n": "int4_minmax_ops"}),
        [],
        id="index-usual-ops",
    ),
    pytest.param(
        index(text("n DESC NULLS LAST")),
        index(text("n DESC")),
        ["drop index ix of t", "create index ix on t (n DESC)"],
        id="index-nulls",
    ),
]


def models(items: list[Any]) -> MetaData:
    """A table "t" of copies of columns, and of what is made by `of`."""
    made = MetaData()
    fresh = [item() if isinstance(item, partial) else item._copy() for item in items]
    Table("t", made, Column("plain", Integer), *fresh)
    return made


@pytest.mark.parametrize(("before", "after", "expected"), CASES)
def test_each_difference_is_told_led_away_and_led_back(
    before: list[Any], after: list[Any], expected: list[str], postgresql_url: str
) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        models(before).create_all(connection)
        up = compare(connection, models(after))
        said = [change.describe() for change in up]
        for change in up:
            connection.execute(change)
        left = [change.describe() for change in compare(connection, models(after))]
        for change in reverse(up, connection.dialect):
            connection.execute(change)
        back = [change.describe() for change in compare(connection, models(before))]
    engine.dispose()

    assert [len(said), left, back] == [len(expected), [], []]
    assert all(map(str.startswith, said, expected)), said


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({}, {"a": {}}, ["create sequence a"], id="added"),
        pytest.param({"a": {"start": 5}}, {}, ["drop sequence a"], id="dropped"),
        pytest.param(
            {"a": {"maxvalue": 9, "cycle": True}},
            {"a": {"increment": 2}},
            ["alter sequence a: increment 2, maxvalue 9223372036854775807, cycle False"],
            id="options",
        ),
        pytest.param(
            {"a": {}},
            {"a": {"data_type": Integer}},
            ["drop sequence a", "create sequence a"],
            id="type",
        ),
        pytest.param({"a": {"start": 1, "cache": 1}}, {"a": {"increment": 1}}, [], id="same"),
    ],
)
def test_sequences(
    before: dict[str, Any], after: dict[str, Any], expected: list[str], postgresql_url: str
) -> None:
    def models_of(given: dict[str, Any]) -> MetaData:
        made = MetaData()
        for name, options in given.items():
            Sequence(name, metadata=made, **options)
        return made

    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        models_of(before).create_all(connection)
        up = compare(connection, models_of(after))
        for change in up:
            connection.execute(change)
        left = compare(connection, models_of(after))
        for change in reverse(up, connection.dialect):
            connection.execute(change)
        back = compare(connection, models_of(before))
    engine.dispose()

    assert ([c.describe() for c in up], left, back) == (expected, [], [])


def test_a_sequence_that_a_default_asks_stays_though_no_model_says_it(postgresql_url: str) -> None:
    made = models(
        [Column("n", Integer, server_default=text("nextval('public.\"Counter\"'::regclass)"))]
    )
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        connection.execute(text('CREATE SEQUENCE "Counter"'))
        made.create_all(connection)

        assert [c.describe() for c in compare(connection, made)] == []
    engine.dispose()


@pytest.mark.skipif(
    sqlalchemy.__version__ < "2.1",
    reason="SQLAlchemy 2.0 takes no postgresql_with",
)
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {},
            {"postgresql_with": {"fillfactor": 70}},
            ["alter options of table t: postgresql_with {'fillfactor': '70'}"],
            id="fillfactor",
        ),
        pytest.param(
            {"postgresql_with": {"fillfactor": 70, "autovacuum_enabled": False}},
            {"postgresql_with": {"fillfactor": 80}},
            ["alter options of table t: postgresql_with {'fillfactor': '80'}"],
            id="fillfactor-changed",
        ),
        pytest.param(
            {},
            {"prefixes": ["UNLOGGED"]},
            ["alter options of table t: postgresql_unlogged True"],
            id="unlogged",
        ),
        pytest.param({"postgresql_with": {"fillfactor": 70}}, {}, [], id="what-no-model-states"),
        pytest.param({}, {"postgresql_tablespace": "pg_default"}, [], id="the-usual-tablespace"),
    ],
)
def test_options_that_a_model_states(
    before: dict[str, Any], after: dict[str, Any], expected: list[str], postgresql_url: str
) -> None:
    def models_of(options: dict[str, Any]) -> MetaData:
        made = MetaData()
        Table("t", made, Column("id", Integer, primary_key=True), **options)
        return made

    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        models_of(before).create_all(connection)
        up = compare(connection, models_of(after))
        for change in up:
            connection.execute(change)
        left = [change.describe() for change in compare(connection, models_of(after))]
        for change in reverse(up, connection.dialect):
            connection.execute(change)
        back = [change.describe() for change in compare(connection, models_of(before))]
        gone = compare(connection, MetaData())
        for change in [*gone, *reverse(gone, connection.dialect)]:
            connection.execute(change)
        again = [change.describe() for change in compare(connection, models_of(before))]
    engine.dispose()

    assert ([c.describe() for c in up], left, back, again) == (expected, [], [], [])


@pytest.mark.parametrize(
    "uniques",
    [
        pytest.param([("n",), ("n",)], id="twice"),
        pytest.param([("id",)], id="as-the-key"),
        pytest.param([("n", "id"), ("id", "n")], id="in-another-order"),
    ],
)
def test_a_unique_that_create_table_makes_nothing_of_is_no_difference(
    uniques: list[tuple[str, ...]], postgresql_url: str
) -> None:
    made = MetaData()
    key, number = Column("id", Integer, primary_key=True), Column("n", Integer)
    Table("t", made, key, number, *(UniqueConstraint(*columns) for columns in uniques))
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        made.create_all(connection)

        assert [c.describe() for c in compare(connection, made)] == []
    engine.dispose()


def test_a_not_null_column_for_a_table_with_rows_is_refused_by_name(postgresql_url: str) -> None:
    before, after = models([]), models([Column("n", Integer, nullable=False)])
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        before.create_all(connection)
        up = compare(connection, after)
        connection.execute(text("INSERT INTO t VALUES (1)"))

        with pytest.raises(UnsupportedChange, match=r"the table has rows.*server_default"):
            connection.execute(up[0])

        connection.execute(text("DELETE FROM t"))
        connection.execute(up[0])
        assert compare(connection, after) == []
    engine.dispose()


def test_comparing_leaves_the_models_as_they_are(postgresql_url: str) -> None:
    """SQLAlchemy's copy of an EXCLUDE over a table's columns hangs itself on that table."""
    metadata = MetaData()
    table = Table("x", metadata, Column("a", Integer))
    table.append_constraint(ExcludeConstraint((table.c.a, "="), name="ex", using="btree"))
    before = set(table.constraints)
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE x (a integer)"))
        (change,) = compare(connection, metadata)
        connection.execute(change)
        assert compare(connection, metadata) == []
    engine.dispose()

    assert set(table.constraints) == before
