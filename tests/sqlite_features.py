"""SQLite tables of one feature each, for the tests of what a rebuild keeps."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    """A table that has one thing beside its two spare columns and its spare constraint.

    Attributes:
        columns: Definitions of more columns.
        constraints: More constraints of the table.
        options: What stands behind the bracket.
        before: SQL that runs before the table is there, `after` when it is, `last` when it is filled.
        rows: Values of the additional columns, a tuple as SQL a row; the spare ones have some too.
        insert: Names of the additional columns that are filled; "" for all.
        name: The table's name.
        refused: What SQLite doesn't take in the text of such a table.
        mended: What a copy writes otherwise: (as it was, as it is).
    """

    columns: str = ""
    constraints: str = ""
    options: str = ""
    before: str = ""
    after: str = ""
    last: str = ""
    rows: tuple[str, ...] = ()
    insert: str = ""
    name: str = "t"
    refused: str = "nothing of this kind"
    mended: tuple[str, str] = ("", "")

    def becomes(self, text: str) -> str:
        """What the table's text is after a copy, beside what was asked."""
        return text.replace(*self.mended)

    @property
    def table(self) -> str:
        columns = f", {self.columns}" if self.columns else ""
        constraints = f" {self.constraints}" if self.constraints else ""
        return (
            f"{self.quoted} (x INTEGER, y TEXT{columns}, "
            f"CONSTRAINT ck_spare CHECK (x < 1000000){constraints}){self.options}"
        )

    @property
    def quoted(self) -> str:
        return '"' + self.name.replace('"', '""') + '"'

    def make(self, connection: sqlite3.Connection, *, filled: bool) -> None:
        """Make the table, and fill it."""
        connection.executescript(f"{self.before}; CREATE TABLE {self.table}; {self.after}")
        connection.execute(f"CREATE INDEX ix_spare ON {self.quoted} (x)")
        if not filled:
            return
        columns = f", {self.insert}" if self.insert else ""
        for number, row in enumerate(self.rows or ("",) * 3):
            values = f", {row}" if row else ""
            target = f"(x, y{columns})" if self.insert or not self.columns else ""
            connection.execute(
                f"INSERT INTO {self.quoted} {target} VALUES ({number}, 'y{number}'{values})"
            )
        connection.executescript(self.last)
        connection.commit()


def child(action: str, more: str = "") -> Feature:
    """A table that another one points to, with an action ON DELETE or ON UPDATE."""
    return Feature(
        "id INTEGER PRIMARY KEY",
        after=f"CREATE TABLE kid (k INTEGER DEFAULT 1 REFERENCES t (id) {action} {more})",
        last="INSERT INTO kid VALUES (1), (2), (2), (NULL)",
        rows=("1", "2", "3"),
    )


A3 = ("'a'", "'B'", "NULL")

FEATURES = {
    "plain": Feature(),
    "integer-key": Feature("id INTEGER PRIMARY KEY", rows=("5", "9", "2")),
    "autoincrement": Feature(
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        rows=("1", "2", "30"),
        last="DELETE FROM t WHERE id = 30",
    ),
    "autoincrement-beside-another": Feature(
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        before="CREATE TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO other VALUES (7)",
        rows=("4", "5"),
    ),
    "key-descending": Feature("id INTEGER PRIMARY KEY DESC", rows=("1", "2", "NULL")),
    "key-of-table": Feature("id INTEGER", ", PRIMARY KEY (id)", rows=("1", "4")),
    "key-named": Feature("id INTEGER", ", CONSTRAINT pk_t PRIMARY KEY (id ASC)", rows=("1", "4")),
    "key-composite": Feature("a INT, b TEXT", ", PRIMARY KEY (b, a DESC)", rows=("1, 'p'", "2, 'p'")),
    "key-text": Feature("id TEXT PRIMARY KEY", rows=("'p'", "'q'", "NULL", "NULL")),
    "key-bigint": Feature("id BIGINT NOT NULL PRIMARY KEY", rows=("9", "3")),
    "key-on-conflict": Feature("id INT PRIMARY KEY ON CONFLICT REPLACE", rows=("1", "2")),
    "without-rowid": Feature("id TEXT PRIMARY KEY", options=" WITHOUT ROWID", rows=("'b'", "'a'")),
    "without-rowid-composite": Feature(
        "a INT, b INT", ", PRIMARY KEY (a, b)", " WITHOUT ROWID", rows=("2, 1", "1, 2")
    ),
    "strict": Feature("a ANY, b BLOB", options=" STRICT", refused="BIGINT", rows=("'1', x'00'", "2, NULL")),
    "strict-without-rowid": Feature(
        "id INTEGER PRIMARY KEY", options=" STRICT, WITHOUT ROWID", refused="BIGINT", rows=("1", "2")
    ),
    "rowids-with-holes": Feature(last="DELETE FROM t WHERE x = 1"),
    "rowids-out-of-order": Feature(last="INSERT INTO t (rowid, x) VALUES (100, 3), (50, 4)"),
    "column-named-rowid": Feature("rowid TEXT", rows=A3, last="DELETE FROM t WHERE x = 0"),
    "columns-named-rowid-and-oid": Feature("rowid TEXT, oid INT", rows=("'a', 1", "'b', 2")),
    "names-quoted": Feature('"a b" INT, [c d] TEXT, `e f` INT', rows=("1, 'c', 2", "NULL, 'd', 3")),
    "names-with-quotes": Feature('"a""b" INT, "it\'s" TEXT', rows=("1, 'c'", "NULL, 'd'")),
    "names-of-keywords": Feature('"order" INT, "select" TEXT', rows=("1, 'c'", "NULL, 'd'")),
    "names-of-other-letters": Feature("größe INT, 名前 TEXT", rows=("1, 'c'", "NULL, 'd'")),
    "no-type": Feature("a", rows=("1", "'1'", "1.5", "x'01'")),
    "unknown-type": Feature("a MY_TYPE(3), b POINT", rows=("'7', 8", "'x', '9'")),
    "types-with-sizes": Feature("a VARCHAR (20), b NUMERIC(10, 2)", rows=("'a', 1.10", "'b', 3")),
    "type-of-words": Feature("a UNSIGNED BIG INT, b DOUBLE PRECISION", rows=("1, 2", "2, 2.5")),
    "values-of-every-class": Feature(
        "a INTEGER, b TEXT, c REAL, d NUMERIC",
        rows=("'text', x'00ff', 'z', 'q'", "1.5, 2, 3, '4'", "NULL, NULL, NULL, NULL"),
    ),
    "values-at-the-edges": Feature(
        "a, b REAL",
        rows=("9223372036854775807, 1e308", "-9223372036854775808, 1e-300", "'', 9007199254740993"),
    ),
    "values-of-moments": Feature(
        "a DATE, b DATETIME, c TIME, d BOOLEAN",
        rows=("'2021-03-01', '2021-03-01 01:02:03.000004', '01:02:03.000000', 1", "2021, 7, 8, 0"),
    ),
    "default-text": Feature("a TEXT DEFAULT ':x', b TEXT DEFAULT 'it''s 50%'", insert="a", rows=A3),
    "default-json": Feature("""a JSON DEFAULT '{"x":1, "y":[1,2]}'""", rows=("'{}'", "'[1, 2]'")),
    "default-quoted-twice": Feature('a TEXT DEFAULT "word"', rows=A3),
    "default-expression": Feature("a INT DEFAULT (1 + (2 * 3)), b DEFAULT (abs(-3))", insert="a", rows=("1", "2")),
    "default-now": Feature("a DEFAULT CURRENT_TIMESTAMP, b DATE DEFAULT (date('now'))", insert="a", rows=("'q'", "'r'")),
    "default-signed": Feature("a INT DEFAULT -5, b REAL DEFAULT +1.5e3, c INT DEFAULT 0x10", insert="a", rows=("1", "2")),
    "default-blob": Feature("a BLOB DEFAULT x'0aff', b DEFAULT NULL, c DEFAULT TRUE", insert="a", rows=("x'01'", "NULL")),
    "not-null-on-conflict": Feature("a INT NOT NULL ON CONFLICT IGNORE DEFAULT 3", rows=("1", "2")),
    "not-null-named": Feature("a INT CONSTRAINT nn NOT NULL, b INT NULL", rows=("1, 2", "2, NULL")),
    "unique-of-column": Feature("a INT UNIQUE", rows=("1", "2", "NULL", "NULL")),
    "unique-on-conflict": Feature("a INT UNIQUE ON CONFLICT REPLACE", rows=("1", "2", "NULL")),
    "unique-named": Feature("a INT", ", CONSTRAINT uq UNIQUE (a)", rows=("1", "2", "NULL")),
    "unique-composite": Feature("a INT, b INT", ", UNIQUE (b, a) ON CONFLICT FAIL", rows=("1, 1", "1, 2")),
    "unique-descending": Feature("a TEXT", ", UNIQUE (a COLLATE NOCASE DESC)", rows=("'a'", "'b'")),
    "unique-twice": Feature("a INT UNIQUE, b INT UNIQUE", ", UNIQUE (a, b)", rows=("1, 1", "2, 2")),
    "check-of-column": Feature("a INT CHECK (a > 0)", rows=("1", "2", "NULL")),
    "check-of-column-named": Feature("a INT CONSTRAINT ck CHECK (a > 0)", rows=("1", "NULL")),
    "check-of-table": Feature("a INT, b INT", ", CHECK (a > b OR b IS NULL)", rows=("2, 1", "1, NULL")),
    "check-with-strings": Feature(
        "a TEXT", ", CHECK (a NOT IN (',', ')', '--', '/*', 'it''s')), CHECK (a <> ';')", rows=A3
    ),
    "check-of-enum": Feature("a VARCHAR(5) CHECK (a IN ('a', 'B')), b BOOLEAN CHECK (b IN (0, 1))", rows=("'a', 1", "'B', 0")),
    "check-qualified": Feature("a INT", ", CHECK (t.a > 0)", rows=("1", "2"), mended=("t.a", "a")),
    "collation": Feature("a TEXT COLLATE NOCASE, b TEXT COLLATE RTRIM UNIQUE", rows=("'a', 'b '", "'A', 'c'")),
    "collation-before-the-rest": Feature("a TEXT COLLATE NOCASE NOT NULL DEFAULT 'q' UNIQUE", rows=("'a'", "'b'")),
    "generated-virtual": Feature("a INT, g INT GENERATED ALWAYS AS (a * 2)", insert="a", rows=("1", "2")),
    "generated-stored": Feature("a INT, g INT AS (a * 2) STORED NOT NULL", insert="a", rows=("1", "2")),
    "generated-in-between": Feature("g AS (a || 'q') VIRTUAL, a TEXT, h AS (g || a)", insert="a", rows=A3),
    "generated-unique": Feature("a INT, g INT AS (a + 1) STORED UNIQUE", insert="a", rows=("1", "2")),
    "references": Feature("a INT REFERENCES p", before="CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1), (2)", rows=("1", "2", "NULL")),
    "references-with-all": Feature(
        "a INT CONSTRAINT fk REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET NULL MATCH SIMPLE DEFERRABLE INITIALLY DEFERRED",
        before="CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1), (2)",
        rows=("1", "2"),
    ),
    "foreign-key-composite": Feature(
        "a INT, b INT",
        ", CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE RESTRICT NOT DEFERRABLE",
        before="CREATE TABLE p (a INT, b INT, UNIQUE (a, b)); INSERT INTO p VALUES (1, 2)",
        rows=("1, 2", "NULL, 5"),
    ),
    "foreign-key-to-itself": Feature(
        "id INTEGER PRIMARY KEY, up INT REFERENCES t (id) ON DELETE CASCADE", rows=("1, NULL", "2, 1", "3, 3")
    ),
    "foreign-key-to-nothing-yet": Feature("a INT REFERENCES later (id)", rows=("NULL", "NULL")),
    "comments": Feature("a INT -- the first, or so\n , /* b, */ b INT /* (last */", rows=("1, 2", "3, 4")),
    "comment-at-the-end": Feature("a INT", ", UNIQUE (a) -- that's all\n", rows=("1", "2")),
    "no-space": Feature('"a"INT,b INT CHECK(b>0)UNIQUE', rows=("1, 2", "3, 4")),
    "constraints-without-commas": Feature("a INT", "UNIQUE (a) CHECK (a > 0)", rows=("1", "2")),
    "index": Feature("a INT", after="CREATE INDEX ix ON t (a, y)", rows=("1", "2")),
    "index-unique": Feature("a INT", after="CREATE UNIQUE INDEX ix ON t (a)", rows=("1", "2", "NULL")),
    "index-descending": Feature("a INT", after='CREATE INDEX "ix d" ON t (a DESC, y ASC)', rows=("1", "2")),
    "index-collation": Feature("a TEXT", after="CREATE INDEX ix ON t (a COLLATE NOCASE)", rows=A3),
    "index-of-expression": Feature("a TEXT", after="CREATE INDEX ix ON t (lower(a), length(y))", rows=A3),
    "index-unique-of-expression": Feature("a TEXT", after="CREATE UNIQUE INDEX ix ON t (lower(a))", rows=A3),
    "index-partial": Feature("a TEXT", after="CREATE UNIQUE INDEX ix ON t (a) WHERE a <> ':q' AND y IS NOT NULL", rows=A3),
    "index-of-generated": Feature("a INT, g AS (a + 1)", after="CREATE INDEX ix ON t (g)", insert="a", rows=("1", "2")),
    "trigger-after-insert": Feature(
        before="CREATE TABLE log (m)",
        after="CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.y || ':q'); END",
    ),
    "trigger-before-delete": Feature(
        before="CREATE TABLE log (m)",
        after="CREATE TRIGGER tr BEFORE DELETE ON t FOR EACH ROW WHEN OLD.y <> '' BEGIN INSERT INTO log VALUES (OLD.y); SELECT 1; END",
    ),
    "trigger-update-of": Feature(
        "a INT", before="CREATE TABLE log (m)",
        after="CREATE TRIGGER tr AFTER UPDATE OF a ON t BEGIN UPDATE log SET m = NEW.a WHERE m = OLD.a; END",
        rows=("1", "2"),
    ),
    "triggers-in-order": Feature(
        before="CREATE TABLE log (m)",
        after="CREATE TRIGGER b AFTER INSERT ON t BEGIN INSERT INTO log VALUES (1); END; "
        "CREATE TRIGGER a AFTER INSERT ON t BEGIN INSERT INTO log VALUES (2); END",
    ),
    "trigger-elsewhere": Feature(
        before="CREATE TABLE other (a)",
        after="CREATE TRIGGER tr AFTER INSERT ON other BEGIN UPDATE t SET y = NEW.a; DELETE FROM t WHERE y = '-'; END",
        last="INSERT INTO other VALUES ('n')",
    ),
    "trigger-temporary": Feature(
        before="CREATE TABLE log (m)",
        after="CREATE TEMP TRIGGER tr AFTER INSERT ON main.t BEGIN INSERT INTO log VALUES (1); END",
    ),
    "view": Feature("a INT", after="CREATE VIEW v AS SELECT a, y AS why FROM t WHERE a > 0", rows=("1", "2")),
    "view-of-view": Feature("a INT", after="CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w (q) AS SELECT max(a) FROM v", rows=("1", "2")),
    "view-that-mentions": Feature(
        "a INT", before="CREATE TABLE p (id INT); INSERT INTO p VALUES (1)",
        after="CREATE VIEW v AS SELECT id FROM p WHERE EXISTS (SELECT 1 FROM t AS q WHERE q.a = p.id)", rows=("1", "2"),
    ),
    "view-with-trigger": Feature(
        "a INT",
        after="CREATE VIEW v AS SELECT a AS aa FROM t; "
        "CREATE TRIGGER tr INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (NEW.aa); END",
        rows=("1", "2"),
    ),
    "view-of-another": Feature(last="CREATE TABLE gone (a); CREATE VIEW v AS SELECT a FROM gone"),
    "child-cascade": child("ON DELETE CASCADE"),
    "child-set-null": child("ON DELETE SET NULL"),
    "child-set-default": child("ON DELETE SET DEFAULT"),
    "child-restrict": child("ON DELETE RESTRICT"),
    "child-no-action": child("ON DELETE NO ACTION"),
    "child-nothing-said": child(""),
    "child-deferred": child("ON DELETE CASCADE", "DEFERRABLE INITIALLY DEFERRED"),
    "child-on-update": child("ON UPDATE CASCADE"),
    "child-of-unique": Feature(
        "a INT UNIQUE", after="CREATE TABLE kid (k INT REFERENCES t (a) ON DELETE CASCADE)",
        last="INSERT INTO kid VALUES (1)", rows=("1", "2"),
    ),
    "statistics": Feature("a INT", after="CREATE INDEX ix ON t (a)", last="ANALYZE", rows=("1", "2")),
    "table-quoted": Feature(name="my table", after='CREATE VIEW v AS SELECT y FROM "my table"'),
    "table-with-quote": Feature(name='it\'s "it"'),
    "table-of-keyword": Feature(name="order"),
    "table-of-capitals": Feature(name="Users"),
    "table-with-long-name": Feature(name="n" * 70),
}  # fmt: skip
