"""Native enum types: those that come and go with their columns, and their labels.

They are said as changes of their own, so that a script which creates a type drops it on the
way down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddl_constructs import (
    AddEnumValue,
    Change,
    CreateEnum,
    DropEnum,
    EnumColumn,
    ReplaceEnum,
)

from ..build import server_default
from ..values import ColumnValue, EnumValue, Snapshot, TableValue
from .context import Context

Name = tuple[str | None, str]
"""(schema, name) of a type; schema is None for the default one."""


def compare_enums(theirs: Snapshot, ours: Snapshot, context: Context) -> Iterator[Change]:
    """Yield types that columns begin to need, what changes of labels, and types that go.

    A type that is there may go with the table or column that has it, so for a column that
    is altered only a type that some column has before and after is sure to stay.
    """
    used, wanted = _types(theirs), _types(ours)
    kept = list(_kept(theirs, ours))
    stay = {_name(b.enum) for _, a, b in kept if a.enum and b.enum and a.enum.name == b.enum.name}
    altered = {_name(b.enum) for _, _, b in kept if b.enum is not None} - stay
    away = {_name(a.enum) for _, a, _ in kept if a.enum is not None}
    for name, enum in wanted.items():
        before = used.get(name)
        if before is not None and before.labels != enum.labels and name in stay | away:
            yield from _labels(before, enum, kept, name in context.replaced_enums, context)
        elif before is None or name in altered:
            yield CreateEnum(enum.name, enum.labels, schema=enum.schema, if_not_exists=True)
    for name, enum in used.items():
        if name not in wanted:
            yield DropEnum(
                enum.name, schema=enum.schema, if_unused=True, existing_labels=enum.labels
            )


def replaced_enums(theirs: Snapshot, ours: Snapshot) -> frozenset[Name]:
    """Give the types that get their labels by a new type of the same name.

    A label that goes or moves has no other way; one that comes has (`AddEnumValue`), but can't be
    used before that is committed (PostgreSQL 15 manual, ALTER TYPE, Notes): so where the models
    use it at once, in a default say, the type is replaced too.
    """
    used, wanted = _types(theirs), _types(ours)
    found = set()
    for name, enum in wanted.items():
        before = used.get(name)
        if before is None or before.labels == enum.labels:
            continue
        fresh = [label for label in enum.labels if label not in before.labels]
        kept = [label for label in enum.labels if label in before.labels]
        if tuple(kept) != before.labels or any(_mentioned(label, ours) for label in fresh):
            found.add(name)
    return frozenset(found)


def _mentioned(label: str, ours: Snapshot) -> bool:
    """Tell whether an expression of the models holds a label."""
    literal = "'" + label.replace("'", "''") + "'"
    return any(literal in text for table in ours.tables.values() for text in _texts(table))


def _texts(table: TableValue) -> Iterator[str]:
    for column in table.columns:
        if column.default is not None:
            yield column.default
        if column.computed is not None:
            yield column.computed.expression
    yield from (c.text for c in table.checks)
    for index in table.indexes:
        yield from (e.text for e in index.elements if e.expression)
        yield index.where or ""


def _labels(
    before: EnumValue,
    after: EnumValue,
    kept: Sequence[tuple[TableValue, ColumnValue, ColumnValue]],
    replaced: bool,
    context: Context,
) -> Iterator[Change]:
    if replaced:
        columns = [
            _enum_column(table, a, b, context)
            for table, a, b in kept
            if a.enum and b.enum and _name(a.enum) == _name(b.enum) == _name(after)
        ]
        yield ReplaceEnum(
            after.name,
            after.labels,
            schema=after.schema,
            columns=columns,
            existing_labels=before.labels,
        )
        return
    there = list(before.labels)
    for at, label in enumerate(after.labels):
        if label in there:
            continue
        yield AddEnumValue(
            after.name,
            label,
            before=there[0] if at == 0 else None,
            after=after.labels[at - 1] if at else None,
            schema=after.schema,
            existing_labels=tuple(there),
        )
        there.insert(at, label)


def _enum_column(
    table: TableValue, before: ColumnValue, after: ColumnValue, context: Context
) -> EnumColumn:
    """Describe a column of the type; a default that changes is taken off and set apart."""
    same = before.default is not None and context.database.same_default(before, after)
    return EnumColumn(
        table.name,
        before.name,
        table.spelled_schema,
        server_default(before, context.database) if same else None,
        before.type.endswith("[]"),
    )


def _types(schema: Snapshot) -> dict[Name, EnumValue]:
    """Give the types that columns are of, in the order of tables and columns."""
    return {
        _name(column.enum): column.enum
        for table in schema.tables.values()
        for column in table.columns
        if column.enum is not None
    }


def _name(enum: EnumValue) -> Name:
    return enum.schema, enum.name


def _kept(
    theirs: Snapshot, ours: Snapshot
) -> Iterator[tuple[TableValue, ColumnValue, ColumnValue]]:
    """Yield our table and the columns that are on both sides, of an enum on either."""
    for key, table in ours.tables.items():
        existing = theirs.tables.get(key)
        if existing is None:
            continue
        columns = {c.name: c for c in existing.columns}
        for column in table.columns:
            before = columns.get(column.name)
            if before is not None and (before.enum or column.enum):
                yield table, before, column
