"""What a script says, with what it would do: SQL, lock, rewrite, scan, loss, and how large the table is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import Change, DDLConstructsError, Facts, MissingFact, facts
from sqlalchemy import Table, inspect
from sqlalchemy import schema as sa
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import TextClause

from ..failures import NoLiteral
from ..running.transactions import reading
from ..sinks.offline import written
from ..state import as_change
from .listening import Heard
from .shapes import Shapes
from .sizes import Key
from .values import Foretold, Size

MOST = 20
"""Statements of one change that are written out; more are counted."""


class Costs:
    """Foretells changes one after the other, and remembers which tables they make.

    Attributes:
        dialect: Whose SQL it is; made by `at_rest` or `offline_dialect`.
        connection: Where facts of a table may be read that no earlier change touched; None for
            nowhere.
    """

    def __init__(
        self, dialect: Dialect, asked: Dialect, connection: Connection | None, *, sql: bool = True
    ) -> None:
        """Take a dialect to write with, one to ask for facts, and a connection or None.

        Without *sql* no statements are written.
        """
        self._with_sql = sql
        self.dialect, self.connection = dialect, connection
        self._asked = asked
        self._shapes = Shapes(dialect, lambda change: list(self._written(change, None)))
        self._made: set[Key] = set()
        self._copies = 0
        self._touched: set[Key] = set()

    @property
    def tables(self) -> frozenset[Key]:
        """Which tables the changes so far are about, those that they make apart."""
        return frozenset(self._touched - self._made)

    def foretell(self, said: Sequence[Heard]) -> list[Foretold]:
        """Say what changes would do; how large their tables are, `with_sizes` says."""
        copies: dict[int, int] = {}  # a block by its identity -> its number
        for one in said:
            block = one.block
            if block is None or id(block) in copies:
                continue
            if block.recreate == "always" or self._facts(one.element)[1] is not None:
                self._copies += 1
                copies[id(block)] = self._copies
        return [self._foretell(one, copies.get(id(one.block))) for one in said]

    def _foretell(self, heard: Heard, copy: int | None) -> Foretold:
        element = heard.element
        change = as_change(element)
        key = table_of(element)
        found, _ = self._facts(element)
        if copy is not None:
            swap, _ = self._facts(ddl.DropTable("copied"))
            found, sql = _of_a_copy(found, swap), None
            why: str | None = "the table is copied into a new one that takes its place"
        elif not self._with_sql:
            sql = why = None
        else:
            sql, why = self._sql(element, key)
        new = key in self._made
        if key is not None:
            self._touched.add(key)
        if isinstance(change, ddl.CreateTable) and key is not None:
            self._made.add(key)
            new = True
        elif isinstance(change, ddl.RenameTable) and key is not None and new:
            self._made.add((key[0], change.new_table_name))
        return Foretold(
            type(element).__name__ if change is not None and not _is_sql(change) else "SQL",
            change.describe() if change is not None else ddl.ExecuteSQL(element).describe(),
            sql,
            why,
            table=None if key is None else ".".join(part for part in key if part),
            table_is_new=new,
            transactional=found.transactional,
            alone=heard.alone or found.stands_alone,
            lock=found.lock,
            blocks=None if found.blocks is None else str(found.blocks),
            rewrites=found.rewrites,
            scans=found.scans,
            loses_data=found.loses_data,
            copy=copy,
            notes=found.notes,
            sources=tuple(map(str, found.sources)),
        )

    def _facts(self, element: Any) -> tuple[Facts, str | None]:
        """Give the facts, and why there are none: the dialect can't say the change."""
        try:
            found = facts(element, self._asked)
            if found.rewrites is None and isinstance(element, ddl.AlterColumn):
                found = facts(self._with_type(element), self._asked)
            return found, None
        except (DDLConstructsError, SQLAlchemyError) as err:
            return Facts(), str(err).partition("\n")[0]

    def _with_type(self, change: ddl.AlterColumn) -> ddl.AlterColumn:
        """Add the type that a column has in the database, if no earlier change touched its table."""
        key = (change.schema, change.table_name)
        if self.connection is None or key in self._touched or change.existing_type is not ddl.KEEP:
            return change
        try:
            with reading(self.connection):
                columns = inspect(self.connection).get_columns(key[1], schema=key[0])
        except SQLAlchemyError:  # not there, or not to be read
            return change
        types = [one["type"] for one in columns if one["name"] == change.column_name]
        return change.replace(existing_type=types[0]) if types else change

    def _sql(self, element: Any, key: Key | None) -> tuple[tuple[str, ...] | None, str | None]:
        try:
            if isinstance(element, Change):
                return self._shapes.written(element), None
            return tuple(self._written(element, None)), None
        except MissingFact as err:
            if self.connection is None or key is None or key in self._touched:
                return None, str(err).partition("\n")[0]
        except (DDLConstructsError, NoLiteral, SQLAlchemyError) as err:
            return None, str(err).partition("\n")[0]
        try:
            with reading(self.connection):
                return tuple(self._written(element, self.connection)), None
        except (DDLConstructsError, NoLiteral, SQLAlchemyError) as err:
            return None, str(err).partition("\n")[0]

    def _written(self, element: Any, connection: Connection | None) -> Iterable[str]:
        pieces: Sequence[Executable] = [element]
        if isinstance(element, Change):
            pieces = element.statements(self.dialect, connection)
        for piece in pieces[:MOST]:
            yield written(piece, self.dialect).strip()
        if len(pieces) > MOST:
            yield f"-- and {len(pieces) - MOST} more statements"


def with_sizes(changes: Iterable[Foretold], sizes: Mapping[str, Size]) -> tuple[Foretold, ...]:
    """Add to changes how large their tables are.

    Args:
        changes: The changes.
        sizes: Table, with its schema -> its size.
    """
    return tuple(
        replace(one, rows=size.rows, bytes=size.bytes)
        if not one.table_is_new and (size := sizes.get(one.table or "")) is not None
        else one
        for one in changes
    )


def table_of(element: Any) -> Key | None:
    """Give (schema, name) of the table that something is about; None if it is about none."""
    if isinstance(element, ddl.ExecuteSQL):
        element = element.sqltext
    if isinstance(element, TextClause):
        element = element.text
    if isinstance(element, sa.DDL):
        element = element.statement
    if isinstance(element, str):
        return _named_in(element)
    if isinstance(element, UpdateBase):
        table: Any = element.table
        return (table.schema, table.name) if isinstance(table, Table) else (None, str(table))
    if isinstance(element, Change):
        table = getattr(element, "table", None)
        if isinstance(element, ddl.BulkInsert) and table is not None:
            return getattr(table, "schema", None), table.name
        name = getattr(element, "table_name", None) or getattr(element, "old_table_name", None)
        return None if not isinstance(name, str) else (getattr(element, "schema", None), name)
    if isinstance(element, (sa.CreateTable, sa.DropTable)):
        return element.element.schema, element.element.name
    if isinstance(element, (sa.CreateIndex, sa.DropIndex)) and element.element.table is not None:
        return element.element.table.schema, element.element.table.name
    return None


_BEFORE_NAME = re.compile(
    r"""\s*(?:UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|INSERT\s+INTO|TRUNCATE(?:\s+TABLE)?
    |(?:ALTER|DROP|LOCK)\s+TABLE(?:\s+IF\s+EXISTS)?(?:\s+ONLY)?)\s+
    (?:(?P<schema>"[^"]+"|`[^`]+`|\w+)\.)?(?P<name>"[^"]+"|`[^`]+`|\w+)(?!\s*\.)""",
    re.IGNORECASE | re.VERBOSE,
)


def _named_in(sql: str) -> Key | None:
    """Give the table that a statement begins with; None where that can't be told so simply.

    >>> _named_in("UPDATE app.users SET a = 1"), _named_in("SELECT 1")
    (('app', 'users'), None)
    """
    found = _BEFORE_NAME.match(sql)
    if found is None:
        return None
    schema = found["schema"]
    return None if schema is None else schema.strip('"`'), found["name"].strip('"`')


def _of_a_copy(found: Facts, swap: Facts) -> Facts:
    """Give the facts of a change that a batch block does by a copy of the table.

    Args:
        found: Those of the change, which the database may not know in place.
        swap: Those of dropping a table, as the copied one is: the lock is at least that.
    """
    note = "done by copying the table, which is written to by nobody else meanwhile"
    return replace(
        found,
        lock=swap.lock,
        blocks=swap.blocks,
        rewrites=True,
        scans=True,
        notes=(*found.notes, note),
    )


def _is_sql(change: Change) -> bool:
    return isinstance(change, ddl.ExecuteSQL)
