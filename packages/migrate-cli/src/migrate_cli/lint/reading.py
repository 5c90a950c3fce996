"""Raw SQL as the change that it is, where that is plain from its text."""

from __future__ import annotations

import re
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import Change
from sqlalchemy import Column, text
from sqlalchemy.schema import DDL, ExecutableDDLElement
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import UserDefinedType

from ..state import as_change

_NAME = r'(?:"[^"]+"|`[^`]+`|\w+)'
_TABLE = rf"(?:(?P<schema>{_NAME})\.)?(?P<table>{_NAME})"


class _Written(UserDefinedType[Any]):
    """A type as raw SQL writes it."""

    cache_ok = True

    def __init__(self, said: str) -> None:
        self.said = said

    def get_col_spec(self, **kw: Any) -> str:
        return self.said

    def __repr__(self) -> str:
        return self.said


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
        re.compile(
            rf"ADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?!CONSTRAINT\b|CHECK\b|UNIQUE\b|PRIMARY\b|FOREIGN\b)"
            rf"(?P<c>{_NAME})\s+(?P<type>(?!.*\b(?:DEFAULT|GENERATED|PRIMARY|SERIAL|BIGSERIAL)\b).+?)\s+NOT\s+NULL",
            re.IGNORECASE | re.DOTALL,
        ),
        lambda t, k, f: ddl.AddColumn(t, Column(_name(f["c"]), _Written(f["type"]), nullable=False), **k),
    ),
    (
        re.compile(rf"VALIDATE\s+CONSTRAINT\s+(?P<n>{_NAME})", re.IGNORECASE),
        lambda t, k, f: ddl.ValidateConstraint(_name(f["n"]), t, **k),
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


def plain(element: Any) -> list[Any]:
    """Give what a script hands over as the changes that it is, where that is plain.

    Raw SQL is cut into its statements, and ALTER TABLE into its actions; what isn't plain stays
    as it is.

    >>> [one.describe() for one in plain(ddl.ExecuteSQL("DROP TABLE s.t; CREATE INDEX i ON u (a, b)"))]
    ['drop table s.t', 'create index i on u (a, b)']
    >>> [one.describe() for one in plain(ddl.ExecuteSQL("ALTER TABLE t DROP COLUMN a, RENAME COLUMN b TO c"))]
    ['drop column t.a', 'alter column t.b: rename to c']
    """
    said = sql_of(element)
    if said is None:
        if isinstance(element, ddl.ExecuteSQL):
            element = element.sqltext
        made = as_change(element) if isinstance(element, ExecutableDDLElement) else None
        return [element if made is None else made]
    if _WITH_BODY.match(said):
        return [element]
    pieces = [action for statement in _cut(said, ";") for action in _actions(statement)]
    found: list[Any] = []
    for piece in pieces:
        change = _change(piece)
        if change is None:
            change = ddl.ExecuteSQL(piece, raw=True) if len(pieces) > 1 else element
        found.append(change)
    return found or [element]


_WITH_BODY = re.compile(
    r"\s*(?:CREATE\s.*?\b(?:TRIGGER|FUNCTION|PROCEDURE|EVENT)|DO|BEGIN\s+NOT)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = re.compile(
    r"""'(?:[^'\\]|''|\\.)*'|"[^"]*"|`[^`]*`|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$
    |(?P<comment>--[^\n]*|/\*.*?\*/)|[(),;]""",
    re.DOTALL | re.VERBOSE,
)


def _cut(sql: str, separator: str) -> list[str]:
    """Cut SQL at a sign outside of brackets, strings and names; comments are left out."""
    parts, depth, at = [""], 0, 0
    for found in _MARKS.finditer(sql):
        parts[-1] += sql[at : found.start()]
        at, mark = found.end(), found[0]
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if found["comment"]:
            parts[-1] += " "
        elif mark == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += mark
    parts[-1] += sql[at:]
    return [part.strip() for part in parts if part.strip()]


def _actions(statement: str) -> list[str]:
    """Give an ALTER TABLE for each of its actions; anything else as it is."""
    found = _ALTER.fullmatch(statement)
    if found is None:
        return [statement]
    before = statement[: found.start("action")]
    return [before + action for action in _cut(found["action"], ",")]


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
