"""Comments of tables and columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ddl_constructs import Change, CreateTableComment, DropTableComment

from ..values import ColumnValue, TableValue
from .context import Context


def compare_table_comment(
    theirs: TableValue, ours: TableValue, context: Context
) -> Iterator[Change]:
    """Yield what makes their table's comment ours."""
    if theirs.comment == ours.comment or not context.database.has_comments:
        return
    schema = ours.spelled_schema
    if ours.comment is None:
        yield DropTableComment(ours.name, existing_comment=theirs.comment, schema=schema)
    else:
        yield CreateTableComment(
            ours.name, ours.comment, existing_comment=theirs.comment, schema=schema
        )


def column_comment(theirs: ColumnValue, ours: ColumnValue) -> dict[str, Any]:
    """Give the new comment as a fact of AlterColumn; nothing if it is the same."""
    return {} if theirs.comment == ours.comment else {"comment": ours.comment}
