"""What a change costs on SQLite: one lock on the whole database, all of it transactional.

Seen on SQLite 3.40.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.engine.interfaces import Dialect

from ..alter_column import AlterColumn
from ..column import AddColumn, DropColumn
from ..comment import CreateTableComment, DropTableComment
from ..data import BulkInsert, CopyRows, ExecuteSQL
from ..index import CreateIndex, DropIndex, RenameIndex
from ..table import CreateTable, DropTable, RenameTable
from .book import Book, Row, describe_database, saying
from .conditions import aspect
from .objects import trigger_rows, view_rows
from .said import leads
from .value import NOTHING_DONE, Blocks, Source

# SQLite, lockingv3, Locking: a writer holds RESERVED, and EXCLUSIVE when it writes to the file
LOCKS = {
    "": Blocks.NOTHING,
    "SHARED": Blocks.SCHEMA_CHANGES,
    "RESERVED": Blocks.WRITES,
    "EXCLUSIVE": Blocks.READS_AND_WRITES,
}
_costs = saying(LOCKS, transactional=True)


def _page(section: str) -> Source:
    return Source("SQLite", "", section)


_LOCKING = _page("lockingv3, Writing to a database file")
_ALTER = _page("lang_altertable")
_TRANSACTION = _page("lang_transaction")
_PRAGMA = _page("pragma")
_WAL = ("readers go on until the commit, in WAL mode also beyond it",)


def _writes(*sources: Source, **others: Any) -> Any:
    notes = (*others.pop("notes", ()), *_WAL)
    return _costs("EXCLUSIVE", *sources, _LOCKING, notes=notes, **others)


_NO_COMMENTS = replace(NOTHING_DONE, sources=(_page("lang_createtable"),))


def _tested(change: Any, dialect: Dialect) -> bool:
    column = change.column
    return bool(column.constraints) or (column.computed is not None and not column.nullable)


def _without_meaning(change: Any, dialect: Dialect) -> bool:
    return not set(change.aspects) - {"comment", "autoincrement"}


def _sql(words: str, pattern: str, facts: Any, **versions: Any) -> Row:
    return Row(ExecuteSQL, facts, words, leads(pattern), **versions)


_ALONE: dict[str, Any] = {"transactional": False, "stands_alone": True}
_OPEN: dict[str, Any] = {"rewrites": None, "scans": None, "loses_data": None}

_ROWS = (
    Row(CreateTable, _writes(_page("lang_createtable"))),
    Row(DropTable, _writes(_page("lang_droptable"), loses_data=True,
                           notes=("with foreign keys on, its rows are deleted one by one first",))),
    Row(RenameTable, _writes(_ALTER)),
    Row(AddColumn, _writes(_ALTER, scans=True),
        "with a CHECK, or generated and not null", _tested),
    Row(AddColumn, _writes(_ALTER)),
    Row(DropColumn, _writes(_ALTER, rewrites=True, scans=True, loses_data=True,
                            notes=("from 3.35 on; older ones can't",))),
    Row(AlterColumn, _NO_COMMENTS, "comment, autoincrement: without a meaning there",
        _without_meaning),
    Row(AlterColumn, _writes(_ALTER, notes=("from 3.25 on; older ones can't",)), "rename",
        aspect("new_column_name")),
    Row(CreateTableComment, _NO_COMMENTS, "without a meaning there"),
    Row(DropTableComment, _NO_COMMENTS, "without a meaning there"),
    Row(CreateIndex, _writes(_page("lang_createindex"), scans=True)),
    Row(DropIndex, _writes(_page("lang_dropindex"))),
    Row(RenameIndex, _writes(_page("lang_createindex"), scans=True,
                             notes=("it is dropped and created again",))),
    *view_rows(_writes(_page("lang_createview")), _writes(_page("lang_dropview"))),
    *trigger_rows(_writes(_page("lang_createtrigger")), _writes(_page("lang_droptrigger"))),
    Row(BulkInsert, _writes(_page("lang_insert"))),
    Row(CopyRows, _writes(_page("lang_insert"), scans=True)),
    _sql("VACUUM", r"vacuum", _writes(_page("lang_vacuum"), rewrites=True, scans=True, **_ALONE)),
    _sql("PRAGMA foreign_keys = ...", r"pragma (\w+\.)?foreign_keys ?[=(].*",
         _costs("", _page("pragma, foreign_keys"), notes=("without effect in a transaction",),
                **_ALONE)),
    _sql("PRAGMA journal_mode = ...", r"pragma (\w+\.)?journal_mode ?[=(].*",
         _costs("EXCLUSIVE", _page("pragma, journal_mode"),
                notes=("without effect in a transaction",), **_ALONE)),
    _sql("PRAGMA synchronous = ..., PRAGMA wal_checkpoint",
         r"pragma (\w+\.)?(synchronous ?[=(].*|wal_checkpoint)",
         _costs(None, _page("pragma, synchronous"), **_ALONE)),
    _sql("PRAGMA user_version, application_id = ...",
         r"pragma (\w+\.)?(user_version|application_id)",
         _costs("RESERVED", _page("pragma, user_version"))),
    _sql("PRAGMA", r"pragma",
         _costs(None, _PRAGMA, transactional=None, stands_alone=None, **_OPEN)),
    _sql("ATTACH, DETACH", r"attach|detach",
         _costs("", _page("Release 3.21.0"), transactional=False), since=(3, 21)),
    _sql("ATTACH, DETACH", r"attach|detach", _costs("", _page("Release 3.21.0"), **_ALONE),
         before=(3, 21)),
    _sql("BEGIN, COMMIT, ROLLBACK", r"begin|commit|end|rollback",
         _costs("", _TRANSACTION, transactional=False)),
    _sql("SELECT, VALUES, EXPLAIN", r"select|values|explain",
         _costs("SHARED", _LOCKING, scans=None)),
    _sql("CREATE INDEX, REINDEX, ANALYZE", r"create (unique )?index|reindex|analyze",
         _writes(_page("lang_createindex"), scans=True)),
    _sql("DROP TABLE", r"drop table", _writes(_page("lang_droptable"), loses_data=True)),
    _sql("ALTER TABLE DROP", r"alter table \S+ drop",
         _writes(_ALTER, rewrites=True, scans=True, loses_data=True)),
    _sql("DELETE", r"delete", _writes(_page("lang_delete"), scans=None, loses_data=True)),
    _sql("INSERT", r"insert", _writes(_page("lang_insert"), scans=None)),
    _sql("UPDATE, REPLACE, WITH", r"update|replace|with", _writes(_TRANSACTION, **_OPEN)),
    _sql("other CREATE, ALTER, DROP", r"create|alter|drop", _writes(_TRANSACTION, **_OPEN)),
)  # fmt: skip

describe_database("sqlite", Book(LOCKS, _ROWS))
