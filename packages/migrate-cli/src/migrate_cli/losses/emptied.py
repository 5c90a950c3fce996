"""Whether what a comparison found would empty a database: then probably models weren't imported."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection, inspect

from ..failures import WouldDrop
from ..journal.table import NAME
from ..running.run import Run
from ..running.transactions import reading

Key = tuple[str | None, str]


def emptied(
    dropped: Collection[Key],
    around: Run,
    connection: Connection,
    *,
    takes: Callable[[Key, str | None], bool] = lambda key, default: True,
    targets: Collection[str] = (),
) -> WouldDrop | None:
    """Give what says that most tables would go; None where fewer go.

    Only tables that are looked after count, in the schemas in which some would go.

    Args:
        dropped: (schema, name) of the tables that would go.
        around: The run that visits the database.
        connection: Its connection.
        takes: Tells by (schema, name), and the name of the default schema, what is looked after.
        targets: The metadata as the settings name it; empty if env.py does.

    Returns:
        The error, not raised, if all tables would go, or more than half of four or more.
    """
    if not dropped:
        return None
    with reading(connection):
        inspector = inspect(connection)
        default = inspector.default_schema_name
        tables = [
            name
            for schema in {schema for schema, _ in dropped}
            for name in inspector.get_table_names(schema)
            if name not in (around.versions.name, NAME) and takes((schema, name), default)
        ]
    total = max(len(tables), len(dropped))
    if len(dropped) < total and (total < 4 or len(dropped) * 2 <= total):
        return None
    names = sorted(f"{schema}.{name}" if schema else name for schema, name in dropped)
    return WouldDrop(names, total, tuple(targets))
