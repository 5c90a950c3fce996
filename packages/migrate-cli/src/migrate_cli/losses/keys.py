"""Whether rows that are there would break a UNIQUE or a foreign key that comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, column, exists, func, literal_column, not_, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import TableClause


def repeated(connection: Connection, there: TableClause, names: Sequence[str]) -> bool:
    """Tell whether some rows agree in all of these columns; NULL agrees with nothing."""
    columns: list[ColumnElement[Any]] = [column(name) for name in names]
    alike: Any = select(literal_column("1")).select_from(there).group_by(*columns)
    said = and_(*(each.is_not(None) for each in columns))
    return _any(connection, alike.where(said).having(func.count() > 1))


def orphaned(
    connection: Connection,
    there: TableClause,
    names: Sequence[str],
    target: TableClause,
    target_names: Sequence[str],
) -> bool:
    """Tell whether some row names one in another table that isn't there; NULL names none."""
    here, parent = there.alias("here"), target.alias("parent")
    columns: list[ColumnElement[Any]] = [column(name, _selectable=here) for name in names]
    pairs = zip(columns, target_names, strict=True)
    found = exists().select_from(parent)
    found = found.where(*(column(name, _selectable=parent) == one for one, name in pairs))
    said = and_(*(each.is_not(None) for each in columns))
    asked: Any = select(literal_column("1")).select_from(here).where(said, not_(found))
    return _any(connection, asked)


def _any(connection: Connection, asked: Any) -> bool:
    """Tell whether there is a row; not where it can't be asked yet, of types that don't compare."""
    try:
        with connection.begin_nested():
            return connection.execute(asked.limit(1)).first() is not None
    except DBAPIError:
        return False
