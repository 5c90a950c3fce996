"""What each change says on each dialect: a row a case, a column a dialect.

The ids name the row of the acceptance list that the case answers. `None` means
that the dialect says nothing; an exception's class that it refuses by name.
"""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from ddl_constructs import (
    AddAttribute,
    AddColumn,
    AddConstraint,
    AddDomainConstraint,
    AddEnumValue,
    AlterAttribute,
    AlterColumn,
    AlterDomain,
    AlterSequence,
    BulkInsert,
    Change,
    CompositeValue,
    CopyRows,
    CreateCompositeType,
    CreateDomain,
    CreateEnum,
    CreateIndex,
    CreateSequence,
    CreateTable,
    CreateTableComment,
    DropAttribute,
    DropColumn,
    DropCompositeType,
    DropConstraint,
    DropDomain,
    DropDomainConstraint,
    DropEnum,
    DropIndex,
    DropSequence,
    DropTable,
    DropTableComment,
    EnumColumn,
    ExecuteSQL,
    GrantPrivileges,
    MissingFact,
    RefreshMaterializedView,
    RenameCompositeType,
    RenameConstraint,
    RenameDomainConstraint,
    RenameEnumValue,
    RenameIndex,
    RenameTable,
    ReplaceEnum,
    RevokePrivileges,
    SetTableSchema,
    UnsupportedChange,
    ValidateConstraint,
    ValidateDomainConstraint,
    WrongValue,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
)
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    UniqueConstraint,
    column,
    func,
    literal_column,
    make_url,
    table,
    text,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.sql.elements import quoted_name

DIALECTS = {
    "postgresql": postgresql.dialect(paramstyle="named"),
    "mysql": mysql.dialect(paramstyle="named"),
    "sqlite": sqlite.dialect(),
}

Expected = str | None | type[Exception]


def said(change: Change, dialect: str) -> str | None:
    """Give a change's text on one line, or None if it says nothing."""
    text = " ".join(str(change.compile(dialect=DIALECTS[dialect])).split())
    return text or None


def rows(*given: tuple[str, Change, Expected, Expected, Expected]) -> Any:
    """Make a case a dialect out of (id, change, postgresql, mysql, sqlite)."""
    return pytest.mark.parametrize(
        ("change", "dialect", "expected"),
        [
            pytest.param(change, dialect, expected, id=f"{name}-{dialect}")
            for name, change, *texts in given
            for dialect, expected in zip(DIALECTS, texts, strict=True)
        ],
    )


def check(change: Change, dialect: str, expected: Expected) -> None:
    if isinstance(expected, type):
        with pytest.raises(expected):
            said(change, dialect)
    else:
        assert said(change, dialect) == expected


REBUILD = UnsupportedChange


@rows(
    (
        "DDL-001-079-rename",
        RenameTable("a", "b", schema="s"),
        "ALTER TABLE s.a RENAME TO b",
        "ALTER TABLE s.a RENAME TO s.b",
        "ALTER TABLE s.a RENAME TO b",
    ),
    (
        "DDL-002-type-by-class",
        AlterColumn("t", "c", type_=BigInteger, existing_nullable=True, existing_type=Integer),
        "ALTER TABLE t ALTER COLUMN c TYPE BIGINT",
        "ALTER TABLE t MODIFY c BIGINT NULL",
        REBUILD,
    ),
    (
        "DDL-003-not-null",
        AlterColumn("t", "c", nullable=False, existing_type=Integer()),
        "ALTER TABLE t ALTER COLUMN c SET NOT NULL",
        "ALTER TABLE t MODIFY c INTEGER NOT NULL",
        REBUILD,
    ),
    (
        "DDL-003-null",
        AlterColumn("t", "c", nullable=True, existing_type=Integer()),
        "ALTER TABLE t ALTER COLUMN c DROP NOT NULL",
        "ALTER TABLE t MODIFY c INTEGER NULL",
        REBUILD,
    ),
    (
        "DDL-005-column-name",
        AlterColumn(
            "t", "c", new_column_name="d", existing_type=Integer(), existing_nullable=False
        ),
        "ALTER TABLE t RENAME c TO d",
        "ALTER TABLE t CHANGE c d INTEGER NOT NULL",
        "ALTER TABLE t RENAME COLUMN c TO d",
    ),
    (
        "DDL-006-default-literal",
        AlterColumn("t", "c", server_default="q"),
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 'q'",
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 'q'",
        REBUILD,
    ),
    (
        "DDL-006-default-text",
        AlterColumn("t", "c", server_default=text("now()")),
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT now()",
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT (now())",
        REBUILD,
    ),
    (
        "DDL-006-default-function",
        AlterColumn("t", "c", server_default=func.lower("A")),
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT lower('A')",
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT (lower('A'))",
        REBUILD,
    ),
    (
        "DDL-006-no-default",
        AlterColumn("t", "c", server_default=None),
        "ALTER TABLE t ALTER COLUMN c DROP DEFAULT",
        "ALTER TABLE t ALTER COLUMN c DROP DEFAULT",
        REBUILD,
    ),
    (
        "DDL-007-046-comment",
        AlterColumn(
            "t", "c", comment="it's", schema="s", existing_type=Integer(), existing_nullable=True
        ),
        "COMMENT ON COLUMN s.t.c IS 'it''s'",
        "ALTER TABLE s.t MODIFY c INTEGER NULL COMMENT 'it''s'",
        None,
    ),
    (
        "DDL-007-no-comment",
        AlterColumn("t", "c", comment=None, existing_type=Integer(), existing_nullable=True),
        "COMMENT ON COLUMN t.c IS NULL",
        "ALTER TABLE t MODIFY c INTEGER NULL",
        None,
    ),
    (
        "DDL-008-041-computed",
        AlterColumn("t", "c", server_default=Computed("a + 1")),
        UnsupportedChange,
        UnsupportedChange,
        REBUILD,
    ),
    (
        "LIM-049-another-expression",
        AlterColumn(
            "t",
            "c",
            server_default=Computed("a + 2", persisted=True),
            existing_server_default=Computed("a + 1", persisted=True),
            existing_type=Integer(),
            existing_nullable=False,
        ),
        UnsupportedChange,
        "ALTER TABLE t MODIFY c INTEGER GENERATED ALWAYS AS (a + 2) STORED NOT NULL",
        REBUILD,
    ),
    (
        "LIM-049-stored-instead-of-virtual",
        AlterColumn(
            "t",
            "c",
            server_default=Computed("a + 1", persisted=True),
            existing_server_default=Computed("a + 1", persisted=False),
            existing_type=Integer(),
            existing_nullable=True,
        ),
        UnsupportedChange,
        UnsupportedChange,
        REBUILD,
    ),
    (
        "LIM-049-a-computed-column-has-another-name",
        AlterColumn(
            "t",
            "c",
            new_column_name="d",
            existing_server_default=Computed("a + 1", persisted=True),
            existing_type=Integer(),
            existing_nullable=True,
        ),
        "ALTER TABLE t RENAME c TO d",
        "ALTER TABLE t CHANGE c d INTEGER GENERATED ALWAYS AS (a + 1) STORED",
        "ALTER TABLE t RENAME COLUMN c TO d",
    ),
    (
        "LIM-049-no-expression",
        AlterColumn(
            "t",
            "c",
            server_default=None,
            existing_server_default=Computed("a + 1", persisted=True),
            existing_type=Integer(),
            existing_nullable=True,
        ),
        "ALTER TABLE t ALTER COLUMN c DROP EXPRESSION",
        "ALTER TABLE t MODIFY c INTEGER NULL",
        REBUILD,
    ),
    (
        "DDL-012-quoting",
        AlterColumn("T a", "select", nullable=False, schema="s1", existing_type=Integer()),
        'ALTER TABLE s1."T a" ALTER COLUMN "select" SET NOT NULL',
        "ALTER TABLE s1.`T a` MODIFY `select` INTEGER NOT NULL",
        REBUILD,
    ),
    (
        "DDL-012-dotted-schema",
        DropColumn("t", "c", schema="s1.s2"),
        "ALTER TABLE s1.s2.t DROP COLUMN c",
        "ALTER TABLE s1.s2.t DROP COLUMN c",
        "ALTER TABLE s1.s2.t DROP COLUMN c",
    ),
    (
        "DDL-012-quoted-dotted-schema",
        DropColumn("t", "c", schema=quoted_name("s1.s2", True)),
        'ALTER TABLE "s1.s2".t DROP COLUMN c',
        "ALTER TABLE `s1.s2`.t DROP COLUMN c",
        'ALTER TABLE "s1.s2".t DROP COLUMN c',
    ),
    (
        "DDL-014-using",
        AlterColumn(
            "t", "c", type_=Integer(), existing_nullable=True, postgresql_using="c::integer"
        ),
        "ALTER TABLE t ALTER COLUMN c TYPE INTEGER USING c::integer",
        "ALTER TABLE t MODIFY c INTEGER NULL",
        REBUILD,
    ),
    (
        "DDL-025-false-keeps",
        AlterColumn("t", "c", server_default=False, comment=False, nullable=None, type_=None),
        None,
        None,
        None,
    ),
    (
        "DDL-026-027-all-in-one",
        AlterColumn(
            "t",
            "c",
            nullable=False,
            server_default="q",
            type_=String(5),
            comment="x",
            new_column_name="d",
        ),
        "ALTER TABLE t ALTER COLUMN c TYPE VARCHAR(5); ALTER TABLE t ALTER COLUMN c SET NOT NULL; "
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 'q'; COMMENT ON COLUMN t.c IS 'x'; "
        "ALTER TABLE t RENAME c TO d",
        "ALTER TABLE t CHANGE c d VARCHAR(5) NOT NULL DEFAULT 'q' COMMENT 'x'",
        REBUILD,
    ),
    (
        "DDL-028-LIM-042-nothing-to-do",
        AlterColumn("t", "c", existing_type=DateTime(), existing_nullable=True),
        None,
        None,
        None,
    ),
    (
        "DDL-029-type-bound-check",
        AlterColumn(
            "t",
            "c",
            existing_type=Integer(),
            type_=Boolean(create_constraint=True, name="ckb"),
            existing_nullable=True,
        ),
        "ALTER TABLE t ALTER COLUMN c TYPE BOOLEAN",
        "ALTER TABLE t MODIFY c BOOL NULL; ALTER TABLE t ADD CONSTRAINT ckb CHECK (c IN (0, 1))",
        REBUILD,
    ),
    (
        "DDL-029-type-bound-check-of-a-renamed-column",
        AlterColumn(
            "t",
            "c",
            existing_type=Integer(),
            type_=Enum("a", "b", name="cke", native_enum=False, create_constraint=True),
            new_column_name="d",
            existing_nullable=True,
        ),
        "ALTER TABLE t ALTER COLUMN c TYPE VARCHAR(1); "
        "ALTER TABLE t ADD CONSTRAINT cke CHECK (c IN ('a', 'b')); ALTER TABLE t RENAME c TO d",
        "ALTER TABLE t CHANGE c d VARCHAR(1) NULL; "
        "ALTER TABLE t ADD CONSTRAINT cke CHECK (d IN ('a', 'b'))",
        REBUILD,
    ),
    (
        "DDL-030-093-type-bound-check-dropped",
        AlterColumn(
            "t",
            "c",
            existing_type=Enum("a", "b", name="cke", native_enum=False, create_constraint=True),
            type_=String(9),
            existing_nullable=True,
        ),
        "ALTER TABLE t DROP CONSTRAINT cke; ALTER TABLE t ALTER COLUMN c TYPE VARCHAR(9)",
        "ALTER TABLE t DROP CONSTRAINT cke; ALTER TABLE t MODIFY c VARCHAR(9) NULL",
        REBUILD,
    ),
    (
        "DDL-030-type-bound-check-unnamed",
        AlterColumn(
            "t",
            "c",
            existing_type=Enum("a", "b", native_enum=False, create_constraint=True),
            type_=String(9),
            existing_nullable=True,
        ),
        UnsupportedChange,
        "ALTER TABLE t MODIFY c VARCHAR(9) NULL",
        REBUILD,
    ),
    (
        "DDL-032-using-without-type",
        AlterColumn(
            "t", "c", nullable=True, existing_type=Integer(), postgresql_using="c::integer"
        ),
        UnsupportedChange,
        "ALTER TABLE t MODIFY c INTEGER NULL",
        REBUILD,
    ),
    (
        "DDL-013-033-type-needed",
        AlterColumn("t", "c", nullable=False),
        "ALTER TABLE t ALTER COLUMN c SET NOT NULL",
        MissingFact,
        REBUILD,
    ),
    (
        "DDL-038-042-datetime-default",
        AlterColumn(
            "t",
            "c",
            server_default=text("CURRENT_TIMESTAMP"),
            existing_type=DateTime(),
            existing_nullable=False,
        ),
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT CURRENT_TIMESTAMP",
        "ALTER TABLE t CHANGE c c DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP",
        REBUILD,
    ),
    (
        "DDL-039-whole-column",
        AlterColumn(
            "t",
            "c",
            new_column_name="d",
            existing_type=Integer(),
            existing_nullable=False,
            existing_server_default="5",
            existing_comment="cm",
            existing_autoincrement=True,
        ),
        "ALTER TABLE t RENAME c TO d",
        "ALTER TABLE t CHANGE c d INTEGER NOT NULL AUTO_INCREMENT DEFAULT '5' COMMENT 'cm'",
        "ALTER TABLE t RENAME COLUMN c TO d",
    ),
    (
        "DDL-040-default-removed-inside-modify",
        AlterColumn("t", "c", nullable=True, server_default=None, existing_type=Integer()),
        "ALTER TABLE t ALTER COLUMN c DROP NOT NULL; ALTER TABLE t ALTER COLUMN c DROP DEFAULT",
        "ALTER TABLE t MODIFY c INTEGER NULL",
        REBUILD,
    ),
    (
        "DDL-041-043-identity-added",
        AlterColumn("t", "c", server_default=Identity(always=True, start=5)),
        "ALTER TABLE t ALTER COLUMN c ADD GENERATED ALWAYS AS IDENTITY (START WITH 5)",
        UnsupportedChange,
        REBUILD,
    ),
    (
        "DDL-044-identity-altered",
        AlterColumn(
            "t",
            "c",
            server_default=Identity(always=True, start=10, cache=5),
            existing_server_default=Identity(start=1),
        ),
        "ALTER TABLE t ALTER COLUMN c SET GENERATED ALWAYS SET CACHE 5 SET START WITH 10",
        UnsupportedChange,
        REBUILD,
    ),
    (
        "DDL-044-none-is-false",
        AlterColumn(
            "t",
            "c",
            server_default=Identity(always=False, cache=5),
            existing_server_default=Identity(),
        ),
        "ALTER TABLE t ALTER COLUMN c SET CACHE 5",
        UnsupportedChange,
        REBUILD,
    ),
    (
        "DDL-045-identity-dropped",
        AlterColumn("t", "c", server_default=None, existing_server_default=Identity()),
        "ALTER TABLE t ALTER COLUMN c DROP IDENTITY",
        UnsupportedChange,
        REBUILD,
    ),
    (
        "default-goes-before-the-type-that-it-can-not-be-cast-to",
        AlterColumn(
            "t",
            "c",
            type_=Integer(),
            server_default=text("1"),
            existing_server_default="a",
            existing_nullable=True,
        ),
        "ALTER TABLE t ALTER COLUMN c DROP DEFAULT; ALTER TABLE t ALTER COLUMN c TYPE INTEGER; "
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 1",
        "ALTER TABLE t MODIFY c INTEGER NULL DEFAULT 1",
        REBUILD,
    ),
)
@pytest.mark.filterwarnings("ignore:autoincrement of")
def test_alter_column(change: Change, dialect: str, expected: Expected) -> None:
    check(change, dialect, expected)


@rows(
    (
        "DDL-010-column-check",
        AddColumn("t", Column("c", Integer, CheckConstraint("c > 0", name="ckc"))),
        "ALTER TABLE t ADD COLUMN c INTEGER CONSTRAINT ckc CHECK (c > 0)",
        "ALTER TABLE t ADD COLUMN c INTEGER; ALTER TABLE t ADD CONSTRAINT ckc CHECK (c > 0)",
        "ALTER TABLE t ADD COLUMN c INTEGER CONSTRAINT ckc CHECK (c > 0)",
    ),
    (
        "DDL-052-default-and-null",
        AddColumn("t", Column("c", String(5), server_default="x", nullable=False)),
        "ALTER TABLE t ADD COLUMN c VARCHAR(5) DEFAULT 'x' NOT NULL",
        "ALTER TABLE t ADD COLUMN c VARCHAR(5) NOT NULL DEFAULT 'x'",
        "ALTER TABLE t ADD COLUMN c VARCHAR(5) DEFAULT 'x' NOT NULL",
    ),
    (
        "DDL-053-python-default",
        AddColumn("t", Column("c", Integer, default=5)),
        "ALTER TABLE t ADD COLUMN c INTEGER",
        "ALTER TABLE t ADD COLUMN c INTEGER",
        "ALTER TABLE t ADD COLUMN c INTEGER",
    ),
    (
        "DDL-054-foreign-key",
        AddColumn("t", Column("c", Integer, ForeignKey("o.id", name="fk", ondelete="CASCADE"))),
        "ALTER TABLE t ADD COLUMN c INTEGER; "
        "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(c) REFERENCES o (id) ON DELETE CASCADE",
        "ALTER TABLE t ADD COLUMN c INTEGER; "
        "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(c) REFERENCES o (id) ON DELETE CASCADE",
        "ALTER TABLE t ADD COLUMN c INTEGER CONSTRAINT fk REFERENCES o (id) ON DELETE CASCADE",
    ),
    (
        "DDL-055-LIM-032-LIM-033-inline-references",
        AddColumn(
            "t",
            Column("c", Integer, ForeignKey("s.o.id", name="fk", deferrable=True)),
            inline_references=True,
        ),
        "ALTER TABLE t ADD COLUMN c INTEGER CONSTRAINT fk REFERENCES s.o (id) DEFERRABLE",
        "ALTER TABLE t ADD COLUMN c INTEGER; "
        "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(c) REFERENCES s.o (id) DEFERRABLE",
        "ALTER TABLE t ADD COLUMN c INTEGER",
    ),
    (
        "DDL-056-primary-key-alone",
        AddColumn("t", Column("c", Integer, primary_key=True)),
        "ALTER TABLE t ADD COLUMN c SERIAL NOT NULL",
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL AUTO_INCREMENT",
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL",
    ),
    (
        "DDL-057-inline-primary-key",
        AddColumn("t", Column("c", Integer, primary_key=True), inline_primary_key=True),
        "ALTER TABLE t ADD COLUMN c SERIAL NOT NULL PRIMARY KEY",
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY",
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL PRIMARY KEY",
    ),
    (
        "DDL-057-flag-alone",
        AddColumn("t", Column("c", Integer), inline_primary_key=True),
        "ALTER TABLE t ADD COLUMN c INTEGER",
        "ALTER TABLE t ADD COLUMN c INTEGER",
        "ALTER TABLE t ADD COLUMN c INTEGER",
    ),
    (
        "DDL-058-LIM-056-unique",
        AddColumn("t", Column("c", Integer, unique=True)),
        "ALTER TABLE t ADD COLUMN c INTEGER; ALTER TABLE t ADD UNIQUE (c)",
        "ALTER TABLE t ADD COLUMN c INTEGER; ALTER TABLE t ADD UNIQUE (c)",
        "ALTER TABLE t ADD COLUMN c INTEGER; CREATE UNIQUE INDEX uq_t_c ON t (c)",
    ),
    (
        "DDL-059-index",
        AddColumn("t", Column("c", Integer, index=True)),
        "ALTER TABLE t ADD COLUMN c INTEGER; CREATE INDEX ix_t_c ON t (c)",
        "ALTER TABLE t ADD COLUMN c INTEGER; CREATE INDEX ix_t_c ON t (c)",
        "ALTER TABLE t ADD COLUMN c INTEGER; CREATE INDEX ix_t_c ON t (c)",
    ),
    (
        "DDL-060-type-bound-check",
        AddColumn("t", Column("c", Boolean(create_constraint=True, name="ckb"))),
        "ALTER TABLE t ADD COLUMN c BOOLEAN",
        "ALTER TABLE t ADD COLUMN c BOOL; ALTER TABLE t ADD CONSTRAINT ckb CHECK (c IN (0, 1))",
        "ALTER TABLE t ADD COLUMN c BOOLEAN CONSTRAINT ckb CHECK (c IN (0, 1))",
    ),
    (
        "DDL-061-comment",
        AddColumn("t", Column("c", Integer, comment="")),
        "ALTER TABLE t ADD COLUMN c INTEGER; COMMENT ON COLUMN t.c IS ''",
        "ALTER TABLE t ADD COLUMN c INTEGER COMMENT ''",
        "ALTER TABLE t ADD COLUMN c INTEGER",
    ),
    (
        "DDL-062-computed",
        AddColumn("t", Column("c", Integer, Computed("a + 1", persisted=True))),
        "ALTER TABLE t ADD COLUMN c INTEGER GENERATED ALWAYS AS (a + 1) STORED",
        "ALTER TABLE t ADD COLUMN c INTEGER GENERATED ALWAYS AS (a + 1) STORED",
        "ALTER TABLE t ADD COLUMN c INTEGER GENERATED ALWAYS AS (a + 1) STORED",
    ),
    (
        "DDL-063-identity",
        AddColumn("t", Column("c", Integer, Identity(start=5))),
        "ALTER TABLE t ADD COLUMN c INTEGER GENERATED BY DEFAULT AS IDENTITY (START WITH 5)",
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL",
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL",
    ),
    (
        "DDL-064-LIM-037-if-not-exists",
        AddColumn("t", Column("c", Integer), if_not_exists=True),
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS c INTEGER",
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "DDL-065-dialect-keywords",
        AddColumn(
            "t",
            Column("c", Integer, nullable=False, sqlite_on_conflict_not_null="FAIL"),
        ),
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL",
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL",
        "ALTER TABLE t ADD COLUMN c INTEGER NOT NULL ON CONFLICT FAIL",
    ),
    (
        "place",
        AddColumn("t", Column("c", Integer), insert_after="order"),
        UnsupportedChange,
        "ALTER TABLE t ADD COLUMN c INTEGER AFTER `order`",
        UnsupportedChange,
    ),
    (
        "LIM-052-new-enum",
        AddColumn("t", Column("c", Enum("a", "b", name="e", schema="s"))),
        "DO $do$ BEGIN IF to_regtype('s.e') IS NULL THEN CREATE TYPE s.e AS ENUM ('a', 'b'); "
        "ELSIF (SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum "
        "WHERE enumtypid = to_regtype('s.e')) IS DISTINCT FROM ARRAY['a', 'b']::text[] "
        "THEN RAISE EXCEPTION USING MESSAGE = 'enum s.e is there with other labels than asked "
        "for'; END IF; END $do$; ALTER TABLE t ADD COLUMN c s.e",
        "ALTER TABLE t ADD COLUMN c ENUM('a','b')",
        "ALTER TABLE t ADD COLUMN c VARCHAR(1)",
    ),
    (
        "DDL-011-drop",
        DropColumn("t", "c", schema="s", mssql_drop_default=True),
        "ALTER TABLE s.t DROP COLUMN c",
        "ALTER TABLE s.t DROP COLUMN c",
        "ALTER TABLE s.t DROP COLUMN c",
    ),
    (
        "DDL-011-drop-if-exists",
        DropColumn("t", "c", if_exists=True),
        "ALTER TABLE t DROP COLUMN IF EXISTS c",
        UnsupportedChange,
        UnsupportedChange,
    ),
)
def test_add_and_drop_column(change: Change, dialect: str, expected: Expected) -> None:
    check(change, dialect, expected)


@rows(
    (
        "DDL-072-073-table",
        CreateTable(
            "t",
            Column("id", Integer, primary_key=True),
            Column("e", Integer, comment="x"),
            Index("ix_e", "e"),
            comment="it's",
        ),
        "CREATE TABLE t ( id SERIAL NOT NULL, e INTEGER, PRIMARY KEY (id) ); "
        "CREATE INDEX ix_e ON t (e); COMMENT ON TABLE t IS 'it''s'; COMMENT ON COLUMN t.e IS 'x'",
        "CREATE TABLE t ( id INTEGER NOT NULL AUTO_INCREMENT, e INTEGER COMMENT 'x', "
        "PRIMARY KEY (id) )COMMENT='it''s'; CREATE INDEX ix_e ON t (e)",
        "CREATE TABLE t ( id INTEGER NOT NULL, e INTEGER, PRIMARY KEY (id) ); "
        "CREATE INDEX ix_e ON t (e)",
    ),
    (
        "DDL-074-foreign-keys",
        CreateTable(
            "a.b",
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("up", Integer, ForeignKey("a.b.id")),
            Column("o", Integer, ForeignKey("s.o.id")),
        ),
        'CREATE TABLE "a.b" ( id INTEGER NOT NULL, up INTEGER, o INTEGER, PRIMARY KEY (id), '
        'FOREIGN KEY(up) REFERENCES "a.b" (id), FOREIGN KEY(o) REFERENCES s.o (id) )',
        "CREATE TABLE `a.b` ( id INTEGER NOT NULL, up INTEGER, o INTEGER, PRIMARY KEY (id), "
        "FOREIGN KEY(up) REFERENCES `a.b` (id), FOREIGN KEY(o) REFERENCES s.o (id) )",
        'CREATE TABLE "a.b" ( id INTEGER NOT NULL, up INTEGER, o INTEGER, PRIMARY KEY (id), '
        'FOREIGN KEY(up) REFERENCES "a.b" (id) )',
    ),
    (
        "DDL-075-if-not-exists",
        CreateTable("t", Column("a", Integer), if_not_exists=True, prefixes=["TEMPORARY"]),
        "CREATE TEMPORARY TABLE IF NOT EXISTS t ( a INTEGER )",
        "CREATE TEMPORARY TABLE IF NOT EXISTS t ( a INTEGER )",
        "CREATE TEMPORARY TABLE IF NOT EXISTS t ( a INTEGER )",
    ),
    (
        "DDL-076-type-bound-check-once",
        CreateTable("t", Column("a", Boolean(create_constraint=True, name="ck"))),
        "CREATE TABLE t ( a BOOLEAN )",
        "CREATE TABLE t ( a BOOL, CONSTRAINT ck CHECK (a IN (0, 1)) )",
        "CREATE TABLE t ( a BOOLEAN, CONSTRAINT ck CHECK (a IN (0, 1)) )",
    ),
    (
        "LIM-096-use-alter",
        CreateTable("t", Column("a", Integer, ForeignKey("o.id", name="fk", use_alter=True))),
        "CREATE TABLE t ( a INTEGER ); "
        "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES o (id)",
        "CREATE TABLE t ( a INTEGER ); "
        "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES o (id)",
        "CREATE TABLE t ( a INTEGER, CONSTRAINT fk FOREIGN KEY(a) REFERENCES o (id) )",
    ),
    (
        "dialect-options-of-others-are-passed-over",
        CreateTable(
            "t",
            Column("a", Integer),
            mysql_engine="InnoDB",
            postgresql_tablespace="ts",
            sqlite_strict=True,
        ),
        "CREATE TABLE t ( a INTEGER ) TABLESPACE ts",
        "CREATE TABLE t ( a INTEGER )ENGINE=InnoDB",
        "CREATE TABLE t ( a INTEGER ) STRICT",
    ),
    (
        "DDL-078-drop",
        DropTable("t", schema="s", if_exists=True),
        "DROP TABLE IF EXISTS s.t",
        "DROP TABLE IF EXISTS s.t",
        "DROP TABLE IF EXISTS s.t",
    ),
    (
        "LIM-148-drop-with-its-enum",
        CreateTable("t", Column("a", Enum("x", name="e"))).reverse(),
        "DROP TABLE t; DO $do$ BEGIN IF to_regtype('e') IS NOT NULL AND NOT EXISTS (SELECT FROM "
        "pg_attribute a JOIN pg_type t ON t.oid = to_regtype('e') WHERE a.atttypid IN (t.oid, "
        "t.typarray) AND NOT a.attisdropped AND a.attnum > 0) THEN DROP TYPE e; END IF; END $do$",
        "DROP TABLE t",
        "DROP TABLE t",
    ),
    (
        "DDL-080-comment",
        CreateTableComment("t", "it's", schema="s"),
        "COMMENT ON TABLE s.t IS 'it''s'",
        "ALTER TABLE s.t COMMENT 'it''s'",
        None,
    ),
    (
        "DDL-081-LIM-057-no-comment",
        DropTableComment("t"),
        "COMMENT ON TABLE t IS NULL",
        "ALTER TABLE t COMMENT ''",
        None,
    ),
    (
        "LIM-058-schema",
        SetTableSchema("t", "b", schema="a"),
        "ALTER TABLE a.t SET SCHEMA b",
        "RENAME TABLE a.t TO b.t",
        UnsupportedChange,
    ),
)
def test_tables(change: Change, dialect: str, expected: Expected) -> None:
    check(change, dialect, expected)


@rows(
    (
        "DDL-082-096-primary-key",
        create_primary_key("pk", "t", ["a", "b"], schema="s"),
        "ALTER TABLE s.t ADD CONSTRAINT pk PRIMARY KEY (a, b)",
        "ALTER TABLE s.t ADD CONSTRAINT pk PRIMARY KEY (a, b)",
        REBUILD,
    ),
    (
        "DDL-083-unique",
        create_unique_constraint(
            "uq", "t", ["a"], deferrable=True, postgresql_nulls_not_distinct=True
        ),
        "ALTER TABLE t ADD CONSTRAINT uq UNIQUE NULLS NOT DISTINCT (a) DEFERRABLE",
        "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a) DEFERRABLE",
        REBUILD,
    ),
    (
        "DDL-084-foreign-key",
        create_foreign_key(
            "fk",
            "a",
            "b",
            ["x", "y"],
            ["p", "q"],
            onupdate="CASCADE",
            ondelete="SET NULL",
            initially="DEFERRED",
            source_schema="s",
            referent_schema="r",
            postgresql_not_valid=True,
        ),
        "ALTER TABLE s.a ADD CONSTRAINT fk FOREIGN KEY(x, y) REFERENCES r.b (p, q) "
        "ON DELETE SET NULL ON UPDATE CASCADE INITIALLY DEFERRED NOT VALID",
        "ALTER TABLE s.a ADD CONSTRAINT fk FOREIGN KEY(x, y) REFERENCES r.b (p, q) "
        "ON DELETE SET NULL ON UPDATE CASCADE INITIALLY DEFERRED",
        REBUILD,
    ),
    (
        "DDL-085-same-name-other-schema",
        create_foreign_key("fk", "a", "a", ["x"], ["p"], source_schema="s", referent_schema="r"),
        "ALTER TABLE s.a ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES r.a (p)",
        "ALTER TABLE s.a ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES r.a (p)",
        REBUILD,
    ),
    (
        "self-reference",
        create_foreign_key("fk", "a", "a", ["x"], ["id"]),
        "ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES a (id)",
        "ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES a (id)",
        REBUILD,
    ),
    (
        "DDL-086-match",
        create_foreign_key("fk", "a", "b", ["x"], ["p"], match="FULL"),
        "ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES b (p) MATCH FULL",
        UnsupportedChange,
        REBUILD,
    ),
    (
        "DDL-088-check-expression",
        create_check_constraint("ck", "t", column("a") > 5, postgresql_not_valid=True),
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 5) NOT VALID",
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 5)",
        REBUILD,
    ),
    (
        "DDL-088-check-text-with-colon-and-percent",
        create_check_constraint("ck", "t", "a <> ':x' AND a NOT LIKE '50%'"),
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a <> ':x' AND a NOT LIKE '50%')",
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a <> ':x' AND a NOT LIKE '50%')",
        REBUILD,
    ),
    (
        "DDL-089-090-exclude",
        create_exclude_constraint(
            "ex",
            "t",
            ("p", "&&"),
            (func.lower(column("g")), "="),
            where="p > 5",
            deferrable=True,
            initially="DEFERRED",
        ),
        "ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING gist (p WITH &&, lower(g) WITH =) "
        "WHERE (p > 5) DEFERRABLE INITIALLY DEFERRED",
        UnsupportedChange,
        REBUILD,
    ),
    (
        "DDL-095-unnamed",
        create_unique_constraint(None, "t", ["a"]),
        "ALTER TABLE t ADD UNIQUE (a)",
        "ALTER TABLE t ADD UNIQUE (a)",
        REBUILD,
    ),
    (
        "DDL-091-092-drop-foreign-key",
        DropConstraint("c", "t", "foreignkey", schema="s"),
        "ALTER TABLE s.t DROP CONSTRAINT c",
        "ALTER TABLE s.t DROP FOREIGN KEY c",
        REBUILD,
    ),
    (
        "DDL-092-drop-primary-key",
        DropConstraint("c", "t", "primary"),
        "ALTER TABLE t DROP CONSTRAINT c",
        "ALTER TABLE t DROP PRIMARY KEY",
        REBUILD,
    ),
    (
        "DDL-092-drop-unique",
        DropConstraint("c", "t", type_="unique"),
        "ALTER TABLE t DROP CONSTRAINT c",
        "ALTER TABLE t DROP INDEX c",
        REBUILD,
    ),
    (
        "DDL-092-drop-check",
        DropConstraint("c", "t", type_="check"),
        "ALTER TABLE t DROP CONSTRAINT c",
        "ALTER TABLE t DROP CONSTRAINT c",
        REBUILD,
    ),
    (
        "DDL-092-drop-without-kind",
        DropConstraint("c", "t"),
        "ALTER TABLE t DROP CONSTRAINT c",
        MissingFact,
        REBUILD,
    ),
    (
        "DDL-094-LIM-038-drop-if-exists",
        DropConstraint("c", "t", type_="check", if_exists=True),
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS c",
        UnsupportedChange,
        REBUILD,
    ),
    (
        "LIM-060-rename",
        RenameConstraint("a", "b", "t", schema="s"),
        "ALTER TABLE s.t RENAME CONSTRAINT a TO b",
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "LIM-060-validate",
        ValidateConstraint("a", "t"),
        "ALTER TABLE t VALIDATE CONSTRAINT a",
        UnsupportedChange,
        UnsupportedChange,
    ),
)
def test_constraints(change: Change, dialect: str, expected: Expected) -> None:
    check(change, dialect, expected)


@rows(
    (
        "DDL-098-index",
        CreateIndex("ix", "t", ["a", func.lower(column("b"))], schema="s", unique=True),
        "CREATE UNIQUE INDEX ix ON s.t (a, lower(b))",
        "CREATE UNIQUE INDEX ix ON s.t (a, (lower(b)))",
        "CREATE UNIQUE INDEX s.ix ON t (a, lower(b))",
    ),
    (
        "DDL-099-order-and-text",
        CreateIndex("ix", "t", [column("y").desc(), text("x desc")]),
        "CREATE INDEX ix ON t (y DESC, x desc)",
        "CREATE INDEX ix ON t (y DESC, x desc)",
        "CREATE INDEX ix ON t (y DESC, x desc)",
    ),
    (
        "DDL-100-104-options",
        CreateIndex(
            "ix",
            "t",
            ["a"],
            postgresql_concurrently=True,
            postgresql_using="gin",
            postgresql_include=["b"],
            postgresql_where=text("a > 1"),
            postgresql_ops={"a": "x_ops"},
            postgresql_with={"fillfactor": 50},
            postgresql_tablespace="ts",
            mysql_length=5,
            sqlite_where=text("a > 2"),
        ),
        "CREATE INDEX CONCURRENTLY ix ON t USING gin (a x_ops) INCLUDE (b) WITH (fillfactor = 50) "
        "TABLESPACE ts WHERE a > 1",
        "CREATE INDEX ix ON t (a(5))",
        "CREATE INDEX ix ON t (a) WHERE a > 2",
    ),
    (
        "DDL-100-include-none",
        CreateIndex("ix", "t", ["a"], postgresql_include=None, postgresql_nulls_not_distinct=True),
        "CREATE INDEX ix ON t (a) NULLS NOT DISTINCT",
        "CREATE INDEX ix ON t (a)",
        "CREATE INDEX ix ON t (a)",
    ),
    (
        "DDL-102-mysql-prefix",
        CreateIndex("ix", "t", ["a"], mysql_prefix="FULLTEXT", mysql_with_parser="ngram"),
        "CREATE INDEX ix ON t (a)",
        "CREATE FULLTEXT INDEX ix ON t (a) WITH PARSER ngram",
        "CREATE INDEX ix ON t (a)",
    ),
    (
        "DDL-105-if-not-exists",
        CreateIndex("ix", "t", ["a"], if_not_exists=True),
        "CREATE INDEX IF NOT EXISTS ix ON t (a)",
        UnsupportedChange,
        "CREATE INDEX IF NOT EXISTS ix ON t (a)",
    ),
    (
        "DDL-106-drop",
        DropIndex("ix", "t", schema="s", if_exists=False),
        "DROP INDEX s.ix",
        "DROP INDEX ix ON s.t",
        "DROP INDEX s.ix",
    ),
    (
        "DDL-106-drop-concurrently",
        DropIndex("ix", table_name="t", if_exists=True, postgresql_concurrently=True),
        "DROP INDEX CONCURRENTLY IF EXISTS ix",
        "SET @migrate_step = IF(EXISTS (SELECT 1 FROM information_schema.statistics "
        "WHERE table_schema = DATABASE() AND table_name = 't' AND index_name = 'ix'), "
        "'DROP INDEX ix ON t', 'DO 0'); PREPARE migrate_step FROM @migrate_step; "
        "EXECUTE migrate_step; DEALLOCATE PREPARE migrate_step",
        "DROP INDEX IF EXISTS ix",
    ),
    (
        "LIM-039-drop-without-table",
        DropIndex("ix"),
        "DROP INDEX ix",
        MissingFact,
        "DROP INDEX ix",
    ),
    (
        "LIM-060-rename",
        RenameIndex("a", "b", "t", schema="s"),
        "ALTER INDEX s.a RENAME TO b",
        "ALTER TABLE s.t RENAME INDEX a TO b",
        UnsupportedChange,
    ),
)
def test_indexes(change: Change, dialect: str, expected: Expected) -> None:
    check(change, dialect, expected)


@rows(
    (
        "enum-create",
        CreateEnum("mood", ["it's", "b%"], schema="s"),
        "CREATE TYPE s.mood AS ENUM ('it''s', 'b%')",
        None,
        None,
    ),
    (
        "enum-drop",
        DropEnum("Mood", if_exists=True),
        'DROP TYPE IF EXISTS "Mood"',
        None,
        None,
    ),
    (
        "enum-add-value",
        AddEnumValue("mood", "x", before="y", if_not_exists=True),
        "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'",
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "enum-add-value-after",
        AddEnumValue("mood", "x", after="y"),
        "ALTER TYPE mood ADD VALUE 'x' AFTER 'y'",
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "enum-rename-value",
        RenameEnumValue("mood", "a", "b"),
        "ALTER TYPE mood RENAME VALUE 'a' TO 'b'",
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "enum-replace",
        ReplaceEnum(
            "mood",
            ["a"],
            columns=[EnumColumn("t", "m", server_default="a"), EnumColumn("u", "n", array=True)],
            renamed={"b": "a"},
        ),
        "ALTER TYPE mood RENAME TO mood__old; CREATE TYPE mood AS ENUM ('a'); "
        "ALTER TABLE t ALTER COLUMN m DROP DEFAULT; "
        "ALTER TABLE t ALTER COLUMN m TYPE mood USING "
        "(CASE m::text WHEN 'b' THEN 'a' ELSE m::text END)::mood; "
        "ALTER TABLE t ALTER COLUMN m SET DEFAULT 'a'; "
        "ALTER TABLE u ALTER COLUMN n TYPE mood[] USING "
        "(array_replace(n::text[], 'b', 'a'))::mood[]; "
        "DROP TYPE mood__old",
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "enum-replace-without-columns",
        ReplaceEnum("mood", ["a"], renamed={"b": "a"}),
        MissingFact,
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "sequence-create",
        CreateSequence("sq", schema="s", start=5, increment=2, cycle=True, data_type=BigInteger()),
        "CREATE SEQUENCE s.sq AS BIGINT INCREMENT BY 2 START WITH 5 CYCLE",
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "sequence-alter",
        AlterSequence("sq", new_sequence_name="s2", increment=3, restart=True, owned_by="t.id"),
        "ALTER SEQUENCE sq INCREMENT BY 3 RESTART OWNED BY t.id; ALTER SEQUENCE sq RENAME TO s2",
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "sequence-order-is-oracles",
        CreateSequence("sq", order=True),
        "CREATE SEQUENCE sq",
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "sequence-order-alone",
        AlterSequence("sq", order=True),
        UnsupportedChange,
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "sequence-drop",
        DropSequence("sq", if_exists=True),
        "DROP SEQUENCE IF EXISTS sq",
        UnsupportedChange,
        UnsupportedChange,
    ),
    (
        "DDL-107-108-execute",
        ExecuteSQL("UPDATE t SET a = 'x\\:y'"),
        "UPDATE t SET a = 'x:y'",
        "UPDATE t SET a = 'x:y'",
        "UPDATE t SET a = 'x:y'",
    ),
    (
        "DDL-112-insert",
        BulkInsert(
            table("t", column("a", String), column("b", Integer)), [{"a": "it's", "b": None}]
        ),
        "INSERT INTO t (a, b) VALUES ('it''s', NULL)",
        "INSERT INTO t (a, b) VALUES ('it''s', NULL)",
        "INSERT INTO t (a, b) VALUES ('it''s', NULL)",
    ),
    (
        "DDL-109-percent-once",
        ExecuteSQL("UPDATE t SET a = '50%'"),
        "UPDATE t SET a = '50%'",
        "UPDATE t SET a = '50%'",
        "UPDATE t SET a = '50%'",
    ),
    (
        "copy-rows",
        CopyRows("a", "b", {"x": "y", "z": literal_column("1")}),
        "INSERT INTO b (x, z) SELECT y, 1 FROM a",
        "INSERT INTO b (x, z) SELECT y, 1 FROM a",
        "INSERT INTO b (x, z) SELECT y, 1 FROM a",
    ),
)
def test_enums_sequences_and_data(change: Change, dialect: str, expected: Expected) -> None:
    check(change, dialect, expected)


def test_autoincrement_means_something_on_mysql_only() -> None:
    """DDL-031: elsewhere it warns and says nothing."""
    change = AlterColumn(
        "t", "c", autoincrement=True, existing_type=Integer(), existing_nullable=False
    )

    with pytest.warns(UserWarning, match="MySQL only"):
        assert said(change, "postgresql") is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert said(change, "mysql") == "ALTER TABLE t MODIFY c INTEGER NOT NULL AUTO_INCREMENT"


def test_identity_columns_keep_their_json_and_arrays() -> None:
    """A type of a dialect goes through its own compiler."""
    change = AddColumn(
        "t", Column("c", JSON(none_as_null=True).with_variant(postgresql.JSONB(), "postgresql"))
    )

    assert said(change, "postgresql") == "ALTER TABLE t ADD COLUMN c JSONB"
    assert said(change, "mysql") == "ALTER TABLE t ADD COLUMN c JSON"


def test_add_constraint_takes_a_constraint_of_a_model() -> None:
    unique = UniqueConstraint("a", "b", name="uq")

    assert (
        said(AddConstraint("t", unique), "postgresql")
        == "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a, b)"
    )


NO = UnsupportedChange
LOW = CheckConstraint("VALUE < 9 AND VALUE % 2 = 0", name="low")


@rows(
    (
        "create-domain",
        CreateDomain(
            "po s", String(9), schema="s", default="a'b", not_null=True, collation="C", checks=[LOW]
        ),
        "CREATE DOMAIN s.\"po s\" AS VARCHAR(9) COLLATE \"C\" DEFAULT 'a''b' NOT NULL "
        "CONSTRAINT low CHECK (VALUE < 9 AND VALUE % 2 = 0)",
        NO,
        NO,
    ),
    (
        "create-domain-unless",
        CreateDomain("p", Integer, default=text("1"), if_not_exists=True),
        "DO $do$ BEGIN IF to_regtype('p') IS NULL THEN CREATE DOMAIN p AS INTEGER DEFAULT 1; "
        "END IF; END $do$",
        NO,
        NO,
    ),
    (
        "drop-domain",
        DropDomain("p", if_exists=True, cascade=True),
        "DROP DOMAIN IF EXISTS p CASCADE",
        NO,
        NO,
    ),
    (
        "alter-domain",
        AlterDomain("p", default=None, not_null=False, new_domain_name="q", schema="s"),
        "ALTER DOMAIN s.p DROP DEFAULT; ALTER DOMAIN s.p DROP NOT NULL; ALTER DOMAIN s.p RENAME TO q",
        NO,
        NO,
    ),
    (
        "alter-domain-default",
        AlterDomain("p", default="x"),
        "ALTER DOMAIN p SET DEFAULT 'x'",
        NO,
        NO,
    ),
    (
        "add-domain-constraint",
        AddDomainConstraint("p", CheckConstraint("VALUE > ':x'", postgresql_not_valid=True)),
        "ALTER DOMAIN p ADD CHECK (VALUE > ':x') NOT VALID",
        NO,
        NO,
    ),
    (
        "drop-domain-constraint",
        DropDomainConstraint("p", "lo w", if_exists=True),
        'ALTER DOMAIN p DROP CONSTRAINT IF EXISTS "lo w"',
        NO,
        NO,
    ),
    (
        "rename-domain-constraint",
        RenameDomainConstraint("p", "low", "lower"),
        "ALTER DOMAIN p RENAME CONSTRAINT low TO lower",
        NO,
        NO,
    ),
    (
        "validate-domain-constraint",
        ValidateDomainConstraint("p", "low"),
        "ALTER DOMAIN p VALIDATE CONSTRAINT low",
        NO,
        NO,
    ),
    (
        "create-composite-type",
        CreateCompositeType(
            "place", [Column("x y", Integer), Column("of", CompositeValue("Q", "s"))], schema="s"
        ),
        'CREATE TYPE s.place AS ("x y" INTEGER, "of" s."Q")',
        NO,
        NO,
    ),
    (
        "drop-composite-type",
        DropCompositeType("place", cascade=True),
        "DROP TYPE place CASCADE",
        NO,
        NO,
    ),
    ("rename-composite-type", RenameCompositeType("a", "b"), "ALTER TYPE a RENAME TO b", NO, NO),
    (
        "add-attribute",
        AddAttribute("place", Column("z", ARRAY(Integer)), cascade=True),
        "ALTER TYPE place ADD ATTRIBUTE z INTEGER[] CASCADE",
        NO,
        NO,
    ),
    (
        "drop-attribute",
        DropAttribute("place", "z", if_exists=True),
        "ALTER TYPE place DROP ATTRIBUTE IF EXISTS z",
        NO,
        NO,
    ),
    (
        "alter-attribute",
        AlterAttribute("place", "x", type_=BigInteger, new_attribute_name="y"),
        "ALTER TYPE place ALTER ATTRIBUTE x TYPE BIGINT; ALTER TYPE place RENAME ATTRIBUTE x TO y",
        NO,
        NO,
    ),
    (
        "grant",
        GrantPrivileges(["select", "update"], "t", "a b", columns=["x"], grantable=True),
        'GRANT SELECT (x), UPDATE (x) ON t TO "a b" WITH GRANT OPTION',
        "GRANT SELECT (x), UPDATE (x) ON t TO `a b` WITH GRANT OPTION",
        NO,
    ),
    (
        "grant-function",
        GrantPrivileges(["EXECUTE"], "f", "public", kind="function", arguments="a int = 1"),
        "GRANT EXECUTE ON FUNCTION f(a int) TO public",
        "GRANT EXECUTE ON FUNCTION f TO public",
        NO,
    ),
    (
        "grant-to-a-user",
        GrantPrivileges(["SELECT"], "s", "'who'@'%'", kind="sequence"),
        "GRANT SELECT ON SEQUENCE s TO 'who'@'%'",
        "GRANT SELECT ON s TO 'who'@'%'",
        NO,
    ),
    (
        "grant-schema",
        GrantPrivileges(["CREATE"], "a_b", "reader", kind="schema"),
        "GRANT CREATE ON SCHEMA a_b TO reader",
        r"GRANT CREATE ON `a\_b`.* TO reader",
        NO,
    ),
    (
        "grant-type",
        GrantPrivileges(["USAGE"], "place", "reader", kind="type", schema="s"),
        "GRANT USAGE ON TYPE s.place TO reader",
        NO,
        NO,
    ),
    (
        "revoke",
        RevokePrivileges(["ALL"], "t", "reader", schema="s"),
        "REVOKE ALL ON s.t FROM reader",
        "REVOKE ALL ON s.t FROM reader",
        NO,
    ),
    (
        "revoke-grantable",
        RevokePrivileges(["SELECT"], "t", "reader", existing_grantable=True),
        "REVOKE SELECT ON t FROM reader",
        "REVOKE SELECT, GRANT OPTION ON t FROM reader",
        NO,
    ),
    (
        "revoke-cascade",
        RevokePrivileges(["SELECT"], "t", "reader", cascade=True),
        "REVOKE SELECT ON t FROM reader CASCADE",
        NO,
        NO,
    ),
    (
        "refresh",
        RefreshMaterializedView("totals", schema="s", concurrently=True),
        "REFRESH MATERIALIZED VIEW CONCURRENTLY s.totals",
        NO,
        NO,
    ),
    (
        "refresh-no-data",
        RefreshMaterializedView("totals", with_data=False),
        "REFRESH MATERIALIZED VIEW totals WITH NO DATA",
        NO,
        NO,
    ),
)
def test_domains_composite_types_privileges_refreshes(
    change: Change, dialect: str, expected: Expected
) -> None:
    check(change, dialect, expected)


@pytest.mark.parametrize(
    ("change", "dialect", "expected"),
    [
        (
            GrantPrivileges(["SELECT"], "t", "r", schema="s", columns=["a"]),
            "mssql",
            "GRANT SELECT (a) ON s.t TO r",
        ),
        (RevokePrivileges(["EXECUTE"], "f", "r", kind="function"), "mssql", "REVOKE EXECUTE ON OBJECT::f FROM r"),
        (GrantPrivileges(["SELECT"], "s", "r", kind="schema"), "mssql", "GRANT SELECT ON SCHEMA::s TO r"),
        (GrantPrivileges(["SELECT"], "q", "r", kind="sequence"), "oracle", "GRANT SELECT ON q TO r"),
        (GrantPrivileges(["SELECT"], "s", "r", kind="schema"), "oracle", NO),
        (RevokePrivileges(["UPDATE"], "t", "r", columns=["a"]), "oracle", NO),
        (RefreshMaterializedView("v", schema="s"), "oracle", "BEGIN DBMS_MVIEW.REFRESH('s.v'); END;"),
        (RefreshMaterializedView("v"), "mssql", NO),
    ],
)  # fmt: skip
def test_privileges_and_refreshes_by_the_manuals(
    change: Change, dialect: str, expected: Expected
) -> None:
    made: Any = make_url(f"{dialect}://").get_dialect()(paramstyle="named")
    if isinstance(expected, type):
        with pytest.raises(expected):
            change.compile(dialect=made)
    else:
        assert str(change.compile(dialect=made)) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: GrantPrivileges(["SELECT ON t TO me; DROP TABLE t --"], "t", "r"),
        lambda: GrantPrivileges("SELECT", "t", "r"),
        lambda: GrantPrivileges([], "t", "r"),
        lambda: GrantPrivileges(["USAGE"], "s", "r", kind="schema", columns=["a"]),
        lambda: GrantPrivileges(["USAGE"], "s", "r", kind="role"),
        lambda: RevokePrivileges(["USAGE"], "s", ""),
        lambda: RefreshMaterializedView("v", concurrently=True, with_data=False),
        lambda: CreateDomain("d", "integer"),
        lambda: CreateCompositeType("c", Column("x", Integer)),
    ],
)
def test_what_they_cant_mean_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(WrongValue):
        wrong()


MARIADB = make_url("mariadb://").get_dialect()()


@pytest.mark.parametrize(
    ("element", "text"),
    [
        pytest.param("a", "a", id="column"),
        pytest.param(column("a").desc(), "a DESC", id="descending"),
        pytest.param(text("`odd ( x`(5) desc"), "`odd ( x`(5) desc", id="text-with-length"),
        pytest.param(func.lower(column("a")), None, id="function"),
        pytest.param(func.lower(column("a")).desc(), None, id="function-descending"),
        pytest.param(column("a") + 1, None, id="operator"),
        pytest.param(text("lower(a)"), None, id="text-of-a-function"),
        pytest.param(text("(a)"), None, id="text-in-brackets"),
    ],
)
def test_mariadb_has_no_index_of_an_expression(element: Any, text: str | None) -> None:
    change = CreateIndex("ix", "t", [element])

    if text is None:
        with pytest.raises(UnsupportedChange, match="no indexes over expressions"):
            change.compile(dialect=MARIADB)
    else:
        assert str(change.compile(dialect=MARIADB)) == f"CREATE INDEX ix ON t ({text})"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            AlterColumn("t", "c", server_default=Computed("a + 1")),
            "alter column t.c: default computed (a + 1)",
            id="computed",
        ),
        pytest.param(
            AlterColumn("t", "c", server_default=Identity(always=True)),
            "alter column t.c: default identity always",
            id="identity",
        ),
        pytest.param(
            create_exclude_constraint("ex", "t", ("a", "="), (func.lower(column("b")), "&&")),
            "add exclude ex (a with =, lower(b) with &&) to t",
            id="exclude",
        ),
        pytest.param(
            create_check_constraint("ck", "t", column("a") > 5),
            "add check ck (a > 5) to t",
            id="check",
        ),
        pytest.param(
            CreateIndex("ix", "t", [column("a") + 1, text("b\nDESC")]),
            "create index ix on t (a + 1, b DESC)",
            id="index",
        ),
        pytest.param(
            SetTableSchema("t", None, schema="s"),
            "move table s.t to the default schema",
            id="default-schema",
        ),
    ],
)
def test_a_description_shows_what_is_meant(change: Change, said: str) -> None:
    assert change.describe() == said


def test_postgresql_17_computes_a_column_anew() -> None:
    """LIM-049; older servers, and none, are refused with the mend."""
    change = AlterColumn(
        "t",
        "c",
        server_default=Computed("a + 2"),
        existing_server_default=Computed("a + 1"),
    )
    dialect: Any = postgresql.dialect()
    dialect.server_version_info = (17, 2)

    assert str(change.compile(dialect=dialect)) == (
        "ALTER TABLE t ALTER COLUMN c SET EXPRESSION AS (a + 2)"
    )
    dialect.server_version_info = (15, 4)
    with pytest.raises(UnsupportedChange, match="from PostgreSQL 17 on"):
        change.compile(dialect=dialect)
