"""Words of `op` that plugins bring: the entry points `migrate.operations`."""

from __future__ import annotations

from typing import Any

from .errors import BrokenPlugin, did_you_mean, near
from .plugins import OPERATIONS, Plugin, installed


def word(name: str, op: object, ours: type) -> Any:
    """Give a word that a plugin brings, bound to an `op`.

    Args:
        name: The word.
        op: What is to say it.
        ours: The class that has our own words, of which a plugin brings a subclass.

    Raises:
        AttributeError: None does; it offers words that may have been meant, and names the
            plugins that are broken, since one of them may have had it.
    """
    known = {one for one in dir(ours) if one[0] != "_"}
    broken = []
    for plugin in installed(OPERATIONS):
        try:
            brought = words(plugin, ours)
        except BrokenPlugin as err:
            broken.append(f"; {err}")
            continue
        if name in brought:
            return brought[name].__get__(op, type(op))
        known.update(brought)
    meant = did_you_mean(near(name, known))
    raise AttributeError(f"op has no word {name!r}{meant}{''.join(broken)}", name=name, obj=op)


def words(plugin: Plugin, ours: type) -> dict[str, Any]:
    """Give the words that a plugin brings, by name.

    Raises:
        BrokenPlugin: It can't be loaded, or is no subclass of our class.
    """
    found = plugin.load()
    if not (isinstance(found, type) and issubclass(found, ours)):
        reason = f"it is a {type(found).__name__}, and must be a subclass of migrate_cli.Operations"
        raise BrokenPlugin(OPERATIONS, plugin.name, plugin.distribution, reason)
    return {
        name: value
        for kind in reversed(found.__mro__)
        if kind not in ours.__mro__
        for name, value in vars(kind).items()
        if not name.startswith("_")
    }
