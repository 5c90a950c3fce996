"""Renames: which pairs are asked about, what the answers make of them, and that rows stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from ddl_autogen import Options, Rename, UnknownRename, compare, reverse
from roundtrip.walk import run
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Connection,
    Date,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    insert,
    select,
)

Items = Sequence[Any]


def schema(**tables: Items) -> MetaData:
    metadata = MetaData()
    for name, items in tables.items():
        Table(name, metadata, Column("id", Integer, primary_key=True), *items)
    return metadata


def text(name: str, size: int = 50, **kw: Any) -> Column[Any]:
    return Column(name, String(size), **kw)


def number(name: str, **kw: Any) -> Column[Any]:
    return Column(name, Integer, **kw)


@contextmanager
def holding(url: str, before: MetaData) -> Iterator[Connection]:
    """A connection to a database that has the tables of some models."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            before.create_all(connection)
            connection.commit()
            yield connection
    finally:
        engine.dispose()


class Asked:
    """Says yes to all, or to none, and remembers what was asked."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.questions: list[str] = []

    def __call__(self, questions: Sequence[Rename]) -> Iterable[Rename]:
        self.questions += [q.describe() for q in questions]
        taken: set[Any] = set()
        for q in questions if self.answer else ():
            if not taken & {("old", q.old), ("new", q.new)}:
                taken |= {("old", q.old), ("new", q.new)}
                yield q


def asked(url: str, before: MetaData, after: MetaData) -> list[str]:
    asked = Asked(False)
    with holding(url, before) as connection:
        compare(connection, after, Options(ask_renames=asked))
    return asked.questions


QUESTIONS = [
    pytest.param(
        {"users": [text("name")]},
        {"users": [text("full_name")]},
        ["column users.name to users.full_name"],
        id="column",
    ),
    pytest.param(
        {"users": [text("name", 50)]},
        {"users": [text("full_name", 80)]},
        ["column users.name to users.full_name"],
        id="of-another-length",
    ),
    pytest.param(
        {"users": [number("account_id")]},
        {"users": [Column("owner_id", BigInteger)]},
        ["column users.account_id to users.owner_id"],
        id="of-a-wider-type",
    ),
    pytest.param(
        {"users": [text("first"), text("last")]},
        {"users": [text("first_name"), text("last_name")]},
        [
            "column users.first to users.first_name",
            "column users.last to users.last_name",
            "column users.first to users.last_name",
            "column users.last to users.first_name",
        ],
        id="the-likely-pairs-first",
    ),
    pytest.param(
        {"users": [text("name")]},
        {"users": [Column("active", Boolean)]},
        [],
        id="another-kind-of-value",
    ),
    pytest.param(
        {"users": [number("a"), Column("b", Integer, Computed("a + 1", persisted=True))]},
        {"users": [number("a"), Column("c", Integer, Computed("a + 1", persisted=True))]},
        [],
        id="computed-loses-nothing",
    ),
    pytest.param({"users": [text("name")]}, {"users": []}, [], id="nothing-comes"),
    pytest.param(
        {"users": [text("name"), number("age")]},
        {"people": [text("name"), number("age")]},
        ["table users to people"],
        id="table",
    ),
    pytest.param(
        {"users": [text("name"), number("age"), text("mail")]},
        {"people": [text("name"), number("age"), text("phone"), text("note", 9)]},
        ["table users to people"],
        id="table-with-other-columns",
    ),
    pytest.param({"users": []}, {"invoice": [text("memo")]}, [], id="an-id-says-nothing"),
    pytest.param(
        {"users": [text("name"), number("age"), text("mail")]},
        {"invoice": [Column("day", Date), number("total"), Column("memo", Text)]},
        [],
        id="another-table",
    ),
]


@pytest.mark.parametrize(("before", "after", "questions"), QUESTIONS)
def test_what_could_be_a_rename_is_asked(
    before: dict[str, Items], after: dict[str, Items], questions: list[str], sqlite_url: str
) -> None:
    copied = [{t: [i._copy() for i in items] for t, items in s.items()} for s in (before, after)]

    assert asked(sqlite_url, schema(**copied[0]), schema(**copied[1])) == questions


def old_shop() -> MetaData:
    return schema(
        users=[
            text("name", nullable=False, server_default="x"),
            number("age"),
            number("up"),
            CheckConstraint("age > 0 AND name <> 'age'", name="ck_age"),
            Index("ix_users_name", "name"),
            Column("next", Integer, Computed("age + 1", persisted=True)),
        ],
        orders=[Column("user_id", Integer, ForeignKey("users.id")), text("note")],
    )


def new_shop() -> MetaData:
    return schema(
        people=[
            text("full_name", nullable=False, server_default="x"),
            number("years"),
            number("up"),
            CheckConstraint("years > 0 AND full_name <> 'age'", name="ck_age"),
            Index("ix_users_name", "full_name"),
            Column("next", Integer, Computed("years + 1", persisted=True)),
            text("fresh"),
        ],
        orders=[Column("person_id", Integer, ForeignKey("people.id")), text("note")],
    )


def test_what_is_renamed_keeps_its_rows_and_goes_back(database_url: str) -> None:
    before, after = old_shop(), new_shop()
    users, people = before.tables["users"], after.tables["people"]
    with holding(database_url, before) as connection:
        connection.execute(insert(users).values(id=1, name="Ann", age=7))
        connection.execute(insert(before.tables["orders"]).values(id=1, user_id=1, note="n"))
        connection.commit()
        up = compare(connection, after, Options(ask_renames=Asked(True)))
        connection.commit()
        words = [change.describe().partition(":")[0] for change in up]
        run(connection, up)

        assert words[0] == "rename table users to people"
        assert not [w for w in words if w.startswith(("drop", "create"))]
        row = connection.execute(select(people.c.full_name, people.c.years, people.c.next)).one()
        assert tuple(row) == ("Ann", 7, 8)
        assert [c.describe() for c in compare(connection, after)] == []

        connection.commit()
        run(connection, reverse(up, connection.dialect))
        row = connection.execute(select(users.c.name, users.c.age, users.c.next)).one()
        assert tuple(row) == ("Ann", 7, 8)
        assert [c.describe() for c in compare(connection, before)] == []


def moods(*labels: str, default: str) -> MetaData:
    kind = Enum(*labels, name="mood")
    check = CheckConstraint(f"m <> '{labels[-1]}'", name="ck_mood")
    return schema(t=[Column("m", kind, server_default=default), check])


def test_a_renamed_value_of_an_enum_keeps_its_rows(postgresql_url: str) -> None:
    before = moods("sad", "ok", "happy", default="sad")
    after = moods("blue", "ok", "happy", default="blue")
    asked = Asked(True)
    with holding(postgresql_url, before) as connection:
        connection.execute(insert(before.tables["t"]).values(id=1))
        up = compare(connection, after, Options(ask_renames=asked))

        assert asked.questions == ["enum value mood.sad to mood.blue"]
        assert [c.describe() for c in up] == ["rename value 'sad' of enum mood to 'blue'"]
        for change in up:
            connection.execute(change)
        assert connection.execute(select(after.tables["t"].c.m)).scalar_one() == "blue"
        assert compare(connection, after) == []


def found(url: str, before: MetaData, after: MetaData, options: Options) -> list[str]:
    with holding(url, before) as connection:
        changes = compare(connection, after, options)
    return [change.describe().partition(":")[0] for change in changes]


def test_answers_that_are_given_are_not_asked(sqlite_url: str) -> None:
    before = schema(users=[text("name"), number("age"), text("mail")])
    after = schema(people=[Column("title", Text), number("years"), text("post")])
    asked = Asked(False)
    options = Options(
        renames={"users": "people", "users.name": "people.title"},
        standing_renames={"users.age": None, "users.gone_long_ago": "people.x"},
        ask_renames=asked,
    )

    assert found(sqlite_url, before, after, options)[:2] == [
        "rename table users to people",
        "alter column people.name",
    ]
    assert asked.questions == ["column users.mail to people.post"]


RENAMED = "rename constraint old_name of t to new_name"
NAMES = [
    pytest.param(
        lambda name: ForeignKeyConstraint(["a"], ["other.id"], name=name),
        {
            "postgresql": [RENAMED],
            "mariadb": [
                "drop foreign key constraint old_name of t",
                "add foreign key new_name (a -> other.id) to t",
            ],
            "sqlite": [
                "drop foreign key constraint old_name of t",
                "add foreign key new_name (a -> other.id) to t",
            ],
        },
        id="foreign-key",
    ),
    pytest.param(
        lambda name: UniqueConstraint("a", name=name),
        {
            "postgresql": [RENAMED],
            "mariadb": ["drop unique constraint old_name of t", "add unique new_name (a) to t"],
            "sqlite": ["drop unique constraint old_name of t", "add unique new_name (a) to t"],
        },
        id="unique",
    ),
    pytest.param(
        lambda name: CheckConstraint("a > 0", name=name),
        {
            "postgresql": [RENAMED],
            "mariadb": ["drop check constraint old_name of t", "add check new_name (a > 0) to t"],
            "sqlite": ["drop check constraint old_name of t", "add check new_name (a > 0) to t"],
        },
        id="check",
    ),
    pytest.param(
        lambda name: Index(name, "a", "id"),
        {
            "postgresql": ["rename index old_name of t to new_name"],
            "mariadb": ["rename index old_name of t to new_name"],
            "sqlite": ["drop index old_name of t", "create index new_name on t (a, id)"],
        },
        id="index",
    ),
]


@pytest.mark.parametrize(("make", "expected"), NAMES)
def test_what_differs_in_its_name_alone_is_renamed_where_that_can_be(
    make: Callable[[str], Any], expected: dict[str, list[str]], database_url: str
) -> None:
    before, after = (schema(other=[], t=[number("a"), make(n)]) for n in ("old_name", "new_name"))
    with holding(database_url, before) as connection:
        name = {"mysql": "mariadb"}.get(connection.dialect.name, connection.dialect.name)
        up = compare(connection, after)
        connection.commit()

        assert [change.describe() for change in up] == expected[name]
        run(connection, up)
        assert compare(connection, after) == []
        connection.commit()
        run(connection, reverse(up, connection.dialect))
        assert compare(connection, before) == []


WRONG = [
    pytest.param({"users.nam": "users.full_name"}, "the database has no users.nam", id="unknown"),
    pytest.param({"users.id": "users.full_name"}, "the models still have users.id", id="stays"),
    pytest.param({"users.name": "users.title"}, "the models have no users.title", id="no-such"),
    pytest.param({"users.name": "users.id"}, "the database has users.id already", id="there"),
    pytest.param({"users.name": "other.x"}, "users.name can't become other.x", id="elsewhere"),
    pytest.param({"users.nam": None}, "the database has no users.nam", id="unknown-goes"),
    pytest.param(
        {"users.name": "full_name"}, "in the models: users.name=users.full_name$", id="no-table"
    ),
    pytest.param({"other.id": "x"}, "in the models: other.id=other.x$", id="of-another-table"),
]


@pytest.mark.parametrize(("renames", "reason"), WRONG)
def test_an_answer_that_fits_nothing_is_refused_by_name(
    renames: dict[str, str | None], reason: str, sqlite_url: str
) -> None:
    before = schema(users=[text("name")], other=[])
    after = schema(users=[text("full_name")], other=[text("x")])

    with pytest.raises(UnknownRename, match=reason):
        found(sqlite_url, before, after, Options(renames=renames))
