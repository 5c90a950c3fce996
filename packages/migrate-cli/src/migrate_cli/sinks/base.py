"""What the runner and `op` ask of a sink."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, NoReturn, Protocol

from ddl_constructs import Change
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable

from ..failures import NeedsDatabase


class Sink(Protocol):
    """Where changes go.

    Attributes:
        dialect: The dialect that is spoken.
        offline: Whether nothing that is taken runs now, so that nothing can be read back.
        connection: The live connection; None offline.
        kept: In words, what the present transaction's changes left behind for good,
            oldest first: all DDL where the database commits it by itself, and what
            was committed before a change that stands alone.
        outside: Whether the transaction is left just now, and every statement commits itself.
    """

    @property
    def dialect(self) -> Dialect: ...
    @property
    def offline(self) -> bool: ...
    @property
    def connection(self) -> Connection | None: ...
    @property
    def kept(self) -> Sequence[str]: ...
    @property
    def outside(self) -> bool: ...

    def take(self, element: Change | Executable) -> Any:
        """Take a change or a SQLAlchemy executable.

        Returns:
            Online what the connection returns (a cursor result; None for a change of
            no statements); offline something that raises `NeedsDatabase` when it is read.
        """

    def bind(self) -> Any:
        """Give what scripts call the bind: the connection, or what stands in for it."""

    def transaction(self) -> AbstractContextManager[None]:
        """Hold the block together: all of it stays, or as little as the database allows."""

    def alone(self, what: str) -> AbstractContextManager[None]:
        """Run the block outside of the transaction (`what` says why, for messages)."""

    def listening(self) -> AbstractContextManager[None]:
        """Prepare for what is watched inside of the block, so that it need not be each time."""

    def watched(self) -> AbstractContextManager[None]:
        """Raise `RolledBack` at the end of the block if it ended the transaction so."""

    def note(self, text: str) -> None:
        """Say something to those who read along; nothing is executed."""


class NoRows:
    """The result of what hasn't run: reading anything from it is an error by name."""

    def __init__(self, element: Change | Executable) -> None:
        self.__dict__["_element"] = element

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabase(in_words(self._element))

    def __iter__(self) -> NoReturn:
        raise NeedsDatabase(in_words(self._element))


def in_words(element: Change | Executable) -> str:
    """Say in one line what an element does."""
    if isinstance(element, Change):
        return element.describe()
    try:
        return " ".join(str(element).split())
    except AttributeError:  # SQLAlchemy 2.1, CreateEnumType: no text without a dialect
        return type(element).__name__
