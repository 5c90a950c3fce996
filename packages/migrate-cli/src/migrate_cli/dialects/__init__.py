"""What a database needs to be run on, one file a dialect; a dialect without a file needs nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import URL
    from sqlalchemy.engine import Connection
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.types import TypeEngine

    from ..batch.block import Block
    from ..sinks.base import Sink


class Latch(Protocol):
    """The lock of one version table, as a database locks; every call needs the same session.

    Attributes:
        own_session: Whether it wants a session that nothing else is done in.
        asks: Whether `kept` asks the database.
    """

    own_session: bool
    asks: bool

    def take(self, session: Connection) -> bool:
        """Take it, if it is free; never wait.

        Raises:
            NoLock: It can't be had at all.
        """

    def kept(self, session: Connection) -> bool:
        """Tell whether the session still holds what it took."""

    def holder(self, session: Connection) -> str | None:
        """Say in words who holds it; None if nobody does, or the server doesn't tell."""

    def release(self, session: Connection) -> None:
        """Let the next one have it."""


class Knowledge(Protocol):
    """What a dialect's file may say; each function has a default that does nothing.

    Attributes:
        keeps_widths: Whether a text longer than its column is refused.
        fills_not_null: Whether a new NOT NULL column without a default gets an empty value in the
            rows that are there, where others refuse it.
        indexes_in_schema: Whether no two indexes of a schema have one name; else no two of a table.
        names_constraints: Whether a table refuses a second constraint of one name.
        long_text: A type for long texts; None if SQLAlchemy's `Text` is one.
    """

    keeps_widths: bool
    fills_not_null: bool
    indexes_in_schema: bool
    names_constraints: bool
    long_text: TypeEngine[str] | None

    def open_transaction(self, connection: Connection) -> None:
        """Open the transaction on the server, where the driver doesn't by itself."""

    def located(self, url: URL, folder: Path) -> URL:
        """Give a URL whose relative file counts from a folder."""

    def in_transaction(self, connection: Connection) -> bool | None:
        """Ask the driver whether the server is in a transaction; None if it can't tell."""

    def product(self, dialect: Dialect) -> str:
        """Name the server, where one dialect speaks to several; its version is known by now."""

    def set_offline(self, dialect: Dialect) -> None:
        """Set what the dialect would ask the server for, as a usual server answers."""

    def for_client(self, sql: str) -> tuple[Sequence[str], str]:
        """Give what a script's client must be told before a statement, and that as it takes it."""

    def read_only(self, connection: Connection) -> str | None:
        """Say why nothing can be written, if the server tells beforehand; else None."""

    def aborted(self, connection: Connection) -> bool:
        """Tell whether an error has made the open transaction one that can't be committed."""

    def way_on(self, error: BaseException) -> str | None:
        """Say what to do where the database's own error doesn't: no room, a lock, rows that don't fit.

        Args:
            error: The driver's error.

        Returns:
            None for any other error.
        """

    def denied(self, error: BaseException) -> bool:
        """Tell whether the driver's error says that the user lacks a right."""

    def alike(self, connection: Connection) -> AbstractContextManager[None]:
        """Let what its engine connects inside of the block be spared what a connection has done already."""

    def latch(
        self, connection: Connection, schema: str | None, table: str, joined: bool
    ) -> Latch | None:
        """Give the lock of a version table; None where there is nothing to lock or to lock with.

        Args:
            connection: The connection of the run; it is asked what the lock is called.
            schema: The version table's schema; None for the default one.
            table: Its name.
            joined: Whether the connection is in a transaction of the caller's.
        """

    def cannot_create(self, connection: Connection, schema: str | None) -> str | None:
        """Say why no table can be created in a schema (None: the default one), and the mend.

        Returns:
            None if it can, or nobody knows.
        """

    def batch(self, block: Block, sink: Sink) -> bool:
        """Do a batch block by a copy of the table, or in ways that only the dialect knows.

        Returns:
            Whether it is done; False to take its changes one by one.
        """

    def unchecked(self, connection: Connection) -> AbstractContextManager[Callable[[], None]]:
        """Hold off what would hurt other tables' rows while a table is copied.

        Entered while no transaction is open. Gives a function to call before the commit, which
        raises if the rows don't fit any more.
        """

    def session(self, connection: Connection) -> str | None:
        """Give what the server calls the connection; None if it has no name, or nobody knows."""

    def at_work(self, connection: Connection, session: str) -> str | None:
        """Give the statement that another session of the server runs; None if it runs none."""

    def drop_invalid_index(
        self, connection: Connection, schema: str | None, name: str
    ) -> str | None:
        """Give the statement that drops an index whose build has failed; None if there is none."""

    def timeouts(self, lock: float | None, statement: float | None) -> list[str]:
        """Give the statements that set how long a session waits for a lock, and for a statement.

        Args:
            lock: Seconds; None for the server's own setting.
            statement: Likewise.

        Returns:
            Statements; none where the database has no such settings.
        """

    def missed_its_lock(self, error: BaseException) -> bool:
        """Tell whether a driver's error says that a lock wasn't had in time."""

    def table_sizes(
        self, connection: Connection, schema: str | None, names: Sequence[str]
    ) -> dict[str, tuple[int | None, int | None]]:
        """Give (rows, bytes) of those tables that are there, by the catalog; None is not known."""

    def of_database(self, name: str) -> tuple[str, str] | None:
        """Give the statements that create and drop a database; None where it is a file.

        Args:
            name: Its name, which needs no quotes.
        """


class _Nothing:
    """Knows nothing, and needs nothing."""

    keeps_widths = True
    fills_not_null = False
    indexes_in_schema = False
    names_constraints = True
    long_text: TypeEngine[str] | None = None

    def open_transaction(self, connection: Connection) -> None:
        return None

    def located(self, url: URL, folder: Path) -> URL:
        return url

    def in_transaction(self, connection: Connection) -> bool | None:
        return None

    def product(self, dialect: Dialect) -> str:
        return dialect.name

    def set_offline(self, dialect: Dialect) -> None:
        return None

    def for_client(self, sql: str) -> tuple[Sequence[str], str]:
        return (), sql

    def read_only(self, connection: Connection) -> str | None:
        return None

    def aborted(self, connection: Connection) -> bool:
        return False

    def alike(self, connection: Connection) -> AbstractContextManager[None]:
        return nullcontext()

    def way_on(self, error: BaseException) -> str | None:
        return None

    def denied(self, error: BaseException) -> bool:
        return False

    def latch(
        self, connection: Connection, schema: str | None, table: str, joined: bool
    ) -> Latch | None:
        return None

    def cannot_create(self, connection: Connection, schema: str | None) -> str | None:
        return None

    def batch(self, block: Block, sink: Sink) -> bool:
        return False

    def unchecked(self, connection: Connection) -> AbstractContextManager[Callable[[], None]]:
        return nullcontext(lambda: None)

    def session(self, connection: Connection) -> str | None:
        return None

    def at_work(self, connection: Connection, session: str) -> str | None:
        return None

    def drop_invalid_index(
        self, connection: Connection, schema: str | None, name: str
    ) -> str | None:
        return None

    def timeouts(self, lock: float | None, statement: float | None) -> list[str]:
        return []

    def missed_its_lock(self, error: BaseException) -> bool:
        return False

    def table_sizes(
        self, connection: Connection, schema: str | None, names: Sequence[str]
    ) -> dict[str, tuple[int | None, int | None]]:
        return {}

    def of_database(self, name: str) -> tuple[str, str] | None:
        return f"CREATE DATABASE {name}", f"DROP DATABASE {name}"


class _File(_Nothing):
    """The functions of a dialect's file, with the defaults for those that it lacks."""

    def __init__(self, module: str) -> None:
        self.__dict__.update(vars(import_module(module)))


@cache
def knowledge(dialect: str) -> Knowledge:
    """Give what is known of a dialect by its name."""
    module = f"{__name__}.{dialect}"
    if not dialect.isidentifier() or find_spec(module) is None:
        return _Nothing()
    return cast("Knowledge", _File(module))
