"""Native enum types that come or go with a column that is altered.

Those of a new or removed table or column come and go with it (ddl-constructs). Labels
aren't compared yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from ddl_constructs import Change, CreateEnum, DropEnum

from ..values import ColumnValue, EnumValue, Snapshot

_Name = tuple[str | None, str]


def compare_enums(theirs: Snapshot, ours: Snapshot) -> Iterator[Change]:
    """Yield types that an altered column needs, and those that nobody needs any more.

    A type that is there may go with the table or column that has it, so only one that
    a column has before and after is sure to stay.
    """
    kept = list(_kept(theirs, ours))
    stay = {_name(b.enum) for a, b in kept if a.enum and b.enum and _name(a.enum) == _name(b.enum)}
    wanted = {_name(c.enum) for t in ours.tables.values() for c in t.columns if c.enum is not None}
    come: dict[_Name, EnumValue] = {}
    gone: dict[_Name, EnumValue] = {}
    for before, after in kept:
        if after.enum is not None and _name(after.enum) not in stay:
            come[_name(after.enum)] = after.enum
        if before.enum is not None and _name(before.enum) not in wanted:
            gone[_name(before.enum)] = before.enum
    for enum in come.values():
        yield CreateEnum(enum.name, enum.labels, schema=enum.schema, if_not_exists=True)
    for enum in gone.values():
        yield DropEnum(enum.name, schema=enum.schema, if_unused=True, existing_labels=enum.labels)


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
