"""The table that says which revisions a database is at: one row a head."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Literal

import ddl_constructs as ddl
from revgraph import HeadsChange
from sqlalchemy import (
    Column,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    bindparam,
    inspect,
    select,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable

from ..dialects import knowledge
from ..errors import CantCreateVersionTable, MayNotRead
from ..failures import BadVersionRows, IdTooLong, NoVersionTable, VersionTableError
from ..scripts.naming import ID_WIDTH
from ..sinks import OfflineSink, Sink
from ..sinks.offline import written
from . import complaint


class VersionTable:
    """The version table of one project in one database.

    Reading never creates it; the first revision that is written down does.

    Attributes:
        name: Its name.
        schema: Its schema; None for the default one.
        primary_key: Whether its column becomes a primary key when the table is created.
        width: Characters that an id may have where this creates the table.
    """

    width = ID_WIDTH

    def __init__(
        self, name: str = "migrate_version", schema: str | None = None, *, primary_key: bool = True
    ) -> None:
        self.name, self.schema, self.primary_key = name, schema, primary_key
        self._texts: dict[tuple[_Word, int, Dialect], _Around] = {}
        self._built: dict[tuple[_Word, int], Executable] = {}

    @property
    def fullname(self) -> str:
        """The name with its schema in front, for messages."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @cached_property
    def table(self) -> Table:
        """The table as SQLAlchemy knows it: one column, `version_num`."""
        return Table(
            self.name, MetaData(), Column("version_num", String(self.width)), schema=self.schema
        )

    def place(self, connection: Connection) -> tuple[str | None, str]:
        """Give its schema, as the connection translates it, and its name."""
        return connection.schema_for_object(self.table), self.name

    def exists(self, connection: Connection) -> bool:
        """Tell whether the table is there."""
        return inspect(connection).has_table(self.name, schema=self.place(connection)[0])

    def heads(self, connection: Connection) -> tuple[str, ...]:
        """Read the ids that the database is at, sorted; empty if the table is empty or absent.

        Raises:
            NoVersionTable: What has the table's name isn't one.
            BadVersionRows: It holds NULL, or an id twice.
        """
        found = self.rows(connection)
        if None in found:
            raise BadVersionRows(self.fullname, "holds a row with NULL")
        ids = sorted(map(str, found))
        if twice := {one for one in ids if ids.count(one) > 1}:
            raise BadVersionRows(self.fullname, f"holds {', '.join(sorted(twice))} twice")
        return tuple(ids)

    def rows(self, connection: Connection) -> tuple[str | None, ...]:
        """Read what the table holds, as it is, in no order; empty if it is empty or absent.

        Raises:
            NoVersionTable: It has no column of the right name.
            MayNotRead: The user lacks the right.
        """
        if not self.exists(connection):
            return ()
        try:
            return tuple(connection.execute(select(self.table.c.version_num)).scalars())
        except DBAPIError as err:
            if err.orig and knowledge(connection.dialect.name).denied(err.orig):
                raise MayNotRead(self.fullname, complaint.reason(err)) from err
            raise NoVersionTable(self.fullname, "it can't be read", complaint.reason(err)) from err

    def create(self, sink: Sink) -> None:
        """Create the table, unless it is there; offline it is taken to be absent.

        Raises:
            CantCreateVersionTable: The database refuses it.
        """
        if sink.connection is not None and self.exists(sink.connection):
            return
        elements: list[Column[str] | PrimaryKeyConstraint] = [
            Column("version_num", String(self.width), nullable=False)
        ]
        if self.primary_key:
            elements.append(PrimaryKeyConstraint("version_num", name=f"{self.name}_pkc"))
        try:
            sink.take(ddl.CreateTable(self.name, *elements, schema=self.schema))
        except DBAPIError as err:
            asked = complaint.statement(err, sink.dialect)
            way = knowledge(sink.dialect.name).way_on(err.orig) if err.orig else None
            raise CantCreateVersionTable(self.fullname, complaint.reason(err), asked, way) from err

    def must_take(self, moves: Iterable[HeadsChange], sink: Sink) -> None:
        """Check, before anything is run, that the table can take the ids of some moves.

        Raises:
            IdTooLong: An id is longer than the column is wide.
            NoVersionTable: It has another column, that must be filled.
        """
        new = {one for move in moves for one in (*move.insert, *(move.replace or ())[1:])}
        if not new:
            return
        width: int | None = self.width
        if sink.connection is not None and self.exists(sink.connection):
            width = self._width(sink.connection)
        if width is None or not knowledge(sink.dialect.name).keeps_widths:
            return
        longest = max(sorted(new), key=len)
        if len(longest) > width:
            raise IdTooLong(self.fullname, longest, width)

    def _width(self, connection: Connection) -> int | None:
        """Read how many characters the table's column takes; None if there is no limit."""
        width = None
        for column in inspect(connection).get_columns(self.name, schema=self.place(connection)[0]):
            if column["name"] == "version_num":
                width = getattr(column["type"], "length", None)
            elif not column["nullable"] and column["default"] is None:
                raise NoVersionTable(
                    self.fullname, f"its column {column['name']} must be filled too", None
                )
        return width

    def apply(self, sink: Sink, change: HeadsChange) -> None:
        """Bring the rows from where they are to where a step leaves them."""
        self.insert(sink, change.insert)
        self.delete(sink, change.delete)
        if change.replace is not None:
            self.replace(sink, *change.replace)

    def insert(self, sink: Sink, ids: Sequence[str]) -> None:
        """Write ids down that the database is at now, beside those that are there."""
        for one in ids:
            self._take(sink, "insert", one)

    def delete(self, sink: Sink, ids: Sequence[str]) -> None:
        """Take ids away that the database is no longer at.

        Raises:
            VersionTableError: They aren't all there, exactly once.
        """
        if ids:
            self._must_be(sink, self._take(sink, "delete", *ids), ids)

    def replace(self, sink: Sink, old: str, new: str) -> None:
        """Move one row from an id to another.

        Raises:
            VersionTableError: The old id isn't there, exactly once.
        """
        self._must_be(sink, self._take(sink, "update", old, new), (old,))

    def clear(self, sink: Sink) -> None:
        """Delete every row, whatever it holds."""
        sink.take(self.table.delete())

    def _take(self, sink: Sink, word: _Word, *ids: str) -> Any:
        """Let a sink take what is written of some ids."""
        if len(ids) <= len(_STAND_INS):
            if sink.connection is not None:
                return sink.connection.execute(*self._prepared(word, ids))
            if isinstance(sink, OfflineSink):
                return sink.say(self._text(word, ids, sink.dialect))
        return sink.take(self._statement(word, ids))

    def _text(self, word: _Word, ids: Sequence[str], dialect: Dialect) -> str:
        """Write the statement about some ids; it is compiled once, around ids that stand for others.

        A script of many revisions consists for a good part of these statements.
        """
        key = (word, len(ids), dialect)
        around = self._texts.get(key)
        if around is None:
            around = self._texts[key] = self._cut(word, _STAND_INS[: len(ids)], dialect)
        literal, places, pieces = around
        values = dict(zip(places, map(literal, ids), strict=True))
        return "".join([values.get(piece, piece) for piece in pieces])

    def _cut(self, word: _Word, stand_ins: Sequence[str], dialect: Dialect) -> _Around:
        literal = self.table.c.version_num.type.dialect_impl(dialect).literal_processor(dialect)
        assert literal is not None, "a string has literals on every dialect"
        places = [literal(one) for one in stand_ins]
        text = written(self._statement(word, stand_ins), dialect)
        return literal, places, re.split(f"({'|'.join(map(re.escape, places))})", text)

    def _prepared(self, word: _Word, ids: Sequence[str]) -> tuple[Executable, dict[str, str]]:
        """Give the statement about some ids and its parameters; it is built once for all ids."""
        names = [f"id_{place}" for place in range(len(ids))]
        key = (word, len(ids))
        if key not in self._built:
            self._built[key] = self._statement(word, [bindparam(name) for name in names])
        return self._built[key], dict(zip(names, ids, strict=True))

    def _statement(self, word: _Word, ids: Sequence[Any]) -> Executable:
        column = self.table.c.version_num
        if word == "insert":
            # inline: nothing is to be fetched back, so no RETURNING is written
            return self.table.insert().values(version_num=ids[0]).inline()
        if word == "update":
            return self.table.update().values(version_num=ids[1]).where(column == ids[0])
        return self.table.delete().where(column == ids[0] if len(ids) == 1 else column.in_(ids))

    def _must_be(self, sink: Sink, result: Any, ids: Sequence[str]) -> None:
        if sink.connection is None or not sink.dialect.supports_sane_rowcount:
            return
        if result.rowcount != len(ids):
            raise VersionTableError(self.fullname, ids, len(ids), result.rowcount)


_Word = Literal["insert", "delete", "update"]
_Around = tuple[Callable[[str], str], Sequence[str], Sequence[str]]
"""What makes a literal of an id; those of the ids that stand in; and a text cut at these."""
_STAND_INS = ("migrate-one-id", "migrate-other-id")
