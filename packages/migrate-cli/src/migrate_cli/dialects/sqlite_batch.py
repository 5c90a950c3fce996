"""A batch block on SQLite: in place where that goes, else by way of a copy of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from ddl_constructs import (
    AlterColumn,
    Change,
    CreateIndex,
    CreateTableComment,
    DropIndex,
    DropTableComment,
    RenameIndex,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from ..batch.block import Block
from ..batch.errors import CannotRebuild, UnknownInTable
from ..sinks.base import Sink
from .sqlite_catalog import Catalog, is_view, read, tables
from .sqlite_changed import Draft
from .sqlite_draft import work_in
from .sqlite_edit import unqualified
from .sqlite_names import copies_for_names, gives_names, work_in_names
from .sqlite_native import as_said, in_place
from .sqlite_options import names_for, with_arguments, work_in_options
from .sqlite_order import Group, groups
from .sqlite_parent import refuse_keyless, refuse_unkeyed
from .sqlite_rebuild import all_or_nothing, explained, rebuild, temporary_name, where_is
from .sqlite_rows import Rows
from .sqlite_stale import remove_stale, stale_names
from .sqlite_tokens import fold

_OLDEST = (3, 26)  # PRAGMA legacy_alter_table


def run(block: Block, sink: Sink) -> None:
    """Do what a block says, on a live connection; all of it or nothing.

    Raises:
        UnknownInTable: It names what isn't there.
        MigrationFailed: See `sqlite_rebuild.rebuild`.
    """
    connection = sink.connection
    assert connection is not None, "a block without a connection is written down by another way"
    block = with_arguments(block, connection, sink.dialect)
    renamed: dict[str, str] = {}
    parts = groups(block, sink.dialect)
    with _together(connection, parts):
        for group in parts:
            for rename in group.renames:
                _rename(rename, block, sink, connection)
                renamed[fold(rename.column_name)] = str(rename.new_column_name)
            _run_group(group, block, sink, connection, renamed, last=group is parts[-1])


def _together(connection: Connection, parts: Sequence[Group]) -> AbstractContextManager[object]:
    """Hold several parts together, if there are several; a copy alone brings its own savepoint."""
    several = len(parts) > 1 or parts[0].renames
    return all_or_nothing(connection) if several else nullcontext()


def _rename(change: AlterColumn, block: Block, sink: Sink, connection: Connection) -> None:
    catalog = catalog_of(block, connection, change.describe())
    draft = Draft(catalog, sink.dialect, catalog.table)
    item = draft.column(change, change.column_name)
    new = str(change.new_column_name)
    other = catalog.table.column(new)
    if other is not None and other.name != item.name:
        raise CannotRebuild(
            change.describe(), "there is a column of that name", "drop or rename it first"
        )
    _take(change.replace(column_name=str(item.name)), sink)


def _take(change: Change, sink: Sink) -> None:
    """Let SQLite alter the table in place.

    Raises:
        CannotRebuild: A view or trigger stands in the way.
    """
    try:
        sink.take(change)
    except OperationalError as err:
        said = str(err.orig)
        if not said.startswith("error in "):  # SQLite, alter.c: what its look at the schema finds
            raise
        found = said.split()
        mend = f'op.execute("DROP {found[2].upper()} {found[3].rstrip(":")}")'
        raise CannotRebuild(
            change.describe(), said, f"drop that first, and make it anew behind: {mend}"
        ) from err


def _run_group(
    group: Group,
    block: Block,
    sink: Sink,
    connection: Connection,
    renamed: Mapping[str, str],
    *,
    last: bool,
) -> None:
    whole = last and (block.recreate == "always" or block.forces)
    named = last and gives_names(block)
    if not group.steps and not whole and not named:
        return
    what = in_words(group, block)
    catalog = catalog_of(block, connection, what)
    draft = Draft(
        catalog,
        sink.dialect,
        catalog.table,
        renamed,
        names_for(block, catalog, sink.dialect, renamed),
        block.names_are_read,
    )
    native: list[Change] = []
    copies = whole or (last and copies_for_names(block, draft.names))
    for step in group.steps:
        if beside(draft, step.change):
            native.append(step.change)
            continue
        if in_place(draft, step, connection) and not copies:
            before = draft.table
            work_in(draft, step)
            if draft.table is not before:
                native.append(as_said(draft, step.change))
        else:
            copies = True
            work_in(draft, step)
    refuse_keyless(draft, what)
    if not copies:
        with all_or_nothing(connection):
            for change in native:
                try:
                    _take(change, sink)
                except IntegrityError as err:  # a unique index
                    where = where_is(catalog, catalog.name)
                    rows = Rows(connection, where, catalog.name, draft.table, draft.table, {}, what)
                    raise explained(change, rows.as_it_is(draft.table), sink, err) from err
        return
    if whole:
        work_in_options(draft, block)
    refuse_unkeyed(draft, what)
    if named:
        work_in_names(draft, block)
    if catalog.version < _OLDEST:
        found = ".".join(map(str, catalog.version))
        raise CannotRebuild(what, f"this is SQLite {found}", "SQLite 3.26 or later can copy tables")
    draft.catalog = remove_stale(connection, sink, catalog)
    draft.table = unqualified(draft.table)
    rebuild(draft, sink, what)


def in_words(group: Group, block: Block) -> str:
    """Say what a group asks for."""
    said = [step.change.describe() for step in group.steps]
    if len(said) > 2:
        return f"alter table {block.table_name} ({said[0]}, and {len(said) - 1} more changes)"
    return " and ".join(said) or f"copy table {block.table_name}"


def beside(draft: Draft, change: Change) -> bool:
    """Note a change of an index, which stands beside the table; tell whether it is one.

    Raises:
        UnknownInTable: There is no such index.
    """
    match change:
        case CreateIndex():
            there = draft.catalog.named("index", str(change.index_name))
            if there is None or fold(there.name) in draft.without or not change.if_not_exists:
                _known_columns(draft, change)
                draft.indexes.append(change)
            return True
        case DropIndex():
            _drop_index(draft, change)
            return True
        case RenameIndex():
            draft.indexes.append(change)
            return True
        case CreateTableComment() | DropTableComment():
            return True
    return False


def _known_columns(draft: Draft, change: CreateIndex) -> None:
    for column in change.columns:
        if isinstance(column, str):
            draft.column(change, column)


def _drop_index(draft: Draft, change: DropIndex) -> None:
    made = [c for c in draft.indexes if getattr(c, "index_name", None) == change.index_name]
    if made:
        draft.indexes = [c for c in draft.indexes if c not in made]
        return
    known = [e.name for e in draft.catalog.of_table("index")]
    entry = draft.catalog.named("index", change.index_name)
    if entry is None or entry.name not in known:
        if change.if_exists:
            return
        raise UnknownInTable(change.describe(), "index", change.index_name, draft.table.name, known)
    draft.without.add(fold(entry.name))


def catalog_of(block: Block, connection: Connection, what: str) -> Catalog:
    """Read the catalog around a block's table.

    Raises:
        UnknownInTable: There is no such table.
        CannotRebuild: Its CREATE TABLE isn't understood.
    """
    name = block.table_name
    if fold(name).startswith("sqlite_"):
        raise CannotRebuild(what, f"{name} is SQLite's own table", "leave it to SQLite")
    found = read(connection, name, block.schema)
    if found is None:
        raise _no_table(block, connection, what)
    for hiding in (name, temporary_name(found.name)):
        if block.schema is None and fold(hiding) in found.temporary:  # SQLite, lang_naming
            mend = "drop that first, or name the schema: schema='main'"
            raise CannotRebuild(what, f"a temporary {hiding} hides the table of that name", mend)
    try:
        found.table  # noqa: B018  # it is read when first asked for
    except (ValueError, IndexError, StopIteration) as err:
        raise CannotRebuild(
            what, f"its CREATE TABLE isn't understood ({err})", "alter it by SQL, with op.execute"
        ) from err
    return found


def _no_table(block: Block, connection: Connection, what: str) -> Exception:
    """Say what is there instead of the table: a view, a temporary table, what a run left behind."""
    name, known = block.table_name, tables(connection, block.schema)
    if is_view(connection, name, block.schema):
        return CannotRebuild(what, f"{name} is a view", "drop it and make it anew, with op.execute")
    if block.schema is None and name in tables(connection, "temp"):
        return CannotRebuild(what, f"{name} is a temporary table", "name its schema: schema='temp'")
    for left in stale_names(name):
        if left in known:
            return CannotRebuild(
                what,
                f"there is no table {name!r}, but {left}, which a run that died has left behind",
                f"look into it, and give it its name back: ALTER TABLE {left} RENAME TO {name}",
            )
    return UnknownInTable(what, "table", name, name, known)
