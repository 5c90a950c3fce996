"""Indexes, paired by their names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ddl_constructs import Change, DropIndex
from sqlalchemy.sql.elements import conv

from ..build import create_index, index_item
from ..values import ElementValue, IndexValue, TableValue
from .context import Context


def compare_indexes(theirs: TableValue, ours: TableValue, context: Context) -> Iterator[Change]:
    """Yield the indexes that go, then those that come; a different one does both."""
    database, options = context.database, context.options
    found = {i.name: i for i in theirs.indexes}
    gone: list[IndexValue] = []
    come: list[IndexValue] = []
    for index in ours.indexes:
        existing = found.pop(index.name, None)
        if existing is None:
            if options.takes_object(index.source, index.name, "index", False):
                come.append(index)
        elif not same_index(existing, index, context):
            made = index_item(create_index(theirs, existing, database))
            if options.takes_object(index.source, index.name, "index", False, made):
                gone.append(existing)
                come.append(index)
    for index in found.values():
        if database.implicit_index(index, theirs, ours):
            continue
        made = index_item(create_index(theirs, index, database))
        if options.takes_object(made, index.name, "index", True):
            gone.append(index)
    schema = ours.spelled_schema
    for index in gone:
        created = create_index(theirs, index, database).replace(schema=schema)
        yield DropIndex(conv(str(index.name)), ours.name, schema=schema, existing_index=created)
    for index in come:
        yield create_index(ours, index, database)


def same_index(theirs: IndexValue, ours: IndexValue, context: Context) -> bool:
    """Tell whether two indexes of one name are the same."""
    if theirs == ours:
        return True
    database = context.database
    a, b = (replace(i, elements=(), where=None) for i in (theirs, ours))
    return (
        a == b
        and len(theirs.elements) == len(ours.elements)
        and all(map(lambda x, y: _same_element(x, y, context), theirs.elements, ours.elements))
        and database.same_text(theirs.where, ours.where)
    )


def _same_element(theirs: ElementValue, ours: ElementValue, context: Context) -> bool:
    a, b = (replace(e, text="", expression=False) for e in (theirs, ours))
    if theirs.expression or ours.expression:
        return a == b and context.database.same_text(theirs.text, ours.text)
    return a == b and theirs.text == ours.text
