"""What other distributions bring by entry points; each is loaded when it is needed, not before.

A plugin that can't be loaded is named in one line, and stops only what needs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any

from .errors import BrokenPlugin, ends_us, in_one_line

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

COMMANDS = "migrate.commands"
"""Word -> a `click.Command`."""
COMPARATORS = "migrate.comparators"
"""Name -> a function (connection, metadata, config) that yields more changes."""
RENDERERS = "migrate.renderers"
"""Name -> anything: being imported, it registers its rules by `ddl_autogen.renders`."""
OPERATIONS = "migrate.operations"
"""Name -> a subclass of `migrate_cli.Operations`: its words are words of every script's `op`."""
HOOKS = "migrate.hooks"
"""Kind of a post-write hook -> a function (path, options)."""
DIALECTS = "ddl_constructs.dialects"
"""Dialect -> anything: being imported, it registers what the dialect says."""

GROUPS = (COMMANDS, OPERATIONS, COMPARATORS, RENDERERS, HOOKS, DIALECTS)


@dataclass(frozen=True)
class Plugin:
    """A plugin that is installed.

    Attributes:
        group: What kind it is of, one of `GROUPS`.
        name: Its name.
        distribution: What it came with, and its version; "" if that isn't known.
    """

    group: str
    name: str
    distribution: str
    _entry: EntryPoint

    def load(self) -> Any:
        """Import it.

        Raises:
            BrokenPlugin: That fails.
        """
        try:
            return self._entry.load()
        except BaseException as err:  # a stranger's code: anything may come out of it
            if ends_us(err):
                raise
            raise BrokenPlugin(self.group, self.name, self.distribution, in_one_line(err)) from err


def installed(group: str) -> list[Plugin]:
    """Give the plugins of a kind, sorted by name; none is loaded."""
    if not _may_be(group):
        return []
    from importlib.metadata import entry_points  # costs more than a whole command without it

    return sorted(
        (
            Plugin(group, entry.name, _distribution(entry), entry)
            for entry in entry_points(group=group)
        ),
        key=lambda plugin: (plugin.name, plugin.distribution),
    )


def _may_be(group: str) -> bool:
    """Tell whether anything that is installed may bring plugins of a kind; mostly nothing does.

    Looks for the group's name in the files that say so (Python packaging guide, "Entry points
    specification"). What isn't in plain folders, and what others find, may always bring some.
    """
    finders = (finder for finder in sys.meta_path if finder is not PathFinder)
    if any(hasattr(finder, "find_distributions") for finder in finders):
        return True
    wanted = group.encode()
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except NotADirectoryError:
            return True  # an archive
        except OSError:
            continue
        for name in names:
            if name.lower().endswith((".dist-info", ".egg-info", "egg-info")):
                try:
                    with open(os.path.join(folder, name, "entry_points.txt"), "rb") as text:
                        if wanted in text.read():
                            return True
                except OSError:
                    continue
    return False


def named(group: str, name: str) -> Plugin | None:
    """Give the plugin of a kind and a name; None if there is none."""
    return next((plugin for plugin in installed(group) if plugin.name == name), None)


def loaded(group: str) -> Iterator[tuple[Plugin, Any]]:
    """Load the plugins of a kind, one after the other.

    Raises:
        BrokenPlugin: One can't be loaded.
    """
    for plugin in installed(group):
        yield plugin, plugin.load()


def _distribution(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else ""
