"""What a SQL script builds on: the revisions before its first one, for those who have to know."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import revgraph
from revgraph import RevisionGraph

from ..running.run import Run
from ..running.runner import run
from ..scripts import Script
from ..sinks import OfflineSink
from ..sinks.offline import Written


def with_what_was_before(around: Run, graph: RevisionGraph[Script], heads: Sequence[str]) -> Run:
    """Let a script know which revision it writes, and what those before it wrote.

    The revisions before it are only run, against a sink that writes nowhere, if something
    asks for that: a batch block on SQLite without `copy_from`.

    Args:
        around: The run that writes the script; others are given back as they are.
        graph: The revisions.
        heads: Where the script begins: ids.
    """
    sink = around.sink
    if not isinstance(sink, OfflineSink):
        return around

    @cache
    def earlier() -> tuple[Written, ...]:
        scratch = OfflineSink(sink.dialect, io.StringIO())
        before = _telling(replace(around, recorded=None, ended=None), scratch)
        applied: tuple[str, ...] = ()
        for head in heads:
            plan = revgraph.upgrade(graph, applied, head)
            run(plan.steps, replace(before, sink=scratch, fresh=not applied))
            applied = plan.heads_after
        return tuple(scratch.written)

    sink.earlier = earlier
    return _telling(around, sink)


def _telling(around: Run, sink: OfflineSink) -> Run:
    """Tell a sink which revision it writes, besides whoever else is told."""
    told = around.begun if sink is around.sink else None

    def begun(script: Script, direction: str) -> None:
        sink.revision, sink.path = script.id, script.path
        if told is not None:
            told(script, direction)

    return replace(around, begun=begun)
