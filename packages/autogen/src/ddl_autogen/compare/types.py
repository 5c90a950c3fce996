"""Types of columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column
from sqlalchemy.types import NullType

from ..build import model_type
from ..values import ColumnValue
from .context import Context


def column_type(
    theirs: ColumnValue, ours: ColumnValue, seen: Column[Any] | None, context: Context
) -> dict[str, Any]:
    """Give the new type as a fact of AlterColumn; nothing if it is the same.

    A model column without a type, and a column of theirs without one, aren't compared.
    """
    asked = context.options.compare_type
    if asked is False or isinstance(ours.source.type, NullType) or not theirs.type:
        return {}
    if callable(asked):
        assert seen is not None, "someone asks, so it is there"
        said = asked(seen, ours.source, seen.type, ours.source.type)
        if said is not None:
            return {"type_": model_type(ours.source.type)} if said else {}
    if theirs.type == ours.type and _same_collation(theirs, ours, context):
        return {}
    return {"type_": model_type(ours.source.type)}


def _same_collation(theirs: ColumnValue, ours: ColumnValue, context: Context) -> bool:
    """Tell whether collations agree."""
    if ours.collation is None:
        return theirs.collation is None or not context.database.tells_collations
    return (theirs.collation or "").lower() == ours.collation.lower()
