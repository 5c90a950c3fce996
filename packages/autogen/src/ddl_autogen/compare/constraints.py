"""Constraints: primary key, UNIQUE, foreign keys, CHECK.

A model's constraint without a name is paired by what it says; one that has a name
by its name, a foreign key always by what it says. What differs only in its name gets
the new one, where the database can do that.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from ddl_constructs import AddConstraint, Change, DropConstraint, RenameConstraint
from sqlalchemy.sql.elements import conv

from ..build import ConstraintValue, constraint_of
from ..dialects.object_name import Kind
from ..sqltokens import normal, tokens
from ..values import (
    CheckValue,
    ExcludeValue,
    ForeignKeyValue,
    PrimaryKeyValue,
    TableValue,
    UniqueValue,
)
from .context import Context
from .placed import on_table

_V = TypeVar("_V", bound=ConstraintValue)
Pairs = tuple[list[tuple[_V, _V]], list[_V], list[_V]]
"""(theirs, ours) that belong together, theirs that stand alone, ours that stand alone."""

_OBJECT_TYPE = {
    "primary": "primary_key_constraint",
    "unique": "unique_constraint",
    "foreignkey": "foreign_key_constraint",
    "check": "check_constraint",
    "exclude": "exclude_constraint",
}


def compare_constraints(theirs: TableValue, ours: TableValue, context: Context) -> Iterator[Change]:
    """Yield, kind by kind, the constraints that go and those that come."""
    writer = _Writer(theirs, ours, context)
    yield from writer.renamed_key()
    yield from writer.differences("primary", *primary_keys(theirs, ours))
    gone, come = uniques(theirs.uniques, ours.uniques)
    come = [u for u in come if not context.database.redundant(u, ours)]
    yield from writer.differences("unique", gone, come)
    wanted = ours.foreign_keys if context.database.has_foreign_keys(ours) else ()
    gone_keys, come_keys = foreign_keys(
        theirs.foreign_keys, wanted, names=context.options.compare_foreign_key_names
    )
    yield from writer.differences("foreignkey", gone_keys, come_keys)
    if (theirs.checks or ours.checks) and context.database.comparable_checks(theirs):
        stay = {c.name for c in theirs.columns} & {c.name for c in ours.columns}
        a, b = ([c for c in t.checks if c.column in (None, *stay)] for t in (theirs, ours))
        yield from writer.differences("check", *checks(a, b, context.database.normal))
    if theirs.excludes or ours.excludes:
        apart = excludes(theirs.excludes, ours.excludes, context.database.normal)
        yield from writer.differences("exclude", *apart)


def primary_keys(
    theirs: TableValue, ours: TableValue
) -> tuple[list[PrimaryKeyValue], list[PrimaryKeyValue]]:
    """Give the key that goes and the one that comes; another name alone isn't a difference."""
    a, b = theirs.primary_key, ours.primary_key
    if a is not None and b is not None and a.columns == b.columns:
        return [], []
    return ([a] if a else []), ([b] if b else [])


def uniques(
    theirs: Iterable[UniqueValue], ours: Iterable[UniqueValue]
) -> tuple[list[UniqueValue], list[UniqueValue]]:
    """Give the UNIQUEs that go and those that come; the order of columns is none of their sense."""

    def says(u: UniqueValue) -> Hashable:
        return frozenset(u.columns), u.deferrable, u.initially, u.nulls_not_distinct, u.on_conflict

    pairs, gone, come = by_name_or_sense(theirs, ours, says)
    return _changed(pairs, gone, come, says)


def checks(
    theirs: Iterable[CheckValue],
    ours: Iterable[CheckValue],
    normal: Callable[[str], str] = normal,
) -> tuple[list[CheckValue], list[CheckValue]]:
    """Give the CHECKs that go and those that come, by a dialect's normal form of SQL."""

    def says(c: CheckValue) -> Hashable:
        return normal(c.text)

    pairs, gone, come = by_name_or_sense(theirs, ours, says)
    return _changed(pairs, gone, come, says)


def excludes(
    theirs: Iterable[ExcludeValue],
    ours: Iterable[ExcludeValue],
    normal: Callable[[str], str] = normal,
) -> tuple[list[ExcludeValue], list[ExcludeValue]]:
    """Give the exclusion constraints that go and those that come."""

    def says(x: ExcludeValue) -> Hashable:
        return normal(x.text), x.deferrable, x.initially

    pairs, gone, come = by_name_or_sense(theirs, ours, says)
    return _changed(pairs, gone, come, says)


def foreign_keys(
    theirs: Iterable[ForeignKeyValue], ours: Iterable[ForeignKeyValue], *, names: bool = True
) -> tuple[list[ForeignKeyValue], list[ForeignKeyValue]]:
    """Give the foreign keys that go and those that come.

    A name that a model gives matters with *names*; those that say the same are paired by it.
    """
    named = {f.name for f in theirs}
    in_turn = sorted(ours, key=lambda f: f.name not in named)
    known = {f.name for f in in_turn if f.name is not None}
    pairs, gone, come = by_sense(
        sorted(theirs, key=lambda f: f.name not in known), in_turn, _foreign_key_says
    )
    other = [(a, b) for a, b in pairs if names and b.name not in (None, a.name)]
    return gone + [a for a, _ in other], come + [b for _, b in other]


def by_name_or_sense(
    theirs: Iterable[_V], ours: Iterable[_V], says: Callable[[_V], Hashable]
) -> Pairs[_V]:
    """Pair those of ours that have a name by it, the others by what they say."""
    named: dict[str, list[_V]] = {}  # SQLite takes one name several times
    rest: list[_V] = []
    for one in theirs:
        (rest if one.name is None else named.setdefault(one.name, [])).append(one)
    pairs: list[tuple[_V, _V]] = []
    nameless: list[_V] = []
    come: list[_V] = []
    for one in ours:
        if one.name is None:
            nameless.append(one)
        elif found := named.get(one.name):
            same = (at for at, t in enumerate(found) if says(t) == says(one))
            pairs.append((found.pop(next(same, 0)), one))
        else:
            come.append(one)
    rest += [one for several in named.values() for one in several]
    more, gone, unmatched = by_sense(rest, nameless, says)
    return pairs + more, gone, come + unmatched


def by_sense(theirs: Iterable[_V], ours: Iterable[_V], says: Callable[[_V], Hashable]) -> Pairs[_V]:
    """Pair those that say the same, one to one."""
    waiting: dict[Hashable, list[_V]] = {}
    for one in theirs:
        waiting.setdefault(says(one), []).append(one)
    pairs: list[tuple[_V, _V]] = []
    come: list[_V] = []
    for one in ours:
        if found := waiting.get(says(one)):
            pairs.append((found.pop(0), one))
        else:
            come.append(one)
    return pairs, [one for several in waiting.values() for one in several], come


def _changed(
    pairs: list[tuple[_V, _V]], gone: list[_V], come: list[_V], says: Callable[[_V], Hashable]
) -> tuple[list[_V], list[_V]]:
    """Count a pair that doesn't say the same as one that goes and one that comes."""
    different = [(a, b) for a, b in pairs if says(a) != says(b)]
    return gone + [a for a, _ in different], come + [b for _, b in different]


def _foreign_key_says(f: ForeignKeyValue) -> Hashable:
    pairs = tuple(sorted(zip(f.columns, f.target_columns, strict=False)))
    return pairs, f.target, f.onupdate, f.ondelete, f.deferrable, f.initially, f.match


def names_taken(table: TableValue) -> set[str]:
    """Give the names of a table's constraints and indexes."""
    found: list[Any] = [
        table.primary_key,
        *table.uniques,
        *table.foreign_keys,
        *table.checks,
        *table.excludes,
        *table.indexes,
    ]
    return {str(c.name) for c in found if c is not None and c.name is not None}


class _Writer:
    """Writes differences of one table as changes, and names what has no name."""

    def __init__(self, theirs: TableValue, ours: TableValue, context: Context) -> None:
        self.theirs, self.ours, self.context = theirs, ours, context

    @cached_property
    def taken(self) -> set[str]:
        """Names that no constraint of this table can get any more."""
        return names_taken(self.theirs) | names_taken(self.ours)

    def renamed_key(self) -> Iterator[Change]:
        """Yield the new name of a primary key that is the same otherwise, if the model says one."""
        a, b = self.theirs.primary_key, self.ours.primary_key
        if (
            self.context.database.names_primary_keys
            and a is not None
            and b is not None
            and a.columns == b.columns
            and a.name is not None
            and b.name not in (None, a.name)
        ):
            yield RenameConstraint(
                conv(a.name), conv(str(b.name)), self.ours.name, schema=self.ours.spelled_schema
            )

    def differences(
        self, kind: Kind, gone: Sequence[ConstraintValue], come: Sequence[ConstraintValue]
    ) -> Iterator[Change]:
        """Yield what goes, then what comes."""
        if not gone and not come:
            return
        options = self.context.options
        type_ = _OBJECT_TYPE[kind]
        schema = self.ours.spelled_schema
        gone, come = list(gone), list(come)
        yield from self._renamed(gone, come)
        self.taken -= {str(one.name) for one in gone}  # a name that goes can be given again
        self.taken |= names_taken(self.ours)
        for one in gone:
            name = self._their_name(kind, one)
            made = constraint_of(one, name, self.context.database)
            if options.takes_object(on_table(made, self.theirs, self.context), name, type_, True):
                yield DropConstraint(
                    None if name is None else conv(name),
                    self.ours.name,
                    kind,
                    schema=schema,
                    existing_constraint=made,
                )
        for one in come:
            if options.takes_object(one.source, one.name, type_, False):
                made = constraint_of(one, self._our_name(kind, one))
                yield AddConstraint(self.ours.name, made, schema=schema)

    def _renamed(
        self, gone: list[ConstraintValue], come: list[ConstraintValue]
    ) -> Iterator[Change]:
        """Yield new names of what is the same otherwise, and take it from both lists."""
        context = self.context
        if not (context.database.renames_constraints and context.options.rename_in_place):
            return
        there = names_taken(self.theirs)
        for new in list(come):
            if new.name is None or new.name in there:
                continue
            wanted = self._nameless(new)
            old = next((o for o in gone if o.name and self._nameless(o) == wanted), None)
            if old is not None:
                gone.remove(old)
                come.remove(new)
                yield RenameConstraint(
                    conv(str(old.name)),
                    conv(str(new.name)),
                    self.ours.name,
                    schema=self.ours.spelled_schema,
                    existing_constraint=constraint_of(old, str(old.name), context.database),
                )

    def _nameless(self, value: ConstraintValue) -> ConstraintValue:
        """Give all that a constraint says, in a form in which that can be compared."""
        if isinstance(value, (CheckValue, ExcludeValue)):
            return replace(value, name=None, text=self.context.database.normal(value.text))
        return replace(value, name=None)

    def _their_name(self, kind: Kind, value: ConstraintValue) -> str | None:
        """Give its name; None where it has none, and the database gave it none (SQLite)."""
        if value.name is None and not self.context.database.names_constraints:
            return None
        return str(value.name) if value.name is not None else self._default_name(kind, value, set())

    def _our_name(self, kind: Kind, value: ConstraintValue) -> str | None:
        if value.name is not None or not self.context.database.names_constraints:
            return None
        name = self._default_name(kind, value, self.taken)
        self.taken.add(name)
        return name

    def _default_name(self, kind: Kind, value: ConstraintValue, taken: set[str]) -> str:
        if isinstance(value, (CheckValue, ExcludeValue)):
            known = {c.name for c in self.ours.columns}
            words = (t.name for t in tokens(value.text) if t.kind in ("word", "quoted"))
            said = dict.fromkeys(w for w in words if w in known)
            columns = tuple(said) if len(said) == 1 or isinstance(value, ExcludeValue) else ()
        else:
            columns = value.columns
        return self.context.database.default_name(kind, self.ours.name, columns, taken)
