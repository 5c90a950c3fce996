"""Commands that move a database, or write the SQL for it: upgrade, downgrade, stamp, ensure_version."""

from __future__ import annotations

from typing import Any

from ..alembic import util
from ..alembic.script import ScriptDirectory
from ..settings import Config
from .running import careful, run_env


@careful
def upgrade(config: Config, revision: str, sql: bool = False, tag: str | None = None) -> None:
    """Upgrade to a later version.

    Args:
        config: The settings.
        revision: Where to; with *sql* also "start:end".
        sql: Write the SQL instead of running it.
        tag: What env.py is told.
    """
    directory = ScriptDirectory.from_config(config)
    start, end = _range(revision, sql)

    def upgrade(rev: Any, context: Any) -> Any:
        return directory._upgrade_revs(end, rev)

    run_env(
        config,
        directory,
        upgrade,
        as_sql=sql,
        starting_rev=start,
        destination_rev=end,
        tag=tag,
    )


@careful
def downgrade(config: Config, revision: str, sql: bool = False, tag: str | None = None) -> None:
    """Revert to a previous version.

    Args:
        config: The settings.
        revision: Where to; with *sql* "start:end".
        sql: Write the SQL instead of running it.
        tag: What env.py is told.
    """
    directory = ScriptDirectory.from_config(config)
    start, end = _range(revision, sql)
    if sql and start is None:
        raise util.CommandError("downgrade with --sql requires <fromrev>:<torev>")

    def downgrade(rev: Any, context: Any) -> Any:
        return directory._downgrade_revs(end, rev)

    run_env(
        config,
        directory,
        downgrade,
        as_sql=sql,
        starting_rev=start,
        destination_rev=end,
        tag=tag,
    )


def _range(revision: str, sql: bool) -> tuple[str | None, str]:
    if ":" not in str(revision):
        return None, revision
    if not sql:
        raise util.CommandError("Range revision not allowed")
    start, _, end = revision.partition(":")
    if not start or not end or ":" in end:
        raise util.CommandError(f"{revision!r} isn't a range: it is written <fromrev>:<torev>")
    return start, end


@careful
def stamp(
    config: Config, revision: Any, sql: bool = False, tag: str | None = None, purge: bool = False
) -> None:
    """'stamp' the revision table with the given revision; don't run any migrations.

    Args:
        config: The settings.
        revision: What is to be recorded: one, or several; with *sql* also "start:end".
        sql: Write the SQL instead of running it.
        tag: What env.py is told.
        purge: Forget first what is recorded.
    """
    if sql and purge:
        raise util.CommandError("Can't use --purge with --sql mode")
    directory = ScriptDirectory.from_config(config)
    starts, ends = set(), []
    for one in util.to_tuple(revision, ()) or ():
        start, end = _range(one, sql) if sql and one is not None else (None, one)
        if start is not None:
            starts.add(start)
        ends.append(end)
    if len(starts) > 1:
        raise util.CommandError(
            "Stamp operation with --sql only supports a single starting revision at a time"
        )

    def do_stamp(rev: Any, context: Any) -> Any:
        return directory._stamp_revs(tuple(ends), () if purge else rev)

    run_env(
        config,
        directory,
        do_stamp,
        as_sql=sql,
        starting_rev=starts.pop() if starts else None,
        destination_rev=ends[0] if len(ends) == 1 else tuple(ends),
        tag=tag,
        purge=purge,
    )


@careful
def ensure_version(config: Config, sql: bool = False) -> None:
    """Create the alembic version table if it doesn't exist already .

    Args:
        config: The settings.
        sql: Write the SQL instead of running it.
    """
    directory = ScriptDirectory.from_config(config)

    def do_ensure_version(rev: Any, context: Any) -> list[Any]:
        with context.sink.transaction():
            context._ensure_version_table()
        return []

    run_env(config, directory, do_ensure_version, as_sql=sql)
