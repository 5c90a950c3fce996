"""`init` in Alembic's form: which templates there are, and how one is filled in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from .alembic import util
from .settings import Config

_FILLED_IN = {"alembic.ini.mako": "config_file_name", "pyproject.toml.mako": "toml_file_name"}


def found(folder: Path) -> Iterator[tuple[str, str]]:
    """Give the templates in a folder: name and the first line of what it says of itself, sorted."""
    for one in sorted(folder.iterdir()):
        if (one / "README").is_file():
            lines = (one / "README").read_text("utf-8").splitlines()
            yield one.name, lines[0] if lines else ""


def set_up(config: Config, folder: Path, template: str, package: bool) -> None:
    """Make the folder for scripts, its env.py and template, and the settings.

    Args:
        config: Names the files of the settings; one that is there is left alone.
        folder: The folder for the scripts.
        template: Name of the template.
        package: Write empty `__init__.py` files too.

    Raises:
        CommandError: The folder holds something, or there is no such template.
    """
    if folder.exists() and any(folder.iterdir()):
        raise util.CommandError(f"Directory {folder} already exists and is not empty")
    source = config._get_template_path() / template
    if not (source / "README").is_file():
        names = ", ".join(name for name, _ in found(source.parent))
        raise util.CommandError(f"No such template {template!r}; there are {names}")
    versions = folder / "versions"
    with util.status(f"Creating directory {versions.absolute()}", **config.messaging_opts):
        versions.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.iterdir()):
        if file.name in _FILLED_IN:
            _settings(config, file, folder)
        elif file.is_file():
            # our own env.py are no modules of ours, so they bear another name here
            target = folder / file.name.removesuffix(".txt")
            with util.status(f"Generating {target.absolute()}", **config.messaging_opts):
                shutil.copy(file, target)
    for one in (folder, versions) if package else ():
        with util.status(f"Adding {(one / '__init__.py').absolute()}", **config.messaging_opts):
            (one / "__init__.py").touch()
    written = (
        config.config_file_name
        if not template.startswith("pyproject")
        else (config.toml_file_name or "pyproject.toml")
    )
    util.msg(
        "Please edit configuration/connection/logging settings in "
        f"{Path(written or 'alembic.ini').absolute()} before proceeding.",
        **config.messaging_opts,
    )


def _settings(config: Config, template: Path, folder: Path) -> None:
    """Write a file of settings, or add ours to a pyproject.toml that is there."""
    named = getattr(config, _FILLED_IN[template.name]) or template.name.removesuffix(".mako")
    file = Path(named).absolute()
    toml = file.suffix == ".toml"
    if file.exists() and not (toml and not _has_section(file)):
        util.msg(f"File {str(file)!r} already exists, skipping", **config.messaging_opts)
        return
    with util.status(
        f"{'Appending to' if file.exists() else 'Generating'} {file}", **config.messaging_opts
    ):
        util.template_to_file(
            template,
            file,
            "utf-8",
            append_with_newlines=toml and file.exists(),
            script_location=_relative(folder, file.parent),
        )


def _has_section(file: Path) -> bool:
    return "[tool.alembic" in file.read_text("utf-8")


def _relative(folder: Path, root: Path) -> str:
    """Give the folder as settings name it: by `%(here)s`, or as it is if it was absolute."""
    if folder.is_absolute():
        return folder.as_posix()
    return f"%(here)s/{Path(os.path.relpath(folder.absolute(), root)).as_posix()}"
