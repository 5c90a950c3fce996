"""What a piece of SQL that was said as text begins with.

Only the leading words are looked at: no statement is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.ddl import DDL, ExecutableDDLElement
from sqlalchemy.sql.elements import TextClause

_COMMENT_EDGE = re.compile(r"/\*|\*/")
# A body with statements of its own isn't to be taken apart
_WITH_BODY = re.compile(
    r"create (?!table|index|view)(?:\S+ ){0,4}?(?:trigger|function|procedure|event|package)\b",
    re.IGNORECASE,
)
_LONGEST = 2_000  # characters of a statement that are looked at


def heads(text: str, on_mysql: bool = False) -> tuple[str, ...]:
    r"""Give the beginning of each statement, without comments, with single blanks.

    Args:
        text: SQL, one statement or several with semicolons between.
        on_mysql: Whether `#` begins a comment, and a backslash escapes in a string.

    >>> heads("/* why */ CREATE INDEX -- now\n CONCURRENTLY i ON t (a); SELECT ';'")
    ('CREATE INDEX CONCURRENTLY i ON t (a)', "SELECT ';'")
    """
    return _known_heads(text, on_mysql) if len(text) < _LONGEST else _heads(text, on_mysql)


def _heads(text: str, on_mysql: bool) -> tuple[str, ...]:
    found: list[str] = []
    said: list[str] = []
    length = at = 0
    while at < len(text):
        piece = _pieces(on_mysql, length < _LONGEST).match(text, at)
        assert piece is not None, "the last branch takes any character"
        at = piece.end()
        if piece["end"] and not _WITH_BODY.match("".join(said).lstrip(" (")):
            found.append("".join(said))
            said, length = [], 0
            continue
        if piece["open"]:
            at = _after_comment(text, at)
        words = " " if piece["open"] or piece["blank"] else piece[0]
        if length < _LONGEST and not (words == " " and said[-1:] == [" "]):
            said.append(words)
            length += len(words)
    found.append("".join(said))
    return tuple(head for each in found if (head := each.strip().lstrip("( ")))


_known_heads = lru_cache(maxsize=256)(_heads)


@cache
def _pieces(on_mysql: bool, by_word: bool) -> re.Pattern[str]:
    """Give the pattern of a piece; where words no longer matter, a piece is as long as can be."""
    comment = r"--[^\n]*|\#[^\n]*" if on_mysql else r"--[^\n]*"
    string = r"'(?:[^'\\]|''|\\.)*'" if on_mysql else r"'(?:[^']|'')*'"
    blank, other = (r"\s+|", r"\s") if by_word else ("", "")
    return re.compile(
        rf"""(?P<blank>{blank}{comment}|/\*!\d*|\*/)|(?P<open>/\*)|(?P<end>;)
        |{string}|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$
        |[^{other}'"`$\-/\#;*]+|.""",
        re.VERBOSE | re.DOTALL,
    )


def _after_comment(text: str, at: int) -> int:
    """Find where a comment ends whose opening is behind us; comments nest in PostgreSQL."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, at):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)


def as_text(element: str | Executable, dialect: Dialect) -> str:
    """Give an element's SQL, or of a construct of SQLAlchemy's only the word it begins with."""
    if isinstance(element, str):
        return element
    if isinstance(element, TextClause):
        return element.text
    if isinstance(element, DDL):
        return element.statement
    if isinstance(element, ExecutableDDLElement):
        return str(element.compile(dialect=dialect))
    word = str(getattr(element, "__visit_name__", ""))
    return "select" if word in ("compound_select", "textual_select") else word


def leads(pattern: str) -> Callable[[Any, Dialect], bool]:
    """Make the condition that the SQL of an `ExecuteSQL` begins like that.

    Args:
        pattern: A regular expression, matched whatever the case, up to a word's end;
            the SQL has single blanks.
    """
    begins = re.compile(rf"(?:{pattern})(?!\w)", re.IGNORECASE | re.DOTALL)

    def when(change: Any, dialect: Dialect) -> bool:
        return begins.match(change.sqltext) is not None

    return when
