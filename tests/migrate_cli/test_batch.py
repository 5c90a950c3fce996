"""Batch blocks on SQLite: what is refused, what goes in place, what the parameters do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from ddl_autogen import compare
from migrate_cli import Operations
from migrate_cli.batch.errors import (
    CannotRebuild,
    ForeignKeysOn,
    RowsContradict,
    StillNeeded,
    UnknownInTable,
)
from migrate_cli.batch.words import BatchOperations
from migrate_cli.sinks import OnlineSink
from sqlalchemy.dialects import postgresql
from sqlalchemy.pool import StaticPool

Said = Callable[[BatchOperations], object]

USERS = """
CREATE TABLE orgs (id INTEGER PRIMARY KEY);
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT,
    age INTEGER,
    org INTEGER,
    UNIQUE (name, age),
    CONSTRAINT ck_age CHECK (age > 0),
    CHECK (age < 200),
    FOREIGN KEY (org) REFERENCES orgs (id)
);
CREATE INDEX ix_name ON users (name);
INSERT INTO orgs VALUES (1);
INSERT INTO users VALUES (7, 'ann', 30, 1), (8, 'bob', NULL, NULL), (9, 'eve', 41, 1);
"""


@dataclass
class Database:
    """An open database, and what was executed on it.

    Attributes:
        connection: Ours.
        raw: The driver's, for what isn't to be seen.
        executed: The statements since it was made, PRAGMA and SELECT aside.
    """

    connection: sa.Connection
    raw: sqlite3.Connection
    executed: list[str] = field(default_factory=list)

    def alter(self, *said: Said, table: str = "users", **parameters: Any) -> None:
        sink = OnlineSink(self.connection)
        block = Operations(sink).batch_alter_table(table, **parameters)
        with sink.transaction(), block as batch:
            for one in said:
                one(batch)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.raw.execute(sql).fetchall()

    def sql(self, name: str = "users") -> str:
        text: str = self.ask(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")[0][0]
        return text

    @property
    def copies(self) -> int:
        return sum(statement.startswith("INSERT OR ABORT") for statement in self.executed)


def opened(script: str) -> Iterator[Database]:
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.executescript(script)
        database = Database(connection, raw)

        @sa.event.listens_for(engine, "before_cursor_execute")
        def note(*given: Any) -> None:
            if not given[2].startswith(("PRAGMA", "SELECT", "EXPLAIN", "BEGIN")):
                database.executed.append(given[2])

        yield database
    engine.dispose()


@pytest.fixture
def users() -> Iterator[Database]:
    yield from opened(USERS)


@pytest.mark.parametrize(
    ("said", "error", "text"),
    [
        pytest.param(
            lambda b: b.alter_column("nmae", nullable=False), UnknownInTable,
            "can't alter column users.nmae: not null: users has no column 'nmae'; did you mean 'name'?",
            id="alter-unknown-column",
        ),
        pytest.param(
            lambda b: b.drop_column("agee"), UnknownInTable, "did you mean 'age'?", id="drop-unknown-column"
        ),
        pytest.param(
            lambda b: b.alter_column("nmae", new_column_name="n"), UnknownInTable, "did you mean 'name'?",
            id="rename-unknown-column",
        ),
        pytest.param(
            lambda b: b.create_unique_constraint("uq", ["naem"]), UnknownInTable, "did you mean 'name'?",
            id="unique-over-unknown-column",
        ),
        pytest.param(
            lambda b: b.create_foreign_key("fk", "orgs", ["orgg"], ["id"]), UnknownInTable, "did you mean 'org'?",
            id="foreign-key-of-unknown-column",
        ),
        pytest.param(
            lambda b: b.create_primary_key("pk", ["naem"]), UnknownInTable, "'naem'", id="key-over-unknown-column"
        ),
        pytest.param(
            lambda b: b.create_index("ix", ["naem"]), UnknownInTable, "did you mean 'name'?", id="index-over-unknown-column"
        ),
        pytest.param(
            lambda b: b.add_column(sa.Column("z", sa.Integer), insert_after="naem"), UnknownInTable,
            "did you mean 'name'?", id="behind-unknown-column",
        ),
        pytest.param(
            lambda b: b.drop_constraint("ck_aeg"), UnknownInTable,
            "users has no constraint 'ck_aeg'; did you mean 'ck_age'?", id="drop-unknown-constraint",
        ),
        pytest.param(
            lambda b: b.drop_index("ix_nmae"), UnknownInTable,
            "users has no index 'ix_nmae'; did you mean 'ix_name'?", id="drop-unknown-index",
        ),
        pytest.param(
            lambda b: b.create_check_constraint("ck", "agee > 3"), UnknownInTable, "users has no column 'agee'; did you mean 'age'?",
            id="check-over-unknown-column",
        ),
        pytest.param(
            lambda b: b.add_column(sa.Column("name", sa.Text)), CannotRebuild, "there is one of that name", id="add-twice"
        ),
        pytest.param(
            lambda b: b.alter_column("age", new_column_name="name"), CannotRebuild, "there is a column of that name",
            id="rename-to-another",
        ),
        pytest.param(
            lambda b: b.create_check_constraint("ck_age", "age > 3"), CannotRebuild, "there is one of that name",
            id="constraint-twice",
        ),
        pytest.param(
            lambda b: b.create_exclude_constraint("ex", ("name", "=")), CannotRebuild, "no such constraint",
            id="exclude",
        ),
        pytest.param(
            lambda b: b.drop_column("name"), StillNeeded,
            'can\'t drop column users.name: needed by index ix_name; first: batch.drop_index("ix_name")',
            id="drop-indexed-column",
        ),
        pytest.param(
            lambda b: b.alter_column("age", nullable=False), RowsContradict,
            "can't alter column users.age: not null: rows of users have no age (1: id=8); "
            "give them a value first, with op.execute",
            id="not-null-with-nulls",
        ),
        pytest.param(
            lambda b: b.create_check_constraint("ck", "age > 35"), RowsContradict,
            "rows of users break the check ck (age > 35) (1: id=7)", id="check-that-rows-break",
        ),
        pytest.param(
            lambda b: b.create_unique_constraint("uq", ["org"]), RowsContradict,
            "rows of users are the same in org (2, for example id=7)", id="unique-with-twins",
        ),
        pytest.param(
            lambda b: b.create_index("ix", ["org"], unique=True) or b.alter_column("name", nullable=False),
            RowsContradict, "rows of users are the same in org (2, for example id=7)", id="unique-index-with-twins",
        ),
        pytest.param(
            lambda b: b.create_foreign_key("fk", "orgs", ["age"], ["id"]), RowsContradict,
            "rows of users point with age to no row of orgs (2, for example id=7)", id="foreign-key-to-nothing",
        ),
        pytest.param(
            lambda b: b.create_foreign_key("fk", "users", ["age"], ["name"]), CannotRebuild,
            "foreign key mismatch", id="foreign-key-to-no-key",
        ),
        pytest.param(
            lambda b: b.add_column(sa.Column("z", sa.Integer, nullable=False)), RowsContradict,
            "rows of users would have no z (3); give z a server_default", id="new-column-without-value",
        ),
        pytest.param(
            lambda b: b.alter_column("name", type_=sa.Integer()), RowsContradict,
            "rows of users aren't whole numbers in name (3, for example id=7)", id="words-to-numbers",
        ),
    ],
)  # fmt: skip
def test_what_cant_be_done_is_refused_and_nothing_is_changed(
    users: Database, said: Said, error: type[Exception], text: str
) -> None:
    before = list(users.raw.iterdump())

    with pytest.raises(error) as raised:
        users.alter(said)

    assert text in str(raised.value)
    assert list(users.raw.iterdump()) == before
    assert not users.raw.in_transaction


@pytest.mark.parametrize(
    ("said", "statements"),
    [
        pytest.param(
            lambda b: b.add_column(sa.Column("z", sa.Integer)), ["ALTER TABLE users ADD COLUMN z INTEGER"], id="add"
        ),
        pytest.param(
            lambda b: b.add_column(sa.Column("z", sa.Integer, sa.ForeignKey("orgs.id", name="fk"))),
            ["ALTER TABLE users ADD COLUMN z INTEGER CONSTRAINT fk REFERENCES orgs (id)"], id="add-with-foreign-key",
        ),
        pytest.param(
            lambda b: b.add_column(sa.Column("z", sa.Integer, server_default="3", nullable=False)),
            ["ALTER TABLE users ADD COLUMN z INTEGER DEFAULT '3' NOT NULL"], id="add-with-default",
        ),
        pytest.param(
            lambda b: b.alter_column("age", new_column_name="years"),
            ["ALTER TABLE users RENAME COLUMN age TO years"], id="rename",
        ),
        pytest.param(
            lambda b: (b.drop_index("ix_name"), b.create_index("ix", ["org", "age"])),
            ["DROP INDEX ix_name", "CREATE INDEX ix ON users (org, age)"], id="indexes",
        ),
        pytest.param(lambda b: b.alter_column("age", comment="in years"), [], id="comment"),
        pytest.param(lambda b: None, [], id="nothing"),
    ],
)  # fmt: skip
def test_what_sqlite_can_do_in_place_is_done_in_place(
    users: Database, said: Said, statements: list[str]
) -> None:
    users.alter(said)

    assert [s for s in users.executed if "SAVEPOINT" not in s] == statements


def test_drop_column_goes_in_place_where_nothing_names_it(users: Database) -> None:
    users.alter(lambda b: b.add_column(sa.Column("z", sa.Integer)))
    users.alter(lambda b: b.drop_column("z"))

    assert users.copies == 0


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(lambda b: b.add_column(sa.Column("z", sa.DateTime, server_default=sa.func.now())), id="default-now"),
        pytest.param(lambda b: b.add_column(sa.Column("z", sa.Integer, unique=True)), id="unique"),
        pytest.param(lambda b: b.add_column(sa.Column("z", sa.Integer, sa.Computed("id * 2", persisted=True))), id="stored"),
        pytest.param(lambda b: b.add_column(sa.Column("z", sa.Integer), insert_before="name"), id="in-between"),
        pytest.param(lambda b: b.drop_column("org"), id="drop-column-of-foreign-key"),
        pytest.param(lambda b: b.drop_column("age"), id="drop-column-of-unique-and-check"),
    ],
)  # fmt: skip
def test_what_it_cant_is_done_by_one_copy(users: Database, said: Said) -> None:
    users.alter(said)

    assert users.copies == 1
    assert users.ask("SELECT count(*) FROM users") == [(3,)]


def test_a_dropped_column_takes_its_constraints_along(users: Database) -> None:
    users.alter(lambda b: b.drop_column("age"))

    assert "age" not in users.sql()
    assert "FOREIGN KEY (org)" in users.sql()
    assert "UNIQUE" not in users.sql()


CONVERSIONS = [
    ("TEXT", sa.Integer(), "'7'", (7, "integer")),
    ("TEXT", sa.Integer(), "'seven'", None),
    ("TEXT", sa.Integer(), "'7.5'", None),
    ("REAL", sa.Integer(), "7.0", (7, "integer")),
    ("REAL", sa.Integer(), "7.5", None),
    ("INTEGER", sa.Text(), "7", ("7", "text")),
    ("INTEGER", sa.Float(), "7", (7.0, "real")),
    ("INTEGER", sa.Float(), "9007199254740993", None),
    ("INTEGER", sa.Numeric(10, 2), "7", (7, "integer")),
    ("INTEGER", sa.BigInteger(), "'odd'", ("odd", "text")),
    ("TEXT", sa.Numeric(10, 2), "'1.10'", (1.1, "real")),
    ("TEXT", sa.Numeric(10, 2), "'x'", None),
    ("DATE", sa.DateTime(), "'2021-03-01'", ("2021-03-01 00:00:00.000000", "text")),
    ("DATE", sa.DateTime(), "NULL", (None, "null")),
    ("DATE", sa.DateTime(), "2021", None),
    ("DATE", sa.Text(), "'2021-03-01'", ("2021-03-01", "text")),
    ("DATE", sa.Integer(), "'2021-03-01'", None),
    ("DATETIME", sa.Date(), "'2021-03-01 00:00:00.000000'", ("2021-03-01", "text")),
    ("DATETIME", sa.Date(), "'2021-03-01 10:00:00.000000'", None),
    ("TIMESTAMP", sa.DateTime(), "'2021-03-01 10:00:00'", ("2021-03-01 10:00:00", "text")),
    ("TEXT", sa.Date(), "'2021-03-01'", ("2021-03-01", "text")),
    ("TEXT", sa.Date(), "'2021-02-31'", None),
    ("TEXT", sa.DateTime(), "'2021-03-01T10:20:30'", ("2021-03-01 10:20:30", "text")),
    ("TEXT", sa.DateTime(), "'2021-03-01T10:20:30+01:00'", None),
    ("TEXT", sa.DateTime(), "'yesterday'", None),
    ("TEXT", sa.Time(), "'10:20:30'", ("10:20:30", "text")),
    ("TEXT", sa.Time(), "'10:99:30'", None),
    ("TIME", sa.DateTime(), "'10:20:30'", None),
    ("TEXT", sa.Boolean(), "'true'", (1, "integer")),
    ("TEXT", sa.Boolean(), "'0'", (0, "integer")),
    ("INTEGER", sa.Boolean(), "1", (1, "integer")),
    ("INTEGER", sa.Boolean(), "2", None),
    ("BOOLEAN", sa.Integer(), "1", (1, "integer")),
    ("TEXT", sa.LargeBinary(), "'ab'", (b"ab", "blob")),
    ("INTEGER", sa.LargeBinary(), "5", None),
    ("BLOB", sa.Text(), "x'00ff'", None),
    ("TEXT", sa.JSON(), """'{"a": 1}'""", ('{"a": 1}', "text")),
    ("TEXT", sa.JSON(), "'{'", None),
    ("JSON", sa.Text(), """'{"a": ":b"}'""", ('{"a": ":b"}', "text")),
    ("VARCHAR(5)", sa.String(50), "x'00'", (b"\x00", "blob")),
    ("MY_TYPE(3)", sa.Text(), "'q'", ("q", "text")),
]


@pytest.mark.parametrize(
    ("old", "new", "value", "becomes"),
    [
        pytest.param(*case, id=f"{case[0]}-{type(case[1]).__name__}-{case[2]}".replace("'", ""))
        for case in CONVERSIONS
    ],
)
def test_a_value_is_converted_by_rule_or_refused(
    old: str, new: Any, value: str, becomes: tuple[Any, str] | None
) -> None:
    script = f"CREATE TABLE t (id INTEGER PRIMARY KEY, a {old}); INSERT INTO t VALUES (4, {value})"
    for database in opened(script):
        before = database.ask("SELECT a, typeof(a) FROM t")

        def said(batch: BatchOperations) -> None:
            batch.alter_column("a", type_=new)

        if becomes is None:
            with pytest.raises(RowsContradict, match=r"rows of t .* in a \(1: id=4\)"):
                database.alter(said, table="t")
            assert database.ask("SELECT a, typeof(a) FROM t") == before
        else:
            database.alter(said, table="t")
            assert database.ask("SELECT a, typeof(a) FROM t") == [becomes]


def test_after_a_rename_the_new_name_counts(users: Database) -> None:
    users.alter(
        lambda b: b.alter_column("age", new_column_name="years"),
        lambda b: b.create_unique_constraint("uq", ["years"]),
        lambda b: b.create_index("ix", ["years"]),
        lambda b: b.alter_column("years", server_default="5"),
    )

    assert "CONSTRAINT uq UNIQUE (years)" in users.sql()
    assert " age" not in users.sql()
    assert users.copies == 1


def test_after_a_rename_the_old_name_is_refused_with_both(users: Database) -> None:
    with pytest.raises(UnknownInTable, match="no column 'age'; it is 'years' since the rename"):
        users.alter(
            lambda b: b.alter_column("age", new_column_name="years"),
            lambda b: b.create_unique_constraint("uq", ["age"]),
        )


def test_names_can_be_swapped(users: Database) -> None:
    users.alter(
        lambda b: b.alter_column("age", new_column_name="tmp"),
        lambda b: b.alter_column("org", new_column_name="age"),
        lambda b: b.alter_column("tmp", new_column_name="org", type_=sa.BigInteger()),
    )

    assert users.ask("SELECT age, org FROM users WHERE id = 9") == [(1, 41)]


def test_what_was_said_before_a_rename_is_done_under_the_new_name(users: Database) -> None:
    users.alter(
        lambda b: b.alter_column("age", nullable=True, server_default="3"),
        lambda b: b.create_check_constraint("ck", "age <> 4"),
        lambda b: b.alter_column("age", new_column_name="years"),
    )

    assert "CHECK (years <> 4)" in users.sql().replace('"', "")


def test_what_is_there_already_or_says_nothing_is_passed_over(users: Database) -> None:
    """As scripts of ihatemoney count on: Alembic passes over both."""
    users.alter(lambda b: b.create_unique_constraint("uq", ["name", "org"]))
    before = users.sql()

    users.alter(lambda b: b.create_unique_constraint("uq", ["Name", "org"]))
    assert users.sql() == before
    with pytest.raises(CannotRebuild, match="one of that name"):
        users.alter(lambda b: b.create_unique_constraint("uq", ["org"]))
    users.raw.execute("CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b))")
    users.alter(table="pairs", table_kwargs={"sqlite_autoincrement": True}, recreate="always")
    assert "AUTOINCREMENT" not in users.sql("pairs")


@pytest.mark.parametrize(
    ("parameters", "said", "part"),
    [
        pytest.param({"partial_reordering": [("org", "name")]}, None, "id INTEGER PRIMARY KEY, age INTEGER, org INTEGER, name TEXT", id="order"),
        pytest.param({}, lambda b: b.alter_column("org", insert_before="name"), "id INTEGER PRIMARY KEY, org INTEGER, name TEXT", id="moved"),
        pytest.param({"table_args": (sa.CheckConstraint("age <> 5", name="new"),)}, None, "CONSTRAINT new CHECK (age <> 5)", id="constraint"),
        pytest.param({"table_args": (sa.Column("z", sa.Text),)}, None, "z TEXT", id="column"),
        pytest.param({"table_kwargs": {"sqlite_autoincrement": True}}, None, "id INTEGER PRIMARY KEY AUTOINCREMENT", id="autoincrement"),
        pytest.param({"table_kwargs": {"sqlite_strict": True}}, None, ") STRICT", id="strict"),
        pytest.param({"reflect_args": [sa.Column("age", sa.BigInteger)]}, None, "age BIGINT", id="override"),
        pytest.param(
            {"reflect_kwargs": {"listeners": [("column_reflect", lambda i, t, c: c.update(type=sa.Text()) if c["name"] == "org" else None)]}},
            None, "org TEXT", id="listener",
        ),
    ],
)  # fmt: skip
def test_parameters_of_the_block(
    users: Database, parameters: dict[str, Any], said: Said | None, part: str
) -> None:
    users.alter(said or (lambda b: None), **parameters)

    assert part in ", ".join(line.strip().rstrip(",") for line in users.sql().split("\n")).replace(
        ", )", ")"
    ).replace("  ", " ")
    assert users.ask("SELECT count(*) FROM users") == [(3,)]


@pytest.mark.parametrize(
    ("parameters", "said", "gone"),
    [
        pytest.param(
            {"naming_convention": {"fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"}},
            lambda b: b.drop_constraint("fk_users_org_orgs", type_="foreignkey"), "FOREIGN KEY", id="convention",
        ),
        pytest.param(
            {"copy_from": sa.Table("users", sa.MetaData(), sa.Column("name"), sa.Column("age"), sa.UniqueConstraint("name", "age", name="uq"))},
            lambda b: b.drop_constraint("uq", type_="unique"), "UNIQUE", id="copy-from",
        ),
        pytest.param(
            {}, lambda b: b.drop_constraint(None, type_="unique", existing_constraint=sa.UniqueConstraint("name", "age")),
            "UNIQUE", id="by-what-it-is",
        ),
        pytest.param({}, lambda b: b.drop_constraint("pk_users", type_="primary"), "PRIMARY", id="the-only-key"),
        pytest.param({}, lambda b: b.drop_constraint("ck_age"), "ck_age", id="by-name"),
    ],
)  # fmt: skip
def test_a_constraint_without_a_name_can_be_dropped(
    users: Database, parameters: dict[str, Any], said: Said, gone: str
) -> None:
    assert gone in users.sql()

    users.alter(said, **parameters)

    assert gone not in users.sql()


def test_an_existing_type_of_another_database_says_nothing_here(users: Database) -> None:
    users.alter(
        lambda b: b.alter_column("name", existing_type=postgresql.INTERVAL(), type_=sa.String(9))
    )

    assert "name VARCHAR(9)" in users.sql()


def test_if_exists_and_if_not_exists_look_at_the_table(users: Database) -> None:
    before = users.sql()

    users.alter(
        lambda b: b.drop_column("gone", if_exists=True),
        lambda b: b.drop_constraint("gone", if_exists=True),
        lambda b: b.drop_index("gone", if_exists=True),
        lambda b: b.add_column(sa.Column("age", sa.Text), if_not_exists=True),
        lambda b: b.create_index("ix_name", ["age"], if_not_exists=True),
        recreate="always",
    )

    assert users.sql().partition("(")[2] == before.partition("(")[2]
    assert "(name)" in users.sql("ix_name")


@pytest.mark.parametrize("word", ["autos", "", None])
def test_another_word_for_recreate_is_refused(users: Database, word: Any) -> None:
    with pytest.raises(ValueError, match="'auto', 'always', 'never'"):
        users.alter(recreate=word)


def test_never_leaves_it_to_sqlite(users: Database) -> None:
    with pytest.raises(Exception, match="the table must be copied"):
        users.alter(lambda b: b.alter_column("age", nullable=False), recreate="never")


def test_a_block_that_fails_does_nothing(users: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        users.alter(lambda b: b.drop_column("age"), lambda b: 1 // 0)

    assert "age" in users.sql()


def test_execute_runs_at_once_and_the_rest_at_the_end(users: Database) -> None:
    users.alter(
        lambda b: b.alter_column("age", nullable=False, new_column_name="years"),
        lambda b: b.execute("UPDATE users SET age = 1 WHERE age IS NULL"),
    )

    assert users.ask("SELECT years FROM users WHERE id = 8") == [(1,)]


CHILD = USERS + "CREATE TABLE kid (u INTEGER REFERENCES users (id) ON DELETE CASCADE);"


def test_foreign_keys_on_in_a_callers_transaction_are_refused_before_the_copy() -> None:
    for database in opened(CHILD + "INSERT INTO kid VALUES (7);"):
        database.raw.execute("PRAGMA foreign_keys=ON")
        database.connection.exec_driver_sql("UPDATE users SET org = org")

        with pytest.raises(ForeignKeysOn, match="the rows of kid"):
            database.alter(lambda b: b.alter_column("name", nullable=False))

        assert database.copies == 0
        assert database.ask("SELECT * FROM kid") == [(7,)]


def test_foreign_keys_on_dont_matter_where_nothing_points_to_the_table(users: Database) -> None:
    users.raw.execute("PRAGMA foreign_keys=ON")
    users.connection.exec_driver_sql("UPDATE users SET org = org")

    users.alter(lambda b: b.alter_column("name", nullable=False))

    assert "name TEXT NOT NULL" in users.sql()


@pytest.mark.parametrize("name", ["_alembic_tmp_users", "_migrate_tmp_users"])
def test_the_copy_of_a_run_that_died_is_removed(users: Database, name: str) -> None:
    users.raw.executescript(f"CREATE TABLE {name} (id); INSERT INTO {name} VALUES (7)")

    users.alter(lambda b: b.alter_column("name", nullable=False))

    assert users.ask(f"SELECT name FROM sqlite_master WHERE name = '{name}'") == []


def test_a_copy_with_more_rows_than_the_table_is_left(users: Database) -> None:
    users.raw.executescript(
        "CREATE TABLE _alembic_tmp_users AS SELECT * FROM users; DELETE FROM users WHERE id > 7"
    )

    with pytest.raises(CannotRebuild, match="_alembic_tmp_users, which a run that died left"):
        users.alter(lambda b: b.alter_column("name", nullable=False))

    assert users.ask("SELECT count(*) FROM _alembic_tmp_users") == [(3,)]


def test_a_copy_whose_table_is_gone_is_named(users: Database) -> None:
    users.raw.execute("ALTER TABLE users RENAME TO _alembic_tmp_users")

    with pytest.raises(CannotRebuild, match="ALTER TABLE _alembic_tmp_users RENAME TO users"):
        users.alter(lambda b: b.alter_column("name", nullable=False))


@pytest.mark.parametrize(
    ("default", "written"),
    [
        ("it's", "'it''s'"),
        (sa.text("'x' || 'y'"), "('x' || 'y')"),
        (sa.text("(1 + 2)"), "(1 + 2)"),
        (sa.text("(1) + (2)"), "((1) + (2))"),
        (sa.text("-5"), "(-5)"),
        (sa.text("CURRENT_TIMESTAMP"), "CURRENT_TIMESTAMP"),
        (sa.text("'{\"a\"\\:1}'"), "'{\"a\":1}'"),
        (sa.func.lower("A"), "(lower('A'))"),
    ],
)
def test_a_default_is_written_as_sqlite_takes_it(
    users: Database, default: Any, written: str
) -> None:
    users.alter(lambda b: b.alter_column("name", server_default=default))

    assert f"name TEXT DEFAULT {written}," in users.sql()


def test_a_view_that_needs_the_column_is_named(users: Database) -> None:
    users.raw.execute("CREATE VIEW adults AS SELECT id FROM users WHERE org > 17")

    with pytest.raises(StillNeeded, match=r"needed by view adults .*no such column: org"):
        users.alter(lambda b: b.drop_column("org"))


def test_a_table_in_an_attached_database_is_copied_there(users: Database) -> None:
    users.raw.executescript(
        "ATTACH ':memory:' AS aux; CREATE TABLE aux.users (id INTEGER PRIMARY KEY, z TEXT);"
        "CREATE INDEX aux.ix_z ON users (z); INSERT INTO aux.users VALUES (1, 'a')"
    )
    before = users.sql()

    users.alter(lambda b: b.alter_column("z", nullable=False), schema="aux")

    assert users.sql() == before
    assert users.ask("SELECT sql FROM aux.sqlite_master") == [
        ('CREATE TABLE "users" (id INTEGER PRIMARY KEY, z TEXT NOT NULL)',),
        ("CREATE INDEX ix_z ON users (z)",),
    ]


def test_a_check_that_names_its_table_is_in_sync_after_a_copy() -> None:
    metadata = sa.MetaData()
    sa.Table("users", metadata, sa.Column("a", sa.Integer), sa.CheckConstraint('"users".a > 0'))
    for database in opened('CREATE TABLE users (a INTEGER, CHECK ("users".a > 0))'):
        assert list(compare(database.connection, metadata)) == []
        database.connection.rollback()

        database.alter(recreate="always")

        assert database.sql().endswith("(a INTEGER, CHECK (a > 0))")
        assert list(compare(database.connection, metadata)) == []
