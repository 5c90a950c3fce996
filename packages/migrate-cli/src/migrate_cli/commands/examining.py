"""Looking whether a project has all that it needs, from its settings to its rights on the database."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from itertools import chain
from typing import Literal

import sqlalchemy
from sqlalchemy.engine import Connection

from .. import __version__
from ..config import Config
from ..dialects import knowledge
from ..errors import MigrateError
from ..paths import shown
from ..plugins import GROUPS, Plugin, installed
from ..running.run import Run
from ..running.transactions import reading
from ..scripts import Scripts
from .project import live, on_database, unknown


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: What it is about, in one word.
        state: "ok"; "note" for what may be meant so; "problem" for what stands in the way.
        text: What was found; of a problem also the mend, on lines of its own.
    """

    subject: str
    state: Literal["ok", "note", "problem"]
    text: str


@dataclass(frozen=True)
class Diagnosis:
    """What was found.

    Attributes:
        findings: In the order in which one thing needs the other.
    """

    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing stands in the way."""
        return all(one.state != "problem" for one in self.findings)


def doctor(settings: Callable[[], Config]) -> Diagnosis:
    """Look whether a project has all that it needs. Nothing is written anywhere.

    What is missing is said in the answer, not raised.

    Args:
        settings: Reads the project's settings, and raises what is wrong with them.
    """
    return Diagnosis(tuple(_found(settings)))


def _found(settings: Callable[[], Config]) -> Iterator[Finding]:
    yield Finding("Tool", "ok", _versions())
    yield from (_looked("Plugin", partial(_plugin, plugin)) for plugin in _plugins())
    try:
        config = settings()
    except MigrateError as err:
        yield Finding("Settings", "problem", str(err))
        return
    yield Finding("Settings", "ok", shown(config.file))
    scripts = _looked("Scripts", lambda: _scripts(config))
    yield scripts
    if config.world is None:
        yield _looked("Models", lambda: _models(config))
    known = None if scripts.state == "problem" else Scripts.of(config)
    try:
        yield from on_database(
            config,
            None,
            lambda around: tuple(_database(around, known)),
            join=lambda each: tuple(chain.from_iterable(each)),
        )
    except MigrateError as err:
        yield Finding("Database", "problem", str(err))


def _looked(subject: str, look: Callable[[], tuple[Literal["ok", "note"], str]]) -> Finding:
    try:
        return Finding(subject, *look())
    except MigrateError as err:
        return Finding(subject, "problem", str(err))
    except Exception as err:  # revgraph's, of a graph that can't be
        if not type(err).__module__.startswith("revgraph"):
            raise
        return Finding(subject, "problem", str(err))


def _versions() -> str:
    return (
        f"migrate {__version__}, Python {platform.python_version()}, "
        f"SQLAlchemy {sqlalchemy.__version__}"
    )


def _plugins() -> Iterator[Plugin]:
    for group in GROUPS:
        yield from installed(group)


def _plugin(plugin: Plugin) -> tuple[Literal["ok", "note"], str]:
    plugin.load()
    of = f", of {plugin.distribution}" if plugin.distribution else ""
    return "ok", f"{plugin.name} ({plugin.group}){of}"


def _scripts(config: Config) -> tuple[Literal["ok", "note"], str]:
    scripts = Scripts.of(config)
    heads = scripts.graph.heads
    count = _counted(len(scripts.graph), "revision")
    for err in scripts.broken:
        raise err
    if len(heads) > 1:
        return (
            "note",
            f"{count}, {len(heads)} heads ({', '.join(heads)}); to join them: migrate merge",
        )
    return "ok", f"{count} in {shown(scripts.versions)}{f', head {heads[0]}' if heads else ''}"


def _models(config: Config) -> tuple[Literal["ok", "note"], str]:
    if not config.metadata:
        return "note", "[tool.migrate] names no metadata, so nothing can be compared"
    from . import difference  # which imports all that compares

    found = difference.models(config, allow_empty=True)
    count = sum(len(one.tables) for one in found)
    if not count:
        return "note", (
            f"{', '.join(config.metadata)} has no tables; are all modules imported? "
            "[tool.migrate] models names them"
        )
    return "ok", f"{', '.join(config.metadata)}, {_counted(count, 'table')}"


def _database(around: Run, scripts: Scripts | None) -> Iterator[Finding]:
    connection = live(around)
    dialect = connection.dialect
    version = ".".join(map(str, dialect.server_version_info or ()))
    driver = _driver(getattr(dialect.dbapi, "__name__", ""))
    server = f"{knowledge(dialect.name).product(dialect)} {version}"
    yield Finding("Database", "ok", f"{around.name}, {server}, by {driver}")
    with reading(connection):
        yield _standing(around, connection, scripts)
    with reading(connection):
        refused = knowledge(dialect.name).cannot_create(connection, around.versions.schema)
    if refused is None:
        yield Finding("Rights", "ok", "may create tables")
    else:
        yield Finding("Rights", "problem", refused)


def _standing(around: Run, connection: Connection, scripts: Scripts | None) -> Finding:
    """Say what the version table holds, and what of it has no file among the scripts."""
    versions = around.versions

    def look() -> tuple[Literal["ok", "note"], str]:
        if not versions.exists(connection):
            return "ok", f"no {versions.fullname} yet; the first upgrade creates it"
        heads = versions.heads(connection)
        if scripts is not None and (lost := unknown(heads, scripts.graph)):
            return "note", f"at {', '.join(lost)}, which has no file; look with: migrate status"
        return "ok", f"{versions.fullname}, at {', '.join(heads) or '<base>'}"

    return _looked("Version", look)


def _driver(module: str) -> str:
    """Name a driver with its version, where it is installed under its module's name."""
    name = module.partition(".")[0]
    try:
        return f"{name} {metadata.version(name)}"
    except (metadata.PackageNotFoundError, ValueError):
        return name or "a driver without a name"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
