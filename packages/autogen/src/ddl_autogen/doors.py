"""What the functions of the package's face check of their arguments, before they begin."""

from __future__ import annotations

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from .errors import WrongArgument
from .filters import Options


def check_connection(function: str, connection: object) -> None:
    """Refuse what isn't a connection.

    Raises:
        WrongArgument: With what leads from the thing given to a connection.
    """
    if isinstance(connection, Connection):
        return
    ways = {
        "Engine": "; open one: with engine.connect() as connection",
        "AsyncEngine": "; open one: async with engine.connect() as connection",
        "AsyncConnection": f": await connection.run_sync({function}, metadata)",
        "Session": ": session.connection()",
        "str": ": create_engine(url).connect()",
    }
    way = ways.get(type(connection).__name__, ": engine.connect()")
    raise WrongArgument(function, "connection", connection, f"a Connection{way}")


def check_options(function: str, options: object) -> None:
    """Refuse what are neither options nor None."""
    if not isinstance(options, Options | None):
        raise WrongArgument(
            function, "options", options, 'Options, as in Options(ignore=["tmp_*"])'
        )


def check_dialect(function: str, dialect: object) -> None:
    """Refuse what is neither a dialect nor None."""
    if not isinstance(dialect, Dialect | None):
        raise WrongArgument(
            function, "dialect", dialect, "a Dialect: connection.dialect, or engine.dialect"
        )
