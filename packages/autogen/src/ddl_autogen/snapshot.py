"""A live database as plain values, in a number of queries that doesn't grow with its tables."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import MetaData
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from .dialects import Database, database
from .doors import check_connection, check_options
from .filters import Options
from .models import model_snapshot, named_schemas
from .namespaces import Namespaces
from .values import (
    EnumValue,
    ForeignKeyValue,
    Key,
    Snapshot,
    TableValue,
    by_key,
    sort_key,
    varied,
)

log = logging.getLogger("ddl_autogen")


def snapshot(connection: Connection, options: Options | None = None) -> Snapshot:
    """Read a database's tables.

    Args:
        connection: Where to read; nothing is changed there.
        options: Which schemas and names; None for the default schema and all names.

    Returns:
        The tables by (schema, name), the default schema as None.

    Raises:
        WrongArgument: `connection` isn't one, or `options` aren't.
        UnsupportedDatabase: The dialect's catalog can't be read.
    """
    check_connection("snapshot", connection)
    check_options("snapshot", options)
    return read_snapshot(connection, database(connection.dialect), options or Options())


def snapshot_of(
    metadata: MetaData | Sequence[MetaData], dialect: Dialect, default_schema: str | None = None
) -> Snapshot:
    """Write models in the same form as `snapshot` writes a database.

    Args:
        metadata: The models' MetaData, or several.
        dialect: In whose words.
        default_schema: A schema that models may name and that is None in the keys.

    Raises:
        NoMetadata: `metadata` isn't a MetaData or a sequence of them.
        DuplicateTable: Two of several MetaData hold the same table.
        UnsupportedDatabase: The dialect isn't known here.

    >>> from sqlalchemy import Column, Integer, Table, create_engine
    >>> metadata = MetaData()
    >>> users = Table("users", metadata, Column("id", Integer, primary_key=True))
    >>> engine = create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     metadata.create_all(connection)
    ...     theirs = snapshot(connection)
    >>> theirs.tables == snapshot_of(metadata, engine.dialect).tables
    True
    """
    return model_snapshot(metadata, database(dialect), Namespaces(default_schema))


def read_snapshot(
    connection: Connection, known: Database, options: Options, ours: Snapshot | None = None
) -> Snapshot:
    """Read a database's tables, by somebody who knows its dialect.

    Where only the default schema is compared, what models name in another one is looked for there
    too, but nothing else of it is read.

    Args:
        connection: Where to read.
        known: Who knows its dialect.
        options: Which schemas and names.
        ours: The models; None where there are none to look for.
    """
    spaces = known.namespaces(connection)
    named = set() if ours is None or options.include_schemas else named_schemas(ours)
    every = known.schemas(connection) if options.include_schemas or named else None
    schemas = _wanted_schemas(every or (), named, options, spaces)
    alone = frozenset((*ours.tables, *ours.sequences)) if ours is not None and named else None

    def takes(key: Key) -> bool:
        return alone is None or key[0] is None or key in alone

    tables: dict[Key, TableValue] = {}
    for table in known.read(connection, schemas):
        value = as_spoken(table, spaces)
        if not takes(value.key):
            continue
        qualified = f"{value.schema}.{value.name}" if value.schema else value.name
        if options.takes_name(
            value.name, "table", schema_name=value.schema, schema_qualified_table_name=qualified
        ):
            tables[value.key] = _named(value, options)
    sequences = {}
    for sequence in known.sequences(connection, schemas) if schemas else ():
        schema = spaces.spoken(sequence.schema)
        if takes((schema, sequence.name)) and options.takes_name(
            sequence.name, "sequence", schema_name=schema
        ):
            sequences[schema, sequence.name] = varied(sequence, schema=schema)
    there = None if every is None else frozenset(every)
    return Snapshot(by_key(tables), known.name, spaces, by_key(sequences), there)


def _wanted_schemas(
    every: Collection[str], named: Collection[str], options: Options, spaces: Namespaces
) -> list[str]:
    if not options.include_schemas:
        default = [str(spaces.default)] if options.takes_name(None, "schema") else []
        places = {spaces.actual(key) for key in named if options.takes_name(key, "schema")}
        return default + [s for s in every if s in places and s != spaces.default]
    found = [s for s in every if not spaces.hides(s)]
    return [s for s in found if options.takes_name(spaces.spoken(s), "schema")]


def without_views(
    connection: Connection, theirs: Snapshot, ours: Snapshot, known: Database
) -> Snapshot:
    """Take what is a view in the database out of our tables, and say so.

    A class may be mapped to a view as it is to a table, and nothing in it tells. The database is
    asked only where there would be a new table.

    Returns:
        Ours, where such tables are among the views.
    """
    spaces = theirs.namespaces
    added = {
        key: (spaces.actual(key[0]), key[1]) for key in ours.tables.keys() - theirs.tables.keys()
    }
    if not added:
        return ours
    there = {schema for schema, _ in added.values()} & set(known.schemas(connection))
    found = known.views(connection, sorted(str(one) for one in there))
    views = {key: found[name] for key, name in added.items() if name in found}
    for key in sorted(views, key=sort_key):
        log.warning(
            "%s is a %s in the database, so no table is made for the model of that name "
            "(info={'is_view': True} on its Table says that it is meant)",
            ".".join(part for part in key if part),
            views[key],
        )
    tables = {key: table for key, table in ours.tables.items() if key not in views}
    return replace(ours, tables=tables, views=ours.views | views.keys())


def as_spoken(table: TableValue, spaces: Namespaces) -> TableValue:
    """Say what the models call a schema, in a table and in all that it points to."""
    schema = spaces.spoken

    def foreign_key(fk: ForeignKeyValue) -> ForeignKeyValue:
        return varied(fk, target=(schema(fk.target[0]), fk.target[1]))

    def enum(given: EnumValue) -> EnumValue:
        return varied(given, schema=schema(given.schema))

    return varied(
        table,
        schema=schema(table.schema),
        columns=tuple(varied(c, enum=enum(c.enum)) if c.enum else c for c in table.columns),
        foreign_keys=tuple(map(foreign_key, table.foreign_keys)),
        parents=tuple((schema(place), name) for place, name in table.parents),
    )


def _named(table: TableValue, options: Options) -> TableValue:
    """Leave out what `include_name` doesn't take."""
    if options.include_name is None:
        return table
    qualified = f"{table.schema}.{table.name}" if table.schema else table.name

    def takes(name: str | None, type_: str) -> bool:
        return options.takes_name(
            name,
            type_,
            schema_name=table.schema,
            table_name=table.name,
            schema_qualified_table_name=qualified,
        )

    return varied(
        table,
        columns=tuple(c for c in table.columns if takes(c.name, "column")),
        uniques=tuple(u for u in table.uniques if takes(u.name, "unique_constraint")),
        foreign_keys=tuple(
            f for f in table.foreign_keys if takes(f.name, "foreign_key_constraint")
        ),
        checks=tuple(c for c in table.checks if takes(c.name, "check_constraint")),
        excludes=tuple(x for x in table.excludes if takes(x.name, "exclude_constraint")),
        indexes=tuple(i for i in table.indexes if takes(i.name, "index")),
    )
