"""What models and database differ in."""

from __future__ import annotations

from collections.abc import Sequence

import ddl_autogen
import revgraph
from ddl_constructs import Change, DropTable
from revgraph import RevisionGraph
from sqlalchemy import MetaData, inspect

from ..config import Config
from ..environment import metadata
from ..failures import NotAtHead, WouldDrop
from ..journal import NAME
from ..runner import Run
from ..scripts import Script
from ..transactions import reading
from .project import live


def models(config: Config, *, allow_empty: bool = False) -> list[MetaData]:
    """Give the models that a database is compared with; none where the project's env.py has them."""
    return [] if config.world is not None else metadata(config, allow_empty=allow_empty)


def changes(around: Run, ours: Sequence[MetaData], config: Config) -> list[Change]:
    """Compare the database with the models; empty if they agree.

    The version table takes no part.
    """
    if config.world is not None:
        return config.world.changes(around)
    versions, connection = around.versions, live(around)
    options = ddl_autogen.Options(
        include_schemas=config.include_schemas,
        compare_type=config.compare_type,
        compare_server_default=config.compare_server_default,
        ignore_tables=[(versions.schema, versions.name), (versions.schema, NAME)],
    )
    with reading(connection):
        return list(ddl_autogen.compare(connection, list(ours), options))


def must_be_at_head(graph: RevisionGraph[Script], applied: Sequence[str]) -> None:
    """Check that a comparison would find only what no revision says yet.

    Raises:
        NotAtHead: Revisions are pending.
    """
    pending = revgraph.upgrade(graph, applied, "heads").steps
    if pending:
        raise NotAtHead(applied, [step.revision.id for step in pending])


def guard(found: Sequence[Change], around: Run, named: Sequence[str]) -> None:
    """Refuse what looks like models that weren't imported: most tables would be dropped.

    Args:
        found: What leads from the database to the models.
        around: The run that visits the database.
        named: What names the models, for the message; empty if env.py does.

    Raises:
        WouldDrop: All tables would go, or more than half of four or more.
    """
    dropped = sorted(c.table_name for c in found if isinstance(c, DropTable))
    if not dropped:
        return
    connection = live(around)
    with reading(connection):
        names = set(inspect(connection).get_table_names()) - {around.versions.name, NAME}
    total = max(len(names), len(dropped))
    if len(dropped) == total or (total >= 4 and len(dropped) * 2 > total):
        raise WouldDrop(dropped, total, named)
