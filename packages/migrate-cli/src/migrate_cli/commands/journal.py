"""Commands about what was run: resume goes on with what isn't finished, log tells what was done."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from revgraph import RevisionGraph, Step

from ..config import Config
from ..conventions import for_scripts
from ..errors import FileGone, NothingUnfinished, UsageError
from ..given import Database
from ..journal.rows import Attempt, hashed
from ..journal.table import Journal
from ..running import unfinished
from ..running.resume import numbered
from ..running.run import Done, Run
from ..running.runner import run
from ..running.transactions import reading
from ..scripts import Script, Scripts, source_of
from .moves import Moved, Progress
from .project import alone, applied, live, on_database
from .undo import undone


@dataclass(frozen=True)
class Logged:
    """A revision that was run.

    Attributes:
        revision: Its id.
        direction: "upgrade" or "downgrade".
        state: "done"; "failed": it was rolled back; "begun" or "stopped": it isn't finished;
            "undone": what was done was taken back; "left": it was settled by hand.
        begun: When, UTC, in ISO format.
        seconds: How long it took; None if it hasn't ended.
        by: Who ran it.
        host: On which machine.
        process: In which process there.
        tool: The version of the tool.
        file: The revision's file.
        hash: SHA-256 of the file.
        error: What went wrong; None if nothing did.
        statements: What it executed, in order; empty unless they were asked for.
    """

    revision: str
    direction: str
    state: str
    begun: str
    seconds: float | None
    by: str
    host: str
    process: int
    tool: str
    file: str
    hash: str
    error: str | None
    statements: tuple[LoggedStatement, ...] = ()


@dataclass(frozen=True)
class LoggedStatement:
    """A statement that was executed.

    Attributes:
        kind: "read", "data", "ddl", "session", "transaction" or "other".
        state: "begun", "done", "failed", "undone" or "left".
        text: The statement; its parameters aren't kept.
        times: How often, one time behind the other.
        begun: When, UTC, in ISO format.
        seconds: How long it took.
        error: What went wrong; None if nothing did.
    """

    kind: str
    state: str
    text: str
    times: int
    begun: str
    seconds: float | None
    error: str | None


@dataclass(frozen=True)
class Log:
    """What was run on a database, newest first.

    Attributes:
        database: Its URL, without password.
        revisions: What was run; empty where nothing was written down.
        source: The file of the newest one as it was then; only if it was asked for.
        kept: Whether a journal is kept there: not in an Alembic project, where Alembic would see a
            table too many, and not where the settings say so.
        backwards: Ids of revisions that were begun, by the clock, before the one that they came
            after: a clock went back. The order is that in which they were written down.
    """

    database: str
    revisions: tuple[Logged, ...]
    source: str | None = field(default=None)
    backwards: tuple[str, ...] = ()
    kept: bool = True


def resume(
    config: Config,
    *,
    continue_at: int | None = None,
    undo: bool = False,
    mark_done: bool = False,
    progress: Progress | None = None,
    connection: Database | None = None,
) -> Moved:
    """Go on with the revision that isn't finished, or settle it.

    Args:
        config: The project's settings.
        continue_at: Go on with this statement, counted from 1 as `status` shows them: what stands
            before it is taken as done, and the file may have been edited.
        undo: Take back what was done of it, newest first.
        mark_done: Say that all of it is done; nothing is run.
        progress: Who hears about the step.
        connection: Where; None connects to what the settings name.

    Raises:
        NothingUnfinished: There is no such revision.
        UsageError: More than one of the three was asked for, or there is no such statement.
        CantGoOn: Somebody has to choose.
        CantUndo: What was done can't be taken back.
        RevisionFailed: It failed again.
    """
    if (continue_at is not None) + undo + mark_done > 1:
        raise UsageError("--continue-at, --undo and --mark-done are three ways; choose one")
    started = time.perf_counter()
    graph = Scripts.of(config).graph
    hears = progress or Progress()

    def work(around: Run) -> Moved:
        with alone(around, config, hears.waiting) as guarded:
            return under_lock(guarded)

    def under_lock(around: Run) -> Moved:
        attempt, journal = unfinished.found(around), around.journal
        if attempt is None or journal is None:
            raise NothingUnfinished(around.name)
        heads = applied(around, graph, config)
        around = replace(around, fresh=not heads, begun=hears.begun, ended=hears.ended)
        with for_scripts(config):
            if mark_done:
                return _settled(around, journal, attempt, graph, heads, started)
            if continue_at is not None:
                _choose(around, journal, attempt, graph, continue_at)
            chosen = continue_at is not None or undo
            resumed = unfinished.to_go_on(around, graph, heads, chosen=chosen)
            assert resumed is not None, "it was found before"
            step = unfinished.step_of(resumed.attempt, graph, heads)
            if undo:
                undone(around, journal, resumed, step)
                return _moved(around, graph, heads, heads, (), started)
            done = run([step], replace(around, resumed=resumed))
        return _moved(around, graph, heads, unfinished.heads_after(step, heads), done, started)

    return on_database(config, connection, work)


def _choose(
    around: Run, journal: Journal, attempt: Attempt, graph: RevisionGraph[Script], number: int
) -> None:
    """Write down that what stands before a statement is done, and nothing from there on is."""
    known = numbered(attempt.entries)
    if not 1 <= number <= len(known) + 1:
        raise UsageError(
            f"there is no statement {number}: {attempt.revision} has begun {len(known)}; "
            "see: migrate status"
        )
    if attempt.revision not in graph:
        raise FileGone(attempt.revision, attempt.file)
    script = graph[attempt.revision].payload
    assert script is not None, "every revision of Scripts.graph carries its script"
    source = source_of(script.path)
    connection, of = live(around), attempt.attempt
    first = known[number - 1] if number <= len(known) else None
    with around.sink.transaction():
        for entry in attempt.entries:
            if first is not None and entry.n >= first.n:
                journal.update(connection, of, entry.n, state="left")
            elif entry.writes and entry.state in ("begun", "failed"):
                journal.update(connection, of, entry.n, state="done")
        journal.update(connection, of, 0, text=source, hash=hashed(source))


def _settled(
    around: Run,
    journal: Journal,
    attempt: Attempt,
    graph: RevisionGraph[Script],
    heads: Sequence[str],
    started: float,
) -> Moved:
    """Write down that all of a revision is done."""
    unfinished.wait(around, attempt)
    applied_now = attempt.revision in graph.ancestors(heads)
    step: Step[Script] | None = None
    if applied_now != (attempt.direction == "upgrade"):
        if attempt.revision not in graph:
            raise FileGone(attempt.revision, attempt.file)
        step = unfinished.step_of(attempt, graph, heads)
        around.versions.must_take([step.change], around.sink)
    connection = live(around)
    with around.sink.transaction():
        if step is not None:
            if around.fresh:
                around.versions.create(around.sink)
            around.versions.apply(around.sink, step.change)
        journal.close(connection, attempt.attempt, "left", "marked as done by hand")
    after = tuple(heads) if step is None else unfinished.heads_after(step, heads)
    return _moved(around, graph, heads, after, (), started)


def _moved(
    around: Run,
    graph: RevisionGraph[Script],
    before: Sequence[str],
    after: Sequence[str],
    done: Sequence[Done],
    started: float,
) -> Moved:
    return Moved(
        around.name,
        tuple(before),
        tuple(after),
        tuple(done),
        (),
        tuple(after) == graph.real_heads,
        time.perf_counter() - started,
    )


def log(
    config: Config,
    target: str | None = None,
    *,
    most: int | None = None,
    statements: bool = False,
    source: bool = False,
    connection: Database | None = None,
) -> Log:
    """Tell what was run on a database, newest first. Nothing is written.

    Args:
        config: The project's settings.
        target: Only this revision: an id or its beginning; it needs no file. None is all.
        most: How many at most, the newest ones.
        statements: Give the statements too.
        source: Give the file of the newest one, as it was when it ran.
        connection: Which database; None connects to what the settings name.

    Raises:
        UsageError: Nothing of that id was written down.
        BadJournal: The journal can't be read.
    """

    def work(around: Run) -> Log:
        connection = live(around)
        journal = around.journal or Journal(around.versions.name, around.versions.schema)
        with reading(connection):
            found = journal.attempts(connection)
            if target is not None:
                found = [one for one in found if one.revision.startswith(target)]
                if not found:
                    raise UsageError(f"the journal has no revision {target}; see: migrate log")
            later = itertools.pairwise(found)
            backwards = tuple(new.revision for new, old in later if new.begun < old.begun)
            found = found[:most]
            if statements:
                for one in found:
                    one.entries = journal.entries(connection, one.attempt)
        text = found[0].text if source and found else None
        kept = around.journal is not None and around.journal.kept
        return Log(around.name, tuple(map(_logged, found)), text, backwards, kept)

    return on_database(config, connection, work)


def _logged(one: Attempt) -> Logged:
    return Logged(
        one.revision,
        one.direction,
        one.state,
        one.begun,
        one.seconds,
        one.actor,
        one.host,
        one.pid,
        one.tool,
        one.file,
        one.hash,
        one.error,
        tuple(
            LoggedStatement(e.kind, e.state, e.text, e.times or 1, e.begun, e.seconds, e.error)
            for e in one.entries
        ),
    )
