"""The word that speaks as Alembic's own program does: `migrate alembic upgrade head`."""

from __future__ import annotations

import click


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def alembic(arguments: tuple[str, ...]) -> int:
    """Run one of Alembic's own commands. Flags, messages and exit codes are Alembic's."""
    from ..compat import install

    install()
    from ..compat.command_line import program

    return program(arguments, "migrate alembic")
