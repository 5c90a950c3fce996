"""Asking again and again until something is so, for a bounded time."""

from __future__ import annotations

import random
import time


class Patience:
    """How much longer to wait; begins when it is made.

    Attributes:
        seconds: How long in all; 0 is for who asks once.
    """

    def __init__(self, seconds: float, *, first: float, longest: float) -> None:
        """Take the time in all, the first pause and the longest one, in seconds."""
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._next, self._longest = first, longest

    @property
    def over(self) -> bool:
        """Whether there is no time left."""
        return time.monotonic() >= self._end

    def pause(self, *, on_loop: bool = False) -> None:
        """Pause for a while: about twice as long each time.

        Chance has a part in it, so that those who began together don't ask together.

        Args:
            on_loop: Whether this runs on an event loop, by SQLAlchemy's greenlets; then the loop goes on.
        """
        wanted = self._next * random.uniform(0.5, 1.5)
        sleep(min(wanted, max(self._end - time.monotonic(), 0)), on_loop=on_loop)
        self._next = min(self._next * 2, self._longest)


def sleep(seconds: float, *, on_loop: bool) -> None:
    """Do nothing for some seconds."""
    if not on_loop:
        time.sleep(seconds)
        return
    import asyncio

    from sqlalchemy.util import await_only

    await_only(asyncio.sleep(seconds))
