"""What a change costs on SQL Server, by its manual: not proven on a server.

The manual is Microsoft's "Transact-SQL reference" and "Transaction locking and row versioning
guide". DDL joins the transaction; most of it takes Sch-M, which keeps out even those who
only read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint
from sqlalchemy.engine.interfaces import Dialect

from ..alter_column import AlterColumn
from ..alter_object import SetObjectSchema, SetOwner
from ..column import AddColumn, DropColumn
from ..comment import CreateTableComment, DropTableComment
from ..constraint import AddConstraint, DropConstraint, RenameConstraint, ValidateConstraint
from ..data import BulkInsert, CopyRows, ExecuteSQL
from ..index import CreateIndex, DropIndex, RenameIndex
from ..sequence import AlterSequence, CreateSequence, DropSequence
from ..table import CreateTable, DropTable, RenameTable, SetTableSchema
from ..table_options import AlterTableOptions
from .book import Book, Row, describe_database, saying
from .conditions import (
    adds,
    aspect,
    becomes_not_null,
    becomes_nullable,
    drops,
    has_check,
    has_default,
    has_foreign_key,
    option,
)
from .objects import grant_rows, routine_rows, schema_rows, trigger_rows, view_rows
from .said import leads
from .value import NOTHING_DONE, Blocks, Facts, Source

# Transaction locking and row versioning guide, Lock compatibility: IX of one goes with IX of
# another, S with S; Sch-M with nothing
LOCKS = {
    "": Blocks.NOTHING,
    "Sch-S": Blocks.SCHEMA_CHANGES,
    "IS": Blocks.SCHEMA_CHANGES,
    "IX": Blocks.SCHEMA_CHANGES,
    "S": Blocks.WRITES,
    "X": Blocks.READS_AND_WRITES,
    "Sch-M": Blocks.READS_AND_WRITES,
}
_costs = saying(LOCKS, transactional=True)


def _page(section: str) -> Source:
    return Source("SQL Server", "2022", section)


_ALTER = _page("ALTER TABLE, Locks and ALTER TABLE")
_ADD = _page("ALTER TABLE, Add NOT NULL columns as an online operation")
_ALTER_COLUMN = _page("ALTER TABLE, ALTER COLUMN")
_CHECKS = _page("ALTER TABLE, WITH CHECK | WITH NOCHECK")
_INDEX = _page("CREATE INDEX, ONLINE = OFF")
_LOCKING = _page("Transaction locking and row versioning guide, Lock modes")
_RENAME = _page("sp_rename")
_COMMENT = _page("sp_addextendedproperty")
_SEQUENCE = _page("CREATE SEQUENCE")
_TRANSACTIONS = _page("BEGIN TRANSACTION")
# 2008 R2 is the last manual that lists them
_ALONE_PAGE = Source("SQL Server", "2008 R2", "Transact-SQL Statements Allowed in Transactions")

_BOTH_TABLES = "the table that it refers to is locked too"
_EDITION = "the Enterprise edition keeps a constant default beside the rows; others write each row"
_OPEN: dict[str, Any] = {"rewrites": None, "scans": None, "loses_data": None}
_ALONE: dict[str, Any] = {"transactional": False, "stands_alone": True}


def _alters(*sources: Source, **others: Any) -> Facts:
    return _costs("Sch-M", *sources, _ALTER, **others)


def _persisted(change: Any, dialect: Dialect) -> bool:
    computed = change.column.computed
    return computed is not None and bool(computed.persisted)


def _numbered(change: Any, dialect: Dialect) -> bool:
    return change.column.identity is not None or bool(change.column.primary_key)


def _filled(change: Any, dialect: Dialect) -> bool:
    return has_default(change, dialect) and not change.column.nullable


def _not_null_without_default(change: Any, dialect: Dialect) -> bool:
    return not change.column.nullable and change.column.computed is None


def _clustered(change: Any, dialect: Dialect) -> bool:
    return bool(change.dialect_kwargs.get("mssql_clustered"))


def _sql(words: str, pattern: str, facts: Facts) -> Row:
    return Row(ExecuteSQL, facts, words, leads(pattern))


_TABLES = (
    Row(CreateTable, _costs("Sch-M", _page("CREATE TABLE"), _ALTER,
                            notes=("the lock is on the tables that it refers to",)),
        "with a foreign key", has_foreign_key),
    Row(CreateTable, _costs("", _page("CREATE TABLE"))),
    Row(DropTable, _costs("Sch-M", _page("DROP TABLE"), _LOCKING, loses_data=True)),
    Row(RenameTable, _costs(None, _RENAME)),
    Row(SetTableSchema, _costs(None, _page("ALTER SCHEMA"))),
    Row(AlterTableOptions, _alters(_page("ALTER TABLE, REBUILD"), rewrites=True, scans=True),
        "compression", option("data_compression")),
    Row(AlterTableOptions, _alters(_page("ALTER TABLE, SET (LOCK_ESCALATION)")),
        "lock escalation", option("lock_escalation")),
    Row(CreateTableComment, _costs(None, _COMMENT)),
    Row(DropTableComment, _costs(None, _COMMENT)),
)  # fmt: skip

_COLUMNS = (
    Row(AddColumn, _alters(_page("ALTER TABLE, computed_column_definition"), rewrites=True,
                           scans=True), "computed and persisted", _persisted),
    Row(AddColumn, _alters(_page("ALTER TABLE, IDENTITY"), rewrites=True, scans=True),
        "identity", _numbered),
    Row(AddColumn, _alters(_ADD, rewrites=None, scans=None, notes=(_EDITION,)),
        "not null, with a default", _filled),
    Row(AddColumn, _alters(_CHECKS, scans=True), "with a CHECK", has_check),
    Row(AddColumn, _alters(_page("ALTER TABLE, ADD"), notes=("fails if the table has a row",)),
        "not null without a default", _not_null_without_default),
    Row(AddColumn, _alters(_page("ALTER TABLE, ADD"))),
    Row(DropColumn, _alters(rewrites=None, scans=None, loses_data=True)),
    Row(AlterColumn, _costs(None, _COMMENT), "comment", aspect("comment")),
    Row(AlterColumn, _costs(None, _RENAME), "rename", aspect("new_column_name")),
    Row(AlterColumn, _alters(_page("ALTER TABLE, DEFAULT")), "default",
        aspect("server_default")),
    Row(AlterColumn, _alters(_ALTER_COLUMN, rewrites=None, scans=True,
                             notes=("fails if a row is NULL",)), "not null", becomes_not_null),
    Row(AlterColumn, _alters(_ALTER_COLUMN), "nullable", becomes_nullable),
    Row(AlterColumn, _alters(_ALTER_COLUMN, **_OPEN,
                             notes=("rows are written if the new type stores them otherwise",)),
        "type", aspect("type_")),
    Row(AlterColumn, replace(NOTHING_DONE, sources=(_page("CREATE TABLE, IDENTITY"),)), "autoincrement: without a meaning there",
        aspect("autoincrement")),
)  # fmt: skip

_CONSTRAINTS = (
    Row(AddConstraint, _alters(_CHECKS, scans=True, notes=(_BOTH_TABLES,)), "foreign key",
        adds(ForeignKeyConstraint)),
    Row(AddConstraint, _alters(_CHECKS, scans=True), "check", adds(CheckConstraint)),
    Row(AddConstraint, _alters(_page("ALTER TABLE, CLUSTERED | NONCLUSTERED"), rewrites=None,
                               scans=True,
                               notes=("clustered by default: the rows are then sorted anew",)),
        "primary key", adds(PrimaryKeyConstraint)),
    Row(AddConstraint, _alters(_page("ALTER TABLE, UNIQUE"), scans=True,
                               notes=("an index is built under the lock",)), "unique"),
    Row(DropConstraint, _alters(notes=(_BOTH_TABLES,)), "foreign key", drops("foreignkey")),
    Row(DropConstraint, _alters(), "check", drops("check")),
    Row(DropConstraint, _alters(_page("ALTER TABLE, DROP CONSTRAINT"), rewrites=None, scans=None,
                                notes=("a clustered one leaves a heap, whose indexes are built "
                                       "anew",)), "primary key, unique, or the kind isn't said"),
    Row(RenameConstraint, _costs(None, _RENAME)),
    Row(ValidateConstraint, _alters(_CHECKS, scans=True)),
)  # fmt: skip

_INDEXES = (
    Row(CreateIndex, _costs("Sch-M", _INDEX, rewrites=True, scans=True), "clustered", _clustered),
    Row(CreateIndex, _costs("S", _INDEX, scans=True)),
    Row(DropIndex, _costs("Sch-M", _INDEX, _page("DROP INDEX, ONLINE = OFF"), rewrites=None,
                          scans=None, notes=("a clustered one leaves a heap, whose indexes are "
                                             "built anew",))),
    Row(RenameIndex, _costs(None, _RENAME)),
)  # fmt: skip

_OBJECTS = (
    *schema_rows(_costs("", _page("CREATE SCHEMA")), _costs(None, _page("DROP SCHEMA"))),
    *view_rows(_costs("", _page("CREATE VIEW")), _costs("Sch-M", _page("DROP VIEW"), _LOCKING),
               _costs("Sch-M", _page("CREATE VIEW"), _LOCKING)),
    *routine_rows(_costs(None, _page("CREATE FUNCTION")), _costs(None, _page("DROP FUNCTION")),
                  _costs(None, _page("CREATE PROCEDURE")), _costs(None, _page("DROP PROCEDURE"))),
    *grant_rows(_costs(None, _page("GRANT Object Permissions")),
                _costs(None, _page("REVOKE Object Permissions"))),
    *trigger_rows(_costs("Sch-M", _page("CREATE TRIGGER"), _LOCKING),
                  _costs("Sch-M", _page("DROP TRIGGER"), _LOCKING),
                  _costs("Sch-M", _page("DISABLE TRIGGER"), _LOCKING)),
    Row(SetObjectSchema, _costs(None, _page("ALTER SCHEMA"),
                                notes=("privileges for it are lost",))),
    Row(SetOwner, _costs(None, _page("ALTER AUTHORIZATION"), notes=("privileges for it are lost",))),
)  # fmt: skip

_OTHERS = (
    Row(CreateSequence, _costs("", _SEQUENCE)),
    Row(DropSequence, _costs(None, _page("DROP SEQUENCE"), loses_data=True,
                             notes=("how far it has counted is lost",))),
    Row(AlterSequence, _costs(None, _page("ALTER SEQUENCE"))),
    Row(BulkInsert, _costs("IX", _LOCKING)),
    Row(CopyRows, _costs("IX", _LOCKING, scans=True,
                         notes=("rows that are read are locked for a moment, unless the "
                                "database reads by row versions",))),
)  # fmt: skip

_ALONE_WORDS = (
    r"(alter|create|drop) database(?! scoped)|(alter|create|drop) fulltext (catalog|index)"
    r"|backup|restore|reconfigure"
)
_TEXTS = (
    _sql("CREATE, ALTER, DROP DATABASE and FULLTEXT, BACKUP, RESTORE, RECONFIGURE", _ALONE_WORDS,
         _costs(None, _ALONE_PAGE, **{**_OPEN, **_ALONE})),
    _sql("UPDATE STATISTICS", r"update statistics",
         _costs(None, _ALONE_PAGE, transactional=False, scans=True)),
    _sql("BEGIN TRANSACTION, COMMIT, ROLLBACK, SAVE", r"begin tran|begin transaction|commit|rollback|save",
         _costs("", _TRANSACTIONS, transactional=False)),
    _sql("TRUNCATE", r"truncate", _costs("Sch-M", _page("TRUNCATE TABLE"), loses_data=True)),
    _sql("DROP TABLE", r"drop table", _costs("Sch-M", _page("DROP TABLE"), loses_data=True)),
    _sql("ALTER TABLE DROP COLUMN", r"alter table .*\bdrop column",
         _alters(rewrites=None, scans=None, loses_data=True)),
    _sql("ALTER TABLE", r"alter table", _alters(**_OPEN)),
    _sql("CREATE CLUSTERED INDEX", r"create (unique )?clustered",
         _costs("Sch-M", _INDEX, rewrites=True, scans=True)),
    _sql("CREATE INDEX", r"create (unique )?(nonclustered )?index",
         _costs("S", _INDEX, scans=True)),
    _sql("other CREATE, ALTER, DROP", r"create|alter|drop",
         _costs(None, _TRANSACTIONS, **_OPEN)),
    _sql("INSERT", r"insert|bulk insert", _costs("IX", _LOCKING, scans=None)),
    _sql("UPDATE, MERGE", r"update|merge", _costs("IX", _LOCKING, scans=None, loses_data=None)),
    _sql("DELETE", r"delete", _costs("IX", _LOCKING, scans=None, loses_data=True)),
    _sql("SELECT, WITH", r"select|with", _costs("IS", _LOCKING, **_OPEN)),
)  # fmt: skip

describe_database(
    "mssql",
    Book(LOCKS, (*_TABLES, *_COLUMNS, *_CONSTRAINTS, *_INDEXES, *_OBJECTS, *_OTHERS, *_TEXTS)),
)
