"""How SQLite says a change; run on SQLite 3.40.

What needs a copy of the table can't be said as statements: the error says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, UniqueConstraint, column, select, table
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement

from .. import detached, guard, sqltext
from ..alter_column import AlterColumn
from ..change import Change, lowers
from ..column import AddColumn, DropColumn, add_column_text
from ..comment import CreateTableComment, DropTableComment
from ..constraint import AddConstraint, DropConstraint
from ..detached import TableName, checks_of_type
from ..errors import UnsupportedChange
from ..index import CreateIndex, DropIndex, RenameIndex
from ..sqltext import raw_text
from ..table_options import AlterTableOptions


def _needs_rebuild(change: Any) -> UnsupportedChange:
    return UnsupportedChange(
        change.describe(),
        "sqlite",
        "SQLite can't alter that in place, the table must be copied",
        f"migrate-cli does that inside 'with op.batch_alter_table(\"{change.table_name}\") as batch:'; "
        "by hand: CreateTable under another name, CopyRows, DropTable, RenameTable "
        "(sqlite.org/lang_altertable.html, 7)",
    )


@lowers(AddColumn, "sqlite")
def _add_column(
    change: AddColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Say the foreign key inside of the column; a UNIQUE becomes a unique index.

    SQLite, lang_altertable, ALTER TABLE ADD COLUMN: the column may not be UNIQUE or
    a primary key; REFERENCES is taken.
    """
    if change.if_not_exists:
        if not guard.has_column(change, change.column.name, connection, dialect):
            yield change.replace(if_not_exists=None)
        return
    bound = change.bound
    if len(bound.foreign_keys) == 1 and not change.inline_references:
        yield change.replace(inline_references=True)
        return
    if len(bound.foreign_keys) > 1:
        raise _needs_rebuild(change)
    yield change
    yield from _indexes(bound, change)


def _indexes(bound: Column[Any], change: AddColumn | DropColumn) -> Iterator[CreateIndex]:
    """Yield the indexes that come with a column: those for a UNIQUE, and its own."""
    for constraint in bound.table.constraints:
        if isinstance(constraint, UniqueConstraint):
            name = str(constraint.name or f"uq_{change.table_name}_{bound.name}")
            yield CreateIndex(
                name,
                change.table_name,
                detached.column_names(constraint),
                schema=change.schema,
                unique=True,
            )
    for index in bound.table.indexes:
        yield CreateIndex.of(index)


@compiles(AddColumn, "sqlite")
def _add_column_text(change: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    checks = checks_of_type(change.bound, compiler.dialect)
    return add_column_text(change, compiler, "ADD COLUMN ", checks=checks)


@lowers(DropColumn, "sqlite")
def _drop_column(
    change: DropColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    if change.if_exists:
        if not guard.has_column(change, change.column_name, connection, dialect):
            return
        change = change.replace(if_exists=None)
    if change.existing_column is not None:
        bound = detached.bind_column(change.existing_column, change.table_name, change.schema)
        for index in _indexes(bound, change):
            name = str(index.element.name)
            yield DropIndex(name, change.table_name, schema=change.schema, if_exists=True)
    yield change


@lowers(AlterColumn, "sqlite")
def _alter_column(
    change: AlterColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    aspects = [a for a in change.aspects if a not in ("comment", "autoincrement")]
    if not aspects:
        return  # SQLite has no comments, and nothing else was asked for
    if aspects != ["new_column_name"]:
        raise _needs_rebuild(change)
    yield change if change.aspects == ("new_column_name",) else change.only("new_column_name")


@compiles(AlterColumn, "sqlite")
def _rename_column(change: AlterColumn, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    old = sqltext.name(compiler, change.column_name)
    return f"ALTER TABLE {table} RENAME COLUMN {old} TO {sqltext.name(compiler, str(change.new_column_name))}"


@lowers(AddConstraint, "sqlite")
@lowers(DropConstraint, "sqlite")
def _constraint(
    change: AddConstraint | DropConstraint, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    if isinstance(change, DropConstraint) or detached.is_created_on(change.constraint, dialect):
        raise _needs_rebuild(change)
    return iter(())


@lowers(RenameIndex, "sqlite")
def _rename_index(
    change: RenameIndex, dialect: Dialect, connection: Connection | None
) -> Iterator[Executable | ExecutableDDLElement]:
    """SQLite can't rename an index: it is dropped and its own SQL run under the new name."""
    if connection is None:
        raise UnsupportedChange(
            change.describe(),
            "sqlite",
            "it can't rename an index, and without a connection its definition isn't known",
            "drop the index and create it under the new name",
        )
    catalog = table(
        "sqlite_master", column("sql"), column("type"), column("name"), schema=change.schema
    )
    sql = connection.execute(
        select(catalog.c.sql).where(catalog.c.type == "index", catalog.c.name == change.index_name)
    ).scalar()
    if sql is None:
        raise UnsupportedChange(
            change.describe(), "sqlite", "there is no such index with a definition of its own"
        )
    made = re.match(
        r"""\s*CREATE\s+(UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?("(?:[^"]|"")*"|\[[^]]*\]|`[^`]*`|'[^']*'|[^\s(]+)\s+ON\s""",
        sql,
        re.IGNORECASE,
    )
    assert made is not None, "SQLite stores an index as CREATE INDEX name ON"
    yield DropIndex(change.index_name, schema=change.schema)
    new = dialect.identifier_preparer.format_table(TableName(change.new_index_name, change.schema))  # type: ignore[arg-type]  # a name is enough there
    yield raw_text(f"CREATE {made[1] or ''}INDEX {new} ON {sql[made.end() :]}")


@lowers(CreateTableComment, "sqlite")
@lowers(DropTableComment, "sqlite")
def _no_comments(
    change: Change, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """SQLite has no comments: nothing to do, as CREATE TABLE passes over them too."""
    return iter(())


@lowers(AlterTableOptions, "sqlite")
def _alter_table_options(
    change: AlterTableOptions, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """STRICT, WITHOUT ROWID and AUTOINCREMENT are said when a table is created."""
    if change.of("sqlite"):
        raise _needs_rebuild(change)
    return iter(())
