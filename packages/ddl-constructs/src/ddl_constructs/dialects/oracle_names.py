"""Names that Oracle would refuse for their length; by its manual, not run.

Each of its statements commits, so what the server would refuse half way is refused before any of
it runs. SQLAlchemy does so for indexes and constraints.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from ..change import Change, lowers
from ..constraint import RenameConstraint
from ..errors import UnsupportedChange
from ..index import RenameIndex
from ..routine import CreateFunction, CreateProcedure
from ..sequence import CreateSequence
from ..table import RenameTable


def refuse_long_names(change: Change, dialect: Dialect, *names: Any) -> None:
    """Raise if one of the names is too long for the server.

    Oracle Database SQL Language Reference 19c, Database Object Naming Rules: 128 bytes; 30 where
    COMPATIBLE is lower than 12.2, which SQLAlchemy's dialect asks for when it connects (ORA-00972).

    Args:
        change: What the names are new in.
        dialect: Of the server.
        names: What isn't a string is passed over.

    Raises:
        UnsupportedChange: One is too long.
    """
    longest = dialect.max_identifier_length
    for name in names:
        if isinstance(name, str) and len(name.encode()) > longest:
            raise UnsupportedChange(
                change.describe(),
                dialect.name,
                f"a name there has at most {longest} bytes, {name} has {len(name.encode())}",
                "choose a shorter one",
            )


@lowers(RenameTable, "oracle")
@lowers(RenameConstraint, "oracle")
@lowers(RenameIndex, "oracle")
@lowers(CreateSequence, "oracle")
@lowers(CreateFunction, "oracle")
@lowers(CreateProcedure, "oracle")
def _with_a_new_name(
    change: Any, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    fields = ("sequence_name", "function_name", "procedure_name")
    said = vars(change).items()
    new = [value for name, value in said if name.startswith("new_") or name in fields]
    refuse_long_names(change, dialect, *new)
    yield change
