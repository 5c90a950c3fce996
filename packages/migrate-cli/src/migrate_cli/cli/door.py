"""The outermost door: runs the command line and turns known errors into a message and a status."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from ..errors import MigrateError, Refused
from ..running import interruption
from .given import running
from .listing import said
from .paper import PipeClosed, error, forget_stdout, plainly_told, tell


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and leave the process with its exit status.

    0 done; 1 pending, drift, or refused by a guard; 2 usage, an unknown or ambiguous
    target; 3 configuration, scripts, graph or connection; 4 a migration failed, or a SQL script has gaps; 130
    interrupted; 143 terminated by SIGTERM, as a shell has it (128 and the signal's number)
    and as those expect who sent it. An error that isn't known leaves as a traceback.

    Args:
        arguments: What follows the program's name; None for those of the process.
    """
    gc.set_threshold(50_000)  # nothing that is imported or read is garbage
    _open_what_is_closed()
    sys.exit(run(arguments))


def _open_what_is_closed() -> None:
    """Put something in the place of streams that the process was started without.

    Python has None for them; and a database's file that was opened in such a place would get what is told.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - as long as the process


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character gets a ?
    with running() as options:
        return _status(given, options)


def _status(arguments: Sequence[str], options: dict[str, Any]) -> int:
    try:
        with interruption.listening(_finishing):
            code = 0 if said(arguments, options) else _by_click(arguments, options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt as err:
        terminated = isinstance(err, interruption.Terminated)
        error("\n".join(["terminated" if terminated else "interrupted", *_notes(err)]))
        return 143 if terminated else 130
    except (BrokenPipeError, PipeClosed):
        forget_stdout()
        return 0
    except Exception as err:
        if isinstance(err, OSError) and err.errno in _NO_ROOM and err.filename is None:
            forget_stdout()
            error(f"can't write the answer: {err.strerror}")
            return 3
        status = exit_status(err)
        if status is None:
            raise
        if options.get("traceback") or os.environ.get("MIGRATE_DEBUG", "") not in ("", "0"):
            import traceback  # only on the way of an error

            told = "".join(traceback.format_exception(err))
            plainly_told(told)
        error(
            "\n".join([str(err), *_mend(err), *_notes(err)]),
            "Refused" if isinstance(err, Refused) else "Error",
        )
        return status


def _by_click(arguments: Sequence[str], options: dict[str, Any]) -> int:
    """Run a word with its options, and give its exit status.

    Raises:
        KeyboardInterrupt: It was interrupted, or an answer was.
    """
    import click  # a sixth of the start of a word that needs none of it

    from .words import migrate

    try:
        status = migrate.main(
            list(arguments), prog_name="migrate", standalone_mode=False, obj=options
        )
    except click.ClickException as err:
        shown = io.StringIO()
        err.show(shown)
        plainly_told(shown.getvalue())
        return err.exit_code
    except click.Abort as err:
        cause = err.__cause__
        raise cause if isinstance(cause, KeyboardInterrupt) else KeyboardInterrupt from None
    return status if isinstance(status, int) else 0


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def _finishing() -> None:
    tell("finishing the statement that runs, since it can't be rolled back; once more ends at once")


def _mend(err: Exception) -> list[str]:
    """What to do about an error of a package below, which knows of no commands."""
    overlapping = getattr(sys.modules.get("revgraph.errors"), "OverlappingHeads", None)
    if overlapping is not None and isinstance(err, overlapping):
        return ["say where the database really is: migrate stamp --purge <revision>"]
    return []


def _notes(err: BaseException) -> list[str]:
    """What was noted about where things stand."""
    noted: list[str] = getattr(err, "__notes__", [])
    return noted


def exit_status(err: Exception) -> int | None:
    """Give the exit status of an error that is known; None for one that isn't."""
    if isinstance(err, MigrateError):
        return err.exit_status
    for module, base, status in _SIBLINGS:
        known = getattr(sys.modules.get(module), base, None)  # not imported, not raised
        if known is not None and isinstance(err, known):
            return status
    return None


_SIBLINGS = (
    ("revgraph.errors", "GraphError", 3),
    ("revgraph.errors", "OverlappingHeads", 3),
    ("revgraph", "RevgraphError", 2),
    ("ddl_autogen", "DDLAutogenError", 3),
    ("ddl_constructs", "DDLConstructsError", 3),
)
"""Packages below, their base error, and its exit status; the first that fits counts."""
