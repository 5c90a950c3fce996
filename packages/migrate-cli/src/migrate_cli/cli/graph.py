"""The words that read the revision files only: history, graph, heads, branches, show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import listing
from .given import option, project
from .listing import here
from .paper import answer, fit, say, stdout
from .words import TARGETS, Target, word

if TYPE_CHECKING:
    from ..commands.graph import Form


@word(answers=True)
@click.option(
    "--rev-range",
    "-r",
    metavar="START:END",
    help="Only these; either side may be empty, both ends are included.",
)
@click.option("--indicate-current", "-i", is_flag=True, help="Mark where the database is.")
@click.option("--graph", "-g", "lanes", is_flag=True, help="Draw them in lanes, as `graph` does.")
def history(rev_range: str | None, indicate_current: bool, lanes: bool) -> None:
    """List the revisions, newest first."""
    if lanes and option("format") != "json":
        _drawn(rev_range, indicate_current, plain=False)
        return
    listing.history(rev_range, indicate_current=indicate_current)


@word(answers=True, forms=("mermaid", "dot"))
@click.option(
    "--rev-range",
    "-r",
    metavar="START:END",
    help="Only these, in text; either side may be empty, both ends are included.",
)
@click.option("--indicate-current", "-i", is_flag=True, help="Mark what the database has.")
@click.option("--ascii", "plain", is_flag=True, help="Draw with ASCII characters only.")
def graph(rev_range: str | None, indicate_current: bool, plain: bool) -> None:
    """Draw the revisions: in lanes, or as Mermaid, DOT or JSON."""
    _drawn(rev_range, indicate_current, plain=plain)


@word(answers=True)
@click.option("--check", is_flag=True, help="End with 1 if there are several.")
@click.option(
    "--resolve-dependencies", is_flag=True, help="Leave out those that another one depends on."
)
def heads(check: bool, resolve_dependencies: bool) -> int:
    """List the revisions that nothing follows."""
    return listing.heads(check=check, resolve_dependencies=resolve_dependencies)


@word(answers=True)
def branches() -> None:
    """List the revisions that several others follow."""
    listing.branches()


@word(answers=True, context_settings=TARGETS)
@click.argument("targets", nargs=-1, required=True, type=Target())
def show(targets: tuple[str, ...]) -> None:
    """Show revisions with all that their files say about them.

    TARGETS are ids or their beginnings, head, heads, head-1, label@head, or current.
    """
    listing.show(*targets)


def _drawn(rev_range: str | None, indicate_current: bool, *, plain: bool) -> None:
    from ..commands import drawn

    config = project()
    at = here(config, rev_range, wanted=indicate_current) or ()
    form: Form = option("format") or "text"
    if form == "text" and (plain or not _has_lanes()):
        form = "ascii"
    drawing = drawn(config, form, rev_range, at)
    if form == "json":
        import json  # the other words here need none

        answer(json.loads(drawing), ())
    else:
        for line in drawing.splitlines():
            say(fit(line) if form in ("text", "ascii") else line)


def _has_lanes() -> bool:
    """Tell whether stdout has the characters of a drawing."""
    try:
        "│─╮●".encode(stdout().encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
