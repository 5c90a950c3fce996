"""Renames: what goes and what comes is weighed against each other, and asked about.

Evidence, questions, answers. What follows from an answer is in `renamed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from ddl_constructs import Change

from .build import create_table
from .compare import Context
from .errors import UnknownRename
from .renamed import enums, rename
from .values import ColumnValue, Key, Snapshot, TableValue

Path = tuple[str | None, ...]
"""(schema, table), (schema, table, column) or (schema, enum type, value); schema is None for the
default one."""

ENOUGH = 0.55
"""Evidence from which on a pair is asked about: two columns of one type and hardly anything else."""


@dataclass(frozen=True)
class Rename:
    """Something that the database has, and what it may be called in the models.

    Attributes:
        kind: "table", "column", or "value" of an enum type.
        old: Where the database has it.
        new: Where the models have it; of a column that is in its table of the models.
        evidence: How much speaks for it, from 0 to 1.
    """

    kind: Literal["table", "column", "value"]
    old: Path
    new: Path
    evidence: float = field(default=1.0, compare=False)

    @property
    def old_name(self) -> str:
        """Its name in the database as a person writes it, "users.name"."""
        return spelled(self.old)

    @property
    def new_name(self) -> str:
        """Its name in the models, likewise."""
        return spelled(self.new)

    def describe(self) -> str:
        """Say it in words.

        >>> Rename("column", (None, "users", "name"), (None, "users", "full_name")).describe()
        'column users.name to users.full_name'
        """
        kind = "enum value" if self.kind == "value" else self.kind
        return f"{kind} {self.old_name} to {self.new_name}"


@dataclass(frozen=True)
class _Group:
    """Things among which there may be renames: tables of a schema, columns of a table, ..."""

    kind: Literal["table", "column", "value"]
    gone: tuple[Path, ...]
    come: tuple[Path, ...]
    weigh: Callable[[Path, Path], float]

    def questions(self) -> Iterator[Rename]:
        for old in self.gone:
            for new in self.come:
                yield Rename(self.kind, old, new, self.weigh(old, new))


def spelled(path: Path) -> str:
    """Write a path as a person does, without the default schema."""
    return ".".join(part for part in path if part is not None)


def settled(theirs: Snapshot, ours: Snapshot, context: Context) -> tuple[Snapshot, list[Change]]:
    """Find out what was renamed.

    Args:
        theirs: The schema as it is.
        ours: The schema as it should be.
        context: Who answers: `renames`, `standing_renames` and `ask_renames` of its options.

    Returns:
        Their schema under the new names, and the changes that rename.

    Raises:
        UnknownRename: `renames` names what doesn't go, or what doesn't come, and nobody wants to be told.
    """
    options = context.options
    said = {**options.standing_renames, **options.renames}
    if options.ask_renames is None and not said:
        return theirs, []
    begun, used = theirs, set[str]()
    changes: list[Change] = []
    was: dict[Key, Key] = {}
    for grouped in (_tables, _columns, _values):
        groups = list(grouped(theirs, ours, was, context))
        chosen = [one for group in groups for one in _given(group, said)]
        used |= {one.old_name for one in chosen}
        gone = {spelled(old) for group in groups for old in group.gone}
        used |= {old for old, new in said.items() if new is None and old in gone}
        if options.ask_renames is not None:
            taken = {r.old for r in chosen} | {r.new for r in chosen}
            questions = [
                q
                for group in groups
                for q in group.questions()
                if q.evidence >= ENOUGH and q.old_name not in said and not {q.old, q.new} & taken
            ]
            if questions:
                questions.sort(key=lambda q: (-q.evidence, q.old_name, q.new_name))
                chosen += options.ask_renames(questions)
        for one in chosen:
            theirs, renaming = rename(one.kind, theirs, ours, one.old, one.new, context)
            changes += renaming
            if one.kind == "table":
                was[_key(one.new)] = _key(one.old)
    for old, new in options.renames.items():
        if old not in used:
            unknown = UnknownRename(old, new, _why_not(old, new, begun, ours))
            if options.unknown_renames is None:
                raise unknown
            options.unknown_renames(unknown)
    return theirs, changes


def _given(group: _Group, said: Mapping[str, str | None]) -> Iterator[Rename]:
    """Yield what was said before anybody asked."""
    come = {spelled(path): path for path in group.come}
    for old in group.gone:
        new = said.get(spelled(old))
        if new is not None and new in come:
            yield Rename(group.kind, old, come[new])


def _why_not(old: str, new: str | None, theirs: Snapshot, ours: Snapshot) -> str:
    there, wanted = set(_names(theirs)), set(_names(ours))
    if old not in there:
        return f"the database has no {old}"
    if old in wanted:
        return f"the models still have {old}"
    if new not in wanted:
        return f"the models have no {new}"
    if new in there:
        return f"the database has {new} already"
    return f"{old} can't become {new}"


def _names(schema: Snapshot) -> Iterator[str]:
    for key, table in schema.tables.items():
        yield spelled(key)
        yield from (spelled((*key, column.name)) for column in table.columns)
    for enum in enums(schema).values():
        yield from (spelled((enum.schema, enum.name, label)) for label in enum.labels)


def _key(path: Path) -> Key:
    return path[0], str(path[1])


def _tables(
    theirs: Snapshot, ours: Snapshot, was: dict[Key, Key], context: Context
) -> Iterator[_Group]:
    """Group the tables that go and come by their schema."""
    gone = [k for k, t in theirs.tables.items() if k not in ours.tables and _taken(t, context)]
    come = [k for k, t in ours.tables.items() if k not in theirs.tables and _taken(t, context)]

    def weigh(old: Path, new: Path) -> float:
        return table_evidence(theirs.tables[_key(old)], ours.tables[_key(new)])

    for schema in sorted({k[0] for k in gone}, key=str):
        here = tuple(k for k in gone if k[0] == schema)
        yield _Group("table", here, tuple(k for k in come if k[0] == schema), weigh)


def _taken(table: TableValue, context: Context) -> bool:
    options = context.options
    if options.include_object is None:
        return True
    reflected = table.source is None
    given = (
        create_table(table, context.database, indexes=True).element if reflected else table.source
    )
    return options.takes_object(given, table.name, "table", reflected)


def _columns(
    theirs: Snapshot, ours: Snapshot, was: dict[Key, Key], context: Context
) -> Iterator[_Group]:
    """Group the columns that go and come by their table; what is computed loses nothing."""
    for key, our_table in ours.tables.items():
        their_table = theirs.tables.get(key)
        if their_table is None:
            continue
        gone = _only_in(their_table, our_table)
        come = _only_in(our_table, their_table)
        if gone and come:
            yield _column_group(was.get(key, key), key, gone, come, their_table, our_table, context)


def _only_in(table: TableValue, other: TableValue) -> dict[str, ColumnValue]:
    known = {c.name for c in other.columns}
    return {c.name: c for c in table.columns if c.name not in known and c.computed is None}


def _column_group(
    was: Key,
    key: Key,
    gone: dict[str, ColumnValue],
    come: dict[str, ColumnValue],
    their_table: TableValue,
    our_table: TableValue,
    context: Context,
) -> _Group:
    def weigh(old: Path, new: Path) -> float:
        a, b = gone[str(old[-1])], come[str(new[-1])]
        return column_evidence(a, b, their_table, our_table, context)

    return _Group(
        "column", tuple((*was, name) for name in gone), tuple((*key, name) for name in come), weigh
    )


def _values(
    theirs: Snapshot, ours: Snapshot, was: dict[Key, Key], context: Context
) -> Iterator[_Group]:
    """Group the values that go and come by their enum type, where types have names."""
    wanted = enums(ours)
    for name, enum in enums(theirs).items():
        labels = wanted[name].labels if name in wanted else enum.labels
        gone = tuple((*name, v) for v in enum.labels if v not in labels)
        come = tuple((*name, v) for v in labels if v not in enum.labels)
        if gone and come:
            yield _value_group(gone, come, enum.labels, labels)


def _value_group(
    gone: tuple[Path, ...], come: tuple[Path, ...], theirs: tuple[str, ...], ours: tuple[str, ...]
) -> _Group:
    def weigh(old: Path, new: Path) -> float:
        a, b = str(old[-1]), str(new[-1])
        same_place = _place(a, theirs, ours) == _place(b, ours, theirs)
        return 0.6 * same_place + 0.4 * _likeness(a, b)

    return _Group("value", gone, come, weigh)


def table_evidence(theirs: TableValue, ours: TableValue) -> float:
    """Weigh whether a table that goes is one that comes: by columns, name, primary key.

    A column counts half and a bit that has only its name left, or only its place and kind of type. The key's
    count where there are no others: an id says nothing.
    """
    keys = [t.primary_key.columns if t.primary_key else () for t in (theirs, ours)]
    there, here = (
        [c for c in t.columns if c.name not in k] for t, k in zip((theirs, ours), keys, strict=True)
    )
    if not there and not here:
        there, here = list(theirs.columns), list(ours.columns)
    known = {c.name: c.type for c in there}
    same = 0.0
    for number, column in enumerate(here):
        if known.get(column.name) == column.type:
            same += 1
        elif column.name in known or (
            number < len(there) and _word(there[number].type) == _word(column.type)
        ):
            same += 0.6
    share = 2 * same / max(len(there) + len(here), 1)
    return 0.7 * share + 0.2 * _likeness(theirs.name, ours.name) + 0.1 * (keys[0] == keys[1])


def column_evidence(
    theirs: ColumnValue,
    ours: ColumnValue,
    their_table: TableValue,
    our_table: TableValue,
    context: Context,
) -> float:
    """Weigh whether a column that goes is one that comes: by type, position, constraints, name."""
    kind = 0.0
    if theirs.type == ours.type:
        kind = 0.5
    elif theirs.type and ours.type and _family(theirs, context) == _family(ours, context):
        kind = 0.3
    names = [[c.name for c in table.columns] for table in (their_table, our_table)]
    place = _place(theirs.name, *names) == _place(ours.name, names[1], names[0])
    return (
        kind
        + 0.15 * place
        + 0.05 * (theirs.nullable == ours.nullable)
        + 0.05 * context.database.same_default(theirs, ours)
        + 0.05 * (_roles(theirs.name, their_table) == _roles(ours.name, our_table))
        + 0.2 * _likeness(theirs.name, ours.name)
    )


def _family(column: ColumnValue, context: Context) -> object:
    """Give what kind of value a column holds, whatever its size."""
    type_ = column.source.type if column.source is not None else context.database.type_from(column)
    return type_._type_affinity


def _roles(column: str, table: TableValue) -> tuple[bool, ...]:
    """Give what a column is part of: the key, a UNIQUE, a foreign key, an index."""
    key = table.primary_key.columns if table.primary_key else ()
    return (
        column in key,
        any(column in u.columns for u in table.uniques),
        any(column in f.columns for f in table.foreign_keys),
        any(column in i.columns for i in table.indexes),
    )


def _place(name: str, here: Iterable[str], there: Iterable[str]) -> tuple[str | None, int]:
    """Give what stands before a name, of that which is on both sides, and how far away."""
    other = set(there)
    before: str | None = None
    distance = 0
    for one in here:
        if one == name:
            return before, distance
        before, distance = (one, 0) if one in other else (before, distance + 1)
    raise AssertionError("a name is looked for among those that it is one of")


def _word(type_: str) -> str:
    return type_.partition("(")[0]


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a.lower(), b.lower()).ratio()
