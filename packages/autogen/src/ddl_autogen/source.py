"""Python expressions as a small tree, and their text as black and ruff would format it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 88
_INDENT = "    "
_DISPLAYS = ("(", "[", "{")


class Node:
    """An expression, or a part of one. It knows its one-line text from the start: each node around it asks.

    Attributes:
        flat: Its text on one line.
        explodes: Whether it takes several lines, however short it is.
    """

    __slots__ = ("explodes", "flat")

    def __init__(self, flat: str, explodes: bool = False) -> None:
        self.flat = flat
        self.explodes = explodes

    def lines(self, width: int, before: str = "", after: str = "") -> list[str]:
        """Give its lines, as black splits them.

        Args:
            width: How many columns there are.
            before: What stands before the first line.
            after: What stands behind the last line.
        """
        if not self.explodes and len(before) + len(self.flat) + len(after) <= width:
            return [before + self.flat + after]
        return self.split(width, before, after)

    def split(self, width: int, before: str, after: str) -> list[str]:
        """Give the lines of a node that doesn't stand in one."""
        return [before + self.flat + after]


class Atom(Node):
    """Text that is never split: a name, a literal."""

    __slots__ = ()


class Group(Node):
    """Something in brackets: a call, a list, a tuple, a dict.

    Attributes:
        opening: What stands before the items, with the bracket: `sa.Column(`, `[`.
        items: What stands inside.
        closing: The closing bracket, after the comma of a tuple of one: `)`, `,)`.
        exploded: Always one item a line.
    """

    __slots__ = ("body", "closing", "exploded", "items", "opening")

    def __init__(
        self, opening: str, items: Sequence[Node], closing: str, exploded: bool = False
    ) -> None:
        self.opening, self.items, self.closing, self.exploded = opening, items, closing, exploded
        self.body = ", ".join([item.flat for item in items])
        explodes = exploded or True in [item.explodes for item in items]
        super().__init__(opening + self.body + closing, explodes)

    def split(self, width: int, before: str, after: str) -> list[str]:
        first, last = before + self.opening, self.closing.removeprefix(",") + after
        if not self.items:
            return [first + last]
        inner = width - len(_INDENT)
        several = len(self.items) > 1
        apart = several and self.opening in _DISPLAYS  # black packs the items of calls alone
        one_tuple = self.closing.startswith(",")
        if not (self.explodes or apart or one_tuple) and len(self.body) <= inner:
            return [first, _INDENT + self.body, last]
        comma = "," if several or one_tuple or self.exploded else ""
        lines = [_INDENT + line for item in self.items for line in item.lines(inner, after=comma)]
        return [first, *lines, last]


class Named(Node):
    """An item with something before it: `nullable=` or `"key": `."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Node) -> None:
        self.name, self.value = name, value
        super().__init__(name + value.flat, value.explodes)

    def split(self, width: int, before: str, after: str) -> list[str]:
        return self.value.split(width, before + self.name, after)


class Chain(Node):
    """Method calls on an expression: `x.with_variant(...).with_variant(...)`."""

    __slots__ = ("base", "calls")

    def __init__(self, base: Node, calls: Sequence[Group]) -> None:
        self.base, self.calls = base, calls
        flat = base.flat + "".join([call.flat for call in calls])
        super().__init__(flat, base.explodes or True in [call.explodes for call in calls])

    def split(self, width: int, before: str, after: str) -> list[str]:
        *others, last = self.calls
        if others:  # each call has a line of its own
            lines = self.base.lines(width, before)
            lines += [line for call in others for line in call.lines(width)]
            return lines + last.lines(width, after=after)
        head = before + self.base.flat
        if self.base.explodes or len(head) + len(last.opening) > width:
            return self.base.split(width, before, last.flat + after)
        return last.split(width, head, after)


class Lines(Node):
    """A string literal of several lines, a part a line.

    Attributes:
        parts: The literals, which stand below each other and are one string.
    """

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[str, ...]) -> None:
        self.parts = parts
        super().__init__(" ".join(parts), explodes=True)

    def split(self, width: int, before: str, after: str) -> list[str]:
        *others, last = self.parts
        return [before + others[0], *others[1:], last + after]


@dataclass(frozen=True)
class Source:
    """Python source of some changes.

    Attributes:
        lines: The statements' lines, without indent.
        imports: Import lines that they need beside `import sqlalchemy as sa`, sorted.
    """

    lines: tuple[str, ...] = ()
    imports: tuple[str, ...] = field(default=())


def string(value: str) -> Atom:
    r"""Write a string literal, in double quotes unless that takes more backslashes.

    >>> print(string("it's").flat, string('say "x"').flat, string("'\"'").flat)
    "it's" 'say "x"' "'\"'"
    """
    text = repr(value)
    if text[0] == "'" and value.count('"') <= value.count("'"):
        text = '"' + text[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    return Atom(text)


def lines(value: str) -> Atom | Lines:
    r"""Write a string literal, one of several lines with each on its own.

    >>> lines("a\nb").parts
    ('"a\\n"', '"b"')
    """
    parts = value.splitlines(keepends=True)
    return Lines(tuple(string(part).flat for part in parts)) if len(parts) > 1 else string(value)


def call(name: str, *items: Node, exploded: bool = False) -> Group:
    """Write a call."""
    return Group(f"{name}(", items, ")", exploded)


def list_of(items: Sequence[Node]) -> Group:
    """Write a list."""
    return Group("[", items, "]")


def formatted(node: Node, indent: int = 0) -> list[str]:
    """Give the lines of an expression, as black splits it at 88 columns.

    Args:
        node: The expression.
        indent: How deep its lines are indented already, in steps of four columns.
    """
    return node.lines(WIDTH - len(_INDENT) * indent)
