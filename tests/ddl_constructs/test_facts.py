"""What a change costs, by the tables: versions, conditions, SQL as text, combinations.

That the tables are true is shown on the servers, in `test_facts_live`.
"""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import ddl_constructs
import pytest
from ddl_constructs import (
    AddColumn,
    AddEnumValue,
    AlterColumn,
    AlterSequence,
    AlterTableOptions,
    Blocks,
    Change,
    CreateExtension,
    CreateIndex,
    CreateSchema,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropExtension,
    DropSchema,
    ExecuteSQL,
    Facts,
    RenameIndex,
    ReplaceEnum,
    SetTableSchema,
    UnsupportedChange,
    UpdateExtension,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    facts,
    lowers,
    register_facts,
    stands_alone,
)
from ddl_constructs.facts import Row, Source
from ddl_constructs.facts.book import book
from ddl_constructs.facts.said import heads
from ddl_constructs.facts.value import worst
from facts_cases import CASES
from facts_page import page
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    DDL,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Double,
    Enum,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    column,
    create_engine,
    delete,
    func,
    insert,
    select,
    table,
    text,
    update,
)
from sqlalchemy import schema as sa_schema
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.dialects.mysql import BIGINT, INTEGER
from sqlalchemy.engine.default import DefaultDialect

BY_MANUAL = ("mssql", "oracle")
NAMES = ("postgresql", "mysql", "mariadb", "sqlite", *BY_MANUAL)
T = table("t", column("a"))
PAGE = Path(__file__).parents[2] / "docs" / "ddl-constructs" / "facts.md"


def add(*args: Any, **options: Any) -> Change:
    references = options.pop("inline_references", None)
    primary = options.pop("inline_primary_key", None)
    return AddColumn(
        "t",
        Column("z", *args, **options),
        inline_references=references,
        inline_primary_key=primary,
    )


def retype(old: Any, new: Any, **options: Any) -> Change:
    return AlterColumn("t", "a", type_=new, existing_type=old, existing_nullable=True, **options)


def options(**given: Any) -> Change:
    return AlterTableOptions("t", **given)


BY_VERSION = [
    # a change, its dialect, and for each version (rewrites, scans, stands alone, lock)
    pytest.param(
        options(postgresql_with={"user_catalog_table": True}),
        "postgresql",
        {(15,): (False, False, False, None)},
        id="postgresql-other-storage",
    ),
    pytest.param(
        options(postgresql_tablespace="x"),
        "postgresql",
        {(15,): (True, False, False, "ACCESS EXCLUSIVE")},
        id="postgresql-tablespace",
    ),
    pytest.param(
        options(mysql_engine="MyISAM", mysql_row_format="DYNAMIC"),
        "mysql",
        {(8, 4): (True, True, False, "SHARED")},
        id="mysql-engine",
    ),
    pytest.param(
        options(mysql_engine="InnoDB", existing_options={"mysql_engine": "InnoDB"}),
        "mysql",
        {(8, 4): (True, True, False, "NONE")},
        id="mysql-rebuild",
    ),
    pytest.param(
        options(mysql_collate="utf8mb4_bin"),
        "mysql",
        {(8, 4): (None, None, False, "NONE")},
        id="mysql-collation",
    ),
    pytest.param(
        options(mysql_tablespace="x"),
        "mysql",
        {(8, 4): (None, None, False, None)},
        id="mysql-other-option",
    ),
    pytest.param(
        options(mariadb_partition_by="HASH (id)"),
        "mariadb",
        {(10, 11): (True, True, False, "SHARED"), (11, 4): (True, True, False, "NONE")},
        id="mariadb-partitions",
    ),
    pytest.param(
        options(mariadb_checksum=1),
        "mariadb",
        {(10, 11): (None, None, False, None)},
        id="mariadb-other-option",
    ),
    pytest.param(
        AlterColumn(
            "t", "z", server_default=Computed("2"), existing_server_default=Computed("1"),
            existing_type=Integer(), existing_nullable=True,
        ),
        "mysql",
        {(8, 4): (None, None, False, None)},
        id="mysql-another-expression",
    ),
    pytest.param(
        AlterColumn(
            "t", "z", server_default=Computed("2"), existing_server_default=Computed("1")
        ),
        "postgresql",
        {(17, 2): (True, True, False, "ACCESS EXCLUSIVE")},
        id="postgresql-another-expression",
    ),
    pytest.param(
        DropColumn("t", "z", existing_column=Column("z", Integer, Computed("1", persisted=True))),
        "mysql",
        {(8, 4): (True, True, False, "NONE")},
        id="mysql-drop-stored",
    ),
    pytest.param(
        add(Integer, nullable=False, server_default="1"),
        "mssql",
        {(16,): (None, None, False, "Sch-M")},
        id="mssql-add-column-with-default",
    ),
    pytest.param(
        add(Integer, Computed("1", persisted=True)),
        "mssql",
        {(16,): (True, True, False, "Sch-M")},
        id="mssql-persisted",
    ),
    pytest.param(
        CreateIndex("i", "t", ["a"], mssql_clustered=True),
        "mssql",
        {(16,): (True, True, False, "Sch-M")},
        id="mssql-clustered",
    ),
    pytest.param(
        CreateIndex("i", "t", ["a"]), "mssql", {(16,): (False, True, False, "S")}, id="mssql-index"
    ),
    pytest.param(
        options(mssql_data_compression="PAGE"),
        "mssql",
        {(16,): (True, True, False, "Sch-M")},
        id="mssql-compression",
    ),
    pytest.param(
        options(mssql_lock_escalation="AUTO"),
        "mssql",
        {(16,): (False, False, False, "Sch-M")},
        id="mssql-lock-escalation",
    ),
    pytest.param(
        add(Integer, server_default="1"),
        "oracle",
        {
            (11, 2): (True, True, False, "exclusive DDL"),
            (19, 3): (False, False, False, "exclusive DDL"),
            (23, 4): (False, False, False, "nonblocking DDL"),
        },
        id="oracle-add-column-with-default",
    ),
    pytest.param(
        add(Integer, nullable=False, server_default="1"),
        "oracle",
        {(19, 3): (False, False, False, "nonblocking DDL")},
        id="oracle-add-column-not-null-with-default",
    ),
    pytest.param(
        options(oracle_compress=True),
        "oracle",
        {(19, 3): (True, True, False, "exclusive DDL")},
        id="oracle-move",
    ),
    pytest.param(
        options(mysql_engine="MyISAM"),
        "postgresql",
        {(15,): (False, False, False, "")},
        id="options-of-another-dialect",
    ),
    pytest.param(
        add(Integer, server_default="1"),
        "postgresql",
        {
            (10, 4): (True, True, False, "ACCESS EXCLUSIVE"),
            (11,): (False, False, False, "ACCESS EXCLUSIVE"),
            None: (True, True, False, "ACCESS EXCLUSIVE"),
        },
        id="postgresql-add-column-with-default",
    ),
    pytest.param(
        add(Double, server_default=func.random()),
        "postgresql",
        {(10,): (True, True, False, "ACCESS EXCLUSIVE"), (17,): (True, True, False, "ACCESS EXCLUSIVE")},
        id="postgresql-add-column-volatile",
    ),
    pytest.param(
        add(Integer, server_default=func.my_own(1)),
        "postgresql",
        {(10,): (True, True, False, "ACCESS EXCLUSIVE"), (15,): (None, None, False, "ACCESS EXCLUSIVE")},
        id="postgresql-add-column-unknown-function",
    ),
    pytest.param(
        add(String, server_default=text("'random()'")),
        "postgresql",
        {(15,): (False, False, False, "ACCESS EXCLUSIVE")},
        id="postgresql-add-column-literal-like-a-call",
    ),
    pytest.param(
        add(Integer, primary_key=True, inline_primary_key=True),
        "postgresql",
        {(15,): (True, True, False, "ACCESS EXCLUSIVE")},
        id="postgresql-add-column-serial",
    ),
    pytest.param(
        add(Integer, ForeignKey("p.id"), server_default="1", inline_references=True),
        "postgresql",
        {(15,): (False, True, False, "ACCESS EXCLUSIVE")},
        id="postgresql-add-column-references-and-default",
    ),
    pytest.param(
        AlterColumn("t", "a", nullable=False),
        "postgresql",
        {(11,): (False, True, False, "ACCESS EXCLUSIVE"), (12,): (False, True, False, "ACCESS EXCLUSIVE")},
        id="postgresql-not-null",
    ),
    pytest.param(
        retype(DateTime(), DateTime(timezone=True)),
        "postgresql",
        {(11,): (True, True, False, "ACCESS EXCLUSIVE"), (12,): (True, True, False, "ACCESS EXCLUSIVE")},
        id="postgresql-time-zone",
    ),
    pytest.param(
        AddEnumValue("mood", "ok"),
        "postgresql",
        {(11, 9): (False, False, True, ""), (12,): (False, False, False, ""), None: (False, False, True, "")},
        id="postgresql-add-enum-value",
    ),
    pytest.param(
        ExecuteSQL("alter type s.mood add value 'ok'"),
        "postgresql",
        {(11,): (False, False, True, ""), (12,): (False, False, False, ""), None: (False, False, True, "")},
        id="postgresql-add-value-as-text",
    ),
    pytest.param(
        RenameIndex("i", "j"),
        "postgresql",
        {(11,): (False, False, False, "ACCESS EXCLUSIVE"), (12,): (False, False, False, "SHARE UPDATE EXCLUSIVE")},
        id="postgresql-rename-index",
    ),
    pytest.param(
        CreateTable("t", Column("a", Integer), Index("i", "a", postgresql_concurrently=True)),
        "postgresql",
        {(15,): (False, True, True, "SHARE UPDATE EXCLUSIVE")},
        id="postgresql-create-table-concurrent-index",
    ),
    pytest.param(
        create_exclude_constraint("e", "t", ("a", "=")),
        "postgresql",
        {(15,): (False, True, False, "ACCESS EXCLUSIVE")},
        id="postgresql-exclude",
    ),
    pytest.param(
        retype(String(10), String(20), postgresql_using="a || 'x'"),
        "postgresql",
        {(15,): (None, None, False, "ACCESS EXCLUSIVE")},
        id="postgresql-using",
    ),
    pytest.param(
        retype(Boolean(), Enum("x", "y", name="xy")),
        "postgresql",
        {(15,): (None, None, False, "ACCESS EXCLUSIVE")},
        id="postgresql-to-an-enum",
    ),
    pytest.param(
        add(Integer),
        "mysql",
        {(8, 0, 11): (True, True, False, "NONE"), (8, 0, 12): (False, False, False, "NONE")},
        id="mysql-add-column",
    ),
    pytest.param(
        add(Integer).replace(insert_after="a"),
        "mysql",
        {(8, 0, 12): (True, True, False, "NONE"), (8, 0, 28): (True, True, False, "NONE"), (8, 0, 29): (False, False, False, "NONE")},
        id="mysql-add-column-behind-another",
    ),
    pytest.param(
        add(Integer, Computed("a + 1")),
        "mysql",
        {(5, 7, 44): (False, False, False, "NONE"), (8, 4): (False, False, False, "NONE")},
        id="mysql-virtual",
    ),
    pytest.param(
        DropColumn("t", "a", existing_column=Column("a", Integer, Computed("b + 1"))),
        "mysql",
        {(5, 7, 44): (False, False, False, "NONE"), (8, 4): (False, False, False, "NONE")},
        id="mysql-drop-virtual",
    ),
    pytest.param(
        DropColumn("t", "a"),
        "mysql",
        {(8, 0, 28): (True, True, False, "NONE"), (8, 0, 29): (False, False, False, "NONE"), None: (True, True, False, "NONE")},
        id="mysql-drop-column",
    ),
    pytest.param(
        add(Integer, Computed("a + 1", persisted=True)),
        "mysql",
        {(8, 4): (True, True, False, "SHARED")},
        id="mysql-stored",
    ),
    pytest.param(
        add(Integer, primary_key=True, inline_primary_key=True),
        "mysql",
        {(8, 4): (True, True, False, "SHARED")},
        id="mysql-auto-increment",
    ),
    pytest.param(
        add(String(36), CheckConstraint("z <> ''")),
        "mysql",
        {(8, 4): (None, None, False, None)},
        id="mysql-check-inside",
    ),
    pytest.param(
        create_check_constraint("c", "t", "a > 0"),
        "mysql",
        {(8, 4): (None, None, False, None)},
        id="mysql-check",
    ),
    pytest.param(
        create_foreign_key("f", "t", "p", ["a"], ["id"]),
        "mysql",
        {(8, 4): (True, True, False, "SHARED")},
        id="mysql-foreign-key",
    ),
    pytest.param(
        DropConstraint("c", "t"), "mysql", {(8, 4): (None, None, False, None)}, id="mysql-some-kind"
    ),
    pytest.param(
        DropConstraint("c", "t", if_exists=True),
        "mariadb",
        {(10, 11): (None, None, False, None), None: (None, None, False, None)},
        id="mariadb-some-kind",
    ),
    pytest.param(
        DropConstraint("c", "t", "primary"),
        "mysql",
        {(8, 4): (True, True, False, "SHARED")},
        id="mysql-drop-primary-key",
    ),
    pytest.param(
        retype(INTEGER(display_width=11), Integer()),
        "mysql",
        {(8, 4): (False, False, False, "NONE")},
        id="mysql-the-same-int",
    ),
    pytest.param(
        retype(INTEGER(), BIGINT()), "mysql", {(8, 4): (True, True, False, "SHARED")}, id="mysql-int"
    ),
    pytest.param(
        retype(Numeric(10, 2), Numeric(10, 1)),
        "mysql",
        {(8, 4): (True, True, False, "SHARED")},
        id="mysql-lesser-scale",
    ),
    pytest.param(
        retype(String(50), String(60)),
        "mysql",
        {(8, 4): (False, False, False, "NONE")},
        id="mysql-longer",
    ),
    pytest.param(
        retype(String(50), String(100)),
        "mysql",
        {(8, 4): (None, None, False, None)},
        id="mysql-longer-by-character-set",
    ),
    pytest.param(
        AlterColumn("t", "a", type_=String(100)),
        "mysql",
        {(8, 4): (None, None, False, None)},
        id="mysql-old-type-unknown",
    ),
    pytest.param(
        AlterColumn("t", "a", comment="x"),
        "mysql",
        {(8, 4): (None, None, False, None)},
        id="mysql-comment",
    ),
    pytest.param(
        add(Integer),
        "mariadb",
        {(10, 2): (True, True, False, "NONE"), (10, 3, 2): (False, False, False, "NONE")},
        id="mariadb-add-column",
    ),
    pytest.param(
        add(String(36), server_default=func.uuid()),
        "mariadb",
        {(10, 11): (None, None, False, None)},
        id="mariadb-add-column-uuid",
    ),
    pytest.param(
        add(Integer, primary_key=True, inline_primary_key=True),
        "mariadb",
        {(10, 11): (True, True, False, "SHARED")},
        id="mariadb-auto-increment",
    ),
    pytest.param(
        DropColumn("t", "a"),
        "mariadb",
        {(10, 3): (True, True, False, "NONE"), (10, 4): (False, False, False, "NONE")},
        id="mariadb-drop-column",
    ),
    pytest.param(
        create_check_constraint("c", "t", "a > 0"),
        "mariadb",
        {(11, 1): (True, True, False, "SHARED"), (11, 2): (True, True, False, "NONE"), None: (True, True, False, "SHARED")},
        id="mariadb-copy-online",
    ),
    pytest.param(
        retype(Numeric(10, 2), Numeric(10, 1)),
        "mariadb",
        {(10, 11): (True, True, False, "SHARED"), (11, 4): (True, True, False, "NONE")},
        id="mariadb-lesser-scale",
    ),
    pytest.param(
        retype(String(30), String(100)),
        "mariadb",
        {(10, 4, 2): (None, None, False, None), (10, 4, 3): (False, False, False, "NONE")},
        id="mariadb-longer-from-short",
    ),
    pytest.param(
        retype(String(40), String(100)),
        "mariadb",
        {(10, 11): (None, None, False, None)},
        id="mariadb-longer-by-character-set",
    ),
    pytest.param(
        AlterColumn("t", "a", type_=Text()),
        "mariadb",
        {(10, 11): (None, None, False, None)},
        id="mariadb-old-type-unknown",
    ),
    pytest.param(
        add(Integer, CheckConstraint("z > 0")),
        "sqlite",
        {(3, 40): (False, True, False, "EXCLUSIVE")},
        id="sqlite-add-column-check",
    ),
    pytest.param(
        ExecuteSQL("attach 'x' as y"),
        "sqlite",
        {(3, 20): (False, False, True, ""), (3, 21): (False, False, False, ""), None: (False, False, True, "")},
        id="sqlite-attach",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "dialect", "expected"), BY_VERSION)
def test_facts_by_version(change: Change, dialect: str, expected: dict[Any, Any]) -> None:
    for version, costs in expected.items():
        found = facts(change, dialect, version)

        assert (found.rewrites, found.scans, found.stands_alone, found.lock) == costs, version
        assert stands_alone(change, dialect, version) is (found.stands_alone is True)


TEXTS = [
    # SQL, dialect, transactional, stands alone, loses data
    ("CREATE INDEX CONCURRENTLY i ON t (a)", "postgresql", False, True, False),
    ("create unique index concurrently i on t (a)", "postgresql", False, True, False),
    ("/* a /* nested */ remark */ -- and\n  VACUUM t", "postgresql", False, True, False),
    ("vacuum full t", "postgresql", False, True, False),
    ("VACUUM (VERBOSE, FULL) t", "postgresql", False, True, False),
    ("vacuumed()", "postgresql", None, None, None),
    ("DROP INDEX CONCURRENTLY IF EXISTS i", "postgresql", False, True, False),
    ("REINDEX INDEX CONCURRENTLY i", "postgresql", False, True, False),
    ("REINDEX (VERBOSE) TABLE CONCURRENTLY t", "postgresql", False, True, False),
    ("REINDEX (CONCURRENTLY) TABLE t", "postgresql", False, True, False),
    ("REINDEX DATABASE d", "postgresql", False, True, False),
    ("REINDEX TABLE t", "postgresql", True, None, False),
    ("ALTER SYSTEM SET work_mem = '1MB'", "postgresql", False, True, False),
    ("CREATE DATABASE d", "postgresql", False, True, False),
    ("DROP DATABASE d", "postgresql", False, True, True),
    ("CREATE TABLESPACE s LOCATION '/x'", "postgresql", False, True, False),
    ("DROP TABLESPACE s", "postgresql", False, True, False),
    ("ALTER DATABASE d SET TABLESPACE s", "postgresql", False, True, False),
    ("ALTER DATABASE d SET work_mem = 1", "postgresql", True, False, None),
    ("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "postgresql", False, True, False),
    ("ALTER TABLE t DETACH PARTITION p", "postgresql", True, False, None),
    ("CLUSTER", "postgresql", False, True, False),
    ("CLUSTER t USING i", "postgresql", True, False, False),
    ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "postgresql", True, False, False),
    ("REFRESH MATERIALIZED VIEW v", "postgresql", True, False, False),
    ("DISCARD ALL", "postgresql", False, True, False),
    ("COMMIT PREPARED 'x'", "postgresql", False, True, None),
    ("CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", "postgresql", None, None, False),
    ("COMMIT", "postgresql", False, False, False),
    ("DO $$ BEGIN PERFORM 1; END $$", "postgresql", True, None, None),
    ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", "postgresql", True, False, None),
    ("CREATE INDEX i ON t (a)", "postgresql", True, False, False),
    ("DROP TABLE t", "postgresql", True, False, True),
    ("TRUNCATE t", "postgresql", True, False, True),
    ("ALTER TABLE t DROP COLUMN a", "postgresql", True, False, True),
    ("ALTER TABLE t ADD COLUMN a int", "postgresql", True, False, None),
    ("ANALYZE t", "postgresql", True, False, False),
    ("COMMENT ON TABLE t IS 'x'", "postgresql", True, False, False),
    ("INSERT INTO t VALUES (1)", "postgresql", True, False, False),
    ("UPDATE t SET a = 1", "postgresql", True, False, None),
    ("DELETE FROM t", "postgresql", True, False, True),
    ("  (SELECT 1)", "postgresql", True, False, None),
    ("GRANT ALL ON t TO u", "postgresql", True, False, False),
    ("SELECT 'a;b', $$VACUUM;$$", "postgresql", True, False, None),
    ("SELECT 1; VACUUM", "postgresql", False, True, None),
    ("", "postgresql", True, False, False),
    (";; -- nothing", "postgresql", True, False, False),
    ("CREATE TABLE t (a int)", "mysql", False, False, False),
    ("# why\nCREATE OR REPLACE TABLE t (a int)", "mariadb", False, False, False),
    ("CREATE TEMPORARY TABLE t (a int)", "mysql", False, False, False),
    ("CREATE UNIQUE INDEX i ON t (a)", "mysql", False, False, False),
    ("DROP INDEX i ON t", "mysql", False, False, False),
    ("DROP TABLE t", "mysql", False, False, True),
    ("TRUNCATE t", "mysql", False, False, True),
    ("RENAME TABLE a TO b", "mysql", False, False, False),
    ("ALTER TABLE t DROP COLUMN a", "mysql", False, False, True),
    ("ALTER TABLE t ADD a int", "mysql", False, False, None),
    ("CREATE ALGORITHM = MERGE DEFINER=`a`@`b` VIEW v AS SELECT 1", "mysql", False, False, None),
    ("CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END",
     "mysql", False, False, None),
    ("GRANT ALL ON d.* TO u", "mysql", False, False, False),
    ("START TRANSACTION", "mysql", False, False, False),
    ("SET autocommit = 1", "mysql", False, False, False),
    ("LOCK TABLES t WRITE", "mysql", False, False, False),
    ("OPTIMIZE TABLE t", "mysql", False, False, False),
    ("ANALYZE TABLE t", "mysql", False, False, False),
    ("/*!40101 SET NAMES utf8 */", "mysql", True, False, False),
    ("/*!50003 DROP TABLE t */", "mysql", False, False, True),
    (r"INSERT INTO t VALUES ('it\'s; DROP TABLE t')", "mysql", True, False, False),
    ("UPDATE t SET a = 1", "mysql", True, False, None),
    ("DELETE FROM t", "mysql", True, False, True),
    ("SELECT 1", "mysql", True, False, None),
    ("ROLLBACK TO SAVEPOINT s", "mysql", True, False, False),
    ("HANDLER t OPEN", "mysql", None, None, None),
    ("CREATE DATABASE d", "mssql", False, True, None),
    ("ALTER DATABASE SCOPED CONFIGURATION CLEAR PROCEDURE_CACHE", "mssql", True, False, None),
    ("BACKUP DATABASE d TO DISK = 'x'", "mssql", False, True, None),
    ("CREATE FULLTEXT INDEX ON t (a)", "mssql", False, True, None),
    ("UPDATE STATISTICS t", "mssql", False, False, False),
    ("BEGIN TRAN", "mssql", False, False, False),
    ("TRUNCATE TABLE t", "mssql", True, False, True),
    ("DROP TABLE t", "mssql", True, False, True),
    ("ALTER TABLE t DROP COLUMN a", "mssql", True, False, True),
    ("ALTER TABLE t ADD a int", "mssql", True, False, None),
    ("CREATE UNIQUE CLUSTERED INDEX i ON t (a)", "mssql", True, False, False),
    ("CREATE INDEX i ON t (a)", "mssql", True, False, False),
    ("CREATE VIEW v AS SELECT 1", "mssql", True, False, None),
    ("INSERT INTO t VALUES (1)", "mssql", True, False, False),
    ("MERGE INTO t USING s ON 1 = 1", "mssql", True, False, None),
    ("DELETE FROM t", "mssql", True, False, True),
    ("SELECT 1", "mssql", True, False, None),
    ("COMMIT", "oracle", False, False, False),
    ("TRUNCATE TABLE t", "oracle", False, False, True),
    ("ALTER TABLE t DROP COLUMN a", "oracle", False, False, True),
    ("ALTER TABLE t ADD (a NUMBER)", "oracle", False, False, None),
    ("CREATE BITMAP INDEX i ON t (a)", "oracle", False, False, False),
    ("GRANT SELECT ON t TO u", "oracle", False, False, None),
    ("INSERT INTO t VALUES (1)", "oracle", True, False, False),
    ("UPDATE t SET a = 1", "oracle", True, False, None),
    ("DELETE FROM t", "oracle", True, False, True),
    ("SELECT 1 FROM dual", "oracle", True, False, None),
    ("VACUUM", "sqlite", False, True, False),
    ("PRAGMA foreign_keys=OFF", "sqlite", False, True, False),
    ("PRAGMA main.foreign_keys(0)", "sqlite", False, True, False),
    ("PRAGMA foreign_keys", "sqlite", None, None, None),
    ("PRAGMA foreign_key_check", "sqlite", None, None, None),
    ("PRAGMA journal_mode = WAL", "sqlite", False, True, False),
    ("PRAGMA synchronous = OFF", "sqlite", False, True, False),
    ("PRAGMA user_version = 3", "sqlite", True, False, False),
    ("BEGIN IMMEDIATE", "sqlite", False, False, False),
    ("SELECT 1", "sqlite", True, False, False),
    ("REINDEX", "sqlite", True, False, False),
    ("DROP TABLE t", "sqlite", True, False, True),
    ("ALTER TABLE t DROP a", "sqlite", True, False, True),
    ("DELETE FROM t", "sqlite", True, False, True),
    ("INSERT INTO t VALUES (1)", "sqlite", True, False, False),
    ("REPLACE INTO t VALUES (1)", "sqlite", True, False, None),
    ("CREATE VIEW v AS SELECT 1", "sqlite", True, False, None),
    ("CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t; END", "sqlite", True, False, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "dialect", "transactional", "alone", "loses"),
    TEXTS,
    ids=[f"{row[1]}-{' '.join(row[0].split())[:40]}" for row in TEXTS],
)
def test_sql_as_text_is_told_by_its_first_words(
    sql: str, dialect: str, transactional: bool | None, alone: bool | None, loses: bool | None
) -> None:
    found = facts(ExecuteSQL(sql), dialect)

    assert (found.transactional, found.stands_alone, found.loses_data) == (
        transactional,
        alone,
        loses,
    )
    for element in (sql, text(sql.replace(":", r"\:")), DDL(sql.replace("%", "%%"))):
        assert facts(element, dialect).stands_alone == alone


@pytest.mark.parametrize(
    ("element", "lock"),
    [
        pytest.param(insert(T), "ROW EXCLUSIVE", id="insert"),
        pytest.param(insert(T).from_select(["a"], select(T)), "ROW EXCLUSIVE", id="insert-select"),
        pytest.param(update(T).values(a=1), "ROW EXCLUSIVE", id="update"),
        pytest.param(delete(T), "ROW EXCLUSIVE", id="delete"),
        pytest.param(select(T), None, id="select"),
        pytest.param(select(T).union(select(T)), None, id="union"),
        pytest.param(CreateIndex("i", "t", ["a"]).element, None, id="no-statement"),
        pytest.param(
            sa_schema.CreateIndex(CreateIndex("i", "t", ["a"]).element), "SHARE", id="ddl"
        ),
        pytest.param(ExecuteSQL(CreateIndex("i", "t", ["a"])), "SHARE", id="a-change-inside"),
    ],
)
def test_constructs_are_told_like_their_text(element: Any, lock: str | None) -> None:
    assert facts(element, "postgresql", (15,)).lock == lock


def test_an_index_of_sqlalchemy_itself_stands_alone_too() -> None:
    index = CreateIndex("i", "t", ["a"], postgresql_concurrently=True).element

    assert stands_alone(sa_schema.CreateIndex(index), postgresql.dialect())
    assert not stands_alone(sa_schema.CreateIndex(index), mysql.dialect())


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param("a;b ; c", ("a", "b", "c"), id="several"),
        pytest.param("a -- ;\n b", ("a b",), id="semicolon-in-a-comment"),
        pytest.param("a /* ; /* ; */ ; */ b", ("a b",), id="nested"),
        pytest.param("a /* never closed ; b", ("a",), id="open-comment"),
        pytest.param("a 'never closed ; b", ("a 'never closed", "b"), id="open-string"),
        pytest.param("""a "x;y" `z;z` 'q''; '""", ("""a "x;y" `z;z` 'q''; '""",), id="quotes"),
        pytest.param("a $x$ ; $$ ; $x$ b", ("a $x$ ; $$ ; $x$ b",), id="dollars"),
        pytest.param("a # b", ("a # b",), id="hash-is-an-operator"),
    ],
)
def test_heads(sql: str, expected: tuple[str, ...]) -> None:
    assert heads(sql) == expected


@given(st.text(alphabet=" \n'\"`$-/*#;[]\\ab", max_size=40), st.booleans())
def test_any_text_has_heads(sql: str, on_mysql: bool) -> None:
    for head in heads(sql, on_mysql):
        assert head == head.strip()
        assert "\n" not in head or any(quote in head for quote in "'\"`$")


def test_a_very_long_text_takes_no_time() -> None:
    values = ", ".join(f"({n}, 'x;y')" for n in range(50_000))

    assert stands_alone(f"INSERT INTO t VALUES {values}", "postgresql") is False


ANY_BOOL = st.sampled_from([True, False, None])
LOCKS = {"": Blocks.NOTHING, "low": Blocks.WRITES, "high": Blocks.READS_AND_WRITES}
ANY_FACTS = st.builds(
    lambda lock, **other: Facts(lock=lock, blocks=LOCKS.get(lock), **other),
    st.sampled_from([*LOCKS, None]),
    transactional=ANY_BOOL,
    stands_alone=ANY_BOOL,
    usable_after_commit=ANY_BOOL,
    rewrites=ANY_BOOL,
    scans=ANY_BOOL,
    loses_data=ANY_BOOL,
)


@given(st.lists(ANY_FACTS, max_size=4), ANY_FACTS)
def test_the_worst_is_no_better_than_any_of_them(several: list[Facts], one: Facts) -> None:
    """Bad stays bad, and what isn't known isn't called harmless."""
    both = worst([*several, one], LOCKS)

    for name in ("stands_alone", "usable_after_commit", "rewrites", "scans", "loses_data"):
        assert (getattr(one, name), getattr(both, name)) not in {
            (True, False), (True, None), (None, False),
        }  # fmt: skip
    assert (one.transactional, both.transactional) not in {
        (False, True), (False, None), (None, True),
    }  # fmt: skip
    assert worst([one, *several], LOCKS) == both
    if both.lock is not None:
        assert both.blocks == LOCKS[both.lock]
        assert one.lock is None or both.blocks >= LOCKS[one.lock]
        assert one.lock is not None or both.lock == "high"


def test_nothing_done_costs_nothing() -> None:
    change = AlterColumn("t", "a", existing_type=Integer(), existing_nullable=True)

    for name in NAMES:
        assert facts(change, name) == Facts(
            True, False, False, "", Blocks.NOTHING, False, False, False
        )


def test_facts_of_several_statements_are_the_worst_and_keep_all_sources() -> None:
    plain = add(Integer)
    found = facts(add(Integer, ForeignKey("p.id"), index=True), "postgresql", (15,))

    assert (found.lock, found.scans) == ("ACCESS EXCLUSIVE", True)
    assert set(facts(plain, "postgresql", (15,)).sources) < set(found.sources)


def test_the_version_of_the_server_that_was_met_is_taken() -> None:
    dialect = postgresql.dialect()
    change = AddEnumValue("mood", "ok")
    assert stands_alone(change, dialect)

    dialect.server_version_info = (15, 4)

    assert not stands_alone(change, dialect)
    assert stands_alone(change, dialect, (11,))
    assert not facts(change, dialect).notes


def test_an_unknown_version_is_said_in_the_notes() -> None:
    (note,) = facts(AddEnumValue("mood", "ok"), "postgresql").notes

    assert note == (
        "the server's version isn't known: the worst of its versions (before 12, from 12 on)"
    )


def test_a_mysql_dialect_that_met_mariadb_has_its_facts() -> None:
    dialect = mysql.dialect()
    dialect.is_mariadb = True
    dialect.server_version_info = (10, 11, 6)

    assert facts(add(Integer), dialect) == facts(add(Integer), "mariadb", (10, 11, 6))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(AlterColumn("t", "a", nullable=False), id="alter-column"),
        pytest.param(create_check_constraint("c", "t", "a > 0"), id="add-constraint"),
        pytest.param(AddEnumValue("e", "x"), id="add-enum-value"),
        pytest.param(AlterSequence("s", increment=2), id="alter-sequence"),
    ],
)
def test_what_a_dialect_cant_say_has_no_facts(change: Change) -> None:
    with pytest.raises(UnsupportedChange):
        facts(change, "sqlite")
    assert stands_alone(change, "sqlite") is False


def test_replacing_an_enum_loses_data_only_where_labels_become_one() -> None:
    def loses(renamed: dict[str, str]) -> bool | None:
        change = ReplaceEnum("e", ["x", "w"], renamed=renamed, existing_labels=["x", "y", "z"])
        return facts(change, "postgresql").loses_data

    assert (loses({"y": "w"}), loses({"y": "w", "z": "w"}), loses({"y": "x"})) == (
        False, True, True,
    )  # fmt: skip


def test_autoincrement_means_nothing_on_postgresql_and_nobody_is_warned() -> None:
    change = AlterColumn(
        "t",
        "a",
        autoincrement=True,
        existing_autoincrement=False,
        type_=Text(),
        existing_type=Text(),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert facts(change, "postgresql", (15,)).rewrites is False


def test_a_database_that_nobody_described_has_no_facts() -> None:
    class Unknown(DefaultDialect):
        name = "nobody_knows"

    assert facts(add(Integer), Unknown()) == Facts()
    assert stands_alone(add(Integer), Unknown()) is False
    assert stands_alone("VACUUM", Unknown()) is False


class Shout(Change):
    """A change of another package."""

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def describe(self) -> str:
        return "shout"


class Whisper(Shout):
    """One that says what it costs by itself."""


@lowers(Shout)
def _shout(change: Shout, dialect: Any, connection: Any) -> Iterable[Any]:
    yield text(change.sql)
    yield CreateIndex("i", "t", ["a"])


def test_a_change_of_another_package_costs_what_it_is_replaced_by() -> None:
    found = facts(Shout("DROP TABLE t"), "postgresql")

    assert (found.lock, found.loses_data, found.scans) == ("ACCESS EXCLUSIVE", True, True)
    assert stands_alone(Shout("VACUUM"), "postgresql")
    assert not stands_alone(Shout("SELECT 1"), "postgresql")


def test_another_package_registers_its_own_rows() -> None:
    known = Facts(True, False, False, "", Blocks.NOTHING, False, False, False)
    assert facts(Whisper("VACUUM"), "postgresql").stands_alone is True

    register_facts("postgresql", [Row(Whisper, known)])
    register_facts("a_dialect_of_tests", [Row(Whisper, known)])

    assert facts(Whisper("VACUUM"), "postgresql") is known
    assert not stands_alone(Whisper("VACUUM"), "postgresql")
    assert book("a_dialect_of_tests").of_kind(Whisper)[0].facts is known


KINDS = [getattr(ddl_constructs, name) for name in ddl_constructs.__all__]


def rows() -> list[Any]:
    found = [(name, row) for name in NAMES for row in book(name).rows if row.kind in KINDS]
    return [
        pytest.param(name, row, id=f"{name}-{row.kind.__name__}-{row.condition}-{row.versions}")
        for name, row in found
    ]


@pytest.mark.parametrize(("name", "row"), rows())
def test_each_row_is_whole(name: str, row: Row) -> None:
    known = row.facts
    locks = book(name).locks

    assert known.sources
    assert all(isinstance(s, Source) and s.product and s.section for s in known.sources)
    assert known.blocks == (None if known.lock is None else locks[known.lock])
    assert not (known.stands_alone and known.transactional), "what stands alone can't be undone"
    assert (row.when is None) <= (row.condition == "" or row.since is None)


def test_each_row_is_the_answer_for_some_change() -> None:
    """A row that no change of the tests comes to is either hidden by one above, or not tested."""
    asked = [(case.change(), case.on) for case in CASES.values()]
    asked += [(p.values[0], (p.values[1],)) for p in BY_VERSION]
    asked += [(ExecuteSQL(sql), (dialect,)) for sql, dialect, *_ in TEXTS]
    asked += [(element, NAMES) for element in EXTRA]
    found: set[int] = set()
    for name in NAMES:
        versions = {v for r in book(name).rows for v in (r.since, r.before) if v} | {(0,), (99,)}
        answers: dict[int, Row] = {id(row.facts): row for row in book(name).rows}
        for change, on in asked:
            if name in (*on, *BY_MANUAL) or (name in TWINS and not TWINS.isdisjoint(on)):
                for version in versions:
                    for source in _answers(change, name, version):
                        found.add(source)
        missing = [r for i, r in answers.items() if i not in found and r.kind in KINDS]
        assert not missing, [(name, r.kind.__name__, r.condition, r.versions) for r in missing]


TWINS = {"mysql", "mariadb"}
EXTRA: list[Any] = [
    AlterColumn("t", "a", autoincrement=True),
    ReplaceEnum("e", ["x", "w"], renamed={"y": "w", "z": "w"}),
    SetTableSchema("t", "elsewhere"),
    CreateSchema("audit"),
    DropSchema("audit"),
    CreateExtension("hstore"),
    DropExtension("hstore"),
    UpdateExtension("hstore"),
    retype(String(10), Integer()),
    add(Integer, nullable=False),
]


def _answers(change: Change, name: str, version: tuple[int, ...]) -> Iterable[int]:
    from ddl_constructs.facts.asking import Asked

    asked = Asked(name, version)
    try:
        parts = asked._parts(change)
    except UnsupportedChange:
        return
    for part in parts:
        known = asked.book.look_up(part, asked.dialect, version)
        if known is not None:
            yield id(known)


def test_the_light_question_agrees_with_the_facts() -> None:
    for case in CASES.values():
        for name in case.on:
            change = case.change()
            assert stands_alone(change, name) is (facts(change, name).stands_alone is True)


def test_a_table_is_loaded_only_when_it_is_asked_for() -> None:
    script = (
        "import sys, ddl_constructs as d\n"
        "loaded = lambda: [m.rsplit('.')[-1] for m in sys.modules if 'constructs.facts.' in m]\n"
        "assert not {'postgresql', 'mysql', 'sqlite'} & set(loaded()), loaded()\n"
        "d.facts('VACUUM', 'sqlite')\n"
        "assert {'postgresql', 'mysql', 'sqlite'} & set(loaded()) == {'sqlite'}, loaded()\n"
    )

    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_connected_dialect_knows_its_version() -> None:
    engine = create_engine("sqlite://")
    with engine.connect():
        pass

    assert facts("ATTACH 'x' AS y", engine.dialect).notes == ()
    assert facts("ATTACH 'x' AS y", "sqlite").notes


def test_the_page_shows_the_tables() -> None:
    """Written anew with RENEW_PAGES=1."""
    shown = page(PAGE.read_text())
    if os.environ.get("RENEW_PAGES"):
        PAGE.write_text(shown)

    assert PAGE.read_text() == shown


def test_the_examples_of_the_page_are_true() -> None:
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0
