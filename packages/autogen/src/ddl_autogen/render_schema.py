"""What hangs on tables as Python: columns, defaults, constraints, indexes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ddl_constructs import EnumColumn
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Sequence,
    UniqueConstraint,
)
from sqlalchemy.schema import DefaultClause
from sqlalchemy.sql.selectable import TableClause

from .errors import UnrenderableValue
from .render import Renderer, renders, sql_of
from .source import Atom, Group, Named, Node, call, string
from .speller import escaped


@renders(DefaultClause)
def _default_clause(value: Any, renderer: Renderer) -> Node | None:
    return renderer.value(value.arg)


@renders(FetchedValue)
def _fetched(value: FetchedValue, renderer: Renderer) -> Node:
    return renderer.sa("FetchedValue")


@renders(Computed)
def _computed(value: Computed, renderer: Renderer) -> Node:
    sql = string(escaped(sql_of(value.sqltext, renderer)))
    return renderer.sa("Computed", sql, *renderer.keywords(_stated(persisted=value.persisted)))


def _stated(**facts: Any) -> Iterable[tuple[str, Any]]:
    return [(k, v) for k, v in facts.items() if v is not None]


_IDENTITY = (
    "start",
    "increment",
    "minvalue",
    "maxvalue",
    "nominvalue",
    "nomaxvalue",
    "cycle",
    "cache",
)


def _numbering(value: Any, *words: str) -> dict[str, Any]:
    """Give what is said of numbers; SQLAlchemy 2.1 keeps Oracle's words as options of the dialect."""
    facts = {name: getattr(value, name, None) for name in _IDENTITY}
    before = {name: getattr(value, name, None) for name in (*words, "order")}
    return facts | dict(getattr(value, "dialect_kwargs", before))


@renders(Identity)
def _identity(value: Any, renderer: Renderer) -> Node:
    facts = {"always": value.always or None, **_numbering(value, "on_null")}
    return renderer.sa("Identity", *renderer.keywords(_stated(**facts)))


@renders(Sequence)
def _sequence(value: Any, renderer: Renderer) -> Node:
    facts = _numbering(value)
    said = renderer.keywords(_stated(schema=value.schema, **facts))
    return renderer.sa("Sequence", string(value.name), *said)


@renders(Column)
def _column(value: Any, renderer: Renderer) -> Node | None:
    """Write a column: name, type, what belongs to it, then its facts by keyword."""
    said = renderer.asked("column", value)
    if not isinstance(said, bool):
        return said
    generated = next((d for d in (value.computed, value.identity) if d is not None), None)
    items: list[Node | None] = [string(str(value.name)), renderer.value(value.type)]
    if generated is not None:
        items.append(_asked_default(generated, renderer))
    if isinstance(value.default, Sequence):
        items.append(renderer.value(value.default))
    for fk in sorted(value.foreign_keys, key=lambda f: f.target_fullname):
        items.append(renderer.value(fk))
    for constraint in sorted(value.constraints, key=lambda c: str(c.name)):
        if not getattr(constraint, "_type_bound", False):
            items.append(renderer.value(constraint))
    if value.key != value.name:
        items.append(Named("key=", string(value.key)))
    if generated is None and value.server_default is not None:
        node = _asked_default(value.server_default, renderer)
        if node is not None:
            items.append(Named("server_default=", node))
    facts: dict[str, Any] = {}
    if value.autoincrement not in ("auto", None):
        facts["autoincrement"] = value.autoincrement
    if value.primary_key and getattr(value, "table", None) is None:
        facts["primary_key"] = True
    facts["nullable"] = bool(value.nullable)
    facts |= {n: True for n in ("unique", "index", "system") if getattr(value, n)}
    if value.comment is not None:
        facts["comment"] = value.comment
    items += renderer.keywords([*facts.items(), *sorted(value.dialect_kwargs.items())])
    return renderer.sa("Column", *items)


def _asked_default(value: Any, renderer: Renderer) -> Node | None:
    said = renderer.asked("server_default", value)
    return renderer.value(value) if isinstance(said, bool) else said


_FK_FACTS = ("onupdate", "ondelete", "deferrable", "initially", "match")


@renders(ForeignKey)
def _foreign_key(value: Any, renderer: Renderer) -> Node | None:
    facts = {"name": value.name} | {f: getattr(value, f) for f in _FK_FACTS}
    facts["use_alter"] = value.use_alter or None
    said = renderer.keywords([*_stated(**facts), *sorted(value.dialect_kwargs.items())])
    return renderer.sa("ForeignKey", string(value.target_fullname), *said)


def _constraint_facts(value: Any, renderer: Renderer) -> list[Node]:
    facts = {f: getattr(value, f, None) for f in _FK_FACTS}
    facts["use_alter"] = getattr(value, "use_alter", None) or None
    options = sorted(getattr(value, "dialect_kwargs", {}).items())
    return renderer.keywords([*_stated(name=value.name, **facts), *options])


def _names(value: Any) -> list[str]:
    """Give the names of a constraint's columns, bound or not."""
    given = list(value.columns) or value._pending_colargs
    return [c if isinstance(c, str) else str(c.name) for c in given]


@renders(PrimaryKeyConstraint)
def _primary_key(value: Any, renderer: Renderer) -> Node | None:
    said = renderer.asked("primary_key", value)
    if not isinstance(said, bool):
        return said
    items = [string(n) for n in _names(value)]
    return renderer.sa("PrimaryKeyConstraint", *items, *_constraint_facts(value, renderer))


@renders(UniqueConstraint)
def _unique(value: Any, renderer: Renderer) -> Node | None:
    said = renderer.asked("unique", value)
    if not isinstance(said, bool):
        return said
    items = [string(n) for n in _names(value)]
    return renderer.sa("UniqueConstraint", *items, *_constraint_facts(value, renderer))


@renders(ForeignKeyConstraint)
def _foreign_keys(value: Any, renderer: Renderer) -> Node | None:
    said = renderer.asked("foreign_key", value)
    if not isinstance(said, bool):
        return said
    bound = getattr(value, "parent", None) is not None
    here = [c.name for c in value.columns] if bound else list(value.column_keys)
    there = [fk.target_fullname for fk in value.elements]
    return renderer.sa(
        "ForeignKeyConstraint",
        renderer.value(here),
        renderer.value(there),
        *_constraint_facts(value, renderer),
    )


@renders(CheckConstraint)
def _check(value: Any, renderer: Renderer) -> Node | None:
    said = renderer.asked("check", value)
    if not isinstance(said, bool):
        return said
    sql = string(escaped(sql_of(value.sqltext, renderer)))
    return renderer.sa("CheckConstraint", sql, *_constraint_facts(value, renderer))


@renders(Constraint)
def _other_constraint(value: Any, renderer: Renderer) -> Node | None:
    """Write PostgreSQL's ExcludeConstraint, the one that SQLAlchemy has beside the usual four."""
    if value.__visit_name__ != "exclude_constraint":
        raise UnrenderableValue(value, "its kind isn't known", "answer for it in render_item")
    said = renderer.asked("exclude", value)
    if not isinstance(said, bool):
        return said
    renderer.imports.add("from sqlalchemy.dialects import postgresql")
    elements = [
        Group("(", (renderer.value(expression) or Atom("None"), string(operator)), ")")
        for expression, _, operator in value._render_exprs
    ]
    facts = renderer.keywords(
        _stated(
            name=value.name,
            where=value.where,
            using=value.using,
            deferrable=value.deferrable,
            initially=value.initially,
            ops=value.ops or None,
        )
    )
    return call("postgresql.ExcludeConstraint", *elements, *facts)


@renders(Index)
def _index(value: Any, renderer: Renderer) -> Node:
    elements = [
        string(e)
        if isinstance(e, str)
        else string(e.name)
        if isinstance(e, Column)
        else renderer.value(e)
        for e in value.expressions
    ]
    name = renderer.value(value.name) or Atom("None")
    options = renderer.keywords(sorted(value.dialect_kwargs.items()))
    unique = renderer.keywords([("unique", bool(value.unique))])
    return renderer.sa("Index", name, *elements, *unique, *options)


@renders(EnumColumn)
def _enum_column(value: EnumColumn, renderer: Renderer) -> Node:
    """Write where a column of an enum type is, for `op.replace_enum(columns=[...])`."""
    renderer.imports.add("from ddl_constructs import EnumColumn")
    facts = _stated(
        schema=value.schema, server_default=value.server_default, array=value.array or None
    )
    where = [string(value.table_name), string(value.column_name)]
    return call("EnumColumn", *where, *renderer.keywords(facts))


@renders(TableClause)
def _table(value: Any, renderer: Renderer) -> Node:
    """Write the table that rows are put into."""
    columns = [renderer.sa("column", string(c.name), renderer.value(c.type)) for c in value.columns]
    schema = renderer.keywords(_stated(schema=value.schema))
    return renderer.sa("table", string(value.name), *columns, *schema)
