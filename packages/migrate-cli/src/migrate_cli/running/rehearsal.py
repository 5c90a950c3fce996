"""Doing something on a connection and letting nothing of it stay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from ..dialects import knowledge
from ..errors import MigrateError
from ..sinks import OnlineSink
from .watching import ends_transaction


class WouldStay(MigrateError):
    """Something would be committed, where nothing is to stay."""


@contextmanager
def rehearsal(sink: OnlineSink) -> Iterator[None]:
    """Roll back all that the block does; what would leave or end the transaction raises.

    Raises:
        WouldStay: The block commits.
        InCallersTransaction: Something stands alone.
    """
    connection = sink.connection
    nested = connection.begin_nested() if connection.in_transaction() else None
    if nested is None:
        connection.begin()
        knowledge(connection.dialect.name).open_transaction(connection)
    with _nothing_stays(connection), sink.joining():
        try:
            yield
        finally:
            with suppress(SQLAlchemyError):  # a connection that is gone has rolled back by itself
                if nested is not None:
                    nested.rollback()
                elif not connection.closed:
                    connection.rollback()


@contextmanager
def _nothing_stays(connection: Connection) -> Iterator[None]:
    def refuse(_: Connection) -> None:
        raise WouldStay("the script commits by itself, which can't be rolled back")

    def look(_: Any, cursor: Any, statement: str, *more: Any) -> None:
        if ends_transaction(statement):
            raise WouldStay(
                f"the script says {' '.join(statement.split())[:40]}, which ends the transaction"
            )

    event.listen(connection, "commit", refuse)
    event.listen(connection, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(connection, "commit", refuse)
        event.remove(connection, "before_cursor_execute", look)
