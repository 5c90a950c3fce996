"""What SQL that was said as text costs on MySQL and MariaDB."""

from __future__ import annotations

from typing import Any

from ..data import ExecuteSQL
from .book import Row, saying
from .said import leads
from .value import Blocks, Facts, Source

# MySQL 8.4 manual, ALTER TABLE, Concurrency Control: what the words of the LOCK clause permit
LOCKS = {
    "": Blocks.NOTHING,
    "NONE": Blocks.SCHEMA_CHANGES,
    "SHARED": Blocks.WRITES,
    "EXCLUSIVE": Blocks.READS_AND_WRITES,
}
_costs = saying(LOCKS, transactional=False)
_OPEN: dict[str, Any] = {"rewrites": None, "scans": None, "loses_data": None}
_OBJECTS = (
    r"(database|schema|event|function|procedure|trigger|view|role|server|sequence|package"
    r"|user|spatial reference system|tablespace|undo tablespace|logfile group)"
)


def _sql(words: str, pattern: str, facts: Facts) -> Row:
    return Row(ExecuteSQL, facts, words, leads(pattern))


def sql_rows(page: Source) -> tuple[Row, ...]:
    """Give the rows, with the product's page on implicit commits as their source."""
    joins: dict[str, Any] = {"transactional": True}
    words = r"(or replace |online |offline |ignore |unique |fulltext |spatial |algorithm ?= ?\w+ |definer ?= ?\S+ |sql security \w+ |aggregate )*"
    return (
        _sql("CREATE, DROP TEMPORARY TABLE", rf"(create|drop) {words}temporary",
             _costs("", page, notes=("commits nothing, but can't be rolled back",))),
        _sql("CREATE TABLE", rf"create {words}table", _costs(None, page, scans=None)),
        _sql("CREATE INDEX", rf"create {words}index", _costs(None, page, rewrites=None,
                                                            scans=True)),
        _sql("DROP INDEX", r"drop index", _costs("NONE", page)),
        _sql("DROP TABLE, DATABASE", rf"drop {words}(table|database|schema)",
             _costs("EXCLUSIVE", page, loses_data=True)),
        _sql("TRUNCATE", r"truncate", _costs("EXCLUSIVE", page, loses_data=True)),
        _sql("RENAME TABLE", r"rename table", _costs("EXCLUSIVE", page)),
        _sql("ALTER TABLE DROP COLUMN", rf"alter {words}table .*\bdrop column",
             _costs(None, page, **{**_OPEN, "loses_data": True})),
        _sql("ALTER TABLE", rf"alter {words}table", _costs(None, page, **_OPEN)),
        _sql("CREATE, ALTER, DROP of anything else", rf"(create|alter|drop) {words}{_OBJECTS}",
             _costs("", page, loses_data=None)),
        _sql("RENAME USER, GRANT, REVOKE, SET PASSWORD",
             r"rename user|grant|revoke|set password", _costs("", page)),
        _sql("BEGIN, START TRANSACTION, COMMIT, ROLLBACK, SET autocommit, LOCK, UNLOCK TABLES",
             r"begin|start transaction|commit|rollback(?! to)|set (session |global |@@\S*)?"
             r"autocommit|(un)?lock tables?",
             _costs(None, page)),
        _sql("OPTIMIZE, REPAIR TABLE", r"(optimize|repair)( no_write_to_binlog| local)? table",
             _costs(None, page, rewrites=True, scans=True)),
        _sql("ANALYZE, CHECK TABLE, CACHE INDEX, LOAD INDEX, FLUSH, RESET",
             r"(analyze|check)( no_write_to_binlog| local)? table|cache index|load index|flush"
             r"|reset|(un)?install|(start|stop) (slave|replica)|change (master|replication)"
             r"|shutdown",
             _costs(None, page, scans=None)),
        _sql("INSERT", r"insert|load (data|xml)",
             _costs("NONE", page, scans=None, **joins)),
        _sql("UPDATE, REPLACE", r"update|replace",
             _costs("NONE", page, scans=None, **{**joins, "loses_data": None})),
        _sql("DELETE", r"delete", _costs("NONE", page, scans=None, loses_data=True, **joins)),
        _sql("SELECT, WITH, VALUES, TABLE", r"select|with|values|table",
             _costs("NONE", page, **{**_OPEN, **joins})),
        _sql("SET, USE, SHOW, DESCRIBE, EXPLAIN, SAVEPOINT, DO",
             r"set|use|show|desc|describe|explain|savepoint|release savepoint|rollback to|do",
             _costs("", page, **joins)),
    )  # fmt: skip
