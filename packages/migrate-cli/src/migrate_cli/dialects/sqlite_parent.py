"""What foreign keys may point to: a table's primary key, and what is unique in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddl_constructs import CreateIndex

from ..batch.errors import CannotRebuild, StillNeeded
from .sqlite_changed import Draft
from .sqlite_constraint import index_text
from .sqlite_table import StoredTable
from .sqlite_tokens import fold, tokens

Key = frozenset[str]
"""Columns, in small letters."""


def refuse_keyless(draft: Draft, what: str) -> None:
    """Refuse to take away what foreign keys point to.

    SQLite, foreignkeys, section 3: where the columns pointed to are neither the primary key nor
    unique, each change of rows on either side ends in an error ("foreign key mismatch").

    Args:
        draft: The table before and after.
        what: What was asked, in words.

    Raises:
        StillNeeded: Foreign keys point to columns that would be no key any more.
    """
    children = [c for c in draft.catalog.children if fold(c[0]) != fold(draft.catalog.name)]
    pointed = [(table, target) for table, _, target in children]
    pointed += [
        (draft.table.name, clause.target)
        for _, clause in draft.table.clauses("foreignkey")
        if fold(clause.inner) == fold(draft.table.name)
    ]
    if not pointed:
        return
    before, after = set(_before(draft)), set(_after(draft))
    old, new = (_folded(table.key) for table in (draft.catalog.table, draft.table))
    lost = set()
    for table, target in pointed:
        was, now = (_folded(target),) * 2 if target else (old, new)
        if was in before and (now not in after or len(was) != len(now)):
            lost.add(f"a foreign key of {table}")
    if lost:
        mend = "drop that first, or have another key over the same columns"
        raise StillNeeded(what, sorted(lost), mend)


def refuse_unkeyed(draft: Draft, what: str) -> None:
    """Refuse to leave a table WITHOUT ROWID that has no primary key (SQLite, withoutrowid, section 2).

    Raises:
        CannotRebuild: It would be left so.
    """
    if draft.table.without_rowid and not draft.table.key:
        raise CannotRebuild(
            what,
            "a table WITHOUT ROWID needs a primary key",
            "give it another one, or table_kwargs={'sqlite_with_rowid': True}",
        )


def _folded(names: Sequence[str]) -> Key:
    return frozenset(map(fold, names))


def _of(table: StoredTable) -> Iterator[Key]:
    for _, clause in table.clauses("primary", "unique"):
        yield _folded(clause.columns)


def _before(draft: Draft) -> Iterator[Key]:
    yield from _of(draft.catalog.table)
    for entry in draft.catalog.of_table("index"):
        yield from _unique(entry.sql)


def _after(draft: Draft) -> Iterator[Key]:
    yield from _of(draft.table)
    for entry in draft.catalog.of_table("index"):
        if fold(entry.name) not in draft.without:
            yield from _unique(entry.sql)
    for change in draft.indexes:
        if isinstance(change, CreateIndex) and change.unique:
            names = [column for column in change.columns if isinstance(column, str)]
            if len(names) == len(change.columns) and not change.dialect_kwargs:
                yield _folded(names)


def _unique(sql: str) -> Iterator[Key]:
    """Give the columns of a unique index over all rows; nothing for another one."""
    found = index_text(sql)
    if any(t.says("UNIQUE") for t in tokens(sql)[:2]) and not found.where:
        names = [tokens(part) for part in found.parts]
        if all(len(part) == 1 or part[1].says("ASC", "DESC") for part in names):
            yield _folded([part[0].name for part in names])
