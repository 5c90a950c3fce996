"""Words that plugins bring: the entry points `migrate.commands`."""

from __future__ import annotations

import click

from ..errors import BrokenPlugin
from ..plugins import COMMANDS, Plugin, installed, named


def words() -> list[str]:
    """Give the words that plugins bring, sorted."""
    return [plugin.name for plugin in installed(COMMANDS)]


def brought(name: str) -> click.Command | None:
    """Give the word of a plugin; None if there is none. One that is broken says so when it is used."""
    plugin = named(COMMANDS, name)
    if plugin is None:
        return None
    try:
        found = plugin.load()
        if not isinstance(found, click.Command):
            kind = type(found).__name__
            raise BrokenPlugin(
                COMMANDS, name, plugin.distribution, f"it is a {kind}, and must be a click.Command"
            )
    except BrokenPlugin as err:
        return _broken(plugin, err)
    return found


def _broken(plugin: Plugin, err: BrokenPlugin) -> click.Command:
    def told(**_: object) -> None:
        raise err

    return click.Command(
        plugin.name,
        callback=told,
        short_help=f"(broken: {err.reason})",
        params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
        context_settings={"ignore_unknown_options": True},
        add_help_option=False,
    )
