"""PostgreSQL's locks, and what SQL that was said as text costs there."""

from __future__ import annotations

from typing import Any

from ..data import ExecuteSQL
from .book import Row, saying
from .said import leads
from .value import Blocks, Facts, Source

# PostgreSQL 15 manual, Explicit Locking, Table-Level Locks: which modes conflict
LOCKS = {
    "": Blocks.NOTHING,
    "ACCESS SHARE": Blocks.SCHEMA_CHANGES,
    "ROW SHARE": Blocks.SCHEMA_CHANGES,
    "ROW EXCLUSIVE": Blocks.SCHEMA_CHANGES,
    "SHARE UPDATE EXCLUSIVE": Blocks.SCHEMA_CHANGES,
    "SHARE": Blocks.WRITES,
    "SHARE ROW EXCLUSIVE": Blocks.WRITES,
    "EXCLUSIVE": Blocks.WRITES,
    "ACCESS EXCLUSIVE": Blocks.READS_AND_WRITES,
}

_costs = saying(LOCKS, transactional=True)


def _manual(section: str, version: str = "15") -> Source:
    return Source("PostgreSQL", version, section)


_ALTER = _manual("ALTER TABLE, Description")
_LOCKING = _manual("Explicit Locking, Table-Level Locks")
_INDEX = _manual("CREATE INDEX, Building Indexes Concurrently")
_TYPE = _manual("ALTER TYPE, Notes")

_EXCLUSIVE = "ACCESS EXCLUSIVE"


_ALONE = {"transactional": False, "stands_alone": True}
_OPEN: dict[str, Any] = {"rewrites": None, "scans": None, "loses_data": None}


def _sql(words: str, pattern: str, facts: Facts, **versions: Any) -> Row:
    return Row(ExecuteSQL, facts, words, leads(pattern), **versions)


def _alone(words: str, pattern: str, section: str, lock: str | None = None, **more: Any) -> Row:
    return _sql(words, pattern, _costs(lock, _manual(section), **{**_ALONE, **more}))


_ROWS = (
    _alone("CREATE INDEX CONCURRENTLY", r"create (unique )?index concurrently",
           "CREATE INDEX, Building Indexes Concurrently", "SHARE UPDATE EXCLUSIVE", scans=True),
    _alone("DROP INDEX CONCURRENTLY", r"drop index concurrently", "DROP INDEX, Parameters",
           "SHARE UPDATE EXCLUSIVE"),
    _alone("REINDEX CONCURRENTLY", r"reindex (\([^)]*\bconcurrently\b[^)]*\)|(\([^)]*\) ?)?\w+ "
           r"concurrently)", "REINDEX, Rebuilding Indexes Concurrently",
           "SHARE UPDATE EXCLUSIVE", scans=True),
    _alone("REINDEX SCHEMA, DATABASE, SYSTEM", r"reindex (\([^)]*\) ?)?(schema|database|system)",
           "REINDEX, Notes", _EXCLUSIVE, scans=True,
           notes=("the lock is on the indexes, a table is locked by SHARE",)),
    _alone("VACUUM FULL", r"vacuum (full|\([^)]*\bfull\b)", "VACUUM, Notes", _EXCLUSIVE,
           rewrites=True, scans=True),
    _alone("VACUUM", r"vacuum", "VACUUM, Notes", "SHARE UPDATE EXCLUSIVE", scans=True),
    _alone("CLUSTER of all tables", r"cluster( verbose| \([^)]*\))?$", "CLUSTER, Description",
           _EXCLUSIVE, rewrites=True, scans=True),
    _alone("CREATE DATABASE, CREATE TABLESPACE", r"create (database|tablespace)",
           "CREATE DATABASE, Notes", ""),
    _alone("DROP DATABASE", r"drop database", "DROP DATABASE, Notes", "", loses_data=True),
    _alone("DROP TABLESPACE", r"drop tablespace", "DROP TABLESPACE, Notes", ""),
    _alone("ALTER DATABASE SET TABLESPACE", r"alter database \S+ set tablespace",
           "ALTER DATABASE, Description"),
    _alone("ALTER SYSTEM", r"alter system", "ALTER SYSTEM, Notes", ""),
    _alone("DETACH PARTITION CONCURRENTLY",
           r"alter table .*\bdetach partition .*\bconcurrently", "ALTER TABLE, Description",
           "SHARE UPDATE EXCLUSIVE"),
    _alone("DISCARD ALL", r"discard all", "DISCARD, Notes", ""),
    _alone("COMMIT PREPARED, ROLLBACK PREPARED", r"(commit|rollback) prepared",
           "COMMIT PREPARED, Notes", "", loses_data=None),
    _sql("CREATE, ALTER, DROP SUBSCRIPTION", r"(create|alter|drop) subscription",
         _costs("", _manual("CREATE SUBSCRIPTION, Notes"), transactional=None, stands_alone=None,
                notes=("stands alone if it creates, refreshes or drops a replication slot",))),
    _sql("ALTER TYPE ADD VALUE", r"alter type .*\badd value",
         _costs("", _TYPE, usable_after_commit=True), since=(12,)),
    _sql("ALTER TYPE ADD VALUE", r"alter type .*\badd value",
         _costs("", _manual("ALTER TYPE, Notes", "11"), usable_after_commit=True, **_ALONE),
         before=(12,)),
    _sql("BEGIN, COMMIT, ROLLBACK", r"begin|start transaction|commit|end|rollback|abort|prepare "
         r"transaction", _costs("", _manual("Transactions"), transactional=False)),
    _sql("CALL, DO", r"call|do", _costs(None, _manual("Transaction Management"),
         stands_alone=None, usable_after_commit=None, notes=("stands alone if it commits",),
         **_OPEN)),
    _sql("CREATE INDEX", r"create (unique )?index", _costs("SHARE", _INDEX, scans=True)),
    _sql("DROP TABLE, DROP SCHEMA, DROP MATERIALIZED VIEW",
         r"drop (table|schema|materialized view|owned)",
         _costs(_EXCLUSIVE, _LOCKING, loses_data=True)),
    _sql("TRUNCATE", r"truncate", _costs(_EXCLUSIVE, _manual("TRUNCATE, Notes"), loses_data=True)),
    _sql("ALTER TABLE DROP COLUMN", r"alter table .*\bdrop column",
         _costs(_EXCLUSIVE, _ALTER, rewrites=None, scans=None, loses_data=True)),
    _sql("REFRESH MATERIALIZED VIEW CONCURRENTLY", r"refresh materialized view concurrently",
         _costs("EXCLUSIVE", _LOCKING, scans=True)),
    _sql("REFRESH MATERIALIZED VIEW, CLUSTER", r"refresh materialized view|cluster",
         _costs(_EXCLUSIVE, _LOCKING, rewrites=True, scans=True)),
    _sql("REINDEX", r"reindex", _costs(_EXCLUSIVE, _manual("REINDEX, Notes"), scans=True,
         stands_alone=None, notes=("stands alone if the table or index is partitioned",))),
    _sql("ANALYZE", r"analyze", _costs("SHARE UPDATE EXCLUSIVE", _LOCKING)),
    _sql("COMMENT", r"comment", _costs("SHARE UPDATE EXCLUSIVE", _LOCKING)),
    _sql("INSERT", r"insert|copy", _costs("ROW EXCLUSIVE", _LOCKING, scans=None)),
    _sql("UPDATE, MERGE", r"update|merge",
         _costs("ROW EXCLUSIVE", _LOCKING, scans=None, loses_data=None)),
    _sql("DELETE", r"delete", _costs("ROW EXCLUSIVE", _LOCKING, scans=None, loses_data=True)),
    _sql("SELECT, WITH, VALUES, TABLE", r"select|with|values|table",
         _costs(None, _LOCKING, **_OPEN)),
    _sql("SET, RESET, SHOW, LISTEN, NOTIFY, LOCK, GRANT, REVOKE",
         r"set|reset|show|(un)?listen|notify|lock|grant|revoke",
         _costs(None, _manual("SQL Commands"))),
    _sql("other CREATE, ALTER, DROP", r"create|alter|drop|import|security|reassign",
         _costs(None, _manual("SQL Commands"), usable_after_commit=None, **_OPEN)),
)  # fmt: skip


def sql_rows() -> tuple[Row, ...]:
    """Give the rows about SQL that was said as text."""
    return _ROWS
