"""A revision that was begun and isn't finished: what is known of it, and whether it can be gone on with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import revgraph
from revgraph import Plan, RevisionGraph, Step
from sqlalchemy.engine import Connection
from sqlalchemy.util import await_only

from ..dialects import knowledge
from ..errors import BadJournal, FileEdited, FileGone, StillRunning, Unfinished
from ..journal.rows import Attempt, hashed
from ..paths import shown
from ..scripts import Script, source_of
from .run import Run
from .transactions import reading

if TYPE_CHECKING:  # what is unfinished is seldom
    from .resume import Resumed

PATIENCE = 60.0
"""Seconds to wait for a server that still runs a statement of a run whose process is gone."""
PAUSE = 0.1
"""Seconds between two looks at it."""


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


def to_go_on(
    around: Run, graph: RevisionGraph[Any], heads: Sequence[str], *, chosen: bool = False
) -> Resumed | None:
    """Give the unfinished revision, if it can be gone on with; None if there is none.

    Args:
        around: The run.
        graph: The revision files; each payload has its `path`, be it of Alembic's kind or ours.
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
    from .resume import Resumed, next_number

    file = file_of(attempt, graph)
    if file is None:
        raise FileGone(attempt.revision, attempt.file)
    must_agree(around, attempt, graph, heads)
    now = source_of(file)
    if hashed(now) != attempt.hash and not chosen:
        import difflib

        lines = difflib.unified_diff(
            attempt.text.splitlines(), now.splitlines(), "begun", "now", lineterm="", n=1
        )
        raise FileEdited(attempt.revision, shown(file), list(lines), next_number(attempt.entries))
    wait(around, attempt)
    return Resumed(attempt, chosen)


def must_agree(
    around: Run, attempt: Attempt, graph: RevisionGraph[Any], heads: Sequence[str]
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


def file_of(attempt: Attempt, graph: RevisionGraph[Any]) -> Path | None:
    """Give the file that an unfinished revision has now; None if it is gone."""
    if attempt.revision not in graph:
        return None
    file: str | Path | None = getattr(graph[attempt.revision].payload, "path", None)
    return None if file is None else Path(file)


def must_be_settled(around: Run) -> None:
    """Check that what isn't finished can be settled by hand, whatever the journal has of it.

    Raises:
        BadJournal: The journal can't be read at all.
        NewerJournal: As `found` does.
    """
    try:
        found(around)
    except BadJournal as err:
        if not err.readable:
            raise


def left(around: Run, why: str) -> None:
    """Write down that what isn't finished was settled by hand."""
    connection = around.sink.connection
    if around.journal is None or connection is None:
        return
    with around.sink.transaction():
        around.journal.close_all(connection, "left", why)


def at_work(attempt: Attempt, connection: Connection) -> str | None:
    """Give what the server still does for a run whose process may be gone; None for nothing."""
    if attempt.session is None or not attempt.session.isdigit():
        return None
    return knowledge(connection.dialect.name).at_work(connection, attempt.session)


def wait(around: Run, attempt: Attempt) -> None:
    """Wait until the server has ended what it still does for a process that is gone.

    Raises:
        StillRunning: It goes on and on.
    """
    connection = _connection(around)
    end = time.monotonic() + PATIENCE
    while True:
        with reading(connection):
            statement = at_work(attempt, connection)
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


def _connection(around: Run) -> Connection:
    connection = around.sink.connection
    assert connection is not None, "what is unfinished was read from it"
    return connection
