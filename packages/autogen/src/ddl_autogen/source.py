"""Python expressions as a small tree, and their text as black and ruff would format it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 88
_INDENT = "    "


@dataclass(frozen=True)
class Atom:
    """Text that is never split: a name, a literal."""

    text: str


@dataclass(frozen=True)
class Group:
    """Something in brackets: a call, a list, a tuple, a dict.

    Attributes:
        opening: What stands before the items, with the bracket: `sa.Column(`, `[`.
        items: What stands inside.
        closing: The closing bracket, with what follows: `)`.
        exploded: Always one item a line.
    """

    opening: str
    items: tuple[Node, ...]
    closing: str
    exploded: bool = False


@dataclass(frozen=True)
class Named:
    """An item with something before it: `nullable=` or `"key": `."""

    name: str
    value: Node


@dataclass(frozen=True)
class Chain:
    """A method call on an expression: `x.with_variant(...)`."""

    base: Node
    call: Group


@dataclass(frozen=True)
class Lines:
    """A string literal of several lines, a part a line.

    Attributes:
        parts: The literals, which stand below each other and are one string.
    """

    parts: tuple[str, ...]


Node = Atom | Group | Named | Chain | Lines


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

    >>> print(string("it's").text, string('say "x"').text, string("'\"'").text)
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
    parts = tuple(string(line).text for line in value.splitlines(keepends=True))
    return Lines(parts) if len(parts) > 1 else string(value)


def call(name: str, *items: Node, exploded: bool = False) -> Group:
    """Write a call."""
    return Group(f"{name}(", items, ")", exploded)


def list_of(items: Sequence[Node]) -> Group:
    """Write a list."""
    return Group("[", tuple(items), "]")


def formatted(node: Node, indent: int = 0) -> list[str]:
    """Give the lines of an expression, as black splits it at 88 columns.

    Args:
        node: The expression.
        indent: How deep its lines are indented already, in steps of four columns.
    """
    return _lines(node, WIDTH - len(_INDENT) * indent, "")


def _lines(node: Node, width: int, after: str) -> list[str]:
    """Give a node's lines, with `after` behind the last."""
    flat = None if _explodes(node) else _flat(node) + after
    if flat is not None and len(flat) <= width:
        return [flat]
    match node:
        case Atom():
            return [node.text + after]
        case Lines():
            return [*node.parts[:-1], node.parts[-1] + after]
        case Named():
            first, *rest = _lines(node.value, width, after)
            return [node.name + first, *rest]
        case Chain():
            first, *rest = _lines(node.call, width, after)
            return [_flat(node.base) + first, *rest]
    if not node.items:
        return [node.opening + node.closing + after]
    inner = width - len(_INDENT)
    body = ", ".join(map(_flat, node.items))
    if not node.exploded and not any(map(_explodes, node.items)) and len(body) <= inner:
        return [node.opening, _INDENT + body, node.closing + after]
    comma = "," if node.exploded or len(node.items) > 1 else ""
    lines = [node.opening]
    for item in node.items:
        lines += [_INDENT + line for line in _lines(item, inner, comma)]
    return [*lines, node.closing + after]


def _explodes(node: Node) -> bool:
    match node:
        case Atom():
            return False
        case Lines():
            return True
        case Named():
            return _explodes(node.value)
        case Chain():
            return _explodes(node.base) or _explodes(node.call)
    return node.exploded or any(map(_explodes, node.items))


def _flat(node: Node) -> str:
    match node:
        case Atom():
            return node.text
        case Lines():
            return " ".join(node.parts)
        case Named():
            return node.name + _flat(node.value)
        case Chain():
            return _flat(node.base) + _flat(node.call)
    return node.opening + ", ".join(map(_flat, node.items)) + node.closing
