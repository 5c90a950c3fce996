"""How long statements may wait for their locks, and run: by setting, revision and change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import text

from ..dialects import knowledge
from ..sinks import RecordingSink, Sink
from .durations import in_seconds


@dataclass(frozen=True)
class Timeouts:
    """How long a statement may wait, and run; None is what the server says.

    Attributes:
        lock: Seconds that it waits for a lock.
        statement: Seconds that it runs.
    """

    lock: float | None = None
    statement: float | None = None

    def but(self, lock: float | None, statement: float | None) -> Timeouts:
        """Give these with others in the place of some; None leaves one as it is."""
        return Timeouts(
            self.lock if lock is None else lock,
            self.statement if statement is None else statement,
        )


def holding(sink: Sink) -> Timeouts:
    """Give the timeouts that hold on a sink; those of the server where nobody has said others."""
    found: Timeouts = getattr(sink, "timeouts", None) or Timeouts()
    return found


def hold(sink: Sink, timeouts: Timeouts) -> None:
    """Let timeouts hold on a sink from now on; nothing happens where the database has none."""
    known, before = knowledge(sink.dialect.name), holding(sink)
    there = known.timeouts(before.lock, before.statement)
    for statement in known.timeouts(timeouts.lock, timeouts.statement):
        if statement not in there:
            sink.take(text(statement))
    sink.timeouts = timeouts  # type: ignore[attr-defined]  # only those who set them look for them


def between(sink: Sink, timeouts: Timeouts) -> None:
    """Let timeouts hold, where no revision runs: in a transaction of its own, if none is open."""
    if holding(sink) == timeouts:
        return
    connection = sink.connection
    inside = connection is None or connection.in_transaction()
    hold(sink, timeouts)
    if connection is not None and not inside:
        connection.commit()


class Spoken:
    """What `op.timeouts(...)` gives: they hold until the revision ends, or the `with` block does."""

    def __init__(self, sink: Sink, lock: float | str | None, statement: float | str | None) -> None:
        self._sink = sink
        self._before = holding(sink)
        hold(sink, self._before.but(_seconds("lock", lock), _seconds("statement", statement)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, *more: Any) -> None:
        if kind is None or isinstance(self._sink, RecordingSink):
            hold(self._sink, self._before)


def _seconds(name: str, value: float | str | None) -> float | None:
    if value is None or isinstance(value, (int, float)):
        return value
    try:
        return in_seconds(value)
    except ValueError as err:
        raise ValueError(
            f"op.timeouts({name}={value!r}): write seconds, or a text such as '500ms', '2s', '5m'"
        ) from err
