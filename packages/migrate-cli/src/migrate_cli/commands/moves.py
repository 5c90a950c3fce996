"""Commands that move a database: upgrade, downgrade, stamp; online, or as a SQL script."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any

import revgraph
from revgraph import Plan, RevisionGraph, Stamp, Step

from ..config import Config
from ..errors import MovedMeanwhile, Unfinished, UsageError
from ..given import Database
from ..running import unfinished
from ..running.run import Done, Run
from ..scripts import Script, Scripts
from ..sinks import OfflineSink
from ..sinks.gaps import Gap
from . import targets
from .project import alone, applied, in_script, on_database, whatever

if TYPE_CHECKING:  # mostly there is nothing to do, and what does it isn't imported
    from ..gates import Gate


@dataclass(frozen=True)
class Moved:
    """What a move did.

    Attributes:
        database: The database's URL, without password.
        before: Ids of the heads that it was at, sorted.
        heads: Ids of the heads that it is at now, sorted.
        done: The steps that ran, in order; empty if there was nothing to do, and for a stamp.
        passed: Ids of what was asked for and lies below what was applied already; mostly empty.
        at_head: Whether those are all heads of the revision files.
        seconds: How long it took.
        by_another: Whether another run was waited for, and it did all that was asked for.
        gaps: What a SQL script lacks, since only the database knows it; mostly empty.
    """

    database: str
    before: tuple[str, ...]
    heads: tuple[str, ...]
    done: tuple[Done, ...]
    passed: tuple[str, ...]
    at_head: bool
    seconds: float
    by_another: bool = False
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Progress:
    """Who wants to hear how a move gets on.

    Attributes:
        begun: Called before each step with the script and "upgrade" or "downgrade"; or None.
        ended: Called after each step; or None.
        waiting: Called with who holds the lock, in words, when it has to be waited for; or None.
        again: Called with a sentence when a step only missed a lock, and is tried again; or None.
    """

    begun: Callable[[Script, str], None] | None = None
    ended: Callable[[Done], None] | None = None
    waiting: Callable[[str], None] | None = None
    again: Callable[[str], None] | None = None


def upgrade(
    config: Config,
    target: str | None = None,
    *,
    sql: IO[str] | None = None,
    progress: Progress = Progress(),
    gate: Gate | None = None,
    connection: Database | None = None,
) -> Moved:
    """Run the revisions that lead from where the database is up to a target.

    Args:
        config: The project's settings.
        target: Where to go: an id or its beginning, "head", "heads", "+1", "label@head";
            None is the only head. With *sql* also "start:end".
        sql: Write a SQL script into this stream instead; without a start it begins at an
            empty database. Either the whole script is written or nothing.
        progress: Who hears about each step.
        gate: What has to be said before data is lost; None lets everything through.
        connection: Where to run; None connects to what the settings name. Its open
            transaction is respected.

    Raises:
        UsageError: The target is unknown or ambiguous, or there are several heads.
        UnknownApplied: The database is at a revision that has no file.
        RevisionFailed: A revision failed; the error says where the database is now.
        WouldLoseData: The gate doesn't let it through.
        ProtectedDatabase: Likewise.
        MigrateError: What `load`, `Scripts` and `database` raise.
    """
    return _move(revgraph.upgrade, config, target, sql, progress, gate, connection)


def downgrade(
    config: Config,
    target: str,
    *,
    sql: IO[str] | None = None,
    progress: Progress = Progress(),
    gate: Gate | None = None,
    connection: Database | None = None,
) -> Moved:
    """Undo the revisions that lead from where the database is down to a target.

    Args:
        config: The project's settings.
        target: Where to go: an id or its beginning, "base", "-1". With *sql* it must be
            "start:end".
        sql: As in `upgrade`.
        progress: As in `upgrade`.
        gate: As in `upgrade`.
        connection: As in `upgrade`.

    Raises:
        UsageError: The target is unknown or ambiguous; a SQL script without a start.
        UnknownApplied: As in `upgrade`.
        RevisionFailed: As in `upgrade`.
        Irreversible: A revision on the way says that it has no way back; nothing was run.
        WouldLoseData: As in `upgrade`.
        ProtectedDatabase: As in `upgrade`.
    """
    return _move(revgraph.downgrade, config, target, sql, progress, gate, connection)


def stamp(
    config: Config,
    to: Sequence[str],
    *,
    purge: bool = False,
    sql: IO[str] | None = None,
    waiting: Callable[[str], None] | None = None,
    gate: Gate | None = None,
    connection: Database | None = None,
) -> Moved:
    """Say that a database is at some revisions, without running anything.

    Args:
        config: The project's settings.
        to: Targets: ids or their beginnings, "head", "heads", "base"; with *sql* also
            "start:end".
        purge: Delete all rows of the version table first, whatever they hold.
        sql: As in `upgrade`.
        waiting: Called with who holds the lock, when it has to be waited for; or None.
        gate: As in `upgrade`; it asks only about protected databases.
        connection: As in `upgrade`.

    Raises:
        UsageError: A target is unknown or ambiguous; *purge* with *sql*.
        UnknownApplied: The database is at a revision that has no file, and *purge* is off.
    """
    if purge and sql is not None:
        raise UsageError("--purge looks into the database, which a SQL script can't")
    from ..running.runner import record

    started = time.perf_counter()
    files = Scripts.of(config)
    graph = files.graph
    start, ends = targets.ranges(to) if sql is not None else (None, to)

    def work(around: Run) -> Moved:
        if gate is not None:
            gate.database(around, "stamp")
        with alone(around, config, waiting) as guarded:
            if sql is not None:
                before = targets.start(graph, start)
            elif purge:
                before = whatever(around)
            else:
                before = applied(around, graph, config)
            plan = targets.stamp(files, () if purge else before, ends)
            if purge:
                unfinished.must_be_settled(around)
            elif (attempt := unfinished.found(around)) is not None:
                raise Unfinished(attempt.revision, attempt.direction, "stamp")
            record(plan.steps, replace(guarded, fresh=not before), purge=purge)
            if purge:
                unfinished.left(around, "stamped")
        return _moved(graph, around.name, before, plan, (), started)

    asked: dict[str, Any] = {"starting_rev": start, "destination_rev": tuple(ends)}
    asked["command"] = "stamp"
    if sql is not None:
        return in_script(config, sql, work, join=_together, **asked)
    return on_database(config, connection, work, join=_together, **asked)


Planner = Callable[[RevisionGraph[Script], Sequence[str], str], Plan[Step[Script]]]


def _move(
    planner: Planner,
    config: Config,
    target: str | None,
    sql: IO[str] | None,
    progress: Progress,
    gate: Gate | None,
    connection: Database | None,
) -> Moved:
    started = time.perf_counter()
    files = Scripts.of(config)
    graph = files.graph
    start, end = targets.split(target, sql is not None)
    if sql is not None and start is None and planner is revgraph.downgrade:
        raise UsageError(
            f"a script that goes down needs its start too: START:END, as in head:{target}"
        )
    to = targets.end(files, end, planner.__name__)
    gaps: list[Gap] = []

    def go(around: Run) -> Moved:
        offline = around.sink.offline
        before = targets.start(graph, start) if offline else applied(around, graph, config)
        plan = planner(graph, before, to)
        if start is not None and not plan:
            raise UsageError(
                f"there is nothing from {start} to {end}: upgrade goes from the older to the "
                "newer, downgrade the other way"
            )
        if config.world is None or not config.world.tells():
            around = replace(around, begun=progress.begun, ended=progress.ended)
        if offline:
            from .before import with_what_was_before

            around = with_what_was_before(around, graph, before)
            if isinstance(around.sink, OfflineSink):
                around.sink.gaps = gaps
        if not plan.steps and unfinished.found(around) is None:  # nobody has to be waited for
            _leave(around)
            return _moved(graph, around.name, before, plan, (), started)
        from ..conventions import for_scripts
        from .going import run_on, timed

        _let_through(gate, around, planner, plan.steps)
        with alone(around, config, progress.waiting) as guarded:
            now = before if offline else applied(around, graph, config)
            if now != before:
                plan = _planned_again(graph, planner, plan, target, (before, now), to)
            steps, guarded = _begun_first(plan, planner, guarded, graph, now, end)
            _let_through(gate, around, planner, steps)
            with for_scripts(config), timed(guarded, config) as around_all:
                done = run_on(
                    steps, replace(around_all, fresh=not now), config, graph, progress.again
                )
        moved = _moved(graph, around.name, before, plan, done, started)
        return replace(moved, by_another=not done)

    asked = {"starting_rev": start, "destination_rev": end or "head"}
    asked["command"] = planner.__name__
    if sql is not None:
        moved = in_script(config, sql, go, join=_together, **asked)
        return replace(moved, gaps=tuple(gaps))

    def online() -> Moved:
        return on_database(config, connection, go, join=_together, **asked)

    if connection is not None or config.world is None:
        return online()
    from .going import from_env_on

    return from_env_on(online, config, progress.again)


def _leave(around: Run) -> None:
    """Leave a database as it is, but for a journal that is there for unfinished revisions only."""
    if around.journal is not None and not around.journal.kept:
        from ..running.runner import run

        run((), around)


def _let_through(
    gate: Gate | None, around: Run, planner: Planner, steps: Sequence[Step[Script]]
) -> None:
    """Let steps through the gates, or not; nobody is asked twice."""
    from ..gates import must_have_way_back

    must_have_way_back(steps)
    if gate is not None:
        gate.database(around, planner.__name__)
        gate.steps(around, steps)


def _begun_first(
    plan: Plan[Step[Script]],
    planner: Planner,
    around: Run,
    graph: RevisionGraph[Script],
    heads: tuple[str, ...],
    target: str | None,
) -> tuple[Sequence[Step[Script]], Run]:
    """Put a revision that was begun and isn't finished before the others, and let the run go on with it.

    Raises:
        Unfinished: It isn't on the way.
        CantGoOn: It can't be gone on with by itself.
    """
    resumed = unfinished.to_go_on(around, graph, heads)
    if resumed is None:
        return plan.steps, around
    asked = f"{planner.__name__} to {target or 'head'}"
    steps = unfinished.in_order(plan, resumed.attempt, graph, heads, asked)
    return steps, replace(around, resumed=resumed)


def _planned_again(
    graph: RevisionGraph[Script],
    planner: Planner,
    plan: Plan[Step[Script]],
    target: str | None,
    moved: tuple[tuple[str, ...], tuple[str, ...]],
    to: str,
) -> Plan[Step[Script]]:
    """Plan from where another run has brought the database.

    Args:
        graph: The revisions.
        planner: Plans upgrades, or downgrades.
        plan: What would have been done.
        target: Where to go, as it was asked for.
        moved: The heads before and now.
        to: Where to go.

    Raises:
        MovedMeanwhile: The target counts from where the database was.
    """
    before, now = moved
    if not targets.counted(target):
        return planner(graph, now, to)
    if now != plan.heads_after:
        raise MovedMeanwhile(str(target), before, now)
    return replace(plan, steps=())


def _together(moves: Sequence[Moved]) -> Moved:
    """Make one answer of those of several databases."""
    if len(moves) == 1:
        return moves[0]
    return Moved(
        ", ".join(dict.fromkeys(one.database for one in moves)),
        tuple(sorted({head for one in moves for head in one.before})),
        tuple(sorted({head for one in moves for head in one.heads})),
        tuple(step for one in moves for step in one.done),
        tuple(dict.fromkeys(passed for one in moves for passed in one.passed)),
        all(one.at_head for one in moves),
        max(one.seconds for one in moves),
    )


def _moved(
    graph: RevisionGraph[Script],
    database: str,
    before: Sequence[str],
    plan: Plan[Step[Script]] | Plan[Stamp],
    done: Sequence[Done],
    started: float,
) -> Moved:
    return Moved(
        database,
        tuple(before),
        plan.heads_after,
        tuple(done),
        plan.passed,
        plan.heads_after == graph.real_heads,
        time.perf_counter() - started,
    )
