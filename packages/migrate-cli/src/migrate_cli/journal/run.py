"""The journal of one run: a page for each revision, or nothing where there is no journal."""

from __future__ import annotations

import getpass
import os
import socket
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache
from pathlib import Path
from typing import Any

from ddl_constructs import traits
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ..dialects import knowledge
from ..errors import CantGoOn, MigrateError, in_one_line
from ..paths import shown
from ..running import complaint
from ..running.resume import Resumed
from ..sinks import OnlineSink, Sink
from .ears import Ears
from .page import Page
from .rows import LAYOUT, Attempt, hashed, moment
from .table import Journal


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
        self._ears = Ears(sink.connection) if sink.connection is not None else None
        self._session: str | None = None
        self._transactional = traits(sink.dialect.name).transactional_ddl
        self._callers = isinstance(sink, OnlineSink) and sink.joined

    def listening(self) -> AbstractContextManager[None]:
        """Hear what passes by on the connection inside of the block: around all pages."""
        if self._journal is None or self._ears is None:
            return nullcontext()
        return self._ears.attached()

    def page(
        self, revision: str, direction: str, file: Path, source: str
    ) -> AbstractContextManager[None]:
        """Write down what a revision does, in a block inside of that of `listening`.

        Args:
            revision: Its id.
            direction: "upgrade" or "downgrade".
            file: Its file.
            source: What stands in the file.
        """
        self._page = None
        connection = self._sink.connection
        if self._journal is None or connection is None or self._ears is None:
            return nullcontext()
        if not self._transactional:
            self._journal.create(connection)  # it would commit what stands before it
        resumed = self._resumed
        if resumed is not None and resumed.attempt.revision == revision:
            attempt, before = resumed.attempt, resumed.replay(connection)
            self._here_now(connection, attempt)
        else:
            attempt, before = self._attempt(revision, direction, file, source), None
        self._page = Page(
            self._journal,
            connection,
            self._ears,
            attempt,
            transactional=self._transactional,
            outside=lambda: self._sink.outside,
            session=self._asked,
            before=before,
        )
        return self._page

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
        with suppress(*complaint.GONE, MigrateError):
            if connection.in_transaction():
                connection.rollback()
            with connection.begin():
                page.failed(_reason(err, self._sink), certain=_is_answer(err))

    def closed(self) -> None:
        """Take the table away at the end of a run where it is there only for unfinished revisions."""
        journal, connection = self._journal, self._sink.connection
        if journal is None or journal.kept or connection is None:
            return
        if journal.exists(connection):
            with nullcontext() if self._callers else self._sink.transaction():
                journal.drop(connection)

    def _asked(self) -> str | None:
        connection = self._sink.connection
        if self._session is None and connection is not None:
            self._session = knowledge(self._sink.dialect.name).session(connection)
        return self._session

    def _here_now(self, connection: Connection, attempt: Attempt) -> None:
        """Write down who goes on with a revision."""
        assert self._journal is not None
        who = {"actor": _actor(), "host": _host(), "pid": os.getpid()}
        who |= {"session": self._asked(), "tool": _tool(), "state": "begun", "error": None}
        self._journal.update(connection, attempt.attempt, 0, **who)

    def _attempt(self, revision: str, direction: str, file: Path, source: str) -> Attempt:
        return Attempt(
            attempt=os.urandom(8).hex(),
            revision=revision,
            direction=direction,
            state="begun",
            text=source,
            hash=hashed(source),
            begun=moment(),
            seconds=None,
            error=None,
            actor=_actor(),
            host=_host(),
            pid=os.getpid(),
            tool=_tool(),
            layout=LAYOUT,
            file=shown(file),
            session=None,
        )


@cache
def _actor() -> str:
    try:
        return getpass.getuser()[:128]
    except (OSError, KeyError):  # a container's user needs no name
        return str(os.getuid())


@cache
def _host() -> str:
    return socket.gethostname()[:255]


@cache
def _tool() -> str:
    from .. import __version__

    return __version__


def _reason(err: BaseException, sink: Sink) -> str:
    if isinstance(err, DBAPIError) and err.orig is not None:
        return complaint.reason(err)
    return in_one_line(err)


def _is_answer(err: Any) -> bool:
    """Tell whether a database has refused a statement, so that it did nothing."""
    return isinstance(err, DBAPIError) and not err.connection_invalidated
