"""Runs commands in processes of their own, which are killed at moments that were chosen.

It reads a line `FOLDER|URL|WORDS|WHEN` for each, from stdin (in an Alembic project the URL stands
in its own settings, for WORDS that begin with "alembic"), and answers with a line `STATUS|TEXT`: the exit status, -9 after a kill. WHEN is "never", or "before:K" or "after:K": the
process kills itself with SIGKILL around the K-th statement or commit of any kind that goes to the
database, counted from 1; "within:K:STEPS": inside of the K-th (0: of any), on SQLite, when it has
run for so many steps of the virtual machine; or "seconds:S". On SQLite foreign keys are on. Each
command runs in a fork: nothing is imported again.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

from migrate_cli.cli import door
from migrate_cli.commands import log, resume, status, upgrade  # noqa: F401  # imported once
from migrate_cli.journal.sql import Told
from sqlalchemy import Engine, create_engine, event

RESULT = Path(tempfile.gettempdir()) / f"killed-{os.getpid()}.txt"


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(when: str) -> None:
    kind, _, number = when.partition(":")
    if kind == "seconds":
        signal.signal(signal.SIGALRM, die)
        signal.setitimer(signal.ITIMER_REAL, float(number))
        return
    number, _, steps = number.partition(":")
    count = 0

    def step(place: str) -> None:
        nonlocal count
        count += place == "before"
        if kind == place and int(number) in (0, count):
            die()

    def connected(driver: Any, _: Any) -> None:
        if isinstance(driver, sqlite3.Connection):
            driver.execute("PRAGMA foreign_keys=ON")
            driver.set_progress_handler(lambda: step("within"), int(steps or 1_000_000))

    def before(*_: Any) -> None:
        step("before")

    def after(*_: Any) -> None:
        step("after")

    event.listen(Engine, "connect", connected)
    if kind != "never":
        event.listen(Engine, "before_cursor_execute", before)
        event.listen(Engine, "after_cursor_execute", after)
        event.listen(Engine, "commit", before)  # a moment too
        usual = Told.execute

        def execute(*given: Any) -> None:
            before()
            usual(*given)
            after()

        Told.execute = execute  # type: ignore[method-assign]  # nobody listens there


def child(folder: str, url: str, words: str, when: str) -> int:
    os.chdir(folder)
    told = os.open(RESULT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(told, 1)
    os.dup2(told, 2)
    arm(when)
    given = words.split()
    return door.run(given if given[0] == "alembic" else [*given, "--url", url])


def serve() -> None:
    for url in ("sqlite://",):
        create_engine(url).connect().close()
    for line in sys.stdin:
        folder, url, words, when = line.rstrip("\n").split("|")
        pid = os.fork()
        if pid == 0:
            status = 99
            try:
                status = child(folder, url, words, when)
                sys.stdout.flush()
            finally:
                os._exit(status)
        _, ended = os.waitpid(pid, 0)
        told = RESULT.read_text(errors="replace") if RESULT.exists() else ""
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}|{told!r}\n")
        sys.stdout.flush()
    RESULT.unlink(missing_ok=True)


if __name__ == "__main__":
    serve()
