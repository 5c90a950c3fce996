"""Runs commands in processes that die at moments which a test chooses."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any


class Killer:
    """Runs commands in processes that are killed; see `killed.py`."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("killed.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, project: Any, when: str = "never", words: str = "upgrade") -> tuple[int, str]:
        """Run a command; give its exit status, -9 if it was killed, and what it said."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(f"{project.root}|{project.url}|{words}|{when}\n")
        self._server.stdin.flush()
        status, _, told = self._server.stdout.readline().partition("|")
        return int(status), ast.literal_eval(told)

    def close(self) -> None:
        self._server.communicate()
