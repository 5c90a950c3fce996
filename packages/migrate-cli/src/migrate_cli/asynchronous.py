"""Asynchronous code in a script: `op.run_async`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from .failures import NeedsDatabase, NotAsynchronous
from .sinks import Sink

if TYPE_CHECKING:  # SQLAlchemy 2.1 needs greenlet for it
    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


def run_async(sink: Sink, function: Callable[[AsyncConnection], Coroutine[Any, Any, T]]) -> T:
    """Call an asynchronous function with a sink's connection.

    It runs in the event loop that the run is in, whose greenlet this is; what is open stays open.
    Source: SQLAlchemy 2.1 manual, "Using awaitable-only driver methods with connection pool and
    other events", for `await_only`.

    Raises:
        NeedsDatabase: The sink only writes.
        NotAsynchronous: The connection's driver isn't asynchronous.
    """
    connection = sink.connection
    if connection is None:
        raise NeedsDatabase(f"what {getattr(function, '__name__', 'op.run_async')} does")
    if not connection.dialect.is_async:
        raise NotAsynchronous(f"{connection.dialect.name}+{connection.dialect.driver}")
    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.util import await_only

    proxy = AsyncConnection._retrieve_proxy_for_target(connection)
    return await_only(function(proxy))
