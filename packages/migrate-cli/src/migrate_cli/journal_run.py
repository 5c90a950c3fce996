"""The journal of one run: a page for each revision, or nothing where there is no journal."""

from __future__ import annotations

import getpass
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ddl_constructs import traits
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from . import complaint
from .dialects import knowledge
from .errors import CantGoOn, MigrateError, in_one_line
from .journal import LAYOUT, Attempt, Journal, hashed
from .journal_page import Page
from .paths import shown
from .resume import Resumed
from .sinks import OnlineSink, Sink


class Scribe:
    """Writes the journal of one run.

    Args:
        journal: The journal; None where nothing is written down.
        sink: Where the run's changes go.
        resumed: The revision to go on with; None to begin each anew.
    """

    def __init__(self, journal: Journal | None, sink: Sink, resumed: Resumed | None = None) -> None:
        self._journal = journal if sink.connection is not None else None
        self._sink, self._resumed = sink, resumed
        self._page: Page | None = None
        self._session: str | None = None
        self._transactional = traits(sink.dialect.name).transactional_ddl
        self._callers = isinstance(sink, OnlineSink) and sink.joined

    @contextmanager
    def page(self, revision: str, direction: str, file: Path) -> Iterator[None]:
        """Write down what a revision does inside of the block."""
        self._page = None
        connection = self._sink.connection
        if self._journal is None or connection is None:
            yield
            return
        if not self._transactional:
            self._journal.create(connection)  # it would commit what stands before it
        resumed = self._resumed
        if resumed is not None and resumed.attempt.revision == revision:
            attempt, before = resumed.attempt, resumed.replay(connection)
            self._here_now(connection, attempt)
        else:
            attempt, before = self._attempt(revision, direction, file), None
        self._page = Page(
            self._journal,
            connection,
            attempt,
            transactional=self._transactional,
            outside=lambda: self._sink.outside,
            session=self._asked,
            before=before,
        )
        with self._page.open():
            yield

    def ended(self) -> None:
        """Write down that the revision is done, in the transaction of its row in the version table."""
        if self._page is not None:
            self._page.end()
        self._resumed = None

    def failed(self, err: BaseException) -> None:
        """Write down that the revision failed; what stands in the way of that isn't told."""
        page, connection = self._page, self._sink.connection
        if page is None or connection is None or self._callers or isinstance(err, CantGoOn):
            return
        with suppress(SQLAlchemyError, MigrateError):
            if connection.in_transaction():
                connection.rollback()
            with connection.begin():
                page.failed(_reason(err, self._sink), certain=_is_answer(err))

    def closed(self) -> None:
        """Take the table away at the end of a run where it is there only for unfinished revisions."""
        journal, connection = self._journal, self._sink.connection
        if journal is None or journal.kept or connection is None or self._callers:
            return
        if journal.exists(connection):
            with self._sink.transaction():
                journal.drop(connection)

    def _asked(self) -> str | None:
        connection = self._sink.connection
        if self._session is None and connection is not None:
            self._session = knowledge(self._sink.dialect.name).session(connection)
        return self._session

    def _here_now(self, connection: Connection, attempt: Attempt) -> None:
        """Write down who goes on with a revision."""
        assert self._journal is not None
        who = {"actor": _actor(), "host": socket.gethostname()[:255], "pid": os.getpid()}
        who |= {"session": self._asked(), "tool": _tool(), "state": "begun", "error": None}
        self._journal.update(connection, attempt.attempt, 0, **who)

    def _attempt(self, revision: str, direction: str, file: Path) -> Attempt:
        source = source_of(file)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        return Attempt(
            attempt=secrets.token_hex(8),
            revision=revision,
            direction=direction,
            state="begun",
            text=source,
            hash=hashed(source),
            begun=now,
            seconds=None,
            error=None,
            actor=_actor(),
            host=socket.gethostname()[:255],
            pid=os.getpid(),
            tool=_tool(),
            layout=LAYOUT,
            file=shown(file),
            session=None,
        )


def source_of(file: Path) -> str:
    """Read a revision file as the journal keeps it."""
    return file.read_text(encoding="utf-8", errors="replace")


@cache
def _actor() -> str:
    try:
        return getpass.getuser()[:128]
    except (OSError, KeyError):  # a container's user needs no name
        return str(os.getuid())


@cache
def _tool() -> str:
    from . import __version__

    return __version__


def _reason(err: BaseException, sink: Sink) -> str:
    if isinstance(err, DBAPIError) and err.orig is not None:
        return complaint.reason(err)
    return in_one_line(err)


def _is_answer(err: Any) -> bool:
    """Tell whether a database has refused a statement, so that it did nothing."""
    return isinstance(err, DBAPIError) and not err.connection_invalidated
