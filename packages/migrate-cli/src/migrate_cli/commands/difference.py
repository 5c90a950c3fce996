"""What models and database differ in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import ddl_autogen
import revgraph
from ddl_constructs import Change, DropTable
from revgraph import RevisionGraph
from sqlalchemy import MetaData

from ..config import Config
from ..environment import metadata
from ..errors import BrokenPlugin, NoHook, in_one_line
from ..failures import NotAtHead
from ..foreign import strangers
from ..journal.table import NAME
from ..losses.against_rows import Fills
from ..losses.emptied import emptied
from ..models import hook
from ..plugins import COMPARATORS, loaded
from ..running.run import Run
from ..running.transactions import reading
from ..scripts import Script
from ..writing.planned import Planned
from ..writing.renames import Answers
from .project import live


def models(config: Config, *, allow_empty: bool = False) -> list[MetaData]:
    """Give the models that a database is compared with; none where the project's env.py has them."""
    return [] if config.world is not None else metadata(config, allow_empty=allow_empty)


def changes(around: Run, ours: Sequence[MetaData], config: Config) -> list[Change]:
    """Compare the database with the models; empty if they agree, or if what differs is left out.

    Args:
        around: The run that visits the database.
        ours: The models.
        config: The project's settings: what takes part, and what is asked.

    Raises:
        ModelsError: A function of the project that is asked isn't there, or fails.
    """
    _, several = planned(around, ours, config, Planned())
    return [one for each in several for one in each.changes]


def planned(
    around: Run,
    ours: Sequence[MetaData],
    config: Config,
    asked: Planned,
    answers: Answers | None = None,
) -> tuple[bool, list[Planned]]:
    """Give what is to be written for what database and models differ in.

    The version table takes no part. What the settings and env.py have asked sees it, and may have
    it otherwise.

    Args:
        around: The run that visits the database.
        ours: The models.
        config: The project's settings: what takes part, and what is asked.
        asked: The revision that is asked for, without changes.
        answers: Who tells what was renamed; None to go by the settings alone.

    Returns:
        Whether they differ; and what is to be written, mostly one, without changes if they agree.

    Raises:
        UnknownRename: It was said on the command line that something was renamed, and it wasn't.
        ModelsError: A function of the project that is asked isn't there, or fails.
    """
    told = (answers or Answers(none=True)).options(config.renames)
    told |= {"managed": config.managed, "ignore": config.ignore}
    if config.world is not None:
        found = config.world.changes(around, told)
        if not config.world.writes:
            found = [*found, *brought(around, config.world.models(), config)]
    else:
        found = _compared(around, ours, config, told)
    rewrite = _asked("rewrite", config)
    if rewrite is not None:
        found = rewritten(found, rewrite, str(config.rewrite))
    with_changes = replace(asked, changes=tuple(found))
    if config.world is None:
        return bool(found), [with_changes]
    return bool(found), config.world.directed(around, with_changes)


def _compared(
    around: Run, ours: Sequence[MetaData], config: Config, told: dict[str, Any]
) -> list[Change]:
    versions, connection = around.versions, live(around)
    options = ddl_autogen.Options(
        include_schemas=config.include_schemas,
        compare_type=_asked("compare_type", config),
        compare_server_default=_asked("compare_server_default", config),
        include_name=_asked("include_name", config),
        include_object=_asked("include_object", config),
        **told,
        ignore_tables=[
            (versions.schema, versions.name),
            (versions.schema, NAME),
            *((None, name) for name in strangers(ours)),
        ],
    )
    with reading(connection):
        found = list(ddl_autogen.compare(connection, list(ours), options))
    return [*found, *brought(around, ours, config)]


def brought(around: Run, ours: Sequence[MetaData], config: Config) -> list[Change]:
    """Give what the comparators of plugins find besides.

    Raises:
        BrokenPlugin: One can't be loaded, or fails.
    """
    found: list[Change] = []
    for plugin, comparator in loaded(COMPARATORS):
        connection = live(around)
        try:
            with reading(connection):
                found += comparator(connection, list(ours), config)
        except Exception as err:
            reason = in_one_line(err)
            raise BrokenPlugin(COMPARATORS, plugin.name, plugin.distribution, reason) from err
    return found


def _asked(setting: str, config: Config) -> Any:
    """Give what a setting says: a function of the project where it names one."""
    said = getattr(config, setting)
    return hook(setting, said, config) if isinstance(said, str) else said


def rewritten(found: Sequence[Change], rewrite: Callable[..., Any], target: str) -> list[Change]:
    """Let a function of the project alter what was found.

    Raises:
        NoHook: It gives something else than changes.
    """
    given = rewrite(list(found))
    wanted = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    for one in wanted:
        if not isinstance(one, Change):
            kind = "None" if one is None else f"a {type(one).__name__}"
            raise NoHook("rewrite", target, f"it gave {kind}; it must give a list of changes")
    return wanted


def filled(found: Sequence[Change], around: Run, fills: Fills, where: str | None) -> list[Change]:
    """Give changes with the steps that fill what rows lack; *where* is as in `Fills.settled`.

    Raises:
        RowsAgainst: Rows stand against some, and nobody has said what to do.
    """
    connection = live(around)
    with reading(connection):
        return fills.settled(found, connection, where)


def must_be_at_head(graph: RevisionGraph[Script], applied: Sequence[str]) -> None:
    """Check that a comparison would find only what no revision says yet.

    Raises:
        NotAtHead: Revisions are pending.
    """
    pending = revgraph.upgrade(graph, applied, "heads").steps
    if pending:
        raise NotAtHead(
            applied, [step.revision.id for step in pending], several=len(graph.heads) > 1
        )


def guard(found: Sequence[Change], around: Run, config: Config) -> None:
    """Refuse what looks like models that weren't imported: most tables would be dropped.

    Args:
        found: What leads from the database to the models.
        around: The run that visits the database.
        config: The project's settings: what is looked after, and what names the models.

    Raises:
        WouldDrop: All tables would go, or more than half of four or more.
    """
    dropped = [(c.schema, c.table_name) for c in found if isinstance(c, DropTable)]
    if not dropped:
        return
    takes = ddl_autogen.Options(managed=config.managed, ignore=config.ignore).takes_table
    targets = config.metadata if config.world is None else ()
    refusal = emptied(dropped, around, live(around), takes=takes, targets=targets)
    if refusal is not None:
        raise refusal
