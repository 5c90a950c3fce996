"""A live database as plain values, in a number of queries that doesn't grow with its tables."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import MetaData
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from .dialects import Database, database
from .doors import check_connection, check_options
from .filters import Options
from .models import model_snapshot
from .values import EnumValue, ForeignKeyValue, Key, Snapshot, TableValue, by_key, varied


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
    return model_snapshot(metadata, database(dialect), default_schema)


def read_snapshot(connection: Connection, known: Database, options: Options) -> Snapshot:
    """Read a database's tables, by somebody who knows its dialect."""
    default = known.default_schema(connection)
    schemas = _wanted_schemas(connection, known, options, default)
    tables: dict[Key, TableValue] = {}
    for table in known.read(connection, schemas):
        value = with_default_schema(table, default)
        qualified = f"{value.schema}.{value.name}" if value.schema else value.name
        if options.takes_name(
            value.name, "table", schema_name=value.schema, schema_qualified_table_name=qualified
        ):
            tables[value.key] = _named(value, options)
    sequences = {}
    for sequence in known.sequences(connection, schemas) if schemas else ():
        schema = None if sequence.schema == default else sequence.schema
        if options.takes_name(sequence.name, "sequence", schema_name=schema):
            sequences[schema, sequence.name] = varied(sequence, schema=schema)
    every = frozenset(known.schemas(connection)) if options.include_schemas else None
    return Snapshot(by_key(tables), known.name, default, by_key(sequences), every)


def _wanted_schemas(
    connection: Connection, known: Database, options: Options, default: str
) -> list[str]:
    if not options.include_schemas:
        return [default] if options.takes_name(None, "schema") else []
    found = known.schemas(connection)
    return [s for s in found if options.takes_name(None if s == default else s, "schema")]


def with_default_schema(table: TableValue, default: str) -> TableValue:
    """Say None for the default schema, in a table and in all that it points to."""

    def schema(given: str | None) -> str | None:
        return None if given == default else given

    def foreign_key(fk: ForeignKeyValue) -> ForeignKeyValue:
        return varied(fk, target=(schema(fk.target[0]), fk.target[1]))

    def enum(given: EnumValue) -> EnumValue:
        return varied(given, schema=schema(given.schema))

    return varied(
        table,
        schema=schema(table.schema),
        columns=tuple(varied(c, enum=enum(c.enum)) if c.enum else c for c in table.columns),
        foreign_keys=tuple(map(foreign_key, table.foreign_keys)),
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
