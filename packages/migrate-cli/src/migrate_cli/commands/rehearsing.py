"""The dry run: what upgrade and downgrade would do is done, and all of it is rolled back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import revgraph
from ddl_constructs import traits
from revgraph import Step

from ..batch.switch import unchecked
from ..config import Config
from ..conventions import for_scripts
from ..errors import CantRehearse, MigrateError, Unfinished
from ..failures import InCallersTransaction, RevisionFailed
from ..gates import Gate, must_have_way_back
from ..given import Database
from ..running import unfinished
from ..running.rehearsal import WouldStay, rehearsal
from ..running.run import Done, Run
from ..running.runner import run
from ..scripts import Script, Scripts
from ..sinks import OnlineSink
from . import targets
from .going import timed
from .moves import Progress
from .project import alone, applied, on_database


@dataclass(frozen=True)
class Rehearsed:
    """What a dry run has done and rolled back.

    Attributes:
        database: The database's URL, without password.
        before: Heads that it is at, before and now.
        heads: Heads that it would be at.
        done: The steps that were run to their end, in order.
        stopped_at: Id of the revision that couldn't be run so; None if all were.
        why: Why not: what of it can't be rolled back; None if all were run.
        left: Ids of those that weren't tried behind it.
        seconds: How long it took.
    """

    database: str
    before: tuple[str, ...]
    heads: tuple[str, ...]
    done: tuple[Done, ...]
    stopped_at: str | None
    why: str | None
    left: tuple[str, ...]
    seconds: float


def dry_run(
    config: Config,
    target: str | None = None,
    *,
    down: bool = False,
    progress: Progress | None = None,
    gate: Gate | None = None,
    connection: Database | None = None,
) -> Rehearsed:
    """Run what `upgrade` or `downgrade` would run, in one transaction, and roll all of it back.

    It takes the same locks, and holds them to the end. It stops before what can't be rolled back,
    and says so. What a script does elsewhere (files, connections of its own) isn't rolled back.

    Args:
        config: The project's settings.
        target: As for `upgrade` and `downgrade`.
        down: Go down, as `downgrade` does.
        progress: Who hears about each step; or None.
        gate: It asks only about protected databases: nothing is lost.
        connection: Where; None connects to what the settings name.

    Raises:
        CantRehearse: The database can't roll DDL back.
        RevisionFailed: A revision failed; nothing of it stays.
        Unfinished: A revision was begun before, and isn't finished.
        MigrateError: What `upgrade` raises.
    """
    started = time.perf_counter()
    hears = progress or Progress()
    files = Scripts.of(config)
    graph = files.graph
    to = targets.end(files, target, "downgrade" if down else "upgrade")
    planner = revgraph.downgrade if down else revgraph.upgrade

    def go(around: Run) -> Rehearsed:
        sink = around.sink
        if not isinstance(sink, OnlineSink) or not traits(sink.dialect.name).transactional_ddl:
            raise CantRehearse(around.name, sink.dialect.name)
        if gate is not None:
            gate.database(around, planner.__name__)
        with alone(around, config, hears.waiting) as guarded:
            before = applied(around, graph, config)
            plan = planner(graph, before, to)
            must_have_way_back(plan.steps)
            attempt = unfinished.found(around)
            if attempt is not None:
                raise Unfinished(attempt.revision, attempt.direction, "dry run")
            done, stopped = _rehearsed(plan.steps, guarded, sink, config, hears, not before)
        at = None if stopped is None else plan.steps[len(done)].revision.id
        left = tuple(step.revision.id for step in plan.steps[len(done) + 1 :])
        seconds = time.perf_counter() - started
        return Rehearsed(
            around.name, before, plan.heads_after, tuple(done), at, stopped, left, seconds
        )

    return on_database(config, connection, go)


def _rehearsed(
    steps: Sequence[Step[Script]],
    around: Run,
    sink: OnlineSink,
    config: Config,
    progress: Progress,
    fresh: bool,
) -> tuple[list[Done], str | None]:
    """Run steps and roll them back; give those that came to their end, and why it stopped there."""
    done: list[Done] = []

    def ended(one: Done) -> None:
        done.append(one)
        if progress.ended is not None:
            progress.ended(one)

    around = replace(
        around, fresh=fresh, journal=None, begun=progress.begun, ended=ended, prepare=None
    )
    with for_scripts(config):
        functions = [f for step in steps if (f := _function(step)) is not None]
        with unchecked(sink, functions), timed(around, config) as ready, rehearsal(sink):
            try:
                run(steps, replace(ready, transaction=None if _has_begun(around) else "revision"))
            except RevisionFailed as err:
                cause = err.__cause__
                if isinstance(cause, InCallersTransaction):
                    return done, f"{cause.what} can't be rolled back"
                if isinstance(cause, WouldStay):
                    return done, str(cause)
                raise
    return done, None


def _has_begun(around: Run) -> bool:
    return around.transaction is None


def _function(step: Step[Script]) -> Callable[..., object] | None:
    script = step.revision.payload
    try:
        found = None if script is None else getattr(script.load(), step.direction, None)
    except MigrateError:  # the run says it
        return None
    return found if callable(found) else None
