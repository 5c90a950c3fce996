"""Batch blocks on SQLite where names and tables are odd: the right table is altered, or nothing is."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from migrate_cli.batch.errors import CannotRebuild, RowsContradict, StillNeeded, UnknownInTable
from migrate_cli.batch.words import BatchOperations

from .test_batch import Said, opened


def not_null(batch: BatchOperations) -> None:
    batch.alter_column("a", nullable=False)


PARENT = """
CREATE TABLE p (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, CONSTRAINT uq UNIQUE (a));
CREATE UNIQUE INDEX ix_b ON p (b);
INSERT INTO p VALUES (1, 2, 'c');
"""

REFUSED = [
    pytest.param("CREATE TABLE t (b INTEGER)", "sqlite_sequence", not_null, {}, CannotRebuild, "is SQLite's own table", id="sqlite-s-own"),
    pytest.param("CREATE TABLE t (a INTEGER); CREATE VIEW v AS SELECT a FROM t", "v", not_null, {}, CannotRebuild, "v is a view; drop it and make it anew", id="view"),
    pytest.param("CREATE TEMP TABLE t (a INTEGER)", "t", not_null, {}, CannotRebuild, "t is a temporary table; name its schema: schema='temp'", id="temporary-table"),
    pytest.param("CREATE TABLE t (a INTEGER); CREATE TEMP TABLE T (a INTEGER)", "t", not_null, {}, CannotRebuild, "a temporary t hides the table of that name", id="hidden-by-a-temporary-table"),
    pytest.param("CREATE TABLE t (a INTEGER); CREATE TEMP VIEW _migrate_tmp_t AS SELECT 1", "t", not_null, {}, CannotRebuild, "a temporary _migrate_tmp_t hides", id="copy-hidden-by-a-temporary-view"),
    pytest.param("CREATE TABLE t (a INTEGER); CREATE TABLE _migrate_tmp_t (z); INSERT INTO _migrate_tmp_t VALUES (1)", "t", not_null, {}, CannotRebuild, "a table of that name which isn't a copy of t", id="somebody-else-s-temporary-name"),
    pytest.param("CREATE VIRTUAL TABLE t USING fts5(a)", "t", not_null, {}, CannotRebuild, "its CREATE TABLE isn't understood", id="virtual-table"),
    pytest.param(PARENT + "CREATE TABLE c (p REFERENCES p (a))", "p", lambda b: b.drop_constraint("uq"), {}, StillNeeded, "needed by a foreign key of c", id="unique-that-is-pointed-to"),
    pytest.param(PARENT + "CREATE TABLE c (p REFERENCES p (b))", "p", lambda b: b.drop_index("ix_b"), {}, StillNeeded, "needed by a foreign key of c", id="unique-index-that-is-pointed-to"),
    pytest.param(PARENT + "CREATE TABLE c (p REFERENCES p)", "p", lambda b: b.drop_constraint("pk_p", type_="primary"), {}, StillNeeded, "needed by a foreign key of c", id="key-that-is-pointed-to"),
    pytest.param(PARENT + "CREATE TABLE c (p REFERENCES p)", "p", lambda b: b.create_primary_key(None, ["id", "a"]), {}, StillNeeded, "needed by a foreign key of c", id="key-that-gets-another-width"),
    pytest.param("CREATE TABLE t (a INTEGER UNIQUE, up INTEGER REFERENCES t (a))", "t", lambda b: b.drop_constraint(None, type_="unique", existing_constraint=sa.UniqueConstraint("a")), {}, StillNeeded, "a foreign key of t", id="unique-that-its-own-table-points-to"),
    pytest.param("CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (NULL, 'x'), (5, 'y')", "t", lambda b: b.create_primary_key("pk", ["a"]), {}, RowsContradict, "rows of t have no a (1: rowid=1)", id="null-in-what-becomes-the-rowid"),
    pytest.param("CREATE TABLE t (a INTEGER, b INTEGER); CREATE VIEW v AS SELECT x FROM gone", "t", lambda b: b.alter_column("a", new_column_name="z"), {}, CannotRebuild, 'op.execute("DROP VIEW v")', id="view-that-was-broken-before"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "table", "said", "parameters", "error", "told"), REFUSED)
def test_refused_by_name_and_nothing_is_changed(
    script: str,
    table: str,
    said: Said,
    parameters: dict[str, Any],
    error: type[Exception],
    told: str,
) -> None:
    for database in opened(script):
        database.connection.exec_driver_sql("SELECT 1")
        database.connection.rollback()
        before = list(database.raw.iterdump())

        with pytest.raises(error) as caught:
            database.alter(said, table=table, **parameters)

        assert told in str(caught.value)
        assert list(database.raw.iterdump()) == before


ALTERED = [
    pytest.param('CREATE TABLE "x;y--z" (a INTEGER, "b/*" TEXT, "c\'d" INTEGER CHECK ("c\'d" > 0)); CREATE INDEX "i;1" ON "x;y--z" ("b/*"); CREATE TRIGGER "t;r" AFTER INSERT ON "x;y--z" BEGIN SELECT \';END\'; END', "x;y--z", {}, id="signs"),
    pytest.param('CREATE TABLE "100%s" (a INTEGER, "%(x)s" TEXT DEFAULT \'%s\', ":y" INTEGER CHECK (":y" <> 5)); CREATE INDEX "ix%" ON "100%s" (":y")', "100%s", {}, id="percent-and-colon"),
    pytest.param('CREATE TABLE "a\nb" (a INTEGER, "c\nd" INTEGER)', "a\nb", {}, id="line-ends"),
    pytest.param('CREATE TABLE "É" (a INTEGER); CREATE TABLE "é" (a INTEGER); CREATE INDEX i ON "É" (a)', "é", {}, id="tables-that-differ-by-an-accented-capital"),
    pytest.param('CREATE TABLE t (a INTEGER, "Ä" INTEGER, "ä" TEXT); CREATE INDEX i ON t ("Ä")', "t", {}, id="columns-that-differ-by-an-accented-capital"),
    pytest.param("CREATE TABLE t (a INTEGER, t INTEGER, \"index\" INTEGER); CREATE UNIQUE INDEX \"index\" ON t (\"index\") WHERE t > 0; CREATE TRIGGER \"trigger\" AFTER INSERT ON t BEGIN SELECT 1; END", "t", {}, id="names-of-kinds"),
    pytest.param("CREATE TABLE IF NOT EXISTS main.t (a INTEGER); CREATE INDEX IF NOT EXISTS main.i ON t (a); CREATE TRIGGER IF NOT EXISTS main.g AFTER INSERT ON t BEGIN SELECT 1; END", "t", {}, id="made-if-not-there"),
    pytest.param("CREATE TABLE t (a INTEGER, b INTEGER); CREATE TEMP TABLE l (x); CREATE TEMP VIEW tv AS SELECT a FROM main.t; CREATE TEMP TRIGGER tg AFTER INSERT ON l BEGIN INSERT INTO t VALUES (NEW.x, 1); END", "t", {}, id="temporary-things-that-mention-it"),
    pytest.param("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE VIRTUAL TABLE f USING fts5(a, content=t, content_rowid=id); CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO f (rowid, a) VALUES (NEW.id, NEW.a); END; INSERT INTO t (a) VALUES ('q')", "t", {}, id="content-of-a-virtual-table"),
    pytest.param("CREATE TABLE t (a INTEGER); CREATE TRIGGER g BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'no'); END; CREATE TRIGGER h BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'no'); END", "t", {}, id="triggers-that-forbid"),
    pytest.param("CREATE TABLE t (a INTEGER, b INTEGER); CREATE VIEW v AS SELECT x FROM gone; CREATE VIEW w AS SELECT * FROM t; CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO gone VALUES (1); END", "t", {}, id="views-and-triggers-that-were-broken-before"),
    pytest.param("CREATE TABLE p (x INTEGER); CREATE TABLE c (y REFERENCES p (x)); CREATE TABLE t (a INTEGER)", "t", {}, id="foreign-keys-elsewhere-that-point-to-no-key"),
    pytest.param("ATTACH ':memory:' AS \"o.x\"; CREATE TABLE \"o.x\".t (id INTEGER PRIMARY KEY, a INTEGER); CREATE TABLE \"o.x\".c (t REFERENCES t (id) ON DELETE CASCADE); INSERT INTO \"o.x\".t VALUES (1, 2); INSERT INTO \"o.x\".c VALUES (1); CREATE TABLE t (z); CREATE VIEW \"o.x\".v AS SELECT a FROM t; CREATE TEMP TRIGGER g AFTER INSERT ON \"o.x\".t BEGIN SELECT 1; END", "t", {"schema": "o.x"}, id="attached-database"),
    pytest.param("CREATE TEMP TABLE t (a INTEGER); CREATE INDEX temp.i ON t (a)", "t", {"schema": "temp"}, id="temporary-table-by-its-schema"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "table", "parameters"), ALTERED)
def test_only_the_text_of_that_table_differs(
    script: str, table: str, parameters: dict[str, Any]
) -> None:
    for database in opened(script):
        schema = parameters.get("schema", "main")

        def catalog(where: str) -> dict[tuple[str, str], str]:
            rows = database.ask(f'SELECT type, name, sql FROM "{where}".sqlite_master')  # noqa: B023
            return {(kind, name): sql for kind, name, sql in rows}

        schemas = [name for _, name, _ in database.ask("PRAGMA database_list")]
        before = {where: catalog(where) for where in schemas}

        database.alter(not_null, table=table, **parameters)

        after = {where: catalog(where) for where in schemas}
        text = before[schema].pop(("table", table))
        new = after[schema].pop(("table", table))
        assert after == before
        body = text[text.index("(") :]
        kept = [
            body.replace(f"a {type_}", f"a {type_} NOT NULL", 1) for type_ in ("INTEGER", "TEXT")
        ]
        assert new[new.index("(") :] in kept
        assert database.ask("PRAGMA integrity_check") == [("ok",)]


def test_the_column_that_is_meant_is_altered_and_not_its_capital_twin() -> None:
    for database in opened('CREATE TABLE t ("Ä" INTEGER, "ä" TEXT, b INTEGER)'):
        database.alter(lambda b: b.alter_column("ä", nullable=False), table="t")
        assert database.sql("t").endswith('("Ä" INTEGER, "ä" TEXT NOT NULL, b INTEGER)')

        database.alter(lambda b: b.drop_column("ä"), table="t", recreate="always")
        assert database.sql("t").endswith('("Ä" INTEGER, b INTEGER)')
        with pytest.raises(UnknownInTable):
            database.alter(lambda b: b.drop_column("ä"), table="t")


KEYED = "CREATE TABLE t (k TEXT PRIMARY KEY, a TEXT, b INTEGER) WITHOUT ROWID;"
REKEYED = [
    pytest.param(lambda b: (b.drop_constraint(None, type_="primary"), b.create_primary_key(None, ["k", "b"])), {}, "", id="key-dropped-first"),
    pytest.param(lambda b: (b.drop_column("k"), b.create_primary_key(None, ["b"])), {}, "", id="its-column-dropped-first"),
    pytest.param(lambda b: b.drop_constraint(None, type_="primary"), {"table_kwargs": {"sqlite_with_rowid": True}}, "", id="with-a-rowid-then"),
    pytest.param(lambda b: b.drop_constraint(None, type_="primary"), {}, "a table WITHOUT ROWID needs a primary key", id="no-other-key"),
    pytest.param(lambda b: b.drop_column("k"), {}, "a table WITHOUT ROWID needs a primary key", id="its-column-dropped"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "parameters", "told"), REKEYED)
def test_a_table_without_rowid_has_a_key_at_the_end_of_the_block(
    said: Said, parameters: dict[str, Any], told: str
) -> None:
    for database in opened(KEYED + "INSERT INTO t VALUES ('kk', '', 1)"):
        before = list(database.raw.iterdump())
        if told:
            with pytest.raises(CannotRebuild, match=told):
                database.alter(said, table="t", **parameters)
            assert list(database.raw.iterdump()) == before
        else:
            database.alter(said, table="t", **parameters)
            assert database.ask("SELECT b FROM t") == [(1,)]


CONTRADICTED = [
    pytest.param("CREATE TABLE t (k INTEGER PRIMARY KEY, a TEXT UNIQUE); INSERT INTO t VALUES (5, '1'), (6, '01'), (7, '2')", lambda b: b.alter_column("a", type_=sa.Integer()), {}, "are the same in a (2, for example k=5)", id="unique-after-a-conversion"),
    pytest.param("CREATE TABLE t (k INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (5, 'x'), (6, 'X'), (7, 'y')", lambda b: (b.create_index("u", [sa.text("lower(a) DESC")], unique=True), b.alter_column("a", nullable=False)), {}, "are the same for index 'u' (lower(a)) (2, for example k=5)", id="unique-index-of-an-expression"),
    pytest.param("CREATE TABLE t (k INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (5, 'x'), (6, 'x'), (7, 'y')", lambda b: b.create_index("u", ["a"], unique=True), {}, "are the same in a (2, for example k=5)", id="unique-index-in-place"),
    pytest.param("CREATE TABLE t (k INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE); INSERT INTO t VALUES (5, 'x'), (6, 'X'), (7, NULL), (8, NULL)", lambda b: b.create_unique_constraint("u", ["a"]), {}, "are the same in a (2, for example k=5)", id="unique-by-the-collation"),
    pytest.param("CREATE TABLE t (k INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (5, 'x'), (6, 'X')", lambda b: b.add_column(sa.Column("n", sa.Integer, server_default="3", unique=True)), {}, "are the same in n (2, for example k=5)", id="unique-over-a-new-column"),
    pytest.param("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (4), ('x')", lambda b: b.create_primary_key("pk", ["a"]), {}, "have no INTEGER in a (1: rowid=2)", id="text-in-what-becomes-the-rowid"),
    pytest.param("CREATE TABLE t (k INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (4, 'x'), (5, x'00')", lambda b: None, {"table_kwargs": {"sqlite_strict": True}}, "have no TEXT in a (1: k=5)", id="bytes-where-text-is-strict"),
    pytest.param(KEYED + "CREATE TABLE p (x INTEGER PRIMARY KEY); INSERT INTO t VALUES ('kk', '', 1)", lambda b: b.create_foreign_key("fk", "p", ["b"], ["x"]), {}, "point with b to no row of p (1: k='kk')", id="foreign-key-of-a-table-without-rowid"),
    pytest.param(KEYED + "INSERT INTO t VALUES ('kk', '', 1)", lambda b: b.create_foreign_key("fk", "p", ["b"], ["x"]), {}, "point with b to no row of p (1: k='kk')", id="foreign-key-to-a-table-that-isnt-there"),
    pytest.param("CREATE TABLE p (x INTEGER, y INTEGER, UNIQUE (x, y)); CREATE TABLE t (k TEXT PRIMARY KEY, a INTEGER, b INTEGER); INSERT INTO p VALUES (1, 1); INSERT INTO t VALUES ('u', 1, 1), ('v', 1, 2), ('w', NULL, 2)", lambda b: b.create_foreign_key("fk", "p", ["a", "b"], ["x", "y"]), {}, "point with a, b to no row of p (1: k='v')", id="foreign-key-of-two-columns"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "said", "parameters", "told"), CONTRADICTED)
def test_rows_that_contradict_are_counted_and_one_is_shown(
    script: str, said: Said, parameters: dict[str, Any], told: str
) -> None:
    for database in opened(script):
        before = list(database.raw.iterdump())

        with pytest.raises(RowsContradict) as caught:
            database.alter(said, table="t", **parameters)

        assert f"rows of t {told}" in str(caught.value)
        assert list(database.raw.iterdump()) == before
        assert database.ask("SELECT count(*) FROM sqlite_temp_master") == [(0,)]
