"""CREATE TABLE as SQLite keeps it, read back into plain values.

SQLite stores the text that it was given (SQLite, fileformat2, section 2.6), so
names, CHECKs and options that no PRAGMA tells are all there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from ..errors import UnreadableSchema
from ..indextext import split
from ..sqltokens import Token, bare, closing, tokens
from ..values import (
    CheckValue,
    ColumnValue,
    ComputedValue,
    ForeignKeyValue,
    PrimaryKeyValue,
    TableValue,
    UniqueValue,
    varied,
)

_CONSTRAINT = (
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
)


def parse_table(
    name: str, schema: str | None, sql: str, canonical_type: Callable[[str], str]
) -> TableValue:
    """Read a CREATE TABLE statement.

    A foreign key that doesn't say which columns it points to has none in its value.

    Args:
        name: The table's name, as the catalog gives it.
        schema: The attached database that it is in.
        sql: The statement.
        canonical_type: Brings a column's type into one spelling.

    Raises:
        UnreadableSchema: The text isn't one that SQLite would take.
    """
    try:
        return _Table(name, schema, canonical_type).read(sql)
    except (IndexError, StopIteration, ValueError) as err:
        raise UnreadableSchema(name, f"its CREATE TABLE isn't understood ({err})") from err


def unqualified(sql: str, table_name: str) -> str:
    """Take a table's own name away from in front of the columns of its CHECK.

    A CHECK sees no other table (SQLite, lang_createtable, section 3.7), and a copy of the table,
    which is filled under another name, can't say it.

    >>> unqualified("users.age > 0 AND name <> 'users.x'", "users")
    "age > 0 AND name <> 'users.x'"
    """
    found = list(tokens(sql))
    for at in range(len(found) - 3, -1, -1):
        own = found[at].kind in ("word", "quoted") and found[at].name.lower() == table_name.lower()
        if own and found[at + 1].says(".") and not (at and found[at - 1].says(".")):
            sql = sql[: found[at].start] + sql[found[at + 2].start :]
    return sql


_CUT = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|(?<![\w)\]"])\[[^\]]*\]"""
    r"""|--[^\n]*|/\*.*?\*/|[(),]""",
    re.DOTALL,
)
_NAMED = re.compile(r"\s*+([^\W\d][\w$]*)(?=\s|$)")
_OF_TABLE = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


def _cut(sql: str) -> tuple[list[str], str]:
    """Cut a statement into what it says of each column and constraint, and what stands behind them."""
    depth, begin, parts = 0, 0, []
    for found in _CUT.finditer(sql):
        sign = found[0]
        if sign == "(":
            depth += 1
            if depth == 1:
                begin = found.end()
        elif sign == ")":
            depth -= 1
            if not depth:
                parts.append(sql[begin : found.start()])
                return parts, sql[found.end() :]
        elif sign == "," and depth == 1:
            parts.append(sql[begin : found.start()])
            begin = found.end()
    raise ValueError("a bracket isn't closed")


@dataclass
class _Said:
    """What a column's definition says behind its name; where that is wanted, the name is left empty.

    Attributes:
        type: Its type as it is written.
        facts: The rest of what a ColumnValue holds.
    """

    type: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    primary_key: PrimaryKeyValue | None = None
    autoincrement: bool = False
    uniques: list[UniqueValue] = field(default_factory=list)
    foreign_keys: list[ForeignKeyValue] = field(default_factory=list)
    checks: list[CheckValue] = field(default_factory=list)


@lru_cache(maxsize=10_000)
def _said(sql: str) -> _Said:
    """Read a column's definition behind its name; many columns of a schema are alike in that."""
    return _Column(sql).said()


class _Reader:
    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.found = list(tokens(sql))

    def _text(self, found: list[Token]) -> str:
        return self.sql[found[0].start : found[-1].end] if found else ""

    def _inside(self, found: list[Token], opening: int) -> tuple[list[Token], int]:
        """Give what stands in the brackets at `opening`, and the place behind them."""
        end = closing(found, opening)
        if end < 0:
            raise ValueError("a bracket isn't closed")
        return found[opening + 1 : end], end + 1

    def _names(self, found: list[Token]) -> tuple[str, ...]:
        return tuple(part[0].name for part in split(found, ","))

    def _conflict(self, found: list[Token], at: int) -> str | None:
        """Read ON CONFLICT where it stands at `at`."""
        said = at + 2 < len(found) and found[at].says("ON") and found[at + 1].says("CONFLICT")
        return found[at + 2].text if said else None

    def _references(
        self, found: list[Token], at: int, columns: tuple[str, ...], name: str | None
    ) -> tuple[ForeignKeyValue, int]:
        """Read REFERENCES ... from `at` on, and give the place behind it; it names no schema."""
        target, at = found[at + 1].name, at + 2
        target_columns: tuple[str, ...] = ()
        if at < len(found) and found[at].text == "(":
            inner, at = self._inside(found, at)
            target_columns = self._names(inner)
        facts: dict[str, str] = {}
        deferrable, initially = False, None
        while at < len(found):
            if found[at].says("ON"):
                event = "on" + found[at + 1].text.lower()
                length = 2 if found[at + 2].says("SET", "NO") else 1
                facts[event] = " ".join(t.text.upper() for t in found[at + 2 : at + 2 + length])
                at += 2 + length
            elif found[at].says("MATCH"):
                facts["match"] = found[at + 1].text.upper()
                at += 2
            elif found[at].says("DEFERRABLE"):
                deferrable, at = True, at + 1
            elif found[at].says("NOT") and at + 1 < len(found) and found[at + 1].says("DEFERRABLE"):
                at += 2
            elif found[at].says("INITIALLY"):
                initially = "DEFERRED" if found[at + 1].says("DEFERRED") else None
                at += 2
            else:
                break
        value = ForeignKeyValue(
            columns,
            (None, target),
            target_columns,
            name,
            _action(facts.get("onupdate")),
            _action(facts.get("ondelete")),
            deferrable,
            initially if deferrable else None,
            None if facts.get("match") in (None, "SIMPLE", "NONE") else facts["match"],
        )
        return value, at


class _Column(_Reader):
    def said(self) -> _Said:
        found, said, at = self.found, _Said(), 0
        type_: list[Token] = []
        while at < len(found) and _word(found[at]) not in _CONSTRAINT:
            if found[at].text == "(":
                _, end = self._inside(found, at)
                type_ += found[at:end]
                at = end
            else:
                type_.append(found[at])
                at += 1
        facts = said.facts
        constraint_name = None
        while at < len(found):
            at += 1
            match _word(found[at - 1]):
                case "CONSTRAINT":
                    constraint_name, at = found[at].name, at + 1
                    continue
                case "PRIMARY":
                    said.primary_key = PrimaryKeyValue((), constraint_name)
                case "AUTOINCREMENT":
                    said.autoincrement = True
                case "NOT":
                    facts["nullable"], at = False, at + 1
                case "UNIQUE":
                    unique = UniqueValue((), constraint_name)
                    said.uniques.append(with_conflict(unique, self._conflict(found, at)))
                case "CHECK":
                    inner, at = self._inside(found, at)
                    said.checks.append(CheckValue(self._text(inner), constraint_name))
                case "DEFAULT":
                    begin, at = at, self._behind_value(found, at)
                    text = self._text(found[begin:at])
                    facts["default"] = None if text.upper() == "NULL" else text
                case "COLLATE":
                    facts["collation"], at = found[at].name, at + 1
                case "REFERENCES":
                    key, at = self._references(found, at - 1, (), constraint_name)
                    said.foreign_keys.append(key)
                case "AS":
                    inner, at = self._inside(found, at)
                    stored = at < len(found) and found[at].says("STORED")
                    facts["computed"] = ComputedValue(bare(self._text(inner)), stored)
                case _:  # ASC, DESC, ON CONFLICT ..., GENERATED ALWAYS, STORED, VIRTUAL, NULL
                    continue
            constraint_name = None
        said.type = self._text(type_)
        return said

    def _behind_value(self, found: list[Token], at: int) -> int:
        """Give the place behind the value of a DEFAULT that begins at `at`."""
        if found[at].text == "(":
            return self._inside(found, at)[1]
        return at + (2 if found[at].text in ("+", "-") else 1)


class _Constraint(_Reader):
    """A constraint of the table, or a column whose name is quoted: what begins with no plain name."""

    def into(self, table: _Table) -> None:
        found, name = self.found, None
        if found[0].says("CONSTRAINT"):
            name, found = found[1].name, found[2:]
        if found[0].says("CHECK"):
            inner, _ = self._inside(found, 1)
            table.checks.append(CheckValue(self._text(inner), name))
            return
        opening = next(i for i, t in enumerate(found) if t.text == "(")
        inner, after = self._inside(found, opening)
        columns = self._names(inner)
        if found[0].says("PRIMARY"):
            table.primary_key = PrimaryKeyValue(columns, name)
            table.autoincrement = any(t.says("AUTOINCREMENT") for t in inner)
        elif found[0].says("UNIQUE"):
            conflict = self._conflict(found, after)
            table.uniques.append(with_conflict(UniqueValue(columns, name), conflict))
        else:
            table.foreign_keys.append(self._references(found, after, columns, name)[0])


@dataclass
class _Table:
    name: str
    schema: str | None
    canonical_type: Callable[[str], str]
    columns: list[ColumnValue] = field(default_factory=list)
    primary_key: PrimaryKeyValue | None = None
    autoincrement: bool = False
    uniques: list[UniqueValue] = field(default_factory=list)
    foreign_keys: list[ForeignKeyValue] = field(default_factory=list)
    checks: list[CheckValue] = field(default_factory=list)

    def read(self, sql: str) -> TableValue:
        parts, behind = _cut(sql)
        for part in parts:
            named = _NAMED.match(part)
            if named is not None and named[1].upper() not in _OF_TABLE:
                self._column(named[1], part[named.end() :])
                continue
            constraint = _Constraint(part)
            if not constraint.found:
                continue
            first = constraint.found[0]
            if first.says(*_OF_TABLE):
                constraint.into(self)
            else:
                self._column(first.name, part[first.end :])
        options = {t.text.upper() for t in tokens(behind) if t.kind == "word"}
        kept = [("autoincrement", "true")] if self.autoincrement else []
        kept += [("strict", "true")] if "STRICT" in options else []
        kept += [("with_rowid", "false")] if "WITHOUT" in options else []
        keys = self.primary_key.columns if self.primary_key else ()
        return TableValue(
            name=self.name,
            schema=self.schema,
            columns=tuple(
                varied(c, nullable=False) if c.name in keys and c.nullable else c
                for c in self.columns
            ),
            primary_key=self.primary_key,
            uniques=tuple(self.uniques),
            foreign_keys=tuple(
                varied(key, target=(self.schema, key.target[1])) for key in self.foreign_keys
            ),
            checks=tuple(varied(c, text=unqualified(c.text, self.name)) for c in self.checks),
            options=tuple(sorted(kept)),
        )

    def _column(self, name: str, definition: str) -> None:
        said, columns = _said(definition), (name,)
        if said.primary_key is not None:
            self.primary_key = varied(said.primary_key, columns=columns)
        self.autoincrement = self.autoincrement or said.autoincrement
        self.uniques += [varied(unique, columns=columns) for unique in said.uniques]
        self.foreign_keys += [varied(key, columns=columns) for key in said.foreign_keys]
        self.checks += said.checks
        self.columns.append(ColumnValue(name, self.canonical_type(said.type), **said.facts))


def with_conflict(value: UniqueValue, action: str | None) -> UniqueValue:
    """Say what becomes of a row that breaks a UNIQUE; nothing for ABORT, which is the usual.

    SQLite, lang_conflict: ON CONFLICT.
    """
    said = None if action is None else action.upper()
    if said in (None, "ABORT"):
        return value
    return replace(value, on_conflict=said, options=(("sqlite_on_conflict", said),))


def _word(token: Token) -> str:
    """Give a keyword in upper case; empty for what is none."""
    return token.text.upper() if token.kind == "word" else ""


def _action(given: str | None) -> str | None:
    return None if given in (None, "NO ACTION") else given
