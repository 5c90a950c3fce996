"""A batch block that asks for a copy of the table, on PostgreSQL; run on PostgreSQL 15.

All that a block can say, but for the order of the columns, PostgreSQL does in place. So that is
done first, and then the table as it is moved into a new one with the columns in the order that was
asked for: columns, defaults, sequences and identity with their values, constraints, indexes,
comments, privileges, policies, rules, and other tables' foreign keys to it. Views, triggers and routines that need
it are dropped meanwhile, and created again with all that hangs on them. It happens in the
foreground, under a lock that keeps everybody out, in one savepoint; afterwards the catalogs are
compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ddl_autogen import DDLAutogenError, Dependents, dependents
from ddl_constructs import (
    KEEP,
    AlterColumn,
    Change,
    CreateTableComment,
    DropColumn,
    ExecuteSQL,
    raw_text,
)
from sqlalchemy.engine import Connection

from ..batch.block import Block
from ..batch.errors import CannotCarry, NeededBy, RebuildDiffers, UnknownInTable
from ..batch.order import order_after, plain_changes
from ..sinks.base import Sink
from .postgresql_shape import Shape, read, table_oid, what_stays_behind

_LONGEST = 63


def run(block: Block, sink: Sink) -> None:
    """Do a block, and move the table into a new one; all of it or nothing.

    Raises:
        UnknownInTable: The block names what isn't there; nothing ran.
        CannotCarry: Something hangs on the table that the new one wouldn't have; nothing ran.
        NeededBy: Something needs it that can't be dropped and created again; nothing was changed.
        RebuildDiffers: Something else would have changed; it is rolled back.
    """
    connection = sink.connection
    assert connection is not None, "a script gets its changes one by one"
    writer = _Writer(block, connection)
    with connection.begin_nested():
        oid = table_oid(connection, block.table_name, block.schema)
        if oid is None:
            what = f"copy table {block.table_name}"
            raise UnknownInTable(what, "table", block.table_name, block.table_name)
        _refuse_loss(block, connection, oid)
        # before anything is read, so that nobody changes it meanwhile, nor draws a number
        connection.execute(raw_text(f"LOCK TABLE {writer.here} IN ACCESS EXCLUSIVE MODE"))
        oid = table_oid(connection, block.table_name, block.schema)
        assert oid is not None, "it is locked"
        _move(block, sink, connection, writer, oid)


def _move(block: Block, sink: Sink, connection: Connection, writer: _Writer, oid: int) -> None:
    _refuse_loss(block, connection, oid)
    wanted = order_after(block, list(read(connection, oid).columns))
    changes = list(plain_changes(block))
    # what PostgreSQL takes over in views (a new name) comes before they are read, if it can
    late = not any(_blocked_by_views(change) for change in changes)
    if late:
        _take(sink, changes)
    needing = _needing(block, connection, () if late else changes)
    _take(sink, needing.drops)
    if not late:
        _take(sink, changes)
    before = read(connection, oid)
    order = [name for name in wanted if name in before.columns]
    order += (name for name in before.columns if name not in order)
    _take(sink, writer.statements(before, order, writer.values(before)))
    _take(sink, needing.creates)
    new = table_oid(connection, block.table_name, block.schema)
    assert new is not None, "the new table has the old one's name"
    wrong = _differences(before, order, read(connection, new))
    if wrong:
        raise RebuildDiffers(block.table_name, wrong)


def _needing(block: Block, connection: Connection, changes: Sequence[Change]) -> Dependents:
    try:
        return dependents(connection, block.table_name, block.schema, changes)
    except DDLAutogenError as err:
        raise NeededBy(block.table_name, str(err)) from err


def _take(sink: Sink, changes: Iterable[Change]) -> None:
    for change in changes:
        sink.take(change)


def _blocked_by_views(change: Change) -> bool:
    """Tell whether PostgreSQL refuses a change while a view needs the column."""
    return isinstance(change, DropColumn) or (
        isinstance(change, AlterColumn) and change.type_ is not KEEP
    )


def _refuse_loss(block: Block, connection: Connection, oid: int) -> None:
    found = what_stays_behind(connection, oid)
    if found:
        raise CannotCarry(block.table_name, found)


def _differences(before: Shape, order: Sequence[str], after: Shape) -> list[str]:
    """Say what differs between a table and its copy, besides the order of the columns."""
    wrong = [] if list(after.columns) == list(order) else ["the order of the columns"]
    if before.table != after.table:
        wrong.append("the table's own facts")
    for name, facts in before.columns.items():
        if after.columns.get(name) != facts:
            wrong.append(f"column {name}")
    for kind in ("constraints", "indexes", "sequences", "referring", "grants", "guards"):
        old, new = getattr(before, kind), getattr(after, kind)
        wrong += (f"{kind}: {' '.join(map(str, each))}" for each in old if each not in new)
        wrong += (f"{kind}: {' '.join(map(str, each))}" for each in new if each not in old)
    return wrong


class _Writer:
    """Writes the statements that move a table."""

    def __init__(self, block: Block, connection: Connection) -> None:
        self.connection = connection
        self.name, self.schema = block.table_name, block.schema
        self.here = self._qualified(block.table_name)
        self.temporary = f"_migrate_tmp_{block.table_name}".encode()[:_LONGEST].decode(
            errors="ignore"
        )
        self.there = self._qualified(self.temporary)

    def _qualified(self, name: str) -> str:
        return f"{quoted(self.schema)}.{quoted(name)}" if self.schema else quoted(name)

    def values(self, shape: Shape) -> dict[str, tuple[int, bool]]:
        """Read where each sequence is: quoted name -> (last value, whether that was given out)."""
        found = {}
        for _, _, sequence, _, _ in shape.sequences:
            row = self.connection.execute(raw_text(f"SELECT last_value, is_called FROM {sequence}"))
            last, called = row.one()
            found[sequence] = (last, called)
        return found

    def statements(
        self, shape: Shape, order: Sequence[str], values: dict[str, tuple[int, bool]]
    ) -> Iterator[Change]:
        """Give the statements, in order; FORCE ROW LEVEL SECURITY would hide rows from the copy."""
        forced = " FORCE ROW LEVEL SECURITY"
        if any(guard.endswith(forced) for (guard,) in shape.guards):
            yield said(f"ALTER TABLE {self.here} NO{forced}")
        for table, name, _, _ in shape.referring:
            yield said(f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}")
        for _, kind, sequence, _, _ in shape.sequences:
            if kind == "a":
                yield said(f"ALTER SEQUENCE {sequence} OWNED BY NONE")
        yield said(self._create(shape, order))
        yield from self._owner(shape)
        given = ", ".join(quoted(name) for name in order if not shape.columns[name][3])
        if given:
            yield said(f"INSERT INTO {self.there} ({given}) SELECT {given} FROM {self.here}")
        else:
            yield said(f"INSERT INTO {self.there} SELECT FROM {self.here}")
        yield said(f"DROP TABLE {self.here}")
        yield said(f"ALTER TABLE {self.there} RENAME TO {quoted(self.name)}")
        yield from self._columns(shape, order)
        yield from self._sequences(shape, values)
        yield from self._constraints(shape)
        yield from (said(statement) for (statement,) in (*shape.grants, *shape.guards))
        if shape.table[5] is not None:
            yield CreateTableComment(self.name, shape.table[5], schema=self.schema)

    def _create(self, shape: Shape, order: Sequence[str]) -> str:
        _, persistence, options, tablespace, _, _, method, _ = shape.table
        columns = ", ".join(self._column(name, shape.columns[name]) for name in order)
        kind = {"u": "UNLOGGED ", "t": "TEMPORARY "}.get(persistence, "")
        text = f"CREATE {kind}TABLE {self.there} ({columns})"
        if method and method != "heap":
            text += f" USING {quoted(method)}"
        if options:
            text += f" WITH ({options[1:-1]})"
        if tablespace:
            text += f" TABLESPACE {quoted(tablespace)}"
        return text

    def _column(self, name: str, facts: tuple[Any, ...]) -> str:
        type_, not_null, _, generated, default, collation, *_ = facts
        text = f"{quoted(name)} {type_}"
        if collation:
            text += f" COLLATE {collation}"
        if generated:
            text += f" GENERATED ALWAYS AS ({default}) STORED"
        elif default is not None:
            text += f" DEFAULT {default}"
        return text + (" NOT NULL" if not_null else "")

    def _owner(self, shape: Shape) -> Iterator[Change]:
        owner = shape.table[4]
        if owner != self.connection.exec_driver_sql("SELECT current_user").scalar_one():
            yield said(f"ALTER TABLE {self.there} OWNER TO {quoted(owner)}")

    def _columns(self, shape: Shape, order: Sequence[str]) -> Iterator[Change]:
        for name in order:
            *_, storage, compression, target, options, comment = shape.columns[name]
            column = f"ALTER TABLE {self.here} ALTER COLUMN {quoted(name)} SET"
            if storage:
                words = {"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}
                yield said(f"{column} STORAGE {words[storage]}")
            if compression:
                yield said(f"{column} COMPRESSION {({'p': 'pglz', 'l': 'lz4'})[compression]}")
            if target != -1:
                yield said(f"{column} STATISTICS {target}")
            if options:
                yield said(f"{column} ({options})")
            if comment is not None:
                where = f"COLUMN {self.here}.{quoted(name)}"
                yield said(f"COMMENT ON {where} IS {self._literal(comment)}")

    def _sequences(self, shape: Shape, values: dict[str, tuple[int, bool]]) -> Iterator[Change]:
        for name, kind, sequence, options, comment in shape.sequences:
            column = quoted(name)
            if kind == "a":
                yield said(f"ALTER SEQUENCE {sequence} OWNED BY {self.here}.{column}")
                continue
            always = {"a": "ALWAYS", "d": "BY DEFAULT"}[shape.columns[name][2]]
            # an identity's type is its column's, and can't be said
            rest = options[options.index(" INCREMENT") :]
            yield said(
                f"ALTER TABLE {self.here} ALTER COLUMN {column} ADD GENERATED {always} AS IDENTITY "
                f"(SEQUENCE NAME {sequence}{rest})"
            )
            last, called = values[sequence]
            yield said(f"SELECT setval({self._literal(sequence)}, {last}, {str(called).lower()})")
            if comment is not None:
                yield said(f"COMMENT ON SEQUENCE {sequence} IS {self._literal(comment)}")

    def _constraints(self, shape: Shape) -> Iterator[Change]:
        for name, definition, comment in shape.constraints:
            yield from self._constraint(self.here, name, definition, comment)
        for name, statement, comment in shape.indexes:
            yield said(statement)
            if comment is not None:
                index = self._qualified(name)
                yield said(f"COMMENT ON INDEX {index} IS {self._literal(comment)}")
        for table, name, definition, comment in shape.referring:
            yield from self._constraint(table, name, definition, comment)

    def _constraint(
        self, table: str, name: str, definition: str, comment: str | None
    ) -> Iterator[Change]:
        yield said(f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {definition}")
        if comment is not None:
            yield said(
                f"COMMENT ON CONSTRAINT {quoted(name)} ON {table} IS {self._literal(comment)}"
            )

    def _literal(self, value: str) -> str:
        backslashes = "E" if "\\" in value else ""
        return f"{backslashes}'{value.replace(chr(92), chr(92) * 2).replace(chr(39), chr(39) * 2)}'"


def quoted(name: str) -> str:
    """Write a name in quotes."""
    return '"' + name.replace('"', '""') + '"'


def said(sql: str) -> ExecuteSQL:
    """Make the change that executes SQL as it is: no colon is a bind parameter."""
    return ExecuteSQL(raw_text(sql))
