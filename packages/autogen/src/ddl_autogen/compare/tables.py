"""Tables: added, removed, and what is different inside of one that stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ddl_constructs import AddConstraint, Change, CreateTable, DropConstraint, DropTable
from sqlalchemy.sql.elements import conv

from ..build import constraint_of, create_index, create_table, sorted_indexes
from ..cycles import cyclic
from ..values import ForeignKeyValue, Key, Snapshot, TableValue
from .columns import compare_columns, refuse_untyped
from .comments import compare_table_comment
from .constraints import compare_constraints, names_taken
from .context import Context
from .enums import compare_enums, replaced_enums
from .indexes import compare_indexes, foreign_key_indexes
from .keys import released, released_columns, released_labels
from .options import compare_options
from .schemas import compare_namespaces
from .sequences import compare_sequences


def compare_schemas(theirs: Snapshot, ours: Snapshot, context: Context) -> Iterator[Change]:
    """Yield what leads from their schema to ours, in no particular order."""
    context = replace(context, replaced_enums=replaced_enums(theirs, ours))
    added = {k: t for k, t in ours.tables.items() if k not in theirs.tables}
    removed = {k: t for k, t in theirs.tables.items() if k not in ours.tables}
    yield from compare_namespaces(theirs, ours, context)
    yield from _added(added, context)
    yield from _removed(removed, context)
    yield from compare_sequences(theirs, ours, context)
    yield from compare_enums(theirs, ours, context)
    inside: list[Change] = []
    for key, our_table in ours.tables.items():
        their_table = theirs.tables.get(key)
        if their_table is not None and (
            context.options.asks
            or their_table != our_table
            or their_table.options != our_table.options
        ):
            inside += compare_tables(their_table, our_table, context)
    yield from inside
    yield from released_labels(inside, theirs, ours, context)
    yield from released_columns(inside, theirs, ours, context)
    if context.database.binds_key_types:
        yield from released(inside, theirs, ours)


def compare_tables(theirs: TableValue, ours: TableValue, context: Context) -> Iterator[Change]:
    """Yield what leads from their table to ours, which has the same name."""
    options = context.options
    if options.include_object is not None and not options.takes_object(
        ours.source, ours.name, "table", False, _table_of(theirs, context)
    ):
        return
    yield from compare_options(theirs, ours, context)
    yield from compare_columns(theirs, ours, context)
    constraints = list(compare_constraints(theirs, ours, context))
    yield from constraints
    if context.database.indexes_foreign_keys:
        added = [c for c in constraints if isinstance(c, AddConstraint)]
        yield from foreign_key_indexes(theirs, ours, added, context)
    yield from compare_indexes(theirs, ours, context)
    yield from compare_table_comment(theirs, ours, context)


def _added(tables: dict[Key, TableValue], context: Context) -> Iterator[Change]:
    """Yield new tables; a foreign key that is part of a cycle comes after both."""
    database, options = context.database, context.options
    tables = {
        k: t for k, t in tables.items() if options.takes_object(t.source, t.name, "table", False)
    }
    later = _split_off(tables, context)
    for key, table in tables.items():
        for column in table.columns:
            if column.source is not None:
                refuse_untyped(column)
        apart = later.get(key, ())
        yield create_table(table, database, indexes=False, without=apart)
        for index in sorted_indexes(table):
            if options.takes_object(index.source, index.name, "index", False):
                yield create_index(table, index, database)
        taken = names_taken(table)
        for fk in apart:
            name = database.default_name("foreignkey", table.name, fk.columns, taken)
            taken.add(name)
            yield AddConstraint(table.name, constraint_of(fk, name), schema=table.spelled_schema)


def _split_off(
    tables: dict[Key, TableValue], context: Context
) -> dict[Key, tuple[ForeignKeyValue, ...]]:
    if not context.database.splits_cycles:
        return {}
    found = cyclic({k: [fk.target for fk in t.foreign_keys] for k, t in tables.items()})
    return {
        key: tuple(
            fk
            for fk in table.foreign_keys
            if (key, fk.target) in found or getattr(fk.source, "use_alter", False)
        )
        for key, table in tables.items()
    }


def _removed(tables: dict[Key, TableValue], context: Context) -> Iterator[Change]:
    """Yield tables that go; a foreign key that is part of a cycle goes before both."""
    database, options = context.database, context.options
    if options.include_object is not None:
        tables = {
            k: t
            for k, t in tables.items()
            if options.takes_object(_table_of(t, context), t.name, "table", True)
        }
    first = _split_off(tables, context)
    for key, table in tables.items():
        apart = first.get(key, ())
        for fk in apart:
            yield DropConstraint(
                conv(str(fk.name)),
                table.name,
                "foreignkey",
                schema=table.schema,
                existing_constraint=constraint_of(fk),
            )
        existing = create_table(table, database, indexes=True, without=apart)
        yield DropTable(table.name, schema=table.schema, existing_table=existing)


def _table_of(table: TableValue, context: Context) -> object:
    made: CreateTable = create_table(table, context.database, indexes=True)
    return made.element
