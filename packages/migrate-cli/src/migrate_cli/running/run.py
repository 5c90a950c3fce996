"""What surrounds the steps of a run, and what is told of each; how they are run is in `runner`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from revgraph import Stamp, Step

from ..journal.table import Journal
from ..scripts import Script
from ..sinks import Sink
from .version_table import VersionTable

if TYPE_CHECKING:  # few runs go on with another
    from .resume import Resumed


@dataclass(frozen=True)
class Done:
    """One step that was run.

    Attributes:
        revision: The revision's id.
        message: What it is about.
        direction: "upgrade" or "downgrade".
        seconds: How long it took.
    """

    revision: str
    message: str
    direction: Literal["upgrade", "downgrade"]
    seconds: float


@dataclass(frozen=True)
class Run:
    """What surrounds the steps of one run.

    Attributes:
        sink: Where the changes go.
        versions: The version table, written through the same sink.
        name: What the run is called in messages: the database, without password.
        fresh: Whether nothing is applied yet, so that the version table may be missing.
        transaction: "revision" for one transaction a step, "run" for one in all where
            DDL can be rolled back; None where the caller has begun one by the sink.
        base: How the place before the first revision is called in a script.
        keywords: What the functions of the scripts get, by parameter name, besides `op`.
        inside: What is entered around the steps: another speaker for the scripts.
        guard: Called before each step; it raises where the run must not go on.
        prepare: Called before the first step, outside of its transaction; None if nothing is to be.
        begun: Called before each step with the script and the direction.
        journal: Where each step is written down; None for nowhere.
        resumed: The revision that isn't finished, if it is to be gone on with.
        recorded: Called after each step or stamp, in its transaction, when its rows are written.
        ended: Called after each step.
    """

    sink: Sink
    versions: VersionTable
    name: str
    fresh: bool
    transaction: Literal["revision", "run"] | None = "revision"
    base: str = "<base>"
    keywords: Mapping[str, Any] = field(default_factory=dict)
    inside: Callable[[], AbstractContextManager[object]] = nullcontext
    guard: Callable[[], None] | None = None
    prepare: Callable[[], None] | None = None
    begun: Callable[[Script, str], None] | None = None
    journal: Journal | None = None
    resumed: Resumed | None = None
    recorded: Callable[[Step[Script] | Stamp], None] | None = None
    ended: Callable[[Done], None] | None = None
