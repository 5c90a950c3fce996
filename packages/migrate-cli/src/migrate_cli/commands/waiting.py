"""The command for who can't begin before others have migrated: wait. It locks and writes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import revgraph
from revgraph import RevisionGraph

from ..config import Config
from ..errors import UnreachableDatabase, UsageError
from ..failures import NotThere, StatementFailed
from ..given import Database
from ..running.polling import Patience
from ..running.run import Run
from ..scripts import Script, Scripts
from . import targets
from .project import live, on_database, recorded

TIMEOUT = 300.0
"""Seconds that are waited if nobody says."""


@dataclass(frozen=True)
class Waited:
    """What was waited for, and is so.

    Attributes:
        database: The database's URL, without password.
        heads: Ids of the heads that it is at, sorted.
        at_head: Whether those are all heads of the revision files.
        seconds: How long it took.
    """

    database: str
    heads: tuple[str, ...]
    at_head: bool
    seconds: float


def wait(
    config: Config,
    target: str | None = None,
    *,
    timeout: float = TIMEOUT,
    told: Callable[[str], None] | None = None,
    connection: Database | None = None,
) -> Waited:
    """Wait until a database has a revision, whoever runs it; a database that isn't there yet counts too.

    Args:
        config: The project's settings.
        target: Which one: an id or its beginning, "head", "label@head"; None is all heads.
        timeout: How long, in seconds; 0 looks once.
        told: Called once with what is missing, when it has to be waited for.
        connection: Which database; None connects to what the settings name.

    Raises:
        NotThere: The time is over, and the database hasn't the revision.
        UnreachableDatabase: The time is over, and there is no way to the database.
        UsageError: The target is unknown or ambiguous, or counts from where the database is.
    """
    if targets.counted(target):
        raise UsageError(
            f"can't wait for {target}: it counts from where the database is, and that moves; "
            "name a revision, or head"
        )
    files = Scripts.of(config)
    graph = files.graph
    wanted = frozenset(revgraph.resolve(graph, targets.end(files, target or "heads")))
    started = time.perf_counter()
    patience = Patience(timeout, first=0.1, longest=2)
    said = False

    def missing(what: str) -> None:
        nonlocal said
        if not said and told is not None:
            told(what)
        said = True

    def look(around: Run) -> Waited:
        on_loop = live(around).dialect.is_async
        while True:
            heads = recorded(around)
            if _has(graph, heads, wanted):
                at_head = set(heads) == set(graph.real_heads)
                return Waited(around.name, heads, at_head, time.perf_counter() - started)
            if patience.over:
                raise NotThere(around.name, target or "heads", heads, timeout)
            missing(f"{around.name} is at {', '.join(heads) or '<base>'}")
            patience.pause(on_loop=on_loop)

    while True:
        try:
            return on_database(config, connection, look, join=_all_there)
        except (UnreachableDatabase, StatementFailed) as err:
            if patience.over or connection is not None:
                raise
            missing(str(err).splitlines()[0])
            patience.pause()


def _all_there(found: Sequence[Waited]) -> Waited:
    """Make one answer of those of several databases: all of them have it."""
    return Waited(
        ", ".join(one.database for one in found),
        tuple(sorted({head for one in found for head in one.heads})),
        all(one.at_head for one in found),
        found[-1].seconds,
    )


def _has(graph: RevisionGraph[Script], heads: tuple[str, ...], wanted: frozenset[str]) -> bool:
    """Tell whether a database has revisions; what it has beyond our files says nothing about them."""
    known = [head for head in heads if head in graph]
    return wanted <= set(graph.ancestors(known))
