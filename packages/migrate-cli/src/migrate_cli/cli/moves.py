"""The words that move a database: upgrade, downgrade, stamp."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from .paper import answer, dim, seconds, tell
from .words import TARGETS, Target, project, word

if TYPE_CHECKING:
    from ..commands.moves import Moved, Progress
    from ..runner import Done
    from ..scripts import Script

WIDTH = 60
"""Columns that an id and its message fill, before how it went."""


@word(answers=True, context_settings=TARGETS)
@click.argument("target", required=False, type=Target())
@click.option("--sql", is_flag=True, help="Write a SQL script to stdout instead of running it.")
def upgrade(target: str | None, sql: bool) -> None:
    """Run the revisions that a database lacks.

    TARGET is where to go: an id or its beginning, head (the default), heads, +1, or
    label@head. With --sql it may be a range: START:END.
    """
    from ..commands import upgrade as work

    _move(work, target, sql)


@word(answers=True, context_settings=TARGETS)
@click.argument("target", type=Target())
@click.option("--sql", is_flag=True, help="Write a SQL script to stdout instead of running it.")
def downgrade(target: str, sql: bool) -> None:
    """Undo revisions, newest first, down to a target.

    TARGET is where to go: an id or its beginning, -1, or base, which undoes all. With --sql
    it must be a range: START:END.
    """
    from ..commands import downgrade as work

    _move(work, target, sql)


@word(answers=True, context_settings=TARGETS)
@click.argument("targets", nargs=-1, required=True, type=Target())
@click.option("--sql", is_flag=True, help="Write a SQL script to stdout instead of running it.")
@click.option("--purge", is_flag=True, help="Forget first what the database says it is at.")
def stamp(targets: tuple[str, ...], sql: bool, purge: bool) -> None:
    """Say where a database is, without running anything.

    TARGETS are ids or their beginnings, head, heads, or base for an empty database.
    """
    from ..commands import stamp as work

    moved = work(project(), targets, purge=purge, sql=sys.stdout if sql else None)
    if not sql:
        answer(moved, [f"Stamped: was at {_at(moved.before)}, is at {_at(moved.heads)}."])


def _move(work: Any, target: str | None, sql: bool) -> None:
    moved = work(project(), target, sql=sys.stdout if sql else None, progress=_progress(sql))
    if not sql:
        answer(moved, [_ending(moved)])


def _ending(moved: Moved) -> str:
    if not moved.done:
        already = "head " if moved.at_head and moved.heads else ""
        return f"Already at {already}{_at(moved.heads)}. Nothing to do."
    verb = {"upgrade": "applied", "downgrade": "undone"}[moved.done[0].direction]
    head = " (head)" if moved.at_head and moved.heads else ""
    return f"At {_at(moved.heads)}{head}. {len(moved.done)} {verb} in {seconds(moved.seconds)}."


def _at(heads: tuple[str, ...]) -> str:
    return ", ".join(heads) or "<base>"


def _progress(sql: bool) -> Progress:
    """Tell each step as it ends; on a terminal also as it begins."""
    from ..commands.moves import Progress

    if sql:
        return Progress()
    live = sys.stderr.isatty()

    def begun(script: Script, direction: str) -> None:
        if live:
            tell(_line(script.id, script.message, direction), end=False)

    def ended(done: Done) -> None:
        start = "" if live else _line(done.revision, done.message, done.direction)
        tell(f"{start}{click.style('ok', fg='green')}  {seconds(done.seconds)}")

    return Progress(begun, ended)


def _line(id: str, message: str, direction: str) -> str:
    sign = {"upgrade": " ", "downgrade": "-"}[direction]
    title = message.partition("\n")[0]
    room = WIDTH - len(id)
    title = title if len(title) <= room else title[: room - 3] + "..."
    return f"{sign} {id}  {title} {dim('.' * max(3, room - len(title)))} "
