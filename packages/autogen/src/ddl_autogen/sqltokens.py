"""SQL text as tokens, so that two spellings of one expression compare equal.

No parser: keywords lose their case, identifiers their quotes, white space and
comments go. Meaning is never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<string>[eExXbBnN]?'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<punct>::|\|\||<=|>=|<>|!=|==|<<|>>|->>|->|~~\*|!~~\*|!~~|~~|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL.

    Attributes:
        kind: "string", "quoted", "number", "word" or "punct".
        text: As it is written.
        start: Where it begins in the text, in characters from 0.
        end: Where it ends.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """The identifier that it is, without quotes."""
        if self.kind != "quoted":
            return self.text
        opening = self.text[0]
        inner = self.text[1:-1]
        return inner if opening == "[" else inner.replace(opening * 2, opening)

    def says(self, *words: str) -> bool:
        """Tell whether it is one of these keywords (upper case) or signs."""
        return self.kind in ("word", "punct") and self.text.upper() in words


def tokens(sql: str) -> Iterator[Token]:
    """Cut SQL into its tokens, without space and comments.

    Square brackets quote an identifier only after a space, an opening bracket, a
    comma or a dot; else they are an array's subscript.
    """
    at = 0
    while at < len(sql):
        found = _TOKEN.match(sql, at)
        assert found is not None, "the last alternative matches any character"
        kind, start, end = str(found.lastgroup), found.start(), found.end()
        if (
            kind == "quoted"
            and sql[start] == "["
            and start
            and (sql[start - 1].isalnum() or sql[start - 1] in '_)]"')
        ):
            kind, end = "punct", start + 1
        if kind != "space":
            yield Token(kind, sql[start:end], start, end)
        at = end


@lru_cache(maxsize=20_000)
def normal(sql: str) -> str:
    """Give the form in which two spellings of one expression are the same text.

    Words are folded to lower case, quotes of identifiers go, space is one blank
    between tokens, brackets around the whole go.

    >>> normal('( "Age"  > 3 )')
    'age > 3'
    >>> normal("x = 'It''s  A'")
    "x = 'It''s  A'"
    """
    return " ".join(_word(t) for t in strip_brackets(list(tokens(sql))))


def _word(token: Token) -> str:
    match token.kind:
        case "word" | "quoted":
            return token.name.lower()
        case "number":
            return token.text.lower()
        case "punct":
            return {"==": "=", "<>": "!="}.get(token.text, token.text)
    return token.text


def strip_brackets(found: list[Token]) -> list[Token]:
    """Take away brackets that go around the whole."""
    while len(found) > 1 and found[0].text == "(" and closing(found, 0) == len(found) - 1:
        found = found[1:-1]
    return found


def closing(found: list[Token], opening: int) -> int:
    """Give the place of the bracket that closes the one at `opening`; -1 if none does."""
    depth = 0
    for at in range(opening, len(found)):
        if found[at].kind == "punct":
            if found[at].text == "(":
                depth += 1
            elif found[at].text == ")":
                depth -= 1
                if not depth:
                    return at
    return -1


def bare(sql: str) -> str:
    """Take away brackets that go around the whole of an SQL text; the rest stays as it is.

    >>> bare("((a) + (b))")
    '(a) + (b)'
    """
    found = list(tokens(sql))
    inner = strip_brackets(found)
    if not inner:
        return ""
    return sql[inner[0].start : inner[-1].end]
