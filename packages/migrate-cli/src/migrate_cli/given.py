"""Which database a command works on, when its caller says so: a URL, an engine, or a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar, Union

from sqlalchemy import URL, Connection, Engine

from .config import Config
from .environment import in_own_loop, with_database
from .errors import MustAwait, NoSuchDatabase

if TYPE_CHECKING:  # SQLAlchemy 2.1 needs greenlet for these
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")

Database: TypeAlias = Union[str, URL, Engine, Connection, "AsyncEngine", "AsyncConnection"]
"""What names a database. An engine's connections are opened and closed by us; a connection, and
its open transaction, stays its caller's."""


def with_given(database: Database, config: Config, work: Callable[[Connection], T]) -> T:
    """Call *work* with a connection to a database that a caller named.

    Raises:
        MustAwait: It is asynchronous, and an event loop runs here: that has to be awaited.
        NoSuchDatabase: It is none of the kinds that there are.
        DatabaseError: There is no connection.
    """
    if isinstance(database, Connection):
        return work(database)
    if isinstance(database, Engine):
        with database.connect() as connection:
            return work(connection)
    if isinstance(database, (str, URL)):
        return with_database(at(database, config), work)
    kind, _ = asynchronous(database)
    if kind is None:
        raise NoSuchDatabase(type(database).__name__)
    if kind == "connection":
        return work(_underneath(database))
    return _by_engine(database, work)


def at(database: str | URL, config: Config) -> Config:
    """Give a project's settings with another URL."""
    url = database if isinstance(database, str) else database.render_as_string(hide_password=False)
    return replace(config, url=url, url_source="the call", url_folder=None)


def asynchronous(database: object) -> tuple[str | None, object]:
    """Tell what of SQLAlchemy's asyncio something is: "engine", "connection", or None."""
    try:
        from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
    except ImportError:  # then nobody can have made one
        return None, database
    if isinstance(database, AsyncConnection):
        return "connection", database
    return ("engine" if isinstance(database, AsyncEngine) else None), database


def _underneath(database: object) -> Connection:
    """The plain connection in an asynchronous one, inside of its `run_sync`."""
    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.util.concurrency import in_greenlet

    assert isinstance(database, AsyncConnection)
    if not in_greenlet() or database.sync_connection is None:
        raise MustAwait("AsyncConnection")
    return database.sync_connection


def _by_engine(database: object, work: Callable[[Connection], T]) -> T:
    """Call *work* in an event loop of its own; the engine's pool is emptied, since it belongs to one."""
    from sqlalchemy.ext.asyncio import AsyncEngine

    assert isinstance(database, AsyncEngine)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise MustAwait("AsyncEngine")

    async def inside() -> T:
        try:
            async with database.connect() as connection:
                return await connection.run_sync(work)
        finally:
            await database.dispose()

    return in_own_loop(inside)
