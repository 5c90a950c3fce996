"""Constraints and indexes that stay the same, but stand in the way of what changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ddl_constructs import (
    KEEP,
    AddConstraint,
    AlterColumn,
    Change,
    CreateIndex,
    DropConstraint,
    DropIndex,
)
from sqlalchemy.sql.elements import conv

from ..build import constraint_of, create_index
from ..sqltokens import tokens
from ..values import ForeignKeyValue, Key, Snapshot
from .context import Context


def released(changes: Sequence[Change], theirs: Snapshot, ours: Snapshot) -> Iterator[Change]:
    """Yield what takes a foreign key off while the type of one of its columns changes.

    MariaDB and MySQL refuse to alter a column that a foreign key has on either side (errors
    1832 and 1833), also where both sides get the same new type.

    Args:
        changes: All that is different inside of tables.
        theirs: The schema as it is.
        ours: The schema as it should be.
    """

    def key(change: AlterColumn | DropConstraint) -> Key:
        return None if change.schema == ours.default_schema else change.schema, change.table_name

    retyped = {
        (key(c), c.column_name)
        for c in changes
        if isinstance(c, AlterColumn) and c.type_ is not KEEP
    }
    again = _made_anew(changes, ours)
    if not retyped and not again:
        return
    dropped = {(key(c), str(c.constraint_name)) for c in changes if isinstance(c, DropConstraint)}
    for where, table in theirs.tables.items():
        if where not in ours.tables:
            continue
        for fk in table.foreign_keys:
            leans = any(w == where and c[: len(fk.columns)] == fk.columns for w, c in again)
            if (where, str(fk.name)) not in dropped and (leans or _has(fk, where) & retyped):
                made = constraint_of(fk)
                schema = ours.tables[where].spelled_schema
                yield DropConstraint(
                    conv(str(fk.name)),
                    table.name,
                    "foreignkey",
                    schema=schema,
                    existing_constraint=made,
                )
                yield AddConstraint(table.name, made, schema=schema)


def _made_anew(changes: Sequence[Change], ours: Snapshot) -> set[tuple[Key, tuple[str, ...]]]:
    """Give the tables and columns of indexes that are dropped and created under the same name.

    The server refuses to drop one that a foreign key leans on (error 1553).
    """
    created = {(c.table_name, c.index_name) for c in changes if isinstance(c, CreateIndex)}
    return {
        (
            (None if c.schema == ours.default_schema else c.schema, str(c.table_name)),
            tuple(str(e) for e in c.existing_index.columns),
        )
        for c in changes
        if isinstance(c, DropIndex)
        and c.existing_index is not None
        and (c.table_name, str(c.index_name)) in created
    }


def _has(fk: ForeignKeyValue, where: Key) -> set[tuple[Key, str]]:
    here = {(where, column) for column in fk.columns}
    return here | {(fk.target, column) for column in fk.target_columns}


def released_labels(
    changes: Sequence[Change], theirs: Snapshot, ours: Snapshot, context: Context
) -> Iterator[Change]:
    """Yield what takes CHECKs and indexes off that compare with a label of an enum which is replaced.

    They hold the labels as values of the old type, which the columns no longer have.
    """
    if not context.replaced_enums:
        return
    database = context.database
    dropped = {
        (c.table_name, str(c.constraint_name if isinstance(c, DropConstraint) else c.index_name))
        for c in changes
        if isinstance(c, (DropConstraint, DropIndex))
    }
    for where, table in theirs.tables.items():
        our_table = ours.tables.get(where)
        if our_table is None:
            continue
        schema = our_table.spelled_schema
        columns = {
            c.name
            for c in table.columns
            if c.enum is not None and (c.enum.schema, c.enum.name) in context.replaced_enums
        }
        for check in table.checks:
            if (table.name, check.name) not in dropped and _words(check.text) & columns:
                made = constraint_of(check, database=database)
                yield DropConstraint(
                    conv(str(check.name)),
                    table.name,
                    "check",
                    schema=schema,
                    existing_constraint=made,
                )
                yield AddConstraint(table.name, made, schema=schema)
        for index in table.indexes:
            texts = [e.text for e in index.elements if e.expression] + [index.where or ""]
            if (table.name, index.name) not in dropped and _words(" ".join(texts)) & columns:
                again = create_index(table, index, database).replace(schema=schema)
                name = conv(str(index.name))
                yield DropIndex(name, table.name, schema=schema, existing_index=again)
                yield again


def _words(sql: str) -> set[str]:
    return {token.name for token in tokens(sql) if token.kind in ("word", "quoted")}
