"""The word plan: what a move would do, as text or as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from ..visible import title, visible
from .given import option, project
from .paper import answer, dim, field, mark, paint, plainly, standing
from .words import TARGETS, Target, word

if TYPE_CHECKING:
    from ..commands.planning import Planned
    from ..forecast.values import Forecast, Foretold, ForetoldRevision


@word(answers=True, forms=["markdown"], context_settings=TARGETS)
@click.argument("target", required=False, type=Target())
@click.option("--down", is_flag=True, help="Plan what downgrade would do, to TARGET.")
@click.option("--no-sql", is_flag=True, help="Leave the SQL out.")
def plan(target: str | None, down: bool, no_sql: bool) -> None:
    """Show what upgrade would do, without doing it.

    Each change in words, with its SQL, its lock and what that blocks, what is rewritten, how large
    the table is, and what would be lost. The scripts' Python is run, and nothing is executed;
    from the first thing that a script reads from the database, it is said to be unknown.
    """
    from ..commands import plan as work

    if down and target is None:
        raise click.UsageError("--down needs a TARGET: an id, -1, or base")
    found = work(project(), target, down=down, sql=not no_sql)
    if option("format") == "markdown":
        plainly("\n\n".join(markdown(one, sql=not no_sql) for one in found.databases))
        return
    answer(found, _lines(found, sql=not no_sql))


def _lines(found: Planned, *, sql: bool) -> Iterator[str]:
    for one in found.databases:
        yield from _forecast(one, sql=sql)


def _forecast(found: Forecast, *, sql: bool) -> Iterator[str]:
    at = "not known" if found.before is None else f"at {standing(found.before)}"
    version = f" {found.server_version}" if found.server_version else ""
    yield field("Database", f"{found.database}    {at}")
    yield field("Server", f"{found.dialect}{version}")
    for doubt in found.unknown:
        yield field("Unknown", paint(doubt, "yellow"))
    if not found.revisions:
        yield "Nothing to do."
        return
    for one in found.revisions:
        yield ""
        yield from _revision(one, sql=sql)
    yield ""
    yield field("Sum", ", ".join(summary(found)))


def _revision(found: ForetoldRevision, *, sql: bool) -> Iterator[str]:
    down = "    downgrade" if found.direction == "downgrade" else ""
    yield f"{paint(found.id, 'bold')}  {title(found.message)}{down}"
    yield dim(f"    {found.transaction}; {way_back(found)}")
    for change, begun in _with_copies(found.changes):
        yield f"  {mark(_sign(change))} {visible(change.text)}"
        for statement in (change.sql or ()) if sql else ():
            yield from (dim(f"      {line}") for line in statement.splitlines())
        if change.sql is None and change.why_no_sql is not None and not begun:
            yield dim(f"      no SQL: {change.why_no_sql}")
        loud = change.loses_data or (not change.table_is_new and change.blocks in LOUD)
        for line in cost(change, begun=begun):
            yield f"      {paint(line, 'yellow') if loud else dim(line)}"
    if found.opaque is not None:
        yield f"  {paint('?', 'yellow')} from here on not known: {found.opaque}"
    elif not found.changes:
        yield dim("    no changes")


def _with_copies(changes: Iterable[Foretold]) -> Iterator[tuple[Foretold, bool]]:
    """Give each change, and whether an earlier one has begun the copy of the table that does it."""
    seen: set[int | None] = set()
    for change in changes:
        yield change, change.copy is not None and change.copy in seen
        seen.add(change.copy)


LOUD = ("writes", "reads and writes")


def _sign(change: Foretold) -> str:
    verb = change.text.partition(" ")[0]
    return {"create": "+", "add": "+", "insert": "+", "drop": "-"}.get(verb, "~")


def way_back(found: ForetoldRevision) -> str:
    """Say whether a revision can be taken back."""
    if found.direction == "downgrade":
        return found.way_back or "taken back"
    if found.reversible:
        return "can be taken back"
    return found.way_back or "whether it can be taken back isn't known"


def cost(change: Foretold, *, begun: bool = False) -> Iterator[str]:
    """Say what a change would cost, a line each; what a copy costs only where it isn't *begun*."""
    if change.table_is_new:
        if change.loses_data:
            yield "the table is new in this plan: nothing of before is lost"
        return
    if begun:
        yield "by the same copy"
    elif price := _price(change):
        yield price
    if change.loses_data:
        yield "loses data"


def _price(change: Foretold) -> str:
    said = []
    if change.lock is None:
        said.append("its lock isn't known")
    elif change.lock:
        blocks = "blocks nothing" if change.blocks == "nothing" else f"blocks {change.blocks}"
        said.append(f"lock {change.lock}: {blocks}")
    if change.rewrites:
        said.append("rewrites the table")
    elif change.scans:
        said.append("reads the whole table")
    for known, what in ((change.rewrites, "rewritten"), (change.scans, "read as a whole")):
        if known is None and change.table is not None and change.lock is not None:
            said.append(f"whether the table is {what} isn't known")
            break
    if change.alone:
        said.append("outside of the transaction")
    if change.table is not None and (size := _size(change)):
        said.append(f"{change.table}: {size}")
    return "; ".join(said)


def _size(change: Foretold) -> str:
    parts = []
    if change.rows is not None:
        parts.append(f"about {change.rows:,} row{'' if change.rows == 1 else 's'}")
    elif change.bytes is not None:
        parts.append("rows not known (no statistics: ANALYZE)")
    if change.bytes is not None:
        parts.append(_bytes(change.bytes))
    return ", ".join(parts)


def _bytes(size: int) -> str:
    """Write a size, given in bytes, as a person reads it.

    >>> _bytes(8192), _bytes(325_058_560)
    ('8 KiB', '310 MiB')
    """
    for unit, power in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if size >= 1 << power:
            amount = size / (1 << power)
            return (
                f"{amount:.0f} {unit}"
                if amount >= 10 or amount == int(amount)
                else f"{amount:.1f} {unit}"
            )
    return f"{size} bytes"


def summary(found: Forecast) -> Iterator[str]:
    """Say in a few words what is in a plan."""
    changes = [change for one in found.revisions for change in one.changes]
    old = [change for change in changes if not change.table_is_new]
    steps = [change for change, begun in _with_copies(old) if not begun]
    unknown = "not known to the end"
    yield _counted(len(found.revisions), "revision")
    yield _counted(len(changes), "change")
    for count, one, several in (
        (sum(step.copy is not None for step in steps), "copies a table", "copy a table"),
        (sum(step.blocks == LOUD[1] for step in steps), f"blocks {LOUD[1]}", f"block {LOUD[1]}"),
        (sum(step.blocks == LOUD[0] for step in steps), f"blocks {LOUD[0]}", f"block {LOUD[0]}"),
        (
            sum(step.copy is None and bool(step.rewrites) for step in steps),
            "rewrites a table",
            "rewrite a table",
        ),
        (sum(bool(change.loses_data) for change in old), "loses data", "lose data"),
        (sum(revision.opaque is not None for revision in found.revisions), unknown, unknown),
    ):
        if count:
            yield f"{count} {one if count == 1 else several}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def markdown(found: Forecast, *, sql: bool = True) -> str:
    """Write a forecast for a pull request, with the SQL folded away."""
    return "\n".join(_markdown(found, sql)).rstrip()


def _markdown(found: Forecast, sql: bool) -> Iterator[str]:
    at = "not known" if found.before is None else f"at {_code(standing(found.before))}"
    yield f"### Migration plan: {found.direction}"
    yield ""
    yield f"{_code(found.database)}, {at}. {', '.join(summary(found))}."
    yield ""
    for doubt in found.unknown:
        yield f"> **Not known:** {_text(doubt)}"
        yield ""
    for one in found.revisions:
        yield f"#### {_code(one.id)} {_text(title(one.message))}"
        yield ""
        yield f"{_text(one.transaction)}; {_text(way_back(one))}"
        yield ""
        if one.changes:
            yield "| change | cost |"
            yield "| --- | --- |"
            for change, begun in _with_copies(one.changes):
                said = map(_cell, cost(change, begun=begun))
                yield f"| {_cell(change.text)} | {'<br>'.join(said)} |"
            yield ""
        if one.opaque is not None:
            yield f"**From here on not known:** {_text(one.opaque)}"
            yield ""
        if sql:
            yield from _folded(one.changes)


def _folded(changes: Iterable[Foretold]) -> Iterator[str]:
    statements = [statement for change in changes for statement in change.sql or ()]
    if not statements:
        return
    text = "\n".join(f"{statement};" for statement in statements)
    fence = "```" if "```" not in text else "````````"
    yield f"<details><summary>SQL ({_counted(len(statements), 'statement')})</summary>"
    yield ""
    yield f"{fence}sql"
    yield visible(text, keep="\n\t")
    yield fence
    yield ""
    yield "</details>"
    yield ""


def _text(text: str) -> str:
    """Write a text so that Markdown takes nothing in it for a sign of its own."""
    return " ".join(visible(text).split()).translate(_ESCAPED)


_ESCAPED = {ord(c): f"\\{c}" for c in "\\`*_[]#~"} | {ord(c): f"&#{ord(c)};" for c in "<>|&"}
_cell = _text


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"
