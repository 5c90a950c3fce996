"""What the database has, as hooks look at it: on a Table with its columns, as if it were reflected."""

from __future__ import annotations

from typing import Any

from ddl_constructs import CreateTable
from sqlalchemy import Index, Table
from sqlalchemy.schema import SchemaItem

from ..build import column_of
from ..values import TableValue
from .context import Context


def placed(table: TableValue, context: Context, *items: SchemaItem) -> Table:
    """Give their columns, and what else is said, on a Table."""
    columns = [column_of(column, context.database) for column in table.columns]
    made = CreateTable(table.name, *columns, *items, schema=table.spelled_schema)
    return made.element


def on_table(item: Any, table: TableValue, context: Context) -> Any:
    """Give a constraint or an index of theirs on a Table; as it is if nobody looks at it."""
    if context.options.include_object is None:
        return item
    made = placed(table, context, item)
    held = made.indexes if isinstance(item, Index) else made.constraints
    return next(one for one in held if type(one) is type(item))
