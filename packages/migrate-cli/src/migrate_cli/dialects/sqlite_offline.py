"""A batch block on SQLite where there is no database: what the script made so far is made in memory.

SQLite comes with Python, so the statements of the script, and of the revisions before it, are
executed on an empty database in memory as they are written. What stands there is known to the
letter, raw SQL, triggers and views too; only rows are not, so that nothing is decided by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ddl_constructs import (
    AddColumn,
    AlterColumn,
    Change,
    CreateIndex,
    CreateTable,
    DropIndex,
    ExecuteSQL,
)
from sqlalchemy import Table, create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.base import Executable

from ..batch.block import Block
from ..batch.errors import CannotRebuild
from ..failures import RevisionFailed, UnknownSchema
from ..sinks.base import Sink
from ..sinks.offline import OfflineSink, Written
from .sqlite_batch import beside, catalog_of, in_words
from .sqlite_catalog import Catalog
from .sqlite_changed import Draft
from .sqlite_draft import work_in
from .sqlite_edit import unqualified
from .sqlite_fit import Doubt, after_copy, before_copy
from .sqlite_names import copies_for_names, gives_names, work_in_names
from .sqlite_native import as_said, can_add, in_place
from .sqlite_options import names_for, with_arguments, work_in_options
from .sqlite_order import Group, groups
from .sqlite_parent import refuse_keyless, refuse_unkeyed
from .sqlite_rebuild import copying, said, temporary_name, where_is
from .sqlite_tokens import fold, quoted


class Mirror:
    """The schema that a script makes, in a database in memory.

    Attributes:
        connection: That database.
        stuck: The statement that couldn't be executed there, and why; None if all could.
    """

    def __init__(self) -> None:
        engine = create_engine("sqlite://", poolclass=StaticPool, isolation_level="AUTOCOMMIT")
        self.connection: Connection = engine.connect()
        self.stuck: tuple[Written, str] | None = None

    def took(self, written: Written) -> None:
        """Execute a statement that was written into the script."""
        if self.stuck is not None:
            return
        if written.gap is not None:
            self.stuck = (written, written.gap)
            return
        try:
            self.connection.exec_driver_sql(written.sql)
        except DBAPIError as err:
            self.stuck = (written, str(err.orig))

    def close(self) -> None:
        """Forget the database."""
        self.connection.close()
        self.connection.engine.dispose()


def write(block: Block, sink: Sink) -> bool:
    """Write what a block says into a script.

    Returns:
        Whether that was done; not where changes are only kept, as they were said.

    Raises:
        UnknownSchema: The table isn't known: neither from the revisions nor by copy_from.
        UnknownInTable: The block names what isn't there.
        CannotRebuild: It can't be done on SQLite, or not without a database.
    """
    if not isinstance(sink, OfflineSink):
        return False
    if block.copy_from is not None:
        mirror = _of_table(block.copy_from)
        sink.mirrors.append(mirror)
        try:
            _run(replace(block, copy_from=None), sink, mirror)  # that is what is there
        finally:
            sink.mirrors.remove(mirror)
            mirror.close()
        return True
    try:
        _run(block, sink, _known(block, sink))
    except UnknownSchema:  # nothing is written yet
        if not _fits_any_table(block, sink):
            raise
        for step in block.steps:
            sink.take(step.change)
    return True


def _known(block: Block, sink: OfflineSink) -> Mirror:
    """Give the database of a script, if it is what the script makes."""
    mirror = _of_script(sink, block.table_name)
    if mirror.stuck is not None:
        written, reason = mirror.stuck
        step = f"execute {_short(written.sql)}" if written.gap is None else "a gap"
        raise UnknownSchema(block.table_name, written.revision, step, reason)
    return mirror


def _fits_any_table(block: Block, sink: OfflineSink) -> bool:
    """Tell whether a block only says what SQLite can do in place, whatever the table holds."""
    reads = block.recreate == "always" or block.forces or block.reflect_args or block.reflect_kwargs
    return not reads and all(
        isinstance(step.change, CreateIndex | DropIndex)
        or (
            isinstance(step.change, AddColumn)
            and can_add(step.change, sink.dialect, names_are_read=block.names_are_read)
        )
        for step in block.steps
    )


def _short(sql: str) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= 60 else f"{line[:57]}..."


def _of_table(table: Table) -> Mirror:
    """Make a database that holds the table that a block brings along."""
    mirror = Mirror()
    mirror.connection.execute(CreateTable.of(table))
    return mirror


def _of_script(sink: OfflineSink, table_name: str) -> Mirror:
    """Give the database of a script; it is made when it is first asked for."""
    found = next((m for m in sink.mirrors if isinstance(m, Mirror)), None)
    if found is None:
        found = Mirror()
        for written in (*_earlier(sink, table_name), *sink.written):
            found.took(written)
        sink.mirrors.append(found)
    return found


def _earlier(sink: OfflineSink, table_name: str) -> Sequence[Written]:
    """Give what the revisions before the script write.

    Raises:
        UnknownSchema: One of them can't be written.
    """
    try:
        return sink.earlier()
    except RevisionFailed as err:
        raise UnknownSchema(table_name, err.revision, err.place, err.reason) from err


def _run(block: Block, sink: OfflineSink, mirror: Mirror) -> None:
    connection = mirror.connection
    if not connection.dialect.has_table(connection, block.table_name, schema=block.schema):
        raise UnknownSchema(block.table_name, None, None, None)
    block = with_arguments(block, connection, sink.dialect)
    renamed: dict[str, str] = {}
    parts = groups(block, sink.dialect)
    for group in parts:
        for rename in group.renames:
            _rename(rename, block, sink, connection)
            renamed[fold(rename.column_name)] = str(rename.new_column_name)
        _run_group(group, block, sink, connection, renamed, last=group is parts[-1])


def _rename(change: AlterColumn, block: Block, sink: OfflineSink, connection: Connection) -> None:
    catalog = catalog_of(block, connection, change.describe())
    draft = Draft(catalog, sink.dialect, catalog.table)
    item = draft.column(change, change.column_name)
    other = catalog.table.column(str(change.new_column_name))
    if other is not None and other.name != item.name:
        raise CannotRebuild(
            change.describe(), "there is a column of that name", "drop or rename it first"
        )
    sink.take(change.replace(column_name=str(item.name)))


def _run_group(
    group: Group,
    block: Block,
    sink: OfflineSink,
    connection: Connection,
    renamed: Mapping[str, str],
    *,
    last: bool,
) -> None:
    whole = last and (block.recreate == "always" or block.forces)
    named = last and gives_names(block)
    if not group.steps and not whole and not named:
        return
    catalog = catalog_of(block, connection, in_words(group, block))
    names: Sequence[Any] = names_for(block, catalog, sink.dialect, renamed)
    draft = Draft(catalog, sink.dialect, catalog.table, renamed, names, block.names_are_read)
    native: list[Change] = []
    copies = whole or (last and copies_for_names(block, names))
    for step in group.steps:
        if beside(draft, step.change):
            native.append(step.change)
            continue
        if in_place(draft, step, None) and not copies:
            before = draft.table
            work_in(draft, step)
            if draft.table is not before:
                native.append(as_said(draft, step.change))
        else:
            copies = True
            work_in(draft, step)
    refuse_keyless(draft, in_words(group, block))
    if not copies:
        for change in native:
            sink.take(change)
        return
    if whole:
        work_in_options(draft, block)
    refuse_unkeyed(draft, in_words(group, block))
    if named:
        work_in_names(draft, block)
    draft.table = unqualified(draft.table)
    _write(draft, sink)


def _write(draft: Draft, sink: OfflineSink) -> None:
    catalog = draft.catalog
    sink.note(
        f"{catalog.name} is copied into a new table; stop at the first error: sqlite3 -bail\n"
        "so that the old one isn't dropped where its rows don't fit"
    )
    if catalog.children:
        with sink.alone("switch foreign keys off"):  # inside of a transaction that does nothing
            sink.take(said("PRAGMA foreign_keys=OFF"))
    for statement in statements(draft):
        sink.take(statement)


def statements(draft: Draft) -> Iterator[Change | Executable | ExecuteSQL]:
    """Give the statements of a copy for a script: nothing in them depends on the rows."""
    catalog = draft.catalog
    temporary = temporary_name(catalog.name)
    there, here = where_is(catalog, temporary), where_is(catalog, catalog.name)
    yield from _unless(draft, here, before_copy(draft))
    yield said(draft.table.sql(there))
    yield said(copying(draft, here, there))
    yield from _unless(draft, there, after_copy(draft))
    if draft.table.autoincrement and catalog.table.autoincrement:
        yield from _counter(catalog, temporary)
    yield said(f"DROP TABLE {here}")
    yield said("PRAGMA legacy_alter_table=ON")
    yield said(f"ALTER TABLE {there} RENAME TO {quoted(catalog.name)}")
    yield said("PRAGMA legacy_alter_table=OFF")
    for entry in (*catalog.of_table("index"), *catalog.of_table("trigger")):
        if entry.type == "trigger" or fold(entry.name) not in draft.without:
            yield said(entry.sql)
    for change in draft.indexes:
        yield change.replace(if_not_exists=False) if isinstance(change, CreateIndex) else change


def _unless(draft: Draft, where: str, doubts: Iterable[Doubt]) -> Iterator[ExecuteSQL]:
    """Stop the script where rows don't fit: each goes into a table that takes none.

    Its CHECK is called by the reason, which is what SQLite then says.
    """
    for doubt in doubts:
        name = quoted(f"rows of {draft.catalog.name} {doubt.reason}")
        yield said(f"CREATE TEMP TABLE _migrate_check (fits, CONSTRAINT {name} CHECK (fits))")
        yield said(
            f"INSERT INTO temp._migrate_check SELECT 0 FROM {where} WHERE {doubt.condition} LIMIT 1"
        )
        yield said("DROP TABLE temp._migrate_check")


def _counter(catalog: Catalog, temporary: str) -> Iterator[ExecuteSQL]:
    """Let the new table count on from where the old one is; RENAME takes the row along."""
    where = f"{quoted(catalog.schema or 'main')}.sqlite_sequence"
    old, new = (f"'{name.replace(chr(39), chr(39) * 2)}'" for name in (catalog.name, temporary))
    yield said(f"DELETE FROM {where} WHERE name = {new}")
    yield said(f"INSERT INTO {where} (name, seq) SELECT {new}, seq FROM {where} WHERE name = {old}")
