"""Server defaults of columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column
from sqlalchemy.schema import DefaultClause

from ..build import server_default
from ..values import ColumnValue
from .context import Context


def column_default(
    theirs: ColumnValue, ours: ColumnValue, seen: Column[Any] | None, context: Context
) -> dict[str, Any]:
    """Give the new default as a fact of AlterColumn; nothing if it is the same.

    A default that the model only knows to be there (`FetchedValue`) isn't compared.
    """
    asked = context.options.compare_server_default
    if asked is False or _unknown(theirs, ours):
        return {}
    if callable(asked) and not (theirs.default is None and ours.default is None):
        given = ours.source.server_default
        said = asked(seen, ours.source, theirs.default, given, ours.default)
        if said is not None:
            return {"server_default": server_default(ours, context.database)} if said else {}
    if context.database.same_default(theirs, ours):
        return {}
    return {"server_default": server_default(ours, context.database)}


def _unknown(theirs: ColumnValue, ours: ColumnValue) -> bool:
    if ours.computed or ours.identity:
        return theirs.default is None
    given = ours.source.server_default
    return given is not None and not isinstance(given, DefaultClause)
