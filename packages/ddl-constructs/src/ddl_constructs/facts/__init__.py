"""What a change costs on a database: `facts`, and the light question `stands_alone`.

What is known stands in one table a database (`postgresql.py`, `mysql.py` for MySQL and
MariaDB, `sqlite.py`; `mssql.py` and `oracle.py` by the manuals alone), each row with its
source; here is how it is looked up.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable

from ..alter_column import AlterColumn
from ..change import KEEP, Change
from ..column import AddColumn
from ..data import ExecuteSQL
from ..errors import MissingFact, UnsupportedChange
from ..table_options import AlterTableOptions
from .book import Book, Row, Version, book, register_facts
from .said import as_text, heads
from .value import Blocks, Facts, Source, worst

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
    asked = _Asked(dialect, server_version)
    return asked.facts(change)


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
    if book(_book_name(dialect)).always_joins(type(change)):
        return False
    try:
        return facts(change, dialect, server_version).stands_alone is True
    except UnsupportedChange:
        return False  # who runs it will be told


class _Asked:
    """One question: which book to look into, for which dialect and version."""

    def __init__(self, dialect: Dialect | str, version: Version | None) -> None:
        self.book: Book = book(_book_name(dialect))
        self.dialect = _dialect(dialect) if isinstance(dialect, str) else dialect
        self.version = _met(self.dialect) if version is None else tuple(version)

    def facts(self, change: Change | Executable | str) -> Facts:
        if not self.book.rows:
            return Facts()
        found = []
        pending = list(self._parts(change))
        while pending:
            part = pending.pop()
            known = self.book.look_up(part, self.dialect, self.version)
            if known is not None:
                found.append(known)
            elif isinstance(part, ExecuteSQL):
                found.append(Facts())
            else:
                pieces = self._lowered(part)
                if any(piece is part for piece in pieces):
                    pending += self._said(str(part.compile(dialect=self.dialect)))
                else:
                    pending += [p for piece in pieces for p in self._parts(piece)]
        return worst(found[::-1], self.book.locks)

    def _parts(self, change: Change | Executable | str) -> list[Change]:
        """Take apart what has its facts by its parts; in no certain order."""
        while isinstance(change, ExecuteSQL):
            if isinstance(change.sqltext, str):
                return self._said(change.sqltext)
            change = change.sqltext
        if not isinstance(change, Change):
            return self._said(as_text(change, self.dialect))
        if isinstance(change, AlterTableOptions):
            return [change.only(option) for option in change.dialect_kwargs] or [change]
        if isinstance(change, AddColumn):
            return _changes(self._lowered(change.replace(if_not_exists=None)))
        if not isinstance(change, AlterColumn):
            return [change]
        parts: list[Change] = [change.only(a) for a in change.aspects if a != "type_"]
        if "type_" in change.aspects:
            plain = change.only("type_").replace(existing_autoincrement=KEEP)
            parts += _changes(self._lowered(plain))
        return parts

    def _lowered(self, change: Change) -> list[Change | Executable]:
        try:
            return list(change.statements(self.dialect))
        except MissingFact:
            return [change]

    def _said(self, text: str) -> list[Change]:
        return [ExecuteSQL(head) for head in heads(text, self.book.on_mysql)]


def _changes(pieces: list[Change | Executable]) -> list[Change]:
    return [p if isinstance(p, Change) else ExecuteSQL(p) for p in pieces]


def _book_name(dialect: Dialect | str) -> str:
    if isinstance(dialect, str):
        return dialect
    # A dialect named "mysql" finds out which of the two it speaks to
    return "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name


@cache
def _dialect(name: str) -> Dialect:
    return make_url(f"{name}://").get_dialect()()


def _met(dialect: Dialect) -> Version | None:
    """Give the version of the server that a dialect has connected to; None if to none."""
    found = getattr(dialect, "_mariadb_normalized_version_info", None) or getattr(
        dialect, "server_version_info", None
    )
    return None if found is None else tuple(n for n in found if isinstance(n, int))
