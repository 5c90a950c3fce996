"""The sink over what only looks like a connection: it has a dialect, and takes statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from ddl_constructs import Change
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable


class HandingOnSink:
    """Hands each statement to a stand-in for a connection, one element at a time.

    Attributes:
        dialect: The dialect of the stand-in.
        stand_in: What the statements are handed to.
    """

    offline = False
    connection = None
    outside = False

    def __init__(self, stand_in: Any) -> None:
        self.stand_in = stand_in
        self.dialect: Dialect = stand_in.dialect
        self.kept: list[str] = []

    def take(self, element: Change | Executable) -> Any:
        pieces = element.statements(self.dialect) if isinstance(element, Change) else [element]
        result = None
        for piece in pieces:
            result = self.stand_in.execute(piece)
        return result

    def bind(self) -> Any:
        return self.stand_in

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        yield

    def listening(self) -> AbstractContextManager[None]:
        return nullcontext()

    def watched(self) -> AbstractContextManager[None]:
        return nullcontext()

    def note(self, text: str) -> None:
        """Nobody reads along here."""
