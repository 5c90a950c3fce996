"""Gaps in a SQL script: steps that need a database, where there is none."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ddl_constructs import MissingFact

from ..failures import NeedsDatabase, UnknownSchema
from ..paths import shown


@dataclass(frozen=True)
class Gap:
    """What a script lacks, because only the database knows it.

    Attributes:
        revision: Id of the revision that it is in; None outside of one.
        place: File and line of its script, "versions/ab12.py:11"; "" if that isn't known.
        reason: What it needs, in one line.
        rest: Whether all that follows in the revision is missing too.
    """

    revision: str | None
    place: str
    reason: str
    rest: bool

    def describe(self) -> str:
        """Say in one line what is missing, and where."""
        rest = "; nor is what follows in this revision" if self.rest else ""
        return f"{self.place or self.revision}: {self.reason}{rest}"


class Gapped(Protocol):
    """A sink that a script is written to, as `OfflineSink` says.

    Attributes:
        revision: Id of the revision that is being written.
        path: Its file.
        gaps: What the script lacks; None where that is an error.
    """

    revision: str | None
    path: Path | None
    gaps: list[Gap] | None

    def leave(self, reason: str) -> None:
        """Let those who follow know that something is missing here."""

    def note(self, text: str) -> None:
        """Write a comment."""


@contextmanager
def marked(sink: Gapped, *, rest: bool) -> Iterator[None]:
    """Let a step that needs a database be a marked gap, if the sink takes any.

    Args:
        sink: Where the script is written.
        rest: Whether the block is all that is left of a revision, rather than one step.
    """
    try:
        yield
    except (NeedsDatabase, UnknownSchema, MissingFact) as err:
        if sink.gaps is None:
            raise
        gap = Gap(sink.revision, _place(err, sink.path), _reason(err), rest)
        sink.gaps.append(gap)
        sink.leave(gap.reason)
        lines = [f"GAP {len(sink.gaps)}: {gap.place}", f"  {gap.reason}"]
        if rest:
            lines.append("  what follows in this revision is missing here too")
        sink.note("\n".join(lines))


def _reason(err: Exception) -> str:
    if isinstance(err, NeedsDatabase):
        return f"reads live data: {err.statement}"
    return " ".join(str(err).partition("\nrun this")[0].split())


def _place(err: Exception, path: Path | None) -> str:
    """The line of a script that was running: seen from where the error came to, outwards."""
    if path is None:
        return ""
    frames = [(f.filename, f.lineno) for f in traceback.extract_tb(err.__traceback__)]
    frames += [(f.filename, f.lineno) for f in reversed(traceback.extract_stack())]
    line = next((line for file, line in frames if file == str(path)), None)
    return f"{shown(path)}:{line}" if line else shown(path)
