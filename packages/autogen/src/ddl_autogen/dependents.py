"""What has to be out of the way while a table is made anew, and comes back behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ddl_constructs import KEEP, AlterColumn, Change, DropColumn
from sqlalchemy.engine import Connection

from .compare import Context, what_needs
from .dialects import database
from .doors import check_connection
from .errors import StillUsed
from .filters import Options
from .objects import Use
from .values import Snapshot


@dataclass(frozen=True)
class Dependents:
    """Views, triggers and routines that need a table, theirs too, to any depth.

    Attributes:
        drops: What drops them, in order.
        creates: What brings them back, in order, with comments, indexes and privileges.
    """

    drops: tuple[Change, ...] = ()
    creates: tuple[Change, ...] = ()


def dependents(
    connection: Connection,
    table_name: str,
    schema: str | None = None,
    changes: Iterable[Change] = (),
) -> Dependents:
    """Find what needs a table.

    Args:
        connection: The database; nothing is changed there.
        table_name: The table.
        schema: Its schema; None for the default one.
        changes: What happens to the table between; what needs it must do without what goes
            there, or gets another name.

    Returns:
        Nothing where the database lets a table be made anew under its views.

    Raises:
        WrongArgument: `connection` isn't one.
        ForeignObject: Something that needs it belongs to somebody else.
        MissingRight: Something that needs it can't be created again by the user.
        NotCarried: Something that needs it wouldn't come back as it is.
        StillUsed: Something needs a column that goes, or gets another name.
    """
    check_connection("dependents", connection)
    known = database(connection.dialect)
    if not known.tracks_dependencies:
        return Dependents()
    spaces = known.namespaces(connection)
    where = spaces.key(schema)
    there = known.objects(connection, [str(spaces.actual(where))])
    objects = {value.key: value for value in there}
    theirs = Snapshot({}, known.name, spaces, objects=objects)
    for column in _unsaid(changes):
        used = Use("relation", where, table_name, column)
        for key, value in objects.items():
            if value.uses is not None and used in value.uses:
                raise StillUsed(f"{table_name}.{column}", f"{key.kind} {key.spoken}")
    table = Use("relation", where, table_name)
    around = what_needs(table, theirs, Context(known, Options()))
    return Dependents(around.first, around.late)


def _unsaid(changes: Iterable[Change]) -> list[str]:
    """Give the columns whose name means nothing behind some changes."""
    return [
        change.column_name
        for change in changes
        if isinstance(change, DropColumn)
        or (isinstance(change, AlterColumn) and change.new_column_name is not KEEP)
    ]
