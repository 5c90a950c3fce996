"""What Oracle is told, by its manual: no server is here.

The ids name the row of the acceptance list that a case answers. Where Alembic writes
something else for the same call, the reason stands beside the case.
"""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from ddl_constructs import (
    AddColumn,
    AddEnumValue,
    AlterColumn,
    AlterSequence,
    BulkInsert,
    Change,
    CopyRows,
    CreateFunction,
    CreateIndex,
    CreateProcedure,
    CreateSequence,
    CreateTable,
    CreateTableComment,
    CreateTrigger,
    CreateView,
    DDLConstructsError,
    DropColumn,
    DropConstraint,
    DropFunction,
    DropIndex,
    DropProcedure,
    DropSequence,
    DropTable,
    DropTableComment,
    DropTrigger,
    DropView,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    SetTableSchema,
    UnsupportedChange,
    ValidateConstraint,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
    traits,
)
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    column,
    func,
    table,
    text,
)
from sqlalchemy.dialects import oracle
from sqlalchemy.exc import SAWarning
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import quoted_name


def server(*version: int) -> Any:
    dialect: Any = oracle.dialect(paramstyle="named")
    if version:
        dialect.server_version_info = version
    return dialect


OFFLINE = server()
OF_ORACLE = "oracle_" if hasattr(Identity, "dialect_kwargs") else ""  # SQLAlchemy 2.1
ORA_19 = server(19, 3)
ORA_23 = server(23, 4)


def pieces(change: Change, dialect: Any = OFFLINE) -> list[str]:
    """Give the statements of a change, each as the server is sent it."""
    written = []
    for piece in change.statements(dialect):
        options = {} if isinstance(piece, Change) else {"literal_binds": True}
        compiled: Any = piece
        written.append(str(compiled.compile(dialect=dialect, compile_kwargs=options)).strip())
    return written


def lines(sql: str) -> str:
    return " ".join(sql.split())


def c(*items: SchemaItem, **kw: Any) -> Column[Any]:
    return Column("c", Integer, *items, **kw)


def case(name: str, change: Change, *expected: str, dialect: Any = OFFLINE) -> Any:
    return pytest.param(change, dialect, list(expected), id=name)


CURRENT = "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')"


def block(where: str, there: bool, statement: str, owner: str = f"owner = {CURRENT}") -> str:
    """Write the PL/SQL that executes a statement if something is there, or isn't."""
    return lines(f"""
        DECLARE
          found PLS_INTEGER;
        BEGIN
          SELECT COUNT(*) INTO found FROM {where.replace("WHERE", f"WHERE {owner} AND")};
          IF found {">" if there else "="} 0 THEN
            EXECUTE IMMEDIATE {statement};
          END IF;
        END;""")


T_C = "all_tab_cols WHERE table_name = 'T' AND column_name = 'C'"
IX = "all_indexes WHERE index_name = 'IX'"
Q = "all_sequences WHERE sequence_name = 'Q'"
IN_SEQUENCES = f"sequence_owner = {CURRENT}"

TEXTS = [
    case("DDL-001-rename", RenameTable("a", "b", schema="s"), "ALTER TABLE s.a RENAME TO b"),
    case(
        "DDL-003-not-null",
        AlterColumn("t", "c", nullable=False),
        "ALTER TABLE t MODIFY c NOT NULL",
    ),
    case("DDL-003-null", AlterColumn("t", "c", nullable=True), "ALTER TABLE t MODIFY c NULL"),
    # Alembic writes the MODIFY, which the server answers with ORA-01442
    case(
        "DDL-003-not-null-already", AlterColumn("t", "c", nullable=False, existing_nullable=False)
    ),
    case(
        "DDL-003-nullable-already",
        AlterColumn("t", "c", nullable=True, existing_nullable=True, type_=BigInteger()),
        "ALTER TABLE t MODIFY c NUMBER(19)",
    ),
    case(
        "DDL-004-type",
        AlterColumn("t", "c", type_=BigInteger, schema="s"),
        "ALTER TABLE s.t MODIFY c NUMBER(19)",
    ),
    # ALTER TABLE, modify_col_properties: a LONG becomes a CLOB
    case(
        "DDL-004-long",
        AlterColumn("t", "c", type_=Text(), existing_type=oracle.LONG()),
        "ALTER TABLE t MODIFY c CLOB",
    ),
    case(
        "DDL-005-column-name",
        AlterColumn("t", "c", new_column_name="D d", schema="s"),
        'ALTER TABLE s.t RENAME COLUMN c TO "D d"',
    ),
    case(
        "DDL-006-default-string",
        AlterColumn("t", "c", server_default="it's:x 50%"),
        "ALTER TABLE t MODIFY c DEFAULT 'it''s:x 50%'",
    ),
    case(
        "DDL-006-default-text",
        AlterColumn("t", "c", server_default=text("sysdate")),
        "ALTER TABLE t MODIFY c DEFAULT sysdate",
    ),
    case(
        "DDL-006-default-dropped",
        AlterColumn("t", "c", server_default=None, existing_server_default="x"),
        "ALTER TABLE t MODIFY c DEFAULT NULL",
    ),
    # Alembic says NOT NULL beside it; the default has it (ORA-30665 to ORA-30667)
    case(
        "DDL-006-default-on-null",
        AlterColumn("t", "c", server_default=text("ON NULL 5"), nullable=False),
        "ALTER TABLE t MODIFY c DEFAULT ON NULL 5",
    ),
    case(
        "DDL-006-default-no-longer-on-null",
        AlterColumn(
            "t",
            "c",
            server_default="x",
            existing_server_default=text("on null 'y'"),
            existing_nullable=False,
        ),
        "ALTER TABLE t MODIFY c DEFAULT 'x' NOT NULL",
    ),
    case(
        "DDL-006-default-on-null-goes-with-its-not-null",
        AlterColumn(
            "t",
            "c",
            server_default=None,
            existing_server_default=text("ON NULL 5"),
            nullable=True,
            existing_nullable=False,
        ),
        "ALTER TABLE t MODIFY c DEFAULT NULL",
    ),
    # Alembic drops the schema and the quotes; LIM-048
    case(
        "LIM-048-comment",
        AlterColumn("T a", "c", comment="it's", schema="S b"),
        "COMMENT ON COLUMN \"S b\".\"T a\".c IS 'it''s'",
    ),
    case(
        "DDL-007-comment-dropped",
        AlterColumn("t", "c", comment=None),
        "COMMENT ON COLUMN t.c IS ''",
    ),
    case(
        "DDL-009-identity-altered",
        AlterColumn(
            "t",
            "c",
            server_default=Identity(always=True, start=3, cycle=False),
            existing_server_default=Identity(),
        ),
        "ALTER TABLE t MODIFY c GENERATED ALWAYS AS IDENTITY (START WITH 3 NOCYCLE)",
    ),
    case(
        "DDL-009-identity-nothing-stated",
        AlterColumn("t", "c", server_default=Identity()),
        "ALTER TABLE t MODIFY c GENERATED BY DEFAULT AS IDENTITY",
    ),
    # Alembic writes CACHE 0 (ORA-04010)
    case(
        "DDL-009-identity-not-cached",
        AlterColumn("t", "c", server_default=Identity(cache=0)),
        "ALTER TABLE t MODIFY c GENERATED BY DEFAULT AS IDENTITY (NOCACHE)",
    ),
    case(
        "DDL-009-identity-on-null",
        AlterColumn(
            "t",
            "c",
            server_default=Identity(**{f"{OF_ORACLE}on_null": True, f"{OF_ORACLE}order": True}),
        ),
        "ALTER TABLE t MODIFY c GENERATED BY DEFAULT ON NULL AS IDENTITY (ORDER)",
    ),
    case(
        "DDL-009-identity-dropped",
        AlterColumn("t", "c", server_default=None, existing_server_default=Identity()),
        "ALTER TABLE t MODIFY c DROP IDENTITY",
    ),
    case("DDL-010-add", AddColumn("t", c()), "ALTER TABLE t ADD c INTEGER"),
    case("DDL-011-drop", DropColumn("t", "c"), "ALTER TABLE t DROP COLUMN c"),
    # Alembic writes DROP COLUMN IF EXISTS, which the server doesn't know
    case(
        "DDL-011-drop-if-exists",
        DropColumn("t", "c", if_exists=True),
        block(T_C, True, "'ALTER TABLE t DROP COLUMN c'"),
    ),
    case(
        "DDL-012-schema-quoted",
        DropColumn("T a", "c", schema=quoted_name("s1.s2", True)),
        'ALTER TABLE "s1.s2"."T a" DROP COLUMN c',
    ),
    # Alembic writes a MODIFY an aspect; as each commits, one that has them all can't stop
    # half way
    case(
        "DDL-026-order",
        AlterColumn(
            "t",
            "c",
            type_=String(3),
            nullable=False,
            server_default="q",
            comment="x",
            new_column_name="z",
        ),
        "ALTER TABLE t MODIFY c VARCHAR2(3 CHAR) DEFAULT 'q' NOT NULL",
        "COMMENT ON COLUMN t.c IS 'x'",
        "ALTER TABLE t RENAME COLUMN c TO z",
    ),
    case("DDL-028-nothing", AlterColumn("t", "c", existing_type=Integer())),
    case(
        "DDL-029-checks-of-types",
        AlterColumn(
            "t",
            "c",
            type_=Enum("a", name="new", native_enum=False, create_constraint=True),
            existing_type=Enum("b", name="old", native_enum=False, create_constraint=True),
            new_column_name="d",
        ),
        "ALTER TABLE t DROP CONSTRAINT old",
        "ALTER TABLE t MODIFY c VARCHAR(1 CHAR)",
        "ALTER TABLE t RENAME COLUMN c TO d",
        "ALTER TABLE t ADD CONSTRAINT new CHECK (d IN ('a'))",
    ),
    case(
        "DDL-032-using-is-passed-over",
        AlterColumn("t", "c", type_=Integer(), postgresql_using="c::int"),
        "ALTER TABLE t MODIFY c INTEGER",
    ),
    case(
        "DDL-052-default-and-nullability",
        AddColumn("t", Column("c", String(5), server_default="x", nullable=False)),
        "ALTER TABLE t ADD c VARCHAR2(5 CHAR) DEFAULT 'x' NOT NULL",
    ),
    case(
        "DDL-054-foreign-key-apart",
        AddColumn("t", c(ForeignKey("r.id", name="fk", ondelete="SET NULL"))),
        "ALTER TABLE t ADD c INTEGER",
        "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(c) REFERENCES r (id) ON DELETE SET NULL",
    ),
    # Alembic writes neither the reference nor a second statement
    case(
        "LIM-031-inline-references",
        AddColumn("t", c(ForeignKey("r.id", name="fk")), inline_references=True),
        "ALTER TABLE t ADD c INTEGER CONSTRAINT fk REFERENCES r (id)",
    ),
    # Alembic leaves PRIMARY KEY out
    case(
        "LIM-034-inline-primary-key",
        AddColumn("t", c(primary_key=True), inline_primary_key=True),
        "ALTER TABLE t ADD c INTEGER NOT NULL PRIMARY KEY",
    ),
    # Alembic leaves the CHECK out
    case(
        "LIM-035-column-check",
        AddColumn("t", c(CheckConstraint("c > 0", name="ck"))),
        "ALTER TABLE t ADD c INTEGER CONSTRAINT ck CHECK (c > 0)",
    ),
    case(
        "DDL-058-unique",
        AddColumn("t", c(unique=True)),
        "ALTER TABLE t ADD c INTEGER",
        "ALTER TABLE t ADD UNIQUE (c)",
    ),
    case(
        "DDL-059-index",
        AddColumn("t", c(index=True), schema="s"),
        "ALTER TABLE s.t ADD c INTEGER",
        "CREATE INDEX s.ix_s_t_c ON s.t (c)",
    ),
    case(
        "DDL-061-comment",
        AddColumn("t", c(comment="x"), schema="s"),
        "ALTER TABLE s.t ADD c INTEGER",
        "COMMENT ON COLUMN s.t.c IS 'x'",
    ),
    case(
        "DDL-062-computed",
        AddColumn("t", c(Computed("a + 1"))),
        "ALTER TABLE t ADD c INTEGER GENERATED ALWAYS AS (a + 1)",
    ),
    case(
        "DDL-063-identity",
        AddColumn("t", c(Identity(start=5))),
        "ALTER TABLE t ADD c INTEGER GENERATED BY DEFAULT AS IDENTITY (START WITH 5)",
    ),
    # Alembic leaves IF NOT EXISTS out
    case(
        "LIM-036-add-column-if-not-exists",
        AddColumn("t", Column("c", String(5), server_default="it's"), if_not_exists=True),
        block(T_C, False, "'ALTER TABLE t ADD c VARCHAR2(5 CHAR) DEFAULT ''it''''s'''"),
    ),
    case(
        "LIM-036-names-as-the-dictionary-has-them",
        AddColumn("it's", Column("C", Integer), schema="s", if_not_exists=True),
        block(
            "all_tab_cols WHERE table_name = 'it''s' AND column_name = 'C'",
            False,
            "'ALTER TABLE s.\"it''s\" ADD \"C\" INTEGER'",
            owner="owner = 'S'",
        ),
    ),
    # 23ai guards the table, not the column
    case(
        "LIM-036-add-column-if-not-exists-23",
        AddColumn("t", c(), if_not_exists=True),
        block(T_C, False, "'ALTER TABLE t ADD c INTEGER'"),
        dialect=ORA_23,
    ),
    case(
        "DDL-069-options-of-others",
        DropColumn("t", "c", mssql_drop_default=True),
        "ALTER TABLE t DROP COLUMN c",
    ),
    case(
        "DDL-072-create-table",
        CreateTable(
            "t",
            Column("id", Integer, Identity(start=5), primary_key=True),
            Column("a", String(5), comment="x"),
            Index("ix", "a"),
            schema="s",
            comment="y",
        ),
        "CREATE TABLE s.t ( id INTEGER GENERATED BY DEFAULT AS IDENTITY (START WITH 5), "
        "a VARCHAR2(5 CHAR), PRIMARY KEY (id) )",
        "CREATE INDEX s.ix ON s.t (a)",
        "COMMENT ON TABLE s.t IS 'y'",
        "COMMENT ON COLUMN s.t.a IS 'x'",
    ),
    # Alembic writes IF NOT EXISTS, which servers before 23ai don't know
    case(
        "LIM-036-create-table-if-not-exists",
        CreateTable("t", Column("a", Integer), if_not_exists=True),
        block("all_tables WHERE table_name = 'T'", False, "'CREATE TABLE t ( a INTEGER )'"),
    ),
    case(
        "LIM-036-create-table-if-not-exists-19",
        CreateTable("t", Column("a", Integer), if_not_exists=True),
        block("all_tables WHERE table_name = 'T'", False, "'CREATE TABLE t ( a INTEGER )'"),
        dialect=ORA_19,
    ),
    case(
        "LIM-036-create-table-if-not-exists-23",
        CreateTable("t", Column("a", Integer), if_not_exists=True),
        "CREATE TABLE IF NOT EXISTS t ( a INTEGER )",
        dialect=ORA_23,
    ),
    case("DDL-078-drop-table", DropTable("t", schema="s"), "DROP TABLE s.t"),
    case(
        "DDL-078-if-exists",
        DropTable("t", if_exists=True),
        block("all_tables WHERE table_name = 'T'", True, "'DROP TABLE t'"),
    ),
    case(
        "DDL-078-with-the-foreign-keys-to-it",
        DropTable("t", schema="s", oracle_cascade_constraints=True, oracle_purge=True),
        "DROP TABLE s.t CASCADE CONSTRAINTS PURGE",
    ),
    case(
        "DDL-078-if-exists-with-the-foreign-keys-to-it",
        DropTable("t", if_exists=True, oracle_cascade_constraints=True),
        block("all_tables WHERE table_name = 'T'", True, "'DROP TABLE t CASCADE CONSTRAINTS'"),
    ),
    case(
        "DDL-067-with-the-foreign-keys-to-it",
        DropColumn("t", "c", oracle_cascade_constraints=True),
        "ALTER TABLE t DROP COLUMN c CASCADE CONSTRAINTS",
    ),
    case(
        "DDL-078-if-exists-23",
        DropTable("t", if_exists=True),
        "DROP TABLE IF EXISTS t",
        dialect=ORA_23,
    ),
    case(
        "DDL-080-comment",
        CreateTableComment("t", "it's", schema="s"),
        "COMMENT ON TABLE s.t IS 'it''s'",
    ),
    case("DDL-081-no-comment", DropTableComment("t"), "COMMENT ON TABLE t IS ''"),
    case(
        "DDL-082-primary-key",
        create_primary_key("pk", "t", ["a", "b"]),
        "ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a, b)",
    ),
    case(
        "DDL-083-unique",
        create_unique_constraint("uq", "t", ["a"], deferrable=True, initially="DEFERRED"),
        "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a) DEFERRABLE INITIALLY DEFERRED",
    ),
    case(
        "DDL-084-foreign-key",
        create_foreign_key("fk", "a", "b", ["x"], ["y"], ondelete="cascade", source_schema="s"),
        "ALTER TABLE s.a ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES b (y) ON DELETE cascade",
    ),
    case(
        "DDL-088-check",
        create_check_constraint("ck", "t", "a > ':x'"),
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > ':x')",
    ),
    case("DDL-091-drop", DropConstraint("ck", "t", "check"), "ALTER TABLE t DROP CONSTRAINT ck"),
    # Alembic writes DROP CONSTRAINT IF EXISTS, which the server doesn't know
    case(
        "DDL-094-drop-if-exists",
        DropConstraint("C k", "t", "check", schema="s", if_exists=True),
        block(
            "all_constraints WHERE table_name = 'T' AND constraint_name = 'C k'",
            True,
            "'ALTER TABLE s.t DROP CONSTRAINT \"C k\"'",
            owner="owner = 'S'",
        ),
    ),
    case(
        "DDL-098-expression",
        CreateIndex("ix", "t", ["a", func.lower(column("b")), column("d").desc()], unique=True),
        "CREATE UNIQUE INDEX ix ON t (a, lower(b), d DESC)",
    ),
    case(
        "DDL-103-options",
        CreateIndex("ix", "t", ["a"], oracle_bitmap=True, oracle_compress=1, schema="s"),
        "CREATE BITMAP INDEX s.ix ON s.t (a) COMPRESS 1",
    ),
    # Alembic leaves IF NOT EXISTS out
    case(
        "LIM-036-create-index-if-not-exists",
        CreateIndex("ix", "t", ["a"], if_not_exists=True),
        block(IX, False, "'CREATE INDEX ix ON t (a)'"),
    ),
    case(
        "LIM-036-create-index-if-not-exists-23",
        CreateIndex("ix", "t", ["a"], unique=True, if_not_exists=True),
        "CREATE UNIQUE INDEX IF NOT EXISTS ix ON t (a)",
        dialect=ORA_23,
    ),
    case("DDL-106-drop-index", DropIndex("ix", schema="s"), "DROP INDEX s.ix"),
    case(
        "DDL-106-if-exists",
        DropIndex("ix", "t", if_exists=True),
        block(IX, True, "'DROP INDEX ix'"),
    ),
    case(
        "DDL-106-if-exists-23",
        DropIndex("ix", "t", if_exists=True),
        "DROP INDEX IF EXISTS ix",
        dialect=ORA_23,
    ),
    case(
        "DDL-115-date",
        BulkInsert(table("t", column("d", Date())), [{"d": date(2024, 2, 29)}, {"d": None}]),
        "INSERT INTO t (d) VALUES (TO_DATE('2024-02-29', 'YYYY-MM-DD'))",
        "INSERT INTO t (d) VALUES (NULL)",
    ),
    case("copy-rows", CopyRows("a", "b", {"x": "y"}), "INSERT INTO b (x) SELECT y FROM a"),
    case(
        "LIM-049-virtual-column",
        AlterColumn(
            "t", "c", server_default=Computed("a + 2"), existing_server_default=Computed("a + 1")
        ),
        "ALTER TABLE t MODIFY c GENERATED ALWAYS AS (a + 2)",
    ),
    case(
        "LIM-060-rename-constraint",
        RenameConstraint("ck_a", "ck_b", "t", schema="s"),
        "ALTER TABLE s.t RENAME CONSTRAINT ck_a TO ck_b",
    ),
    case(
        "LIM-060-rename-index",
        RenameIndex("ix_a", "ix_b", schema="s"),
        "ALTER INDEX s.ix_a RENAME TO ix_b",
    ),
    case(
        "LIM-059-create-sequence",
        CreateSequence("q", start=3, increment=2, cycle=False, schema="s"),
        "CREATE SEQUENCE s.q INCREMENT BY 2 START WITH 3 NOCYCLE",
    ),
    # Alembic writes CACHE 0 (ORA-04010), in a new column and a new table too
    case(
        "DDL-063-identity-not-cached",
        AddColumn("t", c(Identity(cache=1))),
        "ALTER TABLE t ADD c INTEGER GENERATED BY DEFAULT AS IDENTITY (NOCACHE)",
    ),
    case(
        "DDL-071-identity-not-cached",
        CreateTable("t", c(Identity(start=1, cache=0))),
        "CREATE TABLE t ( c INTEGER GENERATED BY DEFAULT AS IDENTITY (START WITH 1 NOCACHE) )",
    ),
    case("LIM-059-sequence-order", CreateSequence("q", order=True), "CREATE SEQUENCE q ORDER"),
    case(
        "LIM-059-sequence-no-order",
        AlterSequence("q", cache=0, order=False),
        "ALTER SEQUENCE q NOCACHE NOORDER",
    ),
    case("LIM-059-sequence-without-cache", AlterSequence("q", cache=0), "ALTER SEQUENCE q NOCACHE"),
    case(
        "LIM-059-create-sequence-if-not-exists",
        CreateSequence("q", if_not_exists=True),
        block(Q, False, "'CREATE SEQUENCE q'", owner=IN_SEQUENCES),
    ),
    case(
        "LIM-059-create-sequence-if-not-exists-23",
        CreateSequence("q", if_not_exists=True),
        "CREATE SEQUENCE IF NOT EXISTS q",
        dialect=ORA_23,
    ),
    case(
        "LIM-059-drop-sequence-if-exists",
        DropSequence("q", if_exists=True),
        block(Q, True, "'DROP SEQUENCE q'", owner=IN_SEQUENCES),
    ),
    case(
        "LIM-059-drop-sequence-if-exists-23",
        DropSequence("q", if_exists=True),
        "DROP SEQUENCE IF EXISTS q",
        dialect=ORA_23,
    ),
    case(
        "LIM-059-alter-sequence",
        AlterSequence("q", increment=5, restart=7, new_sequence_name="r"),
        "ALTER SEQUENCE q INCREMENT BY 5 RESTART START WITH 7",
        "RENAME q TO r",
    ),
    case(
        "LIM-059-restart",
        AlterSequence("q", restart=True, schema="s"),
        "ALTER SEQUENCE s.q RESTART",
    ),
    case(
        "view",
        CreateView("v", "SELECT a FROM t", schema="s", or_replace=True, check_option="cascaded"),
        "CREATE OR REPLACE VIEW s.v AS SELECT a FROM t WITH CHECK OPTION",
    ),
    case(
        "view-with-comment-and-grants",
        CreateView("v", "SELECT a FROM t", comment="it's", grants={"PUBLIC": ["SELECT"]}),
        "CREATE VIEW v AS SELECT a FROM t",
        "GRANT SELECT ON v TO PUBLIC",
        "COMMENT ON TABLE v IS 'it''s'",
    ),
    case(
        "materialized-view",
        CreateView("v", "SELECT a FROM t", materialized=True, or_replace=True),
        "DROP MATERIALIZED VIEW IF EXISTS v",
        "CREATE MATERIALIZED VIEW v AS SELECT a FROM t",
        dialect=ORA_23,
    ),
    case("drop-view", DropView("v", schema="s"), "DROP VIEW s.v"),
    case(
        "drop-view-if-exists",
        DropView("v", if_exists=True),
        "DROP VIEW IF EXISTS v",
        dialect=ORA_23,
    ),
    case(
        "function",
        CreateFunction(
            "f", "RETURN NUMBER IS BEGIN RETURN a * 2; END;", arguments="a NUMBER", or_replace=True
        ),
        "CREATE OR REPLACE FUNCTION f(a NUMBER) RETURN NUMBER IS BEGIN RETURN a * 2; END;",
    ),
    case("drop-function", DropFunction("f", schema="s"), "DROP FUNCTION s.f"),
    case(
        "procedure",
        CreateProcedure("p", "IS BEGIN DELETE FROM t; END;"),
        "CREATE PROCEDURE p IS BEGIN DELETE FROM t; END;",
    ),
    case("drop-procedure", DropProcedure("p"), "DROP PROCEDURE p"),
    case(
        "trigger",
        CreateTrigger(
            "g", "t", "BEFORE INSERT", "FOR EACH ROW BEGIN :new.a := 1; END;", schema="s"
        ),
        "CREATE TRIGGER s.g BEFORE INSERT ON s.t FOR EACH ROW BEGIN :new.a := 1; END;",
    ),
    case("drop-trigger", DropTrigger("g", "t"), "DROP TRIGGER g"),
]


@pytest.mark.parametrize(("change", "dialect", "expected"), TEXTS)
def test_a_change_says(change: Change, dialect: Any, expected: list[str]) -> None:
    assert [lines(piece) for piece in pieces(change, dialect)] == expected


@pytest.mark.parametrize(
    ("change", "reason", "mend"),
    [
        pytest.param(
            AlterColumn("t", "c", server_default=Computed("1")),
            "a real column can't become virtual",
            "state existing_server_default=Computed(...)",
            id="DDL-008-LIM-049-computed",
        ),
        pytest.param(
            AlterColumn("t", "c", server_default=None, existing_server_default=Computed("1")),
            "a real column can't become virtual, nor a virtual one real",
            "drop the column and add it again",
            id="DDL-008-LIM-049-computed-dropped",
        ),
        # Alembic writes the MODIFY, which the server answers with ORA-30673
        pytest.param(
            AlterColumn("t", "c", server_default=Identity(), existing_server_default=None),
            "a column can't become an identity",
            "add a new identity column",
            id="DDL-009-identity-added",
        ),
        pytest.param(
            AlterColumn("t", "c", server_default="1", existing_server_default=Identity()),
            "an identity column takes no default",
            "drop the identity first",
            id="DDL-009-default-for-an-identity",
        ),
        pytest.param(
            AddColumn("t", c(Computed("a", persisted=True))),
            "persist",
            "",
            id="DDL-062-persisted",
        ),
        pytest.param(
            AddColumn("t", c(), insert_after="a"),
            "comes last",
            "leave insert_after out",
            id="add-behind-another",
        ),
        pytest.param(
            AddColumn("t", c(ForeignKey("r.id", match="FULL")), inline_references=True),
            "no MATCH",
            "leave match out",
            id="DDL-084-match-inline",
        ),
        pytest.param(
            create_foreign_key("fk", "a", "b", ["x"], ["y"], match="FULL"),
            "no MATCH",
            "leave match out",
            id="DDL-084-match",
        ),
        pytest.param(
            CreateTable("t", c(ForeignKey("r.id", ondelete="restrict"))),
            "no ON DELETE RESTRICT",
            "leave ondelete out",
            id="DDL-074-restrict-in-a-table",
        ),
        pytest.param(
            create_exclude_constraint("ex", "t", ("a", "&&")), "exclude", "", id="DDL-090-exclude"
        ),
        pytest.param(SetTableSchema("t", "b", schema="a"), "another schema", "", id="LIM-058-move"),
        pytest.param(
            ValidateConstraint("ck", "t"),
            "no statement for that",
            "drop the constraint and add it again",
            id="LIM-060-validate",
        ),
        pytest.param(
            CreateSequence("q", data_type=BigInteger()),
            "no type",
            "leave data_type out",
            id="LIM-059-sequence-type",
        ),
        pytest.param(
            AlterSequence("q", start=5), "no word for start", "say restart", id="LIM-059-start"
        ),
        pytest.param(
            AlterSequence("q", new_sequence_name="r", schema="s"),
            "one's own schema",
            "leave schema out",
            id="LIM-059-rename-in-schema",
        ),
        pytest.param(AddEnumValue("e", "a"), "no enum types", "", id="LIM-052-add-value"),
        *(
            pytest.param(
                AlterColumn("t", "c", type_=new, existing_type=old),
                f"{was} can't become {now}",
                "copy the values",
                id=f"DDL-004-{was}-{now}",
            )
            for new, old, was, now in [
                (Text(), String(9), "VARCHAR2(9 CHAR)", "CLOB"),
                (String(9), Text(), "CLOB", "VARCHAR2(9 CHAR)"),
                (oracle.NCLOB(), Text(), "CLOB", "NCLOB"),
                (LargeBinary(), oracle.RAW(16), "RAW(16)", "BLOB"),
            ]
        ),
    ],
)
def test_what_it_cannot_say_is_refused_by_name(change: Change, reason: str, mend: str) -> None:
    with pytest.raises(UnsupportedChange) as caught:
        str(change.compile(dialect=OFFLINE))

    assert reason in str(caught.value)
    assert mend in str(caught.value)


LONG = "x" * 31
OLD = server(12, 1)
OLD.max_identifier_length = 30  # what SQLAlchemy finds there


@pytest.mark.parametrize(
    "change",
    [
        RenameTable("t", LONG),
        AlterColumn("t", "c", new_column_name=LONG),
        AddColumn("t", Column(LONG, Integer)),
        CreateTable(LONG, Column("a", Integer)),
        CreateTable("t", Column(LONG, Integer)),
        RenameConstraint("a", LONG, "t"),
        RenameIndex("a", LONG, "t"),
        CreateSequence(LONG),
        AlterSequence("q", new_sequence_name=LONG),
        CreateView(LONG, "SELECT 1 FROM dual"),
        CreateFunction(LONG, "RETURN NUMBER IS BEGIN RETURN 1; END;"),
        CreateTrigger(LONG, "t", "BEFORE INSERT", "BEGIN NULL; END;"),
        create_unique_constraint(LONG, "t", ["a"]),
        CreateIndex(LONG, "t", ["a"]),
    ],
    ids=lambda change: type(change).__name__,
)
def test_a_name_too_long_for_the_server_is_refused_before_anything_runs(change: Change) -> None:
    """30 bytes before 12.2 (ORA-00972), 128 since: each statement commits."""
    assert pieces(change)

    with pytest.raises(DDLConstructsError, match=r"30|maximum length"):
        pieces(change, OLD)


@pytest.mark.parametrize(
    ("nullable", "there", "said"),
    [
        (False, "N", []),
        (False, "Y", ["ALTER TABLE s.t MODIFY c NOT NULL"]),
        (True, "Y", []),
        (True, None, ["ALTER TABLE s.t MODIFY c NULL"]),  # the server names what isn't there
    ],
)
def test_whether_it_is_so_already_is_asked_where_there_is_a_connection(
    nullable: bool, there: str | None, said: list[str]
) -> None:
    """ORA-01442, ORA-01451."""
    asked: list[Any] = []

    class Connection:
        dialect = OFFLINE
        get_execution_options = staticmethod(dict)

        def execute(self, query: Any, names: Any) -> Any:
            asked.append(names)
            return SimpleNamespace(scalar=lambda: there)

    connection: Any = Connection()
    change = AlterColumn("t", "c", nullable=nullable, schema="s")

    assert [str(p.compile(dialect=OFFLINE)) for p in change.statements(OFFLINE, connection)] == said
    assert asked == [{"schema_name": "S", "of_table": "T", "of_column": "C"}]


def test_on_update_is_left_out_with_a_warning() -> None:
    """DDL-087."""
    change = create_foreign_key("fk", "a", "b", ["x"], ["y"], onupdate="CASCADE")

    with pytest.warns(SAWarning, match="UPDATE CASCADE"):
        assert pieces(change) == ["ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES b (y)"]


def test_autoincrement_means_nothing_and_is_warned_of() -> None:
    """DDL-031."""
    with pytest.warns(UserWarning, match=r"autoincrement of t\.c"):
        assert pieces(AlterColumn("t", "c", autoincrement=True)) == []


def test_a_guard_holds_a_statement_longer_than_a_literal() -> None:
    """A PL/SQL literal ends at 32767 bytes."""
    columns = [Column(f"column_number_{i}", String(4000)) for i in range(999)]
    change = CreateTable("t", *columns, if_not_exists=True)

    (said,) = pieces(change)

    literals = re.findall(r"TO_CLOB\('((?:[^']|'')*)'\)", said)
    (whole,) = pieces(change.replace(if_not_exists=None))
    assert max(len(part) for part in literals) <= 8000
    assert "".join(literals) == whole


def test_a_guard_is_refused_where_the_schema_is_translated() -> None:
    change = DropTable("t", schema="s", if_exists=True)

    with pytest.raises(UnsupportedChange, match="schema_translate_map"):
        change.compile(dialect=OFFLINE, schema_translate_map={"s": "tenant"})


def test_traits() -> None:
    """DDL-017."""
    described = traits("oracle")

    assert (described.transactional_ddl, described.terminator, described.separator) == (
        False,
        "",
        "/",
    )
    assert described.comments_apart
