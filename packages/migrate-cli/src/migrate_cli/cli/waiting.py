"""The word that waits for others to move a database: wait."""

from __future__ import annotations

import click

from .given import project
from .paper import answer, seconds, standing, tell
from .words import TARGETS, Seconds, Target, word


@word(answers=True, context_settings=TARGETS)
@click.argument("target", required=False, type=Target())
@click.option(
    "--timeout",
    type=Seconds(),
    metavar="SECONDS",
    default="300",
    show_default=True,
    help="Wait no longer than this: 90, 5m, 1h; 0 looks once.",
)
def wait(target: str | None, timeout: float) -> None:
    """Wait for a revision that another run brings.

    TARGET is an id or its beginning, head, label@head, or heads (the default). Nothing is
    locked or written. Ends with 3 when the time is over.
    """
    from ..commands import wait as work

    waited = work(project(), target, timeout=timeout, told=lambda what: tell(f"Waiting: {what}"))
    at = standing(waited.heads, at_head=waited.at_head)
    answer(waited, [f"At {at}, after {seconds(waited.seconds)}."])
