"""What MariaDB alone has: a table of tables, what compare says of them, and there and back."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ddl_autogen import DatabaseType, compare, reverse
from ddl_constructs import CreateTable
from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    inspect,
    make_url,
    text,
)
from sqlalchemy.dialects import mysql

N = Column("n", Integer)
ID = Column("id", Integer, primary_key=True)
of = partial  # what a table takes but has no copy: made anew each time


def pointing(type_: Any, *more: Any) -> list[Any]:
    """A key and a foreign key to it."""
    return [
        Column("id", type_, primary_key=True),
        Column("up", type_),
        of(ForeignKeyConstraint, ["up"], ["t.id"], name="fk"),
        *more,
    ]


def computed(expression: str | None, stored: bool) -> list[Any]:
    generated = [] if expression is None else [Computed(expression, persisted=stored)]
    return [N, Column("d", Integer, *generated)]


def binary(*defaults: str) -> list[Any]:
    pairs = zip("bcd", defaults, strict=True)
    return [Column(name, mysql.BINARY(2), server_default=text(each)) for name, each in pairs]


CASES = [
    pytest.param(
        [Column("e", Enum("a", "b"))],
        [Column("e", Enum("b", "a"))],
        ["alter column t.e: type"],
        id="enum-labels-reordered",
    ),
    pytest.param(
        [Column("e", mysql.SET("a", "b"))],
        [Column("e", mysql.SET("a", "b", "c"))],
        ["alter column t.e: type"],
        id="set-values",
    ),
    pytest.param(
        [N], [Column("n", mysql.INTEGER(unsigned=True))], ["alter column t.n: type"], id="unsigned"
    ),
    pytest.param(
        [Column("s", String(9))],
        [Column("s", mysql.VARCHAR(9, charset="latin1"))],
        ["alter column t.s: type"],
        id="charset",
    ),
    pytest.param(
        [Column("s", String(9, collation="utf8mb4_bin"))],
        [Column("s", String(9))],
        ["alter column t.s: type"],
        id="collation-gone",
    ),
    pytest.param(
        [Column("d", DateTime)],
        [
            Column(
                "d", DateTime, server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")
            )
        ],
        ["alter column t.d: default"],
        id="on-update",
    ),
    pytest.param(
        [ID],
        [Column("id", Integer, primary_key=True, autoincrement=False)],
        ["alter column t.id: autoincrement False"],
        id="numbering-off",
    ),
    pytest.param(
        [ID],
        [
            Column("id", Integer, autoincrement=False),
            Column("n", Integer, nullable=False, server_default="0"),
            of(PrimaryKeyConstraint, "id", "n"),
        ],
        [
            "add column t.n",
            "alter column t.id: autoincrement False",
            "drop primary key constraint PRIMARY of t",
            "add primary key",
        ],
        id="key-of-a-numbered-column",
    ),
    pytest.param(
        pointing(Integer()),
        pointing(mysql.BIGINT()),
        [
            "drop foreign key constraint fk of t",
            "alter column t.id: type",
            "alter column t.up: type",
            "add foreign key fk",
        ],
        id="key-type-under-a-foreign-key",
    ),
    pytest.param(
        [
            Column("id", mysql.BIGINT, primary_key=True, server_default="5"),
            Column("up", mysql.BIGINT),
            of(ForeignKeyConstraint, ["up"], ["t.id"], name="fk"),
        ],
        [ID],
        [
            "drop foreign key constraint fk of t",
            "alter column t.id: type",
            "alter column t.id: autoincrement True",
            "drop index fk of t",
            "drop column t.up",
        ],
        id="numbered-with-another-type-that-a-foreign-key-had",
    ),
    pytest.param(
        pointing(Integer()),
        pointing(Integer(), of(Index, "ix", "up", "id")),
        ["create index ix on t (up, id)", "drop index fk of t"],
        id="index-in-place-of-the-server's",
    ),
    pytest.param(
        pointing(Integer(), of(Index, "ix", "up", "id")),
        pointing(Integer()),
        ["create index fk on t (up)", "drop index ix of t"],
        id="index-that-served-a-foreign-key",
    ),
    pytest.param(
        pointing(Integer(), of(Index, "ix", "up", "id")),
        pointing(Integer(), of(Index, "ix", "up", "id", unique=True)),
        [
            "drop foreign key constraint fk of t",
            "drop index ix of t",
            "create unique index ix on t (up, id)",
            "add foreign key fk",
        ],
        id="index-of-a-foreign-key-made-anew",
    ),
    pytest.param(
        computed("n * 2", True),
        [],
        ["drop column t.d", "drop column t.n"],
        id="computed-goes-before-its-column",
    ),
    pytest.param(
        [],
        computed("n * 2", False),
        ["add column t.n", "add column t.d"],
        id="computed-comes-behind-its-column",
    ),
    pytest.param(
        computed("n * 2", True),
        computed("n * 3", True),
        ["drop column t.d", "add column t.d"],
        id="computed-changed",
    ),
    pytest.param(
        computed("n * 2", True),
        computed(None, True),
        ["alter column t.d: no default"],
        id="computed-stored-taken-away",
    ),
    pytest.param(
        computed("n * 2", False),
        computed(None, False),
        ["alter column t.d: no default"],
        id="computed-virtual-taken-away",
    ),
    pytest.param(
        [N],
        [N, Column("c", Integer, CheckConstraint("c > 0"))],
        ["add column t.c"],
        id="inline-check",
    ),
    pytest.param(
        [N, Column("c", Integer, CheckConstraint("c > 0"))],
        [N, Column("c", Integer)],
        ["drop check constraint c of t"],
        id="inline-check-dropped",
    ),
    pytest.param(
        [Column("s", Text), of(Index, "ix", "s", mysql_length={"s": 10})],
        [Column("s", Text), of(Index, "ix", "s", mysql_length={"s": 20})],
        ["drop index ix of t", "create index ix on t (s)"],
        id="prefix-length",
    ),
    pytest.param(
        [Column("s", String(9)), of(Index, "ix", "s")],
        [Column("s", String(9)), of(Index, "ix", "s", mysql_prefix="FULLTEXT")],
        ["drop index ix of t", "create index ix on t (s)"],
        id="fulltext",
    ),
    pytest.param(
        binary("x'00ff'", "x'5c27'", "x'0a'"),
        binary("x'00fe'", "X'5C27'", "0x0a"),
        ["alter column t.b: default"],
        id="default-that-is-no-text",
    ),
    pytest.param(
        pointing(Integer()),
        pointing(Integer(), of(UniqueConstraint, "up", "plain", name="uq")),
        ["add unique uq (up, plain) to t", "drop index fk of t"],
        id="unique-in-place-of-a-foreign-key-s-index",
    ),
    pytest.param(
        pointing(Integer(), of(UniqueConstraint, "up", name="uq")),
        pointing(Integer(), of(UniqueConstraint, "up", "plain", name="uq")),
        [
            "drop foreign key constraint fk",
            "drop unique constraint uq",
            "add unique uq",
            "add foreign key fk",
        ],
        id="unique-that-a-foreign-key-leans-on-changed",
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
    before: list[Any], after: list[Any], expected: list[str], mariadb_url: str
) -> None:
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        models(before).create_all(connection)
        connection.execute(text("INSERT INTO t (plain) VALUES (7)"))
        up = compare(connection, models(after))
        said = [change.describe() for change in up]
        for change in up:
            connection.execute(change)
        left = [change.describe() for change in compare(connection, models(after))]
        for change in reverse(up, connection.dialect):
            connection.execute(change)
        back = [change.describe() for change in compare(connection, models(before))]
    engine.dispose()

    assert [len(said), left, back] == [len(expected), [], []], said
    assert all(map(str.startswith, said, expected)), said


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "virtual"])
def test_a_computed_column_keeps_its_values_as_a_plain_one(stored: bool, mariadb_url: str) -> None:
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        models(computed("n * 2", stored)).create_all(connection)
        connection.execute(text("INSERT INTO t (n) VALUES (4)"))
        for change in compare(connection, models(computed(None, stored))):
            connection.execute(change)
        rows = connection.execute(text("SELECT n, d FROM t")).all()
    engine.dispose()

    assert rows == [(4, 8)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {"mysql_engine": "InnoDB"},
            {"mysql_engine": "MyISAM"},
            ["alter options of table t: mysql_engine myisam"],
            id="engine",
        ),
        pytest.param(
            {"mysql_row_format": "DYNAMIC"},
            {"mysql_row_format": "COMPACT"},
            ["alter options of table t: mysql_row_format compact"],
            id="row-format",
        ),
        pytest.param(
            {"mysql_collate": "utf8mb4_general_ci"},
            {"mysql_collate": "utf8mb4_bin"},
            [
                "alter options of table t: mysql_collate utf8mb4_bin",
                "alter column t.s: type",
            ],
            id="collation-of-a-table-and-of-its-columns",
        ),
        pytest.param(
            {"mysql_charset": "utf8mb4"},
            {"mysql_charset": "latin1"},
            ["alter options of table t: mysql_charset latin1", "alter column t.s: type"],
            id="charset",
        ),
        pytest.param({"mysql_engine": "MyISAM"}, {}, [], id="what-no-model-states"),
        pytest.param(
            {"mysql_comment": "old"},
            {"mysql_comment": "new"},
            ["comment table t: 'new'"],
            id="comment-as-an-option",
        ),
        pytest.param(
            {}, {"mysql_engine": "innodb", "mysql_default_charset": "UTF8MB4"}, [], id="same"
        ),
    ],
)
def test_options_that_a_model_states(
    before: dict[str, str], after: dict[str, str], expected: list[str], mariadb_url: str
) -> None:
    def models_of(options: dict[str, str]) -> MetaData:
        made = MetaData()
        Table("t", made, Column("id", Integer, primary_key=True), Column("s", String(9)), **options)
        return made

    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        models_of(before).create_all(connection)
        up = compare(connection, models_of(after))
        said = [change.describe() for change in up]
        for change in up:
            connection.execute(change)
        left = [change.describe() for change in compare(connection, models_of(after))]
        for change in reverse(up, connection.dialect):
            connection.execute(change)
        back = [change.describe() for change in compare(connection, models_of(before))]
    engine.dispose()

    assert [len(said), left, back] == [len(expected), [], []], said
    assert all(map(str.startswith, said, expected)), said


def test_sequences(mariadb_url: str) -> None:
    before, after = MetaData(), MetaData()
    Sequence("gone", metadata=before, start=5)
    Sequence("same", metadata=before)
    Sequence("same", metadata=after, cache=1000)
    Sequence("other", metadata=before, cycle=True)
    Sequence("other", metadata=after, increment=3, maxvalue=900)
    Sequence("turned", metadata=before)
    Sequence("turned", metadata=after, increment=-1)
    Sequence("new", metadata=after)
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        before.create_all(connection)
        up = compare(connection, after)
        for change in up:
            connection.execute(change)
        left = compare(connection, after)
        for change in reverse(up, connection.dialect):
            connection.execute(change)
        back = compare(connection, before)
    engine.dispose()

    assert [c.describe().partition(":")[0] for c in up] == [
        "create sequence new",
        "alter sequence other",
        "drop sequence turned",
        "create sequence turned",
        "drop sequence gone",
    ]
    assert (left, back) == ([], [])


def test_a_foreign_key_that_an_engine_forgets_is_no_difference(mariadb_url: str) -> None:
    made = MetaData()
    fk = ForeignKeyConstraint(["up"], ["t.id"])
    columns = Column("id", Integer, primary_key=True), Column("up", Integer)
    Table("t", made, *columns, fk, mysql_engine="MyISAM")
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        made.create_all(connection)

        assert [c.describe() for c in compare(connection, made)] == []
    engine.dispose()


def test_a_key_that_a_sequence_numbers_is_in_sync(mariadb_url: str) -> None:
    made = MetaData()
    Table("t", made, Column("id", Integer, Sequence("t_seq"), primary_key=True))
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        made.create_all(connection)

        assert [c.describe() for c in compare(connection, made)] == []
    engine.dispose()


def test_json_is_known_where_the_server_writes_names_in_double_quotes(mariadb_url: str) -> None:
    """What JSON brings along names the column as the session's sql_mode has names."""
    made = MetaData()
    Table("t", made, Column("id", Integer, primary_key=True), Column('a"`b', JSON))
    url = make_url(mariadb_url).update_query_dict({"sql_mode": "ANSI_QUOTES,STRICT_TRANS_TABLES"})
    engine = create_engine(url)
    with engine.connect() as connection:
        made.create_all(connection)

        assert [c.describe() for c in compare(connection, made)] == []
    engine.dispose()


def test_a_type_that_is_known_by_its_text_keeps_its_percent_sign(mariadb_url: str) -> None:
    kind = DatabaseType("ENUM('a','%:1') COLLATE utf8mb4_general_ci")
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        connection.execute(CreateTable("t", Column("kind", kind)))
        (found,) = inspect(connection).get_columns("t")

    engine.dispose()
    assert found["type"].enums == ["a", "%:1"]
