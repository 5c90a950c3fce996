"""Which kind of project a folder is: one of our own, or an Alembic project."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from .config import Config, load, of_database, read_toml, section
from .errors import UsageError
from .paths import shown


def find(
    *,
    url: str | None = None,
    config_file: Path | None = None,
    toml_file: Path | None = None,
    name: str | None = None,
    arguments: Sequence[str] = (),
    start: Path | None = None,
) -> Config:
    """Read the settings of the project that a folder belongs to, whichever kind it is.

    A [tool.migrate] in the folder counts first; then $ALEMBIC_CONFIG, an alembic.ini or a
    [tool.alembic] there; then a [tool.migrate] above it.

    Args:
        url: The database's URL as given on the command line; None if it wasn't.
        config_file: The settings file, when it isn't to be searched for.
        toml_file: The pyproject.toml of an Alembic project whose ini file *config_file* is; None for
            the one beside it.
        name: Section of an ini file that counts, or one of [tool.migrate.databases]; None for
            [alembic], or for what holds for all.
        arguments: What env.py is given.
        start: Folder to begin in; None is the current one.

    Raises:
        UsageError: There is no database of that *name*; *arguments* are given, and there is no env.py.
        ConfigurationError: There are no settings, or they can't be read.
    """
    files = (config_file, toml_file) if toml_file else _alembic_files(config_file, start or Path())
    if files is None:
        config = load(start, url=url, config_file=config_file)
        if name is not None:
            config = of_database(config, name)
        if (config.scripts / "env.py").is_file():
            from .compat.own import with_env

            return with_env(config, arguments)
        if arguments:
            raise UsageError(
                f"-x is for an env.py, and there is none in {shown(config.scripts)}; "
                "to have one: migrate init --env"
            )
        return config
    from .compat.project import project

    ini, toml = files
    return project(ini=ini, toml=toml, section=name or "alembic", arguments=arguments, url=url)


def _alembic_files(given: Path | None, start: Path) -> tuple[Path | None, Path | None] | None:
    """The ini file and the pyproject.toml of an Alembic project; None if it isn't one."""
    if given is not None and not given.exists():
        return None
    if given is None:
        if _has(start / "pyproject.toml", "migrate"):
            return None
        named = os.environ.get("ALEMBIC_CONFIG")
        given = Path(named) if named else None
    if given is None:
        ini, toml = start / "alembic.ini", start / "pyproject.toml"
        there = (ini if ini.is_file() else None, toml if _has(toml, "alembic") else None)
        return there if any(there) else None
    if given.is_dir():
        return _alembic_files(None, given)
    if given.suffix == ".toml":
        if _has(given, "migrate") or not _has(given, "alembic"):
            return None
        beside = given.parent / "alembic.ini"
        return (beside if beside.is_file() else None), given
    toml = given.parent / "pyproject.toml"
    return given, (toml if _has(toml, "alembic") else None)


def _has(file: Path, tool: str) -> bool:
    return file.is_file() and section(file, read_toml(file), tool) is not None
