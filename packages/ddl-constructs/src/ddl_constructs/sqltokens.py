"""SQL text as tokens. No parser: meaning is never guessed at here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = r"""(?sx)\s*+(?:
    (?P<comment>--[^\n]*|/\*.*?\*/)
  | (?P<string>[eE]'(?:[^'\\]|\\.|'')*'|[xXbBnN]?'(?:[^']|'')*'|\$(?P<tag>[^\W\d]\w*|)\$.*?\$(?P=tag)\$)
  | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|(?<![\w)\]"])\[[^\]]*\])
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<punct>::|\|\||<=|>=|<>|!=|==|<<|>>|->>|->|~~\*|!~~\*|!~~|~~|.))
"""


class Token(NamedTuple):
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

    >>> [token.text for token in tokens("(age>=18) -- grown up")]
    ['(', 'age', '>=', '18', ')']
    """
    for found in re.finditer(_TOKEN, sql):  # its last alternative matches any character but space
        kind = found.lastgroup
        assert kind is not None, "each alternative is a group"
        if kind != "comment":
            # as Token(...) does, less a call: a schema is ten thousand of them
            text, end = found[kind], found.end()
            yield tuple.__new__(Token, (kind, text, end - len(text), end))
