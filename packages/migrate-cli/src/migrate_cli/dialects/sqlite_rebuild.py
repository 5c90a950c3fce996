"""A table copied into a new one that takes its place, by the steps that SQLite's manual gives.

SQLite, lang_altertable, "Making other kinds of table schema changes": make the new table, copy, drop
the old one, rename the new one, make indexes and triggers again. The catalogs before and after are
compared, and all of it stands in one savepoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from ddl_constructs import Change, ExecuteSQL, raw_text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.sql.base import Executable

from ..batch.errors import CannotRebuild, ForeignKeysOn, RebuildDiffers, UnknownInTable
from ..sinks.base import Sink
from .sqlite_catalog import Catalog, Entry, is_on, read
from .sqlite_changed import Draft
from .sqlite_compare import broken, differences
from .sqlite_dangling import check_foreign_keys, dangling, refuse_more
from .sqlite_fit import after_copy, before_copy, sources
from .sqlite_rows import Rows, rowid_word
from .sqlite_tokens import fold, quoted, tokens

_LONGEST = 50
"""Characters of a temporary name, as far as all databases take them."""


def temporary_name(name: str) -> str:
    """Give the name that the new table has while it is filled."""
    return f"_migrate_tmp_{name}"[:_LONGEST]


def rebuild(draft: Draft, sink: Sink, what: str) -> None:
    """Copy a table into the one that a draft describes, on a live connection.

    Args:
        draft: The new table, with all changes worked in.
        sink: Where the statements go.
        what: What was asked, in words, for messages.

    Raises:
        ForeignKeysOn: Dropping the old table would touch the rows that point to it.
        RowsContradict: The rows can't be so, or a value can't be converted.
        StillNeeded: A view or trigger names a column that is gone.
        CannotRebuild: SQLite doesn't take the new table.
        RebuildDiffers: Something else would have changed.
    """
    connection = sink.connection
    assert connection is not None, "without a connection `sqlite_offline` writes it"
    catalog = draft.catalog
    with _without_foreign_keys(connection, catalog), all_or_nothing(connection):
        ill = broken(connection, catalog, {})
        _copy(draft, sink, connection, what)
        after = read(connection, catalog.name, catalog.schema)
        assert after is not None, "the new table has the old one's name"
        wrong = differences(catalog, after, draft)
        if wrong:
            raise RebuildDiffers(catalog.name, wrong)
        check_foreign_keys(connection, after.table, catalog.schema, draft.foreign_keys, what)
        broken(connection, after, ill, what)


@contextmanager
def all_or_nothing(connection: Connection) -> Iterator[None]:
    """Run a block in a savepoint, and let its own error be seen.

    SQLite, lang_transaction, "Response To Errors Within A Transaction": where the disk is full it
    may have rolled all of it back by itself, and then there is no savepoint to go back to.
    """
    savepoint = connection.begin_nested()
    try:
        yield
        savepoint.commit()
    except BaseException:
        with suppress(OperationalError):
            savepoint.rollback()
        raise


def _copy(draft: Draft, sink: Sink, connection: Connection, what: str) -> None:
    catalog, new = draft.catalog, draft.table
    old = catalog.table
    temporary = temporary_name(catalog.name)
    there, here = where_is(catalog, temporary), where_is(catalog, catalog.name)
    values = sources(draft)
    rows = Rows(connection, here, catalog.name, old, new, values, what)
    for doubt in before_copy(draft):
        rows.contradict(doubt.condition, doubt.reason, doubt.mend)
    try:
        sink.take(said(new.sql(there)))
    except OperationalError as err:
        _, no_column, name = str(err.orig).partition("no such column: ")
        if no_column:
            raise UnknownInTable(what, "column", name, catalog.name, new.names) from err
        reason = str(err.orig).replace(f"{temporary}.", f"{catalog.name}.")
        raise CannotRebuild(what, reason, "say it in a way that SQLite takes") from err
    total = connection.exec_driver_sql(f"SELECT count(*) FROM {here}").scalar_one()
    try:
        copied = sink.take(said(copying(draft, here, there)))
    except IntegrityError as err:
        raise rows.explain(err) from err
    if copied.rowcount not in (total, -1):
        lost = f"{total - copied.rowcount} of {total} rows are not in the copy"
        raise RebuildDiffers(catalog.name, [lost])
    for doubt in after_copy(draft):
        replace(rows.as_it_is(new), where=there).contradict(
            doubt.condition, doubt.reason, doubt.mend
        )
    sink.take(said(f"DROP TABLE {here}"))
    with _legacy(connection):
        sink.take(said(f"ALTER TABLE {there} RENAME TO {quoted(catalog.name)}"))
    for statement in _behind(draft):
        _take(sink, statement, rows)
    _restore_statistics(connection, draft)


def _take(sink: Sink, statement: Change | Executable, rows: Rows) -> None:
    try:
        sink.take(statement)
    except IntegrityError as err:  # a unique index
        raise explained(statement, rows.as_it_is(rows.new), sink, err) from err


def explained(
    statement: Change | Executable, rows: Rows, sink: Sink, err: IntegrityError
) -> Exception:
    """Say which rows a statement that stands beside the table contradicts."""
    sql = str(statement.compile(dialect=sink.dialect)) if isinstance(statement, Change) else ""
    return rows.explain(err, sql)


def copying(draft: Draft, here: str, there: str) -> str:
    """Write the INSERT that copies all rows, in the form that SQLite does fastest.

    `SELECT *` between tables that agree goes page by page (insert.c, xferOptimization). OR ABORT
    goes before an ON CONFLICT of the table, which might pass over rows.
    """
    old, new = draft.catalog.table, draft.table
    values = dict(sources(draft))
    word = rowid_word(old, new)
    if word is not None and new.rowid_alias is None:
        values = {word: word, **values}
    elif word is not None and new.rowid_alias in draft.added:
        values = {str(new.rowid_alias): word, **values}
    plain = [quoted(n) for n in old.names] == list(values.values())
    if plain and list(values) == old.names == new.names:
        return f"INSERT OR ABORT INTO {there} SELECT * FROM {here}"
    names = ", ".join(n if n == word else quoted(n) for n in values)
    if not values:
        return f"INSERT OR ABORT INTO {there} DEFAULT VALUES"
    return (
        f"INSERT OR ABORT INTO {there} ({names}) "
        f"SELECT {', '.join(values.values())} FROM {here} NOT INDEXED"
    )


def _behind(draft: Draft) -> Iterator[Change | Executable]:
    """Give what follows when the new table has its name: counter, indexes, triggers."""
    catalog = draft.catalog
    if draft.table.autoincrement and catalog.table.autoincrement:
        where = f"{quoted(catalog.schema or 'main')}.sqlite_sequence"
        name = "'" + catalog.name.replace("'", "''") + "'"
        yield said(f"DELETE FROM {where} WHERE name = {name}")
        if catalog.sequence is not None:
            yield said(f"INSERT INTO {where} (name, seq) VALUES ({name}, {catalog.sequence})")
    for entry in (*catalog.of_table("index"), *catalog.of_table("trigger")):
        if entry.type == "trigger" or fold(entry.name) not in draft.without:
            yield said(_qualified(entry, catalog.schema))
    yield from draft.indexes


def said(sql: str) -> ExecuteSQL:
    """Make the change that executes SQL as it is: no colon is a bind parameter."""
    return ExecuteSQL(raw_text(sql))


def where_is(catalog: Catalog, name: str) -> str:
    """Write a name with the schema of a catalog, quoted."""
    return f"{quoted(catalog.schema)}.{quoted(name)}" if catalog.schema else quoted(name)


def _qualified(entry: Entry, schema: str | None) -> str:
    """Give the statement that makes an index or trigger again, in the schema where it was."""
    where = "temp" if entry.temporary else schema
    if where is None:
        return entry.sql
    found = tokens(entry.sql)
    at = next(i for i, t in enumerate(found) if t.says("INDEX", "TRIGGER"))
    name = found[at + 1]
    return f"{entry.sql[: name.start]}{quoted(where)}.{entry.sql[name.start :]}"


def _restore_statistics(connection: Connection, draft: Draft) -> None:
    catalog = draft.catalog
    for table, row in catalog.statistics:
        if fold(str(row[1])) in draft.without:
            continue
        marks = ", ".join("?" * len(row))
        where = f"{quoted(catalog.schema or 'main')}.{table}"
        connection.exec_driver_sql(f"INSERT INTO {where} VALUES ({marks})", row)


@contextmanager
def _legacy(connection: Connection) -> Iterator[None]:
    """Rename so that views and triggers keep their text: they name the table that is to be there.

    SQLite, pragma, legacy_alter_table (3.26): views aren't looked into.
    """
    before = is_on(connection, "legacy_alter_table")
    connection.exec_driver_sql("PRAGMA legacy_alter_table=ON")
    try:
        yield
    finally:
        if not before:
            connection.exec_driver_sql("PRAGMA legacy_alter_table=OFF")


@contextmanager
def _without_foreign_keys(connection: Connection, catalog: Catalog) -> Iterator[None]:
    """Hold the foreign keys off, where any points to the table and the connection lets us.

    SQLite, pragma, foreign_keys: inside of a transaction it can't be switched. DROP TABLE deletes
    the rows first where they are on (lang_droptable).
    """
    children = sorted({table for table, _, _ in catalog.children})
    if not children or not is_on(connection, "foreign_keys"):
        yield
        return
    before = dangling(connection)
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    if is_on(connection, "foreign_keys"):
        raise ForeignKeysOn(catalog.name, children)
    try:
        yield
        refuse_more(connection, before)
    finally:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
