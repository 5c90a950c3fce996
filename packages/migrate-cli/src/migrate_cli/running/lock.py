"""One run at a time: the lock of a version table, waited for by asking again and again.

What a database locks with, is in `dialects`; when a run takes the lock, in `commands`.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from ..dialects import Latch, knowledge
from ..errors import LockLost, LockTimeout, ends_us
from .complaint import GONE, reason
from .polling import Patience
from .transactions import reading

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 1.0
"""Seconds between two tries."""
STALE = 1.0
"""Seconds after which a lock session that says nothing is asked whether it still lives."""


@dataclass(frozen=True)
class Wait:
    """How long to wait for the lock, and who hears about it.

    Attributes:
        seconds: How long; 0 tries once.
        told: Called once with who holds the lock, in words, when it has to be waited for.
    """

    seconds: float
    told: Callable[[str], None] | None = None


class Held:
    """A lock that is held; of no use after its block.

    Attributes:
        waited: Whether somebody else held it first.
    """

    def __init__(self, latch: Latch, session: Connection, waited: bool) -> None:
        self.waited = waited
        self._latch, self._session = latch, session
        self._asked = time.monotonic()

    def check(self) -> None:
        """Make sure that the lock is still held; mostly without a statement.

        Raises:
            LockLost: It isn't.
        """
        latch, session = self._latch, self._session
        if latch.asks and _silent(session) and time.monotonic() < self._asked + STALE:
            return
        try:
            with reading(session) if latch.asks else nullcontext():
                kept = latch.kept(session)
        except GONE as err:
            raise LockLost(reason(err).partition("\n")[0]) from err
        if not kept:
            raise LockLost("it isn't held any more")
        self._asked = time.monotonic()


@contextmanager
def locked(
    connection: Connection, table: tuple[str | None, str], name: str, wait: Wait, *, joined: bool
) -> Iterator[Held | None]:
    """Hold the lock of a version table around a block; gives None where there is none to hold.

    A waiter never sits inside of a statement: CREATE INDEX CONCURRENTLY waits for all
    statements that run (PostgreSQL 15 manual, CREATE INDEX, "Building Indexes
    Concurrently"), and would wait for one that waits for its own session.

    Args:
        connection: The connection of the run.
        table: The version table: its schema, None for the default one, and its name.
        name: How the database is called in messages.
        wait: How long to wait for another run.
        joined: Whether the connection is in a transaction of the caller's.

    Raises:
        LockTimeout: Another run holds it, and went on holding it.
        NoLock: It can't be had at all.
    """
    with reading(connection):
        latch = knowledge(connection.dialect.name).latch(connection, *table, joined)
    if latch is None:
        yield None
        return
    with _session(connection, latch) as session:
        try:
            waited = _taken(latch, session, name, wait)
        except BaseException as err:
            if ends_us(err):
                err.add_note("nothing ran: it was waiting for another run")
            raise
        try:
            yield Held(latch, session, waited)
        finally:
            with suppress(*GONE), reading(session):
                latch.release(session)


def _taken(latch: Latch, session: Connection, name: str, wait: Wait) -> bool:
    """Take a lock, or raise; tells whether it had to be waited for."""
    patience = Patience(wait.seconds, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    waited = False
    while True:
        with reading(session):
            if latch.take(session):
                return waited
            over = patience.over
            holder = latch.holder(session) if over or not waited else None
        if over:
            raise LockTimeout(name, wait.seconds, holder)
        if not waited and wait.told is not None:
            wait.told(holder or "another session")
        waited = True
        patience.pause(on_loop=session.dialect.is_async)


def _session(connection: Connection, latch: Latch) -> AbstractContextManager[Connection]:
    """The session that a lock is held by: one of its own where that is wanted and can be had."""
    if not latch.own_session or isinstance(connection.engine.pool, StaticPool):
        return nullcontext(connection)
    return beside(connection)


@contextmanager
def beside(connection: Connection) -> Iterator[Connection]:
    """A second connection to the same database, in autocommit; the same one if there is no second.

    It comes from a pool of its own, made like the engine's: from that one it might never come,
    since all its connections may be lent out, to us.
    """
    pool = connection.engine.pool.recreate()
    engine = create_engine(connection.engine.url, pool=pool)
    second = None
    try:
        alike = knowledge(connection.dialect.name).alike(connection)
        with suppress(Exception), alike:  # what drivers raise if a server has none to give
            second = engine.connect()
        if second is None:
            yield connection
            return
        with second.execution_options(isolation_level="AUTOCOMMIT") as session:
            yield session
    finally:
        pool.dispose()


def _silent(session: Connection) -> bool:
    """Tell whether a server has said nothing unasked: it does before it closes a connection."""
    try:
        socket = _socket(session.connection.driver_connection)
        return socket is not None and not select.select([socket], [], [], 0)[0]
    except Exception:  # each driver has errors of its own where it is closed
        return False  # then the server is asked


def _socket(driver: Any) -> Any:
    """Give what `select` takes of a driver's connection; None where it doesn't show that.

    psycopg, psycopg2 and mysqlclient have the descriptor of their libraries; the others keep a
    socket, or what asyncio has made of one, to themselves.
    """
    if hasattr(driver, "fileno"):
        return driver.fileno()
    for place in _SOCKETS:
        with suppress(AttributeError):
            if (found := place(driver)) is not None:
                asked = getattr(found, "get_extra_info", None)
                return found if asked is None else asked("socket")
    return None


_SOCKETS = [
    attrgetter(name) for name in ("_sock", "_socket.sock", "_transport", "_writer.transport")
]
"""Where PyMySQL, mysql-connector-python, asyncpg and asyncmy, and aiomysql have theirs."""
