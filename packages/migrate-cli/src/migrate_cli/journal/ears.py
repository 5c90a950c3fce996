"""What is heard on a connection, and handed on to the page of the journal that is open just then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext

from .given import Given


class Hearer(Protocol):
    """Who wants to hear what passes by on the connection."""

    def begins(self, statement: str, parameters: Any, context: Any) -> None:
        """A statement is about to be executed; an exception keeps it from that."""

    def ends(self, cursor: Any, context: Any) -> None:
        """It was executed."""

    def commits(self) -> None:
        """The transaction is about to be committed."""

    def rolls_back(self) -> None:
        """The transaction is rolled back."""

    def refused(self, error: BaseException) -> None:
        """The database has refused the statement."""

    def given(self, cursor: Any, context: Any) -> Given | None:
        """Give what a statement gave before; None to execute it. Asked if there was a run before."""


class Ears:
    """Listeners on a connection, attached once for many pages: that costs more than to hear.

    Attributes:
        hearer: Who hears; None while nobody does.
    """

    def __init__(self, connection: Connection) -> None:
        self.hearer: Hearer | None = None
        self._connection = connection

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Listen inside of the block."""
        connection, dialect = self._connection, self._connection.dialect
        with ExitStack() as stack:
            for target, name, listener in (
                (connection, "before_cursor_execute", self._begins),
                (connection, "after_cursor_execute", self._ends),
                (connection, "commit", self._commits),
                (connection, "rollback", self._rolls_back),
                (dialect, "handle_error", self._refused),
            ):
                # one that gives the statement back is called without a wrapper around it
                event.listen(target, name, listener, retval=name.startswith("before"))
                stack.callback(event.remove, target, name, listener)
            yield

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Ask the hearer too whether a statement is to be executed at all."""
        dialect = self._connection.dialect
        with ExitStack() as stack:
            for name, listener in (
                ("do_execute", self._passes),
                ("do_executemany", self._passes),
                ("do_execute_no_params", self._passes_bare),
            ):
                event.listen(dialect, name, listener)
                stack.callback(event.remove, dialect, name, listener)
            yield

    def _begins(
        self, _: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        if self.hearer is not None:
            self.hearer.begins(statement, parameters, context)
        return statement, parameters

    def _ends(
        self, _: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if self.hearer is not None:
            self.hearer.ends(cursor, context)

    def _commits(self, _: Connection) -> None:
        if self.hearer is not None:
            self.hearer.commits()

    def _rolls_back(self, _: Connection) -> None:
        if self.hearer is not None:
            self.hearer.rolls_back()

    def _refused(self, refusal: ExceptionContext) -> None:
        if self.hearer is not None and refusal.connection is self._connection:
            self.hearer.refused(refusal.original_exception)

    def _passes(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        return self._passes_bare(cursor, statement, context)

    def _passes_bare(self, cursor: Any, statement: str, context: Any) -> bool:
        """Give what a statement gave, instead of executing it again."""
        if self.hearer is None or context.root_connection is not self._connection:
            return False
        given = self.hearer.given(cursor, context)
        if given is None:
            return False
        context.cursor = given
        context.fetchall_for_returning = lambda _: given.fetchall()
        return True
