"""Commands that write files: init, revision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import revgraph
from revgraph import RevisionGraph

from ..config import Config
from ..errors import UsageError
from ..finding.discovery import InitResult, init_project, project_root
from ..finding.surroundings import Surroundings, available
from ..scripts import Script, Scripts
from ..writing.planned import Planned
from ..writing.renames import Answers
from . import targets

if TYPE_CHECKING:  # SQLAlchemy is imported when there is something to compare
    from ddl_constructs import Change

    from ..given import Database
    from ..losses.against_rows import Fills
    from ..running.run import Run
    from ..writing.bodies import Bodies, Needed

T = TypeVar("T")


@dataclass(frozen=True)
class Made:
    """A new revision.

    Attributes:
        id: Its id; None if there was nothing to write.
        path: Its file; None likewise.
        changes: What it does, as it was found; empty for an empty one. Of several databases that need the
            same each change is told once.
        databases: What it does to each database, where env.py leads to several; else empty.
        more: Files that were written before it, where env.py makes several of one; mostly empty.
        left_out: Whether something differs, and env.py has left all of it out.
        several_heads: Whether the files have several heads now, so that `upgrade` must be told.
    """

    id: str | None
    path: Path | None
    changes: tuple[Change, ...]
    databases: tuple[Found, ...] = ()
    more: tuple[Path, ...] = ()
    left_out: bool = False
    several_heads: bool = False


@dataclass(frozen=True)
class Found:
    """What was found in one of several databases.

    Attributes:
        database: What env.py calls it; its URL without password if it doesn't say.
        changes: What leads from it to its models; empty if they agree.
    """

    database: str
    changes: tuple[Change, ...]


def init(
    start: Path,
    *,
    metadata: Sequence[str] = (),
    chosen: str | None = None,
    url: str | None = None,
    url_env: str | None = None,
    scripts: str = "migrations",
    template: str | None = None,
    package: bool = False,
) -> InitResult:
    """Set up migrations in the project that a folder belongs to.

    Args:
        start: The folder; the nearest pyproject.toml above it says where the project begins.
        metadata: As for `init_project`, likewise the others.
    """
    return init_project(
        project_root(start),
        metadata=metadata,
        chosen=chosen,
        url=url,
        url_env=url_env,
        scripts=scripts,
        template=template,
        package=package,
    )


def list_templates() -> tuple[Surroundings, ...]:
    """Give the templates that `init` knows: ours, then those of the user."""
    return tuple(available())


def revision(
    config: Config,
    message: str = "",
    *,
    autogenerate: bool = False,
    rev_id: str | None = None,
    head: Sequence[str] = (),
    splice: bool = False,
    branch_labels: Sequence[str] = (),
    depends_on: Sequence[str] = (),
    allow_empty: bool = False,
    allow_drops: bool = False,
    answers: Answers | None = None,
    version_path: Path | None = None,
    fills: Fills | None = None,
    connection: Database | None = None,
) -> Made:
    """Write a new revision file.

    Args:
        config: The project's settings.
        message: What it is about; may be empty.
        autogenerate: Fill it with what leads from the database to the models.
        rev_id: Its id; None for a random one.
        head: Targets of its parents; "base" for a new root; empty for the only head.
        splice: Allow parents that are no heads.
        branch_labels: Its labels.
        depends_on: Targets of what must be applied before, besides its parents.
        allow_empty: Write a file also where autogenerate finds nothing.
        allow_drops: Write it also if it drops most of the database's tables.
        answers: Who tells what was renamed; None for the settings alone.
        version_path: Its folder, one of `version_locations`; None for that of its parent.
        fills: Who tells what becomes of rows that stand against a change; None for nobody.
        connection: Which database to compare with; None connects to what the settings name.

    Raises:
        UsageError: A target is unknown or ambiguous; a parent is no head; the id is taken.
        RenamesUnanswered: Autogenerate, and something could be a rename that nobody tells of.
        NotAtHead: Autogenerate, and revisions are pending.
        Refused: Autogenerate, and a guard stands in the way; no file is written.
        MigrateError: What `metadata`, `database` and `write_revision` raise.
    """
    answers = answers or Answers()
    if config.world is not None:
        config.world.writing(autogenerate=autogenerate)
    if config.world is not None and config.world.writes:
        return made_there(
            config,
            *config.world.write(
                renames=answers,
                message=message or None,
                autogenerate=autogenerate,
                rev_id=rev_id,
                head=list(head) or "head",
                splice=splice,
                branch_label=list(branch_labels) or None,
                depends_on=list(depends_on) or None,
                allow_empty=allow_empty,
                guard=None if allow_drops else _guard(config),
                version_path=None if version_path is None else str(version_path),
            ),
        )
    from ..writing import post_write
    from ..writing.writer import write_revision  # brings the template engine along

    hooks = post_write.ready(config)
    scripts = Scripts.of(config)
    asked = Planned(
        message, rev_id, tuple(head), splice, tuple(branch_labels), tuple(depends_on), version_path
    )
    if config.world is None:  # else env.py may have other parents
        parents_of(scripts, head, splice)
    planned: Sequence[tuple[Planned, Bodies | None]]
    differ = True
    if autogenerate:
        compared = _compared(config, scripts.graph, asked, allow_drops, answers, fills, connection)
        differ = compared.differ
        planned = [(one, found) for one, found in compared.files if found.changes or allow_empty]
    else:
        planned = [(one, None) for one in _directed(config, asked)]
    made: list[Script] = []
    for one, bodies in planned:
        scripts = Scripts.of(config) if made else scripts
        depending = (revgraph.resolve(scripts.graph, target) for target in one.depends_on)
        script = write_revision(
            config,
            scripts,
            message=one.message,
            parents=parents_of(scripts, one.head, one.splice),
            rev_id=one.rev_id,
            branch_labels=one.branch_labels,
            depends_on=[found for several in depending for found in several],
            folder=one.version_path,
            variables=variables(config),
            **({} if bodies is None else bodies.places()),
        )
        post_write.run(hooks, script.path)
        made.append(script)
    found = [bodies for _, bodies in planned if bodies is not None]
    if not made:
        return Made(None, None, (), left_out=differ)
    *before, last = made
    return Made(
        last.id,
        last.path,
        tuple(change for one in found for change in one.changes),
        tuple(each for one in found for each in _each(one)),
        tuple(one.path for one in before),
        several_heads=leaves_heads(scripts, last),
    )


def leaves_heads(before: Scripts, written: Script) -> bool:
    """Tell whether heads of before are still some, beside the revision that was written."""
    return not set(before.graph.heads) <= set(written.parents)


def _directed(config: Config, asked: Planned) -> list[Planned]:
    """Give what is to be written for an empty revision: what is asked for, unless env.py has it otherwise."""
    world = config.world
    if world is None:
        return [asked]
    found = visited(config, lambda around: world.directed(around, asked))
    return [asked] if found is None else found


def visited(config: Config, work: Callable[[Run], T]) -> T | None:
    """Run the project's env.py, where the settings want that also of commands that connect nowhere.

    Returns:
        What comes of its last database; None if it isn't run.
    """
    if config.world is None or not config.revision_environment:
        return None
    return config.world.visit(work)[-1]


def variables(config: Config) -> Mapping[str, object]:
    """What env.py has for the template, if it was run."""
    return {} if config.world is None else config.world.variables()


def _guard(config: Config) -> Callable[[Sequence[Change], Run], None]:
    """What refuses to drop most tables, where an environment of the project's compares."""
    from .difference import guard

    return lambda found, around: guard(found, around, config)


def made_there(
    config: Config, written: Sequence[Script], found: Sequence[tuple[str, Sequence[Change]]] = ()
) -> Made:
    """What an environment of the project's own has written: the last file, and what was found."""
    each = tuple(Found(name, tuple(changes)) for name, changes in found)
    changes = tuple(change for one in each for change in one.changes)
    several = each if len(each) > 1 else ()
    if not written:
        return Made(None, None, (), databases=several)
    *before, last = written
    more = tuple(one.path for one in before)
    heads = Scripts.of(config).graph.heads
    return Made(last.id, last.path, changes, several, more, several_heads=len(heads) > 1)


def _each(bodies: Bodies) -> tuple[Found, ...]:
    """What was found in each of several databases."""
    if len(bodies.databases) == 1 and bodies.parameter is None:
        return ()
    return tuple(Found(one.database, one.changes) for one in bodies.databases)


def parents_of(scripts: Scripts, head: Sequence[str], splice: bool) -> list[str]:
    """Give the ids of a new revision's parents; empty for a root."""
    heads = scripts.graph.heads
    if not head:
        targets.only_head(scripts, f"say which one it follows: --head {heads[0] if heads else ''}")
        return list(heads)
    asked = (one for target in head for one in targets.start(scripts.graph, target))
    parents = list(dict.fromkeys(asked))
    for parent in parents:
        if parent not in heads and not splice:
            raise UsageError(
                f"revision {parent} is no head, so a new branch would begin there\n"
                "if that is meant: --splice"
            )
    return parents


def _compared(
    config: Config,
    graph: RevisionGraph[Script],
    asked: Planned,
    allow_drops: bool,
    answers: Answers,
    fills: Fills | None,
    connection: Database | None,
) -> _Compared:
    """Compare each database with its models, and write the differences in both directions."""
    import ddl_autogen

    from ..losses.against_rows import Fills
    from ..plugins import RENDERERS, loaded
    from ..writing.bodies import Needed, Written, joined
    from . import difference
    from .project import applied, called, in_database, on_database

    ours = difference.models(config, allow_empty=allow_drops)
    fills = fills or Fills()
    world = config.world

    def work(around: Run) -> list[_Visited]:
        where = None if world is None else called(around)
        with in_database(where):
            difference.must_be_at_head(graph, applied(around, graph, config))
            with answers.asked(where):
                differs, several = difference.planned(around, ours, config, asked, answers)
            for _ in loaded(RENDERERS):  # being imported, they register what they render
                pass
            needed = [(one, needs(one, around, where)) for one in several]
        return [_Visited(needed, needs(Planned(), around, where), differs)]

    def needs(one: Planned, around: Run, where: str | None) -> Needed:
        dialect = around.sink.dialect
        if not allow_drops:
            difference.guard(one.changes, around, config)
        steps = difference.filled(one.changes, around, fills, where)
        back = ddl_autogen.reverse(one.changes, dialect) if one.back is None else one.back
        # in the database's words: SQLite has no now(), that func.now() would be elsewhere
        how = {} if world is None else world.rendering()

        def write(depth: int) -> Written:
            up = ddl_autogen.render(steps, dialect=dialect, indent=depth, **how)
            down = ddl_autogen.render(back, dialect=dialect, indent=depth, **how)
            return Written(up.lines, down.lines, [*one.imports, *up.imports, *down.imports])

        name, told = where or around.name, around.keywords
        needed = Needed(name, tuple(steps), tuple(back), write, dialect, told)
        if world is not None:
            needed = replace(needed, tokens=world.tokens(), speaker=world.speaker())
        return needed

    visits = on_database(config, connection, work, join=lambda each: [one for [one] in each])
    answers.must_be_known()
    fills.must_be_known()
    files = []
    for each in zip_longest(*(one.several for one in visits)):
        first = next(found for found in each if found is not None)
        needed = [
            visit.nothing if found is None else found[1]
            for visit, found in zip(visits, each, strict=True)
        ]
        files.append((first[0], joined(needed, config.databases)))
    return _Compared(files, any(one.differs for one in visits))


@dataclass(frozen=True)
class _Visited:
    """What was found in a database.

    Attributes:
        several: What is to be written, a file each, and what the database needs of it; mostly one.
        nothing: What it needs of a file that isn't about it.
        differs: Whether anything differs there.
    """

    several: Sequence[tuple[Planned, Needed]]
    nothing: Needed
    differs: bool


@dataclass(frozen=True)
class _Compared:
    """What is to be written, a file each, and whether anything differs anywhere."""

    files: Sequence[tuple[Planned, Bodies]]
    differ: bool
