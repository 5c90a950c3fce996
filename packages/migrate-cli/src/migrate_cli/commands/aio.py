"""The commands that work on a database, to be awaited: the same arguments, the same answers.

A command that is given an `AsyncConnection` works on it, in its open transaction if there is one;
an `AsyncEngine` is connected to. Anything else is worked on in a thread, so that the event loop
goes on meanwhile. Revision files stay as they are: they are called from within.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from sqlalchemy import Connection

from ..given import asynchronous
from . import (
    amending,
    database,
    ensuring,
    files,
    journal,
    moves,
    planning,
    rehearsing,
    verifying,
    waiting,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

P = ParamSpec("P")
T = TypeVar("T")


def awaited(command: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Make a command one that is awaited."""

    @wraps(command)
    async def word(*args: P.args, **kwargs: P.kwargs) -> T:
        given = kwargs.get("connection")
        kind, one = asynchronous(given)

        def work(connection: Connection) -> T:
            options: Any = {**kwargs, "connection": connection}
            return command(*args, **options)

        if kind == "connection":
            return await cast("AsyncConnection", one).run_sync(work)
        if kind == "engine":
            async with cast("AsyncEngine", one).connect() as connection:
                return await connection.run_sync(work)
        if isinstance(given, Connection):  # it may belong to this thread
            return command(*args, **kwargs)
        return await asyncio.to_thread(command, *args, **kwargs)

    return word


amend = awaited(amending.amend)
check = awaited(database.check)
current = awaited(database.current)
diff = awaited(database.diff)
downgrade = awaited(moves.downgrade)
dry_run = awaited(rehearsing.dry_run)
ensure_version = awaited(ensuring.ensure_version)
log = awaited(journal.log)
plan = awaited(planning.plan)
resume = awaited(journal.resume)
revision = awaited(files.revision)
stamp = awaited(moves.stamp)
status = awaited(database.status)
upgrade = awaited(moves.upgrade)
verify = awaited(verifying.verify)
wait = awaited(waiting.wait)
