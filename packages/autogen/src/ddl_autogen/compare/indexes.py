"""Indexes, paired by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ddl_constructs import AddConstraint, Change, DropIndex, RenameIndex
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.sql.elements import conv

from ..build import create_index, index_item
from ..values import ElementValue, IndexValue, TableValue, varied
from .constraints import names_taken
from .context import Context
from .placed import on_table


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
            partner = on_table(made, theirs, context)
            if options.takes_object(index.source, index.name, "index", False, partner):
                gone.append(existing)
                come.append(index)
    for index in found.values():
        if database.implicit_index(index, theirs, ours):
            continue
        made = index_item(create_index(theirs, index, database))
        if options.takes_object(on_table(made, theirs, context), index.name, "index", True):
            gone.append(index)
    schema = ours.spelled_schema
    for old, new in _renamed(gone, come, theirs, context):
        gone.remove(old)
        come.remove(new)
        yield RenameIndex(conv(str(old.name)), conv(str(new.name)), ours.name, schema=schema)
    for index in gone:
        created = create_index(theirs, index, database).replace(schema=schema)
        yield DropIndex(conv(str(index.name)), ours.name, schema=schema, existing_index=created)
    for index in come:
        yield create_index(ours, index, database)
    yield from _made_needless(theirs, ours, come, context)


def _renamed(
    gone: Iterable[IndexValue], come: Iterable[IndexValue], theirs: TableValue, context: Context
) -> list[tuple[IndexValue, IndexValue]]:
    """Pair indexes that differ in nothing but their names, where the database can rename one."""
    found: list[tuple[IndexValue, IndexValue]] = []
    if not (context.database.renames_indexes and context.options.rename_in_place):
        return found
    free = [new for new in come if new.name is not None and new.name not in names_taken(theirs)]
    for old in gone:
        same = (n for n in free if same_index(varied(old, name=n.name), n, context))
        if (new := next(same, None)) is not None:
            free.remove(new)
            found.append((old, new))
    return found


def _made_needless(
    theirs: TableValue, ours: TableValue, come: Iterable[IndexValue], context: Context
) -> Iterator[Change]:
    """Yield the drop of an index that the server made for a foreign key, where a new one serves it.

    What is new is an index, or the one of a UNIQUE.

    MariaDB drops it by itself then; it is said so that the way back makes it again first, without
    which the new one couldn't go.
    """
    database = context.database
    before = {unique.columns for unique in theirs.uniques}
    new = [i.columns for i in come if not any(e.expression or e.length for e in i.elements)]
    new += [unique.columns for unique in ours.uniques if unique.columns not in before]
    for index in theirs.indexes:
        if database.implicit_index(index, theirs, ours) and any(
            columns[: len(index.columns)] == index.columns for columns in new
        ):
            schema = ours.spelled_schema
            made = create_index(theirs, index, database).replace(schema=schema)
            name = conv(str(index.name))
            yield DropIndex(name, ours.name, schema=schema, if_exists=True, existing_index=made)


def same_index(theirs: IndexValue, ours: IndexValue, context: Context) -> bool:
    """Tell whether two indexes of one name are the same."""
    if theirs == ours:
        return True
    database = context.database
    a, b = (varied(i, elements=(), where=None) for i in (theirs, ours))
    return (
        a == b
        and len(theirs.elements) == len(ours.elements)
        and all(map(lambda x, y: _same_element(x, y, context), theirs.elements, ours.elements))
        and database.same_text(theirs.where, ours.where)
    )


def _same_element(theirs: ElementValue, ours: ElementValue, context: Context) -> bool:
    a, b = (varied(e, text="", expression=False) for e in (theirs, ours))
    if theirs.expression or ours.expression:
        return a == b and context.database.same_text(theirs.text, ours.text)
    return a == b and theirs.text == ours.text


def foreign_key_indexes(
    theirs: TableValue, ours: TableValue, added: Iterable[AddConstraint], context: Context
) -> Iterator[Change]:
    """Yield the indexes that foreign keys need on MySQL, where no other one of ours serves them.

    They are said aloud: one that the server makes by itself stays when its foreign key
    goes, and it makes none when the index goes that a foreign key leans on.
    """
    database = context.database
    names = {
        tuple(c.constraint.column_keys): str(c.constraint.name)
        for c in added
        if isinstance(c.constraint, ForeignKeyConstraint)
    }
    taken = {str(i.name) for i in theirs.indexes} | {str(u.name) for u in theirs.uniques}
    for fk in ours.foreign_keys:
        leaning = (i for i in theirs.indexes if i.columns == fk.columns)
        if any(database.implicit_index(i, theirs, ours) for i in leaning):
            continue
        known = [f.name for f in theirs.foreign_keys if f.columns == fk.columns]
        name = str(known[0]) if known else names.get(fk.columns)
        if name is not None:
            index = database.foreign_key_index(varied(fk, name=name), ours, taken)
            if index is not None:
                yield create_index(ours, index, database)
