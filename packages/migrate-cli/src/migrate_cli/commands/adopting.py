"""The command adopt: an Alembic project becomes one of ours, and can go back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from ..adoption import edits
from ..adoption.obstacles import must_be_committed, must_be_one_project
from ..adoption.plan import Adoption, planned
from ..adoption.proof import Proof, proven
from ..compat.alembic.runtime.plugins import brought
from ..compat.world import AlembicWorld
from ..config import Config
from ..errors import (
    AlreadyAdopted,
    CantMove,
    DatabaseError,
    EnvironmentFailed,
    MigrateError,
    UnknownRevision,
)
from ..gates import Gate
from ..recognition import find
from ..running.run import Run
from ..scripts import Scripts
from .project import on_database, recorded, unknown
from .renaming import Renamed, rename, statements


@dataclass(frozen=True)
class Adopted:
    """What adopting a project writes, or wrote.

    Attributes:
        plan: The files, the settings, and what there is to know.
        diff: The difference, line by line.
        database: Where the database is, in words.
        proof: How it was shown that nothing else comes of it; None if it wasn't asked for.
        renamed: What becomes of the version table in each database; empty if it keeps its name.
        written: Whether it is written.
    """

    plan: Adoption
    diff: tuple[str, ...]
    database: str
    proof: Proof | None
    renamed: tuple[Renamed, ...]
    written: bool


def adopt(
    config: Config,
    *,
    write: bool = False,
    prove: bool = True,
    scratch: str | None = None,
    keep_scripts: bool = False,
    version_table: str | None = None,
    gate: Gate | None = None,
) -> Adopted:
    """Make an Alembic project one of ours: its settings, the imports of its scripts, its env.py.

    Nothing is written but all of it, and only if the adopted project makes the same schema as the
    project does, each on a scratch database.

    Args:
        config: The project's settings.
        write: Write it; otherwise it is only planned.
        prove: Build both histories before anything is written.
        scratch: URL of a server where databases may be created and dropped for that; None for SQLite files.
        keep_scripts: Leave the revision files as they are.
        version_table: Another name for the version table, in the settings and in each database; None keeps it.
        gate: What has to be said before a database is changed.

    Raises:
        AlreadyAdopted: The project is one of ours.
        CannotWrite: It was adopted half way, or a file can't be written.
        TwoProjects: There are two projects in the folder.
        Uncommitted: Git has changes that aren't committed.
        UnknownRevision: The database is at a revision that has no file.
        NotProven: Both histories can't be built, or what they make differs.
        CantMove: The version table can't get that name, in a database or in the settings.
        ScriptError: A revision file can't be imported.
        EnvironmentFailed: The project's env.py fails.
    """
    world = config.world
    if type(world) is not AlembicWorld:
        raise AlreadyAdopted(config.file, edits.recorded(config.root))
    edits.must_be_free(config.root)
    must_be_one_project(config, world.settings)
    plan = planned(config, world.settings, keep_scripts=keep_scripts, version_table=version_table)
    if write:
        must_be_committed(plan.root, [one.path for one in plan.edits])
    database = _where(config)
    plan = replace(plan, notes=(*plan.notes, *_unasked()))
    renamed = statements(config, *plan.table) if plan.table else ()
    proof = proven(config, plan, scratch) if write and prove else None
    if write:
        _write(config, plan, gate)
    return Adopted(plan, tuple(edits.diff(plan.edits, plan.root)), database, proof, renamed, write)


def _write(config: Config, plan: Adoption, gate: Gate | None) -> None:
    """Rename the version table if it is to be renamed, and write the files; all of it or nothing."""
    if plan.table is None:
        edits.apply(plan.edits, plan.root)
        return
    was, now = plan.table
    try:
        edits.apply(
            plan.edits, plan.root, table=plan.table, first=lambda: rename(config, was, now, gate)
        )
    except BaseException as err:
        try:
            rename(config, now, was)
        except MigrateError as other:
            raise CantMove(
                f"{err}; nor back again: {other}",
                f"where it is called {now} now, rename it to {was}; no file was written",
            ) from err
        raise


def unadopt(
    root: Path, *, config: Config | None = None, gate: Gate | None = None
) -> tuple[Path, ...]:
    """Bring a project back to what it was before it was adopted, to the byte.

    Args:
        root: Its folder.
        config: The project as it stands, for its databases if the version table was renamed; None reads it.
        gate: What has to be said before a database is changed.

    Returns:
        The files that are as they were.

    Raises:
        NothingAdopted: It wasn't adopted here.
        ChangedSince: A file was written since.
        CantMove: A database has a table by the version table's old name.
        DatabaseError: The version table was renamed, and a database doesn't answer; nothing is brought back.
    """
    if (table := edits.moved(root)) is not None:
        edits.must_be_as_made(root)
        was, now = table
        rename(config or find(start=root), now, was, gate)
    return tuple(edits.undo(root))


def _unasked() -> Iterator[str]:
    """Yield what Alembic's plugins compare that env.py, which was run, has brought: only Alembic asks them."""
    if names := sorted({function.__module__ for function in brought()}):
        yield (
            f"what {', '.join(names)} adds to Alembic's comparison isn't asked any more; "
            "views, triggers and enum types are compared without it"
        )


def _where(config: Config) -> str:
    """Say where the project's database is, if it answers.

    Raises:
        UnknownRevision: It is at a revision that has no file.
    """
    graph = Scripts.of(config).graph
    lost: dict[str, tuple[str, ...]] = {}

    def work(around: Run) -> str:
        if around.sink.connection is None:
            return "not asked: env.py gives no connection"
        heads = recorded(around)
        if strange := unknown(heads, graph):
            lost[around.name] = strange
        return f"{around.name} is at {', '.join(heads) or '<base>'}"

    try:
        said = on_database(config, None, work, join=", ".join)
    except DatabaseError as err:
        return f"not asked: {str(err).splitlines()[0]}"
    except EnvironmentFailed as err:
        if not isinstance(err.__cause__, DBAPIError):
            raise
        return f"not asked: {str(err).splitlines()[0]}"
    for name, ids in lost.items():
        raise UnknownRevision(name, ids)
    return said
