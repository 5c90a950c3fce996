"""The words about what was run: resume, log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ..visible import title
from .given import option, project
from .moves import Teller, at
from .paper import answer, dim, paint, plainly, seconds
from .words import word

if TYPE_CHECKING:
    from ..commands.journal import Log, Logged

WHY_NOT_KEPT = (
    ": not in an Alembic project, whose own tool would see a\n"
    "table too many, nor with [tool.migrate] journal = false. It is there only while a revision is unfinished."
)

COLOURS = {"done": "green", "failed": "red", "begun": "yellow", "stopped": "yellow"}


@word(answers=True)
@click.option(
    "--continue-at", type=int, metavar="N", help="What stands before statement N is done."
)
@click.option("--undo", is_flag=True, help="Take back what was done, newest first.")
@click.option("--mark-done", is_flag=True, help="All of it is done, by hand: run nothing.")
def resume(continue_at: int | None, undo: bool, mark_done: bool) -> None:
    """Go on with a revision that was begun and isn't finished.

    Without an option it finds out by itself what is done, and stops where it can't; the numbers
    of the statements are those of: migrate status
    """
    from ..commands import resume as work

    teller = Teller()
    with teller.listening():
        moved = work(
            project(),
            continue_at=continue_at,
            undo=undo,
            mark_done=mark_done,
            progress=teller.progress(silent=False),
        )
    verb = "Taken back" if undo else "Marked as done" if mark_done else "Finished"
    answer(moved, [f"{verb}. At {at(moved)}."])


@word(answers=True)
@click.argument("revision", required=False)
@click.option("--most", type=click.IntRange(1), default=20, help="At most so many; 20.")
@click.option("--source", is_flag=True, help="Print the file as it was when the newest one ran.")
def log(revision: str | None, most: int, source: bool) -> None:
    """Show what was run on the database, newest first.

    With REVISION, an id or its beginning, only that one, and its statements; --verbose shows
    those of all.
    """
    from ..commands import log as work

    statements = bool(revision is not None or option("verbose"))
    found = work(project(), revision, most=most, statements=statements, source=source)
    if source and option("format") != "json":
        plainly(found.source or "", end=False)
        return
    answer(found, _lines(found))


def _lines(found: Log) -> Iterator[str]:
    if not found.kept:
        yield f"No journal is kept in {found.database}{WHY_NOT_KEPT}"
    elif not found.revisions:
        yield f"Nothing was written down in {found.database}."
    for one in found.revisions:
        yield from _lines_of(one)
    if found.backwards:
        named = ", ".join(dict.fromkeys(found.backwards))
        yield dim(f"a clock went back before {named}; the order is that of the writing")


def _lines_of(one: Logged) -> Iterator[str]:
    took = seconds(one.seconds) if one.seconds is not None else ""
    state = paint(f"{one.state:<7}", COLOURS.get(one.state, "dim"))
    by = dim(f"{one.by}@{one.host} {one.process}, {one.tool}")
    yield f"{one.begun[:19]}  {state}  {one.direction:<9}  {one.revision}  {took:>8}  {by}"
    if one.error:
        yield f"    {title(one.error, 200)}"
    for said in one.statements:
        times = f" x {said.times}" if said.times > 1 else ""
        took = seconds(said.seconds) if said.seconds is not None else ""
        yield f"    {said.state:<7}  {title(said.text, 120)}{times}  {dim(took)}"
        if said.error:
            yield f"             {title(said.error, 200)}"
