"""The connection that holds the lock of a run beside its own: spared what the first has done already."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from types import SimpleNamespace
from typing import Any

import pytest
from migrate_cli.dialects.mysql_tls import alike, settings_of
from migrate_cli.errors import LockLost
from migrate_cli.running.lock import Held, beside
from sqlalchemy import URL, Connection, create_engine, make_url
from sqlalchemy.ext.asyncio import create_async_engine

pymysql = pytest.importorskip("pymysql")


def driver(*, tls: bool) -> Any:
    """A connection of PyMySQL's that goes by such a socket; it closes that itself."""
    made = object.__new__(pymysql.connections.Connection)
    made.ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.ctx.check_hostname = False
    plain = socket.socket()
    made._sock = made.ctx.wrap_socket(plain) if tls else plain
    return made


def test_pymysql_makes_its_tls_settings_once(
    mariadb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    real = pymysql.connections.Connection._create_ssl_ctx

    def counted(self: object, settings: object) -> object:
        if not isinstance(settings, ssl.SSLContext):
            made.append(settings)
        return real(self, settings)

    monkeypatch.setattr(pymysql.connections.Connection, "_create_ssl_ctx", counted)
    engine = create_engine(mariadb_url)
    with engine.connect() as first:
        before = len(made)
        with beside(first) as second:
            numbers = [
                c.exec_driver_sql("SELECT CONNECTION_ID()").scalar() for c in (first, second)
            ]
        during = len(made)
    engine.dispose()
    with engine.connect():
        after = len(made)
    engine.dispose()

    assert numbers[0] != numbers[1]
    assert (during, after) == (before, 2 * before)


@pytest.mark.parametrize("tls", [False, True])
def test_the_settings_are_those_of_the_first_connection(tls: bool) -> None:
    first = driver(tls=tls)

    settings = settings_of(first)
    first._force_close()

    assert settings == ({"ssl": first.ctx} if tls else {"ssl_disabled": True})


def test_of_another_driver_nothing_is_known() -> None:
    assert settings_of(SimpleNamespace(_sock=None)) == {}


@pytest.mark.parametrize("lost", ["close", "invalidate"])
def test_a_connection_that_is_lost_is_not_asked(sqlite_url: str, lost: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.connect() as first:
        getattr(first, lost)()
        with alike(first), engine.connect() as second:
            answer = second.exec_driver_sql("SELECT 1").scalar()
        still = first.closed or first.invalidated
    engine.dispose()

    assert (answer, still) == (1, True)


class Asked:
    """A lock that counts how often a server is asked for it."""

    asks = True
    times = 0

    def kept(self, session: Connection) -> bool:
        self.times += 1
        return session.exec_driver_sql("SELECT 1").scalar() == 1


SYNCHRONOUS = ("psycopg", "psycopg2", "pymysql", "mysqldb", "mysqlconnector")
ASYNCHRONOUS = ("asyncpg", "aiomysql", "asyncmy")
SERVERS = {
    driver: "postgresql" if driver in ("psycopg", "psycopg2", "asyncpg") else "mariadb"
    for driver in (*SYNCHRONOUS, *ASYNCHRONOUS)
}


def address(driver: str, request: pytest.FixtureRequest) -> URL:
    """Give the URL of a database by a driver; skip the test where the driver isn't installed."""
    pytest.importorskip(
        {"mysqldb": "MySQLdb", "mysqlconnector": "mysql.connector"}.get(driver, driver)
    )
    url = make_url(request.getfixturevalue(f"{SERVERS[driver]}_url"))
    return url.set(drivername=f"{url.get_backend_name()}+{driver}")


@pytest.mark.parametrize("driver", [*SYNCHRONOUS, *ASYNCHRONOUS])
def test_a_silent_session_is_asked_nothing_and_one_that_was_ended_is(
    driver: str, request: pytest.FixtureRequest
) -> None:
    """A lock that is looked after before each revision costs no statement, with any of these drivers."""
    url = address(driver, request)
    postgresql = url.get_backend_name() == "postgresql"
    whoami = "pg_backend_pid()" if postgresql else "CONNECTION_ID()"
    end = "SELECT pg_terminate_backend({})" if postgresql else "KILL {}"
    latch: Any = Asked()

    def checked(held: Held) -> None:
        """Look until the server has ended the session, but not for ever."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            held.check()

    def look(session: Connection) -> None:
        held = Held(latch, session, waited=False)
        number = session.exec_driver_sql(f"SELECT {whoami}").scalar()
        session.rollback()
        for _ in range(5):
            held.check()
        assert latch.times == 0

        other = create_engine(request.getfixturevalue(f"{SERVERS[driver]}_url"))
        with other.connect() as connection:
            connection.exec_driver_sql(end.format(number))
        other.dispose()
        with pytest.raises(LockLost):
            checked(held)

    async def look_asynchronously() -> None:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            await connection.run_sync(look)
        await engine.dispose()

    if driver in ASYNCHRONOUS:
        asyncio.run(look_asynchronously())
        return
    engine = create_engine(url)
    with engine.connect() as connection:
        look(connection)
    engine.dispose()


@pytest.mark.parametrize("driver", SYNCHRONOUS)
def test_a_session_that_was_closed_under_us_is_a_lost_lock(
    driver: str, request: pytest.FixtureRequest
) -> None:
    engine = create_engine(address(driver, request))
    latch: Any = Asked()
    with engine.connect() as session:
        held = Held(latch, session, waited=False)
        session.connection.driver_connection.close()

        with pytest.raises(LockLost):
            held.check()
    engine.dispose()
