"""What revisions do to a schema, found by running their scripts against a sink that only keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import revgraph
from ddl_constructs import Change
from revgraph import RevisionGraph, Step
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable

from .errors import BadScript, ends_us, in_one_line
from .failures import NeedsDatabase
from .operations import Operations, speaking
from .running.runner import call
from .scripts import Script
from .sinks import RecordingSink
from .sinks.base import NoRows
from .state import SchemaState


def state_at(
    graph: RevisionGraph[Script],
    heads: Sequence[str],
    dialect: Dialect,
    *,
    keywords: Mapping[str, Any] | None = None,
    inside: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> SchemaState:
    """Give the schema that the revisions up to some heads make, without a database.

    **This executes the Python of those scripts**, their `upgrade` functions, against a sink
    that keeps changes and executes nothing. A script that reads live data, or does what
    can't be followed, makes what comes after it unknown, and the state says since when.

    Args:
        graph: The revisions, as `Scripts.graph` gives them.
        heads: Where to stop: ids; none for the empty database.
        dialect: What the scripts see when they ask for one.
        keywords: What the scripts' functions get, by parameter name, besides `op`.
        inside: What is entered around the scripts: another speaker for them.

    Raises:
        BadScript: A script can't be loaded, or has no `upgrade`.
        UnknownTarget: A head isn't in the graph.
    """
    state = SchemaState()
    applied: tuple[str, ...] = ()
    for head in heads:
        plan = revgraph.upgrade(graph, applied, head)
        record(state, plan.steps, dialect, keywords=keywords or {}, inside=inside)
        applied = plan.heads_after
    return state


def record(
    state: SchemaState,
    steps: Sequence[Step[Script]],
    dialect: Dialect,
    *,
    keywords: Mapping[str, Any],
    inside: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> None:
    """Fold the steps of a plan into a state, in order; see `state_at`."""
    for step in steps:
        script = step.revision.payload
        assert script is not None, "every revision of Scripts.graph carries its script"
        function = getattr(script.load(), step.direction, None)
        if not callable(function):
            raise BadScript(script.path, None, f"has no function {step.direction}()")
        state.revision = step.revision.id
        sink = _Folding(dialect, state)
        try:
            with speaking(Operations(sink), f"the recording of {script.id}"), inside():
                call(function, sink, keywords)
        except NeedsDatabase as err:
            state.lose(err.statement, "the script reads live data")
        except BaseException as err:  # a script may raise anything where nothing really runs
            if ends_us(err):
                raise
            state.lose(f"{step.direction} of {script.id}", f"the script failed: {in_one_line(err)}")
    state.revision = None


def folding(state: SchemaState, dialect: Dialect) -> RecordingSink:
    """Make a sink that folds what it takes into a state, at once."""
    return _Folding(dialect, state)


class _Folding(RecordingSink):
    """Folds what it takes into a state, at once."""

    def __init__(self, dialect: Dialect, state: SchemaState) -> None:
        super().__init__(dialect)
        self.state = state

    @property
    def offline(self) -> bool:
        """Raise: a script that asks does one thing online and another here."""
        raise NeedsDatabase("whether there is a database")

    def take(self, element: Change | Executable) -> Any:
        self.state.take(element)
        return NoRows(element)
