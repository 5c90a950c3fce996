"""The command verify: whether the files of what was run are still what they were."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal

from ..config import Config
from ..errors import NoJournal
from ..fingerprint import fingerprint
from ..given import Database
from ..journal.rows import Attempt
from ..paths import shown
from ..running.run import Run
from ..running.transactions import reading
from ..scripts import Scripts, source_of
from .project import live, on_database, recorded


@dataclass(frozen=True)
class Verified:
    """A revision that was run on a database, and its file.

    Attributes:
        id: Its id.
        state: "same"; "changed": its file says something else than what was run; "gone": it has no
            file here; "unknown": the journal doesn't have it, as after a stamp.
        file: Its file, or what the journal calls it; "" if neither is known.
        run: When it was run, UTC, in ISO format; None if the journal doesn't have it.
        difference: Lines of the difference, from what was run to what is there; empty unless it
            is changed.
    """

    id: str
    state: Literal["same", "changed", "gone", "unknown"]
    file: str
    run: str | None
    difference: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verification:
    """Whether the files of what was run are still what they were.

    Attributes:
        database: The database's URL, without password.
        revisions: Those that the database has, oldest first; then those without a file.
    """

    database: str
    revisions: tuple[Verified, ...]

    @property
    def unchanged(self) -> bool:
        """Whether no file has changed, and none is gone."""
        return all(one.state in ("same", "unknown") for one in self.revisions)


def verify(config: Config, *, connection: Database | None = None) -> Verification:
    """Hold the files of what was run against what they were then. Nothing is written.

    What counts is the syntax tree: comments, docstrings and layout may change.

    Args:
        config: The project's settings.
        connection: Which database; None connects to what the settings name.

    Raises:
        NoJournal: No journal is kept, so what they were isn't known.
        BadJournal: It can't be read.
    """
    files = Scripts.of(config)
    graph = files.graph

    def work(around: Run) -> Verification:
        journal = around.journal
        if journal is None or not journal.kept:
            raise NoJournal(around.name)
        heads = recorded(around)
        connection = live(around)
        with reading(connection):
            attempts = journal.attempts(connection)
        ran: dict[str, Attempt] = {}
        for one in attempts:  # newest first
            if one.direction == "upgrade" and one.state in ("done", "left"):
                ran.setdefault(one.revision, one)
        applied = graph.ancestors([head for head in heads if head in graph])
        found = [
            _verified(revision.id, files, ran.get(revision.id))
            for revision in graph
            if revision.id in applied
        ]
        latest = {one.revision: one for one in reversed(attempts)}
        found += [
            Verified(lost, "gone", one.file, one.begun)
            for lost, one in sorted(ran.items())
            if lost not in graph and latest[lost] is one
        ]
        return Verification(around.name, tuple(found))

    return on_database(config, connection, work)


def _verified(id: str, files: Scripts, attempt: Attempt | None) -> Verified:
    path = files.by_id[id].path
    if attempt is None or not attempt.text:  # somebody may have emptied it to save space
        return Verified(id, "unknown", shown(path), None)
    now, then = source_of(path), attempt.text
    if now == then or (fingerprint(now) or now) == (fingerprint(then) or then):
        return Verified(id, "same", shown(path), attempt.begun)
    lines = difflib.unified_diff(
        then.splitlines(), now.splitlines(), "as it ran", "as it is", lineterm="", n=1
    )
    return Verified(id, "changed", shown(path), attempt.begun, tuple(lines))
