"""CREATE INDEX read back from its text: what is indexed, and how."""

from __future__ import annotations

import re

from .sqltokens import Token, closing, tokens
from .values import ElementValue, IndexValue

_WORD = r"[^\W\d][\w$]*"
_PLAIN = re.compile(
    rf"\s*CREATE\s+(UNIQUE\s+)?INDEX\s+({_WORD})\s+ON\s+{_WORD}\s*\(({_WORD}(?:, ?{_WORD})*)\)\s*",
    re.IGNORECASE,
)
"""Most of them: some columns, and nothing else."""


def parse_index(sql: str, *, lengths: bool = False) -> IndexValue:
    """Read a CREATE INDEX statement.

    Args:
        sql: The statement as a dialect of SQLAlchemy writes it, or as SQLite keeps it.
        lengths: Whether `c(10)` is a column of which ten characters are indexed (MySQL),
            not a call.

    Returns:
        The index; its name is the one in the statement, unquoted.
    """
    if plain := _PLAIN.fullmatch(sql):
        columns = plain[3].split(",")
        elements = tuple([ElementValue(column.strip()) for column in columns])
        return IndexValue(plain[2], elements, plain[1] is not None)
    found = list(tokens(sql))
    on = next(i for i, t in enumerate(found) if t.says("ON"))
    name = found[on - 1].name
    using = None
    opening = on + 1
    while found[opening].text != "(":
        if found[opening].says("USING"):
            using = found[opening + 1].name.lower()
        opening += 1
    end = closing(found, opening)
    elements = tuple(_element(sql, part, lengths) for part in split(found[opening + 1 : end], ","))
    include: tuple[str, ...] = ()
    where = None
    options: tuple[tuple[str, str], ...] = ()
    nulls_not_distinct = False
    at = end + 1
    while at < len(found):
        token = found[at]
        if token.says("INCLUDE", "WITH") and at + 1 < len(found) and found[at + 1].text == "(":
            close = closing(found, at + 1)
            parts = split(found[at + 2 : close], ",")
            if token.says("INCLUDE"):
                include = tuple(part[0].name for part in parts)
            else:
                options = tuple(sorted((p[0].name.lower(), _value(sql, p[2:])) for p in parts))
            at = close
        elif token.says("NULLS") and at + 2 < len(found) and found[at + 1].says("NOT"):
            nulls_not_distinct, at = True, at + 2
        elif token.says("USING"):
            using, at = found[at + 1].name.lower(), at + 1
        elif token.says("WHERE"):
            where = sql[found[at + 1].start : found[-1].end]
            break
        at += 1
    return IndexValue(
        name=name,
        elements=elements,
        unique=any(t.says("UNIQUE") for t in found[:2]),
        where=where,
        using=using,
        include=include,
        nulls_not_distinct=nulls_not_distinct,
        options=options,
    )


def parse_exclude(sql: str) -> tuple[str, list[tuple[str, str]], str | None]:
    """Read an exclusion constraint: `EXCLUDE USING gist (a WITH =) WHERE (...)`.

    Returns:
        The method; what is compared and by which operator, in order; the condition, or None.
    """
    found = list(tokens(sql))
    using = found[2].name.lower() if found[1].says("USING") else "gist"
    opening = next(i for i, t in enumerate(found) if t.text == "(")
    end = closing(found, opening)
    elements = []
    for part in split(found[opening + 1 : end], ","):
        at = max(i for i, t in enumerate(part) if t.says("WITH"))
        elements.append(
            (sql[part[0].start : part[at - 1].end], sql[part[at + 1].start : part[-1].end])
        )
    where = None
    if end + 1 < len(found) and found[end + 1].says("WHERE"):
        where = sql[found[end + 3].start : found[closing(found, end + 2) - 1].end]
    return using, elements, where


def split(found: list[Token], sign: str) -> list[list[Token]]:
    """Split tokens at a sign that stands outside of brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        if token.kind == "punct":
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.text == sign and not depth:
                parts.append([])
                continue
        parts[-1].append(token)
    return [part for part in parts if part]


def _value(sql: str, found: list[Token]) -> str:
    return sql[found[0].start : found[-1].end].strip("'").lower() if found else ""


def _element(sql: str, found: list[Token], lengths: bool) -> ElementValue:
    found = list(found)
    descending, nulls, collation, length = False, None, None, None
    if len(found) > 2 and found[-2].says("NULLS") and found[-1].says("FIRST", "LAST"):
        nulls = found[-1].text.lower()
        del found[-2:]
    if len(found) > 1 and found[-1].says("ASC", "DESC"):
        descending = found.pop().says("DESC")
    if nulls == ("first" if descending else "last"):
        nulls = None
    if len(found) > 2 and found[-2].says("COLLATE"):
        collation = found[-1].name.lower()
        del found[-2:]
    opclass = None
    if (len(found) == 2 and found[0].kind in ("word", "quoted") and found[1].kind == "word") or (
        len(found) > 2 and found[-2].text == ")" and found[-1].kind == "word"
    ):
        opclass = found.pop().text
    if lengths and len(found) == 4 and found[1].text == "(" and found[2].kind == "number":
        length = int(found[2].text)
        del found[1:]
    column = len(found) == 1 and found[0].kind in ("word", "quoted")
    text = found[0].name if column else sql[found[0].start : found[-1].end]
    return ElementValue(text, not column, descending, nulls, opclass, collation, length)
