"""How SQLite says a change; run on SQLite 3.40.

What needs a copy of the table can't be said as statements: the error says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import detached, sqltext
from ..change import Change, lowers
from ..column import AddColumn, AlterColumn
from ..comment import CreateTableComment, DropTableComment
from ..constraint import AddConstraint, DropConstraint
from ..errors import UnsupportedChange
from ..index import CreateIndex


def _needs_rebuild(change: Change) -> UnsupportedChange:
    return UnsupportedChange(
        change.describe(),
        "sqlite",
        "SQLite can't alter that in place, the table must be copied",
    )


@lowers(AddColumn, "sqlite")
def _add_column(
    change: AddColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Say the foreign key inside of the column; a UNIQUE becomes a unique index.

    SQLite, lang_altertable, ALTER TABLE ADD COLUMN: the column may not be UNIQUE or
    a primary key; REFERENCES is taken.
    """
    column = change.bound
    if len(column.foreign_keys) == 1 and not change.inline_references:
        yield change.replace(inline_references=True)
        return
    if len(column.foreign_keys) > 1:
        raise _needs_rebuild(change)
    yield change
    for constraint in column.table.constraints:
        if isinstance(constraint, UniqueConstraint):
            name = str(constraint.name or f"uq_{change.table_name}_{column.name}")
            yield CreateIndex(
                name,
                change.table_name,
                detached.column_names(constraint),
                schema=change.schema,
                unique=True,
            )
    for index in column.table.indexes:
        yield CreateIndex.of(index)


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
    raise _needs_rebuild(change)


@lowers(CreateTableComment, "sqlite")
@lowers(DropTableComment, "sqlite")
def _no_comments(
    change: Change, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """SQLite has no comments: nothing to do, as CREATE TABLE passes over them too."""
    return iter(())
