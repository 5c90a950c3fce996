"""What a change costs on Oracle, by its manual: not proven on a server.

The manual is the "SQL Language Reference". DDL commits before and after itself, and nobody
is kept from reading: a query sees the table as it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlalchemy.engine.interfaces import Dialect

from ..alter_column import AlterColumn
from ..alter_object import RenameObject
from ..column import AddColumn, DropColumn
from ..comment import CreateTableComment, DropTableComment
from ..constraint import AddConstraint, DropConstraint, RenameConstraint
from ..data import BulkInsert, CopyRows, ExecuteSQL
from ..index import CreateIndex, DropIndex, RenameIndex
from ..sequence import AlterSequence, CreateSequence, DropSequence
from ..table import CreateTable, DropTable, RenameTable
from ..table_options import AlterTableOptions
from ..view import RefreshMaterializedView
from .book import Book, Row, describe_database, saying
from .conditions import (
    adds,
    any_option,
    aspect,
    becomes_not_null,
    becomes_nullable,
    has_check,
    has_default,
    has_foreign_key,
)
from .objects import (
    grant_rows,
    materialized_rows,
    of_kinds,
    routine_rows,
    trigger_rows,
    view_rows,
)
from .said import leads
from .value import NOTHING_DONE, Blocks, Facts, Source

# SQL Language Reference 19c, Automatic Locks in DDL Operations: an exclusive DDL lock keeps
# others from changes of rows too, "a query against the table is not blocked"; a non-blocking DDL
# (List of Nonblocking DDLs) lets them go on. LOCK TABLE, lockmode: ROW EXCLUSIVE of DML
LOCKS = {
    "": Blocks.NOTHING,
    "ROW EXCLUSIVE": Blocks.SCHEMA_CHANGES,
    "nonblocking DDL": Blocks.SCHEMA_CHANGES,
    "exclusive DDL": Blocks.WRITES,
}
_costs = saying(LOCKS, transactional=False)


def _page(section: str, version: str = "19c") -> Source:
    return Source("Oracle", version, section)


_LOCKS_PAGE = _page("Automatic Locks in DDL Operations")
_NONBLOCKING = _page("List of Nonblocking DDLs")
_NONBLOCKING_23 = _page("List of Nonblocking DDLs", "23ai")
_ADD = _page("ALTER TABLE, column_definition, DEFAULT")
_MODIFY = _page("ALTER TABLE, modify_col_properties")
_CONSTRAINT = _page("constraint, ENABLE VALIDATE")
_COMMENT = _page("COMMENT")
_DML = _page("Automatic Locks in DML Operations")
_COMMIT = _page("COMMIT")
_REFRESH = Source("Oracle", "19c", "PL/SQL Packages and Types Reference, DBMS_MVIEW.REFRESH")

_OPEN: dict[str, Any] = {"rewrites": None, "scans": None, "loses_data": None}
_LOGGED = "with supplemental logging it may keep others from writing"


def _alters(*sources: Source, **others: Any) -> Facts:
    return _costs("exclusive DDL", *sources, _LOCKS_PAGE, **others)


def _aside(*sources: Source, **others: Any) -> Facts:
    return _costs("nonblocking DDL", *sources, notes=(_LOGGED,), **others)


def _filled(change: Any, dialect: Dialect) -> bool:
    return has_default(change, dialect) and not change.column.nullable


def _numbered(change: Any, dialect: Dialect) -> bool:
    return change.column.identity is not None


def _not_null_without_default(change: Any, dialect: Dialect) -> bool:
    column = change.column
    return not column.nullable and column.computed is None


def _sql(words: str, pattern: str, facts: Facts) -> Row:
    return Row(ExecuteSQL, facts, words, leads(pattern))


_TABLES = (
    Row(CreateTable, _costs(None, _page("CREATE TABLE"),
                            notes=("the tables that it refers to are locked for a moment",)),
        "with a foreign key", has_foreign_key),
    Row(CreateTable, _costs("", _page("CREATE TABLE"))),
    Row(DropTable, _alters(_page("DROP TABLE"), loses_data=True,
                           notes=("until it is purged, FLASHBACK TABLE brings it back",))),
    Row(RenameTable, _alters(_page("ALTER TABLE, RENAME TO"))),
    Row(AlterTableOptions, _alters(_page("ALTER TABLE, move_table_clause"), rewrites=True,
                                   scans=True), "compression, tablespace", any_option),
    Row(CreateTableComment, _costs(None, _COMMENT)),
    Row(DropTableComment, _costs(None, _COMMENT)),
)  # fmt: skip

_COLUMNS = (
    Row(AddColumn, _alters(_page("ALTER TABLE, identity_clause"), rewrites=True, scans=True),
        "identity", _numbered),
    Row(AddColumn, _alters(_CONSTRAINT, scans=True), "with a CHECK", has_check),
    Row(AddColumn, _aside(_ADD, _NONBLOCKING), "not null, with a default", _filled),
    Row(AddColumn, _aside(_ADD, _NONBLOCKING_23), "with a default", has_default, since=(23, 3)),
    Row(AddColumn, _alters(_ADD), "with a default", has_default, since=(12, 1), before=(23, 3)),
    Row(AddColumn, _alters(_page("ALTER TABLE, column_definition, DEFAULT", "11g"), rewrites=True,
                           scans=True), "with a default", has_default, before=(12, 1)),
    Row(AddColumn, _alters(_ADD, notes=("fails if the table has a row",)),
        "not null without a default", _not_null_without_default),
    Row(AddColumn, _aside(_ADD, _NONBLOCKING)),
    Row(DropColumn, _alters(_page("ALTER TABLE, drop_column_clause"), rewrites=True, scans=True,
                            loses_data=True)),
    Row(AlterColumn, _costs(None, _COMMENT), "comment", aspect("comment")),
    Row(AlterColumn, _alters(_page("ALTER TABLE, rename_column_clause")), "rename",
        aspect("new_column_name")),
    Row(AlterColumn, _alters(_MODIFY), "default, identity", aspect("server_default")),
    Row(AlterColumn, _alters(_MODIFY, scans=True, notes=("fails if a row is NULL",)), "not null",
        becomes_not_null),
    Row(AlterColumn, _alters(_MODIFY), "nullable", becomes_nullable),
    Row(AlterColumn, _alters(_MODIFY, rewrites=None, scans=None,
                             notes=("to another kind of type only where all rows are NULL",)),
        "type", aspect("type_")),
    Row(AlterColumn, replace(NOTHING_DONE, sources=(_MODIFY,)),
        "autoincrement: without a meaning there", aspect("autoincrement")),
)  # fmt: skip

_OBJECTS = (
    *materialized_rows(_costs(None, _page("CREATE MATERIALIZED VIEW"), scans=True),
                       _costs(None, _page("DROP MATERIALIZED VIEW"))),
    *view_rows(_costs("", _page("CREATE VIEW")), _costs(None, _page("DROP VIEW"))),
    *routine_rows(_costs(None, _page("CREATE FUNCTION")), _costs(None, _page("DROP FUNCTION")),
                  _costs(None, _page("CREATE PROCEDURE")), _costs(None, _page("DROP PROCEDURE"))),
    Row(RefreshMaterializedView, _costs(None, _REFRESH, scans=True, rewrites=None)),
    *grant_rows(_costs(None, _page("GRANT")), _costs(None, _page("REVOKE"))),
    *trigger_rows(_costs(None, _page("CREATE TRIGGER")), _costs(None, _page("DROP TRIGGER")),
                  _costs(None, _page("ALTER TRIGGER"))),
    Row(RenameObject, _costs(None, _page("ALTER TRIGGER")), "trigger", of_kinds("trigger")),
    Row(RenameObject, _costs(None, _page("RENAME")), "view", of_kinds("view")),
)  # fmt: skip

_OTHERS = (
    Row(AddConstraint, _alters(_CONSTRAINT, scans=True), "foreign key, check",
        adds(ForeignKeyConstraint, CheckConstraint)),
    Row(AddConstraint, _alters(_CONSTRAINT, scans=True, notes=("an index is built",)),
        "primary key, unique"),
    Row(DropConstraint, _aside(_NONBLOCKING_23), since=(23, 3)),
    Row(DropConstraint, _alters(_page("ALTER TABLE, drop_constraint_clause")), before=(23, 3)),
    Row(RenameConstraint, _alters(_page("ALTER TABLE, RENAME CONSTRAINT"))),
    Row(CreateIndex, _alters(_page("CREATE INDEX, ONLINE"), scans=True)),
    Row(DropIndex, _alters(_page("DROP INDEX, ONLINE"))),
    Row(RenameIndex, _costs(None, _page("ALTER INDEX, RENAME TO"))),
    Row(CreateSequence, _costs("", _page("CREATE SEQUENCE"))),
    Row(DropSequence, _costs(None, _page("DROP SEQUENCE"), loses_data=True,
                             notes=("how far it has counted is lost",))),
    Row(AlterSequence, _costs(None, _page("ALTER SEQUENCE"))),
    Row(BulkInsert, _costs("ROW EXCLUSIVE", _DML, transactional=True)),
    Row(CopyRows, _costs("ROW EXCLUSIVE", _DML, transactional=True, scans=True)),
)  # fmt: skip

_JOINS: dict[str, Any] = {"transactional": True}
_TEXTS = (
    _sql("COMMIT, ROLLBACK, SET TRANSACTION, SAVEPOINT", r"commit|rollback|set transaction|savepoint",
         _costs("", _COMMIT)),
    _sql("TRUNCATE, DROP TABLE", r"truncate|drop table",
         _alters(_page("TRUNCATE TABLE"), _page("DROP TABLE"), loses_data=True)),
    _sql("ALTER TABLE DROP", r"alter table .*\bdrop (column|\()",
         _alters(_page("ALTER TABLE, drop_column_clause"), rewrites=True, scans=True,
                 loses_data=True)),
    _sql("ALTER TABLE", r"alter table", _costs(None, _LOCKS_PAGE, **_OPEN)),
    _sql("CREATE INDEX", r"create (unique |bitmap )?index",
         _costs(None, _page("CREATE INDEX, ONLINE"), scans=True)),
    _sql("other CREATE, ALTER, DROP, COMMENT, RENAME, GRANT, REVOKE",
         r"create|alter|drop|comment|rename|grant|revoke|analyze|audit|noaudit|purge|flashback",
         _costs(None, _COMMIT, **_OPEN)),
    _sql("INSERT", r"insert", _costs("ROW EXCLUSIVE", _DML, scans=None, **_JOINS)),
    _sql("UPDATE, MERGE", r"update|merge",
         _costs("ROW EXCLUSIVE", _DML, scans=None, **{**_JOINS, "loses_data": None})),
    _sql("DELETE", r"delete",
         _costs("ROW EXCLUSIVE", _DML, scans=None, loses_data=True, **_JOINS)),
    _sql("SELECT, WITH", r"select|with", _costs("", _DML, **{**_OPEN, **_JOINS})),
)  # fmt: skip

describe_database("oracle", Book(LOCKS, (*_TABLES, *_COLUMNS, *_OBJECTS, *_OTHERS, *_TEXTS)))
