"""The words that ask a database: status, current, check, diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import click

from ..visible import title
from .given import option, project
from .listing import brief, paragraphs
from .paper import answer, change_line, change_lines, dim, field, fit, onward, paint, standing, tell
from .words import word

if TYPE_CHECKING:
    from ..commands.database import Checked, Current, Known, Status
    from ..commands.database import Differences as DatabaseDifferences
    from ..commands.elsewhere import Elsewhere
    from ..commands.standing import Standing


@word(answers=True)
@click.option(
    "--exit-code",
    is_flag=True,
    help="End with 1 if anything is pending, unknown, unfinished or different.",
)
@click.option(
    "--statements",
    is_flag=True,
    help="Show what an unfinished revision hasn't done, too; executes its script's Python, to hear what it says.",
)
def status(exit_code: bool, statements: bool) -> int:
    """Show where the database stands. What is applied, pending, unknown, and how the models differ."""
    from ..commands import status as work

    found = work(project(), statements=statements)
    answer(found, _standing(found))
    if not exit_code or found.in_sync:
        return 0
    astray = [one for one in (*found.others, found) if not replace(one, others=()).in_sync]
    blind = all(one.blind and one.at_head and one.unfinished is None for one in astray)
    return 3 if blind else 1


@word(answers=True)
@click.option("--check-heads", is_flag=True, help="End with 1 if the database isn't at all heads.")
def current(check_heads: bool) -> int:
    """Show the revisions that the database is at."""
    from ..commands import current as work

    found = work(project())
    answer(found, _rows(found))
    for line in found.broken:
        tell(line)
    return 1 if check_heads and not found.at_head else 0


@word(answers=True)
def check() -> int:
    """Compare the models with the database. Ends with 1 if they differ."""
    from ..commands import check as work

    found = work(project())
    answer(found, _differences(found))
    return 1 if found.changes else 0


@word(answers=True)
@click.option("--sql", is_flag=True, help="Show the SQL of each, too.")
def diff(sql: bool) -> None:
    """Show what models and database differ in. Also while revisions are pending."""
    from ..commands import diff as work

    found = work(project())
    answer(found, _differing(found, sql))


def _differing(found: DatabaseDifferences, sql: bool) -> Iterator[str]:
    if not found.differences:
        yield "Models and database agree."
    where: str | None = None
    for one in found.differences:
        if one.database != where:
            where = one.database
            yield paint(title(str(where)), "bold")
        yield change_line(one.change)
        if one.refused is not None:
            yield f"      {paint('!', 'red')} {one.refused}"
        for statement in one.sql if sql else ():
            yield from (dim(f"      {line}") for line in f"{statement};".splitlines())


def _standing(found: Status) -> Iterator[str]:
    for other in found.others:
        yield from _standing(other)
        yield ""
    at = standing(found.heads, at_head=found.at_head)
    if found.project is not None:
        yield field("Project", found.project)
    yield field("Database", f"{found.database}    at {at}")
    if found.elsewhere is not None:
        yield from _renamed(found.elsewhere)
    for applied, group in groupby(found.revisions, key=lambda one: one.applied):
        yield from _boxes(list(group), applied)
    for lost in found.unknown:
        yield f"  {paint('[?]', 'red')} {lost}  unknown: it has no file here"
    if found.unknown:
        yield dim("      bring its file back, or: migrate stamp --purge <revision>")
    for line in found.broken:
        yield field("Broken", line)
    if found.unfinished is not None:
        yield from unfinished(found.unfinished)
    if found.changes is None:
        yield field("Models", str(found.why_not))
    elif found.changes:
        yield field("Models", f"differ in {len(found.changes)}")
        yield from map(change_line, found.changes)
        yield onward('make "..."')
    else:
        yield field("Models", "in sync")
    if found.pending and not found.unknown and found.unfinished is None and not found.elsewhere:
        several = found.target == "heads"
        how = (" heads", "; to join them first: migrate merge") if several else ("", "")
        yield onward(f"upgrade{how[0]}    ({found.pending} pending{how[1]})")


def _renamed(found: Elsewhere) -> Iterator[str]:
    """Write that the version table has another name there, and what gives it the right one."""
    yield f"  {paint('[?]', 'red')} its {found.table} is at {', '.join(found.heads)}: renamed elsewhere, not here"
    yield dim(f"      rename it here too: {'; '.join(one.strip() for one in found.statements)}")


def _boxes(revisions: Sequence[Known], applied: bool) -> Iterator[str]:
    """Write revisions of one kind; of many only those next to where the database is."""
    box = paint("[x]", "green") if applied else paint("[ ]", "yellow")
    note = "" if applied else dim("    pending")
    hidden = 0 if option("verbose") or len(revisions) <= MANY else len(revisions) - NEAR
    shown = revisions[hidden:] if applied else revisions[: len(revisions) - hidden]
    if hidden and applied:
        yield dim(f"  {'':3} {hidden} older ones, applied too    (-v shows them)")
    for one in shown:
        yield fit(f"  {box} {one.id}  {title(one.message)}{note}")
    if hidden and not applied:
        yield dim(f"  {'':3} and {hidden} more, pending    (-v shows them)")


MANY = 12
"""More revisions of one kind than that are not all shown by `status`."""
NEAR = 6
"""So many of them are shown then."""


def unfinished(found: Standing) -> Iterator[str]:
    """Write where an unfinished revision stands: each statement, and how to go on."""
    count, done = len(found.statements), sum(one.state == "done" for one in found.statements)
    known = f"{done} of {count} statements are known to be done"
    yield f"{paint('Unfinished', 'bold')} {found.direction} of {found.revision}: {known}"
    yield dim(f"      begun {found.begun} by {found.by}")
    for one in found.statements:
        box = {"done": paint("[x]", "green"), "failed": paint("[!]", "red")}.get(
            one.state, paint("[?]", "yellow")
        )
        seen = dim(f"    {one.seen}") if one.seen else ""
        yield f"  {box} {one.number}  {title(one.text, 100)}{seen}"
    if found.reason:
        yield f"      {found.reason}"
    yield from _remaining(found)
    if found.running:
        yield field("Next", "wait: the server is at work on it")
    elif found.edited:
        yield field("Next", f"{found.file} was edited since: migrate resume, which says more")
    else:
        word = "upgrade" if found.direction == "upgrade" else "resume"
        yield field("Next", f"migrate {word}    (goes on at statement {found.next})")


def _remaining(found: Standing) -> Iterator[str]:
    rest, box = found.remaining, paint("[ ]", "yellow")
    if rest is None:
        yield dim("  [ ] what the script says after that: migrate status --statements")
        return
    for number, text in enumerate(rest.statements, len(found.statements) + 1):
        yield f"  {box} {number}  {title(text, 100)}{dim('    not done')}"
    if rest.unknown is not None:
        yield dim(f"  [ ] what comes after that isn't known: {title(rest.unknown, 200)}")
    elif not rest.statements:
        yield dim("      the script says nothing after that")


def _rows(found: Current) -> Iterator[str]:
    if option("verbose"):
        yield f"Current revision(s) for {found.database}:"
        yield from paragraphs(found.revisions)
    else:
        for entry in found.revisions:
            yield brief(entry, parents=False)
    for lost in found.unknown:
        yield f"{lost} (unknown: it has no file here)"


def _differences(found: Checked) -> Iterator[str]:
    if not found.changes:
        yield "Models and database agree."
        return
    count = len(found.changes)
    yield f"Models and database differ in {count}:"
    yield from change_lines(found.changes, found.databases)
    yield onward('make "..."')
