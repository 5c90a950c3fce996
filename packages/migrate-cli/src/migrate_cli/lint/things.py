"""What a revision does to tables and their parts: what it finds there, and what it leaves.

Only what is certain: from raw SQL on that may be about a thing, nothing is known of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import KEEP, Change

from ..dialects import knowledge
from ..forecast.listening import Listened
from ..sql_effects import EVERYTHING, Effect
from ..state import said

Thing = tuple[str | None, ...]
"""("table", schema, name); ("column", schema, table, name), and so with constraints and indexes, of
which a database may know by ("index", schema, name) already. The schema is None for the default one."""


@dataclass(frozen=True)
class Act:
    """What a change does to a thing.

    Attributes:
        thing: The thing.
        before: Whether it must be there; None if it may be or not.
        after: Whether it is there then; None if that stays as it is.
        table: The table that it is a part of; None for a table, and where it isn't said.
    """

    thing: Thing
    before: bool | None
    after: bool | None
    table: Thing | None = None


@dataclass(frozen=True)
class Word:
    """What a script says at a line.

    Attributes:
        change: The change.
        line: The line; None if it isn't one of the script's own.
    """

    change: Change
    line: int | None


@dataclass
class Fate:
    """What becomes of a thing in a revision.

    Attributes:
        table: The table that it is a part of; None for a table, and where it isn't said.
        first: What is about it first.
        finds: Whether it must be there then; None if it may be or not, or nobody knows.
        last: What makes it or takes it away last.
        leaves: Whether it is there then; None if that stays as it was, or nobody knows.
    """

    table: Thing | None
    first: Word
    finds: bool | None
    last: Word
    leaves: bool | None = None


@dataclass
class Deeds:
    """What a revision does.

    Attributes:
        fates: What becomes of each thing that it names, in the order in which it does.
        made: The things that it makes or takes away.
        names: Names in raw SQL that isn't understood, in small letters.
        unclear: Whether it may do anything besides.
    """

    fates: dict[Thing, Fate] = field(default_factory=dict)
    made: set[Thing] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    unclear: bool = False

    def sets(self, thing: Thing) -> bool:
        """Tell whether the revision makes a thing or takes it away, as far as it names it."""
        return thing in self.made or self._is_in_sql(thing)

    def may_set(self, thing: Thing) -> bool:
        """Tell whether the revision makes a thing or takes it away, or may do so unseen."""
        return self.unclear or self.sets(thing)

    def take(self, act: Act, word: Word) -> None:
        """Add what a change does to a thing."""
        fate = self.fates.get(act.thing)
        if fate is None:
            finds = None if self.unclear or self._is_in_sql(act.thing) else act.before
            fate = self.fates[act.thing] = Fate(act.table, word, finds, word)
        if act.after is not None:
            fate.leaves, fate.last = act.after, word
            self.made.add(act.thing)

    def blur(self, effect: Effect) -> None:
        """Add what may be done by raw SQL."""
        self.unclear = self.unclear or effect.everything
        self.names |= {name.casefold() for name in effect.words}
        for thing, fate in self.fates.items():
            if self.unclear or self._is_in_sql(thing):
                fate.leaves = None

    def _is_in_sql(self, thing: Thing) -> bool:
        return any(name and name.casefold() in self.names for name in thing[2:])


def deeds(listened: Listened, dialect: str) -> Deeds:
    """Give what a revision does to tables and their parts, by what its script says.

    Args:
        listened: What it says.
        dialect: The database's.
    """
    found = Deeds()
    for heard in listened.said:
        element: Any = heard.element
        for one in said(element.statement if isinstance(element, ddl.ExecuteSQL) else element):
            change = one.change if isinstance(one, Effect) else one
            if isinstance(one, Effect):
                found.blur(one)
            if change is not None:
                for act in acts(change, dialect):
                    found.take(act, Word(change, heard.line))
    if listened.opaque is not None:
        found.blur(EVERYTHING)
    return found


def acts(change: Any, dialect: str) -> Iterator[Act]:
    """Yield what a change does to tables, columns, indexes and constraints, in order.

    >>> [act.thing for act in acts(ddl.RenameTable("a", "b"), "sqlite")]
    [('table', None, 'a'), ('table', None, 'b')]
    >>> [(act.thing[0], act.before) for act in acts(ddl.DropColumn("t", "c"), "sqlite")]
    [('table', True), ('column', True)]
    """
    schema = getattr(change, "schema", None)
    match change:
        case ddl.CreateTable():
            made = _made(change, ("table", schema, change.table_name))
            yield (
                made if not change.prefixes else replace(made, before=None, after=None)
            )  # TEMPORARY
        case ddl.DropTable():
            yield _gone(change, ("table", schema, change.table_name))
        case ddl.RenameTable():
            yield _gone(change, ("table", schema, change.old_table_name))
            yield _made(change, ("table", schema, change.new_table_name))
        case ddl.SetTableSchema():
            yield _gone(change, ("table", schema, change.table_name))
            yield _made(change, ("table", change.new_schema, change.table_name))
        case _:
            yield from _of_parts(change, schema, getattr(change, "table_name", None), dialect)


def _of_parts(
    change: Any, schema: str | None, table_name: str | None, dialect: str
) -> Iterator[Act]:
    table = None if table_name is None else ("table", schema, table_name)
    if table is not None:
        yield Act(table, True, None)

    def column(name: str) -> Thing:
        return "column", schema, table_name, name

    match change:
        case ddl.AddColumn():
            yield _made(change, column(change.column.name), table)
        case ddl.DropColumn():
            yield _gone(change, column(change.column_name), table)
        case ddl.AlterColumn() if change.new_column_name not in (KEEP, None, change.column_name):
            yield _gone(change, column(change.column_name), table)
            yield _made(change, column(change.new_column_name), table)
        case ddl.AlterColumn():
            yield Act(column(change.column_name), True, None, table)
        case ddl.CreateIndex() | ddl.DropIndex() | ddl.RenameIndex():
            yield from _of_index(change, schema, table, dialect)
        case ddl.AddConstraint() | ddl.DropConstraint() | ddl.RenameConstraint():
            if knowledge(dialect).names_constraints:
                yield from _of_constraint(change, schema, table)


def _of_index(change: Any, schema: str | None, table: Thing | None, dialect: str) -> Iterator[Act]:
    if knowledge(dialect).indexes_in_schema:
        place: Thing = "index", schema
    elif table is not None:
        place = "index", schema, table[-1]
    else:
        return
    match change:
        case ddl.CreateIndex():
            for name in change.columns:
                if isinstance(name, str):
                    yield Act(("column", schema, change.table_name, name), True, None, table)
            if change.index_name is not None:
                yield _made(change, (*place, change.index_name), table)
        case ddl.DropIndex():
            yield _gone(change, (*place, change.index_name), table)
        case ddl.RenameIndex():
            yield _gone(change, (*place, change.index_name), table)
            yield _made(change, (*place, change.new_index_name), table)


def _of_constraint(change: Any, schema: str | None, table: Thing | None) -> Iterator[Act]:
    place: Thing = "constraint", schema, change.table_name
    match change:
        case ddl.AddConstraint() if isinstance(change.constraint.name, str):
            yield _made(change, (*place, change.constraint.name), table)
        case ddl.DropConstraint():
            yield _gone(change, (*place, change.constraint_name), table)
        case ddl.RenameConstraint():
            yield _gone(change, (*place, change.constraint_name), table)
            yield _made(change, (*place, change.new_constraint_name), table)


def _made(change: Any, thing: Thing, table: Thing | None = None) -> Act:
    return Act(thing, None if getattr(change, "if_not_exists", None) else False, True, table)


def _gone(change: Any, thing: Thing, table: Thing | None = None) -> Act:
    return Act(thing, None if getattr(change, "if_exists", None) else True, False, table)
