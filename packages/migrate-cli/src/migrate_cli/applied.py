"""Who wants to hear of each step as it is written down: `on_version_apply` in the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from revgraph import Stamp, Step
from sqlalchemy.engine import Connection

from .config import Config
from .models import hook
from .running.version_table import VersionTable
from .scripts import Script
from .sinks import Sink


@dataclass(frozen=True)
class Applied:
    """A step whose rows are written, in a transaction that is still open.

    Attributes:
        revision: The revision's id; None for a stamp.
        direction: What was done.
        heads: Ids that the database is at now, sorted.
        connection: The connection of the run. What is done on it is in the step's transaction; an
            exception undoes the step, as far as the database can.
    """

    revision: str | None
    direction: Literal["upgrade", "downgrade", "stamp"]
    heads: tuple[str, ...]
    connection: Connection


def teller(
    config: Config, sink: Sink, versions: VersionTable
) -> Callable[[Step[Script] | Stamp], None] | None:
    """Give what tells the project's functions of each step; None if there are none, or only SQL is written.

    Raises:
        NoHook: There is no such function.
        ModelsDontImport: Its module fails.
    """
    connection = sink.connection
    if not config.on_version_apply or connection is None:
        return None
    functions = [hook("on_version_apply", one, config) for one in config.on_version_apply]

    def told(move: Any) -> None:
        stamped = isinstance(move, Stamp)
        applied = Applied(
            None if stamped else move.revision.id,
            "stamp" if stamped else move.direction,
            versions.heads(connection),
            connection,
        )
        for function in functions:
            function(applied)

    return told
