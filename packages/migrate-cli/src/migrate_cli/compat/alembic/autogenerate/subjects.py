"""The subjects of our comparison, in Alembic's names, by which they are left out and stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import KEEP, AlterColumn, Change
from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from ..runtime.plugins import Plugin
from ..util import DispatchPriority
from .context import AutogenContext

_BUILT_IN = {
    "alembic.autogenerate.types": [("column", "types", DispatchPriority.LAST)],
    "alembic.autogenerate.constraints": [
        ("table", "indexes", DispatchPriority.MEDIUM),
        ("table", "foreignkeys", DispatchPriority.MEDIUM),
        ("column", "nullable", DispatchPriority.MEDIUM),
    ],
    "alembic.autogenerate.defaults": [("column", "server_default", DispatchPriority.LAST)],
    "alembic.autogenerate.comments": [
        ("column", "comments", DispatchPriority.MEDIUM),
        ("table", "comments", DispatchPriority.MEDIUM),
    ],
    "alembic.ext.checkconstraint_byname": [("table", "checkconstraints", DispatchPriority.MEDIUM)],
}
"""Alembic's plugins within tables: what each compares, of what, and when it is its turn."""

_OF_ASPECT = {
    "type_": "types",
    "nullable": "nullable",
    "server_default": "server_default",
    "autoincrement": "server_default",
    "comment": "comments",
}
_OF_CONSTRAINT: dict[Any, str] = {
    ForeignKeyConstraint: "foreignkeys",
    "foreignkey": "foreignkeys",
    CheckConstraint: "checkconstraints",
    "check": "checkconstraints",
}
_OF_CHANGE: dict[type[Change], str] = {
    ddl.CreateIndex: "indexes",
    ddl.DropIndex: "indexes",
    ddl.RenameIndex: "indexes",
    ddl.RenameConstraint: "indexes",
    ddl.CreateTableComment: "comments",
    ddl.DropTableComment: "comments",
    ddl.AddEnumValue: "types",
    ddl.RenameEnumValue: "types",
    ddl.ReplaceEnum: "types",
}

Where = tuple[str | None, ...]
"""Schema (None for the default one), table and, if it is about one, column."""


@dataclass(frozen=True)
class Subject:
    """A part of our comparison among the functions of plugins: where it is called, it takes part.

    Attributes:
        element: What it is called in Alembic.
    """

    element: str

    def __call__(
        self, autogen_context: AutogenContext, op: Any, schema: str | None, table: str, *rest: Any
    ) -> None:
        """Note it. Of a column its name comes before both sides."""
        autogen_context._reached.add(((schema, table, *rest[:-2]), self.element))


def setup() -> None:
    """Bring the plugins that are built in, for what is within tables."""
    for name, subjects in _BUILT_IN.items():
        plugin = Plugin(name)
        for target, element, priority in subjects:
            plugin.add_autogenerate_comparator(Subject(element), target, element, priority=priority)


class Taken:
    """What takes part of our comparison: what is selected, and what no function stops.

    Attributes:
        autogen_context: What surrounds the comparison.
        others: Whether functions for tables or columns are to be asked that aren't ours.
    """

    def __init__(self, autogen_context: AutogenContext) -> None:
        self.autogen_context = autogen_context
        self._dialect = autogen_context.dialect
        functions = [
            function
            for (target, qualifier), found in autogen_context.comparators._registry.items()
            if target in ("table", "column") and qualifier in ("default", self._dialect.name)
            for _, _, function in found
        ]
        self._selected = {one.element for one in functions if isinstance(one, Subject)}
        self.others = not all(isinstance(one, Subject) for one in functions)
        self._asked: set[Where] = set()

    def ask(self, target: str, where: Where, op: Any, *sides: Any) -> None:
        """Ask the functions about a table or a column; `op` takes what they add."""
        asked = self.autogen_context.comparators.dispatch(target, qualifier=self._dialect.name)
        asked(self.autogen_context, op, *where, *sides)
        self._asked.add(where)

    def of(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Yield those changes that take part, and of an altered column what does."""
        for change in changes:
            if isinstance(change, AlterColumn):
                where = self._where(change, change.column_name)
                kept = {
                    aspect: KEEP
                    for aspect in change.aspects
                    if aspect in _OF_ASPECT and not self._takes(where, _OF_ASPECT[aspect])
                }
                if len(kept) < len(change.aspects):
                    yield change.replace(**kept)
                continue
            element = _element(change)
            if element is None or self._takes(self._where(change), element):
                yield change

    def _where(self, change: Any, *column: str) -> Where:
        schema = getattr(change, "schema", None)
        schema = None if schema == self._dialect.default_schema_name else schema
        return (schema, getattr(change, "table_name", None), *column)

    def _takes(self, where: Where, element: str) -> bool:
        stopped = where in self._asked and (where, element) not in self.autogen_context._reached
        return element in self._selected and not stopped


def _element(change: Change) -> str | None:
    """Give what a change of a table is called in Alembic; None for what comes with the table."""
    if isinstance(change, ddl.AddConstraint):
        return _OF_CONSTRAINT.get(type(change.constraint), "indexes")
    if isinstance(change, ddl.DropConstraint):
        return _OF_CONSTRAINT.get(change.type_, "indexes")
    return _OF_CHANGE.get(type(change))
