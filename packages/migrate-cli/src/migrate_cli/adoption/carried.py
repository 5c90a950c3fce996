"""An Alembic project's settings as those of [tool.migrate]: what each becomes, and what becomes of none."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from configparser import Error as ConfigParserError
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..compat.alembic.script import ScriptDirectory
from ..compat.settings import Config as Settings
from ..config import default_paths
from ..errors import BadConfiguration
from ..settings import DEFAULT_FILE_TEMPLATE, checked
from ..url import has_secret, hidden

KNOWN = frozenset(
    {
        "script_location",
        "version_locations",
        "path_separator",
        "version_path_separator",
        "prepend_sys_path",
        "file_template",
        "timezone",
        "truncate_slug_length",
        "sourceless",
        "recursive_version_locations",
        "output_encoding",
        "revision_environment",
        "post_write_hooks",
        "sqlalchemy.url",
        "here",
    }
)
"""Alembic's own keys."""

_KINDS = {"console_scripts", "exec", "module"}


@dataclass
class Carried:
    """What becomes of the settings.

    Attributes:
        values: Those of [tool.migrate], in the order in which they are written; without the hooks.
        hooks: The options of each hook, in order.
        notes: What can't be carried over, or is otherwise now, in sentences.
        reads: Keys that only env.py can be meant to read, sorted.
    """

    values: dict[str, Any] = field(default_factory=dict)
    hooks: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)


def carried(settings: Settings, directory: ScriptDirectory, root: Path) -> Carried:
    """Carry the settings of files over, but for the database's URL.

    Args:
        settings: The settings.
        directory: What they say of the scripts.
        root: Folder of the pyproject.toml that is to have them.
    """
    found = Carried()
    values = found.values
    if (scripts := within(Path(directory.dir), root)) != "migrations":
        values["scripts"] = scripts
    if directory.version_locations:
        values["version_locations"] = [within(one, root) for one in directory._version_locations]
    if directory.recursive_version_locations:
        values["recursive"] = True
    if directory.sourceless:
        values["sourceless"] = True
    paths = settings.get_prepend_sys_paths_list()
    if paths is not None:
        said = [within(Path(root, one), root) for one in paths]
        if said and said != list(default_paths(root)):
            values["prepend_sys_path"] = said
    template = directory.file_template
    if _usable(template, root) and template != DEFAULT_FILE_TEMPLATE:
        values["file_template"] = template
    elif not _usable(template, root):
        found.notes.append(
            f"file_template = {template} isn't carried over: ours is a name with %(rev)s in it"
        )
    if directory.truncate_slug_length != 40:
        values["truncate_slug_length"] = directory.truncate_slug_length
    if directory.timezone:
        values["timezone"] = str(directory.timezone)
    found.hooks = list(_hooks(directory.hooks, found, root))
    if directory.output_encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        found.notes.append(
            f"output_encoding = {directory.output_encoding} isn't carried over: new files are UTF-8"
        )
    found.reads = sorted(_others(settings))
    return found


def within(path: Path, root: Path) -> str:
    """Write a path from a folder on, as settings have it."""
    return Path(os.path.relpath(os.path.abspath(path), root)).as_posix()


def url(settings: Settings) -> tuple[str | None, str | None]:
    """Give the URL of the settings if it may stand in a file, and what is to be said of it; or None."""
    try:
        said = settings.get_main_option("sqlalchemy.url")
    except ConfigParserError:
        return None, "sqlalchemy.url isn't carried over: its percent signs can't be read"
    if not said or said.startswith("driver://"):
        return None, None
    if has_secret(said):
        return None, (
            f"the URL isn't carried over, since it has a password: {hidden(said)}; "
            "$DATABASE_URL is read instead, or the variable that url_env names"
        )
    return said, None


def _usable(template: str, root: Path) -> bool:
    try:
        checked(root / "pyproject.toml", {"file_template": template})
    except BadConfiguration:
        return False
    return True


def _hooks(
    hooks: Sequence[Mapping[str, str]], found: Carried, root: Path
) -> Iterator[dict[str, str]]:
    for hook in hooks:
        options = {key: str(value) for key, value in hook.items() if key != "_hook_name"}
        name = hook.get("_hook_name") or options.get("name", "")
        if options.get("type") not in _KINDS:
            found.notes.append(
                f"the hook {name!r} isn't carried over: it is of a kind of the project's own, "
                f"{options.get('type')!r}"
            )
            continue
        here = f"{root.as_posix()}/"
        yield {
            "name": name,
            **{key: one.replace(here, "") for key, one in options.items() if key != "name"},
        }


def _others(settings: Settings) -> Iterator[str]:
    """Yield the keys that aren't Alembic's own."""
    section = settings.config_ini_section
    if settings.file_config.has_section(section):
        yield from (one for one in settings.file_config.options(section) if one not in KNOWN)
    yield from (one for one in settings.toml_alembic_config if one not in KNOWN)
