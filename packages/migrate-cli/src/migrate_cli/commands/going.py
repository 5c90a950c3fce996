"""Going through steps: how long statements may wait, and trying again what only missed a lock."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TypeVar

from ddl_constructs import traits
from revgraph import RevisionGraph, Step

from ..config import Config
from ..failures import RevisionFailed
from ..running import unfinished
from ..running.complaint import GONE
from ..running.retrying import only_missed_its_lock, pause
from ..running.run import Done, Run
from ..running.runner import run
from ..running.timeouts import Timeouts, between
from ..scripts import Script
from .project import applied

T = TypeVar("T")


@contextmanager
def timed(around: Run, config: Config) -> Iterator[Run]:
    """Let the timeouts of the settings hold, also behind a revision that says others."""
    usual = Timeouts(config.statement_lock_timeout, config.statement_timeout)
    guard = around.guard

    def reset() -> None:
        if guard is not None:
            guard()
        between(around.sink, usual)

    between(around.sink, usual)
    try:
        yield replace(around, guard=reset)
    finally:
        with suppress(*GONE):  # the connection may be gone, or its transaction broken
            between(around.sink, Timeouts())


def run_on(
    steps: Sequence[Step[Script]],
    around: Run,
    config: Config,
    graph: RevisionGraph[Script],
    again: Callable[[str], None] | None,
) -> list[Done]:
    """Run steps; where one only missed its lock, go on from there, with pauses."""
    whole = around.transaction == "run" and traits(around.sink.dialect.name).transactional_ddl
    done: list[Done] = []
    told = around.ended

    def ended(one: Done) -> None:
        done.append(one)
        if told is not None:
            told(one)

    around = replace(around, ended=ended)
    for tries in itertools.count():
        try:
            run(steps[len(done) :], around)
        except RevisionFailed as err:
            missed = only_missed_its_lock(err, around)
            err.begin_again = missed and around.transaction is None
            if err.begin_again or not missed or tries >= config.lock_retries:
                raise
            connection = around.sink.connection
            pause(err, tries, again, on_loop=connection is not None and connection.dialect.is_async)
            if whole:
                done.clear()
            heads = applied(around, graph, config)
            resumed = unfinished.to_go_on(around, graph, heads)
            around = replace(around, fresh=not heads, resumed=resumed)
        else:
            return done
    raise AssertionError("it counts on and on")


def from_env_on(go: Callable[[], T], config: Config, again: Callable[[str], None] | None) -> T:
    """Let env.py run; where a revision in a transaction of its own only missed its lock, once more."""
    for tries in itertools.count():
        try:
            return go()
        except RevisionFailed as err:
            if config.world is None or tries >= config.lock_retries or not err.begin_again:
                raise
            pause(err, tries, again)
    raise AssertionError("it counts on and on")
