"""The implementation for PostgreSQL, by Alembic's name, and how scripts say its enum types."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import (
    AddColumn,
    AddEnumValue,
    Change,
    CreateEnum,
    CreateTable,
    DropEnum,
    RenameEnumValue,
    ReplaceEnum,
    traits,
)
from sqlalchemy import Column, Enum
from sqlalchemy.dialects.postgresql import ENUM

from ..operations.conversion import flat, op_of
from ..operations.ops.exclude import CreateExcludeConstraintOp
from .base import (
    AlterColumn,
    ColumnComment,
    IdentityColumnDefault,
    RenameTable,
    alter_column,
    alter_table,
    format_column_name,
    format_table_name,
    format_type,
)
from .impl import DefaultImpl

__all__ = [
    "AlterColumn",
    "ColumnComment",
    "CreateExcludeConstraintOp",
    "IdentityColumnDefault",
    "PostgresqlImpl",
    "RenameTable",
    "alter_column",
    "alter_table",
    "format_column_name",
    "format_table_name",
    "format_type",
]

_TRAITS = traits("postgresql")


class PostgresqlImpl(DefaultImpl):
    """Carries changes out on this dialect."""

    __dialect__ = "postgresql"
    transactional_ddl = _TRAITS.transactional_ddl
    command_terminator = _TRAITS.terminator

    def _left(self, changes: Sequence[Change]) -> list[Change]:
        """Leave the enum types to alembic-postgresql-enum where env.py imports it."""
        if "alembic_postgresql_enum" not in sys.modules:
            return list(changes)
        types = (AddEnumValue, CreateEnum, DropEnum, RenameEnumValue, ReplaceEnum)
        return [change for change in changes if not isinstance(change, types)]

    def _as_written(self, operations: Sequence[Any]) -> list[Any]:
        """Say each enum type once: Alembic's create_table creates those of its columns, unasked.

        A new type that one new table alone uses is left to that; where a type is there before
        the table is, its column says that it is there.
        """
        changes = [
            c for op in flat(operations) if isinstance(c := getattr(op, "change", 0), Change)
        ]
        uses = Counter(key for change in changes for key in _enums(change))
        by_table = {key for c in changes if isinstance(c, CreateTable) for key in _enums(c)}
        new = {(c.schema, c.enum_name) for c in changes if isinstance(c, CreateEnum)}
        left = {key for key in by_table & new if uses[key] == 1}
        found = []
        for op in operations:
            change = getattr(op, "change", None)
            if isinstance(change, CreateEnum) and (change.schema, change.enum_name) in left:
                continue
            if isinstance(change, CreateTable) and set(_enums(change)) - left:
                op = op_of(change.replace(elements=tuple(_there(change, left))), self.dialect)
            found.append(op)
        return found


def _enums(change: Change) -> Iterator[tuple[str | None, str]]:
    """Give (schema, name) of the enum types that a change brings columns of."""
    types: list[Any] = []
    if isinstance(change, CreateTable):
        types = [e.type for e in change.elements if isinstance(e, Column)]
    elif isinstance(change, AddColumn):
        types = [change.column.type]
    elif isinstance(change, ddl.AlterColumn):
        types = [change.type_]
    for type_ in types:
        inner = getattr(type_, "item_type", type_)
        if isinstance(inner, Enum) and inner.name and inner.native_enum:
            yield inner.schema, inner.name


def _there(change: CreateTable, left: set[tuple[str | None, str]]) -> Iterator[Any]:
    """Give a table's elements, its enum types told to be there but for those that are left to it."""
    for element in change.elements:
        type_ = getattr(element, "type", None)
        if (
            isinstance(element, Column)
            and isinstance(type_, Enum)
            and type_.native_enum
            and (type_.schema, type_.name) not in left
        ):
            element = element._copy()
            element.type = ENUM(
                *type_.enums, name=type_.name, schema=type_.schema, create_type=False
            )
        yield element
