"""What a change costs on a database: `facts`, and the light question `stands_alone`.

What is known stands in one table a database (`postgresql.py`, `mysql.py` for MySQL and
MariaDB, `sqlite.py`; `mssql.py` and `oracle.py` by the manuals alone), each row with its
source; here is how it is looked up.
"""

from __future__ import annotations

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable

from ..change import Change
from ..errors import UnsupportedChange
from .book import Row, Version, book, book_name, register_facts
from .value import Blocks, Facts, Source

__all__ = [
    "Blocks",
    "Facts",
    "Row",
    "Source",
    "facts",
    "register_facts",
    "stands_alone",
]


def facts(
    change: Change | Executable | str,
    dialect: Dialect | str,
    server_version: Version | None = None,
) -> Facts:
    """Say what a change costs on a database, without asking the database.

    A change that becomes several statements has the worst of each fact. What the change
    doesn't carry and the table doesn't say is None: not known.

    Args:
        change: The change, or anything executable, or SQL as text, which is told by its
            first words.
        dialect: Where it is going to run: a dialect or the name of one. MariaDB is
            "mariadb", or a "mysql" dialect that has met a MariaDB server.
        server_version: The server's version, `(15, 4)`. None for the one that the
            dialect met when it connected; if it met none, the answer is the worst of
            all versions where they differ, and a note says so.

    Raises:
        UnsupportedChange: The dialect has no way to say the change.

    >>> from sqlalchemy import Column, Integer, text
    >>> from ddl_constructs import AddColumn, CreateIndex
    >>> found = facts(CreateIndex("ix", "t", ["a"]), "postgresql")
    >>> found.lock, str(found.blocks), found.scans
    ('SHARE', 'writes', True)
    >>> found = facts(CreateIndex("ix", "t", ["a"], postgresql_concurrently=True), "postgresql")
    >>> found.lock, found.stands_alone
    ('SHARE UPDATE EXCLUSIVE', True)
    >>> change = AddColumn("t", Column("a", Integer(), server_default=text("5")))
    >>> facts(change, "postgresql", (10,)).rewrites, facts(change, "postgresql", (11,)).rewrites
    (True, False)
    """
    from .asking import Asked  # it knows kinds of changes, and few programs ask

    return Asked(dialect, server_version).facts(change)


def stands_alone(
    change: Change | Executable | str,
    dialect: Dialect | str,
    server_version: Version | None = None,
) -> bool:
    """Tell whether a change can't run inside of a transaction block, or has no effect there.

    The light form of `facts(...).stands_alone`, for asking about every change: it is
    True only where that is known, and raises nothing.

    Args:
        change: The change, or anything executable, or SQL as text.
        dialect: Where it is going to run: a dialect or the name of one.
        server_version: The server's version; None as in `facts`.

    >>> stands_alone("VACUUM", "sqlite"), stands_alone("CREATE TABLE t (a int)", "sqlite")
    (True, False)
    """
    if book(book_name(dialect)).always_joins(type(change)):
        return False
    try:
        return facts(change, dialect, server_version).stands_alone is True
    except UnsupportedChange:
        return False  # who runs it will be told
