"""Plugins: modules that register what they add, by hand or by the entry points `alembic.plugins`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from ..util import CommandError, DispatchPriority, PriorityDispatcher

log = logging.getLogger("alembic.runtime.plugins")

comparators = PriorityDispatcher()
"""Functions that compare, by what they compare: "autogenerate", "schema", "table" or "column".

They belong to no plugin, and are called whichever are selected."""

_all_plugins: dict[str, Plugin] = {}
_loaded = False
_RENAMED = {"alembic.autogenerate.checkconstraint_byname": "alembic.ext.checkconstraint_byname"}


class Plugin:
    """A named set of what a module adds.

    Attributes:
        name: Its name.
        autogenerate_comparators: Its functions that compare.
    """

    def __init__(self, name: str) -> None:
        """Take the name.

        Raises:
            ValueError: Another one has it.
        """
        if name in _all_plugins:
            raise ValueError(f"there is a plugin named {name!r} already")
        self.name = name
        self.autogenerate_comparators = PriorityDispatcher()
        _all_plugins[name] = self

    def remove(self) -> None:
        """Forget the plugin and its functions that compare, so that its name is free."""
        _all_plugins.pop(self.name, None)

    def add_autogenerate_comparator(
        self,
        fn: Callable[..., Any],
        compare_target: str,
        compare_element: str | None = None,
        *,
        qualifier: str = "default",
        priority: DispatchPriority = DispatchPriority.MEDIUM,
    ) -> None:
        """Register a function that compares.

        Args:
            fn: The function, with the arguments that those of `comparators` get.
            compare_target: What it compares: "autogenerate", "schema", "table" or "column".
            compare_element: Functions for one element can stop each other.
            qualifier: A dialect's name, or "default".
            priority: When it is called.
        """
        self.autogenerate_comparators.dispatch_for(
            compare_target, priority=priority, qualifier=qualifier, subgroup=compare_element
        )(fn)

    @classmethod
    def populate_autogenerate_priority_dispatch(
        cls, comparators: PriorityDispatcher, include_plugins: Sequence[str]
    ) -> None:
        """Add the functions of those plugins that are selected.

        Args:
            comparators: Where they are added.
            include_plugins: Names of plugins; `*` stands for any part of one, and `~` before a
                name leaves the plugin out.

        Raises:
            CommandError: A name that isn't one to leave out is no plugin's.
            ValueError: A name isn't one.
        """
        wanted = {name: _pattern(name) for name in include_plugins if not name.startswith("~")}
        left_out = [_pattern(name[1:]) for name in include_plugins if name.startswith("~")]
        found = [
            name
            for name in _all_plugins
            if not any(fnmatchcase(name, pattern) for pattern in left_out)
        ]
        for name in found:
            if any(fnmatchcase(name, pattern) for pattern in wanted.values()):
                comparators.populate_with(_all_plugins[name].autogenerate_comparators)
        lost = [
            name
            for name, pattern in wanted.items()
            if not any(fnmatchcase(one, pattern) for one in found)
        ]
        if lost:
            raise CommandError(f"autogenerate_plugins: there is no plugin {', '.join(lost)}")

    @classmethod
    def setup_plugin_from_module(cls, module: ModuleType, name: str) -> None:
        """Make a plugin of a module: its `setup(plugin)` registers what it adds."""
        module.setup(Plugin(name))


def _pattern(name: str) -> str:
    """Give the pattern that a name in `autogenerate_plugins` is.

    Raises:
        ValueError: It isn't one.
    """
    if not all(part == "*" or part.isidentifier() for part in name.split(".")):
        raise ValueError(f"{name!r} in autogenerate_plugins isn't names and * with dots between")
    return _RENAMED.get(name, name)


def load_plugins() -> None:
    """Load the plugins that are installed, once; they come before those that are there already."""
    global _loaded
    if _loaded:
        return
    _loaded = True
    earlier = dict(_all_plugins)
    _all_plugins.clear()
    for entry in entry_points(group="alembic.plugins"):
        log.debug("loading plugin %s", entry.name)
        loaded = entry.load()
        for module in [loaded] if isinstance(loaded, ModuleType) else loaded:
            Plugin.setup_plugin_from_module(module, entry.name)
    _all_plugins.update(earlier)


def brought() -> Iterator[Callable[..., Any]]:
    """Yield the functions that compare and aren't ours."""
    ours = __name__.removesuffix(".runtime.plugins")
    for registry in (comparators, *(one.autogenerate_comparators for one in _all_plugins.values())):
        for registered in registry._registry.values():
            for _, _, function in registered:
                if not function.__module__.startswith(f"{ours}."):
                    yield function
