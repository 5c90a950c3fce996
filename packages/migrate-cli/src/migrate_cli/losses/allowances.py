"""What a script's comments allow: `# migrate: allow CODE because REASON`."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

_SAID = r"(?i)#\s*migrate:\s*(.*)"
_ALLOWS = r"(?i)allow\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s+because\s+(\S.*)"


@dataclass(frozen=True)
class Allowance:
    """One comment that allows something.

    Attributes:
        codes: What it allows: codes of lint's rules, or "data-loss".
        reason: Why, in the words of who allows it.
        line: The line that it stands in.
        first: First line of what it is about.
        last: Last line of it.
    """

    codes: frozenset[str]
    reason: str
    line: int
    first: int
    last: int

    def covers(self, code: str, line: int | None) -> bool:
        """Tell whether it allows a code in a line; None is the whole file."""
        return code in self.codes and (line is None or self.first <= line <= self.last)


@dataclass(frozen=True)
class Allowances:
    """What the comments of a file allow.

    Attributes:
        known: The comments, in order.
        unclear: Lines with a comment that begins so and isn't understood, in order.
    """

    known: tuple[Allowance, ...] = ()
    unclear: tuple[int, ...] = ()

    def reason(self, code: str, line: int | None) -> str | None:
        """Give why a code is allowed in a line; None if it isn't."""
        return next((one.reason for one in self.known if one.covers(code, line)), None)


def allowances(source: str) -> Allowances:
    """Read the comments of a script.

    A comment behind a statement is about its lines; one on a line of its own is about the
    statement below it; before the first statement of the file, it is about all of it.

    >>> found = allowances("op.drop_table('t')  # migrate: allow data-loss because nobody reads t")
    >>> found.reason("data-loss", 1)
    'nobody reads t'
    """
    if "migrate:" not in source:
        return Allowances()
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return Allowances()
    known, unclear = [], []
    for number, token in enumerate(tokens):
        said = re.match(_SAID, token.string) if token.type == tokenize.COMMENT else None
        if said is None:
            continue
        allowed = re.fullmatch(_ALLOWS, said[1].strip())
        if allowed is None:
            unclear.append(token.start[0])
            continue
        codes = frozenset(code.strip().lower() for code in allowed[1].split(","))
        first, last = _lines(tokens, number)
        known.append(Allowance(codes, allowed[2].strip(), token.start[0], first, last))
    return Allowances(tuple(known), tuple(unclear))


_EMPTY = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}


def _lines(tokens: list[tokenize.TokenInfo], at: int) -> tuple[int, int]:
    """Give the first and the last line of what a comment is about."""
    line = tokens[at].start[0]
    own_line = not any(t.type not in _EMPTY and t.start[0] <= line <= t.end[0] for t in tokens[:at])
    if own_line and all(t.type in _EMPTY for t in tokens[:at]):
        return 1, tokens[-1].end[0]
    if own_line:
        start = next((n for n in range(at, len(tokens)) if tokens[n].type not in _EMPTY), at)
    else:
        start = at
        while start > 0 and tokens[start - 1].type != tokenize.NEWLINE:
            start -= 1
        while tokens[start].type in _EMPTY and start < at:
            start += 1
    end = next((n for n in range(start, len(tokens)) if tokens[n].type == tokenize.NEWLINE), start)
    return tokens[start].start[0], tokens[end].end[0]
