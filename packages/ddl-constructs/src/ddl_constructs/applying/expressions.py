"""Names inside of SQL expressions: which columns one mentions, and the same one with other names.

SQLAlchemy constructs are rewritten as constructs. SQL text goes by its tokens; what
can't be read with certainty is refused, not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any

from sqlalchemy import column, text
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import RESERVED_WORDS
from sqlalchemy.sql.elements import (
    BindParameter,
    ClauseElement,
    ClauseList,
    ColumnClause,
    Grouping,
    TextClause,
)

from ..sqltokens import Token, tokens

Renamer = Callable[[str], str]
"""A name in, the name that it has afterwards out."""


class Unreadable(Exception):
    """A text that may name what is looked for, and can't be cut into tokens with certainty."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        super().__init__(sql)


def mentioned(expression: Any, names: Collection[str]) -> tuple[str, ...]:
    """Give those of some columns that an expression mentions, in the order of `names`.

    Args:
        expression: A construct, text(), or SQL text.
        names: Columns of the table that the expression belongs to.

    Raises:
        Unreadable: That can't be told.
    """
    found: set[str] = set()
    for element in _parts(expression):
        sql = _sql(element)
        if sql is None:
            if isinstance(element, ColumnClause):
                found.add(element.name)
        else:
            folded = _folded(names)
            for token in _columns(sql, names):
                name = _meant(token)
                found.add(name if name in names else folded[name.casefold()])
    return tuple(name for name in names if name in found)


def with_columns(expression: Any, old: str, new: str) -> Any:
    """Give an expression in which a column has another name; itself if it doesn't mention it.

    Args:
        expression: A construct, text(), or SQL text (a string stays a string).
        old: The column's name as it is.
        new: Its name afterwards.

    Raises:
        Unreadable: It can't be told whether a text names the column.
    """

    def replaced(element: Any, **kw: Any) -> Any:
        sql = _sql(element)
        if sql is not None:
            return _with_text(element, sql, list(_columns(sql, (old,))), new)
        if isinstance(element, ColumnClause) and element.name == old:
            return column(new, element.type)
        return None

    if isinstance(expression, str):
        made = _with_text(text(expression), expression, list(_columns(expression, (old,))), new)
        return expression if made is None else made
    if not mentioned(expression, (old,)):
        return expression
    return visitors.replacement_traverse(expression, {}, replaced)


def with_qualifier(expression: Any, old: str, new: str) -> Any:
    """Give an expression in which the table's name before a dot is another; else itself."""

    def replaced(element: Any, **kw: Any) -> Any:
        sql = _sql(element)
        return None if sql is None else _with_text(element, sql, _qualifiers(sql, old), new)

    if not any(_qualifiers(sql, old) for e in _parts(expression) if (sql := _sql(e)) is not None):
        return expression
    return visitors.replacement_traverse(expression, {}, replaced)


def with_strings(expression: Any, old: str, new: str, cast_to: str | None) -> Any:
    """Give an expression in which a string literal says something else; else itself.

    Args:
        expression: A construct or text().
        old: What the literal says.
        new: What it says afterwards.
        cast_to: Only literals that are cast to the type of this name (`'a'::mood`); None
            for all of them.
    """

    def hits(sql: str) -> list[Token]:
        found = list(tokens(sql))
        literal = "'" + old.replace("'", "''") + "'"
        return [
            t
            for at, t in enumerate(found)
            if t.kind == "string"
            and t.text == literal
            and (cast_to is None or _cast(found, at, cast_to))
        ]

    def replaced(element: Any, **kw: Any) -> Any:
        if isinstance(element, BindParameter) and element.value == old and cast_to is None:
            return element._with_value(new)  # type: ignore[no-untyped-call]  # SQLAlchemy's own way
        sql = _sql(element)
        if sql is None or not (found := hits(sql)):
            return None
        literal = "'" + new.replace("'", "''") + "'"
        return _retext(element, _spliced(sql, found, lambda token: literal.replace(":", "\\:")))

    return visitors.replacement_traverse(expression, {}, replaced)


def says_string(expression: Any, value: str) -> bool:
    """Tell whether a string literal in an expression says just this."""
    literal = "'" + value.replace("'", "''") + "'"
    for element in _parts(expression):
        if isinstance(element, BindParameter) and element.value == value:
            return True
        sql = _sql(element)
        if sql is not None and any(t.text == literal for t in tokens(sql)):
            return True
    return False


def _cast(found: list[Token], at: int, type_name: str) -> bool:
    following = found[at + 1 : at + 5]
    if not following or following[0].text != "::":
        return False
    named = [t.name for t in following[1:] if t.kind in ("word", "quoted")]
    return type_name in named[:2]


def _parts(expression: Any) -> Iterator[Any]:
    if isinstance(expression, str):
        yield text(expression)
    elif isinstance(expression, ClauseElement):
        yield from visitors.iterate(expression)


def _sql(element: Any) -> str | None:
    """Give the SQL of text() and literal_column(); None for other constructs."""
    if isinstance(element, TextClause):
        return element.text
    if isinstance(element, ColumnClause) and element.is_literal:
        return str(element.name)
    return None


_NOT_COLUMNS = frozenset({"zone", "precision", "varying", "row"})
_TYPES = {"CAST", "CONVERT"}
_UNIT_FIRST = {"EXTRACT", "TIMESTAMPDIFF", "TIMESTAMPADD"}


def _columns(sql: str, names: Collection[str]) -> Iterator[Token]:
    """Yield the tokens that name one of some columns.

    A word counts without regard to case, since only SQLite and MySQL let quoted names
    differ from it in that (and then mean the same).

    Raises:
        Unreadable: A string may end elsewhere than it seems to, and a column's name is there.
    """
    folded = _folded(names)
    found = list(tokens(sql))
    _refuse_unclear(sql, found, folded)
    for at, token in enumerate(found):
        if token.kind not in ("word", "quoted"):
            continue
        if _meant(token).casefold() not in folded:
            continue
        if not _is_function_or_type(found, at):
            yield token


def _meant(token: Token) -> str:
    r"""Give the name that a token of text() means: there a colon may be written `\:`."""
    return token.name.replace("\\:", ":")


def _folded(names: Collection[str]) -> dict[str, str]:
    return {name.casefold(): name for name in names}


def _refuse_unclear(sql: str, found: list[Token], folded: Collection[str]) -> None:
    r"""Raise if quotes can be paired in two ways: MySQL reads `\'` in a string, others end it there."""
    unclear = any(t.kind == "string" and "\\'" in t.text and t.text[0] not in "eE" for t in found)
    if (unclear or any(t.text in ("'", '"', "`") for t in found)) and any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sql.casefold()) for name in folded
    ):
        raise Unreadable(sql)


def _is_function_or_type(found: list[Token], at: int) -> bool:
    """Tell whether a word is something else than a column, by what stands around it."""
    token = found[at]
    before = found[at - 1] if at else None
    after = found[at + 1] if at + 1 < len(found) else None
    if after is not None and (after.text in ("(", ".") or after.kind == "string"):
        return True
    if before is not None and (before.text == "::" or before.says("AS", "COLLATE")):
        return True
    if token.kind == "quoted":
        return False
    if token.text.casefold() in RESERVED_WORDS or token.text.casefold() in _NOT_COLUMNS:
        return True
    if before is not None and before.says("WITH", "WITHOUT", "AT"):
        return True  # time zone
    unit = at > 1 and found[at - 1].text == "(" and found[at - 2].says(*_UNIT_FIRST)
    interval = at > 1 and found[at - 2].says("INTERVAL")
    return unit or interval


def _qualifiers(sql: str, table_name: str) -> list[Token]:
    found = list(tokens(sql))
    return [
        t
        for at, t in enumerate(found[:-1])
        if t.kind in ("word", "quoted") and _meant(t) == table_name and found[at + 1].text == "."
    ]


def _with_text(element: Any, sql: str, found: list[Token], new: str) -> Any:
    """Write a new name for some tokens; None if there are none."""
    if not found:
        return None
    if all(t.kind == "quoted" for t in found) or is_plain(new):
        return _retext(element, _spliced(sql, found, lambda token: _quoted_like(token, new)))
    # how an identifier is quoted is up to the dialect, which only a construct can leave open
    pieces: list[Any] = []
    at = 0
    for token in found:
        pieces += [text(sql[at : token.start].strip()), column(new)]
        at = token.end
    pieces.append(text(sql[at:].strip()))
    written = [p for p in pieces if not isinstance(p, TextClause) or p.text]
    blank: Any = None
    return Grouping(ClauseList(*written, operator=blank, group=False))


def _spliced(sql: str, found: list[Token], write: Callable[[Token], str]) -> str:
    for token in reversed(found):
        sql = sql[: token.start] + write(token) + sql[token.end :]
    return sql


def _retext(element: Any, sql: str) -> Any:
    if isinstance(element, TextClause):
        made = text(sql)
        return made.bindparams(*element._bindparams.values()) if element._bindparams else made
    return column(sql, element.type, is_literal=True)


def _quoted_like(token: Token, name: str) -> str:
    if token.kind != "quoted":
        return name
    opening = token.text[0]
    closing = {"[": "]"}.get(opening, opening)
    inner = name if opening == "[" else name.replace(opening, opening * 2)
    return (opening + inner + closing).replace(":", "\\:")


def is_plain(name: str) -> bool:
    """Tell whether a name needs no quotes on any database."""
    return bool(re.fullmatch(r"[a-z_][a-z0-9_]*", name)) and name not in _reserved()


@cache
def _reserved() -> frozenset[str]:
    from sqlalchemy.dialects.mssql.base import RESERVED_WORDS as MSSQL
    from sqlalchemy.dialects.mysql.reserved_words import (
        RESERVED_WORDS_MARIADB,
        RESERVED_WORDS_MYSQL,
    )
    from sqlalchemy.dialects.oracle.base import RESERVED_WORDS as ORACLE
    from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS as POSTGRESQL
    from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

    return frozenset().union(
        RESERVED_WORDS,
        MSSQL,
        RESERVED_WORDS_MARIADB,
        RESERVED_WORDS_MYSQL,
        ORACLE,
        POSTGRESQL,
        SQLiteIdentifierPreparer.reserved_words,
    )
