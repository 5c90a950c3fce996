"""How a question for the facts of a change is answered: from its parts, down to its statements."""

from __future__ import annotations

from functools import cache

from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable

from ..alter_column import AlterColumn
from ..change import KEEP, Change
from ..column import AddColumn
from ..data import ExecuteSQL
from ..errors import MissingFact
from ..table_options import AlterTableOptions
from .book import Book, Version, book, book_name
from .said import as_text, heads
from .value import Facts, worst


class Asked:
    """One question: which book to look into, for which dialect and version."""

    def __init__(self, dialect: Dialect | str, version: Version | None) -> None:
        self.book: Book = book(book_name(dialect))
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


@cache
def _dialect(name: str) -> Dialect:
    return make_url(f"{name}://").get_dialect()()


def _met(dialect: Dialect) -> Version | None:
    """Give the version of the server that a dialect has connected to; None if to none."""
    found = getattr(dialect, "_mariadb_normalized_version_info", None) or getattr(
        dialect, "server_version_info", None
    )
    return None if found is None else tuple(n for n in found if isinstance(n, int))
