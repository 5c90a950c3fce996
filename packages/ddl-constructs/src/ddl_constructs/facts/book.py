"""Where the facts of one database are written down, row by row, and looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from sqlalchemy.engine.interfaces import Dialect

from ..change import Change
from ..loading import load_dialect
from .value import Blocks, Facts, Source, worst

Version = tuple[int, ...]
Condition = Callable[[Any, Dialect], bool]
"""Tells whether a row is about a change: (change, dialect) -> bool."""


@dataclass(frozen=True)
class Row:
    """One line of a table of facts.

    Attributes:
        kind: The kind of change that it is about; its subclasses too.
        facts: What is true then.
        condition: When, in words; "" for whenever no row before it fits.
        when: The same as a predicate; None for always.
        since: The first version of the server that it is about; None for the first of all.
        before: The first version that it is no longer about; None for none.
    """

    kind: type[Change]
    facts: Facts
    condition: str = ""
    when: Condition | None = None
    since: Version | None = None
    before: Version | None = None

    @property
    def versions(self) -> str:
        """The versions in words; "" for all."""
        since, before = (".".join(map(str, v)) if v else "" for v in (self.since, self.before))
        if since and before:
            return f"{since} to before {before}"
        return f"from {since} on" if since else f"before {before}" if before else ""

    def holds_on(self, version: Version) -> bool:
        """Tell whether the row is about a version of the server."""
        return (self.since is None or version >= self.since) and (
            self.before is None or version < self.before
        )


def saying(locks: Mapping[str, Blocks], *, transactional: bool | None) -> Callable[..., Facts]:
    """Give the short way to write down facts of one database.

    Args:
        locks: The server's locks, and what each blocks.
        transactional: What holds as a rule.

    Returns:
        A function of the lock, the sources, and those fields of `Facts` that aren't the
        harmless case; what the lock blocks follows from it.
    """

    def says(lock: str | None, *sources: Source, **others: Any) -> Facts:
        harmless: dict[str, Any] = {
            "transactional": transactional,
            "stands_alone": False,
            "usable_after_commit": False,
            "rewrites": False,
            "scans": False,
            "loses_data": False,
        }
        blocks = None if lock is None else locks[lock]
        return Facts(**{**harmless, **others}, lock=lock, blocks=blocks, sources=sources)

    return says


@dataclass
class Book:
    """All that is written down about one database.

    Attributes:
        locks: The server's locks, the weakest first, and what each blocks.
        rows: The rows; the first that fits a change holds.
        on_mysql: Whether its SQL is written as MySQL's: comments and strings.
    """

    locks: Mapping[str, Blocks]
    rows: tuple[Row, ...]
    on_mysql: bool = False
    _of_kind: dict[type, tuple[Row, ...]] = field(default_factory=dict, repr=False)
    _joins: dict[type, bool] = field(default_factory=dict, repr=False)

    def of_kind(self, kind: type) -> tuple[Row, ...]:
        """Give the rows of a kind of change, those of its own class before those of its bases."""
        try:
            return self._of_kind[kind]
        except KeyError:
            rows = tuple(r for cls in kind.__mro__ for r in self.rows if r.kind is cls)
            self._of_kind[kind] = rows
            return rows

    def always_joins(self, kind: type) -> bool:
        """Tell whether every change of a kind runs inside of a transaction block."""
        try:
            return self._joins[kind]
        except KeyError:
            rows = self.of_kind(kind)
            joins = bool(rows) and all(r.facts.stands_alone is False for r in rows)
            self._joins[kind] = joins
            return joins

    def add(self, rows: Iterable[Row]) -> None:
        """Put rows in front of those that are there."""
        self.rows = (*rows, *self.rows)
        self._of_kind.clear()
        self._joins.clear()

    def look_up(self, change: Change, dialect: Dialect, version: Version | None) -> Facts | None:
        """Give the facts of the first row that fits; None if none does.

        Where the version isn't known and it matters, the worst of all versions, with a note.
        """
        rows = self.of_kind(type(change))
        if version is None and (turns := {v for r in rows for v in (r.since, r.before) if v}):
            return self._of_every_version(rows, change, dialect, sorted({(0,), *turns}))
        for row in rows:
            if (version is None or row.holds_on(version)) and _fits(row, change, dialect):
                return row.facts
        return None

    def _of_every_version(
        self, rows: Iterable[Row], change: Change, dialect: Dialect, versions: Iterable[Version]
    ) -> Facts | None:
        fitting = [row for row in rows if _fits(row, change, dialect)]
        found: dict[int, Row] = {}
        for version in versions:
            row = next((r for r in fitting if r.holds_on(version)), None)
            if row is not None:
                found[id(row)] = row
        if not found:
            return None
        different = list(dict.fromkeys(row.facts for row in found.values()))
        if len(different) == 1:
            return different[0]
        which = ", ".join(row.versions or "else" for row in found.values())
        note = f"the server's version isn't known: the worst of its versions ({which})"
        return worst([*different, Facts(*_FIRST, notes=(note,))], self.locks)


_FIRST = (True, False, False, "", Blocks.NOTHING, False, False, False)


def _fits(row: Row, change: Change, dialect: Dialect) -> bool:
    return row.when is None or row.when(change, dialect)


_FILES = {
    "postgresql": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "mssql": "mssql",
    "oracle": "oracle",
}
_books: dict[str, Book] = {}
_UNKNOWN = Book({}, ())


def book(name: str) -> Book:
    """Give what is written down about a database, by its dialect's name.

    Its file is imported when first asked for; empty for one that nobody described.
    """
    try:
        return _books[name]
    except KeyError:
        if name in _FILES:
            import_module(f"{__package__}.{_FILES[name]}")
        else:
            load_dialect(name)
        return _books.setdefault(name, _UNKNOWN)


def describe_database(name: str, described: Book) -> None:
    """Write down all that is known about a database; for the file that knows it."""
    _books[name] = described


def register_facts(dialect: str, rows: Iterable[Row]) -> None:
    """Write down facts about changes, in front of those that are known already.

    Args:
        dialect: The dialect's name.
        rows: What is known, the first that fits holds.
    """
    known = book(dialect)
    if known is _UNKNOWN:
        known = _books[dialect] = Book({}, ())
    known.add(rows)


def book_name(dialect: Dialect | str) -> str:
    """Give the name of the book that is about a dialect."""
    if isinstance(dialect, str):
        return dialect
    # A dialect named "mysql" finds out which of the two it speaks to
    return "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name
