"""What is said while something takes long: that it is still at work, and since when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

AFTER = (10.0, 30.0, 60.0)
"""Seconds after which it is said first; from the last one on it is said each time as many go by."""


class Patience:
    """Calls somebody from time to time, from when it begins until it ends.

    Attributes:
        said: Called with the seconds that have passed, in a thread of its own.
        after: As `AFTER`.
    """

    def __init__(self, said: Callable[[float], None], after: Sequence[float] = AFTER) -> None:
        self.said, self.after = said, after
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Begin to count."""
        self.end()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, args=(self._over,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Say nothing more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _wait(self, over: threading.Event) -> None:
        passed = 0.0
        for moment in self._moments():
            if over.wait(moment - passed):
                return
            passed = moment
            self.said(passed)

    def _moments(self) -> Iterator[float]:
        yield from self.after
        moment = step = self.after[-1]
        while True:
            moment += step
            yield moment
