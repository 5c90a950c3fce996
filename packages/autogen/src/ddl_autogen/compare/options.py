"""Options of tables: engine, character set, storage parameters, STRICT."""

from __future__ import annotations

from collections.abc import Iterator

from ddl_constructs import AlterTableOptions, Change

from ..values import TableValue
from .context import Context


def compare_options(theirs: TableValue, ours: TableValue, context: Context) -> Iterator[Change]:
    """Yield one change for all options that the model states and the database has otherwise."""
    after, before = context.database.options_apart(theirs, ours)
    if after:
        yield AlterTableOptions(
            ours.name, schema=ours.spelled_schema, existing_options=before, **after
        )
