"""Asking MariaDB or MySQL what it makes of our expressions, in TEMPORARY tables.

CREATE and DROP TEMPORARY TABLE commit nothing (MariaDB Knowledge Base, SQL statements
that cause an implicit commit), and SHOW CREATE TABLE tells such a table.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, CursorResult
from sqlalchemy.exc import DBAPIError

from ..indextext import split
from ..sqltokens import Token, bare, closing, tokens
from ..values import CheckValue, ColumnValue, Key, TableValue
from .base import Database

log = logging.getLogger("ddl_autogen")
_AFTER_TYPE = (
    "NOT",
    "NULL",
    "DEFAULT",
    "GENERATED",
    "AUTO_INCREMENT",
    "COMMENT",
    "CHECK",
    "CHARACTER",
    "COLLATE",
    "ON",
    "INVISIBLE",
    "WITH",
    "WITHOUT",
)
_BYTES = re.compile(r"(var)?binary\b|(tiny|medium|long)?blob\b")
_ESCAPED = {"0": "\0", "n": "\n", "r": "\r"}
_AFTER_DEFAULT = ("ON", "COMMENT", "CHECK", "AUTO_INCREMENT", "INVISIBLE")


def own_form(
    database: Database, connection: Connection, asked: Sequence[tuple[TableValue, TableValue]]
) -> Mapping[Key, TableValue]:
    """Make a temporary table of each of ours, read it by SHOW CREATE TABLE, drop it.

    What the server refuses is tried piece by piece; what it refuses even so is
    compared by its text.
    """
    answers = {}
    for theirs, ours in asked:
        told = _ask(database, connection, theirs, ours)
        if told is None:
            log.warning(
                "table %s: the server made no temporary table, so types, defaults and CHECKs "
                "are compared by their text",
                ours.name,
            )
        else:
            answers[ours.key] = _amended(database, ours, told)
    return answers


@dataclass
class _Told:
    """What SHOW CREATE TABLE says.

    Attributes:
        types: SQL text of the types, by column.
        collations: Those that aren't the table's, by column.
        computed: SQL text of the expressions of computed columns, by column.
        defaults: SQL text of the defaults, by column.
        json: Columns with a CHECK of their own that they hold JSON.
        checks: SQL text of the CHECKs, by name.
    """

    types: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    collations: dict[str, str] = field(default_factory=dict)
    computed: dict[str, str] = field(default_factory=dict)
    json: set[str] = field(default_factory=set)
    checks: dict[str, str] = field(default_factory=dict)


def _ask(
    database: Database, connection: Connection, theirs: TableValue, ours: TableValue
) -> _Told | None:
    quote = database.speller.quote
    columns = [f"{quote(c.name)} {_column(c)}" for c in ours.columns if c.type]
    plain = [f"{quote(c.name)} {_column(c)}" for c in ours.columns if c.type and not c.computed]
    checks = [f"CONSTRAINT ddl_autogen_{at} CHECK ({c.text})" for at, c in enumerate(ours.checks)]
    name = f"ddl_autogen_{uuid.uuid4().hex[:12]}"
    options = _options(theirs, ours)
    for pieces in ([*columns, *checks], columns, plain):
        created = f"CREATE TEMPORARY TABLE {name} ({', '.join(pieces)}){options}"
        if not _taken(connection, created):
            continue
        if len(pieces) < len(columns) + len(checks):  # one of them is refused: which?
            for check in checks:
                _taken(connection, f"ALTER TABLE {name} ADD {check}")
        try:
            return _told(connection, name, in_bytes=any(map(may_be_bytes, ours.columns)))
        finally:
            _run(connection, f"DROP TEMPORARY TABLE {name}")
    return None


def may_be_bytes(column: ColumnValue) -> bool:
    """Tell whether a default may be bytes that are no text: the catalog has `?` in their place."""
    return column.default is not None and _BYTES.match(column.type) is not None


def byte_defaults(connection: Connection, table: str) -> Mapping[str, str]:
    """Read the defaults of a table's columns as they are, bytes also.

    Args:
        connection: Where to read.
        table: The table's name, quoted.
    """
    return _told(connection, table, in_bytes=True).defaults


def _told(connection: Connection, table: str, *, in_bytes: bool) -> _Told:
    """Read SHOW CREATE TABLE, which has the bytes of a default as they are: not every driver's text.

    MariaDB KB, character_set_results: "binary" leaves them so, and drivers give bytes.
    """
    asked = f"SHOW CREATE TABLE {table}"
    if not in_bytes:
        return _read(without_character_sets(standard_quotes(str(_one(connection, asked)[1]))))
    (before,) = _one(connection, "SELECT @@character_set_results")
    _run(connection, "SET character_set_results = binary")
    try:
        found = _one(connection, asked)[1]
    finally:
        _run(connection, f"SET character_set_results = {before or 'NULL'}")
    told = _read(
        without_character_sets(standard_quotes(found.decode("utf-8", errors="surrogateescape")))
    )
    told.defaults = {name: _hexadecimal(text) for name, text in told.defaults.items()}
    return told


def _hexadecimal(default: str) -> str:
    r"""Write a string that isn't UTF-8 as the server takes it in any character set.

    >>> _hexadecimal("'\\0\udcff'"), _hexadecimal("'text'")
    ("x'00ff'", "'text'")
    """
    try:
        default.encode()
    except UnicodeEncodeError:
        plain = default[1:-1].replace("''", "'")
        plain = re.sub(r"\\(.)", lambda m: _ESCAPED.get(m[1], m[1]), plain, flags=re.DOTALL)
        return f"x'{plain.encode('utf-8', errors='surrogateescape').hex()}'"
    return default


def _options(theirs: TableValue, ours: TableValue) -> str:
    """Give the temporary table the character set and collation that ours will have."""
    said, there = dict(ours.options), dict(theirs.options)
    if "collate" not in said and said.get("charset", there.get("charset")) == there.get("charset"):
        said["collate"] = there.get("collate", "")
    words = [
        f"{w}={said[k]}" for k, w in (("charset", "CHARSET"), ("collate", "COLLATE")) if said.get(k)
    ]
    return " " + " ".join(words)


def _taken(connection: Connection, statement: str) -> bool:
    """Run a statement, and tell whether the server took it."""
    try:
        _run(connection, statement)
    except DBAPIError as err:
        if err.connection_invalidated:
            raise
        return False
    return True


def standard_quotes(sql: str) -> str:
    """Write a quote inside of a string as two quotes, where the server escapes it."""
    return re.sub(r"\\(.)", lambda m: "''" if m[1] == "'" else m[0], sql, flags=re.DOTALL)


def without_character_sets(sql: str) -> str:
    """Take away what MySQL writes before strings, `_utf8mb4'x'`; MariaDB doesn't.

    >>> without_character_sets("(`a` <> _utf8mb4'_x')")
    "(`a` <> '_x')"
    """
    found = list(tokens(sql))
    kept, end = [], 0
    for token, following in pairwise(found):
        if token.kind == "word" and token.text[0] == "_" and following.kind == "string":
            kept.append(sql[end : token.start])
            end = following.start
    return "".join([*kept, sql[end:]])


def _run(connection: Connection, statement: str) -> CursorResult[Any]:
    return connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def _one(connection: Connection, query: str) -> Sequence[Any]:
    return _run(connection, query).one()


def _column(column: ColumnValue) -> str:
    charset = f" CHARACTER SET {column.charset}" if column.charset else ""
    collation = f"{charset} COLLATE {column.collation}" if column.collation else charset
    if column.computed is not None:
        kept = "STORED" if column.computed.stored else "VIRTUAL"
        return f"{column.type}{collation} AS ({column.computed.expression}) {kept}"
    default = f" DEFAULT {column.default}" if column.default is not None else ""
    onupdate = f" ON UPDATE {column.onupdate}" if column.onupdate else ""
    null = "" if not column.nullable else " NULL"
    return f"{column.type}{collation}{null}{default}{onupdate}"


def _read(sql: str) -> _Told:
    told = _Told()
    found = list(tokens(sql))
    opening = next(i for i, t in enumerate(found) if t.text == "(")
    for part in split(found[opening + 1 : closing(found, opening)], ","):
        if part[0].kind == "quoted":
            _read_column(sql, part, told)
        elif part[0].says("CONSTRAINT") and part[2].says("CHECK"):
            told.checks[part[1].name] = bare(_text(sql, part[3:]))
    return told


def _read_column(sql: str, part: list[Token], told: _Told) -> None:
    name = part[0].name
    at = 1
    while at < len(part) and not part[at].says(*_AFTER_TYPE):
        at = closing(part, at) + 1 if part[at].text == "(" else at + 1
    told.types[name] = _text(sql, part[1:at])
    while at < len(part):
        if part[at].says("DEFAULT"):
            end = at + 1
            while end < len(part) and not part[end].says(*_AFTER_DEFAULT):
                end = closing(part, end) + 1 if part[end].text == "(" else end + 1
            default = _text(sql, part[at + 1 : end])
            if default.upper() != "NULL":
                told.defaults[name] = default
            at = end
            continue
        if part[at].says("COLLATE"):
            told.collations[name] = part[at + 1].name
        if part[at].says("AS") and part[at + 1].text == "(":
            told.computed[name] = _text(sql, part[at + 2 : closing(part, at + 1)])
        if part[at].says("CHECK") and at + 2 < len(part) and part[at + 2].says("JSON_VALID"):
            told.json.add(name)
        at = closing(part, at) + 1 if part[at].text == "(" else at + 1


def _text(sql: str, found: list[Token]) -> str:
    return sql[found[0].start : found[-1].end] if found else ""


def _amended(database: Database, ours: TableValue, told: _Told) -> TableValue:
    def column(given: ColumnValue) -> ColumnValue:
        type_ = told.types.get(given.name)
        if type_ is None:
            return given
        canonical = "json" if given.name in told.json else database.canonical_type(type_)
        default = told.defaults.get(given.name) if given.default is not None else None
        computed = given.computed
        if computed is not None and (expression := told.computed.get(given.name)) is not None:
            computed = replace(computed, expression=expression)
        collation = None if canonical == "json" else told.collations.get(given.name)
        return replace(
            given, type=canonical, default=default, computed=computed, collation=collation
        )

    def check(at: int, given: CheckValue) -> CheckValue:
        return replace(given, text=told.checks.get(f"ddl_autogen_{at}", given.text))

    return replace(
        ours,
        columns=tuple(map(column, ours.columns)),
        checks=tuple(check(at, c) for at, c in enumerate(ours.checks)),
    )
