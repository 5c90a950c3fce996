"""A table of models and changed models: what compare says of a database of the former."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ddl_autogen import compare, reverse
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    func,
    text,
)

Build = Callable[[], list[object]]


def t(*items: object) -> Callable[[MetaData], None]:
    """A table "t" with an id."""

    def build(metadata: MetaData) -> None:
        Table("t", metadata, Column("id", Integer, primary_key=True), *(make() for make in items))

    return build


def both(*builds: Callable[[MetaData], None]) -> Callable[[MetaData], None]:
    def build(metadata: MetaData) -> None:
        for one in builds:
            one(metadata)

    return build


def other(metadata: MetaData) -> None:
    Table(
        "other",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer),
        Column("b", Integer),
        UniqueConstraint("a", "b", name="uq_other"),
    )


def nothing(metadata: MetaData) -> None:
    pass


def c(*args: object, **kw: object) -> Callable[[], Column[object]]:
    return lambda: Column(*args, **kw)  # type: ignore[arg-type]


def of(kind: Callable[..., object], *args: object, **kw: object) -> Callable[[], object]:
    return lambda: kind(*args, **kw)


A = c("a", Integer)
S = c("s", String(20))
EVERYWHERE = [
    pytest.param(nothing, t(), ["create table t (1 column)"], id="table"),
    pytest.param(
        nothing,
        both(other, t(c("o", Integer), of(ForeignKeyConstraint, ["o"], ["other.id"]))),
        ["create table other (3 columns)", "create table t (2 columns)"],
        id="parent-first",
    ),
    pytest.param(
        nothing,
        t(c("a", Integer, index=True)),
        ["create table t (2 columns)", "create index ix_t_a on t (a)"],
        id="table-with-index",
    ),
    pytest.param(t(), t(A), ["add column t.a (Integer)"], id="column"),
    pytest.param(t(A), t(), ["drop column t.a"], id="column-dropped"),
    pytest.param(
        t(S),
        t(c("s", String(30))),
        ["alter column t.s: type String(length=20) -> String(length=30)"],
        id="length",
    ),
    pytest.param(
        t(A), t(c("a", BigInteger)), ["alter column t.a: type Integer -> BigInteger"], id="type"
    ),
    pytest.param(
        t(c("n", Numeric(10, 2))),
        t(c("n", Numeric(12, 4))),
        ["alter column t.n: type Numeric(precision=10, scale=2) -> Numeric(precision=12, scale=4)"],
        id="precision",
    ),
    pytest.param(
        t(S), t(c("s", Text)), ["alter column t.s: type String(length=20) -> Text"], id="text"
    ),
    pytest.param(
        t(A), t(c("a", Integer, nullable=False)), ["alter column t.a: not null"], id="not-null"
    ),
    pytest.param(
        t(c("a", Integer, nullable=False)), t(A), ["alter column t.a: nullable"], id="nullable"
    ),
    pytest.param(
        t(S),
        t(c("s", String(20), server_default="x")),
        ["alter column t.s: default 'x'"],
        id="default",
    ),
    pytest.param(
        t(c("s", String(20), server_default="x")),
        t(S),
        ["alter column t.s: no default"],
        id="default-dropped",
    ),
    pytest.param(
        t(c("s", String(20), server_default="x")),
        t(c("s", String(20), server_default="X")),
        ["alter column t.s: default 'X'"],
        id="default-changed",
    ),
    pytest.param(
        t(c("a", Integer, server_default="1")),
        t(c("a", Integer, server_default="10")),
        ["alter column t.a: default '10'"],
        id="default-number",
    ),
    pytest.param(
        t(c("d", DateTime, server_default=func.now())),
        t(c("d", DateTime)),
        ["alter column t.d: no default"],
        id="default-now",
    ),
    pytest.param(
        t(A), t(c("a", Integer, index=True)), ["create index ix_t_a on t (a)"], id="index"
    ),
    pytest.param(
        t(c("a", Integer, index=True)), t(A), ["drop index ix_t_a of t"], id="index-dropped"
    ),
    pytest.param(
        t(A, S, of(Index, "ix", "a")),
        t(A, S, of(Index, "ix", "s", "a")),
        ["drop index ix of t", "create index ix on t (s, a)"],
        id="index-columns",
    ),
    pytest.param(
        t(A, of(Index, "ix", "a")),
        t(A, of(Index, "ix", "a", unique=True)),
        ["drop index ix of t", "create unique index ix on t (a)"],
        id="index-unique",
    ),
    pytest.param(
        t(A, of(Index, "ix", "a")),
        t(A, of(Index, "ix", text("a DESC"))),
        ["drop index ix of t", "create index ix on t (a DESC)"],
        id="index-direction",
    ),
    pytest.param(
        t(A), t(A, of(UniqueConstraint, "a", name="uq")), ["add unique uq (a) to t"], id="unique"
    ),
    pytest.param(
        t(A, of(UniqueConstraint, "a", name="uq")),
        t(A),
        ["drop unique constraint uq of t"],
        id="unique-dropped",
    ),
    pytest.param(
        t(A, S, of(UniqueConstraint, "a", name="uq")),
        t(A, S, of(UniqueConstraint, "a", "s", name="uq")),
        ["drop unique constraint uq of t", "add unique uq (a, s) to t"],
        id="unique-changed",
    ),
    pytest.param(
        t(A, S, of(UniqueConstraint, "a", "s")),
        t(A, S, of(UniqueConstraint, "s", "a")),
        [],
        id="unique-order",
    ),
    pytest.param(
        both(other, t(A)),
        both(other, t(A, of(ForeignKeyConstraint, ["a"], ["other.id"], name="fk"))),
        ["add foreign key fk (a -> other.id) to t"],
        id="foreign-key",
    ),
    pytest.param(
        both(other, t(A, of(ForeignKeyConstraint, ["a"], ["other.id"], name="fk"))),
        both(
            other,
            t(A, of(ForeignKeyConstraint, ["a"], ["other.id"], name="fk", ondelete="CASCADE")),
        ),
        ["drop foreign key constraint fk of t", "add foreign key fk (a -> other.id) to t"],
        id="foreign-key-action",
    ),
    pytest.param(
        t(A),
        t(A, of(CheckConstraint, "a > 0", name="ck")),
        ["add check ck (a > 0) to t"],
        id="check",
    ),
    pytest.param(
        t(A, of(CheckConstraint, "a > 0", name="ck")),
        t(A),
        ["drop check constraint ck of t"],
        id="check-dropped",
    ),
    pytest.param(
        t(A, of(CheckConstraint, "a > 0", name="ck")),
        t(A, of(CheckConstraint, "a > 1", name="ck")),
        ["drop check constraint ck of t", "add check ck (a > 1) to t"],
        id="check-changed",
    ),
    pytest.param(
        t(A, of(CheckConstraint, "a > 0", name="ck")),
        t(A, of(CheckConstraint, "(a>0)", name="ck")),
        [],
        id="check-spelled-otherwise",
    ),
    pytest.param(
        t(c("e", Enum("a", "b", name="kind", native_enum=False, length=5, create_constraint=True))),
        t(
            c(
                "e",
                Enum(
                    "a", "b", "c", name="kind", native_enum=False, length=5, create_constraint=True
                ),
            )
        ),
        ["drop check constraint kind of t", "add check kind (e IN ('a', 'b', 'c')) to t"],
        id="check-of-type",
    ),
    pytest.param(
        both(other, t(c("o", Integer), of(ForeignKeyConstraint, ["o"], ["other.id"]))),
        nothing,
        ["drop table t", "drop table other"],
        id="children-first",
    ),
    pytest.param(
        both(other, t(c("o", Integer, index=True), of(ForeignKeyConstraint, ["o"], ["other.id"]))),
        nothing,
        ["drop table t", "drop table other"],
        id="indexes-go-with-their-table",
    ),
    pytest.param(
        both(other, t(c("a", Integer), of(ForeignKeyConstraint, ["a"], ["other.id"], name="fk"))),
        t(A),
        ["drop foreign key constraint fk of t", "drop table other"],
        id="referenced-table-dropped",
    ),
    pytest.param(
        t(c("a", Integer, index=True)),
        t(
            c("b", Integer, index=True),
            c("a", String(5), nullable=False),
            of(UniqueConstraint, "a", name="u"),
        ),
        [
            "add column t.b (Integer)",
            "drop index ix_t_a of t",
            "alter column t.a: type Integer -> String(length=5), not null",
            "create index ix_t_b on t (b)",
            "add unique u (a) to t",
        ],
        id="mixed",
    ),
]
COMMENTS = [
    pytest.param(
        t(A), t(c("a", Integer, comment="x")), ["alter column t.a: comment 'x'"], id="comment"
    ),
    pytest.param(
        t(c("a", Integer, comment="x")),
        t(A),
        ["alter column t.a: no comment"],
        id="comment-dropped",
    ),
]


def described(
    url: str, before: Callable[[MetaData], None], after: Callable[[MetaData], None]
) -> list[str]:
    was, becomes = MetaData(), MetaData()
    before(was)
    after(becomes)
    engine = create_engine(url)
    with engine.connect() as connection:
        was.create_all(connection)
        changes = compare(connection, becomes)
        reverse(changes, connection.dialect)
    engine.dispose()
    # MariaDB indexes the columns of a foreign key; the index is told of, to go with it
    implicit = ("create index fk on t (a)", "drop index fk of t")
    return [said for change in changes if (said := change.describe()) not in implicit]


@pytest.mark.parametrize(("before", "after", "expected"), EVERYWHERE)
def test_each_difference_is_one_change(
    before: Callable[[MetaData], None],
    after: Callable[[MetaData], None],
    expected: list[str],
    database_url: str,
) -> None:
    found = described(database_url, before, after)

    assert found == expected


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
@pytest.mark.parametrize(("before", "after", "expected"), COMMENTS)
def test_comments(
    before: Callable[[MetaData], None],
    after: Callable[[MetaData], None],
    expected: list[str],
    server: str,
    request: pytest.FixtureRequest,
) -> None:
    assert described(request.getfixturevalue(f"{server}_url"), before, after) == expected


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
@pytest.mark.parametrize(("before", "after", "expected"), [*EVERYWHERE, *COMMENTS])
def test_each_difference_is_led_away_and_back(
    before: Callable[[MetaData], None],
    after: Callable[[MetaData], None],
    expected: list[str],
    server: str,
    request: pytest.FixtureRequest,
) -> None:
    was, becomes = MetaData(), MetaData()
    before(was)
    after(becomes)
    engine = create_engine(request.getfixturevalue(f"{server}_url"))
    with engine.connect() as connection:
        was.create_all(connection)
        changes = compare(connection, becomes)
        for change in changes:
            connection.execute(change)
        left = [change.describe() for change in compare(connection, becomes)]
        for change in reverse(changes, connection.dialect):
            connection.execute(change)
        back = [change.describe() for change in compare(connection, was)]
    engine.dispose()

    assert (left, back) == ([], [])
