"""Who knows a dialect: its file is imported when the first database of that kind is met."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy.engine.interfaces import Dialect

from ..errors import UnsupportedDatabase
from .base import Database, databases

FILES = {
    "mariadb": "mysql",
    "mssql": "mssql",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgresql": "postgresql",
    "sqlite": "sqlite",
}
"""Name of a dialect -> the file here that knows it."""


def alters_in_place(dialect: Dialect) -> bool:
    """Tell whether ALTER TABLE says all changes; of a dialect that nobody knows, that it does."""
    kind = _kind(dialect)
    return kind is None or kind.alters_in_place


def database(dialect: Dialect) -> Database:
    """Give what knows a dialect's database.

    Raises:
        UnsupportedDatabase: Nobody registered for it.
    """
    kind = _kind(dialect)
    if kind is None:
        raise UnsupportedDatabase(dialect.name, tuple(sorted({*FILES, *databases})))
    return kind(dialect)


def _kind(dialect: Dialect) -> type[Database] | None:
    if dialect.name not in databases and dialect.name in FILES:
        import_module(f".{FILES[dialect.name]}", __package__)
    return databases.get(dialect.name)
