"""Sessions of a PostgreSQL server, and what a broken one leaves behind; seen on 15."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection


def session(connection: Connection) -> str | None:
    """Ask for the process of the server that serves the connection."""
    return str(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar())


def at_work(connection: Connection, session: str) -> str | None:
    """Look among the active sessions.

    A server process notices that its client is gone when it reads or writes, or by
    client_connection_check_interval, which is off by default (PostgreSQL 15 manual).
    """
    asked = text(
        "SELECT query FROM pg_stat_activity WHERE pid = :pid AND datname = current_database() "
        "AND state <> 'idle' AND pid <> pg_backend_pid()"
    )
    row = connection.execute(asked, {"pid": int(session)}).first()
    return None if row is None else str(row[0])


def drop_invalid_index(connection: Connection, schema: str | None, name: str) -> str | None:
    """Look whether an index is marked invalid.

    PostgreSQL 15 manual, CREATE INDEX, Building Indexes Concurrently: a build that fails
    leaves an invalid index; the recommended way is to drop it and build anew.
    """
    asked = text(
        "SELECT n.nspname, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = :name "
        "AND n.nspname = COALESCE(CAST(:schema AS text), current_schema()) AND NOT i.indisvalid"
    )
    row = connection.execute(asked, {"name": name, "schema": schema}).first()
    if row is None:
        return None
    quote = connection.dialect.identifier_preparer.quote
    return f"DROP INDEX CONCURRENTLY {quote(row[0])}.{quote(row[1])}"
