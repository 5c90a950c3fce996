"""Commands that write files: init, revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import revgraph
from revgraph import RevisionGraph

from ..config import Config
from ..discovery import InitResult, init_project, project_root
from ..errors import UsageError
from ..renames import Answers
from ..scripts import Script, Scripts
from ..surroundings import Surroundings, available
from . import targets

if TYPE_CHECKING:  # SQLAlchemy is imported when there is something to compare
    from ddl_constructs import Change

    from ..against_rows import Fills
    from ..given import Database
    from ..runner import Run


@dataclass(frozen=True)
class Made:
    """A new revision.

    Attributes:
        id: Its id; None if there was nothing to write.
        path: Its file; None likewise.
        changes: What it does, as it was found; empty for an empty one.
        unasked: What env.py says about new files that wasn't asked; mostly empty.
    """

    id: str | None
    path: Path | None
    changes: tuple[Change, ...]
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Body:
    """What comes into a revision's functions."""

    changes: tuple[Change, ...] = ()
    upgrade: Sequence[str] = ()
    downgrade: Sequence[str] = ()
    imports: Sequence[str] = ()


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
    if config.world is not None and config.world.writes:
        return _made_there(
            config.world.write(
                renames=answers,
                message=message or None,
                autogenerate=autogenerate,
                rev_id=rev_id,
                head=list(head) or "head",
                splice=splice,
                branch_label=list(branch_labels) or None,
                depends_on=list(depends_on) or None,
                allow_empty=allow_empty,
                guard=None if allow_drops else _guard,
                version_path=None if version_path is None else str(version_path),
            )
        )
    from .. import post_write
    from ..writer import write_revision  # brings the template engine along

    hooks = post_write.ready(config)
    scripts = Scripts.of(config)
    parents = _parents(scripts, head, splice)
    body = _Body()
    if not autogenerate:
        run_environment(config)
    else:
        body = _compared(config, scripts.graph, allow_drops, answers, fills, connection)
        if not body.changes and not allow_empty:
            return Made(None, None, (), _unasked(config))
    script = write_revision(
        config,
        scripts,
        message=message,
        parents=parents,
        rev_id=rev_id,
        branch_labels=branch_labels,
        depends_on=[
            one for target in depends_on for one in revgraph.resolve(scripts.graph, target)
        ],
        upgrade=body.upgrade,
        downgrade=body.downgrade,
        imports=body.imports,
        folder=version_path,
        variables=_variables(config),
    )
    post_write.run(hooks, script.path)
    return Made(script.id, script.path, body.changes, _unasked(config))


def merge(
    config: Config,
    to_join: Sequence[str] = ("heads",),
    message: str = "",
    *,
    rev_id: str | None = None,
    branch_labels: Sequence[str] = (),
    splice: bool = False,
) -> Made:
    """Write a revision that joins several heads and changes nothing by itself.

    Args:
        config: The project's settings.
        to_join: Targets of its parents; "heads" for all heads.
        message: What it is about; empty for the names of its parents.
        rev_id: As in `revision`, likewise the others.

    Raises:
        UsageError: There is nothing to join, or a target is unknown or no head.
    """
    scripts = Scripts.of(config)
    parents = _parents(scripts, to_join, splice)
    if len(parents) < 2:
        only = f"only {parents[0]}" if parents else "no head"
        raise UsageError(f"nothing to merge: there is {only}, and it takes two")
    if config.world is not None and config.world.writes:
        return _made_there(
            config.world.write(
                message=message or f"merge {' and '.join(parents)}",
                rev_id=rev_id,
                head=parents,
                splice=splice,
                branch_label=list(branch_labels) or None,
            )
        )
    from .. import post_write
    from ..writer import write_revision

    hooks = post_write.ready(config)
    run_environment(config)
    script = write_revision(
        config,
        scripts,
        message=message or f"merge {' and '.join(parents)}",
        parents=parents,
        rev_id=rev_id,
        branch_labels=branch_labels,
        variables=_variables(config),
    )
    post_write.run(hooks, script.path)
    return Made(script.id, script.path, ())


def run_environment(config: Config) -> None:
    """Run the project's env.py, where the settings want that also of commands that connect nowhere."""
    if config.world is not None and config.revision_environment:
        config.world.visit(lambda around: None)


def _variables(config: Config) -> Mapping[str, object]:
    """What env.py has for the template, if it was run."""
    return {} if config.world is None else config.world.variables()


def _unasked(config: Config) -> tuple[str, ...]:
    """What env.py says about new files that nobody asks, if it was run."""
    return () if config.world is None else config.world.unasked()


def _guard(found: Sequence[Change], around: Run) -> None:
    """Refuse what would drop most tables, where an environment of the project's compares."""
    from .difference import guard

    guard(found, around, ())


def _made_there(written: Sequence[tuple[Script, Sequence[Change]]]) -> Made:
    """What an environment of the project's own has written: the last file, and all changes."""
    if not written:
        return Made(None, None, ())
    script, _ = written[-1]
    return Made(script.id, script.path, tuple(one for _, found in written for one in found))


def _parents(scripts: Scripts, head: Sequence[str], splice: bool) -> list[str]:
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
    allow_drops: bool,
    answers: Answers,
    fills: Fills | None,
    connection: Database | None,
) -> _Body:
    """Compare the database with the models, and write the difference in both directions."""
    import ddl_autogen

    from ..plugins import RENDERERS, loaded
    from . import difference
    from .project import applied, on_database

    ours = difference.models(config, allow_empty=allow_drops)

    def work(around: Run) -> _Body:
        dialect = around.sink.dialect
        difference.must_be_at_head(graph, applied(around, graph, config))
        with answers.asked():
            found = difference.changes(around, ours, config, answers)
        if not allow_drops:
            difference.guard(found, around, config.metadata)
        steps = difference.filled(found, around, fills)
        # in the database's words: SQLite has no now(), that func.now() would be elsewhere
        for _ in loaded(RENDERERS):  # being imported, they register what they render
            pass
        how = {} if config.world is None else config.world.rendering()
        up = ddl_autogen.render(steps, dialect=dialect, indent=1, **how)
        back = ddl_autogen.reverse(found, dialect)
        down = ddl_autogen.render(back, dialect=dialect, indent=1, **how)
        return _Body(tuple(steps), up.lines, down.lines, [*up.imports, *down.imports])

    return on_database(config, connection, work, join=_same)


def _same(found: Sequence[_Body]) -> _Body:
    """Give what each of an env.py's databases needs: a file does the same to all of them."""
    if any((one.upgrade, one.downgrade) != (found[0].upgrade, found[0].downgrade) for one in found):
        raise UsageError(
            f"the {len(found)} databases of env.py need different changes, and a revision does the "
            "same to each\nlet env.py lead to one of them at a time (context.get_x_argument() "
            "tells what -x says), or write the file by hand: migrate revision"
        )
    return found[-1]
