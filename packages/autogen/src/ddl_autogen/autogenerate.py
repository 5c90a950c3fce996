"""The pipeline: snapshot -> models -> renames -> the database's own form -> compare -> order."""

from __future__ import annotations

from collections.abc import Sequence

from ddl_constructs import Change, CreateSchema
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection

from .collector import held_back
from .compare import Context, compare_objects, compare_schemas
from .dialects import database
from .doors import check_connection, check_options
from .filters import Options
from .models import all_metadata, model_snapshot
from .normalise import in_own_form, with_objects
from .order import ordered
from .renames import settled
from .snapshot import read_snapshot, without_views
from .values import Snapshot


def compare(
    connection: Connection,
    metadata: MetaData | Sequence[MetaData],
    options: Options | None = None,
) -> list[Change]:
    """Compare a database with models.

    Args:
        connection: The database. Nothing is changed there; a transaction that the
            caller has open stays as it is.
        metadata: The models' MetaData, or several.
        options: What takes part; None for the default schema and all that is in it.

    Returns:
        What leads from the database to the models, in the order in which it must
        run; empty if they agree.

    Raises:
        WrongArgument: `connection` isn't one (an Engine, say), or `options` aren't.
        NoMetadata: `metadata` isn't a MetaData or a sequence of them.
        DuplicateTable: Two of several MetaData hold the same table.
        UnsupportedDatabase: The dialect's catalog can't be read.
        NamelessIndex: An index of the models has no name.
        UntypedColumn: A column that is to be made has no type.
        HiddenCatalog: Something differs, and the user may not see all that there is.
        UnknownRename: The options say of something that it was renamed, and it wasn't.

    >>> from sqlalchemy import Column, Integer, Table, create_engine
    >>> metadata = MetaData()
    >>> users = Table("users", metadata, Column("id", Integer, primary_key=True))
    >>> with create_engine("sqlite://").connect() as connection:
    ...     for change in compare(connection, metadata):
    ...         print(change.describe())
    create table users (1 column)
    """
    check_options("compare", options)
    options = options or Options()
    all_metadata(metadata)
    check_connection("compare", connection)
    known = database(connection.dialect)
    with held_back():
        ours = model_snapshot(metadata, known, known.namespaces(connection))
        theirs = read_snapshot(connection, known, options, ours)
        default = theirs.default_schema
        theirs, ours = (
            one.only(lambda k: options.takes_table(k, default)) for one in (theirs, ours)
        )
        ours = without_views(connection, theirs, ours, known)
        found = compare_snapshots(connection, theirs, ours, Context(known, options))
    if found:
        keys = (*theirs.tables, *ours.tables)
        places = {theirs.namespaces.actual(key[0]) for key in keys}
        known.refuse_hidden(connection, {place for place in places if place is not None})
    return found


def compare_snapshots(
    connection: Connection | None, theirs: Snapshot, ours: Snapshot, context: Context
) -> list[Change]:
    """Compare two schemas that have been read.

    Args:
        connection: Whom to ask for the database's own form of an expression; None
            to go by text alone.
        theirs: The schema as it is.
        ours: The schema as it should be.
        context: Whose words they are in, and what takes part.
    """
    theirs, renamed = settled(theirs, ours, context)
    if connection is not None:
        theirs, ours = in_own_form(connection, theirs, ours, context.database)
    tables = ordered(compare_schemas(theirs, ours, context), theirs, ours)
    if connection is not None:
        theirs, ours = with_objects(connection, theirs, ours, context, tables)
    around = compare_objects(theirs, ours, [*renamed, *tables], context)
    schemas = [c for c in tables if isinstance(c, CreateSchema)]
    rest = [c for c in tables if not isinstance(c, CreateSchema)]
    return [*around.first, *renamed, *schemas, *around.early, *rest, *around.late]
