"""A revision that was begun and isn't finished: what is known of it, and whether it can be gone on with."""

from __future__ import annotations

import difflib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import revgraph
from revgraph import Plan, RevisionGraph, Step
from sqlalchemy.engine import Connection
from sqlalchemy.util import await_only

from ..dialects import knowledge
from ..errors import BadJournal, FileEdited, FileGone, StillRunning, Unfinished
from ..journal_effects import effects, in_place
from ..journal_rows import Attempt, Entry, hashed
from ..journal_run import source_of
from ..paths import shown
from ..resume import Resumed, next_number, numbered
from ..runner import Run
from ..scripts import Script
from ..transactions import reading
from .project import live

PATIENCE = 60.0
"""Seconds to wait for a server that still runs a statement of a run whose process is gone."""
PAUSE = 0.1
"""Seconds between two looks at it."""


@dataclass(frozen=True)
class Statement:
    """A statement of an unfinished revision.

    Attributes:
        number: Its number among those that change something, from 1.
        text: It, in one line, cut if it is very long.
        state: "done", "begun" or "failed".
        seen: What the catalog says of one that was begun, in words; None where nothing was asked.
        error: What the database said when it failed; None if it didn't.
    """

    number: int
    text: str
    state: str
    seen: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Standing:
    """Where an unfinished revision stands.

    Attributes:
        revision: Its id.
        direction: "upgrade" or "downgrade".
        file: Its file, as it was called then.
        begun: When, UTC, in ISO format.
        by: Who ran it, and where: "user@host, process 12".
        reason: Why it ended; None where nobody could write that down, as after a kill.
        statements: What was begun, in order.
        next: Number of the first statement that isn't known to be done; one more than there are
            if all are.
        edited: Whether its file was edited since, or is gone.
        running: Whether the server is at work on it just now.
    """

    revision: str
    direction: str
    file: str
    begun: str
    by: str
    reason: str | None
    statements: tuple[Statement, ...]
    next: int
    edited: bool
    running: bool


def found(around: Run) -> Attempt | None:
    """Read the revision that isn't finished; None if there is none.

    Raises:
        BadJournal: The journal can't be used.
        NewerJournal: A newer version of the tool has written it.
    """
    connection = around.sink.connection
    if around.journal is None or connection is None:
        return None
    with reading(connection):
        return around.journal.open(connection)


def standing(around: Run, graph: RevisionGraph[Script]) -> Standing | None:
    """Tell where the unfinished revision stands; None if there is none."""
    attempt = found(around)
    if attempt is None:
        return None
    connection = live(around)
    with reading(connection):
        running = _at_work(attempt, connection) is not None
        statements = tuple(
            _statement(number, entry, around)
            for number, entry in enumerate(numbered(attempt.entries), 1)
        )
    after = next((s.number for s in statements if s.state != "done"), len(statements) + 1)
    file = _file(attempt, graph)
    edited = file is None or hashed(source_of(file)) != attempt.hash
    return Standing(
        attempt.revision,
        attempt.direction,
        attempt.file,
        attempt.begun,
        f"{attempt.actor}@{attempt.host}, process {attempt.pid}",
        attempt.error,
        statements,
        after,
        edited,
        running,
    )


def _statement(number: int, entry: Entry, around: Run) -> Statement:
    line = " ".join(entry.text.split())
    line = line if len(line) <= 300 else line[:297] + "..."
    if entry.state != "begun":
        return Statement(number, line, entry.state, None, entry.error)
    left = effects(entry.text)
    done = in_place(entry.text, live(around))
    if done is None:
        return Statement(number, line, "begun", "the catalog doesn't tell whether it is done")
    if not left:
        return Statement(number, line, "begun", "it is run once more, which does no harm")
    sight = ", ".join((e if done else replace(e, there=not e.there)).describe() for e in left)
    return Statement(number, line, "done" if done else "begun", sight)


def to_go_on(
    around: Run, graph: RevisionGraph[Script], heads: Sequence[str], *, chosen: bool = False
) -> Resumed | None:
    """Give the unfinished revision, if it can be gone on with; None if there is none.

    Args:
        around: The run.
        graph: The revision files.
        heads: Ids that the database is at.
        chosen: Whether somebody has chosen where to go on, so that its file may be another.

    Raises:
        FileGone: Its file isn't there.
        FileEdited: Its file isn't what it was.
        BadJournal: The version table says something else.
        StillRunning: The server still works on it.
    """
    attempt = found(around)
    if attempt is None:
        return None
    file = _file(attempt, graph)
    if file is None:
        raise FileGone(attempt.revision, attempt.file)
    must_agree(around, attempt, graph, heads)
    now = source_of(file)
    if hashed(now) != attempt.hash and not chosen:
        lines = difflib.unified_diff(
            attempt.text.splitlines(), now.splitlines(), "begun", "now", lineterm="", n=1
        )
        raise FileEdited(attempt.revision, shown(file), list(lines), next_number(attempt.entries))
    wait(around, attempt)
    return Resumed(attempt, chosen)


def must_agree(
    around: Run, attempt: Attempt, graph: RevisionGraph[Script], heads: Sequence[str]
) -> None:
    """Check that the version table says what an unfinished revision starts from.

    Raises:
        BadJournal: It says something else.
    """
    assert around.journal is not None
    one = attempt.revision
    ran = graph.ancestors([head for head in heads if head in graph])
    up = attempt.direction == "upgrade"
    if (one in ran) == up:
        word = "has" if up else "lacks"
        raise BadJournal(
            around.journal.fullname,
            f"has an unfinished {attempt.direction} of {one}, and {around.versions.fullname} "
            f"{word} it; if that is right: migrate resume --mark-done",
        )
    if up and (lacking := [parent for parent in graph[one].parents if parent not in ran]):
        raise BadJournal(
            around.journal.fullname,
            f"has an unfinished upgrade of {one}, and {around.versions.fullname} lacks what it "
            f"starts from: {', '.join(lacking)}",
        )


def _file(attempt: Attempt, graph: RevisionGraph[Script]) -> Path | None:
    if attempt.revision not in graph:
        return None
    script = graph[attempt.revision].payload
    return None if script is None else script.path


def left(around: Run, attempt: Attempt, why: str) -> None:
    """Write down that an unfinished revision was settled by hand."""
    assert around.journal is not None
    with around.sink.transaction():
        around.journal.close(live(around), attempt.attempt, "left", why)


def _at_work(attempt: Attempt, connection: Connection) -> str | None:
    """Give what the server still does for a run whose process may be gone; None for nothing."""
    if attempt.session is None or not attempt.session.isdigit():
        return None
    return knowledge(connection.dialect.name).at_work(connection, attempt.session)


def wait(around: Run, attempt: Attempt) -> None:
    """Wait until the server has ended what it still does for a process that is gone.

    Raises:
        StillRunning: It goes on and on.
    """
    connection = live(around)
    end = time.monotonic() + PATIENCE
    while True:
        with reading(connection):
            statement = _at_work(attempt, connection)
        if statement is None:
            return
        if time.monotonic() > end:
            raise StillRunning(str(attempt.session), " ".join(statement.split())[:200])
        if connection.dialect.is_async:
            import asyncio

            await_only(asyncio.sleep(PAUSE))
        else:
            time.sleep(PAUSE)


def in_order(
    plan: Plan[Step[Script]],
    attempt: Attempt,
    graph: RevisionGraph[Script],
    heads: Sequence[str],
    asked: str,
) -> list[Step[Script]]:
    """Give the steps of a plan, the unfinished revision first.

    Args:
        plan: What was asked for.
        attempt: The unfinished revision.
        graph: The revision files.
        heads: Ids that the database is at.
        asked: What was asked for, in words, for the message.

    Raises:
        Unfinished: The revision isn't among them, or can't be the first.
    """
    steps = list(plan.steps)
    mine = [
        s for s in steps if (s.revision.id, s.direction) == (attempt.revision, attempt.direction)
    ]
    if not mine:
        raise Unfinished(attempt.revision, attempt.direction, asked)
    if steps[0] is mine[0]:
        return steps
    if attempt.direction == "downgrade":
        raise Unfinished(attempt.revision, attempt.direction, asked)
    first = revgraph.upgrade(graph, heads, attempt.revision)
    rest = revgraph.upgrade(graph, first.heads_after, plan.targets)
    return [*first.steps, *rest.steps]


def step_of(attempt: Attempt, graph: RevisionGraph[Script], heads: Sequence[str]) -> Step[Script]:
    """Give the one step that an unfinished revision is.

    Raises:
        Unfinished: Others would have to be undone with it.
    """
    one = attempt.revision
    if attempt.direction == "upgrade":
        plan = revgraph.upgrade(graph, heads, one)
    else:
        plan = revgraph.downgrade(graph, heads, graph[one].parents or "base")
    if not plan.steps or plan.steps[0].revision.id != one:
        raise Unfinished(one, attempt.direction, f"{attempt.direction} it alone")
    return plan.steps[0]


def heads_after(step: Step[Script], heads: Sequence[str]) -> tuple[str, ...]:
    """Give the heads that a step leads to."""
    gone = set(step.change.removed)
    return tuple(sorted({one for one in heads if one not in gone}.union(step.change.added)))
