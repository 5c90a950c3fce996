"""Notices where a script ends the transaction that it runs in, by the connection or by SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext

from ..dialects import knowledge
from ..errors import in_one_line
from ..failures import ConnectionGone, RolledBack, Swallowed
from ..journal.kinds import is_temporary, kind_of
from . import interruption


class Watch:
    """Notices on one connection where a script ends the transaction that it runs in.

    It also lets statements come to their end before a signal has its way: a server goes on with a
    statement whose client is gone (seen on MariaDB 10.11), so the next run could meet it still
    at work. The signal is heeded before the next statement.

    Args:
        connection: The connection that the scripts have.
        outside: Tells whether the transaction is left on purpose, and its end is none of ours.
        lasting: Tells whether what a statement does can't be rolled back.
    """

    def __init__(
        self, connection: Connection, outside: Callable[[], bool], lasting: Callable[[], bool]
    ) -> None:
        self._connection, self._outside, self._lasting = connection, outside, lasting
        self._known = knowledge(connection.dialect.name)
        self._attached = False
        self._committed: Callable[[], None] | None = None
        self._stays: Callable[[str], None] | None = None
        self._rolled_back = False
        self._failed: list[str] = []
        self._undone: str | None = None

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Listen inside of the block: around all that is watched, since to begin costs most."""
        if self._attached:
            yield
            return
        connection = self._connection
        listeners: tuple[tuple[Any, str, Callable[..., None]], ...] = (
            (connection, "before_cursor_execute", self._before_statement),
            (connection, "after_cursor_execute", self._after_statement),
            (connection, "rollback", self._on_rollback),
            (connection, "commit", self._on_commit),
            (connection, "begin", self._on_begin),
            (connection.engine, "handle_error", self._on_error),  # a connection has none
        )
        with ExitStack() as stack:
            stack.callback(setattr, self, "_attached", False)
            for target, name, listener in listeners:
                event.listen(target, name, listener)
                stack.callback(event.remove, target, name, listener)
            self._attached = True
            yield

    @contextmanager
    def watched(
        self, committed: Callable[[], None], stays: Callable[[str], None]
    ) -> Iterator[None]:
        """Notice the end of a transaction inside of the block.

        After a commit the next statement is in a transaction again, as the rest of the script
        expects; after an error with which the database has ended the transaction, no statement runs
        any more.

        Args:
            committed: Called when the script, or a statement that is about to run, commits: what
                was done before stays.
            stays: Called with each statement that has run and can't be rolled back.

        Raises:
            RolledBack: There was a rollback, so what the block did before it is lost.
            Swallowed: A statement failed, and the database undoes all that the block did.
            ConnectionGone: The connection is closed, or was lost.
        """
        with self.attached():
            self._committed, self._stays, self._rolled_back = committed, stays, False
            self._failed, self._undone = [], None
            try:
                yield
            finally:
                self._committed = self._stays = None
                interruption.busy(False)
        if self._connection.closed:
            raise ConnectionGone("was closed by the script")
        if self._rolled_back:
            raise RolledBack
        if self._undone is not None:
            raise Swallowed(self._undone)
        _must_be_sound(self._connection, self._failed)

    def _on_rollback(self, _: Connection) -> None:
        self._rolled_back = True

    def _on_commit(self, _: Connection) -> None:
        if self._committed is not None and not self._outside():
            self._committed()

    def _on_begin(self, _: Connection) -> None:
        if self._committed is not None and not self._outside():
            self._known.open_transaction(self._connection)

    def _before_statement(self, _: Connection, cursor: Any, statement: str, *more: object) -> None:
        if self._committed is None:
            return
        if self._undone is not None and not statement.startswith("ROLLBACK"):
            raise Swallowed(self._undone)
        if self._lasting():
            interruption.heed()
            interruption.busy(True)
            if self._settles(statement) and not self._outside():
                self._committed()

    def _after_statement(self, _: Connection, cursor: Any, statement: str, *more: Any) -> None:
        if self._committed is None or self._stays is None:
            return
        interruption.busy(False)
        if self._settles(statement):
            self._stays(statement)
        word = _ending(statement, self._known.in_transaction(self._connection))
        if word is None or self._outside():
            return
        if word in ("ROLLBACK", "ABORT"):
            self._rolled_back = True
            raise RolledBack
        self._committed()
        self._known.open_transaction(self._connection)

    def _settles(self, statement: str) -> bool:
        """Tell whether a statement's effect can't be rolled back: all, or that of DDL."""
        kind = kind_of(statement) if self._lasting() else "read"
        return (kind == "ddl" and not is_temporary(statement)) or (
            kind == "data" and self._outside()
        )

    def _on_error(self, context: ExceptionContext) -> None:
        if self._committed is None or context.connection is not self._connection:
            return
        self._failed.append(in_one_line(context.original_exception))
        ended = self._known.in_transaction(self._connection) is False and not self._outside()
        if ended and self._undone is None:
            self._undone = self._failed[-1]


def _must_be_sound(connection: Connection, failed: Sequence[str]) -> None:
    """Raise if a script has ended well, and its connection or transaction hasn't.

    Args:
        connection: The connection.
        failed: What went wrong on it, oldest first, be it caught or not.
    """
    if connection.invalidated:
        raise ConnectionGone(f"was lost ({failed[-1]})" if failed else "was lost")
    if knowledge(connection.dialect.name).aborted(connection):
        raise Swallowed(failed[0] if failed else None)


_ENDS = r"(COMMIT|END|ROLLBACK|ABORT)\b(?!\s+(?:WORK\s+|TRANSACTION\s+)?TO\b)"
_alone = re.compile(rf"\s*{_ENDS}[\w\s]*;?\s*", re.IGNORECASE).fullmatch
_among_others = re.compile(rf"(?:\A|;)\s*{_ENDS}", re.IGNORECASE).findall


def ends_transaction(statement: str) -> bool:
    """Tell whether a text is nothing but the end of a transaction."""
    return _alone(statement) is not None


def _ending(statement: str, in_transaction: bool | None) -> str | None:
    """The word by which SQL ended a transaction, in capitals; None if it didn't.

    Args:
        statement: What was executed; with some drivers several statements in one text.
        in_transaction: Whether the server is in a transaction after it; None if nobody knows, and
            then only a text that is nothing else counts: `END` ends the body of a function too.
    """
    if in_transaction is None:
        found = _alone(statement)
        return found[1].upper() if found else None
    words = _among_others(statement) if not in_transaction else ()
    return words[-1].upper() if words else None
