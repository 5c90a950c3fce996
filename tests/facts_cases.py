"""A change of each kind, for showing and checking what `facts` says of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ddl_constructs import (
    AddAttribute,
    AddColumn,
    AddDomainConstraint,
    AddEnumValue,
    AlterAttribute,
    AlterColumn,
    AlterDomain,
    AlterSequence,
    AlterTableOptions,
    AlterTrigger,
    BulkInsert,
    Change,
    CopyRows,
    CreateCompositeType,
    CreateDomain,
    CreateEnum,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreateProcedure,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTableComment,
    CreateTrigger,
    CreateView,
    DropAttribute,
    DropColumn,
    DropCompositeType,
    DropConstraint,
    DropDomain,
    DropDomainConstraint,
    DropEnum,
    DropExtension,
    DropFunction,
    DropIndex,
    DropProcedure,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    DropTrigger,
    DropView,
    EnumColumn,
    ExecuteSQL,
    GrantPrivileges,
    RefreshMaterializedView,
    RenameCompositeType,
    RenameConstraint,
    RenameDomainConstraint,
    RenameEnumValue,
    RenameIndex,
    RenameObject,
    RenameTable,
    ReplaceEnum,
    RevokePrivileges,
    SetObjectSchema,
    SetOwner,
    SetTableSchema,
    UpdateExtension,
    ValidateConstraint,
    ValidateDomainConstraint,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
)
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    Enum,
    ForeignKey,
    Identity,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
    column,
    func,
    table,
)

POSTGRESQL, MARIADB, SQLITE = "postgresql", "mariadb", "sqlite"
EVERY = (SQLITE, POSTGRESQL, MARIADB)
SERVERS = (POSTGRESQL, MARIADB)


@dataclass(frozen=True)
class Case:
    """A change, where it is run, and what the run can't tell.

    Attributes:
        change: Makes it.
        on: The databases.
        renames_values: Whether values get another name, or a column counts otherwise, which
            looks like a loss.
        left: SQL that works on the connection while its effect is there, where nobody else
            can see it; None where it can be seen.
        new_file: Whether the table gets a new file, though no row is written.
        without_effect: A question and its answer, if inside of a transaction nothing
            happens instead of an error; None for an error.
    """

    change: Callable[[], Change]
    on: tuple[str, ...] = EVERY
    renames_values: bool = False
    left: str | None = None
    new_file: bool = False
    without_effect: tuple[str, Any] | None = None


def alter(name: str, **aspects: Any) -> Callable[[], Change]:
    return lambda: AlterColumn("child", name, **aspects)


def add(*column_args: Any, **options: Any) -> Callable[[], Change]:
    made = Column("z", *column_args, **options)
    return lambda: AddColumn("child", made)


def retype(name: str, old: Any, new: Any, **more: Any) -> Callable[[], Change]:
    return alter(name, type_=new, existing_type=old, existing_nullable=True, **more)


def say(sql: str) -> Callable[[], Change]:
    return lambda: ExecuteSQL(sql)


def mysql(**options: Any) -> dict[str, Any]:
    """Give options under both names that the server's dialect may have."""
    return {f"{name}_{o}": value for name in ("mysql", "mariadb") for o, value in options.items()}


COMMON = """
CREATE TABLE parent (id int PRIMARY KEY, w int);
CREATE TABLE plain (id int NOT NULL, v int);
CREATE TABLE child (
    id int PRIMARY KEY, a int NOT NULL, b varchar(50), c varchar(50) NOT NULL DEFAULT 'x',
    short varchar(10), body text, n numeric(10, 2), f double precision, ts {clock}, big bigint,
    parent int, other int, {more}
    CONSTRAINT ck CHECK (a > 0), CONSTRAINT uq UNIQUE (b),
    CONSTRAINT fk FOREIGN KEY (parent) REFERENCES parent (id)
);
CREATE INDEX ix ON child (other);
CREATE TABLE viewed (id int);
CREATE VIEW v AS SELECT id FROM viewed;
CREATE TABLE marker (id int);
INSERT INTO parent VALUES (1, 101), (2, 102);
INSERT INTO plain VALUES (31, 301), (32, 302);
INSERT INTO child (id, a, b, c, short, body, n, f, ts, big, parent, other) VALUES
    (11, 201, 'first', 'c1', 's1', 'text one', 1.55, 2.25, '2024-05-06 07:08:09.5', 9001, 1, 1),
    (12, 202, 'second', 'c2', 's2', 'text two', 1.45, 2.75, '2024-05-06 07:08:09.25', 9002, 2, 2)
"""
SETUP = {
    SQLITE: COMMON.format(clock="timestamp", more="")
    + ";CREATE TRIGGER tr AFTER UPDATE ON viewed BEGIN SELECT 1; END",
    MARIADB: COMMON.format(
        clock="datetime(6)",
        more="e enum('p', 'q') DEFAULT 'p', short2 varchar(40), j json,"
        "checked int CHECK (checked > 0),",
    )
    + ";GRANT SELECT ON marker TO PUBLIC"
    ";CREATE SEQUENCE counter START WITH 4711;CREATE FUNCTION f() RETURNS int RETURN 1;"
    "CREATE PROCEDURE p() SELECT 1;"
    "CREATE TRIGGER tr BEFORE UPDATE ON viewed FOR EACH ROW SET NEW.id = 1",
    POSTGRESQL: "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');"
    "CREATE TYPE unused AS ENUM ('x'); CREATE SCHEMA elsewhere; CREATE SCHEMA empty;"
    "CREATE SEQUENCE counter START 4711;"
    "CREATE DOMAIN positive AS int CONSTRAINT above CHECK (VALUE > 0);"
    "CREATE DOMAIN idle AS int DEFAULT 3;"
    "CREATE TYPE place AS (x int, y int); CREATE TYPE nowhere AS (x int, y int);"
    "CREATE TABLE located OF place; INSERT INTO located VALUES (6, 8);"
    "CREATE TABLE counted (n positive); INSERT INTO counted VALUES (5);"
    "CREATE MATERIALIZED VIEW numbered AS SELECT n FROM counted;"
    "CREATE UNIQUE INDEX ON numbered (n);"
    "ALTER DOMAIN positive ADD CONSTRAINT late CHECK (VALUE > 1) NOT VALID;"
    "CREATE TABLE ancestor (id int NOT NULL, v int);"
    + COMMON.format(
        clock="timestamp",
        more="tz timestamptz, m mood DEFAULT 'ok', ident int GENERATED BY DEFAULT AS IDENTITY, "
        "calc int GENERATED ALWAYS AS (a + 1) STORED, num serial,",
    )
    + ";GRANT SELECT ON marker TO PUBLIC;CREATE MATERIALIZED VIEW mv AS SELECT id FROM viewed;"
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
    "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';"
    "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE TRIGGER tr BEFORE UPDATE ON viewed FOR EACH ROW EXECUTE FUNCTION tf()"
    ";ALTER TABLE plain ADD CONSTRAINT late CHECK (v > 0) NOT VALID;"
    "UPDATE child SET tz = '2024-05-06 07:08:09+00'",
}
"""Tables for the changes to be made on: statements, by database."""


def statements(database: str) -> list[str]:
    """Give the statements of `SETUP`, one by one."""
    return re.split(r";(?! END)", SETUP[database])


PLAIN = table("plain", column("id"), column("v"))
CASES = {
    "create-table": Case(lambda: CreateTable("made", Column("id", Integer, primary_key=True))),
    "create-table-with-index": Case(
        lambda: CreateTable("made", Column("id", Integer), Column("a", Integer, index=True))
    ),
    "create-table-with-foreign-key": Case(
        lambda: CreateTable("made", Column("p", Integer, ForeignKey("parent.id")))
    ),
    "drop-table": Case(lambda: DropTable("plain")),
    "drop-table-with-foreign-key": Case(lambda: DropTable("child")),
    "rename-table": Case(lambda: RenameTable("plain", "simple")),
    "set-table-schema": Case(lambda: SetTableSchema("plain", "elsewhere"), (POSTGRESQL,)),
    "storage": Case(
        lambda: AlterTableOptions(
            "child",
            postgresql_with={"fillfactor": 70},
            sqlite_strict=True,
            **mysql(row_format="DYNAMIC"),
        ),
        SERVERS,
    ),
    "storage-reset": Case(
        lambda: AlterTableOptions(
            "child", postgresql_with=None, existing_options={"postgresql_with": {"fillfactor": 90}}
        ),
        (POSTGRESQL,),
    ),
    "unlogged": Case(lambda: AlterTableOptions("plain", postgresql_unlogged=True), (POSTGRESQL,)),
    "inherits": Case(
        lambda: AlterTableOptions("plain", postgresql_inherits="ancestor"), (POSTGRESQL,)
    ),
    "charset": Case(
        lambda: AlterTableOptions("child", **mysql(charset="utf8mb4", collate="utf8mb4_bin")),
        (MARIADB,),
    ),
    "stats": Case(lambda: AlterTableOptions("child", **mysql(stats_persistent=1)), (MARIADB,)),
    "page-compressed": Case(
        lambda: AlterTableOptions("child", **mysql(page_compressed=1)), (MARIADB,)
    ),
    "rebuild": Case(
        lambda: AlterTableOptions(
            "child", existing_options=mysql(engine="InnoDB"), **mysql(engine="InnoDB")
        ),
        (MARIADB,),
    ),
    "table-comment": Case(lambda: CreateTableComment("child", "what")),
    "drop-table-comment": Case(lambda: DropTableComment("child")),
    "add-column": Case(add(Integer)),
    "add-column-with-default": Case(add(Integer, nullable=False, server_default="3")),
    "add-column-now": Case(add(DateTime, server_default=func.now()), SERVERS),
    "add-column-volatile": Case(add(Double, server_default=func.random()), (POSTGRESQL,)),
    "add-column-identity": Case(add(Integer, Identity()), (POSTGRESQL,)),
    "add-column-serial": Case(
        lambda: AddColumn("plain", Column("z", Integer, primary_key=True)), (POSTGRESQL,)
    ),
    "add-column-stored": Case(add(Integer, Computed("a + 1", persisted=True)), SERVERS),
    "add-column-virtual": Case(add(Integer, Computed("a + 1", persisted=False)), (SQLITE, MARIADB)),
    "add-column-check": Case(add(Integer, CheckConstraint("z > 0"))),
    "add-column-foreign-key": Case(add(Integer, ForeignKey("parent.id"))),
    "add-column-references": Case(
        lambda: AddColumn(
            "child", Column("z", Integer, ForeignKey("parent.id")), inline_references=True
        )
    ),
    "add-column-unique": Case(add(Integer, unique=True)),
    "add-column-index": Case(add(Integer, index=True)),
    "add-column-comment": Case(add(Integer, comment="what"), SERVERS),
    "add-column-enum": Case(add(Enum("u", "v", name="letters")), SERVERS),
    "drop-column": Case(lambda: DropColumn("child", "f")),
    "drop-column-with-index": Case(lambda: DropColumn("child", "b"), SERVERS),
    "rename-column": Case(
        alter("f", new_column_name="g", existing_type=Double(), existing_nullable=True)
    ),
    "not-null": Case(
        alter("b", nullable=False, existing_type=String(50), existing_nullable=True), SERVERS
    ),
    "nullable": Case(
        alter("c", nullable=True, existing_type=String(50), existing_nullable=False), SERVERS
    ),
    "set-default": Case(alter("c", server_default="y"), SERVERS),
    "drop-default": Case(alter("c", server_default=None), SERVERS),
    "set-identity": Case(alter("a", server_default=Identity()), (POSTGRESQL,)),
    "alter-identity": Case(
        alter(
            "ident",
            server_default=Identity(always=True, increment=2),
            existing_server_default=Identity(),
        ),
        (POSTGRESQL,),
    ),
    "drop-identity": Case(
        alter("ident", server_default=None, existing_server_default=Identity()),
        (POSTGRESQL,),
        renames_values=True,  # the sequence goes that was its own
    ),
    "serial-to-identity": Case(
        alter(
            "num",
            server_default=Identity(),
            existing_type=Integer(),
            autoincrement=False,
            existing_autoincrement=True,
        ),
        (POSTGRESQL,),
        renames_values=True,  # the sequence is another one
    ),
    "serial-no-more": Case(
        alter("num", existing_type=Integer(), autoincrement=False, existing_autoincrement=True),
        (POSTGRESQL,),
        renames_values=True,
    ),
    "serial-from-now-on": Case(
        alter("other", existing_type=Integer(), autoincrement=True, existing_autoincrement=False),
        (POSTGRESQL,),
    ),
    "drop-expression": Case(
        alter(
            "calc",
            server_default=None,
            existing_server_default=Computed("a + 1", persisted=True),
        ),
        (POSTGRESQL,),
    ),
    "column-comment": Case(
        alter("f", comment="what", existing_type=Double(), existing_nullable=True), SERVERS
    ),
    "comment-of-json": Case(alter("j", comment="what"), (MARIADB,)),
    "comment-of-checked": Case(alter("checked", comment="what"), (MARIADB,)),
    "type-same": Case(retype("b", String(50), String(50)), SERVERS),
    "type-varchar-longer": Case(retype("b", String(50), String(60)), SERVERS),
    "type-varchar-from-short": Case(retype("short", String(10), String(300)), SERVERS),
    "type-varchar-shorter": Case(retype("b", String(50), String(20)), SERVERS),
    "type-varchar-to-text": Case(retype("b", String(50), Text()), (POSTGRESQL,)),
    "type-text-to-varchar": Case(retype("body", Text(), String(60)), SERVERS),
    "type-text-to-unlimited": Case(retype("body", Text(), String()), (POSTGRESQL,)),
    "type-int-to-bigint": Case(retype("other", Integer(), BigInteger()), SERVERS),
    "type-bigint-to-int": Case(retype("big", BigInteger(), Integer()), SERVERS),
    "type-int-to-smallint": Case(retype("other", Integer(), SmallInteger()), SERVERS),
    "type-numeric-more-digits": Case(retype("n", Numeric(10, 2), Numeric(12, 2)), SERVERS),
    "type-numeric-unlimited": Case(retype("n", Numeric(10, 2), Numeric()), (POSTGRESQL,)),
    "type-numeric-greater-scale": Case(
        retype("n", Numeric(10, 2), Numeric(12, 4)), (POSTGRESQL,), renames_values=True
    ),
    "type-numeric-lesser-scale": Case(retype("n", Numeric(10, 2), Numeric(10, 1)), SERVERS),
    "type-numeric-to-int": Case(retype("n", Numeric(10, 2), Integer()), SERVERS),
    "type-double-to-int": Case(retype("f", Double(), Integer()), SERVERS),
    "type-timestamp-to-date": Case(retype("ts", DateTime(), Date()), SERVERS),
    "type-timestamp-zone": Case(
        retype("ts", DateTime(), DateTime(timezone=True)), (POSTGRESQL,), renames_values=True
    ),
    "type-timestamp-no-zone": Case(
        retype("tz", DateTime(timezone=True), DateTime()), (POSTGRESQL,), renames_values=True
    ),
    "type-unknown-before": Case(alter("other", type_=BigInteger()), (POSTGRESQL,)),
    "type-enum-more-labels": Case(retype("e", Enum("p", "q"), Enum("p", "q", "r")), (MARIADB,)),
    "type-enum-other-order": Case(retype("e", Enum("p", "q"), Enum("q", "p")), (MARIADB,)),
    "type-using": Case(
        retype("body", Text(), Integer(), postgresql_using="length(body)"), (POSTGRESQL,)
    ),
    "two-aspects": Case(
        alter("b", nullable=False, type_=Text(), existing_type=String(50)), (POSTGRESQL,)
    ),
    "primary-key": Case(lambda: create_primary_key("pk", "plain", ["id"]), SERVERS),
    "unique": Case(lambda: create_unique_constraint("u2", "child", ["c"]), SERVERS),
    "exclude": Case(
        lambda: create_exclude_constraint("x2", "plain", ("id", "="), using="btree"), (POSTGRESQL,)
    ),
    "check": Case(lambda: create_check_constraint("c2", "child", "a > -1"), SERVERS),
    "check-not-valid": Case(
        lambda: create_check_constraint("c2", "child", "a > -1", postgresql_not_valid=True),
        (POSTGRESQL,),
    ),
    "foreign-key": Case(
        lambda: create_foreign_key("f2", "child", "parent", ["other"], ["id"]), SERVERS
    ),
    "foreign-key-not-valid": Case(
        lambda: create_foreign_key(
            "f2", "child", "parent", ["other"], ["id"], postgresql_not_valid=True
        ),
        (POSTGRESQL,),
    ),
    "validate": Case(lambda: ValidateConstraint("late", "plain"), (POSTGRESQL,)),
    "rename-constraint": Case(lambda: RenameConstraint("ck", "ck2", "child"), (POSTGRESQL,)),
    "drop-check": Case(lambda: DropConstraint("ck", "child", "check"), SERVERS),
    "drop-unique": Case(lambda: DropConstraint("uq", "child", "unique"), SERVERS),
    "drop-foreign-key": Case(lambda: DropConstraint("fk", "child", "foreignkey"), SERVERS),
    "drop-primary-key": Case(lambda: DropConstraint("child_pkey", "child", "primary"), SERVERS),
    "create-index": Case(lambda: CreateIndex("i2", "child", ["a"])),
    "create-unique-index": Case(lambda: CreateIndex("i2", "child", ["a"], unique=True)),
    "create-partial-index": Case(
        lambda: CreateIndex("i2", "child", ["a"], postgresql_where=column("a") > 1),
        (POSTGRESQL,),
    ),
    "create-index-expression": Case(
        lambda: CreateIndex("i2", "child", [func.lower(column("body"))], postgresql_using="hash"),
        (POSTGRESQL,),
    ),
    "create-index-concurrently": Case(
        lambda: CreateIndex("i2", "child", ["a"], postgresql_concurrently=True), (POSTGRESQL,)
    ),
    "create-index-full-text": Case(
        lambda: CreateIndex("i2", "child", ["body"], mysql_prefix="FULLTEXT"), (MARIADB,)
    ),
    "drop-index": Case(lambda: DropIndex("ix", "child")),
    "drop-index-concurrently": Case(
        lambda: DropIndex("ix", "child", postgresql_concurrently=True), (POSTGRESQL,)
    ),
    "rename-index": Case(lambda: RenameIndex("ix", "ix2", "child")),
    "create-sequence": Case(lambda: CreateSequence("s2"), SERVERS),
    "drop-sequence": Case(lambda: DropSequence("counter"), SERVERS),
    "alter-sequence": Case(lambda: AlterSequence("counter", increment=10), SERVERS),
    "rename-sequence": Case(
        lambda: AlterSequence("counter", new_sequence_name="c2"), (POSTGRESQL,)
    ),
    "create-enum": Case(lambda: CreateEnum("e2", ["x"]), (POSTGRESQL,)),
    "drop-enum": Case(lambda: DropEnum("unused"), (POSTGRESQL,)),
    "add-enum-value": Case(lambda: AddEnumValue("mood", "so-so"), (POSTGRESQL,)),
    "rename-enum-value": Case(
        lambda: RenameEnumValue("mood", "ok", "fine"), (POSTGRESQL,), renames_values=True
    ),
    "replace-enum": Case(
        lambda: ReplaceEnum(
            "mood", ["ok", "sad"], columns=[EnumColumn("child", "m", server_default="ok")]
        ),
        (POSTGRESQL,),
    ),
    "replace-enum-looked-up": Case(lambda: ReplaceEnum("mood", ["ok", "sad"]), (POSTGRESQL,)),
    "replace-unused-enum": Case(lambda: ReplaceEnum("unused", ["y"], columns=[]), (POSTGRESQL,)),
    "bulk-insert": Case(lambda: BulkInsert(PLAIN, [{"id": 33, "v": 303}])),
    "copy-rows": Case(lambda: CopyRows("parent", "plain", {"id": "id", "v": "w"})),
    "sql-insert": Case(say("INSERT INTO plain VALUES (33, 303)")),
    "sql-delete": Case(say("/* away */ DELETE FROM plain")),
    "sql-drop-table": Case(say("-- away\n DROP TABLE plain")),
    "sql-drop-column": Case(say("ALTER TABLE child DROP COLUMN f")),
    "sql-truncate": Case(say("TRUNCATE TABLE plain"), SERVERS, new_file=True),
    "sql-create-view": Case(say("CREATE VIEW seen AS SELECT a FROM child")),
    "create-schema": Case(lambda: CreateSchema("facts_apart", if_not_exists=True), (POSTGRESQL,)),
    "drop-schema": Case(lambda: DropSchema("empty"), (POSTGRESQL,)),
    "create-extension": Case(lambda: CreateExtension("hstore"), ()),
    "drop-extension": Case(lambda: DropExtension("hstore"), ()),
    "update-extension": Case(lambda: UpdateExtension("hstore"), ()),
    "create-view": Case(lambda: CreateView("seen", "SELECT a FROM child")),
    "replace-view": Case(
        lambda: CreateView("v", "SELECT id FROM viewed WHERE id > 0", or_replace=True)
    ),
    "drop-view": Case(lambda: DropView("v")),
    "create-materialized-view": Case(
        lambda: CreateView("seen", "SELECT a FROM child", materialized=True), (POSTGRESQL,)
    ),
    "refresh-materialized-view": Case(lambda: RefreshMaterializedView("numbered"), (POSTGRESQL,)),
    "refresh-concurrently": Case(
        lambda: RefreshMaterializedView("numbered", concurrently=True), (POSTGRESQL,)
    ),
    "empty-materialized-view": Case(
        lambda: RefreshMaterializedView("numbered", with_data=False), (POSTGRESQL,)
    ),
    "create-domain": Case(
        lambda: CreateDomain("small", Integer, checks=[CheckConstraint("VALUE < 9")]),
        (POSTGRESQL,),
    ),
    "drop-domain": Case(lambda: DropDomain("idle"), (POSTGRESQL,)),
    "drop-domain-cascade": Case(lambda: DropDomain("positive", cascade=True), (POSTGRESQL,)),
    "domain-not-null": Case(lambda: AlterDomain("positive", not_null=True), (POSTGRESQL,)),
    "domain-default": Case(lambda: AlterDomain("positive", default="4"), (POSTGRESQL,)),
    "rename-domain": Case(lambda: AlterDomain("positive", new_domain_name="plus"), (POSTGRESQL,)),
    "add-domain-constraint": Case(
        lambda: AddDomainConstraint("positive", CheckConstraint("VALUE < 9", name="low")),
        (POSTGRESQL,),
    ),
    "add-domain-constraint-not-valid": Case(
        lambda: AddDomainConstraint(
            "positive", CheckConstraint("VALUE < 2", name="low", postgresql_not_valid=True)
        ),
        (POSTGRESQL,),
    ),
    "drop-domain-constraint": Case(
        lambda: DropDomainConstraint("positive", "above"), (POSTGRESQL,)
    ),
    "rename-domain-constraint": Case(
        lambda: RenameDomainConstraint("positive", "above", "plus"), (POSTGRESQL,)
    ),
    "validate-domain-constraint": Case(
        lambda: ValidateDomainConstraint("positive", "late"), (POSTGRESQL,)
    ),
    "create-composite-type": Case(
        lambda: CreateCompositeType("spot2", [Column("x", Integer)]), (POSTGRESQL,)
    ),
    "drop-composite-type": Case(lambda: DropCompositeType("nowhere"), (POSTGRESQL,)),
    "drop-composite-type-cascade": Case(
        lambda: DropCompositeType("place", cascade=True), (POSTGRESQL,)
    ),
    "rename-composite-type": Case(lambda: RenameCompositeType("place", "spot"), (POSTGRESQL,)),
    "add-attribute": Case(
        lambda: AddAttribute("place", Column("z", Integer), cascade=True), (POSTGRESQL,)
    ),
    "drop-attribute": Case(lambda: DropAttribute("place", "y", cascade=True), (POSTGRESQL,)),
    "attribute-type": Case(lambda: AlterAttribute("nowhere", "y", type_=BigInteger), (POSTGRESQL,)),
    "rename-attribute": Case(
        lambda: AlterAttribute("place", "y", new_attribute_name="z", cascade=True), (POSTGRESQL,)
    ),
    "grant": Case(lambda: GrantPrivileges(["SELECT"], "plain", "PUBLIC"), SERVERS),
    "revoke": Case(lambda: RevokePrivileges(["SELECT"], "marker", "PUBLIC"), SERVERS),
    "drop-materialized-view": Case(lambda: DropView("mv", materialized=True), (POSTGRESQL,)),
    "create-function": Case(
        lambda: CreateFunction("one", "RETURNS int LANGUAGE sql AS 'SELECT 1'"), (POSTGRESQL,)
    ),
    "create-function-mariadb": Case(
        lambda: CreateFunction("one", "RETURNS int RETURN 1"), (MARIADB,)
    ),
    "drop-function": Case(lambda: DropFunction("f"), SERVERS),
    "create-procedure": Case(
        lambda: CreateProcedure("tidy", "LANGUAGE sql AS 'SELECT 1'"), (POSTGRESQL,)
    ),
    "create-procedure-mariadb": Case(lambda: CreateProcedure("tidy", "SELECT 1"), (MARIADB,)),
    "drop-procedure": Case(lambda: DropProcedure("p"), SERVERS),
    "create-trigger": Case(
        lambda: CreateTrigger("tr2", "child", "AFTER UPDATE", "FOR EACH ROW EXECUTE FUNCTION tf()"),
        (POSTGRESQL,),
    ),
    "create-trigger-mariadb": Case(
        lambda: CreateTrigger("tr2", "child", "BEFORE UPDATE", "FOR EACH ROW SET NEW.a = 1"),
        (MARIADB,),
    ),
    "create-trigger-sqlite": Case(
        lambda: CreateTrigger(
            "tr2", "child", "AFTER UPDATE", "BEGIN UPDATE plain SET v = 1 WHERE id = 0; END"
        ),
        (SQLITE,),
    ),
    "drop-trigger": Case(lambda: DropTrigger("tr", "viewed")),
    "disable-trigger": Case(lambda: AlterTrigger("tr", "viewed", enabled=False), (POSTGRESQL,)),
    "rename-view": Case(lambda: RenameObject("v", "seen", kind="view"), SERVERS),
    "rename-materialized-view": Case(
        lambda: RenameObject("mv", "seen", kind="materialized view"), (POSTGRESQL,)
    ),
    "rename-function": Case(lambda: RenameObject("f", "g", kind="function"), (POSTGRESQL,)),
    "rename-trigger": Case(
        lambda: RenameObject("tr", "stamp", kind="trigger", table_name="viewed"), (POSTGRESQL,)
    ),
    "rename-schema": Case(lambda: RenameObject("empty", "bare", kind="schema"), (POSTGRESQL,)),
    "move-view": Case(lambda: SetObjectSchema("v", "elsewhere", kind="view"), (POSTGRESQL,)),
    "move-sequence": Case(
        lambda: SetObjectSchema("counter", "elsewhere", kind="sequence"), (POSTGRESQL,)
    ),
    "move-procedure": Case(
        lambda: SetObjectSchema("p", "elsewhere", kind="procedure"), (POSTGRESQL,)
    ),
    "move-domain": Case(
        lambda: SetObjectSchema("positive", "elsewhere", kind="type"), (POSTGRESQL,)
    ),
    "move-composite-type": Case(
        lambda: SetObjectSchema("place", "elsewhere", kind="type"), (POSTGRESQL,)
    ),
    "own-table": Case(lambda: SetOwner("plain", "pg_monitor", kind="table"), (POSTGRESQL,)),
    "own-sequence": Case(lambda: SetOwner("counter", "pg_monitor", kind="sequence"), (POSTGRESQL,)),
    "own-function": Case(lambda: SetOwner("f", "pg_monitor", kind="function"), (POSTGRESQL,)),
    "own-schema": Case(lambda: SetOwner("empty", "pg_monitor", kind="schema"), (POSTGRESQL,)),
    "own-type": Case(lambda: SetOwner("place", "pg_monitor", kind="type"), (POSTGRESQL,)),
    "sql-comment": Case(say("COMMENT ON TABLE child IS 'what'"), (POSTGRESQL,)),
    "sql-grant": Case(say("GRANT SELECT ON plain TO PUBLIC"), (POSTGRESQL,)),
    "sql-two": Case(say("INSERT INTO plain VALUES (33, 303); DROP TABLE child"), (POSTGRESQL,)),
    "sql-vacuum": Case(say("VACUUM"), (SQLITE, POSTGRESQL)),
    "sql-vacuum-full": Case(say("VACUUM (FULL, ANALYZE) plain"), (POSTGRESQL,)),
    "sql-create-index-concurrently": Case(
        say("CREATE INDEX /* slowly */ CONCURRENTLY i2 ON child (a)"), (POSTGRESQL,)
    ),
    "sql-drop-index-concurrently": Case(say("DROP INDEX CONCURRENTLY ix"), (POSTGRESQL,)),
    "sql-reindex-concurrently": Case(say("REINDEX TABLE CONCURRENTLY plain"), (POSTGRESQL,)),
    "sql-reindex-schema": Case(say("REINDEX SCHEMA public"), (POSTGRESQL,)),
    "sql-reindex": Case(say("REINDEX TABLE child"), (POSTGRESQL,)),
    "sql-cluster-all": Case(say("CLUSTER"), (POSTGRESQL,)),
    "sql-alter-system": Case(say("ALTER SYSTEM RESET work_mem"), (POSTGRESQL,)),
    "sql-discard-all": Case(say("DISCARD ALL"), (POSTGRESQL,)),
    "sql-add-value": Case(say("ALTER TYPE mood ADD VALUE 'so-so'"), (POSTGRESQL,)),
    "sql-do": Case(say("DO $$ BEGIN DROP TABLE plain; END $$"), (POSTGRESQL,)),
    "sql-foreign-keys": Case(
        say("PRAGMA foreign_keys = ON"), (SQLITE,), without_effect=("PRAGMA foreign_keys", 0)
    ),
    "sql-journal-mode": Case(
        say("PRAGMA journal_mode = WAL"),
        (SQLITE,),
        without_effect=("PRAGMA journal_mode", "delete"),
    ),
    "sql-synchronous": Case(say("PRAGMA synchronous = OFF"), (SQLITE,)),
    "sql-wal-checkpoint": Case(say("PRAGMA wal_checkpoint"), (SQLITE,)),
    "sql-user-version": Case(say("PRAGMA user_version = 3"), (SQLITE,)),
    "sql-attach": Case(
        say("ATTACH ':memory:' AS other"), (SQLITE,), left="SELECT * FROM other.sqlite_master"
    ),
    "sql-temporary-table": Case(
        say("CREATE TEMPORARY TABLE tmp (id int)"), (MARIADB,), left="SELECT * FROM tmp"
    ),
    "sql-trigger": Case(
        say("CREATE TRIGGER tr3 BEFORE INSERT ON plain FOR EACH ROW SET NEW.v = 1"), (MARIADB,)
    ),
    "sql-analyze": Case(say("ANALYZE TABLE plain"), (MARIADB,)),
    "sql-optimize": Case(say("OPTIMIZE TABLE plain"), (MARIADB,)),
    "sql-update": Case(say("UPDATE plain SET v = v + 1")),
    "sql-set": Case(say("SET @x = 1"), (MARIADB,)),
    "sql-lock": Case(say("LOCK TABLES plain READ"), (MARIADB,)),
    "sql-flush": Case(say("FLUSH TABLES"), (MARIADB,)),
}
