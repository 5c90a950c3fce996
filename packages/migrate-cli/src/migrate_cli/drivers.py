"""What to install for a driver, and which other one would do.

Source of the names: SQLAlchemy 2.1 manual, Dialects, "DBAPI Support" of each dialect.
"""

from __future__ import annotations

import importlib.util

_INSTALL = {
    "aioodbc": "aioodbc",
    "aiomysql": "aiomysql",
    "aiosqlite": "aiosqlite",
    "asyncmy": "asyncmy",
    "asyncpg": "asyncpg",
    "cx_Oracle": "cx_Oracle",
    "greenlet": "sqlalchemy[asyncio]",
    "mariadb": "mariadb",
    "mysql": "mysql-connector-python",
    "MySQLdb": "mysqlclient",
    "oracledb": "oracledb",
    "pg8000": "pg8000",
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "psycopg2cffi": "psycopg2cffi",
    "pymssql": "pymssql",
    "pymysql": "pymysql",
    "pyodbc": "pyodbc",
    "pysqlcipher3": "pysqlcipher3",
    "sqlcipher3": "sqlcipher3-binary",
}
"""Import name of a driver -> what `pip install` wants."""

_DRIVERS = {
    "postgresql": ("psycopg", "psycopg2", "pg8000", "asyncpg"),
    "mysql": ("pymysql", "mysqldb", "mariadbconnector", "asyncmy", "aiomysql"),
    "mariadb": ("pymysql", "mysqldb", "mariadbconnector", "asyncmy", "aiomysql"),
    "sqlite": ("pysqlite", "aiosqlite"),
    "oracle": ("oracledb", "cx_oracle"),
    "mssql": ("pyodbc", "pymssql", "aioodbc"),
}
"""Dialect -> its drivers as a URL names them, synchronous ones first."""

_MODULES = {"mysqldb": "MySQLdb", "mariadbconnector": "mariadb", "pysqlite": "sqlite3"}
"""Driver in a URL -> import name, where they differ."""

DIALECTS = tuple(_DRIVERS)


def install(module: str) -> str | None:
    """What to give to `pip install` for a module; None if we don't know it.

    >>> install("MySQLdb")
    'mysqlclient'
    """
    return _INSTALL.get(module)


def drivers(dialect: str) -> tuple[str, ...]:
    """The drivers that SQLAlchemy has for a dialect; empty if we don't know it."""
    return _DRIVERS.get(dialect, ())


def installed(dialect: str) -> str | None:
    """Dialect and driver for a URL, the driver being installed; None if none is.

    >>> installed("sqlite")
    'sqlite+pysqlite'
    """
    for driver in drivers(dialect):
        if importlib.util.find_spec(_MODULES.get(driver, driver)):
            return f"{dialect}+{driver}"
    return None
