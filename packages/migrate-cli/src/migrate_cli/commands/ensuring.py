"""Making sure that the version table is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from ..config import Config
from ..given import Database
from ..running.run import Run
from ..running.transactions import reading
from .project import alone, in_script, on_database


@dataclass(frozen=True)
class Ensured:
    """What became of the version table.

    Attributes:
        database: The database's URL, without password.
        table: The table's name, with its schema in front.
        created: Whether it was absent, and is there now.
    """

    database: str
    table: str
    created: bool


def ensure_version(
    config: Config, *, sql: IO[str] | None = None, connection: Database | None = None
) -> Ensured:
    """Create the version table, unless it is there.

    Args:
        config: The project's settings.
        sql: Write the SQL into this stream instead; there it is taken to be absent.
        connection: Where to look; None connects to what the settings name.
    """

    def work(around: Run) -> Ensured:
        sink, versions = around.sink, around.versions

        def there() -> bool:
            if sink.connection is None:
                return False
            with reading(sink.connection):
                return versions.exists(sink.connection)

        if there():
            return Ensured(around.name, versions.fullname, False)
        with alone(around, config, None):
            missing = not there()
            with sink.transaction():
                versions.create(sink)
        return Ensured(around.name, versions.fullname, missing)

    if sql is not None:
        return in_script(config, sql, work, join=_together)
    return on_database(config, connection, work, join=_together)


def _together(found: Sequence[Ensured]) -> Ensured:
    """Make one answer of those of several databases."""
    return Ensured(
        ", ".join(dict.fromkeys(one.database for one in found)),
        found[-1].table,
        any(one.created for one in found),
    )
