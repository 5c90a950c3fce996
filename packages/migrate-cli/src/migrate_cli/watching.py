"""Notices where a script ends the transaction that it runs in, by the connection or by SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext

from . import interruption
from .dialects import knowledge
from .errors import in_one_line
from .failures import ConnectionGone, RolledBack, Swallowed


@contextmanager
def watched(
    connection: Connection, committed: Callable[[], None], outside: Callable[[], bool]
) -> Iterator[None]:
    """Notice the end of a transaction inside of the block.

    After a commit the next statement is in a transaction again, as the rest of the script expects;
    after an error with which the database has ended the transaction, no statement runs any more.

    Args:
        connection: The connection that the script has.
        committed: Called when the script has committed: what it did before stays.
        outside: Tells whether the transaction is left on purpose, and its end is none of ours.

    Raises:
        RolledBack: There was a rollback, so what the block did before it is lost.
        Swallowed: A statement failed, and the database undoes all that the block did.
        ConnectionGone: The connection is closed, or was lost.
    """
    known = knowledge(connection.dialect.name)
    rolled_back = False
    failed: list[str] = []
    undone: str | None = None

    def on_rollback(_: Connection) -> None:
        nonlocal rolled_back
        rolled_back = True

    def on_commit(_: Connection) -> None:
        if not outside():
            committed()

    def on_begin(_: Connection) -> None:
        if not outside():
            known.open_transaction(connection)

    def on_statement(_: Connection, cursor: Any, statement: str, *more: Any) -> None:
        nonlocal rolled_back
        word = _ending(statement, known.in_transaction(connection))
        if word is None or outside():
            return
        if word in ("ROLLBACK", "ABORT"):
            rolled_back = True
            raise RolledBack
        committed()
        known.open_transaction(connection)

    def on_error(context: ExceptionContext) -> None:
        nonlocal undone
        if context.connection is connection:
            failed.append(in_one_line(context.original_exception))
            if not undone and known.in_transaction(connection) is False and not outside():
                undone = failed[-1]

    def before_statement(_: Connection, cursor: Any, statement: str, *more: Any) -> None:
        if undone is not None and not statement.startswith("ROLLBACK"):
            raise Swallowed(undone)

    listeners: dict[str, Callable[..., None]] = {
        "rollback": on_rollback,
        "commit": on_commit,
        "begin": on_begin,
        "before_cursor_execute": before_statement,
        "after_cursor_execute": on_statement,
    }
    with ExitStack() as stack:
        for name, listener in listeners.items():
            event.listen(connection, name, listener)
            stack.callback(event.remove, connection, name, listener)
        event.listen(connection.engine, "handle_error", on_error)  # a connection has none
        stack.callback(event.remove, connection.engine, "handle_error", on_error)
        yield
    if connection.closed:
        raise ConnectionGone("was closed by the script")
    if rolled_back:
        raise RolledBack
    if undone is not None:
        raise Swallowed(undone)
    _must_be_sound(connection, failed)


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


@contextmanager
def ending_statements(connection: Connection, lasting: Callable[[], bool]) -> Iterator[None]:
    """Let statements on a connection come to their end before a signal has its way.

    A server goes on with a statement whose client is gone (seen on MariaDB 10.11), so the
    next run could meet it still at work. The signal is heeded before the next statement.

    Args:
        connection: The connection.
        lasting: Tells whether what a statement does can't be rolled back.
    """

    def before(*_: object) -> None:
        if lasting():
            interruption.heed()
            interruption.busy(True)

    def after(*_: object) -> None:
        interruption.busy(False)

    listeners: dict[str, Callable[..., None]] = {
        "before_cursor_execute": before,
        "after_cursor_execute": after,
    }
    with ExitStack() as stack:
        stack.callback(after)
        for name, listener in listeners.items():
            event.listen(connection, name, listener)
            stack.callback(event.remove, connection, name, listener)
        yield


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
