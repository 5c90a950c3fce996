"""Changes as Python: one function over how a change is spelled, with a rule per kind of value."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from ddl_constructs import KEEP, Change, Spelling
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.elements import ClauseElement, conv

from .blocks import Block, blocks, inside
from .dialects import alters_in_place
from .doors import check_dialect
from .errors import UnrenderableValue, WrongArgument
from .source import Atom, Group, Named, Node, Source, call, formatted, lines, list_of, string
from .speller import Speller, escaped

RenderItem = Callable[[str, Any, "Renderer"], str | bool | None]
"""(kind, object, renderer) -> its text; False for the usual one, None to leave it out. The kind is
column, primary_key, foreign_key, unique, check, exclude, type or server_default."""


def render(
    changes: Change | Iterable[Change],
    *,
    dialect: Dialect | None = None,
    op_prefix: str = "op.",
    sa_prefix: str = "sa.",
    render_item: RenderItem | None = None,
    indent: int = 0,
    batch: bool | None = None,
) -> Source:
    """Write changes as the lines of a script that would build them again.

    Args:
        changes: One change, or several in order.
        dialect: Whose words to use where an expression or a user's type depends on it;
            None for SQLAlchemy's general ones.
        op_prefix: What stands before the words on `op`.
        sa_prefix: What stands before SQLAlchemy's names.
        render_item: Asked for each value of a kind; None for none.
        indent: How deep the lines will be indented, in steps of four columns.
        batch: Whether the changes of a table are written as a batch block; None to do so where
            the dialect can't alter all of a table in place (SQLite).

    Returns:
        The lines, and the imports that they need beside `import sqlalchemy as sa`.

    Raises:
        WrongArgument: Something isn't a change, or `dialect` isn't a dialect.
        UnrenderableType: A type has no form as source.
        UnrenderableValue: Another value hasn't.

    >>> from sqlalchemy import Column, Integer
    >>> from ddl_constructs import AddColumn
    >>> render(AddColumn("users", Column("age", Integer()))).lines
    ('op.add_column("users", sa.Column("age", sa.Integer(), nullable=True))',)
    """
    check_dialect("render", dialect)
    renderer = Renderer(
        Speller(dialect or DefaultDialect()), dialect, op_prefix, sa_prefix, render_item
    )
    if isinstance(changes, Change):
        changes = [changes]
    several = list(changes) if isinstance(changes, Iterable) else [changes]
    for one in several:
        if not isinstance(one, Change):
            raise WrongArgument("render", "changes", one, "a change, or several, as compare gives")
    if batch is None:
        batch = dialect is not None and not alters_in_place(dialect)
    said: Iterable[Change | Block] = blocks(several) if batch else several
    lines = [line for one in said for line in _lines(one, renderer, indent)]
    return Source(tuple(lines), tuple(sorted(renderer.imports)))


def _lines(one: Change | Block, renderer: Renderer, indent: int) -> list[str]:
    if isinstance(one, Change):
        return formatted(renderer.change(one), indent)
    where = [renderer.value(one.table_name)]
    where += [
        Named("schema=", node) for node in [renderer.value(one.schema)] if one.schema and node
    ]
    opening = call(renderer.op_prefix + "batch_alter_table", *(node for node in where if node))
    first, *rest = formatted(opening, indent + 1)
    with renderer.speaking_as("batch."):
        body = [
            f"    {line}"
            for change in one.changes
            for line in formatted(renderer.spelled(inside(change)), indent + 1)
        ]
    *head, last = [f"with {first}", *rest]
    return [*head, f"{last} as batch:", *body]


@dataclass
class Renderer:
    """Writes values as nodes of source and gathers the imports that they need.

    Attributes:
        speller: Writes SQL text.
        dialect: The dialect that was asked for, or None.
        op_prefix: What stands before the words on `op`.
        sa_prefix: What stands before SQLAlchemy's names.
        render_item: Asked for each value of a kind, or None.
        imports: Import lines that were found necessary.
    """

    speller: Speller
    dialect: Dialect | None
    op_prefix: str
    sa_prefix: str
    render_item: RenderItem | None
    imports: set[str] = field(default_factory=set)

    def change(self, change: Change) -> Node:
        """Write a change as a call on `op`."""
        return self.spelled(change.spelling())

    def spelled(self, spelled: Spelling) -> Node:
        """Write a word with its arguments."""
        several = [self.value(a) for a in spelled.arguments]
        named = self.keywords(spelled.keywords.items())
        items = [*(n for n in several if n is not None), *named]
        return call(self.op_prefix + spelled.word, *items, exploded=spelled.word == "create_table")

    @contextmanager
    def speaking_as(self, prefix: str) -> Iterator[None]:
        """Write another prefix before the words, inside of the block."""
        before, self.op_prefix = self.op_prefix, prefix
        try:
            yield
        finally:
            self.op_prefix = before

    def keywords(self, given: Iterable[tuple[str, Any]]) -> list[Node]:
        """Write keyword arguments."""
        return [Named(f"{k}=", node) for k, v in given if (node := self.value(v)) is not None]

    def value(self, value: Any) -> Node | None:
        """Write any value by the rule for its kind; None if a hook leaves it out.

        Raises:
            UnrenderableValue: There is no rule for it.
        """
        rule = _rule(type(value))  # type: ignore[arg-type]  # a class has a hash
        if rule is not None:
            return rule(value, self)
        raise UnrenderableValue(
            value,
            f"there is no rule for {type(value).__module__}.{type(value).__qualname__}",
            "register one with @renders, or answer for it in render_item",
        )

    def asked(self, kind: str, value: Any) -> Node | bool | None:
        """Ask the hook: its text, None to leave the value out, False for the usual rule.

        Raises:
            UnrenderableValue: Its text isn't Python that can stand there.
        """
        if self.render_item is None:
            return False
        said = self.render_item(kind, value, self)
        if not isinstance(said, str):
            return None if said is None else False
        try:
            compile(f"f({said})", "<render_item>", "eval")
        except (SyntaxError, ValueError) as err:
            why = f"render_item says {said!r} of it, which can't stand in a call ({err})"
            raise UnrenderableValue(value, why, "let it give a Python expression") from err
        return Atom(said)

    def sa(self, name: str, *items: Node | None) -> Group:
        """Write a call of one of SQLAlchemy's names; items that are None are left out."""
        return call(self.sa_prefix + name, *(i for i in items if i is not None))


Rule = Callable[[Any, Renderer], Node | None]
_R = TypeVar("_R", bound=Rule)
_rules: dict[type, Rule] = {}


def renders(*kinds: type) -> Callable[[_R], _R]:
    """Register how a kind of value is written: (value, renderer) -> node, None to leave it out."""

    def register(rule: _R) -> _R:
        for kind in kinds:
            _rules[kind] = rule
        _rule.cache_clear()
        return rule

    return register


@cache
def _rule(kind: type) -> Rule | None:
    """Find the rule for a class or the first above it that has one; None if none has.

    A member of an IntEnum, or of one whose members are strings, goes by what an Enum is.
    """
    plain = "builtins" if issubclass(kind, enum.Enum) else None
    above = (each for each in kind.__mro__ if each.__module__ != plain)
    return next((_rules[each] for each in above if each in _rules), None)


@renders(str)
def _string(value: str, renderer: Renderer) -> Node:
    return lines(str(value))


@renders(conv)
def _final_name(value: conv, renderer: Renderer) -> Node:
    """Mark a name that no naming convention may change any more."""
    return call(renderer.op_prefix + "f", string(str(value)))


@renders(type(None), bool)
def _constant(value: bool | None, renderer: Renderer) -> Node:
    return Atom(repr(value))


@renders(int, float, bytes, complex)
def _literal(value: Any, renderer: Renderer) -> Node:
    """Write a literal, also of a class above the usual one that calls itself something else."""
    kind: Any = next(k for k in (int, float, bytes, complex) if isinstance(value, k))
    text = kind.__repr__(value)
    if text.lstrip("-") in ("inf", "nan"):
        return call("float", string(text))
    return Atom(text)


@renders(enum.Enum)
def _member(value: enum.Enum, renderer: Renderer) -> Node | None:
    return renderer.value(value.value) if value is not KEEP else None


@renders(datetime.datetime, datetime.date, datetime.time, datetime.timedelta)
def _moment(value: Any, renderer: Renderer) -> Node:
    renderer.imports.add("import datetime")
    return Atom(repr(value))


@renders(decimal.Decimal)
def _decimal(value: decimal.Decimal, renderer: Renderer) -> Node:
    renderer.imports.add("import decimal")
    return call("decimal.Decimal", string(str(value)))


@renders(uuid.UUID)
def _uuid(value: uuid.UUID, renderer: Renderer) -> Node:
    renderer.imports.add("import uuid")
    return call("uuid.UUID", string(str(value)))


def _items(values: Iterable[Any], renderer: Renderer) -> list[Node]:
    return [node for value in values if (node := renderer.value(value)) is not None]


@renders(list)
def _list(value: list[Any], renderer: Renderer) -> Node:
    return list_of(_items(value, renderer))


@renders(tuple)
def _tuple(value: tuple[Any, ...], renderer: Renderer) -> Node:
    return Group("(", tuple(_items(value, renderer)), ",)" if len(value) == 1 else ")")


@renders(dict)
def _dict(value: Mapping[Any, Any], renderer: Renderer) -> Node:
    pairs = []
    for key, one in value.items():
        node = renderer.value(one)
        if node is not None:
            name = formatted(renderer.value(key) or Atom("None"))
            pairs.append(Named(f"{name[0]}: ", node))
    return Group("{", tuple(pairs), "}")


@renders(ClauseElement)
def _expression(value: Any, renderer: Renderer) -> Node:
    """Write any SQL expression as `sa.text()` that compiles to the same SQL."""
    return renderer.sa("text", string(escaped(sql_of(value, renderer))))


def sql_of(value: Any, renderer: Renderer) -> str:
    """Write an expression as SQL text.

    Raises:
        UnrenderableValue: It doesn't compile.
    """
    try:
        return renderer.speller.expression(value)
    except CompileError as err:
        raise UnrenderableValue(
            value, f"it doesn't compile to SQL ({err})", "write it as text()"
        ) from err
