"""What a database needs to be run on, one file a dialect; a dialect without a file needs nothing."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL
    from sqlalchemy.engine import Connection
    from sqlalchemy.engine.interfaces import Dialect


class Knowledge(Protocol):
    """What a dialect's file may say; each function has a default that does nothing.

    Attributes:
        keeps_widths: Whether a text longer than its column is refused.
    """

    keeps_widths: bool

    def open_transaction(self, connection: Connection) -> None:
        """Open the transaction on the server, where the driver doesn't by itself."""

    def located(self, url: URL, folder: Path) -> URL:
        """Give a URL whose relative file counts from a folder."""

    def in_transaction(self, connection: Connection) -> bool | None:
        """Ask the driver whether the server is in a transaction; None if it can't tell."""

    def set_offline(self, dialect: Dialect) -> None:
        """Set what the dialect would ask the server for, as a usual server answers."""


class _Nothing:
    """Knows nothing, and needs nothing."""

    keeps_widths = True

    def open_transaction(self, connection: Connection) -> None:
        return None

    def located(self, url: URL, folder: Path) -> URL:
        return url

    def in_transaction(self, connection: Connection) -> bool | None:
        return None

    def set_offline(self, dialect: Dialect) -> None:
        return None


class _File(_Nothing):
    """The functions of a dialect's file, with the defaults for those that it lacks."""

    def __init__(self, module: str) -> None:
        self.__dict__.update(vars(import_module(module)))


@cache
def knowledge(dialect: str) -> Knowledge:
    """Give what is known of a dialect by its name."""
    module = f"{__name__}.{dialect}"
    if not dialect.isidentifier() or find_spec(module) is None:
        return _Nothing()
    return cast("Knowledge", _File(module))
