"""What hangs on views and routines that are dropped and come back: indexes, privileges, comments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from ddl_constructs import Change, CreateIndex, DropIndex, ObjectKey

from ..build import create_index
from ..dialects import Database
from ..objects import ObjectValue
from ..values import IndexValue, Snapshot, TableValue


def dropped(value: ObjectValue, database: Database) -> list[Change]:
    """Give what drops an object of theirs; undone it brings back all that hung on it."""
    drops: list[Change] = [
        DropIndex(str(i.index_name), i.table_name, schema=i.schema, existing_index=i)
        for i in _indexes(value, database)
    ]
    return [*drops, *(change.reverse() for change in value.also[::-1]), value.drop]


def hanging(value: ObjectValue, theirs: ObjectValue | None, database: Database) -> list[Change]:
    """Give what comes behind what creates an object.

    Args:
        value: What is created.
        theirs: What was there before; None where it is new.
        database: Whose words they are in.
    """
    indexes = _indexes(value, database) if value.source is None else list(value.source.indexes)
    also = () if theirs is None else _fitting(theirs.also, value)
    return [*also, *indexes]


def _fitting(changes: Iterable[Change], value: ObjectValue) -> Iterator[Change]:
    """Yield what fits what there is now: its arguments, and of its columns those that it has."""
    for change in changes:
        columns = [*getattr(change, "columns", ()), getattr(change, "column_name", None)]
        if value.shape and value.key.kind == "view":
            if any(c and not any(s.startswith(f"{c} ") for s in value.shape) for c in columns):
                continue
        elif value.key.kind in ("function", "procedure"):
            change = change.replace(arguments=value.create.arguments)
        yield change


def _indexes(value: ObjectValue, database: Database) -> list[CreateIndex]:
    stub = TableValue(value.key.name, value.key.schema)
    return [create_index(stub, index, database) for index in value.indexes]


def index_changes(
    pairs: Mapping[ObjectKey, ObjectValue],
    theirs: Snapshot,
    away: Collection[ObjectKey],
    database: Database,
) -> list[Change]:
    """Give what leads to our indexes of views that stay as they are.

    Args:
        pairs: Ours by the keys of theirs.
        theirs: Their schema.
        away: What is dropped and comes back.
        database: Whose words they are in.
    """
    changes: list[Change] = []
    for key, our in pairs.items():
        value = theirs.objects[key]
        if key in away or not our.materialized or our.source is None:
            continue
        stub = TableValue(key.name, key.schema)
        there = {i.name: i for i in value.indexes}
        wanted = {str(i.index_name): i for i in our.source.indexes}
        for name, index in there.items():
            given = wanted.get(str(name))
            if given is None or _index_value(given, database) != _plain(index):
                made = create_index(stub, index, database)
                changes.append(
                    DropIndex(str(name), key.name, schema=key.schema, existing_index=made)
                )
        for name, given in wanted.items():
            if name not in there or _index_value(given, database) != _plain(there[name]):
                changes.append(given)
    return changes


def _index_value(change: CreateIndex, database: Database) -> IndexValue:
    return _plain(database.parse_index(database.speller.ddl(change)))


def _plain(index: IndexValue) -> IndexValue:
    return replace(index, using=None if index.using == "btree" else index.using)
