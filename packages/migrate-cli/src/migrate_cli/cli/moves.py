"""The words that move a database, and its version table: upgrade, downgrade, stamp, ensure-version."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

import click

from ..visible import title
from .gates import ALLOW_PROTECTED, GATED, gate_of
from .given import project, quiet
from .paper import answer, dim, error, forget_stdout, paint, seconds, standing, stdout, tell
from .patience import Patience
from .words import LOCK_TIMEOUT, TARGETS, Target, word

if TYPE_CHECKING:
    from ..commands.moves import Moved, Progress
    from ..commands.rehearsing import Rehearsed
    from ..config import Config
    from ..running.run import Done
    from ..scripts import Script
    from ..sinks.gaps import Gap

WIDTH = 60
"""Columns that an id and its message fill, before how it went."""
ROOM = 20
"""Columns that the rest of such a line takes."""


_DRY_RUN = click.option("--dry-run", is_flag=True, help="Run it, and roll all of it back.")


@word(answers=True, context_settings=TARGETS)
@click.argument("target", required=False, type=Target())
@click.option("--sql", is_flag=True, help="Write a SQL script to stdout instead of running it.")
@_DRY_RUN
@LOCK_TIMEOUT
@GATED
def upgrade(
    target: str | None, sql: bool, dry_run: bool, lock_timeout: float | None, **said: bool
) -> int:
    """Run the revisions that a database lacks.

    TARGET is where to go: an id or its beginning, head (the default), heads, +1, or
    label@head. With --sql it may be a range: START:END.
    """
    from ..commands import upgrade as work

    if dry_run:
        return rehearse(target, sql, lock_timeout, said, down=False)
    return _move(work, target, sql, lock_timeout, said)


@word(answers=True, context_settings=TARGETS)
@click.argument("target", type=Target())
@click.option("--sql", is_flag=True, help="Write a SQL script to stdout instead of running it.")
@_DRY_RUN
@LOCK_TIMEOUT
@GATED
def downgrade(
    target: str, sql: bool, dry_run: bool, lock_timeout: float | None, **said: bool
) -> int:
    """Undo revisions, newest first, down to a target.

    TARGET is where to go: an id or its beginning, -1, or base, which undoes all. With --sql
    it must be a range: START:END.
    """
    from ..commands import downgrade as work

    if dry_run:
        return rehearse(target, sql, lock_timeout, said, down=True)
    return _move(work, target, sql, lock_timeout, said)


@word(answers=True, context_settings=TARGETS)
@click.argument("targets", nargs=-1, required=True, type=Target())
@click.option("--sql", is_flag=True, help="Write a SQL script to stdout instead of running it.")
@click.option("--purge", is_flag=True, help="Forget first what the database says it is at.")
@LOCK_TIMEOUT
@ALLOW_PROTECTED
def stamp(
    targets: tuple[str, ...],
    sql: bool,
    purge: bool,
    lock_timeout: float | None,
    allow_protected: bool,
) -> None:
    """Say where a database is, without running anything.

    TARGETS are ids or their beginnings, head, heads, or base for an empty database.
    """
    from ..commands import stamp as work

    with _script(sql) as stream:
        config = waiting_up_to(lock_timeout)
        gate = gate_of(config, {"allow_protected": allow_protected})
        moved = work(config, targets, purge=purge, sql=stream, waiting=_waiting, gate=gate)
    if not sql:
        answer(moved, [f"Stamped: was at {standing(moved.before)}, is at {at(moved)}."])


@word(answers=True)
@click.option("--sql", is_flag=True, help="Write a SQL script to stdout instead of running it.")
def ensure_version(sql: bool) -> None:
    """Create the version table, unless it is there."""
    from ..commands import ensure_version as work

    with _script(sql) as stream:
        ensured = work(project(), sql=stream)
    if not sql:
        verb = "Created" if ensured.created else "Already there:"
        answer(ensured, [f"{verb} {ensured.table} in {ensured.database}."])


def waiting_up_to(lock_timeout: float | None) -> Config:
    """Read the project's settings, with what was asked for about the lock."""
    config = project()
    return config if lock_timeout is None else replace(config, lock_timeout=lock_timeout)


def _waiting(holder: str) -> None:
    tell(f"Waiting for another run: {holder}")


def _move(
    work: Any,
    target: str | None,
    sql: bool,
    lock_timeout: float | None,
    said: Mapping[str, bool],
) -> int:
    teller = Teller()
    with _script(sql) as stream, teller.listening():
        config = waiting_up_to(lock_timeout)
        progress = teller.progress(silent=sql)
        moved = work(config, target, sql=stream, progress=progress, gate=gate_of(config, said))
    if not sql:
        answer(moved, [_ending(moved)])
    if moved.gaps:
        error("\n".join(_lacking(moved.gaps)))
        return 4
    return 0


def rehearse(
    target: str | None,
    sql: bool,
    lock_timeout: float | None,
    said: Mapping[str, bool],
    *,
    down: bool,
) -> int:
    """Do a dry run, and say what it did."""
    from ..commands import dry_run

    if sql:
        raise click.UsageError(
            "--sql runs nothing, so there is nothing to roll back: leave one out"
        )
    teller = Teller()
    with teller.listening():
        config = waiting_up_to(lock_timeout)
        progress = teller.progress(silent=False)
        gate = gate_of(config, said)
        found = dry_run(config, target, down=down, progress=progress, gate=gate)
    answer(found, _rehearsed(found, down))
    return 0 if found.stopped_at is None else 1


def _rehearsed(found: Rehearsed, down: bool) -> Iterator[str]:
    if found.stopped_at is not None:
        yield f"  {paint('?', 'yellow')} {found.stopped_at}  stopped there: {found.why}"
    if found.left:
        yield f"  {paint('?', 'yellow')} {', '.join(found.left)}  not tried behind it"
    verb = "undone" if down else "applied"
    yield (
        f"Dry run: {len(found.done)} {verb} in {seconds(found.seconds)}, and all is rolled back; "
        f"still at {standing(found.before)}."
    )


def _lacking(gaps: Sequence[Gap]) -> Iterator[str]:
    count = len(gaps)
    yield (
        f"the script has {count} gap{'' if count == 1 else 's'}, marked by GAP in it: "
        "what stands there needs the database"
    )
    yield from (f"  {gap.describe()}" for gap in gaps)
    yield "fill in the SQL by hand before it is run, or run these revisions online: migrate upgrade"


@contextmanager
def _script(wanted: bool) -> Iterator[IO[str] | None]:
    """Give stdout for a SQL script: in UTF-8 wherever it goes, no character replaced.

    A file that has no room for all of it is left as it was: the half of a script would run.
    """
    if not wanted:
        yield None
        return
    stdout().flush()
    stream = io.TextIOWrapper(stdout().buffer, encoding="utf-8", newline="\n")
    try:
        with _whole_or_not():
            yield stream
            stream.flush()
    finally:
        stream.detach()


@contextmanager
def _whole_or_not() -> Iterator[None]:
    """Cut what the block could write of its answer off again, where stdout is a file."""
    try:
        file = os.dup(stdout().fileno())
    except (OSError, ValueError):  # a stream of the program that calls
        yield
        return
    try:
        before = os.fstat(file)
        try:
            yield
        except OSError:
            if stat.S_ISREG(before.st_mode):
                forget_stdout()  # the rest would go there yet
                os.ftruncate(file, before.st_size)
            raise
    finally:
        os.close(file)


def _ending(moved: Moved) -> str:
    if not moved.done:
        if moved.by_another:
            return f"At {at(moved)}. Already done by another run."
        if moved.passed:
            below = ", ".join(moved.passed)
            return f"At {at(moved)}, past {below}. To go back to it: migrate downgrade {below}"
        word = ("head " if len(moved.heads) == 1 else "heads ") if moved.at_head else ""
        return f"Already at {word if moved.heads else ''}{standing(moved.heads)}. Nothing to do."
    verb = {"upgrade": "applied", "downgrade": "undone"}[moved.done[0].direction]
    return f"At {at(moved)}. {len(moved.done)} {verb} in {seconds(moved.seconds)}."


def at(moved: Moved) -> str:
    """Write where a move has led."""
    return standing(moved.heads, at_head=moved.at_head)


class Teller:
    """Tells each step as it ends; on a terminal its line begins when the step does."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        import shutil  # no other word needs it

        columns = shutil.get_terminal_size().columns
        self.width = min(WIDTH, columns - ROOM) if self.live else WIDTH
        self.open = False
        self.at_work = ""
        self.patience = Patience(self.still)

    def progress(self, *, silent: bool) -> Progress:
        from ..commands.moves import Progress

        return Progress() if silent else Progress(self.begun, self.ended, _waiting, self.again)

    def begun(self, script: Script, direction: str) -> None:
        if self.live:
            tell(_line(script.id, script.message, direction, self.width), end=False)
            self.open = True
        self.at_work = f"{script.id}  {title(script.message, 40)}"
        if not quiet():
            self.patience.begin()

    def still(self, passed: float) -> None:
        """Say that a step takes long; in its own line, where there is one."""
        if self.open:
            tell(dim(f"{seconds(passed)} "), end=False)
        else:
            tell(dim(f"  {self.at_work}: still at work after {seconds(passed)}"))

    def ended(self, done: Done) -> None:
        self.patience.end()
        self.open = False
        start = "" if self.live else _line(done.revision, done.message, done.direction, self.width)
        tell(f"{start}{paint('ok', 'green')}  {seconds(done.seconds)}")

    def again(self, text: str) -> None:
        if self.open:
            tell("")
            self.open = False
        tell(f"  {dim(text)}")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """End the line of a step that doesn't end."""
        try:
            yield
        except BaseException:
            self.patience.end()
            if self.open:
                tell(paint("failed", "red"))
            raise
        finally:
            self.patience.close()


def _line(id: str, message: str, direction: str, width: int = WIDTH) -> str:
    sign = {"upgrade": " ", "downgrade": "-"}[direction]
    room = max(width - len(id), 8)
    about = title(message, room)
    return f"{sign} {id}  {about} {dim('.' * max(3, room - len(about)))} "
