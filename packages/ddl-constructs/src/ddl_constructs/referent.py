"""What a foreign key points to, by name, also where names hold dots."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, MetaData, Table
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.types import NullType


def targets(constraint: ForeignKeyConstraint) -> tuple[str, ...]:
    """Give a foreign key's targets, "[schema.]table.column", in the order of its columns."""
    found = [target(fk) for fk in constraint.elements]
    return tuple(".".join(filter(None, parts)) for parts in found)


def target(fk: ForeignKey) -> tuple[str | None, str, str]:
    """Give schema, table and column that a foreign key points to, by name.

    A string says a column's key, and no schema where its MetaData has one for all, so it is
    looked up where the table is known. Otherwise its last part is the column, the one before
    it the table, the rest the schema.
    """
    spec: Any = fk._colspec
    if isinstance(spec, str) and isinstance(getattr(fk.parent, "table", None), Table):
        with suppress(InvalidRequestError):  # the table isn't there, or not yet
            spec = fk.column
    if isinstance(spec, str):
        *rest, name, column_name = spec.split(".")
        return ".".join(rest) or None, name, column_name
    return spec.table.schema, spec.table.name, spec.name


def referred(
    schema: str | None, table_name: str, *column_names: str
) -> list[str] | list[Column[Any]]:
    """Give what a foreign key takes as targets: strings, Columns where dots are in the names."""
    if not any("." in name for name in (table_name, *column_names)):
        where = ".".join(filter(None, (schema, table_name)))
        return [f"{where}.{name}" for name in column_names]
    columns = [Column(name, NullType()) for name in dict.fromkeys(column_names)]
    there = Table(table_name, MetaData(), *columns, schema=schema)
    return [there.c[name] for name in column_names]


def stand_in_targets(table: Table) -> None:
    """Put a Table with the named columns behind each foreign key of a detached one."""
    for fk in table.foreign_keys:
        spec = fk._colspec
        if not isinstance(spec, str):
            continue
        if spec.startswith(table.fullname + "."):
            name, schema, target = table.name, table.schema, spec[len(table.fullname) + 1 :]
            if "." in table.name:
                _point_at(fk, table, target)
                continue
        else:
            *rest, target = spec.split(".")
            name = rest[-1] if rest else table.name
            schema = ".".join(rest[:-1]) or None
        key = f"{schema}.{name}" if schema else name
        stand_in = table.metadata.tables.get(key)
        if stand_in is None:
            Table(name, table.metadata, Column(target, NullType()), schema=schema)
        elif target not in stand_in.c:
            stand_in.append_column(Column(target, NullType()))


def _point_at(fk: ForeignKey, table: Table, target: str) -> None:
    """Resolve a self reference of a table whose own name holds a dot."""
    if target not in table.c:
        table.append_column(Column(target, NullType(), system=True))
    fk._set_target_column(table.c[target])
