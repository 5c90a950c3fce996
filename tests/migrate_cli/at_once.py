"""Runs `migrate` several times at once: `python at_once.py COUNT WORDS...`, in the current folder.

The processes are forked from one that has imported all, and begin at the same moment. What
comes out, on stdout, is a JSON list of [exit status, stdout and stderr together].
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import ExitStack
from typing import NoReturn

from migrate_cli.cli import door
from migrate_cli.commands import upgrade


def begin(words: list[str], output: int, go: int) -> NoReturn:
    """Wait in a process of its own until all are there, and run."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.read(go, 1)
    try:
        status = door.run(words)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main(count: int, words: list[str]) -> None:
    assert upgrade  # imported, and SQLAlchemy with it, before anybody is forked
    go, told = os.pipe()
    with ExitStack() as stack:
        outputs = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(count)]
        pids = []
        for output in outputs:
            pid = os.fork()
            if pid == 0:
                os.close(told)
                begin(words, output.fileno(), go)
            pids.append(pid)
        os.close(told)
        answers = []
        for pid, output in zip(pids, outputs, strict=True):
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            output.seek(0)
            answers.append([status, output.read().decode()])
    print(json.dumps(answers))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
