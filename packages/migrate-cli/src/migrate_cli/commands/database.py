"""Commands that ask a database: current, status, check, diff. None of them writes anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from ddl_constructs import Change, DDLConstructsError
from revgraph import Step

from ..config import Config
from ..errors import BrokenPlugin, ModelsError, Refused
from ..given import Database
from ..running.run import Run
from ..running.transactions import reading
from ..scripts import Script, Scripts
from ..sinks.offline import at_rest, written
from .elsewhere import Elsewhere, elsewhere
from .graph import Entry, broken, entry
from .project import applied, called, in_database, live, on_database, recorded, unknown

if TYPE_CHECKING:  # what only some of these commands need is imported there
    from ..forecast.listening import Listened
    from .files import Found
    from .standing import Standing


@dataclass(frozen=True)
class Current:
    """Where a database is.

    Attributes:
        database: Its URL, without password.
        revisions: The heads that it is at, sorted by id; those without a file aren't among them.
        unknown: Ids that it is at and that have no file, sorted; mostly empty.
        at_head: Whether it is at all heads of the revision files, and at nothing else.
        broken: What is wrong with revision files that can't be loaded, a line each; mostly empty.
    """

    database: str
    revisions: tuple[Entry, ...]
    unknown: tuple[str, ...]
    at_head: bool
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """What models and database differ in.

    Attributes:
        changes: What would lead from the database to the models; empty if they agree.
        databases: The same for each database, where env.py leads to several; else empty.
    """

    changes: tuple[Change, ...]
    databases: tuple[Found, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One thing that models and database differ in.

    Attributes:
        change: What would lead from the database to the models.
        sql: The statements that the database would get, in order; empty where it needs none.
        refused: Why it can't be done so there, in one line; None if it can.
        database: The database's URL, where env.py leads to several; else None.
    """

    change: Change
    sql: tuple[str, ...]
    refused: str | None
    database: str | None = None


@dataclass(frozen=True)
class Differences:
    """What models and database differ in, with the SQL of each.

    Attributes:
        database: The database's URL, without password.
        differences: In the order in which they would be run; empty if they agree.
    """

    database: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Known:
    """A revision file, and whether the database has it.

    Attributes:
        id: Its id.
        message: What it is about.
        applied: Whether it was run there.
    """

    id: str
    message: str
    applied: bool


@dataclass(frozen=True)
class Status:
    """Where a database stands, as a whole.

    Attributes:
        database: Its URL, without password.
        heads: Ids that it is at, sorted; also those without a file.
        at_head: Whether it is at all heads of the revision files, and at nothing else.
        revisions: All revision files, oldest first.
        pending: How many of them the database lacks.
        unknown: Ids that it is at and that have no file, sorted.
        changes: What models and database differ in; None where they can't be compared,
            or revisions are pending.
        why_not: Why they aren't compared; None if they are.
        project: Which kind of project it is, if it isn't one of our own; None if it is.
        unfinished: The revision that was begun and isn't finished; None if there is none.
        blind: Whether they aren't compared because something is wrong with the models.
        others: Where the databases before it stand, if env.py leads to several; mostly empty.
        broken: What is wrong with revision files that can't be loaded, a line each; mostly empty.
        elsewhere: The version table by another name, if the database hasn't the project's; mostly None.
        target: What `upgrade` has to be told to apply all: "heads" where there are several, else "head".
    """

    database: str
    heads: tuple[str, ...]
    at_head: bool
    revisions: tuple[Known, ...]
    pending: int
    unknown: tuple[str, ...]
    changes: tuple[Change, ...] | None
    why_not: str | None
    project: str | None = None
    unfinished: Standing | None = None
    blind: bool = False
    others: tuple[Status, ...] = ()
    broken: tuple[str, ...] = ()
    elsewhere: Elsewhere | None = None
    target: Literal["head", "heads"] = "head"

    @property
    def in_sync(self) -> bool:
        """Whether nothing is pending, unknown, different, unfinished, broken, or past telling, anywhere."""
        here = self.at_head and not self.changes and self.unfinished is None and not self.blind
        here = here and not self.broken
        return here and all(one.in_sync for one in self.others)


def current(config: Config, *, connection: Database | None = None) -> Current:
    """Tell where a database is. The version table is read, never created.

    Args:
        config: The project's settings.
        connection: Which database; None connects to what the settings name.
    """
    files = Scripts.of(config)
    graph = files.graph

    def work(around: Run) -> Current:
        heads = recorded(around)
        lost = unknown(heads, graph)
        return Current(
            around.name,
            tuple(entry(files, head) for head in heads if head not in lost),
            lost,
            set(heads) == set(graph.real_heads),
            broken(files),
        )

    return on_database(config, connection, work, join=_all_current)


def check(config: Config, *, connection: Database | None = None) -> Checked:
    """Compare the models with the database.

    Raises:
        NotAtHead: Revisions are pending, so what differs can't be told from what they do.
        UnknownApplied: The database is at a revision that has no file.
        ModelsError: The models can't be imported.
    """
    from . import difference  # which imports all that compares
    from .files import Found

    graph = Scripts.of(config).graph
    ours = difference.models(config)

    def work(around: Run) -> Checked:
        where = None if config.world is None else called(around)
        with in_database(where):
            difference.must_be_at_head(graph, applied(around, graph, config))
        found = tuple(difference.changes(around, ours, config))
        return Checked(found, () if where is None else (Found(where, found),))

    return on_database(config, connection, work, join=_all_checked)


def diff(config: Config, *, connection: Database | None = None) -> Differences:
    """Compare the models with the database, wherever it is, and give the SQL of what differs.

    Other than `check`, it also compares while revisions are pending.

    Raises:
        ModelsError: The models can't be imported.
    """
    from . import difference  # which imports all that compares

    ours = difference.models(config)

    def work(around: Run) -> Differences:
        found = difference.changes(around, ours, config)
        return Differences(around.name, tuple(_written(one, around) for one in found))

    return on_database(config, connection, work, join=_all_differences)


def _written(change: Change, around: Run) -> Difference:
    """Write what a database would get; what must be looked up there is."""
    connection = live(around)
    dialect = at_rest(connection.dialect)
    try:
        with reading(connection):
            pieces = change.statements(connection.dialect, connection)
            sql = tuple(written(one, dialect).strip() for one in pieces)
    except DDLConstructsError as err:
        return Difference(change, (), str(err).partition("\n")[0])
    return Difference(change, sql, None)


def status(
    config: Config, *, statements: bool = False, connection: Database | None = None
) -> Status:
    """Tell where a database stands: what is applied, pending, unknown, and how the models differ.

    What can't be told (models that don't import) is said in the answer, not raised.

    Args:
        config: The project's settings.
        statements: Of a revision that isn't finished, also tell what its script says that isn't
            done. **This executes the Python of that script**, against a sink that keeps what it says.
        connection: Which database; None connects to what the settings name.
    """
    from .standing import standing

    files = Scripts.of(config)
    graph = files.graph

    kind = config.world.describe() if config.world is not None else None

    def work(around: Run) -> Status:
        heads = recorded(around)
        lost = unknown(heads, graph)
        ran = graph.ancestors([head for head in heads if head not in lost])
        known = tuple(Known(one.id, files.by_id[one.id].message, one.id in ran) for one in graph)
        pending = sum(not one.applied for one in known)
        changes, why_not, blind = None, None, False
        if pending or lost:
            why_not = "not compared while revisions are " + ("pending" if pending else "unknown")
        else:
            changes, why_not, blind = _compared(around, config)
        at_head = set(heads) == set(graph.real_heads)
        begun = standing(around, graph, partial(_listen, around, config) if statements else None)
        return Status(
            *(around.name, heads, at_head, known, pending, lost, changes, why_not, kind, begun),
            blind=blind,
            broken=broken(files),
            elsewhere=None if heads else elsewhere(around, graph, config),
            target="heads" if len(graph.heads) > 1 else "head",
        )

    return on_database(config, connection, work, join=_all_standing)


def _all_standing(found: Sequence[Status]) -> Status:
    others = tuple(replace(one, broken=()) for one in found[:-1])  # told once
    return replace(found[-1], others=others)


def _listen(around: Run, config: Config, step: Step[Script]) -> Listened:
    """Execute the Python of a step's script, where nothing of it reaches the database."""
    from ..conventions import for_scripts
    from ..forecast.listening import listening

    sink = around.sink
    with (
        for_scripts(config),
        listening(
            sink.dialect,
            keywords=around.keywords,
            inside=None if config.world is None else config.world.speaker(),
            connection=sink.connection,
        ) as listener,
    ):
        return listener.hear(step)


def _compared(around: Run, config: Config) -> tuple[tuple[Change, ...] | None, str | None, bool]:
    """Compare; or give the first line of what stands in the way, and whether it is a fault."""
    if config.world is None and not config.metadata:
        return None, "not compared: [tool.migrate] names no metadata", False
    from ddl_autogen import DDLAutogenError  # and all that compares

    from . import difference

    try:
        found = difference.changes(around, difference.models(config), config)
    except (BrokenPlugin, DDLAutogenError, ModelsError, Refused) as err:
        return None, f"not compared: {str(err).partition(chr(10))[0]}", config.world is None
    return tuple(found), None, False


def _all_differences(found: Sequence[Differences]) -> Differences:
    if len(found) == 1:
        return found[0]
    return Differences(
        ", ".join(dict.fromkeys(one.database for one in found)),
        tuple(replace(one, database=each.database) for each in found for one in each.differences),
    )


def _all_current(found: Sequence[Current]) -> Current:
    """Give the revisions that any of several databases is at; all of them have to be at the heads."""
    revisions = {one.id: one for part in found for one in part.revisions}
    return Current(
        ", ".join(part.database for part in found),
        tuple(revisions[id_] for id_ in sorted(revisions)),
        tuple(sorted({id_ for part in found for id_ in part.unknown})),
        all(part.at_head for part in found),
        found[0].broken,
    )


def _all_checked(found: Sequence[Checked]) -> Checked:
    return Checked(
        tuple(change for one in found for change in one.changes),
        tuple(each for one in found for each in one.databases) if len(found) > 1 else (),
    )
