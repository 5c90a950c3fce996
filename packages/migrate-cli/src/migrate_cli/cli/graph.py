"""The words that read the revision files only: history, heads, show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from ..paths import shown
from ..visible import title
from .paper import answer, option, paint
from .words import TARGETS, Target, project, word

if TYPE_CHECKING:
    from ..commands.graph import Entries, Entry


@word(answers=True)
@click.option(
    "--rev-range",
    "-r",
    metavar="START:END",
    help="Only these; either side may be empty, both ends are included.",
)
@click.option("--indicate-current", "-i", is_flag=True, help="Mark where the database is.")
def history(rev_range: str | None, indicate_current: bool) -> None:
    """List the revisions, newest first."""
    from ..commands import history as work

    config = project()
    here: tuple[str, ...] | None = None
    if indicate_current or "current" in (rev_range or ""):
        from ..commands import current

        here = tuple(entry.id for entry in current(config).revisions)
    found = work(config, rev_range, here)
    answer(found, _listed(found, frozenset(here or ())))


@word(answers=True)
def heads() -> None:
    """List the revisions that nothing follows."""
    from ..commands import heads as work

    found = work(project())
    answer(found, _listed(found, parents=False))


@word(answers=True)
def branches() -> None:
    """List the revisions that several others follow."""
    from ..commands import branches as work

    found = work(project())
    answer(found, _forks(found))


@word(answers=True, context_settings=TARGETS)
@click.argument("targets", nargs=-1, required=True, type=Target())
def show(targets: tuple[str, ...]) -> None:
    """Show revisions with all that their files say about them."""
    from ..commands import show as work

    found = work(project(), targets)
    answer(found, paragraphs(found.revisions))


def _listed(
    found: Entries, here: frozenset[str] = frozenset(), *, parents: bool = True
) -> Iterator[str]:
    if option("verbose"):
        yield from paragraphs(found.revisions)
        return
    for entry in found.revisions:
        yield brief(entry, here, parents=parents)


def _forks(found: Entries) -> Iterator[str]:
    for entry in found.revisions:
        yield brief(entry, parents=False)
        for child in entry.children:
            yield f"  -> {paint(child, 'yellow')}"


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
    marks += ["head"] if entry.head else []
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
