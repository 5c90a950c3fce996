"""Raw SQL as the change that it is, where that is plain from its text."""

from __future__ import annotations

import re
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import Change
from sqlalchemy import text
from sqlalchemy.schema import DDL
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import TextClause

_NAME = r'(?:"[^"]+"|`[^`]+`|\w+)'
_TABLE = rf"(?:(?P<schema>{_NAME})\.)?(?P<table>{_NAME})"
_INDEX = re.compile(
    rf"""CREATE\s+(?P<unique>UNIQUE\s+)?INDEX\s+(?P<concurrently>CONCURRENTLY\s+)?
    (?:IF\s+NOT\s+EXISTS\s+)?(?P<name>{_NAME})\s+ON\s+(?:ONLY\s+)?{_TABLE}\s*(?:USING\s+\w+\s*)?
    \((?P<over>.*)\)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_DROP = re.compile(rf"DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?{_TABLE}", re.IGNORECASE)
_ALTER = re.compile(
    rf"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{_TABLE}\s+(?P<action>.+)",
    re.IGNORECASE | re.DOTALL,
)
_ACTIONS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (
        re.compile(rf"ALTER\s+(?:COLUMN\s+)?(?P<c>{_NAME})\s+SET\s+NOT\s+NULL", re.IGNORECASE),
        lambda t, k, f: ddl.AlterColumn(t, _name(f["c"]), nullable=False, **k),
    ),
    (
        re.compile(rf"DROP\s+COLUMN\s+(?:IF\s+EXISTS\s+)?(?P<c>{_NAME})", re.IGNORECASE),
        lambda t, k, f: ddl.DropColumn(t, _name(f["c"]), **k),
    ),
    (
        re.compile(rf"RENAME\s+COLUMN\s+(?P<c>{_NAME})\s+TO\s+(?P<n>{_NAME})", re.IGNORECASE),
        lambda t, k, f: ddl.AlterColumn(t, _name(f["c"]), new_column_name=_name(f["n"]), **k),
    ),
    (
        re.compile(rf"RENAME\s+TO\s+(?P<n>{_NAME})", re.IGNORECASE),
        lambda t, k, f: ddl.RenameTable(t, _name(f["n"]), **k),
    ),
    (
        re.compile(
            rf"ADD\s+CONSTRAINT\s+(?P<n>{_NAME})\s+FOREIGN\s+KEY\s*\((?P<own>[^)]*)\)\s*REFERENCES\s+"
            rf"(?P<to>{_NAME})\s*(?:\((?P<theirs>[^)]*)\))?(?P<rest>.*)",
            re.IGNORECASE | re.DOTALL,
        ),
        lambda t, k, f: ddl.create_foreign_key(
            _name(f["n"]), t, _name(f["to"]), _columns(f["own"]),
            _columns(f["theirs"] or f["own"]),
            source_schema=k.get("schema"), postgresql_not_valid=_not_valid(f["rest"]) or None,
        ),
    ),
    (
        re.compile(
            rf"ADD\s+CONSTRAINT\s+(?P<n>{_NAME})\s+CHECK\s*\((?P<e>.*)\)(?P<rest>[^)]*)",
            re.IGNORECASE | re.DOTALL,
        ),
        lambda t, k, f: ddl.create_check_constraint(
            _name(f["n"]), t, text(f["e"].replace(":", r"\:")),
            postgresql_not_valid=_not_valid(f["rest"]) or None, **k,
        ),
    ),
)  # fmt: skip


def plain(element: Any) -> Any:
    """Give raw SQL as the change that it is, where that is plain; anything else as it came.

    >>> plain(ddl.ExecuteSQL("CREATE INDEX i ON s.t (a, b)")).describe()
    'create index i on s.t (a, b)'
    """
    said = sql_of(element)
    change = _change(said) if said is not None else None
    return element if change is None else change


def sql_of(element: Any) -> str | None:
    """Give the text of raw SQL; None if it is something else."""
    if isinstance(element, ddl.ExecuteSQL):
        element = element.sqltext
    if isinstance(element, TextClause):
        return element.text
    if isinstance(element, DDL):
        return str(element.statement)
    return element if isinstance(element, str) else None


def changes_rows(element: Any) -> bool:
    """Tell whether something changes rows and nothing else."""
    if isinstance(element, (ddl.BulkInsert, ddl.CopyRows)):
        return True
    if isinstance(element, ddl.ExecuteSQL):
        element = element.sqltext
    if isinstance(element, UpdateBase):
        return True
    said = sql_of(element)
    return said is not None and bool(_ROWS.match(said))


_ROWS = re.compile(r"\s*(UPDATE|INSERT|DELETE|MERGE|REPLACE\s+INTO|WITH)\b", re.IGNORECASE)


def _change(sql: str) -> Change | None:
    sql = sql.strip().rstrip(";").rstrip()
    if ";" in sql or "--" in sql or "/*" in sql:
        return None
    if found := _INDEX.match(sql):
        over = [text(found["over"].replace(":", r"\:"))]
        return ddl.CreateIndex(
            _plain(found["name"]), _name(found["table"]), over, schema=_plain(found["schema"]),
            unique=bool(found["unique"]), postgresql_concurrently=bool(found["concurrently"]) or None,
        )  # fmt: skip
    if found := _DROP.fullmatch(re.sub(r"\s+(CASCADE|RESTRICT)$", "", sql, flags=re.IGNORECASE)):
        return ddl.DropTable(_name(found["table"]), schema=_plain(found["schema"]))
    if found := _ALTER.fullmatch(sql):
        table, schema = _name(found["table"]), _plain(found["schema"])
        for pattern, make in _ACTIONS:
            if action := pattern.fullmatch(found["action"].strip()):
                made: Change = make(table, {"schema": schema} if schema else {}, action)
                return made
    return None


def _plain(name: str | None) -> str | None:
    return name.strip('"`') if name else None


def _name(name: str) -> str:
    return name.strip('"`')


def _columns(listed: str) -> list[str]:
    return [_name(one.strip()) for one in listed.split(",")]


def _not_valid(rest: str) -> bool:
    return re.search(r"\bNOT\s+VALID\b", rest, re.IGNORECASE) is not None
