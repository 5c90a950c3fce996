"""The journal's page of one revision that runs: its statements, as they pass by on the connection."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine.cursor import BufferedRowCursorFetchStrategy
from sqlalchemy.exc import DBAPIError

from ..running.interruption import held
from .answers import NOTHING, Answer, again, answer, fingerprint
from .answers import refusal as refused
from .ears import Ears
from .effects import decidable
from .given import Before, Given, together
from .kinds import is_temporary, kind_of, opening, reads_catalog
from .rows import LONGEST, Attempt, Entry, hashed, moment, since
from .table import Journal

MOST_ROWS = 50_000
"""Rows of an answer that are fetched in order to compare it; a longer one isn't compared."""


class Page:
    """The page of a revision: written in the transaction that its statements are in.

    What can be rolled back is written at the end, or before a commit, in one statement. A
    statement that can't be is written down before it runs, and marked when it is done. Entered, it
    hears what passes by on the connection.

    Attributes:
        attempt: The revision's own row.
        stopped: What ended the script, also where it swallowed that; None if nothing did.
    """

    def __init__(
        self,
        journal: Journal,
        connection: Connection,
        ears: Ears,
        attempt: Attempt,
        *,
        transactional: bool,
        outside: Callable[[], bool],
        session: Callable[[], str | None] = lambda: None,
        before: Before | None = None,
    ) -> None:
        self.attempt = attempt
        self.stopped: Exception | None = None
        self._journal, self._connection, self._ears = journal, connection, ears
        self._transactional, self._outside = transactional, outside
        self._before, self._session = before, session
        self._doubtful = {entry.n for entry in attempt.entries if entry.state == "begun"}
        self._fresh: list[Entry] = []
        self._standing: list[Entry] = []
        self._unmarked: Entry | None = None
        self._running: Entry | None = None
        self._wrapped = False
        self._started = self._clock = 0
        self._written = self._safe = before is not None
        self._next = self._safe_next = len(attempt.entries) + 1
        self._savepoints: list[tuple[str, int]] = []
        self._ours = False
        self._asked: AbstractContextManager[None] | None = None

    def __enter__(self) -> None:
        self._started = time.perf_counter_ns()
        if self._before is not None:
            self._asked = self._ears.answering()
            self._asked.__enter__()
        self._ears.hearer = self

    def __exit__(self, kind: object, err: BaseException | None, trace: object) -> None:
        self._ears.hearer = None
        if self._asked is not None:
            self._asked.__exit__(None, None, None)
        if isinstance(err, DBAPIError) and (explained := self._explained(err)) is not err:
            raise explained from err
        if err is not None:
            return
        self._settle()
        if self.stopped is not None:  # the script has swallowed it
            raise self.stopped
        if self._before is not None:
            self._before.ended()

    def end(self) -> None:
        """Write down that the revision is done, in the transaction that says so elsewhere too."""
        done = self.attempt
        done.state, done.error = "done", None
        done.seconds = since(self._started)
        if not self._written:
            if self._journal.kept:
                self._fresh = together(self._fresh)
                self._flush()
            return
        if not self._journal.kept:
            self._journal.delete(self._connection, done.attempt)
            return
        self._flush()
        with self._aside():
            self._journal.finish(self._connection, done, self._unmarked)

    def failed(self, reason: str, *, certain: bool) -> None:
        """Write down, when all is rolled back that can be, that the revision failed.

        Args:
            reason: Why, in words.
            certain: Whether the statement that was running had an answer; otherwise it may be
                done or not.
        """
        journal, connection, of = self._journal, self._connection, self.attempt.attempt
        self.attempt.seconds = since(self._started)
        journal.forgotten()
        if not journal.exists(connection) or journal.state(connection, of) == "done":
            return  # it was cut off when the commit had arrived
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

    def begins(self, statement: str, parameters: Any, context: Any) -> None:
        if self._ours:
            return
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
            return
        self._makes_way(entry)
        self._running, self._clock = entry, time.perf_counter_ns()

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
                self._mark()
                self._flush()
                self._is_safe()
            return
        if entry.kind == "read" or (self._transactional and not outside):
            return
        if is_temporary(entry.text):
            return
        if entry.kind == "data":
            if outside:
                self._wrapped = True
                self._say("BEGIN")
        else:
            if entry.n:
                self._update(entry.n, state="begun", error=None)
            else:
                self._mark()
                self._flush(entry)
            self._standing.append(entry)

    def ends(self, cursor: Any, context: Any) -> None:
        entry = self._running
        if self._ours or entry is None or getattr(context, "migrate_given", None) is not None:
            return
        given = self._answer(entry, cursor, context)
        entry.seconds = since(self._clock)
        entry.state = "done"
        if self._before is not None and entry.n and entry.kind == "read":
            try:
                with self._aside():
                    self._before.answered(entry, given)
            except Exception as err:
                self.stopped = err
                raise
        entry.answer = given.written() if given is not NOTHING else None
        if self._is_standing(entry):
            self._unmarked = entry
            if not decidable(entry.text) or self._before is not None:
                self._mark()
                if not self._outside() and entry.kind == "ddl":
                    self._connection.dialect.do_commit(self._connection.connection)
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

    def given(self, cursor: Any, context: Any) -> Given | None:
        known: Entry | None = getattr(context, "migrate_given", None)
        if known is None:
            return None
        answer = Answer.read(known.answer)
        if answer.raised is not None:
            raise again(answer, context.dialect.loaded_dbapi)
        return Given(cursor, answer, self._unknown)

    def _explained(self, err: DBAPIError) -> Exception:
        """Give the error of a statement; where a read can't be repeated, what that means."""
        last = self._running
        if self._before is None or last is None or not last.n or last.kind != "read":
            return err
        return self._before.lost(f"a read can't be repeated: {' '.join(last.text.split())}")

    def _unknown(self) -> None:
        """Stop where a script wants to know what nobody has kept."""
        assert self._before is not None
        with self._aside():
            self.stopped = self._before.lost(
                "the script reads what a statement gave back that is done"
            )
        raise self.stopped

    def _answer(self, entry: Entry, cursor: Any, context: Any) -> Answer:
        """Make the answer of a statement, and leave its rows to the script."""
        salt, options = self.attempt.attempt, context.execution_options
        if cursor.description is None:
            return NOTHING if entry.kind == "ddl" else answer(cursor, None, whole=False, salt=salt)
        catalog = reads_catalog(entry.text)
        streams = options.get("stream_results") or options.get("yield_per")
        if streams or getattr(context, "_is_server_side", False):
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
        if again or _BEGINNING.match(entry.text):
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
        return Entry(0, kind_of(shown), "begun", shown, hashed(statement), given, begun=moment())

    def refused(self, error: BaseException) -> None:
        entry = self._running
        if entry is not None and not self._ours:
            entry.answer = refused(error).written()
            entry.error = str(error).strip()[:1000]

    def _settle(self) -> None:
        """Take note that what was begun and never ended has failed, and the script went on."""
        entry, self._running = self._running, None
        if entry is None:
            return
        entry.state = "refused"
        if self._wrapped:
            self._say("ROLLBACK")
            self._wrapped = False
        if self._is_standing(entry):
            self._update(entry.n, state="refused", error=entry.error, answer=entry.answer)
        elif not entry.n:
            self._note(entry)

    def _is_standing(self, entry: Entry) -> bool:
        return bool(self._standing) and self._standing[-1] is entry

    def _mark(self) -> None:
        """Write down that the last statement which can't be rolled back is done.

        The catalog can tell as much, so this waits for what is to be written next.
        """
        entry, self._unmarked = self._unmarked, None
        if entry is not None:
            with self._aside():
                self._journal.mark(self._connection, self.attempt.attempt, entry)

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

    def _aside(self) -> _Aside:
        """Execute what is ours, and no statement of the revision."""
        return _Aside(self)

    def commits(self) -> None:
        if not self._ours:  # also where the transaction is left on purpose
            self._mark()
            if self._fresh:
                self._flush()
            self._is_safe()

    def _is_safe(self) -> None:
        self._safe, self._safe_next = self._written, self._next

    def rolls_back(self) -> None:
        """Forget what is lost; what a database has committed by itself is looked up at the end."""
        if self._ours:
            return
        self._fresh = []
        self._written, self._next = self._safe, self._safe_next
        self._journal.forgotten()


class _Aside(held):
    def __init__(self, page: Page) -> None:
        self._page = page

    def __enter__(self) -> None:
        super().__enter__()
        self._others, self._page._ours = self._page._ours, True

    def __exit__(self, *raised: object) -> None:
        self._page._ours = self._others
        super().__exit__(*raised)


def _is_batch(context: Any) -> bool:
    """Tell whether a statement is one of several that SQLAlchemy makes of one INSERT."""
    return getattr(context.execute_style, "name", "") == "INSERTMANYVALUES"


_BEGINNING = re.compile(r"(?:BEGIN|START)\b")
_ENDING = re.compile(r"(?:COMMIT|END)\b", re.I)
_COMMITTING = re.compile(r"(?:COMMIT|BEGIN|START|LOCK|UNLOCK|SET)\b", re.I)
"""MySQL 8.4 manual, Statements That Cause an Implicit Commit; SET for the sake of autocommit."""
