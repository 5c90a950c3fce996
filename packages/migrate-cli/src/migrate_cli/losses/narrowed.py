"""Whether the values of a column would all come through a change of its type; the rows are looked at.

Databases say so themselves only in part: PostgreSQL and MariaDB round a number to fewer digits and cut
the time of day from a date without a word, and MariaDB without strict mode cuts and clamps the rest too.
"""

from __future__ import annotations

import warnings
from typing import Any

from sqlalchemy import String, cast, column, func, literal_column, not_, or_, select, table
from sqlalchemy import types as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import CompileError, DataError, DBAPIError, SAWarning
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType, TypeEngine

from ..dialects import knowledge
from ..running.complaint import reason


def lost(
    connection: Connection,
    where: tuple[str | None, str],
    name: str,
    old: TypeEngine[Any],
    new: TypeEngine[Any],
) -> str | None:
    """Say what rows would lose by another type; None if nothing, or if that can't be told.

    Args:
        connection: The database; the look is a savepoint of its own.
        where: (schema, name) of the table.
        name: The column's name.
        old: The type that it has.
        new: The type that it would get.
    """
    if isinstance(old, NullType) or isinstance(new, NullType):
        return None
    if not knowledge(connection.dialect.name).keeps_widths:  # a batch block looks when it runs
        return None
    old, new = (type_.dialect_impl(connection.dialect) for type_ in (old, new))
    if _holds_all(old, new):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error", SAWarning)  # MySQL has no CAST to some types
        try:
            found = _any(connection, where, _differs(name, old, new))
        except (SAWarning, CompileError):
            return None
        except DataError as err:
            return f"has rows that can't become that: {reason(err)}"
        except DBAPIError:  # no such cast: whether the change says another way, is its own matter
            return None
    return "has rows whose value would change" if found else None


def _differs(name: str, old: TypeEngine[Any], new: TypeEngine[Any]) -> ColumnElement[bool]:
    """Give the condition by which a value is another one afterwards."""
    value: ColumnElement[Any] = column(name, old)
    bounds = _bounds(new)
    if bounds is not None and isinstance(old, (sa.Integer, sa.Numeric, sa.Float)):
        rounded = func.round(value) != value
        least: Any = literal_column(str(bounds[0]))
        greatest: Any = literal_column(str(bounds[1]))
        outside = not_(value.between(least, greatest))
        return outside if isinstance(old, sa.Integer) else or_(outside, rounded)
    if isinstance(new, sa.Enum) and isinstance(old, String):  # an Enum is one too
        return cast(value, String(255)).not_in(new.enums)
    changed: ColumnElement[bool] = cast(cast(value, new), old) != value
    return changed


def _bounds(type_: TypeEngine[Any]) -> tuple[int, int] | None:
    """Give the least and the greatest number of an integer type; None of any other."""
    if not isinstance(type_, sa.Integer):
        return None
    word = type_.__visit_name__.upper()
    bits = {"TINYINT": 8, "SMALL_INTEGER": 16, "SMALLINT": 16, "MEDIUMINT": 24}.get(word, 32)
    bits = 64 if isinstance(type_, sa.BigInteger) else bits
    if getattr(type_, "unsigned", False):
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _holds_all(old: TypeEngine[Any], new: TypeEngine[Any]) -> bool:
    """Tell whether the types alone say that every value comes through; then no row is read."""
    before, after = _bounds(old), _bounds(new)
    if before is not None and after is not None:
        return after[0] <= before[0] and before[1] <= after[1]
    if isinstance(old, sa.Enum) or isinstance(new, sa.Enum):
        labels = getattr(new, "enums", None)
        return labels is not None and set(getattr(old, "enums", [None])) <= set(labels)
    if isinstance(old, String) and isinstance(new, String):
        same_kind = old._type_affinity is new._type_affinity
        return same_kind and (new.length is None or (old.length or new.length + 1) <= new.length)
    return False


def _any(
    connection: Connection, where: tuple[str | None, str], condition: ColumnElement[bool]
) -> bool:
    schema, name = where
    there = table(name, schema=schema)
    asked: Any = select(literal_column("1")).select_from(there).where(condition).limit(1)
    with connection.begin_nested():
        return connection.execute(asked).first() is not None
