"""The sink that executes: changes go to a connection, each in the transaction it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from ddl_constructs import Change, ExecuteSQL, stands_alone
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable

from ..running.half_built import half_built
from ..running.transactions import Transaction
from .base import in_words


class OnlineSink:
    """Executes what it takes on a connection.

    The connection may be inside a transaction of the caller; then nothing is committed.

    Attributes:
        connection: The connection.
        dialect: Its dialect.
        kept: What the last transaction's changes left behind, see `Sink`.
        joined: Whether the connection was handed over inside a transaction of the caller's.
    """

    offline = False

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect: Dialect = connection.dialect
        self.kept: list[str] = []
        self._transaction = Transaction(connection)
        self.joined = self._transaction.callers
        self._pending: list[str] = []
        self._speaking = self._stayed = False

    def take(self, element: Change | Executable) -> Any:
        if not stands_alone(element, self.dialect):
            return self._execute(element, element)
        pieces: Sequence[Executable] = [element]
        if isinstance(element, Change):
            pieces = element.statements(self.dialect, self.connection)
        result = None
        for piece in pieces:
            if stands_alone(piece, self.dialect):
                with self.alone(in_words(piece)):
                    self._clear_the_way(piece)
                    result = self._spoken(piece)
                self.kept.append(in_words(piece))
            else:
                result = self._execute(piece, element)
        return result

    def _clear_the_way(self, piece: Executable) -> None:
        """Take an index away that is built anew, if an earlier build of it failed half way."""
        if statement := half_built(piece, self.connection):
            self.connection.exec_driver_sql(statement)

    @property
    def outside(self) -> bool:
        return self._transaction.is_left

    def bind(self) -> Connection:
        return self.connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.kept, self._pending = [], []
        with self._transaction.around():
            yield

    @contextmanager
    def joining(self) -> Iterator[None]:
        """Take the transaction that is open for its opener's, inside of the block."""
        before = self._transaction.callers
        self._transaction.callers = True
        try:
            yield
        finally:
            self._transaction.callers = before

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        with self._transaction.left(what):
            self._keep()
            yield

    def listening(self) -> AbstractContextManager[None]:
        return self._transaction.listening()

    def watched(self) -> AbstractContextManager[None]:
        return self._transaction.watched(self._committed, self._stays)

    def note(self, text: str) -> None:
        """Nobody reads along here: the caller tells the progress."""

    def _execute(self, statement: Executable, element: Change | Executable) -> Any:
        result = self._spoken(statement)
        if isinstance(element, Change):
            (self.kept if self._stayed else self._pending).append(in_words(element))
        return result

    def _spoken(self, statement: Executable) -> Any:
        """Execute what is told in the words of its change, and not as each of its statements."""
        self._speaking, self._stayed = True, self.outside
        try:
            return self.connection.execute(statement)
        finally:
            self._speaking = False

    def _stays(self, statement: str) -> None:
        """Take note of a statement that can't be rolled back, whoever executes it."""
        self._stayed = True
        if not self._speaking:
            self.kept.append(ExecuteSQL(statement, raw=True).describe())

    def _committed(self) -> None:
        """Take note that the script has committed by itself what it did so far."""
        if not self._pending and self._transaction.can_roll_back:
            self.kept.append("what the script committed")
        self._keep()

    def _keep(self) -> None:
        self.kept += self._pending
        self._pending = []
