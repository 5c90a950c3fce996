"""What create_all makes is in sync, and so is what our own changes make; there and back."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import replace

import pytest
from ddl_autogen import Snapshot, compare, reverse, snapshot
from roundtrip.walk import run
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    PickleType,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    TypeDecorator,
    Unicode,
    UniqueConstraint,
    Uuid,
    create_engine,
    false,
    func,
    text,
    true,
)
from sqlalchemy.dialects import mysql, postgresql

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Colour(enum.Enum):
    RED = 1
    DARK_BLUE = 2


class Money(TypeDecorator[object]):
    impl = Numeric(12, 2)
    cache_ok = True


def types(metadata: MetaData) -> None:
    Table(
        "kinds",
        metadata,
        Column("id", BigInteger, primary_key=True),
        Column("small", SmallInteger),
        Column("text", Text),
        Column("string", String(50)),
        Column("unicode", Unicode(20)),
        Column("flag", Boolean),
        Column("number", Numeric(10, 3)),
        Column("whole", Numeric(10)),
        Column("money", Money),
        Column("float", Float),
        Column("single", Float(24)),
        Column("precise", Float(53)),
        Column("double", Double),
        Column("day", Date),
        Column("moment", DateTime),
        Column("zoned", DateTime(timezone=True)),
        Column("clock", Time),
        Column("duration", Interval),
        Column("bytes", LargeBinary),
        Column("pickled", PickleType),
        Column("id_", Uuid),
        Column("document", JSON),
        Column("variant", JSON().with_variant(postgresql.JSONB(), "postgresql")),
        Column("colour", Enum(Colour)),
        Column("size", Enum("small", "large", name="size")),
        Column("plain_enum", Enum("a", "b c", "it's", name="plain", native_enum=False)),
    )


def defaults(metadata: MetaData) -> None:
    Table(
        "defaults",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("plain", String(50), server_default="x"),
        Column("empty", String(50), server_default=""),
        Column("quote", String(50), server_default="it's"),
        Column("quoted", String(50), server_default="'x'"),
        Column("colon", String(50), server_default=":x and 50% of a \\ b"),
        Column("null_word", String(50), server_default="NULL"),
        Column("number_word", String(50), server_default="007"),
        Column("zero", Integer, server_default="0"),
        Column("minus", Integer, server_default=text("-1")),
        Column("price", Numeric(5, 2), server_default=text("1.5")),
        Column("price_text", Numeric(5, 2), server_default="1.5"),
        Column("float", Float, server_default="8.50"),
        Column("yes", Boolean, server_default=true()),
        Column("no", Boolean, server_default=false()),
        Column("moment", DateTime, server_default=func.now()),
        Column("moment_text", DateTime, server_default=text("CURRENT_TIMESTAMP")),
        Column("day", Date, server_default="2020-01-02"),
        Column("none", String(5), server_default=text("NULL")),
        Column("sum", Integer, server_default=text("(1 + 2)")),
    )


def keys(metadata: MetaData) -> None:
    Table(
        "parent",
        metadata,
        Column("a", Integer, autoincrement=False),
        Column("b", String(10)),
        Column("code", String(20), unique=True),
        PrimaryKeyConstraint("b", "a"),
        UniqueConstraint("a", "code", name="uq_named"),
    )
    Table(
        "child",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("pa", Integer),
        Column("pb", String(10), index=True),
        Column("code", ForeignKey("parent.code", ondelete="SET NULL", onupdate="CASCADE")),
        Column("up", ForeignKey("child.id", name="fk_up", ondelete="RESTRICT")),
        ForeignKeyConstraint(["pb", "pa"], ["parent.b", "parent.a"], ondelete="CASCADE"),
    )


def cycle(metadata: MetaData) -> None:
    Table(
        "ying",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("yang_id", ForeignKey("yang.id")),
    )
    Table(
        "yang",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("ying_id", ForeignKey("ying.id", use_alter=True, name="fk_ying")),
    )


def checks(metadata: MetaData) -> None:
    Table(
        "checked",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer),
        Column("b", String(20)),
        Column("flag", Boolean(create_constraint=True, name="ck_flag")),
        Column("kind", Enum("x", "y%", name="ck_kind", native_enum=False, create_constraint=True)),
        CheckConstraint("a > 0", name="ck_a"),
        CheckConstraint("a IN (1, 2) OR a BETWEEN 5 AND 7", name="ck_between"),
        CheckConstraint("b <> 'it''s' AND b LIKE '50%' AND b <> '\\:x'", name="ck_text"),
        *unnamed_checks(metadata),
    )


def unnamed_checks(metadata: MetaData) -> list[CheckConstraint]:
    if metadata.naming_convention.get("ck"):  # it wants a name of each
        return []
    return [CheckConstraint("a<9"), CheckConstraint("a < 8 or (b is null)")]


def indexes(metadata: MetaData) -> None:
    table = Table(
        "indexed",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer, index=True),
        Column("b", String(20), unique=True, index=True),
        Column("c d", Integer),
        Index("ix_both", "a", "b"),
        Index("ix_quoted name", "c d"),
        Index("uq_both", "b", "a", unique=True),
    )
    Index("ix_down", table.c.a.desc(), table.c.b)


def commented(metadata: MetaData) -> None:
    Table(
        "commented",
        metadata,
        Column("id", Integer, primary_key=True, comment="a 'quoted' 50% \\ :thing"),
        Column("a", String(5), comment=""),
        comment='all "of" it',
    )


def computed(metadata: MetaData) -> None:
    Table(
        "computed",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer),
        Column("b", Integer, Computed("a * 2", persisted=True)),
    )


def identity(metadata: MetaData) -> None:
    Table(
        "identity",
        metadata,
        Column("id", Integer, Identity(start=5, always=True), primary_key=True),
        Column("a", Integer),
    )


def names(metadata: MetaData) -> None:
    parent = Table(
        f"Mixed {'x' * 50}",
        metadata,
        Column("Id", Integer, primary_key=True, key="id"),
        Column("select", String(20), unique=True),
        Column('q"uote', Integer, index=True),
    )
    Table(
        "order",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("mixed", ForeignKey(parent.c.id)),
    )


SETS = {
    f.__name__: f
    for f in (types, defaults, keys, cycle, checks, indexes, commented, computed, identity, names)
}


def metadata_of(build: Callable[[MetaData], None], naming: bool) -> MetaData:
    metadata = MetaData(naming_convention=NAMING) if naming else MetaData()
    build(metadata)
    return metadata


def without_checks(state: Snapshot) -> list[object]:
    """PostgreSQL words some CHECKs anew when it reads its own words; compare() knows."""
    return [
        replace(t, checks=tuple(replace(c, text="") for c in t.checks))
        for t in state.tables.values()
    ]


@pytest.mark.parametrize("naming", [False, True], ids=["unnamed", "convention"])
@pytest.mark.parametrize("build", SETS.values(), ids=SETS)
def test_what_create_all_makes_is_in_sync(
    build: Callable[[MetaData], None], naming: bool, database_url: str
) -> None:
    metadata = metadata_of(build, naming)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        metadata.create_all(connection)

        found = [change.describe() for change in compare(connection, metadata)]

    engine.dispose()
    assert found == []


@pytest.mark.parametrize("naming", [False, True], ids=["unnamed", "convention"])
@pytest.mark.parametrize("build", SETS.values(), ids=SETS)
def test_changes_lead_there_and_back_and_there(
    build: Callable[[MetaData], None], naming: bool, database_url: str
) -> None:
    metadata = metadata_of(build, naming)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        empty = snapshot(connection)
        up = compare(connection, metadata)
        connection.commit()
        run(connection, up)
        assert [change.describe() for change in compare(connection, metadata)] == []
        full = snapshot(connection)

        away = compare(connection, MetaData())
        for change in away:
            connection.execute(change)
        assert snapshot(connection) == empty
        for change in reverse(away):
            connection.execute(change)
        assert without_checks(snapshot(connection)) == without_checks(full)
        assert [change.describe() for change in compare(connection, metadata)] == []
        for change in reverse(up):
            connection.execute(change)

        assert snapshot(connection) == empty
    engine.dispose()


def postgresql_only(metadata: MetaData) -> None:
    table = Table(
        "own",
        metadata,
        Column("id", postgresql.UUID, primary_key=True, server_default=text("gen_random_uuid()")),
        Column("tags", ARRAY(String(20)), server_default=text("'{}'::varchar[]")),
        Column("document", postgresql.JSONB, server_default=text("""'{"a": "b:c"}'""")),
        Column("plain", JSON, server_default="{}"),
        Column("moment", DateTime(timezone=True), server_default=text("now()")),
        Column("day", Date, server_default=text("CURRENT_DATE")),
        Column("wait", Interval, server_default=text("'24 hours'")),
        Column("mood", Enum("sad", "ok", name="mood"), server_default="sad"),
        Column("moods", ARRAY(Enum("sad", "ok", name="mood"))),
        Column("c_text", String(20, collation="C")),
        Column("address", postgresql.INET),
        Column("span", postgresql.INT4RANGE),
        Column("words", postgresql.TSVECTOR),
        Column("precise", postgresql.TIMESTAMP(precision=3)),
        Column("number", Integer, Identity(), nullable=False),
        Column("late", String(5), server_default=func.lower("ABC")),
        CheckConstraint("c_text ~ '^[a-z]+$'", name="ck_regex"),
        CheckConstraint("number % 2 = 0 AND number IN (2, 4)", name="ck_even"),
        UniqueConstraint("address", name="uq_late", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("day", name="uq_nulls", postgresql_nulls_not_distinct=True),
    )
    Index("ix_lower", func.lower(table.c.c_text), table.c.number.desc().nulls_last())
    Index("ix_where", table.c.number, postgresql_where=table.c.number > 5)
    Index("ix_method", table.c.day, postgresql_using="btree")
    Index("ix_gin", table.c.document, postgresql_using="gin")
    Index("ix_ops", table.c.late, postgresql_ops={"late": "text_pattern_ops"})
    Index("ix_include", table.c.number, postgresql_include=["day"])
    Index("ix_fill", table.c.day, postgresql_with={"fillfactor": 50})
    Index("ix_sum", table.c.number + 1)
    Index("ix_inside", table.c.document["k"].astext)
    label = func.lower(table.c.late).label("low")
    Index("ix_labelled", label, postgresql_ops={"low": "text_pattern_ops"})
    Index("ix_text", text("lower(late) DESC"), postgresql_where=text("late <> ':x'"))
    Table(
        "late",
        metadata,
        Column("id", Integer, primary_key=True),
        Column(
            "own_id",
            ForeignKey("own.id", deferrable=True, initially="DEFERRED", match="FULL"),
        ),
    )


def numbered_second(metadata: MetaData) -> None:
    """A key of which not the first column is numbered: create_all puts that one first."""
    Table(
        "numbered",
        metadata,
        Column("realm", Integer, primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=True),
    )


def mysql_only(metadata: MetaData) -> None:
    Table(
        "own",
        metadata,
        Column("id", mysql.INTEGER(unsigned=True), primary_key=True),
        Column("tiny", mysql.TINYINT),
        Column("letters", mysql.SET("a", "b")),
        Column("big", mysql.LONGTEXT),
        Column("latin", mysql.VARCHAR(20, charset="latin1", collation="latin1_bin")),
        Column(
            "moment",
            mysql.DATETIME(fsp=3),
            server_default=text("CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)"),
        ),
        Column("uuid", String(36), server_default=text("(uuid())")),
        Column("stamp", mysql.TIMESTAMP, server_default=func.now()),
        Index("ix_prefix", "big", mysql_length={"big": 10}),
        Index("ix_words", "big", mysql_prefix="FULLTEXT"),
        Index("ix_whole", "uuid", "stamp", mysql_length={"uuid": 36, "stamp": 4}),
        Index("ix_method", "tiny", mysql_using="btree"),
        Index("ix_hash", "stamp", mysql_using="hash"),  # which InnoDB takes and makes BTREE of
        Column("document", JSON),
        CheckConstraint("json_valid(document)", name="ck_json"),  # as the column's own one says
        Column("letter", mysql.ENUM("a", "b", charset="latin1", collation="latin1_bin")),
        Column("zero", mysql.VARBINARY(16), server_default=text("x'00'")),
    )
    Table(
        "people",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("realm", Integer),
        UniqueConstraint("id", "realm"),
    )
    Table(
        "logins",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("person", Integer),
        Column("realm", Integer),
        UniqueConstraint("person"),  # takes the name that the foreign key's index would have
        ForeignKeyConstraint(["person", "realm"], ["people.id", "people.realm"]),
    )


@pytest.mark.parametrize(
    ("server", "build"),
    [
        pytest.param("postgresql", postgresql_only, id="postgresql"),
        pytest.param("mariadb", mysql_only, id="mariadb"),
        pytest.param("postgresql", numbered_second, id="postgresql-key-numbered-second"),
        pytest.param("mariadb", numbered_second, id="mariadb-key-numbered-second"),
    ],
)
def test_what_one_database_has_alone(
    server: str, build: Callable[[MetaData], None], request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{server}_url")
    test_what_create_all_makes_is_in_sync(build, False, url)
    engine = create_engine(url)
    metadata = metadata_of(build, False)
    with engine.begin() as connection:
        metadata.drop_all(connection)
    engine.dispose()
    test_changes_lead_there_and_back_and_there(build, False, url)


def test_sqlite_takes_one_name_several_times(sqlite_url: str) -> None:
    def build(metadata: MetaData) -> None:
        Table(
            "twice",
            metadata,
            Column("id", Integer, primary_key=True),
            CheckConstraint("id > 1", name="ck"),
            CheckConstraint("id > 2", name="ck"),
        )

    test_what_create_all_makes_is_in_sync(build, False, sqlite_url)


def conflict(on_a: str | None, on_both: str | None) -> MetaData:
    made = MetaData()
    Table(
        "t",
        made,
        Column("a", Integer, unique=True, sqlite_on_conflict_unique=on_a),
        Column("b", Integer),
        UniqueConstraint("a", "b", name="both", sqlite_on_conflict=on_both),
    )
    return made


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param((None, "ABORT"), ("abort", None), [], id="the-usual-one"),
        pytest.param(("ignore", None), ("IGNORE", None), [], id="the-same"),
        pytest.param(
            (None, "REPLACE"),
            ("IGNORE", "REPLACE"),
            ["drop unique (a) of t", "add unique (a) to t"],
            id="of-a-column",
        ),
        pytest.param(
            ("IGNORE", "FAIL"),
            ("IGNORE", None),
            ["drop unique constraint both of t", "add unique both (a, b) to t"],
            id="of-the-table",
        ),
    ],
)
def test_on_conflict_of_a_unique_leads_there_and_back(
    before: tuple[str | None, str | None],
    after: tuple[str | None, str | None],
    expected: list[str],
    sqlite_url: str,
) -> None:
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        conflict(*before).create_all(connection)
        up = compare(connection, conflict(*after))
        assert [change.describe() for change in up] == expected
        run(connection, up)
        assert compare(connection, conflict(*after)) == []
        run(connection, reverse(up, connection.dialect))
        assert compare(connection, conflict(*before)) == []
    engine.dispose()
