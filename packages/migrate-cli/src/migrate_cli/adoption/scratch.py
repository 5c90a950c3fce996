"""Scratch databases: whatever a project's code connects to in this process, it gets one of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool

from ..dialects import knowledge
from ..errors import DatabaseError

_PLACES = ("host", "port", "dbname", "database", "db", "unix_socket", "service", "dsn")
"""What drivers call where a database is."""


class NotScratch(DatabaseError):
    """A project connects to another kind of database than the scratch one.

    Attributes:
        wanted: The dialect that it speaks.
        offered: The dialect of the scratch database.
    """

    def __init__(self, wanted: str, offered: str) -> None:
        self.wanted, self.offered = wanted, offered
        super().__init__(
            f"it connects to a database of {wanted}, and the scratch one is of {offered}; "
            f"give a server of that kind: --scratch {wanted}://..."
        )


class Scratch:
    """Stands between a process's engines and their databases, as a context.

    Each database that is asked for is one of its own, made when it is first asked for, and gone in the end.

    Args:
        server: URL of a server where databases may be made; None for SQLite files.
        folder: Where files are made.

    Attributes:
        dialect: What they speak.
    """

    def __init__(self, server: str | None, folder: Path) -> None:
        self._server = make_url(server or "sqlite://")
        self.dialect = self._server.get_backend_name()
        self._folder = folder
        self._by_place: dict[str, URL] = {}
        self._direct = False
        self._ends = ExitStack()

    @property
    def url(self) -> str:
        """A URL to give a project that says none, or one of another kind."""
        return self._server.set(database="migrate_scratch").render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        event.listen(Engine, "do_connect", self._connect)
        self._ends.callback(event.remove, Engine, "do_connect", self._connect)
        return self

    def __exit__(self, *raised: object) -> None:
        self._ends.close()

    @contextmanager
    def each(self) -> Iterator[Iterator[Connection]]:
        """Give connections to the databases that were made, in order, one after the other."""
        with self._directly():
            yield (one for url in self._by_place.values() for one in self._opened(url))

    def _opened(self, url: URL) -> Iterator[Connection]:
        with create_engine(url, poolclass=NullPool).connect() as connection:
            yield connection

    def _connect(
        self, dialect: Any, record: Any, arguments: Sequence[Any], keywords: dict[str, Any]
    ) -> Any:
        """Connect to a scratch database, in the place of the one that is asked for."""
        if self._direct:
            return None
        if dialect.name != self.dialect:
            raise NotScratch(dialect.name, self.dialect)
        place = repr([arguments, [(one, keywords[one]) for one in _PLACES if one in keywords]])
        if place not in self._by_place:
            self._by_place[place] = self._made()
        given, options = dialect.create_connect_args(self._by_place[place])
        return dialect.connect(*given, **options)

    def _made(self) -> URL:
        """Make a database."""
        with self._directly():
            return self._ends.enter_context(fresh(self._server, self._folder, self._directly))

    @contextmanager
    def _directly(self) -> Iterator[None]:
        """Let connections through to where they go."""
        self._direct, was = True, self._direct
        try:
            yield
        finally:
            self._direct = was


@contextmanager
def fresh(
    server: URL, folder: Path, around: Callable[[], AbstractContextManager[object]] = nullcontext
) -> Iterator[URL]:
    """Make an empty database, and drop it when the block ends.

    Args:
        server: Where; any database there that the user may connect to. For SQLite it says no more than that.
        folder: Where a file is made.
        around: What is entered while it is dropped.
    """
    name = f"migrate_scratch_{os.urandom(5).hex()}"
    statements = knowledge(server.get_backend_name()).of_database(name)
    if statements is None:
        yield server.set(database=str(folder / f"{name}.db"))
        return
    create, drop = statements
    _say(server, create)
    try:
        yield server.set(database=name)
    finally:
        with around():
            _say(server, drop)


def _say(server: URL, statement: str) -> None:
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
