"""The command adopt --baseline: the first revision of a database that has tables, and no history."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import ddl_autogen
from ddl_constructs import Change
from sqlalchemy import MetaData, create_engine, inspect, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from ..adoption.scratch import fresh
from ..adoption.seen import differences, seen
from ..config import Config
from ..errors import HasHistory, NothingThere, NotProven
from ..foreign import histories
from ..gates import Gate
from ..given import Database
from ..journal.table import NAME
from ..paths import shown
from ..running.run import Run
from ..running.transactions import reading
from ..scripts import Scripts
from .moves import stamp, upgrade
from .project import live, on_database, whatever


@dataclass(frozen=True)
class Baseline:
    """The first revision of a database that was there.

    Attributes:
        id: Its id.
        path: Its file.
        database: The database, without password.
        changes: What it does.
        proven: The dialect of the scratch database where it was built and compared; None if it wasn't.
        others: Tables that are other tools' histories: (table, tool). They are left alone.
        views: Names of views, which aren't in it.
    """

    id: str
    path: Path
    database: str
    changes: tuple[Change, ...]
    proven: str | None
    others: tuple[tuple[str, str], ...]
    views: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    name: str
    changes: Sequence[Change]
    upgrade: Sequence[str]
    downgrade: Sequence[str]
    imports: Sequence[str]
    tables: dict[str, str]
    others: tuple[tuple[str, str], ...]
    views: tuple[str, ...]
    dialect: str


def baseline(
    config: Config,
    message: str = "baseline",
    *,
    prove: bool = True,
    scratch: str | None = None,
    gate: Gate | None = None,
    connection: Database | None = None,
) -> Baseline:
    """Write the revision that makes what a database holds, and say that the database is at it.

    It is built on a scratch database first, and what it makes there is held against the database.

    Args:
        config: The project's settings; it has no revisions yet.
        message: What the revision is about.
        prove: Build it.
        scratch: URL of a server where a database may be created and dropped for that; None for a SQLite file.
        gate: What has to be said before the database is written to.
        connection: Which database; None connects to what the settings name.

    Raises:
        HasHistory: The project has revisions, or the database is at one.
        NothingThere: The database has no tables.
        NotProven: It can't be built, or it makes something else; nothing was written.
        MigrateError: What `write_revision` and `stamp` raise.
    """
    from ..writing.writer import write_revision

    if config.world is not None and config.world.writes:
        raise HasHistory(f"{shown(config.file)} is of an Alembic project; first: migrate adopt")
    files = Scripts.of(config)
    if len(files.graph):
        raise HasHistory(f"there are revisions in {shown(files.versions)} already")

    found = on_database(config, connection, lambda around: _read(around, config))
    written = {
        "message": message,
        "upgrade": found.upgrade,
        "downgrade": found.downgrade,
        "imports": found.imports,
    }
    proven = _proven(config, found, written, scratch) if prove else None
    script = write_revision(config, files, **written)  # type: ignore[arg-type]  # by its keywords
    try:
        stamp(config, ["head"], gate=gate, connection=connection)
    except BaseException:
        script.path.unlink(missing_ok=True)
        raise
    return Baseline(
        script.id, script.path, found.name, tuple(found.changes), proven, found.others, found.views
    )


def _read(around: Run, config: Config) -> _Found:
    """Read what there is, and write it as changes."""
    if heads := whatever(around):
        raise HasHistory(f"{around.name} is at {', '.join(heads)} already")
    connection = live(around)
    dialect = around.sink.dialect
    with reading(connection):
        names = inspect(connection).get_table_names()
        others = tuple(histories(sorted(names)))
        without = {around.versions.name, NAME, *(name for name, _ in others)}
        options = ddl_autogen.Options(
            include_schemas=config.include_schemas,
            managed=config.managed,
            ignore=config.ignore,
            ignore_tables=[
                *((around.versions.schema, name) for name in (around.versions.name, NAME)),
                *((None, name) for name, _ in others),
            ],
        )
        gone = ddl_autogen.compare(connection, MetaData(), options)
        tables = seen(connection, without, options)
        views = tuple(sorted(inspect(connection).get_view_names()))
    if not gone:
        raise NothingThere(around.name)
    made = ddl_autogen.reverse(gone, dialect)
    up = ddl_autogen.render(made, dialect=dialect, indent=1)
    down = ddl_autogen.render(gone, dialect=dialect, indent=1)
    return _Found(
        around.name,
        made,
        up.lines,
        down.lines,
        [*up.imports, *down.imports],
        tables,
        others,
        views,
        dialect.name,
    )


def _proven(
    config: Config, found: _Found, written: Mapping[str, object], scratch: str | None
) -> str:
    """Build the revision on a scratch database, and compare; give its dialect.

    Raises:
        NotProven: It can't be built, or it makes something else.
    """
    from ..writing.writer import write_revision

    server = make_url(scratch or "sqlite://")
    if server.get_backend_name() != found.dialect:
        raise NotProven(
            f"the baseline of {found.dialect} can't be built on {server.get_backend_name()}",
            f"give a server where a database may be created for that: --scratch {found.dialect}://...; "
            "or leave the proof out: --no-proof",
            what="write a baseline",
        )
    with tempfile.TemporaryDirectory(prefix="migrate-baseline-") as folder:
        trial = replace(
            config, scripts=Path(folder), locations=(), world=None, post_write_hooks=(), lock=False
        )
        (Path(folder) / "versions").mkdir()
        write_revision(trial, Scripts.of(trial), **written)  # type: ignore[arg-type]  # by its keywords
        with fresh(server, Path(folder)) as url:
            engine = create_engine(url, poolclass=NullPool)
            with engine.connect() as connection:
                upgrade(trial, "heads", connection=connection)
                connection.commit()
            with engine.connect() as connection:
                made = _made(connection, trial)
            wrong = list(differences(found.tables, made))
    if wrong:
        raise NotProven(
            f"the baseline makes something else than there is: {'; '.join(wrong[:3])}",
            "write it without the proof, look at that, and mend it by hand: --no-proof",
            what="write a baseline",
        )
    return found.dialect


def _made(connection: Connection, config: Config) -> dict[str, str]:
    return seen(
        connection,
        {config.version_table, NAME},
        ddl_autogen.Options(include_schemas=config.include_schemas),
    )
