"""CREATE TABLE as SQLite keeps it, read back into plain values.

SQLite stores the text that it was given (SQLite, fileformat2, section 2.6), so
names, CHECKs and options that no PRAGMA tells are all there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
        return _Parser(name, schema, sql, canonical_type).table()
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


@dataclass
class _Parser:
    name: str
    schema: str | None
    sql: str
    canonical_type: Callable[[str], str]
    columns: list[ColumnValue] = field(default_factory=list)
    primary_key: PrimaryKeyValue | None = None
    autoincrement: bool = False
    uniques: list[UniqueValue] = field(default_factory=list)
    foreign_keys: list[ForeignKeyValue] = field(default_factory=list)
    checks: list[CheckValue] = field(default_factory=list)

    def table(self) -> TableValue:
        found = list(tokens(self.sql))
        opening = next(i for i, t in enumerate(found) if t.text == "(" and t.kind == "punct")
        end = closing(found, opening)
        for part in split(found[opening + 1 : end], ","):
            if part[0].says("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"):
                self._table_constraint(part)
            else:
                self._column(part)
        options = {t.text.upper() for t in found[end + 1 :] if t.kind == "word"}
        kept = [("autoincrement", "true")] if self.autoincrement else []
        kept += [("strict", "true")] if "STRICT" in options else []
        kept += [("with_rowid", "false")] if "WITHOUT" in options else []
        keys = self.primary_key.columns if self.primary_key else ()
        return TableValue(
            name=self.name,
            schema=self.schema,
            columns=tuple(
                replace(c, nullable=False) if c.name in keys and c.nullable else c
                for c in self.columns
            ),
            primary_key=self.primary_key,
            uniques=tuple(self.uniques),
            foreign_keys=tuple(self.foreign_keys),
            checks=tuple(replace(c, text=unqualified(c.text, self.name)) for c in self.checks),
            options=tuple(sorted(kept)),
        )

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

    def _table_constraint(self, found: list[Token]) -> None:
        name = None
        if found[0].says("CONSTRAINT"):
            name, found = found[1].name, found[2:]
        if found[0].says("CHECK"):
            inner, _ = self._inside(found, 1)
            self.checks.append(CheckValue(self._text(inner), name))
            return
        opening = next(i for i, t in enumerate(found) if t.text == "(")
        inner, after = self._inside(found, opening)
        columns = self._names(inner)
        if found[0].says("PRIMARY"):
            self.primary_key = PrimaryKeyValue(columns, name)
            self.autoincrement = any(t.says("AUTOINCREMENT") for t in inner)
        elif found[0].says("UNIQUE"):
            self.uniques.append(with_conflict(UniqueValue(columns, name), _conflict(found, after)))
        else:
            self._references(found, after, columns, name)

    def _column(self, found: list[Token]) -> None:
        name = found[0].name
        at = 1
        type_: list[Token] = []
        while at < len(found) and _word(found[at]) not in _CONSTRAINT:
            if found[at].text == "(":
                _, end = self._inside(found, at)
                type_ += found[at:end]
                at = end
            else:
                type_.append(found[at])
                at += 1
        facts: dict[str, Any] = {}
        constraint_name = None
        while at < len(found):
            at += 1
            match _word(found[at - 1]):
                case "CONSTRAINT":
                    constraint_name, at = found[at].name, at + 1
                    continue
                case "PRIMARY":
                    self.primary_key = PrimaryKeyValue((name,), constraint_name)
                case "AUTOINCREMENT":
                    self.autoincrement = True
                case "NOT":
                    facts["nullable"], at = False, at + 1
                case "UNIQUE":
                    unique = UniqueValue((name,), constraint_name)
                    self.uniques.append(with_conflict(unique, _conflict(found, at)))
                case "CHECK":
                    inner, at = self._inside(found, at)
                    self.checks.append(CheckValue(self._text(inner), constraint_name))
                case "DEFAULT":
                    begin, at = at, self._behind_value(found, at)
                    text = self._text(found[begin:at])
                    facts["default"] = None if text.upper() == "NULL" else text
                case "COLLATE":
                    facts["collation"], at = found[at].name, at + 1
                case "REFERENCES":
                    at = self._references(found, at - 1, (name,), constraint_name)
                case "AS":
                    inner, at = self._inside(found, at)
                    stored = at < len(found) and found[at].says("STORED")
                    facts["computed"] = ComputedValue(bare(self._text(inner)), stored)
                case _:  # ASC, DESC, ON CONFLICT ..., GENERATED ALWAYS, STORED, VIRTUAL, NULL
                    continue
            constraint_name = None
        self.columns.append(ColumnValue(name, self.canonical_type(self._text(type_)), **facts))

    def _behind_value(self, found: list[Token], at: int) -> int:
        """Give the place behind the value of a DEFAULT that begins at `at`."""
        if found[at].text == "(":
            return self._inside(found, at)[1]
        return at + (2 if found[at].text in ("+", "-") else 1)

    def _references(
        self, found: list[Token], at: int, columns: tuple[str, ...], name: str | None
    ) -> int:
        """Read REFERENCES ... from `at` on; give the place behind it."""
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
        self.foreign_keys.append(
            ForeignKeyValue(
                columns,
                (self.schema, target),
                target_columns,
                name,
                _action(facts.get("onupdate")),
                _action(facts.get("ondelete")),
                deferrable,
                initially if deferrable else None,
                None if facts.get("match") in (None, "SIMPLE", "NONE") else facts["match"],
            )
        )
        return at


def with_conflict(value: UniqueValue, action: str | None) -> UniqueValue:
    """Say what becomes of a row that breaks a UNIQUE; nothing for ABORT, which is the usual.

    SQLite, lang_conflict: ON CONFLICT.
    """
    said = None if action is None else action.upper()
    if said in (None, "ABORT"):
        return value
    return replace(value, on_conflict=said, options=(("sqlite_on_conflict", said),))


def _conflict(found: list[Token], at: int) -> str | None:
    """Read ON CONFLICT where it stands at `at`."""
    said = at + 2 < len(found) and found[at].says("ON") and found[at + 1].says("CONFLICT")
    return found[at + 2].text if said else None


def _word(token: Token) -> str:
    """Give a keyword in upper case; empty for what is none."""
    return token.text.upper() if token.kind == "word" else ""


def _action(given: str | None) -> str | None:
    return None if given in (None, "NO ACTION") else given
