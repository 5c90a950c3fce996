"""Where a revision stands that was begun and isn't finished: what is applied of it, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from revgraph import RevisionGraph, Step

from ..errors import MigrateError
from ..forecast.listening import Listened
from ..forecast.remaining import Remaining, remaining
from ..journal.effects import effects, in_place
from ..journal.rows import Attempt, Entry, hashed
from ..running.resume import numbered
from ..running.run import Run
from ..running.transactions import reading
from ..running.unfinished import at_work, file_of, found, step_of
from ..scripts import Script, source_of
from .project import live, recorded


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
        remaining: What its script says behind these; None where nobody asked.
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
    remaining: Remaining | None = None


def standing(
    around: Run, graph: RevisionGraph[Script], listen: Callable[[Step[Script]], Listened] | None
) -> Standing | None:
    """Tell where the unfinished revision stands; None if there is none.

    Args:
        around: The run.
        graph: The revision files.
        listen: Executes the Python of a step's script and gives what it says; None to leave it.
    """
    attempt = found(around)
    if attempt is None:
        return None
    connection = live(around)
    with reading(connection):
        running = at_work(attempt, connection) is not None
        statements = tuple(
            _statement(number, entry, around)
            for number, entry in enumerate(numbered(attempt.entries), 1)
        )
    after = next((s.number for s in statements if s.state != "done"), len(statements) + 1)
    file = file_of(attempt, graph)
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
        None if listen is None else _remaining(around, graph, attempt, edited, listen),
    )


def _remaining(
    around: Run,
    graph: RevisionGraph[Script],
    attempt: Attempt,
    edited: bool,
    listen: Callable[[Step[Script]], Listened],
) -> Remaining:
    if edited:
        return Remaining((), "its file isn't what it was")
    try:
        step = step_of(attempt, graph, recorded(around))
    except MigrateError as err:
        return Remaining((), str(err).partition("\n")[0])
    connection = live(around)
    heard = listen(step)
    with reading(connection):
        return remaining(attempt, heard, connection)


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
