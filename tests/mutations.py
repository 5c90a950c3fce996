"""Differences that are planted into models: each changes a MetaData and says what is to be reported of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.schema import DefaultClause


def plain(table: Table) -> list[Column[Any]]:
    """Columns that no key, index or constraint mentions."""
    keyed = {c.name for k in table.constraints for c in getattr(k, "columns", ())}
    keyed |= {c.name for i in table.indexes for c in i.columns}
    return [c for c in table.columns if c.name not in keyed]


def pick(metadata: MetaData, seed: int, wanted: Callable[[Table], bool]) -> Table:
    tables = [t for t in metadata.sorted_tables if wanted(t)]
    return random.Random(seed).choice(tables)


def drop_table(m: MetaData, seed: int) -> str:
    pointed = {fk.column.table for t in m.tables.values() for fk in t.foreign_keys}
    table = pick(m, seed, lambda t: t not in pointed)
    m.remove(table)
    return f"drop table {table.name}"


def new_table(m: MetaData, seed: int) -> str:
    parent = pick(m, seed, lambda t: [type(c.type) for c in t.primary_key.columns] == [Integer])
    (key,) = parent.primary_key.columns
    Table(
        "added",
        m,
        Column("id", Integer, primary_key=True),
        Column("parent", Integer, index=True),
        ForeignKeyConstraint(["parent"], [f"{parent.fullname}.{key.name}"]),
    )
    return "create table added (2 columns)"


def drop_column(m: MetaData, seed: int) -> str:
    table = pick(m, seed, lambda t: bool(plain(t)))
    column = random.Random(seed).choice(plain(table))
    table._columns.remove(column)  # type: ignore[attr-defined]
    return f"drop column {table.name}.{column.name}"


def new_column(m: MetaData, seed: int) -> str:
    table = pick(m, seed, lambda t: True)
    table.append_column(Column("added", String(40)))
    return f"add column {table.name}.added"


def another_type(m: MetaData, seed: int) -> str:
    table = pick(m, seed, lambda t: bool(plain(t)))
    column = random.Random(seed).choice(plain(table))
    wider = {"INTEGER": BigInteger(), "FLOAT": Numeric(20, 4)}
    column.type = wider.get(str(column.type), String(77))
    return f"alter column {table.name}.{column.name}: type"


def another_nullable(m: MetaData, seed: int) -> str:
    table = pick(m, seed, lambda t: bool(plain(t)))
    column = random.Random(seed).choice(plain(table))
    column.nullable = not column.nullable
    return (
        f"alter column {table.name}.{column.name}: {'nullable' if column.nullable else 'not null'}"
    )


def another_default(m: MetaData, seed: int) -> str:
    table = pick(m, seed, lambda t: any(isinstance(c.type, (Integer, String)) for c in plain(t)))
    column = next(c for c in plain(table) if isinstance(c.type, (Integer, String)))
    column.type = String(50) if isinstance(column.type, String) else column.type
    column.server_default = DefaultClause("7")
    return "default '7'"


def new_index(m: MetaData, seed: int) -> str:
    table = pick(m, seed, lambda t: any(isinstance(c.type, Integer) for c in t.columns))
    column = next(c for c in table.columns if isinstance(c.type, Integer))
    Index("ix_added", column)
    return f"create index ix_added on {table.name}"


def drop_index(m: MetaData, seed: int) -> str:
    table = pick(m, seed, lambda t: bool(t.indexes))
    index = min(table.indexes, key=lambda i: str(i.name))
    table.indexes.remove(index)
    return f"index {index.name} of {table.name}" if not index.unique else str(index.name)


def drop_foreign_key(m: MetaData, seed: int) -> str:
    table = pick(m, seed, lambda t: bool(t.foreign_key_constraints))
    found = min(table.foreign_key_constraints, key=lambda k: k.column_keys)
    table.constraints.remove(found)
    for element in found.elements:
        element.parent.foreign_keys.discard(element)
        table.foreign_keys.discard(element)
    return "drop foreign key"


def drop_unique(m: MetaData, seed: int) -> str:
    table = pick(m, seed, lambda t: any(isinstance(c, UniqueConstraint) for c in t.constraints))
    found = next(c for c in table.constraints if isinstance(c, UniqueConstraint))
    table.constraints.remove(found)
    return "drop unique"


def new_unique(m: MetaData, seed: int) -> str:
    table = pick(m, seed, lambda t: any(isinstance(c.type, Integer) for c in plain(t)))
    column = next(c for c in plain(table) if isinstance(c.type, Integer))
    table.append_constraint(UniqueConstraint(column.name))
    return "add unique"


KINDS = [
    drop_table,
    new_table,
    drop_column,
    new_column,
    another_type,
    another_nullable,
    another_default,
    new_index,
    drop_index,
    drop_foreign_key,
    drop_unique,
    new_unique,
]
MUTATIONS = [(KINDS[seed % len(KINDS)], seed) for seed in range(20)]
