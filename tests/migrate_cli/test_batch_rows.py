"""Batch blocks, row by row of what Alembic's do, or are known not to do: what other tests don't show."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from migrate_cli import Operations
from migrate_cli.batch.block import Block
from migrate_cli.batch.errors import CannotRebuild, StillNeeded, UnknownInTable
from migrate_cli.batch.order import order_after
from migrate_cli.batch.words import BatchOperations
from migrate_cli.sinks import OfflineSink, OnlineSink
from migrate_cli.sinks.offline import offline_dialect
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql
from sqlalchemy.pool import NullPool

from .test_batch import Database, Said, opened

TABLE = """
CREATE TABLE p (id INTEGER PRIMARY KEY);
CREATE TABLE t (
    id INTEGER PRIMARY KEY,
    x INTEGER NOT NULL,
    y INTEGER,
    z TEXT DEFAULT 'q',
    CONSTRAINT ck_x CHECK (x > 0),
    CONSTRAINT ck_both CHECK (x <> y)
);
CREATE INDEX ix_yz ON t (y, z);
INSERT INTO t VALUES (1, 1, 2, 'a'), (2, 3, NULL, 'b');
"""


@pytest.fixture
def t() -> Iterator[Database]:
    yield from opened(TABLE)


def text(database: Database) -> str:
    """The stored text of the table with single blanks, and its indexes."""
    rows = database.ask("SELECT sql FROM sqlite_master WHERE tbl_name = 't' AND sql <> ''")
    return " ".join(" ".join(sql for (sql,) in rows).split())


@pytest.mark.parametrize(
    ("said", "there", "gone"),
    [
        pytest.param(lambda b: b.add_column(sa.Column("new", sa.Integer, sa.ForeignKey("p.id"))), "new INTEGER REFERENCES p (id)", "_migrate", id="LIM-026-foreign-key-without-a-name"),
        pytest.param(lambda b: b.add_column(sa.Column("new", sa.Integer, index=True), insert_after="x"), "CREATE INDEX ix_t_new ON t (new)", "tmp", id="LIM-145-index-of-a-new-column"),
        pytest.param(lambda b: b.add_column(sa.Column("new", sa.Integer, unique=True)), "UNIQUE (new)", "tmp", id="LIM-145-unique-of-a-new-column"),
        pytest.param(lambda b: (b.alter_column("y", type_=sa.BigInteger()), b.create_index("ix", [sa.text("lower(z)"), sa.text("y DESC")])), "CREATE INDEX ix ON t (lower(z), y DESC)", "tmp", id="LIM-020-index-of-an-expression"),
        pytest.param(lambda b: (b.drop_constraint("ck_both"), b.drop_column("x")), "CREATE INDEX ix_yz", "ck_x", id="LIM-002-check-goes-with-its-column"),
        pytest.param(lambda b: b.alter_column("x", new_column_name="xx"), "CHECK (xx <> y)", "(x ", id="LIM-002-check-follows-a-rename"),
        pytest.param(lambda b: b.add_column(sa.Column("new", sa.Boolean(create_constraint=True, name="ck_new")), insert_after="x"), "new BOOLEAN, y INTEGER, z TEXT DEFAULT 'q', CONSTRAINT ck_x CHECK (x > 0), CONSTRAINT ck_both CHECK (x <> y), CONSTRAINT ck_new CHECK (new IN (0, 1))", "tmp", id="DDL-145-check-of-a-type-once"),
        pytest.param(lambda b: b.create_primary_key("pk_t", ["x"]), "CONSTRAINT pk_t PRIMARY KEY (x)", "id INTEGER PRIMARY KEY", id="DDL-150-key-in-place-of-a-nameless-one"),
        pytest.param(lambda b: b.create_unique_constraint(None, ["y"]), "UNIQUE (y)", "CONSTRAINT None", id="DDL-150-constraint-without-a-name"),
        pytest.param(lambda b: b.alter_column("z", server_default=None), "z TEXT,", "DEFAULT", id="DDL-149-default-taken-away"),
        pytest.param(lambda b: b.alter_column("z", comment="c", autoincrement=True, nullable=False), "z TEXT DEFAULT 'q' NOT NULL", "COMMENT", id="DDL-149-comment-and-autoincrement-say-nothing"),
        pytest.param(lambda b: b.alter_column("x", nullable=True), "x INTEGER, y", "NOT NULL", id="DDL-149-nullable"),
        pytest.param(lambda b: (b.add_column(sa.Column("m", sa.Integer)), b.add_column(sa.Column("n", sa.Integer), insert_before="m"), b.add_column(sa.Column("o", sa.Integer), insert_after="n")), "z TEXT DEFAULT 'q', n INTEGER, o INTEGER, m INTEGER", "tmp", id="DDL-153-beside-a-new-column"),
        pytest.param(lambda b: (b.drop_index("ix_yz"), b.drop_column("z"), b.add_column(sa.Column("m", sa.Integer)), b.add_column(sa.Column("n", sa.Integer))), "y INTEGER, m INTEGER, n INTEGER", "z TEXT", id="DDL-154-behind-a-column-that-goes"),
        pytest.param(lambda b: (b.alter_column("z", new_column_name="w"), b.alter_column("w", type_=sa.String(5)), b.add_column(sa.Column("m", sa.Integer))), "w VARCHAR(5) DEFAULT 'q', m INTEGER", "z TEXT", id="DDL-154-behind-a-renamed-column"),
        pytest.param(lambda b: b.create_foreign_key("fk", "t", ["y"], ["id"], ondelete="SET NULL", deferrable=True, initially="DEFERRED"), "CONSTRAINT fk FOREIGN KEY(y) REFERENCES t (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED", "tmp", id="DDL-156-foreign-key-to-itself"),
    ],
)  # fmt: skip
def test_a_block_leaves(t: Database, said: Said, there: str, gone: str) -> None:
    t.alter(said, table="t")

    plain = text(t).replace('"', "")
    assert there in plain
    assert gone not in plain
    assert t.ask("SELECT count(*) FROM t") == [(2,)]
    assert t.ask("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize(
    ("said", "parameters", "error", "told"),
    [
        pytest.param(lambda b: b.drop_column("y"), {}, StillNeeded, "index ix_yz", id="LIM-003-composite-index"),
        pytest.param(lambda b: b.drop_column("x"), {}, StillNeeded, "check ck_both", id="LIM-002-check-over-two-columns"),
        pytest.param(lambda b: None, {"partial_reordering": [("yy", "id")]}, UnknownInTable, "did you mean 'y'", id="LIM-022-order-of-unknown-columns"),
        pytest.param(lambda b: b.drop_constraint(None), {}, UnknownInTable, "constraint None", id="DDL-151-no-name-and-nothing-else"),
        pytest.param(lambda b: b.drop_constraint(None, type_="unique"), {}, UnknownInTable, "constraint None", id="LIM-025-no-name-and-a-kind-that-isnt-there"),
        pytest.param(lambda b: b.alter_column("y", insert_after="yy"), {}, UnknownInTable, "'yy'", id="LIM-021-behind-an-unknown-column"),
    ],
)  # fmt: skip
def test_a_block_refuses(
    t: Database, said: Said, parameters: dict[str, Any], error: type[Exception], told: str
) -> None:
    before = list(t.raw.iterdump())

    with pytest.raises(error) as caught:
        t.alter(said, table="t", **parameters)

    assert told in str(caught.value)
    assert list(t.raw.iterdump()) == before


def test_ddl_133_the_statements_of_a_copy_in_their_order(t: Database) -> None:
    t.alter(lambda b: b.alter_column("y", type_=sa.BigInteger()), table="t")

    assert [" ".join(s.split()[:3]) for s in t.executed if "SAVEPOINT" not in s] == [
        'CREATE TABLE "_migrate_tmp_t"',
        "INSERT OR ABORT",
        'DROP TABLE "t"',
        'ALTER TABLE "_migrate_tmp_t"',
        "CREATE INDEX ix_yz",
    ]


def test_ddl_134_the_temporary_name_has_50_characters_at_most() -> None:
    name = "n" * 60
    for database in opened(f"CREATE TABLE {name} (a INTEGER)"):
        database.alter(table=name, recreate="always")

        assert f'CREATE TABLE "_migrate_tmp_{"n" * 37}" ' in database.executed[1]


def test_ddl_127_a_block_has_the_words_of_one_table_only() -> None:
    assert not {"create_table", "drop_table", "rename_table", "bulk_insert"} & set(
        dir(BatchOperations)
    )


@pytest.mark.parametrize(
    ("word", "keywords"),
    [
        ("add_column", ["insert_before", "insert_after", "if_not_exists", "inline_references", "inline_primary_key"]),
        ("alter_column", ["insert_before", "insert_after", "existing_type", "existing_comment"]),
        ("drop_constraint", ["constraint_name", "type_"]),
        ("create_foreign_key", ["constraint_name", "referent_table", "local_cols", "remote_cols", "referent_schema", "onupdate", "ondelete", "deferrable", "initially", "match"]),
        ("create_primary_key", ["constraint_name", "columns"]),
        *((word, ["options"]) for word in ("drop_column", "create_index", "drop_index", "create_unique_constraint", "create_check_constraint", "create_exclude_constraint")),
    ],
)  # fmt: skip
def test_ddl_170_keywords_of_the_words_of_a_block(word: str, keywords: list[str]) -> None:
    assert set(keywords) <= set(inspect.signature(getattr(BatchOperations, word)).parameters)


@pytest.mark.parametrize("foreign_keys", ["ON", "OFF"])
def test_lim_027_a_foreign_key_with_a_default_is_added_as_sqlite_lets(
    t: Database, foreign_keys: str
) -> None:
    t.raw.execute("INSERT INTO p VALUES (5)")
    t.raw.execute("COMMIT")
    t.raw.execute(f"PRAGMA foreign_keys={foreign_keys}")
    new = sa.Column("new", sa.Integer, sa.ForeignKey("p.id", name="fk"), server_default="5")

    t.alter(lambda b: b.add_column(new), table="t")

    assert t.copies == (1 if foreign_keys == "ON" else 0)
    assert t.ask("SELECT new FROM t") == [(5,), (5,)]
    assert "fk" in text(t)


def test_ddl_144_a_check_of_a_type_is_named_by_the_convention_and_the_real_table(
    t: Database,
) -> None:
    new = sa.Column("new", sa.Boolean(create_constraint=True, name="b"))

    t.alter(
        lambda b: b.add_column(new, insert_after="x"),
        table="t",
        naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"},
    )

    assert "tmp" not in text(t)
    assert "CHECK (new IN (0, 1))" in text(t)


DIALECTS = {
    "postgresql": postgresql.dialect,
    "mysql": mysql.dialect,
    "mssql": mssql.dialect,
    "oracle": oracle.dialect,
}


@pytest.mark.parametrize("name", DIALECTS)
def test_ddl_130_elsewhere_a_block_is_the_same_as_the_changes_in_their_order(name: str) -> None:
    def written(say: Callable[[Operations], None]) -> str:
        stream = io.StringIO()
        sink = OfflineSink(offline_dialect(DIALECTS[name]), stream)
        with sink.transaction():
            say(Operations(sink))
        return stream.getvalue()

    def in_a_block(op: Operations) -> None:
        with op.batch_alter_table("t") as b:
            b.add_column(sa.Column("a", sa.Integer))
            b.alter_column(
                "b", new_column_name="bb", existing_type=sa.String(5), existing_nullable=True
            )
            b.create_index("ix", ["bb"])
            b.drop_column("c")

    def one_by_one(op: Operations) -> None:
        op.add_column("t", sa.Column("a", sa.Integer))
        op.alter_column(
            "t", "b", new_column_name="bb", existing_type=sa.String(5), existing_nullable=True
        )
        op.create_index("ix", "t", ["bb"])
        op.drop_column("t", "c")

    assert written(in_a_block) == written(one_by_one)


def test_ddl_162_a_block_gives_the_same_table_on_every_database(database_url: str) -> None:
    with sa.create_engine(database_url, poolclass=NullPool).connect() as connection:
        sink = OnlineSink(connection)
        op = Operations(sink)
        with sink.transaction():
            op.create_table(
                "t",
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("a", sa.String(10)),
                sa.Column("b", sa.Integer, server_default="3"),
                sa.Column("c", sa.Integer),
            )
            with op.batch_alter_table("t") as b:
                b.alter_column("a", new_column_name="aa", existing_type=sa.String(10))
                b.alter_column("aa", nullable=False, existing_type=sa.String(10))
                b.create_index("ix", ["aa"])
                b.create_unique_constraint("uq", ["aa", "b"])
                b.create_check_constraint("ck", "b > 0")
                b.drop_column("c")
                b.add_column(sa.Column("d", sa.Integer))
        look = sa.inspect(connection)

        assert [(c["name"], c["nullable"]) for c in look.get_columns("t")] == [
            ("id", False),
            ("aa", False),
            ("b", True),
            ("d", True),
        ]
        assert {u["name"] for u in look.get_unique_constraints("t")} == {"uq"}
        assert {c["name"] for c in look.get_check_constraints("t")} == {"ck"}
        assert ["aa"] in [i["column_names"] for i in look.get_indexes("t")]


def test_lim_014_a_table_s_comment_is_kept_or_the_new_one_is_there(postgresql_url: str) -> None:
    with sa.create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a int, b int); COMMENT ON TABLE t IS 'old'")
        connection.commit()
        sink = OnlineSink(connection)
        asked = sa.text("SELECT obj_description('t'::regclass)")

        with sink.transaction(), Operations(sink).batch_alter_table("t", recreate="always") as b:
            b.alter_column("a", insert_after="b")
        kept = connection.execute(asked).scalar()
        connection.rollback()
        with sink.transaction(), Operations(sink).batch_alter_table("t", recreate="always") as b:
            b.create_table_comment("new")

        assert (kept, connection.execute(asked).scalar()) == ("old", "new")


@given(st.permutations("abcdef"), st.lists(st.sampled_from("abcdef"), unique=True, min_size=2))
def test_lim_023_columns_that_no_order_names_keep_theirs(
    names: list[str], wanted: list[str]
) -> None:
    found = order_after(Block("t", partial_reordering=(tuple(wanted),)), names)

    assert [name for name in found if name in wanted] == wanted
    others = [name for name in names if name not in wanted]
    assert [name for name in found if name not in wanted] == others


def test_ddl_155_an_order_of_all_columns_goes_with_a_place_for_a_new_one(t: Database) -> None:
    t.alter(
        lambda b: b.add_column(sa.Column("new", sa.Integer), insert_before="y"),
        table="t",
        partial_reordering=[("z", "y", "x", "id")],
    )

    assert [row[1] for row in t.ask("PRAGMA table_info(t)")] == ["z", "new", "y", "x", "id"]


def test_ddl_155_orders_that_contradict_each_other_are_refused(t: Database) -> None:
    with pytest.raises(CannotRebuild, match="are each said to stand before another"):
        t.alter(table="t", partial_reordering=[("x", "y"), ("y", "x")])
