"""SQL as SQLite cuts it into tokens, with the place of each, so that text can be kept as it is.

SQLite, tokenize.c and lang_keywords: square brackets and backticks quote names too, and `"x"` may
turn out to be a string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# A word holds ASCII letters, _, and all beyond ASCII; said by what it doesn't hold, which Python's
# compiler of expressions makes a table of ten times as fast.
_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\n\f\r]+|--[^\n]*|/\*.*?(?:\*/|\Z))
  | (?P<string>'(?:[^']|'')*')
  | (?P<blob>[xX]'[0-9a-fA-F]*')
  | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
  | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[^\x00-\x40\x5b-\x5e\x60\x7b-\x7f][^\x00-\x23\x25-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]*)
  | (?P<sign>->>|->|\|\||<=|>=|<>|!=|==|<<|>>|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL.

    Attributes:
        kind: "string", "blob", "quoted", "number", "word" or "sign".
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
        """The name that it is, without quotes."""
        if self.kind not in ("quoted", "string"):
            return self.text
        opening, inner = self.text[0], self.text[1:-1]
        return inner if opening == "[" else inner.replace(opening * 2, opening)

    def says(self, *words: str) -> bool:
        """Tell whether it is one of these keywords (upper case) or signs."""
        return self.kind in ("word", "sign") and self.text.upper() in words


def tokens(sql: str) -> list[Token]:
    """Cut SQL into its tokens, without space and comments.

    >>> [t.text for t in tokens("a [b c] -- d")]
    ['a', '[b c]']
    """
    return list(_tokens(sql))


def _tokens(sql: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(sql):
        if found.lastgroup != "space":
            yield Token(str(found.lastgroup), found[0], found.start(), found.end())


def closing(found: Sequence[Token], opening: int) -> int:
    """Give the place of the bracket that closes the one at *opening*.

    Raises:
        ValueError: None does.
    """
    depth = 0
    for at in range(opening, len(found)):
        if found[at].says("("):
            depth += 1
        elif found[at].says(")"):
            depth -= 1
            if not depth:
                return at
    raise ValueError("a bracket isn't closed")


def split(found: Sequence[Token]) -> list[list[Token]]:
    """Cut tokens at the commas that stand in no bracket."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += token.says("(") - token.says(")")
        if not depth and token.says(","):
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def same(one: str, other: str) -> bool:
    """Tell whether two texts are the same tokens: case of words, quotes and space aside.

    >>> same('CHECK ("a" > 1)', "check(A>1)")
    True
    """
    return normal(one) == normal(other)


def normal(sql: str) -> tuple[str, ...]:
    """Give the tokens as they compare: names without quotes, words in small letters."""
    return tuple(fold(t.name) if t.kind in ("word", "quoted") else t.text for t in tokens(sql))


def columns_named(sql: str, known: Sequence[str]) -> set[str]:
    """Give which of the known columns an expression names, in small letters.

    A word before a bracket is a function, one behind COLLATE a collation, one before a dot a
    table. A string is none, though SQLite would take `'a'` for a name in some places.
    """
    names = {fold(name) for name in known}
    found = tokens(sql)
    named: set[str] = set()
    for at, token in enumerate(found):
        after = found[at + 1] if at + 1 < len(found) else None
        if token.kind not in ("word", "quoted") or fold(token.name) not in names:
            continue
        if at and found[at - 1].says("COLLATE"):
            continue
        if after is not None and (after.says(".") or (token.kind == "word" and after.says("("))):
            continue
        named.add(fold(token.name))
    return named


_FOLD = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}


def fold(name: str) -> str:
    """Give a name in small letters as SQLite compares names: of ASCII letters only.

    SQLite, util.c, sqlite3StrICmp: "Ä" and "ä" are two columns.
    """
    return name.translate(_FOLD)


def mentions(sql: str, name: str) -> bool:
    """Tell whether a name stands anywhere in a text, quoted or not."""
    folded = fold(name)
    return any(
        t.kind in ("word", "quoted", "string") and fold(t.name) == folded for t in tokens(sql)
    )


def quoted(name: str) -> str:
    """Write a name so that SQLite takes it as it is."""
    return '"' + name.replace('"', '""') + '"'
