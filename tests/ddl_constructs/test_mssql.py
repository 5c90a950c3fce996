"""What SQL Server is told, by its manual: no server is here.

The ids name the row of the acceptance list that a case answers. Where Alembic writes
something else for the same call, the reason stands beside the case.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from ddl_constructs import (
    AddColumn,
    AddConstraint,
    AddEnumValue,
    AlterColumn,
    AlterSequence,
    BulkInsert,
    Change,
    CopyRows,
    CreateEnum,
    CreateFunction,
    CreateIndex,
    CreateProcedure,
    CreateSequence,
    CreateTable,
    CreateTableComment,
    CreateTrigger,
    CreateView,
    DropColumn,
    DropConstraint,
    DropEnum,
    DropFunction,
    DropIndex,
    DropProcedure,
    DropSequence,
    DropTable,
    DropTableComment,
    DropTrigger,
    DropView,
    ExecuteSQL,
    MissingFact,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    SetTableSchema,
    UnsupportedChange,
    ValidateConstraint,
    WrongValue,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
    traits,
)
from ddl_constructs.dialects import mssql_column
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Unicode,
    UniqueConstraint,
    column,
    func,
    table,
    text,
)
from sqlalchemy.dialects import mssql
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import quoted_name


def server(*, version: tuple[int, ...] = (), schema: str | None = None) -> Any:
    dialect: Any = mssql.dialect(paramstyle="named")
    dialect.server_version_info, dialect.default_schema_name = version, schema
    return dialect


OFFLINE = server()
STATED = server(schema="dbo")
OLD = server(version=(12, 0))  # SQL Server 2014


def pieces(change: Change, dialect: Any = OFFLINE) -> list[str]:
    """Give the statements of a change, a batch of its own without what runs it as one."""
    return [inside(sql) for sql in sent(change, dialect)]


def inside(sql: str) -> str:
    """Take the script out of `EXEC (N'...')`."""
    if not (own := re.fullmatch(r"EXEC \(N'\n(.*)\n'\)", sql, re.DOTALL)):
        return sql
    return own[1].replace("\\' + N'\n", "\\\n").replace("''", "'")


def sent(change: Change, dialect: Any = OFFLINE) -> list[str]:
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


def look_up(names: str, drop: str = "N'ALTER TABLE t DROP CONSTRAINT ' + QUOTENAME(@name)") -> str:
    """Write the batch that drops by name, with the query for the next name filled in."""
    return lines(f"""
        DECLARE @name sysname = N'', @sql nvarchar(max);
        WHILE @name IS NOT NULL
        BEGIN
          SET @name = ({names});
          SET @sql = {drop};
          IF @name IS NOT NULL EXEC (@sql);
        END""")


COLUMN = "(SELECT column_id FROM sys.columns WHERE object_id = OBJECT_ID(N't') AND name = N'c')"
DROP_DEFAULT = look_up(
    "SELECT MIN(d.name) FROM sys.default_constraints AS d WHERE d.parent_object_id = "
    f"OBJECT_ID(N't') AND d.parent_column_id = {COLUMN} AND d.name > @name"
)
DROP_CHECK = look_up(
    "SELECT MIN(k.name) FROM sys.check_constraints AS k WHERE k.parent_object_id = "
    f"OBJECT_ID(N't') AND k.name > @name AND (k.parent_column_id = {COLUMN} OR EXISTS ( "
    "SELECT 1 FROM INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE AS u WHERE u.CONSTRAINT_SCHEMA = "
    "OBJECT_SCHEMA_NAME(OBJECT_ID(N't')) AND u.CONSTRAINT_NAME = k.name "
    "AND u.COLUMN_NAME = N'c'))"
)
DROP_FOREIGN_KEY = look_up(
    "SELECT MIN(f.name) FROM sys.foreign_keys AS f JOIN sys.foreign_key_columns AS fc "
    "ON fc.constraint_object_id = f.object_id WHERE fc.parent_object_id = OBJECT_ID(N't') "
    f"AND fc.parent_column_id = {COLUMN} AND f.name > @name"
)
_INDEXES = (
    "SELECT MIN(i.name) FROM sys.indexes AS i JOIN sys.index_columns AS ic "
    "ON ic.object_id = i.object_id AND ic.index_id = i.index_id "
    f"WHERE i.object_id = OBJECT_ID(N't') AND ic.column_id = {COLUMN} "
)
DROP_UNIQUE = look_up(_INDEXES + "AND i.is_unique_constraint = 1 AND i.name > @name")
DROP_INDEX = look_up(
    _INDEXES + "AND i.is_unique_constraint = 0 AND i.is_primary_key = 0 AND i.name > @name",
    drop="N'DROP INDEX ' + QUOTENAME(@name) + N' ON t'",
)


def comment(value: str | None, schema: str, column_name: str | None = None) -> str:
    """Write the batch that adds, updates or drops a comment of table t or its column."""
    where, level = f"OBJECT_ID(N'{schema}.t')", f"N'SCHEMA', N'{schema}', N'TABLE', N't'"
    minor = "0"
    if schema == "dbo":
        where = "OBJECT_ID(N't')"
    if column_name:
        minor = f"(SELECT column_id FROM sys.columns WHERE object_id = {where} AND name = N'c')"
        level += f", N'COLUMN', N'{column_name}'"
    there = (
        f"IF EXISTS (SELECT 1 FROM sys.extended_properties WHERE class = 1 AND major_id = {where}"
        f" AND minor_id = {minor} AND name = N'MS_Description')"
    )
    if value is None:
        return f"{there} EXEC sp_dropextendedproperty N'MS_Description', {level}"
    return (
        f"{there} EXEC sp_updateextendedproperty N'MS_Description', {value}, {level} "
        f"ELSE EXEC sp_addextendedproperty N'MS_Description', {value}, {level}"
    )


TABLE = Table(
    "t", MetaData(), Column("id", Integer, primary_key=True), Column("a", String(9)), schema="s"
)
LIGHT = table("t", column("id", Integer), column("a", Integer))
HAS_IDENTITY = "IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE object_id = OBJECT_ID(N't')"

TEXTS = [
    case("DDL-001-rename", RenameTable("a", "b", schema="s"), "EXEC sp_rename 's.a', b"),
    # Alembic writes [B c], a bracketed word; a string says what the new name is
    case("DDL-001-names", RenameTable("it's", "B c"), "EXEC sp_rename '[it''s]', N'B c'"),
    case("DDL-001-unicode", RenameTable("ü", "b"), "EXEC sp_rename N'[ü]', b"),
    # Alembic puts the database into the name, which the current database's procedure refuses
    case(
        "DDL-001-other-database",
        RenameTable("a", "b", schema="db.s"),
        "EXEC db.sys.sp_rename 's.a', b",
    ),
    case(
        "DDL-003-null",
        AlterColumn("t", "c", nullable=True, existing_type=Integer()),
        "ALTER TABLE t ALTER COLUMN c INTEGER NULL",
    ),
    case(
        "DDL-003-not-null",
        AlterColumn(
            "t", "c", nullable=False, existing_type=String(5, collation="Latin1_General_BIN")
        ),
        "ALTER TABLE t ALTER COLUMN c VARCHAR(5) COLLATE Latin1_General_BIN NOT NULL",
    ),
    case(
        "DDL-004-type",
        AlterColumn("t", "c", type_=BigInteger, existing_nullable=True, schema="s"),
        "ALTER TABLE s.t ALTER COLUMN c BIGINT NULL",
    ),
    case(
        "DDL-005-column-name",
        AlterColumn("t", "c", new_column_name="d"),
        "EXEC sp_rename 't.c', d, 'COLUMN'",
    ),
    case(
        "DDL-006-default-string",
        AlterColumn("t", "c", server_default="it's"),
        "ALTER TABLE t ADD DEFAULT 'it''s' FOR c",
    ),
    case(
        "DDL-006-default-text",
        AlterColumn("t", "c", server_default=text("getdate()")),
        "ALTER TABLE t ADD DEFAULT getdate() FOR c",
    ),
    # Alembic writes '…': the server would take it in its code page
    case(
        "DDL-006-default-unicode",
        AlterColumn("t", "c", server_default="a:b “x” 50%"),
        "ALTER TABLE t ADD DEFAULT N'a:b “x” 50%' FOR c",
    ),
    case(
        "DDL-006-default-line-continuation",
        AlterColumn("t", "c", server_default="a\\\nb"),
        "ALTER TABLE t ADD DEFAULT (N'a\\' + N' b') FOR c",
    ),
    case(
        "DDL-007-comment",
        AlterColumn("t", "c", comment="it's", schema="s"),
        comment("N'it''s'", "s", "c"),
    ),
    # LIM-044: the batch looks itself, whatever the call states of the old comment
    case(
        "DDL-007-comment-replaced",
        AlterColumn("t", "c", comment="x", existing_comment="y", schema="s"),
        comment("N'x'", "s", "c"),
    ),
    case(
        "DDL-007-comment-dropped",
        AlterColumn("t", "c", comment=None, schema="s"),
        comment(None, "s", "c"),
    ),
    case(
        "LIM-043-comment-default-schema-stated",
        AlterColumn("t", "c", comment="x"),
        comment("N'x'", "dbo", "c"),
        dialect=STATED,
    ),
    case(
        "LIM-043-comment-default-schema-looked-up",
        DropTableComment("t"),
        "DECLARE @schema sysname = OBJECT_SCHEMA_NAME(OBJECT_ID(N't')); "
        + comment(None, "dbo").replace("N'dbo'", "@schema"),
    ),
    case(
        "LIM-043-comment-other-database",
        CreateTableComment("t", "x", schema="db.s"),
        comment("N'x'", "s")
        .replace("sys.ext", "db.sys.ext")
        .replace("s.t", "db.s.t")
        .replace("EXEC ", "EXEC db.sys."),
    ),
    case(
        "DDL-007-comment-line-continuation",
        CreateTableComment("t", "a\\\r\nb", schema="s"),
        "DECLARE @comment nvarchar(3750) = N'a\\' + N' b'; " + comment("@comment", "s"),
    ),
    case("DDL-010-add", AddColumn("t", c()), "ALTER TABLE t ADD c INTEGER NULL"),
    case(
        "DDL-011-drop-if-exists",
        DropColumn("t", "c", if_exists=True),
        "ALTER TABLE t DROP COLUMN IF EXISTS c",
    ),
    case(
        "DDL-011-drop-if-exists-before-2016",
        DropColumn("t", "c", if_exists=True),
        f"IF {COLUMN} IS NOT NULL ALTER TABLE t DROP COLUMN c",
        dialect=OLD,
    ),
    case(
        "DDL-012-schema-split",
        DropColumn("T a", "c", schema="s1.s2"),
        "ALTER TABLE s1.s2.[T a] DROP COLUMN c",
    ),
    case(
        "DDL-012-schema-quoted",
        DropColumn("t", "c", schema=quoted_name("s1.s2", True)),
        "ALTER TABLE [s1.s2].t DROP COLUMN c",
    ),
    case(
        "DDL-012-schema-in-brackets",
        DropColumn("t", "c", schema="[my.db].[the.owner]"),
        "ALTER TABLE [my.db].[the.owner].t DROP COLUMN c",
    ),
    case(
        "DDL-029-check-of-the-new-type",
        AlterColumn(
            "t",
            "c",
            type_=Enum("a", name="ck", native_enum=False, create_constraint=True),
            existing_type=Boolean(create_constraint=True, name="ckb"),
            existing_nullable=False,
            new_column_name="d",
        ),
        # sp_rename refuses a column that a CHECK depends on, so the name comes in between
        "ALTER TABLE t ALTER COLUMN c VARCHAR(1) NOT NULL",
        "EXEC sp_rename 't.c', d, 'COLUMN'",
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (d IN ('a'))",
    ),
    case(
        "DDL-029-check-of-the-old-type",
        AlterColumn(
            "t",
            "c",
            type_=String(9),
            existing_type=Enum("a", name="ck", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        "ALTER TABLE t DROP CONSTRAINT ck",
        "ALTER TABLE t ALTER COLUMN c VARCHAR(9) NULL",
    ),
    case("DDL-028-nothing", AlterColumn("t", "c", existing_type=Integer(), existing_nullable=True)),
    case(
        "DDL-035-type-and-nullable",
        AlterColumn("t", "c", type_=BigInteger(), nullable=False, existing_nullable=True),
        "ALTER TABLE t ALTER COLUMN c BIGINT NOT NULL",
    ),
    case(
        "DDL-035-type-and-existing-nullable",
        AlterColumn("t", "c", type_=BigInteger(), existing_nullable=False),
        "ALTER TABLE t ALTER COLUMN c BIGINT NOT NULL",
    ),
    # Alembic's script keeps one name; LIM-045
    case("DDL-036-default-dropped", AlterColumn("t", "c", server_default=None), DROP_DEFAULT),
    case(
        "DDL-036-default-replaced",
        AlterColumn("t", "c", server_default="b", existing_server_default="a"),
        DROP_DEFAULT,
        "ALTER TABLE t ADD DEFAULT 'b' FOR c",
    ),
    case(
        "DDL-036-default-where-none-was",
        AlterColumn("t", "c", server_default="b", existing_server_default=None),
        "ALTER TABLE t ADD DEFAULT 'b' FOR c",
    ),
    case(
        "DDL-037-default-off-before-the-type",
        AlterColumn(
            "t",
            "c",
            type_=BigInteger(),
            existing_nullable=False,
            server_default="5",
            existing_server_default="4",
            comment="x",
            new_column_name="d",
            schema="s",
        ),
        DROP_DEFAULT.replace("(N't')", "(N's.t')").replace("TABLE t", "TABLE s.t"),
        "ALTER TABLE s.t ALTER COLUMN c BIGINT NOT NULL",
        "ALTER TABLE s.t ADD DEFAULT '5' FOR c",
        comment("N'x'", "s", "c"),
        "EXEC sp_rename 's.t.c', d, 'COLUMN'",
    ),
    # Alembic writes the ALTER COLUMN alone, which the server refuses under a default
    case(
        "DDL-037-default-that-stays-is-put-back",
        AlterColumn(
            "t",
            "c",
            type_=BigInteger(),
            existing_type=Integer(),
            existing_nullable=False,
            existing_server_default="4",
        ),
        "DECLARE @name sysname = (SELECT name FROM sys.default_constraints "
        f"WHERE parent_object_id = OBJECT_ID(N't') AND parent_column_id = {COLUMN}); "
        "DECLARE @default nvarchar(max) = (SELECT definition FROM sys.default_constraints "
        f"WHERE parent_object_id = OBJECT_ID(N't') AND parent_column_id = {COLUMN}), "
        "@sql nvarchar(max); "
        "SET @sql = N'ALTER TABLE t DROP CONSTRAINT ' + QUOTENAME(@name); "
        "IF @name IS NOT NULL EXEC (@sql); "
        "ALTER TABLE t ALTER COLUMN c BIGINT NOT NULL; "
        "SET @sql = N'ALTER TABLE t ADD CONSTRAINT ' + QUOTENAME(@name) + N' DEFAULT ' "
        "+ @default + N' FOR c'; "
        "IF @name IS NOT NULL EXEC (@sql)",
    ),
    case(
        "DDL-037-only-the-length-changes-under-a-default",
        AlterColumn(
            "t",
            "c",
            type_=String(9),
            existing_type=String(5),
            existing_nullable=True,
            existing_server_default="4",
        ),
        "ALTER TABLE t ALTER COLUMN c VARCHAR(9) NULL",
    ),
    case(
        "DDL-049-rename-in-schema",
        AlterColumn("t", "c", new_column_name="d", schema="s"),
        "EXEC sp_rename 's.t.c', d, 'COLUMN'",
    ),
    case(
        "DDL-052-default-and-nullability",
        AddColumn("t", Column("c", String(5), server_default="x", nullable=False)),
        "ALTER TABLE t ADD c VARCHAR(5) NOT NULL DEFAULT 'x'",
    ),
    case(
        "DDL-052-default-unicode",
        AddColumn("t", Column("c", String(5), server_default="“:x'", nullable=False)),
        "ALTER TABLE t ADD c VARCHAR(5) NOT NULL DEFAULT N'“:x'''",
    ),
    case(
        "DDL-054-foreign-key-apart",
        AddColumn("t", c(ForeignKey("r.id", name="fk", ondelete="CASCADE"))),
        "ALTER TABLE t ADD c INTEGER NULL",
        "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY(c) REFERENCES r (id) ON DELETE CASCADE",
    ),
    # Alembic writes neither the reference nor a second statement
    case(
        "LIM-031-inline-references",
        AddColumn("t", c(ForeignKey("r.id", name="fk")), inline_references=True),
        "ALTER TABLE t ADD c INTEGER NULL CONSTRAINT fk REFERENCES r (id)",
    ),
    case(
        "LIM-031-two-references",
        AddColumn("t", c(ForeignKey("q.id"), ForeignKey("r.id")), inline_references=True),
        "ALTER TABLE t ADD c INTEGER NULL",
        "ALTER TABLE t ADD FOREIGN KEY(c) REFERENCES q (id)",
        "ALTER TABLE t ADD FOREIGN KEY(c) REFERENCES r (id)",
    ),
    case(
        "DDL-056-primary-key-numbers",
        AddColumn("t", c(primary_key=True)),
        "ALTER TABLE t ADD c INTEGER NOT NULL IDENTITY",
    ),
    # Alembic leaves PRIMARY KEY out
    case(
        "LIM-034-inline-primary-key",
        AddColumn("t", c(primary_key=True, autoincrement=False), inline_primary_key=True),
        "ALTER TABLE t ADD c INTEGER NOT NULL PRIMARY KEY",
    ),
    # Alembic leaves the CHECK out
    case(
        "LIM-035-column-check",
        AddColumn("t", c(CheckConstraint("c > 0", name="ck"))),
        "ALTER TABLE t ADD c INTEGER NULL CONSTRAINT ck CHECK (c > 0)",
    ),
    case(
        "DDL-058-unique",
        AddColumn("t", c(unique=True)),
        "ALTER TABLE t ADD c INTEGER NULL",
        "ALTER TABLE t ADD UNIQUE (c)",
    ),
    case(
        "DDL-059-index",
        AddColumn("t", c(index=True), schema="s"),
        "ALTER TABLE s.t ADD c INTEGER NULL",
        "CREATE INDEX ix_s_t_c ON s.t (c)",
    ),
    case(
        "DDL-060-check-of-the-type",
        AddColumn(
            "t", Column("c", Enum("a", name="ck", native_enum=False, create_constraint=True))
        ),
        "ALTER TABLE t ADD c VARCHAR(1) NULL",
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (c IN ('a'))",
    ),
    case(
        "DDL-061-comment",
        AddColumn("t", c(comment=""), schema="s"),
        "ALTER TABLE s.t ADD c INTEGER NULL",
        comment("N''", "s", "c"),
    ),
    case(
        "DDL-062-computed",
        AddColumn("t", c(Computed("a + 1", persisted=True))),
        "ALTER TABLE t ADD c AS (a + 1) PERSISTED",
    ),
    case(
        "DDL-063-identity",
        AddColumn("t", c(Identity(start=5))),
        "ALTER TABLE t ADD c INTEGER NOT NULL IDENTITY(5,1)",
    ),
    # Alembic leaves IF NOT EXISTS out
    case(
        "LIM-036-add-column-if-not-exists",
        AddColumn("t", c(), if_not_exists=True),
        f"IF {COLUMN} IS NULL ALTER TABLE t ADD c INTEGER NULL",
    ),
    case(
        "DDL-068-drop-with-dependents",
        DropColumn(
            "t", "c", mssql_drop_default=True, mssql_drop_check=True, mssql_drop_foreign_key=True
        ),
        DROP_DEFAULT,
        DROP_CHECK,
        DROP_FOREIGN_KEY,
        "ALTER TABLE t DROP COLUMN c",
    ),
    case(
        "LIM-045-names-in-look-ups",
        DropColumn("it's", "b'c", schema="d'b.s", mssql_drop_default=True),
        DROP_DEFAULT.replace("(N't')", "(N'[d''b].s.[it''s]')")
        .replace("TABLE t ", "TABLE [d''b].s.[it''s] ")
        .replace("N'c'", "N'b''c'")
        .replace("FROM sys.", "FROM [d'b].sys."),
        "ALTER TABLE [d'b].s.[it's] DROP COLUMN [b'c]",
    ),
    # what the column is known to have goes first: so a reversed AddColumn can run
    case(
        "DDL-068-reverse-of-an-added-column",
        AddColumn(
            "t", c(ForeignKey("r.id"), CheckConstraint("c > 0"), server_default="1", unique=True)
        ).reverse(),
        DROP_DEFAULT,
        DROP_CHECK,
        DROP_FOREIGN_KEY,
        DROP_UNIQUE,
        "ALTER TABLE t DROP COLUMN c",
    ),
    case(
        "DDL-068-reverse-with-an-index",
        AddColumn("t", c(index=True)).reverse(),
        DROP_INDEX,
        "ALTER TABLE t DROP COLUMN c",
    ),
    case(
        "DDL-068-known-but-declined",
        AddColumn("t", c(server_default="1")).reverse().replace(mssql_drop_default=False),
        "ALTER TABLE t DROP COLUMN c",
    ),
    case(
        "DDL-071-create-table",
        CreateTable(
            "t",
            Column("id", Integer, Identity(start=5), primary_key=True),
            Column("a", String(5), server_default="ü", comment="x"),
            UniqueConstraint("a", name="uq", mssql_clustered=True),
            Index("ix", "a"),
            schema="s",
            comment="y",
        ),
        "CREATE TABLE s.t ( id INTEGER NOT NULL IDENTITY(5,1), a VARCHAR(5) NULL DEFAULT N'ü', "
        "PRIMARY KEY (id), CONSTRAINT uq UNIQUE CLUSTERED (a) )",
        "CREATE INDEX ix ON s.t (a)",
        comment("N'y'", "s"),
        comment("N'x'", "s", "c").replace("N'c'", "N'a'"),
    ),
    # Alembic writes IF NOT EXISTS, which the server doesn't know
    case(
        "LIM-036-create-table-if-not-exists",
        CreateTable("T a", Column("a", Integer), if_not_exists=True),
        "IF OBJECT_ID(N'[T a]', N'U') IS NULL CREATE TABLE [T a] ( a INTEGER NULL )",
    ),
    case("DDL-078-drop-table", DropTable("t", schema="s"), "DROP TABLE s.t"),
    case("DDL-078-if-exists", DropTable("t", if_exists=True), "DROP TABLE IF EXISTS t"),
    case(
        "DDL-078-if-exists-before-2016",
        DropTable("t", if_exists=True),
        "IF OBJECT_ID(N't', N'U') IS NOT NULL DROP TABLE t",
        dialect=OLD,
    ),
    case("DDL-080-comment", CreateTableComment("t", "x", schema="s"), comment("N'x'", "s")),
    case("DDL-081-no-comment", DropTableComment("t", schema="s"), comment(None, "s")),
    case(
        "DDL-082-primary-key",
        create_primary_key("pk", "t", ["a", "b"]),
        "ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a, b)",
    ),
    case(
        "DDL-083-unique",
        create_unique_constraint("uq", "t", ["a"], mssql_clustered=False),
        "ALTER TABLE t ADD CONSTRAINT uq UNIQUE NONCLUSTERED (a)",
    ),
    case(
        "DDL-084-foreign-key",
        create_foreign_key(
            "fk",
            "a",
            "b",
            ["x"],
            ["y"],
            onupdate="NO ACTION",
            source_schema="s",
            referent_schema="q",
        ),
        "ALTER TABLE s.a ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES q.b (y) ON UPDATE NO ACTION",
    ),
    case(
        "DDL-088-check",
        create_check_constraint("ck", "t", "a > ':x'"),
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > ':x')",
    ),
    case("DDL-091-drop", DropConstraint("ck", "t", "check"), "ALTER TABLE t DROP CONSTRAINT ck"),
    case(
        "DDL-094-drop-if-exists",
        DropConstraint("ck", "t", schema="s", if_exists=True),
        "ALTER TABLE s.t DROP CONSTRAINT IF EXISTS ck",
    ),
    case(
        "DDL-094-drop-if-exists-before-2016",
        DropConstraint("c k", "t", schema="s", if_exists=True),
        "IF OBJECT_ID(N's.[c k]') IS NOT NULL ALTER TABLE s.t DROP CONSTRAINT [c k]",
        dialect=OLD,
    ),
    case(
        "DDL-095-unnamed",
        create_unique_constraint(None, "t", ["a"]),
        "ALTER TABLE t ADD UNIQUE (a)",
    ),
    case(
        "DDL-101-index-options",
        CreateIndex(
            "ix",
            "t",
            ["a", column("b").desc(), text("d desc")],
            unique=True,
            mssql_clustered=False,
            mssql_include=["e"],
            mssql_where=text("a > 1"),
        ),
        "CREATE UNIQUE NONCLUSTERED INDEX ix ON t (a, b DESC, d desc) INCLUDE (e) WHERE a > 1",
    ),
    # Alembic leaves IF NOT EXISTS out
    case(
        "LIM-036-create-index-if-not-exists",
        CreateIndex("i'x", "t", ["a"], if_not_exists=True, schema="db.s"),
        "IF NOT EXISTS (SELECT 1 FROM db.sys.indexes WHERE object_id = OBJECT_ID(N'db.s.t') "
        "AND name = N'i''x') CREATE INDEX [i'x] ON db.s.t (a)",
    ),
    case("DDL-106-drop-index", DropIndex("ix", "t", schema="s"), "DROP INDEX ix ON s.t"),
    case("DDL-106-if-exists", DropIndex("ix", "t", if_exists=True), "DROP INDEX IF EXISTS ix ON t"),
    case(
        "DDL-106-if-exists-before-2016",
        DropIndex("ix", "t", if_exists=True),
        "IF EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N't') "
        "AND name = N'ix') DROP INDEX ix ON t",
        dialect=OLD,
    ),
    # SQLAlchemy's own CreateIndex can, Alembic's op.create_index too; no column is named
    case(
        "DDL-101-clustered-columnstore",
        CreateIndex("cci", "t", [], mssql_columnstore=True, mssql_clustered=True),
        "CREATE CLUSTERED COLUMNSTORE INDEX cci ON t",
    ),
    case("DDL-107-execute", ExecuteSQL("UPDATE t SET a = 1"), "UPDATE t SET a = 1"),
    # sqlcmd ends the batch at a line that says GO, in a string too
    case(
        "DDL-052-go-in-a-default",
        AddColumn("t", Column("c", Unicode(9), server_default="a\ngo\nb")),
        "ALTER TABLE t ADD c NVARCHAR(9) NULL DEFAULT (N'a ' + N'go b')",
    ),
    # Alembic switches always, and fails on a table without an identity column; LIM-046
    case(
        "DDL-114-identity-values",
        BulkInsert(TABLE, [{"id": 1, "a": "x"}, {"id": 2}, {"a": None}]),
        "SET IDENTITY_INSERT s.t ON",
        "INSERT INTO s.t (id, a) VALUES (1, 'x')",
        "INSERT INTO s.t (id) VALUES (2)",
        "SET IDENTITY_INSERT s.t OFF",
        "INSERT INTO s.t (a) OUTPUT inserted.id VALUES (NULL)",
    ),
    case(
        "LIM-046-no-identity-value",
        BulkInsert(TABLE, [{"a": "x"}]),
        "INSERT INTO s.t (a) OUTPUT inserted.id VALUES ('x')",
    ),
    case("LIM-046-no-row", BulkInsert(TABLE, [])),
    case(
        "LIM-046-the-server-knows-the-identity",
        BulkInsert(LIGHT, [{"id": 1, "a": 2}]),
        f"{HAS_IDENTITY} AND name IN (N'id', N'a')) SET IDENTITY_INSERT t ON",
        "INSERT INTO t (id, a) VALUES (1, 2)",
        f"{HAS_IDENTITY} AND name IN (N'id', N'a')) SET IDENTITY_INSERT t OFF",
    ),
    case(
        "LIM-046-copied-rows-keep-their-identity",
        CopyRows("o", "t", {"id": "id"}),
        f"{HAS_IDENTITY} AND name IN (N'id')) SET IDENTITY_INSERT t ON",
        "INSERT INTO t (id) SELECT id FROM o",
        f"{HAS_IDENTITY} AND name IN (N'id')) SET IDENTITY_INSERT t OFF",
    ),
    case(
        "LIM-047-named-default",
        AlterColumn("t", "c", server_default="1", mssql_default_name="DF c"),
        "ALTER TABLE t ADD CONSTRAINT [DF c] DEFAULT '1' FOR c",
    ),
    case(
        "LIM-047-named-default-of-a-new-column",
        AddColumn(
            "t",
            Column("c", Integer, CheckConstraint("c > 0"), server_default="1"),
            mssql_default_name="DF c",
        ),
        "ALTER TABLE t ADD c INTEGER NULL CONSTRAINT [DF c] DEFAULT '1' CHECK (c > 0)",
    ),
    case(
        "LIM-047-named-defaults-of-a-new-table",
        CreateTable(
            "t",
            Column("c", Integer, CheckConstraint("c > 0"), server_default="1"),
            Column("d", Integer, server_default="1"),
            Column("e", String(5), server_default="ü", nullable=False),
            Column("f", Integer),
            mssql_default_name={"c": "DF c", "e": "DF e", "f": "DF f"},
        ),
        "CREATE TABLE t ( c INTEGER NULL CONSTRAINT [DF c] DEFAULT '1' CHECK (c > 0), "
        "d INTEGER NULL DEFAULT '1', "
        "e VARCHAR(5) NOT NULL CONSTRAINT [DF e] DEFAULT N'ü', f INTEGER NULL )",
    ),
    case(
        "LIM-047-name-without-a-default",
        AddColumn("t", Column("c", Integer), mssql_default_name="DF c"),
        "ALTER TABLE t ADD c INTEGER NULL",
    ),
    case(
        "LIM-058-move",
        SetTableSchema("t", "b", schema="a"),
        "ALTER SCHEMA b TRANSFER a.t",
    ),
    case(
        "LIM-058-move-to-the-default-schema",
        SetTableSchema("t", None, schema="a"),
        "ALTER SCHEMA dbo TRANSFER a.t",
        dialect=STATED,
    ),
    case(
        "LIM-060-rename-constraint",
        RenameConstraint("ck_a", "ck_b", "t", schema="s"),
        "EXEC sp_rename 's.ck_a', ck_b, 'OBJECT'",
    ),
    case(
        "LIM-060-rename-index",
        RenameIndex("ix_a", "ix_b", "t", schema="s"),
        "EXEC sp_rename 's.t.ix_a', ix_b, 'INDEX'",
    ),
    case(
        "LIM-060-validate",
        ValidateConstraint("ck", "t", schema="s"),
        "ALTER TABLE s.t WITH CHECK CHECK CONSTRAINT ck",
    ),
    case("LIM-052-create-enum", CreateEnum("e", ["a"])),
    case("LIM-052-drop-enum", DropEnum("e")),
    case(
        "LIM-059-create-sequence",
        CreateSequence("q", start=3, increment=2, cycle=False, data_type=BigInteger(), schema="s"),
        "CREATE SEQUENCE s.q AS BIGINT INCREMENT BY 2 START WITH 3 NO CYCLE",
    ),
    case(
        "LIM-059-sequence-without-cache", AlterSequence("q", cache=0), "ALTER SEQUENCE q NO CACHE"
    ),
    case(
        "LIM-059-create-sequence-if-not-exists",
        CreateSequence("q", if_not_exists=True),
        "IF OBJECT_ID(N'q', N'SO') IS NULL CREATE SEQUENCE q",
    ),
    case("LIM-059-drop-sequence", DropSequence("q", if_exists=True), "DROP SEQUENCE IF EXISTS q"),
    case(
        "LIM-059-drop-sequence-before-2016",
        DropSequence("q", if_exists=True),
        "IF OBJECT_ID(N'q', N'SO') IS NOT NULL DROP SEQUENCE q",
        dialect=OLD,
    ),
    case(
        "LIM-059-alter-sequence",
        AlterSequence("q", increment=5, restart=7, new_sequence_name="r", schema="s"),
        "ALTER SEQUENCE s.q INCREMENT BY 5 RESTART WITH 7",
        "EXEC sp_rename 's.q', r, 'OBJECT'",
    ),
    case(
        "view",
        CreateView("v", "SELECT a, b FROM t WHERE a > 1", schema="s", columns=["x", "y z"]),
        "CREATE VIEW s.v (x, [y z]) AS SELECT a, b FROM t WHERE a > 1",
    ),
    case(
        "view-over",
        CreateView("v", "SELECT a FROM t", or_replace=True, check_option="cascaded"),
        "CREATE OR ALTER VIEW v AS SELECT a FROM t WITH CHECK OPTION",
    ),
    case(
        "view-with-grants",
        CreateView(
            "v", "SELECT 1 AS a", grants={"public": ["SELECT"], "a b": ["SELECT", "INSERT"]}
        ),
        "CREATE VIEW v AS SELECT 1 AS a",
        "GRANT SELECT ON v TO public",
        "GRANT SELECT, INSERT ON v TO [a b]",
    ),
    case("drop-view", DropView("v", schema="s", if_exists=True), "DROP VIEW IF EXISTS s.v"),
    case(
        "function",
        CreateFunction(
            "f", "RETURNS int AS BEGIN RETURN @a * 2 END", arguments="@a int", schema="s"
        ),
        "CREATE FUNCTION s.f(@a int) RETURNS int AS BEGIN RETURN @a * 2 END",
    ),
    case("drop-function", DropFunction("f", if_exists=True), "DROP FUNCTION IF EXISTS f"),
    case(
        "procedure",
        CreateProcedure("p", "AS SELECT @a", arguments="@a int", or_replace=True),
        "CREATE OR ALTER PROCEDURE p @a int AS SELECT @a",
    ),
    case("drop-procedure", DropProcedure("p", schema="s"), "DROP PROCEDURE s.p"),
    case(
        "trigger",
        CreateTrigger("g", "t", "AFTER INSERT", "AS SELECT 1", schema="s"),
        "CREATE TRIGGER s.g ON s.t AFTER INSERT AS SELECT 1",
    ),
    case("drop-trigger", DropTrigger("g", "t", schema="s"), "DROP TRIGGER s.g"),
]


@pytest.mark.parametrize(("change", "dialect", "expected"), TEXTS)
def test_a_change_says(change: Change, dialect: Any, expected: list[str]) -> None:
    assert [lines(piece) for piece in pieces(change, dialect)] == expected


@pytest.mark.parametrize(
    ("change", "error", "reason", "mend"),
    [
        pytest.param(
            AlterColumn("t", "c", nullable=False),
            MissingFact,
            "SQL Server repeats the type",
            "state existing_type",
            id="DDL-034-nullability-needs-the-type",
        ),
        pytest.param(
            AlterColumn("t", "c", server_default=Computed("1")),
            UnsupportedChange,
            "computed expression",
            "drop the column and add it again",
            id="DDL-008-LIM-049-computed",
        ),
        pytest.param(
            AlterColumn("t", "c", server_default=Identity()),
            UnsupportedChange,
            "identity",
            "copy the rows into a new table",
            id="DDL-009-LIM-050-identity-added",
        ),
        pytest.param(
            AlterColumn("t", "c", server_default=None, existing_server_default=Identity()),
            UnsupportedChange,
            "identity",
            "copy the rows into a new table",
            id="DDL-009-LIM-050-identity-dropped",
        ),
        pytest.param(
            AlterColumn(
                "t",
                "c",
                type_=Integer(),
                existing_type=Enum("a", native_enum=False, create_constraint=True),
            ),
            UnsupportedChange,
            "no name",
            "give the existing_type the name",
            id="DDL-030-unnamed-check-of-the-old-type",
        ),
        pytest.param(
            AlterColumn("t", "c", comment="x" * 3751),
            UnsupportedChange,
            "7500 bytes",
            "shorten the comment",
            id="DDL-007-comment-too-long",
        ),
        pytest.param(
            AddColumn("t", c(), insert_after="a"),
            UnsupportedChange,
            "comes last",
            "leave insert_after out",
            id="add-behind-another",
        ),
        pytest.param(
            AddColumn("t", c(ForeignKey("r.id", match="FULL")), inline_references=True),
            UnsupportedChange,
            "no MATCH",
            "leave match out",
            id="DDL-084-match-inline",
        ),
        pytest.param(
            create_foreign_key("fk", "a", "b", ["x"], ["y"], match="FULL"),
            UnsupportedChange,
            "no MATCH",
            "leave match out",
            id="DDL-084-match",
        ),
        pytest.param(
            create_foreign_key("fk", "a", "b", ["x"], ["y"], ondelete="restrict"),
            UnsupportedChange,
            "no RESTRICT",
            "say NO ACTION",
            id="DDL-084-restrict",
        ),
        pytest.param(
            create_unique_constraint("uq", "t", ["a"], deferrable=True),
            UnsupportedChange,
            "no DEFERRABLE",
            "leave deferrable and initially out",
            id="DDL-083-deferrable",
        ),
        pytest.param(
            CreateTable("t", c(ForeignKey("r.id", initially="DEFERRED"))),
            UnsupportedChange,
            "no DEFERRABLE",
            "leave deferrable and initially out",
            id="DDL-074-deferrable-in-a-table",
        ),
        pytest.param(
            create_exclude_constraint("ex", "t", ("a", "&&")),
            UnsupportedChange,
            "exclude",
            "",
            id="DDL-090-exclude",
        ),
        pytest.param(
            CreateIndex("ix", "t", [func.lower(column("a"))]),
            UnsupportedChange,
            "no indexes over expressions",
            "add a computed column",
            id="DDL-099-expression",
        ),
        pytest.param(
            DropIndex("ix"),
            MissingFact,
            "by its table",
            "state table_name",
            id="LIM-039-drop-index",
        ),
        pytest.param(
            RenameIndex("a", "b"),
            MissingFact,
            "by its table",
            "state table_name",
            id="LIM-060-rename-index",
        ),
        pytest.param(
            CreateTable("t", Column("c", Integer), mssql_default_name={"d": "DF"}),
            WrongValue,
            "got 'd'",
            "columns of the table",
            id="LIM-047-no-such-column",
        ),
        pytest.param(
            CreateTable("t", Column("c", Integer), mssql_default_name="DF"),
            WrongValue,
            "got 'DF'",
            "a mapping of columns to names",
            id="LIM-047-of-which-column",
        ),
        pytest.param(
            SetTableSchema("t", None, schema="a"),
            MissingFact,
            "ALTER SCHEMA names a schema",
            "state new_schema",
            id="LIM-058-no-schema",
        ),
        pytest.param(
            SetTableSchema("t", "other.dbo"),
            UnsupportedChange,
            "only inside of its database",
            "",
            id="LIM-058-other-database",
        ),
        pytest.param(
            AlterSequence("q", start=5),
            UnsupportedChange,
            "no word for start",
            "say restart",
            id="LIM-059-start",
        ),
        pytest.param(
            AlterSequence("q", owned_by=None),
            UnsupportedChange,
            "no word for owned_by",
            "leave owned_by out",
            id="LIM-059-owner",
        ),
        pytest.param(
            AddEnumValue("e", "a"), UnsupportedChange, "no enum types", "", id="LIM-052-add-value"
        ),
    ],
)
def test_what_it_cannot_say_is_refused_by_name(
    change: Change, error: type[Exception], reason: str, mend: str
) -> None:
    with pytest.raises(error) as caught:
        str(change.compile(dialect=OFFLINE))

    assert reason in str(caught.value)
    assert mend in str(caught.value)


def test_a_type_alone_warns_that_the_column_may_become_nullable() -> None:
    """DDL-035, the third call."""
    change = AlterColumn("t", "c", type_=BigInteger(), schema="s")

    with pytest.warns(UserWarning, match=r"s\.t\.c lets it be NULL"):
        assert pieces(change) == ["ALTER TABLE s.t ALTER COLUMN c BIGINT"]


def test_autoincrement_means_nothing_and_is_warned_of() -> None:
    """DDL-031."""
    change = AlterColumn("t", "c", comment=None, existing_autoincrement=True, schema="s")

    with pytest.warns(UserWarning, match=r"autoincrement of t\.c"):
        assert [lines(p) for p in pieces(change)] == [comment(None, "s", "c")]


class Catalog:
    """What inspection finds on a server: one column."""

    def get_columns(self, table_name: str, schema: str | None = None) -> list[dict[str, Any]]:
        assert (table_name, schema) == ("t", "s")
        return [{"name": "c", "type": mssql.NVARCHAR(5), "nullable": False}]


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(mssql_column, "inspect", lambda connection: Catalog())
    return SimpleNamespace(get_execution_options=dict)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"type_": BigInteger()}, "BIGINT NOT NULL", id="DDL-035-nullability"),
        pytest.param({"nullable": True}, "NVARCHAR(5) NULL", id="DDL-034-type"),
    ],
)
def test_facts_that_nobody_stated_are_read_where_there_is_a_connection(
    connection: Any, facts: dict[str, Any], expected: str
) -> None:
    change = AlterColumn("t", "c", schema="s", **facts)

    (piece,) = change.statements(OFFLINE, connection)

    assert str(piece.compile(dialect=OFFLINE)) == f"ALTER TABLE s.t ALTER COLUMN c {expected}"


def test_a_column_that_is_not_there_is_named(connection: Any) -> None:
    with pytest.raises(MissingFact, match=r"the database has no column t\.d"):
        AlterColumn("t", "d", schema="s", nullable=True).statements(OFFLINE, connection)


def test_sqlalchemy_switches_the_identity_itself_where_there_is_a_connection() -> None:
    rows = BulkInsert(TABLE, [{"id": 1}], multiinsert=False)
    nothing_is_read: Any = object()

    (insert,) = rows.statements(OFFLINE, nothing_is_read)

    assert str(insert) == str(TABLE.insert().values(id=1))


def test_a_column_of_a_model_keeps_its_default() -> None:
    """LIM-141: what a change needs is done to a copy."""
    model = Table("m", MetaData(), Column("a", String(5), server_default="ü"))

    pieces(AddColumn("t", model.c.a))
    pieces(CreateTable.of(model))

    assert model.c.a.server_default.arg == "ü"  # type: ignore[union-attr]  # it has one
    assert model.c.a.table is model


def test_names_follow_a_schema_translate_map_into_the_look_ups() -> None:
    change = CreateTableComment("t", "x", schema="s")

    said = str(change.compile(dialect=STATED, schema_translate_map={"s": "tenant"}))

    assert "N'tenant'" not in said  # the schema is asked for by the translated name
    assert "@schema sysname = OBJECT_SCHEMA_NAME(OBJECT_ID(N'" in inside(said)


def test_scripts_that_stand_in_one_batch_declare_nothing_there() -> None:
    """A client sends what stands between two GO as one batch, and a name is declared once.

    So the same look-up may stand there twice: its variables end with its EXEC.
    """
    change = AlterColumn(
        "t",
        "c",
        type_=String(5),
        existing_type=Integer(),
        existing_nullable=True,
        existing_server_default="it's",
    )
    changes: list[Change] = [
        DropColumn("t", "c", mssql_drop_default=True, mssql_drop_check=True),
        AlterColumn("t", "it's", server_default=None),
        change,
        CreateTableComment("t", "\\\n"),
        DropTableComment("t"),
    ]
    batch = "\n".join(sql for change in changes * 2 for sql in sent(change))
    outside = re.sub(r"N?'(?:[^']|'')*'", "''", batch)

    assert batch.count("DECLARE") == 2 * 7
    assert "DECLARE" not in outside
    assert "@" not in outside


def test_traits() -> None:
    """DDL-017."""
    described = traits("mssql")

    assert (described.transactional_ddl, described.terminator, described.separator) == (
        True,
        ";",
        "GO",
    )
    assert described.comments_apart


def test_add_constraint_takes_a_bound_one_as_it_is() -> None:
    model = Table("m", MetaData(), Column("a", Integer), UniqueConstraint("a", name="uq"))
    unique = next(x for x in model.constraints if x.name == "uq")

    assert pieces(AddConstraint("t", unique)) == ["ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a)"]
