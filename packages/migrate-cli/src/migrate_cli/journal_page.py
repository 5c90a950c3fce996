"""The journal's page of one revision that runs: its statements, as they pass by on the connection."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.engine.cursor import BufferedRowCursorFetchStrategy
from sqlalchemy.exc import DBAPIError

from .interruption import held
from .journal import LONGEST, Attempt, Entry, Journal, hashed
from .journal_answers import Answer, again, answer, fingerprint
from .journal_answers import refusal as refused
from .journal_effects import decidable
from .journal_given import Before, Given, together
from .journal_kinds import is_temporary, kind_of, opening, reads_catalog

MOST_ROWS = 50_000
"""Rows of an answer that are fetched in order to compare it; a longer one isn't compared."""


class Page:
    """The page of a revision: written in the transaction that its statements are in.

    What can be rolled back is written at the end, or before a commit, in one statement. A
    statement that can't be is written down before it runs, and marked when it is done.

    Attributes:
        attempt: The revision's own row.
        stopped: What ended the script, also where it swallowed that; None if nothing did.
    """

    def __init__(
        self,
        journal: Journal,
        connection: Connection,
        attempt: Attempt,
        *,
        transactional: bool,
        outside: Callable[[], bool],
        session: Callable[[], str | None] = lambda: None,
        before: Before | None = None,
    ) -> None:
        self.attempt = attempt
        self.stopped: Exception | None = None
        self._journal, self._connection = journal, connection
        self._transactional, self._outside = transactional, outside
        self._before, self._session = before, session
        self._doubtful = {entry.n for entry in attempt.entries if entry.state == "begun"}
        self._fresh: list[Entry] = []
        self._standing: list[Entry] = []
        self._running: Entry | None = None
        self._wrapped = False
        self._started = self._clock = 0.0
        self._written = self._safe = before is not None
        self._next = self._safe_next = len(attempt.entries) + 1
        self._savepoints: list[tuple[str, int]] = []
        self._ours = False

    @contextmanager
    def open(self) -> Iterator[None]:
        """Write down what passes by on the connection inside of the block."""
        listeners: list[tuple[Any, str, Callable[..., Any], dict[str, Any]]] = [
            (self._connection, "before_cursor_execute", self._begins, {"retval": True}),
            (self._connection, "after_cursor_execute", self._ends, {}),
            (self._connection, "commit", self._commits, {}),
            (self._connection, "rollback", self._rolls_back, {}),
            (self._connection.dialect, "handle_error", self._refused, {}),
        ]
        if self._before is not None:
            dialect = self._connection.dialect
            listeners += [
                (dialect, "do_execute", self._passes, {}),
                (dialect, "do_executemany", self._passes, {}),
                (dialect, "do_execute_no_params", self._passes_bare, {}),
            ]
        self._started = time.perf_counter()
        with ExitStack() as stack:
            for target, name, listener, options in listeners:
                event.listen(target, name, listener, **options)
                stack.callback(event.remove, target, name, listener)
            try:
                yield
            except DBAPIError as err:
                raise self._explained(err) from err
            self._settle()
        if self.stopped is not None:  # the script has swallowed it
            raise self.stopped
        if self._before is not None:
            self._before.ended()

    def end(self) -> None:
        """Write down that the revision is done, in the transaction that says so elsewhere too."""
        done = self.attempt
        done.state, done.error = "done", None
        done.seconds = round(time.perf_counter() - self._started, 6)
        if not self._written:
            if self._journal.kept:
                self._fresh = together(self._fresh)
                self._flush()
            return
        if not self._journal.kept:
            self._journal.delete(self._connection, done.attempt)
            return
        self._flush()
        self._journal.forget_answers(self._connection, done.attempt)
        self._update(0, state="done", seconds=done.seconds, error=None)

    def failed(self, reason: str, *, certain: bool) -> None:
        """Write down, when all is rolled back that can be, that the revision failed.

        Args:
            reason: Why, in words.
            certain: Whether the statement that was running had an answer; otherwise it may be
                done or not.
        """
        journal, connection, of = self._journal, self._connection, self.attempt.attempt
        self.attempt.seconds = round(time.perf_counter() - self._started, 6)
        journal.forgotten()
        if not journal.exists(connection):
            return
        there = {entry.n: entry for entry in journal.entries(connection, of)}
        for entry in self._standing:
            if entry.state == "done" and there.get(entry.n) and there[entry.n].state == "begun":
                self._update(entry.n, state="done", seconds=entry.seconds, answer=entry.answer)
                there[entry.n].state = "done"
        last = self._running
        if last is not None and certain and last.n in there:
            self._update(last.n, state="failed", error=reason)
            there[last.n].state = "failed"
        stays = any(
            entry.writes and (entry.state in ("begun", "done") or self._transactional)
            for entry in there.values()
        )
        state = "stopped" if stays else "failed"
        if not there or not self._update(
            0, state=state, error=reason, seconds=self.attempt.seconds
        ):
            if journal.kept:
                self.attempt.state, self.attempt.error = state, reason
                entries = []
                if last is not None:
                    last.n, last.state, last.error = 1, "failed", reason
                    entries = [last]
                journal.insert(connection, self.attempt, entries, of)
        elif not stays and not journal.kept:
            journal.delete(connection, of)

    def _begins(
        self,
        connection: Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> tuple[str, Any]:
        if self._ours:
            return statement, parameters
        if self.stopped is not None:
            raise self.stopped
        context.migrate_given = None
        self._settle()
        entry = self._entry(statement, parameters)
        try:
            known = self._known(entry)
        except Exception as err:
            self.stopped = err
            raise
        if known is not None:
            context.migrate_given = known
            return statement, parameters
        self._makes_way(entry)
        self._running, self._clock = entry, time.perf_counter()
        return statement, parameters

    def _known(self, entry: Entry) -> Entry | None:
        """Give what the run before has of a statement, if it isn't to be executed again."""
        if self._before is None or entry.kind in ("session", "transaction"):
            return None
        with self._aside():
            known = self._before.met(entry)
        if known is None:
            return None
        given = Answer.read(known.answer)
        if known.state == "refused" and given.raised is not None:
            return known
        if known.state == "done" and known.n in self._doubtful:
            self._update(known.n, state="done")  # what comes later may take its effect away
        if known.state == "done" and (known.kind != "read" or given.rows is not None):
            return known
        entry.n = known.n
        return None

    def _makes_way(self, entry: Entry) -> None:
        """Write down what has to be written before a statement runs."""
        outside = self._outside()
        if entry.kind in ("session", "transaction"):
            commits = _ENDING if self._transactional else _COMMITTING
            if commits.match(opening(entry.text)) and not outside:
                self._flush()
                self._is_safe()
            return
        if entry.kind == "read" or is_temporary(entry.text):
            return
        if entry.kind == "data":
            if outside:
                self._wrapped = True
                self._say("BEGIN")
            return
        if outside or not self._transactional:
            if entry.n:
                self._update(entry.n, state="begun", error=None)
            else:
                self._flush(entry)
            self._standing.append(entry)

    def _ends(
        self,
        connection: Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> None:
        entry = self._running
        if self._ours or entry is None or getattr(context, "migrate_given", None) is not None:
            return
        given = self._answer(entry, cursor, context)
        entry.seconds = round(time.perf_counter() - self._clock, 6)
        entry.state = "done"
        if self._before is not None and entry.n and entry.kind == "read":
            try:
                self._before.answered(entry, given)
            except Exception as err:
                self.stopped = err
                raise
        entry.answer = given.written()
        if entry in self._standing:
            self._update(entry.n, state="done", seconds=entry.seconds, answer=entry.answer)
            if not self._outside() and not decidable(entry.text) and entry.kind == "ddl":
                connection.dialect.do_commit(connection.connection)
                self._is_safe()
        elif entry.n and entry.writes:
            self._update(
                entry.n, state="done", seconds=entry.seconds, answer=entry.answer, error=None
            )
        elif not entry.n:
            self._note(entry)
        if self._wrapped:
            self._flush()
            self._say("COMMIT")
            self._wrapped = False
            self._is_safe()
        self._running = None

    def _passes(self, cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        return self._passes_bare(cursor, statement, context)

    def _passes_bare(self, cursor: Any, statement: str, context: Any) -> bool:
        """Give what a statement gave, instead of executing it again."""
        known: Entry | None = getattr(context, "migrate_given", None)
        if known is None or context.root_connection is not self._connection:
            return False
        answer = Answer.read(known.answer)
        if answer.raised is not None:
            raise again(answer, context.dialect.loaded_dbapi)
        given = Given(cursor, answer, self._unknown)
        context.cursor = given
        context.fetchall_for_returning = lambda _: given.fetchall()
        return True

    def _explained(self, err: DBAPIError) -> Exception:
        """Give the error of a statement; where a read can't be repeated, what that means."""
        last = self._running
        if self._before is None or last is None or not last.n or last.kind != "read":
            return err
        return self._before.lost(f"a read can't be repeated: {' '.join(last.text.split())}")

    def _unknown(self) -> None:
        """Stop where a script wants to know what nobody has kept."""
        assert self._before is not None
        self.stopped = self._before.lost("the script reads what a statement gave back that is done")
        raise self.stopped

    def _answer(self, entry: Entry, cursor: Any, context: Any) -> Answer:
        """Make the answer of a statement, and leave its rows to the script."""
        salt, options = self.attempt.attempt, context.execution_options
        catalog = reads_catalog(entry.text)
        streams = options.get("stream_results") or options.get("yield_per")
        if cursor.description is None or streams or getattr(context, "_is_server_side", False):
            return answer(cursor, None, whole=catalog, salt=salt)
        if _is_batch(context):
            rows = cursor.fetchall()
            context.fetchall_for_returning = lambda _: rows
            return answer(cursor, rows, whole=catalog, salt=salt)
        rows = cursor.fetchmany(MOST_ROWS)
        context.cursor_fetch_strategy = BufferedRowCursorFetchStrategy(
            cursor, options, growth_factor=5, initial_buffer=deque(rows)
        )
        seen = rows if len(rows) < MOST_ROWS else None
        return answer(cursor, seen, whole=catalog, salt=salt)

    def _note(self, entry: Entry) -> None:
        again = self._before is not None and entry.kind in ("session", "transaction")
        if again or re.match(r"(?:BEGIN|START)\b", entry.text):
            return
        self._fresh.append(entry)
        if entry.kind == "transaction":
            self._savepoint(opening(entry.text))

    def _savepoint(self, said: str) -> None:
        if found := re.match(r"SAVEPOINT\s+(\S+)", said, re.I):
            self._savepoints.append((found[1], len(self._fresh)))
        elif found := re.match(r"ROLLBACK\s+.*\bTO\s+(?:SAVEPOINT\s+)?(\S+)", said, re.I):
            for name, place in reversed(self._savepoints):
                if name == found[1]:
                    for entry in self._fresh[place:]:
                        if entry.writes:
                            entry.state = "undone"
                    break

    def _entry(self, statement: str, parameters: Any) -> Entry:
        shown = statement if len(statement) < LONGEST else statement[: LONGEST - 1]
        given = fingerprint(parameters, self.attempt.attempt) if parameters else None
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        return Entry(0, kind_of(shown), "begun", shown, hashed(statement), given, begun=now)

    def _refused(self, refusal: ExceptionContext) -> None:
        """Take note of what the database says when it refuses a statement."""
        entry, err = self._running, refusal.original_exception
        if entry is not None and not self._ours and refusal.connection is self._connection:
            entry.answer = refused(err).written()
            entry.error = str(err).strip()[:1000]

    def _settle(self) -> None:
        """Take note that what was begun and never ended has failed, and the script went on."""
        entry, self._running = self._running, None
        if entry is None:
            return
        entry.state = "refused"
        if self._wrapped:
            self._say("ROLLBACK")
            self._wrapped = False
        if entry in self._standing:
            self._update(entry.n, state="refused", error=entry.error, answer=entry.answer)
        elif not entry.n:
            self._note(entry)

    def _flush(self, begun: Entry | None = None) -> None:
        """Write the rows that aren't written yet, in one statement."""
        entries = [*self._fresh, *([begun] if begun is not None else [])]
        if not entries and self._written:
            return
        for entry in entries:
            entry.n = self._next
            self._next += 1
        with self._aside():
            if not self._written and self.attempt.state == "begun":
                self.attempt.session = self._session()
            self._journal.insert(
                self._connection,
                None if self._written else self.attempt,
                entries,
                self.attempt.attempt,
            )
        self._written = True
        self._fresh = []
        self._savepoints = []

    def _update(self, n: int, **values: Any) -> int:
        with self._aside():
            return self._journal.update(self._connection, self.attempt.attempt, n, **values)

    def _say(self, statement: str) -> None:
        with self._aside():
            self._connection.exec_driver_sql(statement)

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """Execute what is ours, and no statement of the revision."""
        before, self._ours = self._ours, True
        try:
            with held():
                yield
        finally:
            self._ours = before

    def _commits(self, connection: Connection) -> None:
        if not self._ours:  # also where the transaction is left on purpose
            if self._fresh:
                self._flush()
            self._is_safe()

    def _is_safe(self) -> None:
        self._safe, self._safe_next = self._written, self._next

    def _rolls_back(self, connection: Connection) -> None:
        """Forget what is lost; what a database has committed by itself is looked up at the end."""
        if self._ours:
            return
        self._fresh = []
        self._written, self._next = self._safe, self._safe_next
        self._journal.forgotten()


def _is_batch(context: Any) -> bool:
    """Tell whether a statement is one of several that SQLAlchemy makes of one INSERT."""
    return getattr(context.execute_style, "name", "") == "INSERTMANYVALUES"


_ENDING = re.compile(r"(?:COMMIT|END)\b", re.I)
_COMMITTING = re.compile(r"(?:COMMIT|BEGIN|START|LOCK|UNLOCK|SET)\b", re.I)
"""MySQL 8.4 manual, Statements That Cause an Implicit Commit; SET for the sake of autocommit."""
