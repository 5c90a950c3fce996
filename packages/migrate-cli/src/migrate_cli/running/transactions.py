"""The transaction of a run on one connection: begun, joined, left and begun again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from ddl_constructs import traits
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ..dialects import knowledge
from ..failures import InCallersTransaction
from .interruption import held
from .watching import Watch


class Transaction:
    """The transaction of a run on one connection.

    A transaction that the connection is in when this is made belongs to the caller: it
    is joined with a savepoint, and neither committed nor rolled back.

    Attributes:
        connection: The connection.
        callers: Whether the caller's transaction is joined.
        can_roll_back: Whether DDL can be rolled back on this database.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.callers = connection.in_transaction()
        self.can_roll_back = traits(connection.dialect.name).transactional_ddl
        self._outside = False
        self._watch = Watch(
            connection,
            lambda: self._outside,
            lambda: self._outside or not self.can_roll_back,
        )

    @property
    def is_left(self) -> bool:
        """Whether the transaction is left just now, by `left`."""
        return self._outside

    @contextmanager
    def around(self) -> Iterator[None]:
        """Run the block in a transaction: committed at its end, rolled back on any exception.

        What the connection is in at the end is what is committed, so that a script
        which ends the transaction by itself doesn't lose what comes after.
        """
        if self.callers:
            with self._savepoint():
                yield
            return
        self._open()
        try:
            yield
            self._commit()
        except BaseException:
            with suppress(DBAPIError):  # a connection that is gone has rolled back by itself
                if not self.connection.closed:
                    self.connection.rollback()
                    self._undo()
            raise

    @contextmanager
    def left(self, what: str) -> Iterator[None]:
        """Run the block in autocommit: what was done before is committed, and begun again after.

        Args:
            what: What needs it, for the message.

        Raises:
            InCallersTransaction: The transaction is the caller's.
        """
        if self.callers:
            raise InCallersTransaction(what)
        if self._outside:
            yield
            return
        level = self.connection.get_isolation_level()
        self._outside = True
        try:
            self._commit()
            self.connection.execution_options(isolation_level="AUTOCOMMIT")
            try:
                yield
            finally:
                if not (self.connection.closed or self.connection.invalidated):
                    self.connection.commit()
                    self.connection.execution_options(isolation_level=level)
        finally:
            self._outside = False
        self._open()

    def listening(self) -> AbstractContextManager[None]:
        """Make what is `watched` inside of the block cheaper."""
        return self._watch.attached()

    def watched(
        self, committed: Callable[[], None], stays: Callable[[str], None]
    ) -> AbstractContextManager[None]:
        """Notice where the block ends the transaction by itself; let statements end that stay.

        Args:
            committed: Called when it has committed.
            stays: Called with each statement that has run and can't be rolled back.

        Raises:
            RolledBack: It rolled back: what it did before is lost.
        """
        return self._watch.watched(committed, stays)

    def _open(self) -> None:
        if not self.connection.in_transaction():
            self.connection.begin()
        knowledge(self.connection.dialect.name).open_transaction(self.connection)

    def _commit(self) -> None:
        """Commit; a signal waits, since nobody could tell whether what it cuts off was done."""
        with held():
            self.connection.commit()

    def _undo(self) -> None:
        """Roll back what a commit that failed has left open.

        SQLAlchemy's transaction has ended with it; SQLite's stays, where another reads (SQLite,
        lang_transaction, "SQLITE_BUSY": the COMMIT can be tried again).
        """
        known = knowledge(self.connection.dialect.name)
        if not self.connection.invalidated and known.in_transaction(self.connection):
            self.connection.dialect.do_rollback(self.connection.connection)

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """Join the caller's transaction; where DDL commits it, a savepoint wouldn't survive."""
        knowledge(self.connection.dialect.name).open_transaction(self.connection)
        if not self.can_roll_back:
            yield
            return
        with self.connection.begin_nested():
            yield


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """Run a block that only reads, and leave the connection in the transaction it was in: mostly none."""
    before = connection.in_transaction()
    try:
        yield
    finally:
        if not before and not connection.closed:
            connection.rollback()
