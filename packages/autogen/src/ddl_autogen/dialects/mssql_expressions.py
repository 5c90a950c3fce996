"""What SQL Server makes of an expression, done to both sides before they are compared.

It keeps CHECKs, defaults, computed columns and filters in a form of its own: brackets around
numbers, none where they say nothing, IN and BETWEEN written out, CAST as CONVERT. So an expression
is read by the precedence of its operators (SQL Server 2022, Operator Precedence), and written
with brackets wherever there is an operator; the parts of AND and OR are sorted. What isn't
read so to its end is compared token by token.
"""

from __future__ import annotations

from functools import lru_cache

from ..sqltokens import Token, normal, tokens

_COMPARED = ("=", "<>", "!=", "<", ">", "<=", ">=", "!<", "!>")
_ADDED = ("+", "-", "&", "^", "|")
_MULTIPLIED = ("*", "/", "%")
# SQL Server 2022, CURRENT_TIMESTAMP: the same as GETDATE(), which is what the catalog says
_CALLS = {"current_timestamp": "getdate()", "current_user": "user_name()", "user": "user_name()"}
_STOPS = ("case", "exists", "select")


class _NotRead(Exception):
    """Something that isn't an operator, a name, a literal or a call."""


@lru_cache(maxsize=20_000)
def plain_expression(sql: str) -> str:
    """Give the form in which two spellings of one expression are the same text.

    >>> plain_expression("([a]='y' OR [a]='x')") == plain_expression("a IN (N'x', 'y')")
    True
    >>> plain_expression("a > -1 AND (b + 1) * 2 < 5") == plain_expression(
    ...     "([a]>(-1) AND ([b]+(1))*(2)<(5))"
    ... )
    True
    >>> plain_expression("a AND (b OR c)") == plain_expression("(a AND b) OR c")
    False
    """
    reader = _Reader(list(tokens(sql)))
    try:
        found = reader.either()
        reader.end()
    except _NotRead:
        return normal(sql)
    return found


class _Reader:
    """Reads tokens from left to right, each method what binds tighter than the one before."""

    def __init__(self, found: list[Token]) -> None:
        self.found, self.at = found, 0
        self.parts: dict[str, tuple[str, list[str]]] = {}  # of each AND and OR that was read

    def end(self) -> None:
        if self.at < len(self.found):
            raise _NotRead

    def sees(self, *words: str) -> bool:
        return self.at < len(self.found) and self.found[self.at].says(*words)

    def takes(self, *words: str) -> str | None:
        if not self.sees(*words):
            return None
        self.at += 1
        return self.found[self.at - 1].text.lower()

    def needs(self, word: str) -> None:
        if self.takes(word) is None:
            raise _NotRead

    def either(self) -> str:
        parts = [self.both()]
        while self.takes("OR"):
            parts.append(self.both())
        return self.joined("or", parts)

    def both(self) -> str:
        parts = [self.negated()]
        while self.takes("AND"):
            parts.append(self.negated())
        return self.joined("and", parts)

    def negated(self) -> str:
        return f"(not {self.negated()})" if self.takes("NOT") else self.compared()

    def compared(self) -> str:
        left = self.added()
        if (sign := self.takes(*_COMPARED)) is not None:
            return f"({left} {'<>' if sign == '!=' else sign} {self.added()})"
        if self.takes("IS"):
            word = "is not null" if self.takes("NOT") else "is null"
            self.needs("NULL")
            return f"({left} {word})"
        negative = self.takes("NOT") is not None
        if self.takes("LIKE"):
            made = f"({left} like {self.added()})"
        elif self.takes("BETWEEN"):
            low = self.added()
            self.needs("AND")
            made = self.joined("and", [f"({left} >= {low})", f"({left} <= {self.added()})"])
        elif self.takes("IN"):
            self.needs("(")
            made = self.joined("or", [f"({left} = {value})" for value in self.arguments()])
        elif negative:
            raise _NotRead
        else:
            return left
        return f"(not {made})" if negative else made

    def added(self) -> str:
        left = self.multiplied()
        while (sign := self.takes(*_ADDED)) is not None:
            left = f"({left} {sign} {self.multiplied()})"
        return left

    def multiplied(self) -> str:
        left = self.signed()
        while (sign := self.takes(*_MULTIPLIED)) is not None:
            left = f"({left} {sign} {self.signed()})"
        return left

    def signed(self) -> str:
        sign = self.takes("-", "+", "~")
        if sign is None:
            return self.single()
        return self.signed() if sign == "+" else f"{sign}{self.signed()}"

    def single(self) -> str:
        if self.takes("("):
            inner = self.either()
            self.needs(")")
            return inner
        if self.at >= len(self.found):
            raise _NotRead
        token = self.found[self.at]
        self.at += 1
        if token.kind == "string":
            return token.text[1:] if token.text[0] in "nN" else token.text
        if token.kind == "number":
            return token.text.lower()
        if token.kind not in ("word", "quoted") or token.name.lower() in _STOPS:
            raise _NotRead
        name = token.name.lower()
        while self.takes("."):
            name += "." + self.word()
        if self.takes("("):
            return self.converted() if name == "cast" else f"{name}({', '.join(self.arguments())})"
        return _CALLS.get(name, name) if token.kind == "word" else name

    def word(self) -> str:
        if self.at >= len(self.found) or self.found[self.at].kind not in ("word", "quoted"):
            raise _NotRead
        self.at += 1
        return self.found[self.at - 1].name.lower()

    def arguments(self) -> list[str]:
        """Read up to the bracket that closes."""
        if self.takes(")"):
            return []
        found = [self.either()]
        while self.takes(","):
            found.append(self.either())
        self.needs(")")
        return found

    def converted(self) -> str:
        """Read CAST behind its bracket, and say CONVERT."""
        value = self.either()
        self.needs("AS")
        type_ = self.single()
        self.needs(")")
        return f"convert({type_}, {value})"

    def joined(self, word: str, parts: list[str]) -> str:
        """Join the parts of AND or OR in their alphabetical order, and those of a part likewise."""
        if len(parts) == 1:
            return parts[0]
        flat: set[str] = set()
        for part in parts:
            known, inner = self.parts.get(part, ("", []))
            flat.update(inner if known == word else [part])
        if len(flat) == 1:
            return flat.pop()
        made = f"({f' {word} '.join(sorted(flat))})"
        self.parts[made] = (word, sorted(flat))
        return made
