"""The command adopt: an Alembic project becomes one of ours, and can go back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from ..adoption import edits
from ..adoption.obstacles import must_be_committed, must_be_one_project
from ..adoption.plan import Adoption, planned
from ..adoption.proof import Proof, proven
from ..compat.world import AlembicWorld
from ..config import Config
from ..errors import AlreadyAdopted, DatabaseError, EnvironmentFailed, UnknownRevision
from ..runner import Run
from ..scripts import Scripts
from .project import on_database, recorded, unknown


@dataclass(frozen=True)
class Adopted:
    """What adopting a project writes, or wrote.

    Attributes:
        plan: The files, the settings, and what there is to know.
        diff: The difference, line by line.
        database: Where the database is, in words.
        proof: How it was shown that nothing else comes of it; None if it wasn't asked for.
        written: Whether it is written.
    """

    plan: Adoption
    diff: tuple[str, ...]
    database: str
    proof: Proof | None
    written: bool


def adopt(
    config: Config,
    *,
    write: bool = False,
    prove: bool = True,
    scratch: str | None = None,
    keep_scripts: bool = False,
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

    Raises:
        AlreadyAdopted: The project is one of ours.
        CannotWrite: It was adopted half way, or a file can't be written.
        TwoProjects: There are two projects in the folder.
        Uncommitted: Git has changes that aren't committed.
        UnknownRevision: The database is at a revision that has no file.
        NotProven: Both histories can't be built, or what they make differs.
        ScriptError: A revision file can't be imported.
        EnvironmentFailed: The project's env.py fails.
    """
    world = config.world
    if type(world) is not AlembicWorld:
        raise AlreadyAdopted(config.file, edits.recorded(config.root))
    edits.must_be_free(config.root)
    must_be_one_project(config, world.settings)
    plan = planned(config, world.settings, keep_scripts=keep_scripts)
    if write:
        must_be_committed(plan.root, [one.path for one in plan.edits])
    database = _where(config)
    proof = proven(config, plan, scratch) if write and prove else None
    if write:
        edits.apply(plan.edits, plan.root)
    return Adopted(plan, tuple(edits.diff(plan.edits, plan.root)), database, proof, write)


def unadopt(root: Path) -> tuple[Path, ...]:
    """Bring a project back to what it was before it was adopted, to the byte.

    Args:
        root: Its folder.

    Returns:
        The files that are as they were.

    Raises:
        NothingAdopted: It wasn't adopted here.
        ChangedSince: A file was written since.
    """
    return tuple(edits.undo(root))


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
