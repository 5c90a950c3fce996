"""Plugins: modules that register what they add, by hand or by the entry points `alembic.plugins`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from ..util import DispatchPriority, PriorityDispatcher

log = logging.getLogger("alembic.runtime.plugins")

comparators = PriorityDispatcher()
"""Functions that compare, by what they compare: "autogenerate", "schema", "table" or "column"."""

_all_plugins: dict[str, Plugin] = {}
_loaded = False


class Plugin:
    """A named set of what a module adds.

    Attributes:
        name: Its name.
    """

    def __init__(self, name: str) -> None:
        """Take the name.

        Raises:
            ValueError: Another one has it.
        """
        if name in _all_plugins:
            raise ValueError(f"there is a plugin named {name!r} already")
        self.name = name
        _all_plugins[name] = self

    def remove(self) -> None:
        """Forget the plugin, so that its name is free; what it registered stays."""
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
        comparators.dispatch_for(
            compare_target, priority=priority, qualifier=qualifier, subgroup=compare_element
        )(fn)

    @classmethod
    def setup_plugin_from_module(cls, module: ModuleType, name: str) -> None:
        """Make a plugin of a module: its `setup(plugin)` registers what it adds."""
        module.setup(Plugin(name))


def load_plugins() -> None:
    """Load the plugins that are installed, once."""
    global _loaded
    if _loaded:
        return
    _loaded = True
    for entry in entry_points(group="alembic.plugins"):
        log.debug("loading plugin %s", entry.name)
        Plugin.setup_plugin_from_module(entry.load(), entry.name)
