"""The command plan: what a move would do to the database. Nothing of it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import revgraph
from revgraph import RevisionGraph

from ..config import Config
from ..conventions import for_scripts
from ..dialects import knowledge
from ..errors import DatabaseError, EnvironmentFailed, MigrateError, NoURL
from ..forecast.revisions import foretell
from ..forecast.values import Forecast
from ..given import Database
from ..running import unfinished
from ..running.run import Run
from ..running.transactions import reading
from ..scripts import Script, Scripts
from . import targets
from .elsewhere import elsewhere
from .project import in_script, on_database, recorded, unknown


@dataclass(frozen=True)
class Planned:
    """What a move would do.

    Attributes:
        databases: A forecast for each database of the project; mostly one.
    """

    databases: tuple[Forecast, ...]


@dataclass(frozen=True)
class _Asked:
    """What was asked for: where to go, whether downwards, and whether with SQL."""

    target: str | None
    down: bool
    sql: bool


def plan(
    config: Config,
    target: str | None = None,
    *,
    down: bool = False,
    sql: bool = True,
    connection: Database | None = None,
) -> Planned:
    """Say what a move would do to a database. Nothing is written; the version table is only read.

    **This executes the Python of the scripts on the way**, against a sink that keeps what they
    say; a script that reads live data is known up to there.

    What isn't known is said in the answer: a database that can't be reached, a revision in it that
    has no file, a script that can't be imported.

    Args:
        config: The project's settings.
        target: Where to go, as `upgrade` and `downgrade` take it; None is the only head.
        down: Go down, as `downgrade` does.
        sql: Write the SQL of each change, too.
        connection: Which database; None connects to what the settings name.

    Raises:
        UsageError: The target is unknown or ambiguous, or there are several heads.
        NoURL: The settings name no database, so that not even its kind is known.
    """
    files = Scripts.of(config)
    asked = _Asked(target, down, sql)

    def work(around: Run) -> Planned:
        return Planned((_forecast(around, config, files, asked, None),))

    try:
        return on_database(config, connection, work, join=_together)
    except NoURL:
        raise
    except (DatabaseError, EnvironmentFailed) as err:
        reason = str(err).partition("\n")[0]

        def without(around: Run) -> Planned:
            return Planned((_forecast(around, config, files, asked, reason),))

        try:
            return in_script(config, None, without, join=_together)
        except (DatabaseError, EnvironmentFailed):
            raise err from None


def _together(found: Sequence[Planned]) -> Planned:
    return Planned(tuple(one for each in found for one in each.databases))


def _forecast(
    around: Run,
    config: Config,
    files: Scripts,
    asked: _Asked,
    unreachable: str | None,
) -> Forecast:
    target, down = asked.target, asked.down
    graph, sink = files.graph, around.sink
    to = targets.end(files, target, "downgrade" if down else "upgrade")
    before, doubts = _where(around, graph, config, unreachable)
    known = [head for head in before or () if head in graph]
    planner = revgraph.downgrade if down else revgraph.upgrade
    if down and before is None:
        known = list(graph.heads)
    steps = planner(graph, known, to)
    with for_scripts(config):
        revisions = foretell(
            steps.steps,
            sink.dialect,
            transaction=around.transaction,
            connection=sink.connection,
            keywords=around.keywords,
            inside=None if config.world is None else config.world.speaker(),
            sql=asked.sql,
        )
    version = sink.dialect.server_version_info if sink.connection is not None else None
    return Forecast(
        around.name,
        knowledge(sink.dialect.name).product(sink.dialect),
        None if version is None else ".".join(map(str, version)),
        "downgrade" if down else "upgrade",
        before,
        steps.heads_after,
        steps.heads_after == graph.real_heads,
        revisions,
        tuple(doubts),
    )


def _where(
    around: Run, graph: RevisionGraph[Script], config: Config, unreachable: str | None
) -> tuple[tuple[str, ...] | None, list[str]]:
    """Give the heads of the database, or None, and what isn't known."""
    connection = around.sink.connection
    if connection is None:
        why = unreachable or "there is no connection to it"
        return None, [
            f"where the database is: {why}",
            "so all revisions are planned, on an empty database; nothing is known of its tables",
        ]
    doubts = []
    try:
        before: tuple[str, ...] | None = recorded(around)
    except MigrateError as err:
        before = None
        doubts.append(f"where the database is: {str(err).partition(chr(10))[0]}")
    if before == () and (other := elsewhere(around, graph, config)) is not None:
        doubts.append(
            f"what is done: the version table has another name there, {other.table}, and is at "
            f"{', '.join(other.heads)}; see: migrate status"
        )
    for lost in unknown(before or (), graph):
        doubts.append(
            f"what {lost} has done: the database is at it, and it has no file here; what it "
            "builds on may be planned although it is done"
        )
    with reading(connection):
        closed = knowledge(connection.dialect.name).read_only(connection)
    if closed is not None:
        doubts.append(f"how it would be run: the database is read-only ({closed})")
    try:
        attempt = unfinished.found(around)
    except MigrateError as err:
        doubts.append(f"whether a run is unfinished: {str(err).partition(chr(10))[0]}")
    else:
        if attempt is not None:
            doubts.append(
                f"how far {attempt.revision} is: it was begun and isn't finished; see: migrate status"
            )
    return before, doubts
