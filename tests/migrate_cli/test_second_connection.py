"""The connection that holds the lock of a run beside its own: spared what the first has done already."""

from __future__ import annotations

import socket
import ssl
from types import SimpleNamespace
from typing import Any

import pytest
from migrate_cli.dialects.mysql_tls import alike, settings_of
from migrate_cli.running.lock import beside
from sqlalchemy import create_engine

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
