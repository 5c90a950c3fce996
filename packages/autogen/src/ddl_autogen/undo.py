"""What undoes changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy

from ddl_constructs import (
    KEEP,
    AddColumn,
    AddConstraint,
    AlterColumn,
    Change,
    CreateEnum,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropEnum,
    DropIndex,
    DropTable,
)
from sqlalchemy import Column, Computed, Constraint, Index
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.elements import conv
from sqlalchemy.types import TypeEngine

from .build import index_item, named_index
from .dialects import Database, database
from .doors import check_dialect


def reverse(changes: Sequence[Change], dialect: Dialect | None = None) -> list[Change]:
    """Give what undoes changes: each one's reverse, the last one first.

    The indexes of a table that goes aren't dropped one by one but with it (MySQL
    refuses to drop one that a foreign key needs); those of a table that comes back
    are created after it.

    Args:
        changes: In the order in which they run.
        dialect: Whose database they are for: how the values of a column are cast back
            when its type is (`postgresql_using`); None to leave that unsaid.

    Raises:
        WrongArgument: `dialect` isn't a dialect.
        IrreversibleChange: A change doesn't carry what is needed to undo it.

    >>> from sqlalchemy import Column, Integer
    >>> up = [CreateTable("t", Column("a", Integer())), CreateIndex("ix", "t", ["a"])]
    >>> [c.describe() for c in reverse(up)]
    ['drop table t']
    >>> [c.describe() for c in reverse(reverse(up))]
    ['create table t (1 column)', 'create index ix on t (a)']
    """
    check_dialect("reverse", dialect)
    known = database(dialect) if dialect is not None else None
    undone = [
        _guarded(_cast_back(undo, known))
        for change in reversed(changes)
        for undo in _undone(change, known)
    ]
    undone = list(_keeping_computed(undone))
    going = {
        (c.schema, c.table_name): at for at, c in enumerate(undone) if isinstance(c, DropTable)
    }
    kept: list[Change] = []
    gathered: dict[tuple[str | None, str | None], list[CreateIndex]] = {}
    for at, change in enumerate(undone):
        if isinstance(change, DropIndex) and change.existing_index is not None:
            key = change.schema, change.table_name
            if going.get(key, -1) > at:  # type: ignore[arg-type]  # a name of None isn't in it
                gathered.setdefault(key, []).insert(0, change.existing_index)
                continue
        kept.append(change)
    return [piece for change in kept for piece in _with_indexes(change, gathered)]


def _undone(change: Change, known: Database | None) -> Iterator[Change]:
    """Yield a change's reverse.

    An expression that was taken away comes back with a new column. A constraint that has no name
    in the database either is dropped by what it is.
    """
    if (
        isinstance(change, AddConstraint)
        and change.constraint.name is None
        and known is not None
        and not known.names_constraints
    ):
        named = change.replace(constraint=_named(change.constraint)).reverse()
        yield named.replace(constraint_name=None, existing_constraint=change.constraint)
    elif (
        isinstance(change, AlterColumn)
        and change.server_default is None
        and isinstance(change.existing_server_default, Computed)
        and isinstance(change.existing_type, TypeEngine)
    ):
        column = Column(
            change.column_name,
            change.existing_type,
            change.existing_server_default._copy(),
            nullable=change.existing_nullable is not False,
            comment=None if change.existing_comment is KEEP else change.existing_comment,
        )
        yield DropColumn(change.table_name, change.column_name, schema=change.schema)
        yield AddColumn(change.table_name, column, schema=change.schema)
    else:
        yield change.reverse()


def _keeping_computed(undone: Sequence[Change]) -> Iterator[Change]:
    """Let a computed column that is made plain again keep its values, where nothing else would fill it.

    A column that may not be NULL, and has no default, can't be added to a table with rows.
    """
    plain = {(c.schema, c.table_name, c.column.name): c for c in undone if isinstance(c, AddColumn)}
    made: dict[int, AlterColumn] = {}
    for change in undone:
        if isinstance(change, DropColumn):
            back = plain.get((change.schema, change.table_name, change.column_name))
            alter = _made_plain(change, back) if back is not None else None
            if alter is not None:
                made[id(back)] = alter
                continue
        yield made.get(id(change), change)


def _made_plain(drop: DropColumn, add: AddColumn) -> AlterColumn | None:
    """Give what makes a computed column plain, in place of its drop and its return; None if that goes."""
    old, new = drop.existing_column, add.column
    if old is None or old.computed is None or new.computed is not None:
        return None
    if new.nullable or new.server_default is not None or repr(old.type) != repr(new.type):
        return None
    return AlterColumn(
        drop.table_name,
        drop.column_name,
        nullable=False,
        server_default=None,
        schema=drop.schema,
        existing_type=old.type,
        existing_nullable=old.nullable,
        existing_server_default=old.computed._copy(),
        existing_comment=old.comment,
    )


def _named(constraint: Constraint) -> Constraint:
    """Give a constraint some name."""
    named = copy(constraint)
    named.name = conv("named")
    return named


def _cast_back(change: Change, known: Database | None) -> Change:
    """Say how the values are cast when a column gets its former type back."""
    if known is None or not isinstance(change, AlterColumn):
        return change
    old, new = change.existing_type, change.type_
    if new is KEEP or old is KEEP:
        return change
    return change.replace(**known.cast(change.column_name, old, new))


def _guarded(change: Change) -> Change:
    """A type may have come or gone with another column meanwhile: that is no error."""
    match change:
        case CreateEnum():
            return change.replace(if_not_exists=True)
        case DropEnum():
            return change.replace(if_unused=True)
    return change


def _with_indexes(
    change: Change, gathered: dict[tuple[str | None, str | None], list[CreateIndex]]
) -> Iterator[Change]:
    """Give a dropped table its indexes, and a created one those among its elements."""
    if isinstance(change, CreateTable):
        indexes = [e for e in change.elements if isinstance(e, Index)]
        yield change.replace(elements=tuple(e for e in change.elements if not isinstance(e, Index)))
        yield from (named_index(index, change) for index in indexes)
    elif isinstance(change, DropTable) and change.existing_table is not None:
        found = gathered.get((change.schema, change.table_name), [])
        table = change.existing_table
        items = tuple(index_item(index) for index in found)
        yield change.replace(existing_table=table.replace(elements=(*table.elements, *items)))
    else:
        yield change
