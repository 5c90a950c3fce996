"""The words that read the revision files only: history, graph, heads, branches, show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from ..paths import shown
from ..visible import title
from .paper import answer, fit, option, paint, say, stdout, tell
from .words import TARGETS, Target, project, word

if TYPE_CHECKING:
    from ..commands.graph import Branches, Entries, Entry, Form
    from ..config import Config


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
    from ..commands import history as work

    config = project()
    at = here(config, rev_range, wanted=indicate_current)
    found = work(config, rev_range, at)
    answer(found, _listed(found, frozenset(at or ())))
    for line in found.broken:
        tell(line)
    if not rev_range:
        _told_if_empty(found)


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
    """Draw the revisions in lanes, or write them as Mermaid, DOT or JSON."""
    _drawn(rev_range, indicate_current, plain=plain)


@word(answers=True)
@click.option("--check", is_flag=True, help="End with 1 if there are several.")
@click.option(
    "--resolve-dependencies", is_flag=True, help="Leave out those that another one depends on."
)
def heads(check: bool, resolve_dependencies: bool) -> int:
    """List the revisions that nothing follows."""
    from ..commands import heads as work

    found = work(project(), resolve_dependencies=resolve_dependencies)
    answer(found, _listed(found, parents=False))
    _told_if_empty(found)
    several = check and len(found.revisions) > 1
    if several:
        tell(f"There are {len(found.revisions)} heads. To join them: migrate merge")
    return 1 if several else 0


@word(answers=True)
def branches() -> None:
    """List the revisions that several others follow."""
    from ..commands import branches as work

    found = work(project())
    answer(found, _forks(found))


@word(answers=True, context_settings=TARGETS)
@click.argument("targets", nargs=-1, required=True, type=Target())
def show(targets: tuple[str, ...]) -> None:
    """Show revisions with all that their files say about them.

    TARGETS are ids or their beginnings, head, heads, head-1, label@head, or current.
    """
    from ..commands import show as work

    config = project()
    found = work(config, targets, here(config, *targets))
    answer(found, paragraphs(found.revisions))


def here(config: Config, *asked: str | None, wanted: bool = False) -> tuple[str, ...] | None:
    """Ask the database where it is, if that is wanted, or what was asked for names it."""
    if not wanted and not any("current" in (one or "") for one in asked):
        return None
    from ..commands import current

    return tuple(entry.id for entry in current(config).revisions)


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


def _listed(
    found: Entries, here: frozenset[str] = frozenset(), *, parents: bool = True
) -> Iterator[str]:
    if option("verbose"):
        yield from paragraphs(found.revisions)
        return
    for entry in found.revisions:
        yield fit(brief(entry, here, parents=parents))


def _told_if_empty(found: Entries) -> None:
    if not found.revisions:
        tell("There are no revisions yet. To begin: migrate make MESSAGE")


def _forks(found: Branches) -> Iterator[str]:
    following = {entry.id: entry for entry in found.following}
    for number, entry in enumerate(found.revisions):
        if option("verbose"):
            yield from [""] * (number > 0)
            yield from full(entry)
            yield ""
        else:
            yield fit(brief(entry, parents=False))
        for child in entry.children:
            yield fit(f"  -> {brief(following[child], parents=False)}")


def paragraphs(entries: Iterable[Entry]) -> Iterator[str]:
    """Write all that revisions' files say, an empty line between two of them."""
    for number, entry in enumerate(entries):
        if number:
            yield ""
        yield from full(entry)


def brief(entry: Entry, here: frozenset[str] = frozenset(), *, parents: bool = True) -> str:
    """Write a revision in one line: `parents -> id (labels) (head), message`."""
    before = f"{', '.join(entry.parents) or '<base>'}"
    if entry.depends_on:
        before += f" ({', '.join(entry.depends_on)})"
    marks = [", ".join(entry.labels)] if entry.labels else []
    marks += ["effective head" if entry.effective else "head"] if entry.head else []
    marks += ["current"] if entry.id in here else []
    marks += ["branchpoint"] if len(entry.children) > 1 else []
    marks += ["mergepoint"] if len(entry.parents) > 1 else []
    said = "".join(f" ({paint(mark, 'cyan')})" for mark in marks)
    arrow = f"{before} -> " if parents else ""
    return f"{arrow}{paint(entry.id, 'yellow')}{said}, {title(entry.message)}"


def full(entry: Entry) -> Iterator[str]:
    """Write all that a revision's file says."""
    facts = {
        "Rev": entry.id + (" (head)" if entry.head else ""),
        "Merges" if len(entry.parents) > 1 else "Parent": ", ".join(entry.parents) or "<base>",
        "Also depends on": ", ".join(entry.depends_on),
        "Branches into": ", ".join(entry.children) if len(entry.children) > 1 else "",
        "Branch names": ", ".join(entry.labels),
        "Path": shown(entry.path),
    }
    for label, text in facts.items():
        if text:
            yield f"{label}: {text}"
    yield ""
    for line in entry.message.splitlines():
        yield f"    {line}"
