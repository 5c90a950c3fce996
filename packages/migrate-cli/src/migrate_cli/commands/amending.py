"""The command that writes the last revision anew, while nobody else has it: amend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..beside import beside
from ..config import Config
from ..errors import CannotWrite, CantAmend, NothingLeft, UsageError
from ..gates import Gate
from ..given import Database
from ..losses.against_rows import Fills
from ..running.run import Run
from ..scripts import Script, Scripts
from ..sharing import committed, published
from ..writing.renames import Answers
from . import targets
from .files import Found, Made, revision
from .moves import Progress, downgrade, upgrade
from .project import applied, on_database


@dataclass(frozen=True)
class Amended:
    """A revision that was written anew.

    Attributes:
        id: Its id, which stays.
        path: Its file.
        changes: What it does now.
        databases: What it does to each database, where env.py leads to several; else empty.
        kept: The former file under another name; None if git has it.
        stepped: Whether the database had it, and was stepped down and up again.
    """

    id: str
    path: Path
    changes: tuple[object, ...]
    kept: Path | None
    stepped: bool
    databases: tuple[Found, ...] = ()


def amend(
    config: Config,
    message: str | None = None,
    *,
    allow_empty: bool = False,
    allow_drops: bool = False,
    answers: Answers | None = None,
    fills: Fills | None = None,
    progress: Progress | None = None,
    gate: Gate | None = None,
    connection: Database | None = None,
) -> Amended:
    """Write the last revision anew from what models and database differ in without it.

    Its id, parents, labels and dependencies stay. A database on this machine that has it is
    stepped down before and up again after: what only this revision's tables and columns held is
    lost there. The former file is kept beside, under a name that ends in "~", unless git has it.

    Args:
        config: The project's settings.
        message: What it is about from now on; None leaves its message as it is.
        allow_empty: As in `revision`, likewise the others.
        progress: Who hears about each step; or None.
        gate: What has to be said before the step down, and the step up, lose data; None lets
            them through.

    Raises:
        WouldLoseData: The gate doesn't let the step down through: all is as it was. Or the step up:
            the file is written, and the revision isn't applied.
        CantAmend: It is in a remote, or in a database elsewhere, or joins several revisions.
        NothingLeft: There would be nothing in it.
        CannotWrite: Its folder is read-only or full: no database was touched.
        UsageError: There is no revision, or several heads.
    """
    scripts, progress = Scripts.of(config), progress or Progress()
    head = targets.only_head(scripts, "migrate downgrade and remove one")
    if head == "heads" and not scripts.graph.heads:
        raise UsageError('there is no revision to amend; begin with: migrate make "create tables"')
    script = scripts.by_id[scripts.graph.heads[0]]
    if len(script.parents) > 1:
        raise CantAmend(script.id, script.path, "it joins several revisions")
    if (branch := published(script.path)) is not None:
        raise CantAmend(script.id, script.path, f"it is in {branch}, where others have it from")
    stepped = on_database(
        config,
        connection,
        lambda around: _has(around, scripts, script, config),
        join=partial(_all_or_none, script),
    )
    in_git = committed(script.path)
    below = script.parents[0] if script.parents else "base"
    _may_be_written(script.path)
    if stepped:
        downgrade(config, below, progress=progress, gate=gate, connection=connection)

    def up_again(gate: Gate | None = None) -> None:
        if stepped:
            upgrade(config, script.id, progress=progress, gate=gate, connection=connection)

    with _taken_away(script.path, up_again) as kept:
        made = revision(
            config,
            script.message if message is None else message,
            autogenerate=True,
            rev_id=script.id,
            head=(below,),
            splice=True,
            branch_labels=script.labels,
            depends_on=script.depends_on,
            allow_empty=allow_empty,
            allow_drops=allow_drops,
            answers=answers,
            fills=fills,
            connection=connection,
        )
        path = _written(made, script)
    up_again(gate)
    if in_git or kept.read_bytes() == path.read_bytes():
        kept.unlink()
    left = kept if kept.exists() else None
    return Amended(script.id, path, made.changes, left, stepped, made.databases)


def _has(around: Run, scripts: Scripts, script: Script, config: Config) -> bool:
    """Tell whether a database has a revision, and may be stepped down.

    Raises:
        CantAmend: It has it, and isn't on this machine.
    """
    if script.id not in applied(around, scripts.graph, config):
        return False
    connection = around.sink.connection
    assert connection is not None, "it was just asked"
    host = connection.engine.url.host
    if host and not host.startswith("/") and host not in ("localhost", "127.0.0.1", "::1"):
        raise CantAmend(script.id, script.path, f"{around.name} has it, and isn't on this machine")
    return True


def _all_or_none(script: Script, having: Sequence[bool]) -> bool:
    """Tell whether the databases of an env.py have a revision.

    Raises:
        CantAmend: Only some have it, and the step up again would run it in the others too.
    """
    if any(having) and not all(having):
        raise CantAmend(
            script.id, script.path, f"{sum(having)} of {len(having)} databases have it; upgrade all"
        )
    return all(having)


def _written(made: Made, script: Script) -> Path:
    if made.path is None:
        raise NothingLeft(script.id, script.path)
    return made.path


def _may_be_written(path: Path) -> None:
    """Put a file of that size beside it, and away again, before a database is stepped down for it.

    Raises:
        CannotWrite: There is no room, or the folder is read-only.
    """
    try:
        with beside(path, path.read_bytes()):
            pass
    except OSError as err:
        raise CannotWrite(path, err.strerror or str(err)) from err


@contextmanager
def _taken_away(path: Path, undone: Callable[[], None]) -> Iterator[Path]:
    """Put a file under another name; if the block fails it comes back, and *undone* is called."""
    kept = path.with_name(f"{path.name}~")
    try:
        path.rename(kept)
    except OSError as err:
        undone()
        raise CannotWrite(kept, err.strerror or str(err)) from err
    try:
        yield kept
    except BaseException:
        kept.rename(path)
        undone()
        raise
