"""Constraints and indexes that stay the same, but stand in the way of what changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from ddl_constructs import (
    KEEP,
    AddColumn,
    AddConstraint,
    AlterColumn,
    Change,
    CreateIndex,
    DropColumn,
    DropConstraint,
    DropIndex,
)
from sqlalchemy import UniqueConstraint
from sqlalchemy.sql.elements import conv

from ..build import ConstraintValue, column_of, constraint_of, create_index
from ..dialects import Database
from ..dialects.base import BONDS, Bond
from ..values import (
    CheckValue,
    ForeignKeyValue,
    IndexValue,
    Key,
    Snapshot,
    TableValue,
    sort_key,
)
from .context import Context

_Kind = Literal["primary", "unique", "foreignkey", "check"]


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
        return ours.namespaces.key(change.schema), change.table_name

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

    The server refuses to drop one that a foreign key leans on (error 1553); a UNIQUE is one too.
    """
    created = {(c.table_name, c.index_name) for c in changes if isinstance(c, CreateIndex)}
    uniques = {
        (c.table_name, str(c.constraint.name))
        for c in changes
        if isinstance(c, AddConstraint) and isinstance(c.constraint, UniqueConstraint)
    }
    return {
        (
            (ours.namespaces.key(c.schema), c.table_name),
            tuple(map(str, c.existing_constraint._pending_colargs)),
        )
        for c in changes
        if isinstance(c, DropConstraint)
        and isinstance(c.existing_constraint, UniqueConstraint)
        and (c.table_name, str(c.constraint_name)) in uniques
    } | {
        (
            (ours.namespaces.key(c.schema), str(c.table_name)),
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


def released_columns(
    changes: Sequence[Change], theirs: Snapshot, ours: Snapshot, context: Context
) -> Iterator[Change]:
    """Yield what takes keys, CHECKs, indexes and computed columns off a column while that changes.

    Nothing where the database changes it under them. A column that is dropped and added again
    takes them all along, or can't go while they are there.
    """
    database = context.database
    altered: dict[Key, set[str]] = defaultdict(set)
    dropped: dict[Key, set[str]] = defaultdict(set)
    added: dict[Key, set[str]] = defaultdict(set)
    for c in changes:
        match c:
            case AlterColumn() if set(c.aspects) & {"type_", "nullable", "server_default"}:
                altered[ours.namespaces.key(c.schema), c.table_name].add(c.column_name)
            case DropColumn():
                dropped[ours.namespaces.key(c.schema), c.table_name].add(c.column_name)
            case AddColumn():
                added[ours.namespaces.key(c.schema), c.table_name].add(c.column.name)
    gone = _names_of(changes) if altered or dropped else set()
    for where in sorted(altered.keys() | dropped.keys(), key=sort_key):
        table, our_table = theirs.tables[where], ours.tables[where]
        bound: dict[str, Collection[Bond]] = dict.fromkeys(dropped[where] & added[where], BONDS)
        for column in table.columns:
            new = our_table.column(column.name)
            if column.name in altered[where] and new is not None:
                bound[column.name] = database.bonds(column, new)
        if any(bound.values()):
            yield from _released(table, our_table, bound, gone, database)


def _released(
    table: TableValue,
    our_table: TableValue,
    bound: Mapping[str, Collection[Bond]],
    gone: Collection[tuple[str | None, str]],
    database: Database,
) -> Iterator[Change]:
    """Drop what stands on some columns of a table and make it again.

    Args:
        table: Theirs.
        our_table: The same table in the models.
        bound: By the name of a column, what keeps it from changing.
        gone: What is dropped anyway.
        database: Whose words they are in.
    """

    def stands(bond: Bond, name: str | None, about: Iterable[str]) -> bool:
        return (table.name, str(name)) not in gone and any(bond in bound.get(n, ()) for n in about)

    schema = our_table.spelled_schema
    kinds: tuple[tuple[_Kind, Sequence[ConstraintValue]], ...] = (
        ("primary", (table.primary_key,) if table.primary_key else ()),
        ("unique", table.uniques),
        ("foreignkey", table.foreign_keys),
        ("check", [c for c in table.checks if c.column is None]),
    )
    for kind, constraints in kinds:
        for constraint in constraints:
            about = (
                database.names_in(constraint.text)
                if isinstance(constraint, CheckValue)
                else getattr(constraint, "columns", ())
            )
            if stands(kind, constraint.name, about):
                made = constraint_of(constraint, database=database)
                name = None if constraint.name is None else conv(constraint.name)
                yield DropConstraint(
                    name, table.name, kind, schema=schema, existing_constraint=made
                )
                yield AddConstraint(table.name, made, schema=schema)
    for index in table.indexes:
        computed = " ".join(e.text for e in index.elements if e.expression or e.descending)
        about = {
            *index.columns,
            *index.include,
            *database.names_in(f"{computed} {index.where or ''}"),
        }
        if stands("index", index.name, about) or stands(
            "expression", index.name, database.names_in(computed)
        ):
            yield from _again(table, index, schema, database)
    for column in table.columns:
        stays = our_table.column(column.name)
        if stays is None or column.computed is None or stays.computed is None:
            continue
        if stands("expression", column.name, database.names_in(column.computed.expression)):
            existing = column_of(column, database)
            yield DropColumn(table.name, column.name, schema=schema, existing_column=existing)
            yield AddColumn(table.name, column_of(stays, database), schema=schema)


def _names_of(changes: Sequence[Change]) -> set[tuple[str | None, str]]:
    """Give what goes anyway: names of tables, and of what is dropped in them."""
    found: set[tuple[str | None, str]] = set()
    for c in changes:
        match c:
            case DropConstraint():
                found.add((c.table_name, str(c.constraint_name)))
            case DropIndex():
                found.add((c.table_name, str(c.index_name)))
            case DropColumn():
                found.add((c.table_name, c.column_name))
    return found


def _again(
    table: TableValue, index: IndexValue, schema: str | None, database: Database
) -> Iterator[Change]:
    """Drop an index and create it as it was."""
    made = create_index(table, index, database).replace(schema=schema)
    yield DropIndex(conv(str(index.name)), table.name, schema=schema, existing_index=made)
    yield made


def released_labels(
    changes: Sequence[Change], theirs: Snapshot, ours: Snapshot, context: Context
) -> Iterator[Change]:
    """Yield what takes CHECKs and indexes off that compare with a label of an enum which is replaced.

    They hold the labels as values of the old type, which the columns no longer have.
    """
    if not context.replaced_enums:
        return
    database = context.database
    dropped = _names_of(changes)
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
            if (table.name, check.name) not in dropped and database.names_in(check.text) & columns:
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
            if (table.name, index.name) not in dropped and database.names_in(
                " ".join(texts)
            ) & columns:
                yield from _again(table, index, schema, database)
