"""What makes two spellings of one expression compare equal, token by token.

No parser: keywords lose their case, identifiers their quotes, white space and
comments go. Meaning is never guessed at.
"""

from __future__ import annotations

from functools import lru_cache

from ddl_constructs import Token, tokens

__all__ = ["Token", "bare", "closing", "normal", "strip_brackets", "tokens"]


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
