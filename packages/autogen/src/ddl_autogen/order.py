"""The order in which changes must run, and their undoing.

Each change says what must be there before it, what it brings and what it takes
away; a stable topological sort does the rest. Where that leaves a choice: new
tables, tables that go, then table by table new columns, altered columns, indexes and
constraints, comments, columns that go; new foreign keys last.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ddl_constructs import (
    KEEP,
    AddColumn,
    AddConstraint,
    AddEnumValue,
    AlterColumn,
    AlterTableOptions,
    Change,
    CreateEnum,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropEnum,
    DropIndex,
    DropSequence,
    DropTable,
    DropTableComment,
    RenameConstraint,
    RenameIndex,
    ReplaceEnum,
)
from sqlalchemy import (
    Column,
    Constraint,
    Enum,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
)

from .sqltokens import tokens
from .values import Snapshot, TableValue

Thing = tuple[Any, ...]
"""What changes are about: ("table", key), ("column", key, name), ("name", schema, name), ..."""


@dataclass
class _Node:
    """A change with what it is about.

    Attributes:
        change: The change.
        rank: What decides where the dependencies leave a choice; sorts.
        brings: Things that are there only afterwards.
        takes: Things that are there only before.
        needs: Things that must be there meanwhile.
        uses: Things that it must find as they will be (altered, if they are).
        leaves: Things that it must find as they were.
        alters: Things that it makes different.
    """

    change: Change
    rank: tuple[Any, ...]
    brings: set[Thing] = field(default_factory=set)
    takes: set[Thing] = field(default_factory=set)
    needs: set[Thing] = field(default_factory=set)
    uses: set[Thing] = field(default_factory=set)
    leaves: set[Thing] = field(default_factory=set)
    alters: set[Thing] = field(default_factory=set)


def ordered(changes: Iterable[Change], theirs: Snapshot, ours: Snapshot) -> list[Change]:
    """Sort changes so that each finds what it needs.

    Args:
        changes: As they were found, in any order; their order decides between equals.
        theirs: The schema that they begin with.
        ours: The schema that they lead to.
    """
    describer = _Describer(theirs, ours)
    nodes = [describer.node(change, at) for at, change in enumerate(changes)]
    return [nodes[i].change for i in _sorted(nodes)]


def _sorted(nodes: Sequence[_Node]) -> Iterator[int]:
    """Yield the places of nodes: dependencies first, else by rank."""
    after: dict[int, set[int]] = defaultdict(set)
    waits = [0] * len(nodes)

    def must(first: int, then: int) -> None:
        if first != then and then not in after[first]:
            after[first].add(then)
            waits[then] += 1

    by: dict[str, dict[Thing, list[int]]] = {}
    for role in ("brings", "takes", "needs", "uses", "leaves", "alters"):
        by[role] = defaultdict(list)
        for i, node in enumerate(nodes):
            for thing in getattr(node, role):
                by[role][thing].append(i)
    for earlier, later in (
        ("brings", "needs"),
        ("brings", "uses"),
        ("needs", "takes"),
        ("leaves", "takes"),
        ("takes", "brings"),
        ("leaves", "alters"),
        ("alters", "uses"),
        ("alters", "takes"),
    ):
        for thing, firsts in by[earlier].items():
            for then in by[later].get(thing, ()):
                for first in firsts:
                    must(first, then)
    ready = [(node.rank, i) for i, node in enumerate(nodes) if not waits[i]]
    heapq.heapify(ready)
    waiting = {i for i in range(len(nodes)) if waits[i]}
    while ready or waiting:
        if not ready:  # a cycle that no rule splits: the best that is left goes on
            first = min(waiting, key=lambda i: nodes[i].rank)
            waiting.remove(first)
            heapq.heappush(ready, (nodes[first].rank, first))
        _, i = heapq.heappop(ready)
        yield i
        for then in sorted(after[i]):
            waits[then] -= 1
            if not waits[then] and then in waiting:
                waiting.remove(then)
                heapq.heappush(ready, (nodes[then].rank, then))


def _enum_name(type_: object) -> str | None:
    """Give the name of the enum that a type is, or is an array or decoration of."""
    inner: Any = type_
    while inner is not None and not isinstance(inner, Enum):
        inner = getattr(inner, "item_type", None) or getattr(inner, "impl", None)
    return inner.name if inner is not None else None


def _has_condition(index: CreateIndex) -> bool:
    return any(name.endswith("_where") for name in index.dialect_kwargs)


class _Describer:
    """Says of each change what it brings, takes and needs."""

    def __init__(self, theirs: Snapshot, ours: Snapshot) -> None:
        self.theirs, self.ours = theirs, ours
        self.types = {
            (column.enum.schema, column.enum.name)
            for table in theirs.tables.values()
            for column in table.columns
            if column.enum is not None
        }

    def key(self, schema: str | None, name: str) -> Thing:
        return self.ours.namespaces.key(schema or None), name

    def node(self, change: Change, at: int) -> _Node:
        schema, name = getattr(change, "schema", None), getattr(change, "table_name", "")
        key = self.key(schema, name)
        place = (key[0] or "", key[1])
        match change:
            case CreateTable():
                node = _Node(change, (0, "", "", 0, at))
                self._create_table(node, change, key)
            case DropTable():
                node = _Node(change, (1, "", "", 0, at))
                self._drop_table(node, change, key)
            case AddColumn():
                node = _Node(change, (2, *place, 0, at))
                node.needs = {("table", key)}
                node.brings = {("column", key, change.column.name)}
                node.uses = self._computed_of(change.column, key, self.ours)
                if enum := _enum_name(change.column.type):
                    node.needs |= {("enum", enum)}
            case AlterColumn():
                node = _Node(change, (2, *place, 1, at))
                node.alters = {("column", key, change.column_name)}
                node.uses = {("collation", key)}
                if change.autoincrement is True:  # what numbers rows must be a key (MySQL)
                    node.uses |= node.alters | {("primary key", key)}
                    node.alters = set()
                elif change.autoincrement is False:
                    node.leaves = node.alters | {("primary key", key)}
                    node.alters = set()
                if enum := _enum_name(change.type_):
                    node.needs = {("enum", enum)}
                    node.leaves |= {("a use of enum", enum)}
                elif enum := _enum_name(change.existing_type):
                    # a default of old labels goes before they do, one of new labels comes after
                    if change.type_ is not KEEP or change.server_default is None:
                        node.leaves |= {("labels", enum)}
                    elif change.server_default is not KEEP:
                        node.uses |= {("labels", enum)}
            case DropColumn():
                node = _Node(change, (2, *place, 6, at))
                node.takes = {("column", key, change.column_name)}
                node.leaves = self._computed_of(change.existing_column, key, self.theirs)
                if change.existing_column is not None and (
                    enum := _enum_name(change.existing_column.type)
                ):
                    node.takes.add(("a use of enum", enum))  # the last one takes the type along
                    node.leaves.add(("labels", enum))
            case CreateIndex():
                node = _Node(
                    change, (0, "", "", 0, at) if self._is_new(key) else (2, *place, 3, at)
                )
                self._create_index(node, change, key)
            case DropIndex():
                node = _Node(change, (2, *place, 2, at))
                node.takes = {
                    ("name", key[0], change.index_name),
                    ("index", key, change.index_name),
                }
                node.needs = {("support", key)}
                node.alters = {("leaning", key)}
                index = change.existing_index
                if index is not None:
                    node.leaves = self._mentioned(
                        key, index.columns, self.theirs, condition=_has_condition(index)
                    )
            case AddConstraint():
                foreign = isinstance(change.constraint, ForeignKeyConstraint)
                node = _Node(change, (3 if foreign else 2, *place, 4, at))
                self._constraint(node, change.constraint, key, comes=True)
            case DropConstraint():
                foreign = change.type_ == "foreignkey"
                node = _Node(change, (2, *place, 2 if foreign else 3, at))
                if change.existing_constraint is not None:
                    node.needs = (
                        {("support", key)} if change.type_ in ("unique", "primary") else set()
                    )
                    self._constraint(node, change.existing_constraint, key, comes=False)
            case (
                RenameConstraint(constraint_name=old, new_constraint_name=new)
                | RenameIndex(index_name=old, new_index_name=new)
            ):
                node = _Node(change, (2, *place, 3, at))
                node.takes = {("name", key[0], old)}
                node.brings = {("name", key[0], new)}
            case CreateEnum():
                # one that was there may go with a dropped table, and comes back after it
                there = (change.schema, change.enum_name) in self.types
                node = _Node(change, (1, "", "", 1, at) if there else (-1, "", "", 0, at))
                node.brings = {("enum", change.enum_name)}
            case AddEnumValue() | ReplaceEnum():
                node = _Node(change, (1, "", "", 2, at))
                node.brings = {("enum", change.enum_name), ("labels", change.enum_name)}
                node.alters = {("labels", change.enum_name)}
            case CreateSchema():
                node = _Node(change, (-2, "", "", 0, at))
            case CreateSequence():
                node = _Node(change, (-1, "", "", 1, at))
                node.brings = {("name", change.schema, change.sequence_name)}
            case DropSequence():
                node = _Node(change, (4, "", "", 1, at))
                node.takes = {("name", change.schema, change.sequence_name)}
            case DropEnum():
                node = _Node(change, (4, "", "", 0, at))
            case AlterTableOptions():
                node = _Node(change, (2, *place, 0, at))
                node.alters = {("collation", key)}
            case CreateTableComment() | DropTableComment():
                node = _Node(change, (2, *place, 5, at))
            case _:
                node = _Node(change, (2, *place, 7, at))
        return node

    def _is_new(self, key: Thing) -> bool:
        return key in self.ours.tables and key not in self.theirs.tables

    def _create_table(self, node: _Node, change: CreateTable, key: Thing) -> None:
        node.brings = {("table", key)}
        ours = self.ours.tables.get(key)
        node.needs = {("table", parent) for parent in ours.parents} if ours is not None else set()
        for element in change.elements:
            if isinstance(element, Column):
                node.brings.add(("column", key, element.name))
                if enum := _enum_name(element.type):
                    node.needs.add(("enum", enum))
            elif isinstance(element, ForeignKeyConstraint):
                self._foreign_key(node, element, key, comes=True)
            if isinstance(element, (Constraint, Index)) and element.name is not None:
                node.brings.add(("name", key[0], str(element.name)))

    def _drop_table(self, node: _Node, change: DropTable, key: Thing) -> None:
        table: TableValue | None = self.theirs.tables.get(key)
        node.takes = {("table", key)}
        if change.existing_table is None:
            return
        for element in change.existing_table.elements:
            if isinstance(element, ForeignKeyConstraint):
                self._foreign_key(node, element, key, comes=False)
            if isinstance(element, (Constraint, Index)) and element.name is not None:
                node.takes.add(("name", key[0], str(element.name)))
        if table is not None:
            node.leaves |= {("table", parent) for parent in table.parents}
            node.takes |= {("column", key, c.name) for c in table.columns}
            node.leaves |= {("labels", c.enum.name) for c in table.columns if c.enum}

    def _create_index(self, node: _Node, change: CreateIndex, key: Thing) -> None:
        node.needs = {("table", key)}
        node.alters = {("leaning", key)}
        node.uses = self._mentioned(
            key, change.columns, self.ours, condition=_has_condition(change)
        )
        node.brings = {("name", key[0], str(change.index_name))}
        table = self.theirs.tables.get(key)
        made_again = table is not None and any(i.name == change.index_name for i in table.indexes)
        if (
            table is not None
            and not made_again  # the one that is there must go before it
            and any(
                change.index_name == fk.name or change.columns[: len(fk.columns)] == fk.columns
                for fk in table.foreign_keys
            )
        ):
            node.brings |= {("support", key)}  # MySQL drops no index that a foreign key leans on
        if change.unique:
            node.brings.add(
                ("key", key, frozenset(c for c in change.columns if isinstance(c, str)))
            )

    def _mentioned(
        self, key: Thing, columns: Iterable[object], schema: Snapshot, *, condition: bool
    ) -> set[Thing]:
        """Give the columns that an index is over: all of the table if there is an expression."""
        columns = list(columns)
        if all(isinstance(c, str) for c in columns) and not condition:
            return {("column", key, c) for c in columns}
        return self._all_of(key, schema)

    def _computed_of(self, column: Column[Any] | None, key: Thing, schema: Snapshot) -> set[Thing]:
        """Give the columns that a computed column is made of."""
        table: TableValue | None = schema.tables.get(key)
        if column is None or column.computed is None or table is None:
            return set()
        words = {t.name.lower() for t in tokens(str(column.computed.sqltext))}
        return {("column", key, c.name) for c in table.columns if c.name.lower() in words} - {
            ("column", key, column.name)
        }

    def _all_of(self, key: Thing, schema: Snapshot) -> set[Thing]:
        """Give all columns of a table, and the labels of those that are of an enum."""
        table: TableValue | None = schema.tables.get(key)
        if table is None:
            return set()
        labels = {("labels", c.enum.name) for c in table.columns if c.enum}
        return {("column", key, c.name) for c in table.columns} | labels

    def _constraint(self, node: _Node, given: Constraint, key: Thing, *, comes: bool) -> None:
        if comes:
            node.needs.add(("table", key))
        if isinstance(given, PrimaryKeyConstraint):
            node.alters.add(("primary key", key))
        elif isinstance(given, UniqueConstraint):
            node.alters.add(("leaning", key))
        if given.name is not None and given.name != "PRIMARY":
            # a constraint's name is the table's own, but on PostgreSQL a key's index has it too
            (node.brings if comes else node.takes).add(("name", key[0], str(given.name)))
        if isinstance(given, ForeignKeyConstraint):
            self._foreign_key(node, given, key, comes=comes)
            return
        names: Any = getattr(given, "_pending_colargs", None)
        if not names:  # a CHECK: any of the columns may stand in it
            found = self._all_of(key, self.ours if comes else self.theirs)
            (node.uses if comes else node.leaves).update(found)
            return
        else:
            (node.brings if comes else node.takes).add(("key", key, frozenset(names)))
        table = self.theirs.tables.get(key) if comes else None
        if (
            table is not None
            and all(unique.name != given.name for unique in table.uniques)  # it must go before it
            and any(tuple(names)[: len(fk.columns)] == fk.columns for fk in table.foreign_keys)
        ):
            node.brings.add(("support", key))
        columns: set[Thing] = {("column", key, name) for name in names}
        (node.uses if comes else node.leaves).update(columns)

    def _foreign_key(
        self, node: _Node, given: ForeignKeyConstraint, key: Thing, *, comes: bool
    ) -> None:
        target, columns = self._target(given)
        there: set[Thing] = {("column", target, c) for c in columns} if target != key else set()
        here: set[Thing] = {("column", key, c) for c in given.column_keys}
        if isinstance(node.change, (CreateTable, DropTable)):
            here = set()
        elif target == key:
            here |= {("column", key, c) for c in columns}
        if not isinstance(node.change, (CreateTable, DropTable)):
            (node.uses if comes else node.leaves).add(("leaning", key))
        pointed = {("key", target, frozenset(columns))} if target != key else set()
        if comes:
            node.needs |= pointed
            node.uses |= there | here
            if target != key:
                node.needs.add(("table", target))
        else:
            node.leaves |= there | here | pointed
            if target != key:
                node.leaves.add(("table", target))

    def _target(self, given: ForeignKeyConstraint) -> tuple[Thing, list[str]]:
        parts = [fk.target_fullname.split(".") for fk in given.elements]
        *where, _ = parts[0]
        return self.key(".".join(where[:-1]) or None, where[-1]), [p[-1] for p in parts]
