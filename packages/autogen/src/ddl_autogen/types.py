"""Types of columns that were read from a database, as SQLAlchemy types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import types as sqltypes
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeEngine, UserDefinedType


class DatabaseType(UserDefinedType[Any]):
    """A type by the text that the database knows it by, where SQLAlchemy has no class for it.

    >>> from sqlalchemy import Column
    >>> column = Column("place", DatabaseType("GEOMETRY(POINT,4326)"))
    >>> str(column.type)
    'GEOMETRY(POINT,4326)'
    """

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **kw: Any) -> str:
        """Give the text."""
        return self.text

    def __repr__(self) -> str:
        return f"DatabaseType({self.text!r})"


@compiles(DatabaseType)
def _written(type_: DatabaseType, compiler: Any, **kw: Any) -> str:
    """Write the text; twice a percent sign, where the driver reads those in a statement."""
    preparer = compiler.dialect.identifier_preparer
    return type_.text.replace("%", "%%") if preparer._double_percents else type_.text


def made_of(
    kind: type[TypeEngine[Any]] | None, arguments: Sequence[int], collation: str | None = None
) -> TypeEngine[Any] | None:
    """Make a type of its class and the numbers in its brackets; None if that can't be."""
    make: Any = kind
    if kind is None:
        return None
    if issubclass(kind, sqltypes.String):
        if len(arguments) > 1:
            return None
        length = {"length": arguments[0]} if arguments else {}
        made: TypeEngine[Any] = make(**length, **({"collation": collation} if collation else {}))
        return made
    if not arguments:
        made = make()
    elif issubclass(kind, sqltypes.Numeric) and not issubclass(kind, sqltypes.Float):
        precision, *scale = arguments
        made = make(precision=precision, **({"scale": scale[0]} if scale else {}))
    elif len(arguments) == 1:
        made = make(arguments[0])
    else:
        return None
    return made
