"""What is said while something takes long: that it is still at work, and since when."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

AFTER = (10.0, 30.0, 60.0)
"""Seconds after which it is said first; from the last one on it is said each time as many go by."""


class Patience:
    """Calls somebody from time to time, from when it begins until it ends.

    It may begin anew for each of many steps: one thread waits for all of them.

    Attributes:
        said: Called with the seconds that have passed, in a thread of its own.
        after: As `AFTER`.
    """

    def __init__(self, said: Callable[[float], None], after: Sequence[float] = AFTER) -> None:
        self.said, self.after = said, after
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._begun: float | None = None
        self._wakes = 0.0

    def begin(self) -> None:
        """Begin to count."""
        with self._changed:
            self._begun = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._wait, daemon=True)
                self._thread.start()
            elif self._wakes > self._begun + self.after[0]:
                self._changed.notify()

    def end(self) -> None:
        """Say nothing more, until it begins again."""
        with self._changed:
            self._begun = None

    def close(self) -> None:
        """Say nothing more, and wait for nothing more."""
        with self._changed:
            self._begun, thread = None, self._thread
            self._changed.notify()
        if thread is not None:
            thread.join()

    def _wait(self) -> None:
        counted = None
        moments = self._moments()
        moment = 0.0
        with self._changed:
            while self._begun is not None:
                if self._begun != counted:
                    counted, moments = self._begun, self._moments()
                    moment = next(moments)
                elif time.monotonic() >= self._wakes:
                    self.said(moment)
                    moment = next(moments)
                self._wakes = counted + moment
                self._changed.wait(max(self._wakes - time.monotonic(), 0))
            self._thread = None

    def _moments(self) -> Iterator[float]:
        yield from self.after
        moment = step = self.after[-1]
        while True:
            moment += step
            yield moment
