"""Views, routines, triggers and types as plain values, and what their definitions are about.

No parser: a definition is read as tokens, and names something where a name can stand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ddl_constructs import (
    Change,
    CreateExtension,
    CreateFunction,
    CreateProcedure,
    CreateTrigger,
    CreateView,
    GrantPrivileges,
    ObjectKey,
    SQLObject,
)

from .sqltokens import Token, closing, normal, tokens


@dataclass(frozen=True, slots=True)
class Use:
    """Something that a definition is about.

    Attributes:
        kind: "relation" (a table or view) or "routine".
        schema: Its schema; None for the default one.
        name: Its name.
        part: A column's name, or the types of a routine's arguments; None for all of it.
    """

    kind: str
    schema: str | None
    name: str
    part: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectValue:
    """A view, routine, trigger or type.

    Attributes:
        key: What it is known by.
        create: The change that creates it.
        text: Its definition in the form in which two spellings are the same text.
        shape: What can't be replaced in place: a view's columns with their types, a routine's
            result and arguments; of a type what its dialect compares one by one. Empty where that
            isn't known.
        uses: What it is about, as the database says; None where only the words tell.
        owner: Whose it is, if that is somebody else; None for one's own.
        indexes: Those of a view that keeps its rows.
        also: What gives it what its creation doesn't say, in order: privileges, comments of columns.
        barred: The right that the user lacks to create it again, as a database grants it; None if none.
        bound: Whether nothing may change under it, as the database was told (SCHEMABINDING).
        lost: What hangs on it that nothing here says, in words, so that it can't come back as it was.
        source: What was declared; None for what was read.
    """

    key: ObjectKey
    create: Any = field(compare=False)
    text: str
    shape: tuple[str, ...] = ()
    uses: frozenset[Use] | None = field(default=None, compare=False)
    owner: str | None = field(default=None, compare=False)
    indexes: tuple[Any, ...] = field(default=(), compare=False)
    also: tuple[Change, ...] = field(default=(), compare=False)
    lost: tuple[str, ...] = field(default=(), compare=False)
    barred: str | None = field(default=None, compare=False)
    bound: bool = field(default=False, compare=False)
    source: SQLObject | None = field(default=None, compare=False, repr=False)

    @property
    def materialized(self) -> bool:
        """Whether it is a view that keeps its rows."""
        return bool(getattr(self.create, "materialized", False))

    @property
    def drop(self) -> Change:
        """The change that drops it, which knows what it was."""
        dropped: Change = self.create.reverse()
        return dropped


def definition_text(create: Any, told: Collection[str] = ()) -> str:
    """Give the definition of what a change creates, in the form that is compared.

    Args:
        create: The change.
        told: Names of the options of a view that the database tells; others aren't compared.
    """
    match create:
        case CreateView():
            said = create.dialect_kwargs
            options = [f"{name}={_option(said[name])}" for name in told if said.get(name)]
            parts = [", ".join(create.columns), str(create.definition), create.check_option or ""]
            texts = [normal(part) for part in parts]
            return " | ".join([*texts, *options, "materialized" if create.materialized else ""])
        case CreateExtension():
            return create.version or ""
        case GrantPrivileges():
            return ", ".join(create.privileges)
        case CreateTrigger():
            kind = "constraint" if create.constraint else ""
            event = " ".join(sorted(normal(create.event).split(" or ")))
            return f"{kind} | {event} | {normal(create.body)}"
        case CreateFunction() | CreateProcedure():
            return f"{normal(create.arguments)} | {_body(create.definition)}"
    raise AssertionError(f"nobody compares {type(create).__name__}")


def _body(definition: str) -> str:
    """Bring a routine's definition into one form; what is quoted with dollars is only cut."""
    return " ".join(_quoted(t) for t in tokens(definition.strip().removesuffix(";")))


def _quoted(token: Token) -> str:
    if token.kind == "string":
        return f"'{_inside(token.text).strip()}'"
    return token.name.lower() if token.kind in ("word", "quoted") else token.text


def _inside(literal: str) -> str:
    """Give what a string literal holds, quoted with dollars or not."""
    if literal.startswith("$"):
        return literal.split("$", 2)[2].rsplit("$", 2)[0]
    return literal[literal.index("'") + 1 : -1].replace("''", "'")


def _option(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{k}={str(v).lower()}" for k, v in sorted(value.items()))
    return str(value).lower()


def trigger_parts(sql: str) -> tuple[str, str]:
    """Cut CREATE TRIGGER into what stands before ON and what stands behind the table.

    >>> trigger_parts("CREATE TRIGGER g BEFORE INSERT OR UPDATE OF a ON s.t FOR EACH ROW x()")
    ('BEFORE INSERT OR UPDATE OF a', 'FOR EACH ROW x()')
    """
    found = list(tokens(sql))
    at = next(i for i, t in enumerate(found) if t.says("TRIGGER")) + 1
    if found[at].says("IF"):  # IF NOT EXISTS
        at += 3
    begin = _behind_name(found, at)
    on = next(i for i in range(begin, len(found)) if found[i].says("ON"))
    behind = _behind_name(found, on + 1)
    return (
        sql[found[begin].start : found[on].start].strip(),
        sql[found[behind].start : found[-1].end],
    )


def _behind_name(found: Sequence[Token], at: int) -> int:
    return at + 3 if at + 1 < len(found) and found[at + 1].text == "." else at + 1


def view_parts(sql: str) -> tuple[tuple[str, ...], str]:
    """Cut CREATE VIEW into the names of its columns (may be empty) and its query.

    >>> view_parts('CREATE VIEW v (a, "b c") WITH SCHEMABINDING AS SELECT 1, 2')
    (('a', 'b c'), 'SELECT 1, 2')
    """
    found = list(tokens(sql))
    as_ = next(i for i, t in enumerate(found) if t.says("AS"))
    opening = next((i for i in range(as_) if found[i].text == "("), as_)
    end = closing(found, opening) if opening < as_ else as_
    columns = tuple(t.name for t in found[opening + 1 : end] if t.kind in ("word", "quoted"))
    return columns, sql[found[as_ + 1].start : found[-1].end].removesuffix(";").strip()


def said(value: ObjectValue) -> str:
    """Give all SQL of an object in which it may name others."""
    create = value.create
    match create:
        case CreateView():
            return str(create.definition)
        case CreateExtension():
            return ""
        case CreateTrigger():
            return f"{create.body} ON {create.table_name}"
    return f"{create.arguments} {create.definition}"


_BEFORE_RELATION = ("FROM", "JOIN", ",", "INTO", "UPDATE", "ON", "TABLE", "ONLY", "(", "TO")


def names(sql: str) -> Iterator[tuple[str, str | None, str]]:
    """Yield what may be named: ("relation" or "routine" or "word", schema or None, name), in small letters.

    What is quoted is looked into, since routines keep their bodies there.
    """
    found = list(tokens(sql))
    for at, token in enumerate(found):
        if token.kind == "string":
            inner = _inside(token.text)
            if " " in inner or "\n" in inner:
                yield from names(inner)
            continue
        if token.kind not in ("word", "quoted"):
            continue
        name = token.name.lower()
        schema = None
        first = at
        if at >= 2 and found[at - 1].text == ".":
            schema, first = found[at - 2].name.lower(), at - 2
        yield "word", None, name
        if at + 1 < len(found) and found[at + 1].text == "(":
            yield "routine", schema, name
        if first and found[first - 1].says(*_BEFORE_RELATION):
            yield "relation", schema, name


def mentions(value: ObjectValue, others: Iterable[ObjectValue]) -> Iterator[ObjectKey]:
    """Yield which of some objects a definition names; itself never."""
    found = {(kind, name) for kind, _, name in names(said(value)) if kind != "word"}
    for other in others:
        kind = "relation" if other.key.kind == "view" else "routine"
        if other.key == value.key or other.key.kind == "trigger":
            continue
        on = value.key.kind == "trigger" and value.key.view == other.key
        if on or (kind, other.key.name.lower()) in found:
            yield other.key
