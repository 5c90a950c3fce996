"""The sink that keeps what it takes in a list, for those who ask what a script would do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from ddl_constructs import Change
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable

from .base import NoRows
from .bind import StandIn


class RecordingSink:
    """Keeps the changes; the first read of live data raises `NeedsDatabase`.

    Attributes:
        taken: Changes and executables, in the order in which they came.
        dialect: The dialect that scripts see when they ask.
        block: The batch block whose changes are being taken; None outside of one.
        line: The line of the script where the change of a block was said; None where nobody asked.
    """

    connection = None
    outside = False

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.taken: list[Change | Executable] = []
        self.kept: list[str] = []
        self.block: Any = None
        self.line: int | None = None

    @property
    def offline(self) -> bool:
        """Nothing that is taken runs."""
        return True

    def take(self, element: Change | Executable) -> Any:
        self.taken.append(element)
        return NoRows(element)

    def speaking_at(self) -> int | None:
        """Give the line of the script that is speaking; None where nobody asked for it."""
        return None

    def bind(self) -> Any:
        """A stand-in for the connection: keeps what it is given, and has nothing to read."""
        return StandIn(self)

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
        """A note is no change."""
