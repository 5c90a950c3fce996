"""The proof that an adopted project makes what the project makes: both are built on scratch databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config import Config
from ..errors import NotProven
from .overlay import overlaid
from .plan import Adoption
from .seen import differences


@dataclass(frozen=True)
class Proof:
    """How it was shown that two histories make the same.

    Attributes:
        database: What they were built on: the dialect.
        revisions: How many revisions there are.
        tables: How many tables they make, in all databases, without the version table.
        back: Whether both led back to the base, to the same again; otherwise neither did.
    """

    database: str
    revisions: int
    tables: int
    back: bool

    def in_words(self) -> str:
        """Say it in a line."""
        ways = "and lead back" if self.back else "and neither leads back to the base"
        return (
            f"{_counted(self.revisions, 'revision')} of either make the same "
            f"{_counted(self.tables, 'table')} on {self.database}, {ways}"
        )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def proven(config: Config, plan: Adoption, scratch: str | None) -> Proof:
    """Build both histories, from base to heads and back, and hold what they make against each other.

    The adopted project is built from files of its own, before anything is written. Whatever its env.py
    says, each connection goes to a scratch database.

    Args:
        config: The project.
        plan: What becomes of it.
        scratch: URL of a server where databases may be made; None for SQLite files.

    Raises:
        NotProven: One can't be built, or they differ.
    """
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="migrate-adopt-") as folder:
        at = overlaid(config, plan, Path(folder) / "after")
        with ThreadPoolExecutor(2) as both:
            started = [
                both.submit(_built, file, place, scratch, Path(folder))
                for file, place in (
                    (config.file, here),
                    (at(plan.root / "pyproject.toml"), at(here)),
                )
            ]
        before, after = (one.result() for one in started)
    if "failed" in before:
        raise NotProven(
            f"the project itself can't be built on a scratch database: {before['failed']}",
            "give a server that it runs on, whose user may create databases: --scratch URL; "
            "or leave the proof out: --no-proof",
        )
    if "failed" in after:
        raise NotProven(
            f"the adopted project can't be built: {after['failed']}",
            "leave the scripts as they are: --keep-scripts; nothing was written",
        )
    if plan.table is not None and after["version_tables"] != [plan.table[1]]:
        raise NotProven(
            f"the adopted project's version table would be {', '.join(after['version_tables'])}: "
            "its code says so, not the settings",
            "leave --version-table out; nothing was written",
        )
    for words, one in (("at the heads", "up"), ("back at the base", "down")):
        found = list(_differences(before[one], after[one]))
        if found:
            raise NotProven(
                f"the adopted project makes something else, {words}: {'; '.join(found[:3])}",
                "leave the scripts as they are: --keep-scripts; nothing was written",
            )
    tables = sum(len(one) for one in before["up"])
    return Proof(before["dialect"], before["revisions"], tables, before["down"] is not None)


def _built(file: Path, here: Path, scratch: str | None, folder: Path) -> Mapping[str, Any]:
    """Build a history in a process of its own; give what it makes, or why it failed."""
    asked = {"config": str(file), "scratch": scratch, "folder": str(folder)}
    answer = folder / f"answer-{os.urandom(4).hex()}.json"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "migrate_cli.commands.building", str(answer)],
        input=json.dumps(asked),
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.is_file():
        found: Mapping[str, Any] = json.loads(answer.read_text("utf-8"))
        return found
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return {"failed": lines[-1] if lines else f"the process ended with {done.returncode}"}


def _differences(
    before: Sequence[Mapping[str, str]] | None, after: Sequence[Mapping[str, str]] | None
) -> Iterator[str]:
    """Yield what two states of all databases differ in, in words."""
    if before is None or after is None:
        if before is not after:
            yield f"only the {'adopted project' if before is None else 'project'} leads there"
        return
    if len(before) != len(after):
        yield f"{len(before)} databases, and {len(after)} after it"
    for theirs, ours in zip(before, after, strict=False):
        yield from differences(theirs, ours)
