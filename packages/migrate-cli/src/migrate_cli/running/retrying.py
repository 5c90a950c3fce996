"""Trying a run again that only missed a lock."""

from __future__ import annotations

import random
from collections.abc import Callable

from ddl_constructs import traits
from sqlalchemy.exc import DBAPIError

from ..dialects import knowledge
from ..failures import RevisionFailed
from . import complaint
from .polling import sleep
from .run import Run
from .timeouts import holding

FIRST = 0.5
"""Seconds before the second try, about; twice as long before each further one."""
LONGEST = 30.0


def only_missed_its_lock(err: RevisionFailed, around: Run) -> bool:
    """Tell whether a run failed for nothing but a lock, and can be begun again.

    It can where all of the revision was rolled back, or where the journal knows what stays, so that
    the rest is gone on with.
    """
    sink = around.sink
    cause = err.__cause__
    if (
        sink.connection is None
        or sink.connection.closed
        or sink.connection.invalidated
        or getattr(sink, "joined", False)
        or not isinstance(cause, DBAPIError)
        or cause.orig is None
        or holding(sink).lock is None
    ):
        return False
    if not knowledge(sink.dialect.name).missed_its_lock(cause.orig):
        return False
    rolled_back = not sink.kept and traits(sink.dialect.name).transactional_ddl
    return rolled_back or around.journal is not None


def pause(
    err: RevisionFailed, tries: int, told: Callable[[str], None] | None, *, on_loop: bool = False
) -> None:
    """Wait before the next try: twice as long each time, and chance has a part in it."""
    seconds = min(FIRST * 2**tries, LONGEST) * random.uniform(0.5, 1.5)
    cause = err.__cause__
    assert isinstance(cause, DBAPIError), "only who missed a lock is tried again"
    if told is not None:
        why = complaint.reason(cause).partition("\n")[0]
        told(f"{err.revision} missed its lock ({why}); again in {seconds:.1f} s")
    sleep(seconds, on_loop=on_loop)
