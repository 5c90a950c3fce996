"""A revision that isn't finished, on the way of Alembic's commands: they go on with it, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from revgraph import RevisionGraph

from ..errors import Unfinished
from ..running import unfinished
from ..running.run import Run


def begun_first(
    steps: Sequence[Any], heads: Sequence[str], around: Run, graph: RevisionGraph[Any], target: Any
) -> tuple[Sequence[Any], Run]:
    """Put a revision that was begun and isn't finished before the others, and let the run go on with it.

    Args:
        steps: Steps of Alembic's kind, in order; none where nothing is to be done.
        heads: Ids that the database is at.
        around: The run.
        graph: The revision files.
        target: Where to go, as it was asked for; None if the command goes nowhere.

    Raises:
        Unfinished: It isn't on the way.
        CantGoOn: It can't be gone on with by itself.
    """
    if not steps and target is None:
        return steps, around
    attempt = unfinished.found(around)
    if attempt is None:
        return steps, around
    asked = f"{steps[0].name} to {target}" if steps else f"go to {target}"
    if steps and all(step.is_stamp for step in steps):
        raise Unfinished(attempt.revision, attempt.direction, "stamp")
    resumed = unfinished.to_go_on(around, graph, heads)
    mine = [step for step in steps if _is(step, attempt.revision, attempt.direction)]
    if not mine or (attempt.direction == "downgrade" and steps[0] is not mine[0]):
        raise Unfinished(attempt.revision, attempt.direction, asked)
    others = [step for step in steps if step is not mine[0]]
    return [mine[0], *others], replace(around, resumed=resumed)


def _is(step: Any, revision: str, direction: str) -> bool:
    return not step.is_stamp and (step.revision.revision, step.name) == (revision, direction)
