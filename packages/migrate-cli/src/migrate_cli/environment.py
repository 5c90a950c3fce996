"""What surrounds a run: the connection to the database that the settings name, and the metadata."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from importlib.metadata import entry_points
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

from sqlalchemy import URL, Connection, Engine, create_engine, exc, make_url
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.pool import NullPool

from . import drivers
from .config import Config
from .dialects import knowledge
from .errors import (
    AsyncDriver,
    DatabaseError,
    MissingDriver,
    NoURL,
    UnknownDialect,
    UnparsableURL,
    UnreachableDatabase,
    near,
)
from .models import importable, metadata
from .running import interruption
from .url import hidden

__all__ = [
    "database",
    "database_url",
    "dialect_class",
    "importable",
    "metadata",
    "with_database",
]

T = TypeVar("T")


def database_url(config: Config) -> URL:
    """The URL that the settings give, parsed.

    Raises:
        NoURL: They give none.
        UnparsableURL: It isn't one.
    """
    if config.url is None:
        raise NoURL(config.url_env, config.file)
    try:
        url = make_url(config.url)
    except (exc.ArgumentError, ValueError) as err:  # ValueError: a port that is no number
        reason = "the port is not a number" if isinstance(err, ValueError) else "it is not a URL"
        raise UnparsableURL(hidden(config.url), config.url_source, reason) from err
    if "@" in (url.host or ""):  # of the password, of which nothing is to be shown
        reason = "there is more than one @ before the host"
        raise UnparsableURL(hidden(config.url), config.url_source, reason)
    return url


def located_url(config: Config) -> URL:
    """The URL to connect to: a relative file in the settings counts from their folder.

    Raises:
        NoURL: The settings give none.
        UnparsableURL: It isn't one.
    """
    return _located(database_url(config), config)


def dialect_class(config: Config) -> type[Dialect]:
    """The class of the dialect that the URL names; its driver isn't imported.

    Raises:
        NoURL: The settings name no database.
        UnparsableURL: What they name isn't a URL.
        UnknownDialect: SQLAlchemy has no such dialect; similar ones are in `.candidates`.
    """
    url = database_url(config)
    try:
        return url.get_dialect()
    except exc.NoSuchModuleError as err:
        raise _unknown(url, config) from err


@contextmanager
def database(config: Config) -> Iterator[Connection]:
    """A connection to the database, closed at the end; nothing is pooled or begun.

    Raises:
        NoURL: The settings name no database.
        UnparsableURL: What they name isn't a URL.
        UnknownDialect: SQLAlchemy has no such dialect; similar ones are in `.candidates`.
        MissingDriver: Its driver isn't installed; `.install` and `.instead` tell what to do.
        AsyncDriver: Its driver is asynchronous; use `with_database`.
        UnreachableDatabase: The database gives no connection.
    """
    url = database_url(config)
    engine = _engine(url, config)
    if engine.dialect.is_async:
        raise AsyncDriver(url.drivername, config.url_source)
    try:
        connection = engine.connect()
    except Exception as err:
        raise _unreachable(url, config, err) from err
    with connection:
        yield connection


def with_database(config: Config, work: Callable[[Connection], T]) -> T:
    """Call *work* with a connection to the database, also through an asynchronous driver.

    Args:
        config: The project's settings.
        work: Called once with the open connection; it needn't know that the driver is asynchronous.

    Returns:
        What *work* returns.

    Raises:
        DatabaseError: There is no connection, as with `database`.
    """
    url = database_url(config)
    if not _engine(url, config).dialect.is_async:
        with database(config) as connection:
            return work(connection)

    return _through_async_driver(url, config, work)


def _through_async_driver(url: URL, config: Config, work: Callable[[Connection], T]) -> T:
    import asyncio
    import threading

    try:
        from sqlalchemy.ext.asyncio import create_async_engine
    except ImportError as err:  # SQLAlchemy 2.1 needs greenlet for it, and doesn't require it
        module = getattr(err.__cause__, "name", None) or "greenlet"
        raise MissingDriver(module, url.drivername, drivers.install(module), None) from err

    async def inside() -> T:
        before = set(threading.enumerate())
        connection = create_async_engine(_located(url, config), poolclass=NullPool).connect()
        try:
            await connection.start()
        except Exception as err:
            # aiosqlite 0.22: a worker's last word goes to the loop, which must still be there
            for thread in set(threading.enumerate()) - before:
                if not thread.name.startswith("asyncio_"):  # those of the loop stay
                    await asyncio.to_thread(thread.join, 1)
            raise _unreachable(url, config, err) from err
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None, "asyncio.run makes one"
        try:
            # call_soon_threadsafe also wakes the loop, which a signal alone doesn't
            with interruption.cancelling(lambda: loop.call_soon_threadsafe(task.cancel)):
                return await connection.run_sync(work)
        finally:
            await connection.close()

    return in_own_loop(inside)


def in_own_loop(inside: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in an event loop of its own, in a thread of its own if one runs here already.

    That one waits meanwhile, as it does for any call that isn't awaited.
    """
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(inside())
    context = copy_context()
    with ThreadPoolExecutor(1, "migrate") as pool:
        return pool.submit(context.run, lambda: asyncio.run(inside())).result()


def _engine(url: URL, config: Config) -> Engine:
    try:
        return create_engine(_located(url, config), poolclass=NullPool)
    except exc.NoSuchModuleError as err:
        raise _unknown(url, config) from err
    except ImportError as err:
        raise _missing(url, err) from err
    except (exc.ArgumentError, ValueError, TypeError) as err:
        reason = _scrubbed(str(err).splitlines()[0], url)
        raise UnparsableURL(hidden(str(config.url)), config.url_source, reason) from err


def _located(url: URL, config: Config) -> URL:
    """The URL to connect to: a relative file in the settings counts from their folder."""
    if config.url_folder is None:
        return url
    return knowledge(url.get_backend_name()).located(url, config.url_folder)


def _unknown(url: URL, config: Config) -> UnknownDialect:
    dialect, plus, driver = url.drivername.partition("+")
    known = drivers.drivers(dialect)
    if plus and known:
        candidates = tuple(f"{dialect}+{one}" for one in near(driver, known))
    else:
        others = {
            entry.name.partition(".")[0] for entry in entry_points(group="sqlalchemy.dialects")
        }
        candidates = near(dialect, others.union(drivers.DIALECTS))
    return UnknownDialect(url.drivername if known else dialect, config.url_source, candidates)


def _missing(url: URL, err: ImportError) -> MissingDriver:
    module = err.name or url.drivername.partition("+")[2]
    if "greenlet" in str(err):  # what SQLAlchemy's asyncio lacks, whichever driver it is for
        module = "greenlet"
    gone = isinstance(err, ModuleNotFoundError)
    instead = drivers.installed(url.get_backend_name())
    return MissingDriver(
        module,
        url.drivername,
        drivers.install(module.partition(".")[0]),
        instead if instead != url.drivername else None,
        None if gone else str(err).strip().splitlines()[0],
    )


def _unreachable(url: URL, config: Config, err: Exception) -> DatabaseError:
    if isinstance(err, ImportError):  # some drivers are imported only when they connect
        return _missing(url, err)
    shown = url.set(query={}).render_as_string(hide_password=True)
    cause = err.orig if isinstance(err, exc.DBAPIError) and err.orig else err
    return UnreachableDatabase(shown, _scrubbed(_reason(cause), url), config.url_source)


def _reason(cause: BaseException) -> str:
    """What a driver says about a failed connection, in one line.

    Seen: psycopg 3.3 repeats host and port and adds advice on lines of their own; PyMySQL 1.2 has
    a number and a text as arguments; asyncpg 0.32 raises the system's own errors.
    """
    if isinstance(cause, ConnectionRefusedError):
        return "connection refused"
    text = str(cause.args[1]) if len(cause.args) == 2 else str(cause)
    for known in ("Connection refused", "Name or service not known", "timeout expired"):
        if known.lower() in text.lower():
            return known.lower()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else type(cause).__name__
    return re.sub(r"^(.* failed: )?(FATAL: +)?(?=\S)", "", first)


def _scrubbed(text: str, url: URL) -> str:
    """A text without the URL's password, as it is and as it is written in a URL."""
    password = str(url.password or "")
    for secret in filter(None, (password, quote(password, safe=""), quote_plus(password))):
        text = text.replace(secret, "***")
    return hidden(text) if "://" in text else text
