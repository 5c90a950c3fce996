"""Statements that are nobody's but ours, told to the driver past all that listens on the connection."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError


def execute_aside(
    connection: Connection, statement: str, parameters: Any = (), cursor: Any = None
) -> None:
    """Execute a statement as the driver takes it; no transaction is begun for it.

    Args:
        connection: Where.
        statement: Its text, with the parameters as the driver has them.
        parameters: Their values: a tuple, or a mapping where the driver names them.
        cursor: The driver's cursor that executes it, and stays open; None for one of its own.

    Raises:
        DBAPIError: The database refuses it, or is gone; of the class that SQLAlchemy raises for it.
    """
    dialect, driver = connection.dialect, connection.connection
    own = cursor is None
    if own:
        cursor = driver.cursor()
    try:
        dialect.do_execute(cursor, statement, parameters)
    except dialect.loaded_dbapi.Error as err:
        gone = dialect.is_disconnect(err, driver.dbapi_connection, cursor)
        if gone:
            connection.invalidate(err)
        raise DBAPIError.instance(
            statement, None, err, dialect.loaded_dbapi.Error, connection_invalidated=gone
        ) from err
    finally:
        if own:
            cursor.close()
