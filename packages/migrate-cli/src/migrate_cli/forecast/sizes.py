"""How large tables are, by the catalog's statistics; no row of them is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ..dialects import knowledge
from ..running.transactions import reading
from .values import Size

Key = tuple[str | None, str]
"""(schema, name) of a table; None for the default schema."""


def sizes(connection: Connection, tables: Collection[Key]) -> Mapping[Key, Size]:
    """Give what the catalog says of some tables; those that aren't there are left out.

    Args:
        connection: Which database.
        tables: (schema, name) pairs.
    """
    schemas = sorted({schema for schema, _ in tables}, key=str)
    found: dict[Key, Size] = {}
    ask = knowledge(connection.dialect.name).table_sizes
    for schema in schemas if tables else ():
        names = sorted(name for of, name in tables if of == schema)
        try:
            with reading(connection):
                answer = ask(connection, schema, names)
        except DBAPIError:  # no rights on the catalog: nothing is known then
            continue
        for name, (rows, bytes_) in answer.items():
            found[schema, name] = Size(rows, bytes_)
    return found
