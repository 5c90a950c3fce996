"""Native enum types that come and go with the columns that are of them.

They are said as changes of their own, so that a script which creates a type drops it on the
way down. Labels aren't compared yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from ddl_constructs import Change, CreateEnum, DropEnum

from ..values import ColumnValue, EnumValue, Snapshot

_Name = tuple[str | None, str]


def compare_enums(theirs: Snapshot, ours: Snapshot) -> Iterator[Change]:
    """Yield types that columns begin to need, and those that no column needs any more.

    A type that is there may go with the table or column that has it, so for a column that
    is altered only a type that some column has before and after is sure to stay.
    """
    used, wanted = _types(theirs), _types(ours)
    kept = list(_kept(theirs, ours))
    stay = {_name(b.enum) for a, b in kept if a.enum and b.enum and _name(a.enum) == _name(b.enum)}
    altered = {_name(b.enum) for _, b in kept if b.enum is not None} - stay
    for name, enum in wanted.items():
        if name not in used or name in altered:
            yield CreateEnum(enum.name, enum.labels, schema=enum.schema, if_not_exists=True)
    for name, enum in used.items():
        if name not in wanted:
            yield DropEnum(
                enum.name, schema=enum.schema, if_unused=True, existing_labels=enum.labels
            )


def _types(schema: Snapshot) -> dict[_Name, EnumValue]:
    """Give the types that columns are of, in the order of tables and columns."""
    return {
        _name(column.enum): column.enum
        for table in schema.tables.values()
        for column in table.columns
        if column.enum is not None
    }


def _name(enum: EnumValue) -> _Name:
    return enum.schema, enum.name


def _kept(theirs: Snapshot, ours: Snapshot) -> Iterator[tuple[ColumnValue, ColumnValue]]:
    """Yield the columns that are on both sides, of an enum on either."""
    for key, table in ours.tables.items():
        existing = theirs.tables.get(key)
        if existing is None:
            continue
        columns = {c.name: c for c in existing.columns}
        for column in table.columns:
            before = columns.get(column.name)
            if before is not None and (before.enum or column.enum):
                yield before, column
