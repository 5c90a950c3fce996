"""Further connections to MySQL and MariaDB: they go on with the TLS settings of the first; seen on PyMySQL 2.2."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect


@contextmanager
def alike(connection: Connection) -> Iterator[None]:
    """Let what its engine connects inside of the block have the TLS settings of a connection.

    PyMySQL makes them anew for each connection, of all certificates that the system trusts, also
    for a server that has no TLS: 22 of the 26 milliseconds that a second connection takes.
    """
    there = not (connection.closed or connection.invalidated)
    settings = settings_of(connection.connection.driver_connection) if there else {}
    if not settings:
        yield
        return

    def connect(dialect: Dialect, _: object, given: Any, keywords: dict[str, Any]) -> Any:
        others = {k: v for k, v in keywords.items() if not k.startswith("ssl")}
        return dialect.connect(*given, **others, **settings)

    event.listen(connection.engine, "do_connect", connect)
    try:
        yield
    finally:
        event.remove(connection.engine, "do_connect", connect)


def settings_of(driver: Any) -> dict[str, Any]:
    """Give what PyMySQL is to be told, so that it makes no settings; of other drivers nothing is known."""
    if type(driver).__module__ != "pymysql.connections":
        return {}
    if isinstance(getattr(driver, "_sock", None), ssl.SSLSocket):
        return {"ssl": driver.ctx}
    return {"ssl_disabled": True}
