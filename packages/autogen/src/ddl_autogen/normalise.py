"""The database's own form of an expression, asked only where two texts differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ddl_constructs import Change
from sqlalchemy.engine import Connection

from .compare import Context, blocks_objects
from .dialects import Database
from .models import named_schemas
from .values import IndexValue, Snapshot, TableValue


def in_own_form(
    connection: Connection, theirs: Snapshot, ours: Snapshot, database: Database
) -> tuple[Snapshot, Snapshot]:
    """Write our schema in the database's own words, where it differs from theirs as text.

    Args:
        connection: Whom to ask.
        theirs: As read from that database.
        ours: As the models say it.
        database: Who knows how to ask.

    Returns:
        Theirs as it was, and ours with the answers.
    """
    aligned = dict(theirs.tables)
    said = dict(ours.tables)
    pairs: list[tuple[TableValue, TableValue]] = []
    for key, our_table in said.items():
        their_table = aligned.get(key)
        if their_table is not None and (
            their_table != our_table
            or their_table.options != our_table.options
            or any(c.charset for c in our_table.columns)  # which collation that means is asked
        ):
            aligned[key] = their_table = database.align(their_table, our_table)
            pairs.append((their_table, our_table))
    for _ in range(_ROUNDS):
        pairs = [(a, said[a.key]) for a, _ in pairs if _differs(a, said[a.key], database)]
        if not pairs:
            break
        said.update(database.own_form(connection, pairs))
    return replace(theirs, tables=aligned), replace(ours, tables=said)


def with_objects(
    connection: Connection,
    theirs: Snapshot,
    ours: Snapshot,
    context: Context,
    tables: Sequence[Change],
) -> tuple[Snapshot, Snapshot]:
    """Read their views, routines, triggers and types, and write ours in the database's own words.

    They are read only where the models declare some, or where what happens to tables may be
    kept from running by them.

    Args:
        connection: Whom to ask.
        theirs: As read from that database, without them.
        ours: As the models say it.
        context: Who knows how to ask.
        tables: What happens to tables.

    Raises:
        BrokenDefinition: The database says of one of ours that it isn't SQL.
    """
    database = context.database
    declared = ours.objects or context.options.object_kinds
    blocking = database.tracks_dependencies or database.binds_views
    if not declared and not (blocking and blocks_objects(tables, emptied=database.binds_views)):
        return theirs, ours
    default = str(theirs.default_schema)
    if context.options.include_schemas:
        schemas = database.schemas(connection)
    else:
        places = {str(theirs.namespaces.actual(key)) for key in named_schemas(ours)}
        schemas = [default, *sorted(places & (theirs.schemas or frozenset()) - {default})]
    found = {value.key: value for value in database.objects(connection, schemas)}
    theirs = replace(theirs, objects=found)
    if any(key.kind == "grant" for key in ours.objects):
        granted = tuple(database.granted(connection))
        every = database.every_privilege(connection)
        theirs = replace(theirs, granted=granted, every_privilege=every)
    asked = [
        value
        for key, value in ours.objects.items()
        if key.kind != "grant"
        if key not in found or found[key].text != value.text or found[key].shape
    ]
    answers = database.own_objects(connection, theirs, ours, asked)
    told = [answers.get(key, value) for key, value in ours.objects.items()]
    return theirs, replace(ours, objects={value.key: value for value in told})


_ROUNDS = 2
"""PostgreSQL's form of an expression may change once more when it is read again: an IN over a
varchar becomes ARRAY[...]::text[], and that ARRAY[('x')::text, ...]."""


def _differs(theirs: TableValue, ours: TableValue, database: Database) -> bool:
    """Tell whether theirs hasn't each text of ours in the same place."""
    found = {column.name: column for column in theirs.columns}
    for column in ours.columns:
        existing = found.get(column.name)
        if existing is not None and (column.charset is not None or existing != column):
            if column.type and existing.type != column.type:
                return True
            if existing.collation != column.collation or column.charset is not None:
                return True
            if not database.same_default(existing, column):
                return True
            if existing.computed is not None and column.computed is not None:
                a, b = existing.computed.expression, column.computed.expression
                if not database.same_text(a, b):
                    return True
    for there, wanted in ((theirs.checks, ours.checks), (theirs.excludes, ours.excludes)):
        known = {database.normal(each.text) for each in there} if wanted else ()
        if any(database.normal(each.text) not in known for each in wanted):
            return True
    indexes = {i.name: i for i in theirs.indexes}
    return any(
        _index_differs(indexes[i.name], i, database) for i in ours.indexes if i.name in indexes
    )


def _index_differs(theirs: IndexValue, ours: IndexValue, database: Database) -> bool:
    return theirs != ours and (
        any(e.expression or e.opclass or e.collation for e in (*ours.elements, *theirs.elements))
        or not database.same_text(theirs.where, ours.where)
    )
