"""Ctrl-C and SIGTERM: where a run may be cut off, and where a statement comes to its end first.

The command line listens. A program that calls the commands has its own say about signals: there
nothing of this is in force.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Terminated(KeyboardInterrupt):
    """SIGTERM asked the process to end."""


class _Ears:
    """What is known of signals in this process.

    Attributes:
        busy: Whether a statement runs that must come to its end.
        held: Whether something is written down that must be whole.
        heard: The first signal that came; None if none did.
        waits: Whether it waits for that statement.
        cancel: What a signal does instead of an exception, where one would tear an event loop.
        told: Called when a signal has to wait.
    """

    busy = False
    held = False
    heard: int | None = None
    waits = False
    cancel: Callable[[], object] | None = None
    told: Callable[[], None] | None = None


_ears = _Ears()


@contextmanager
def listening(told: Callable[[], None]) -> Iterator[None]:
    """Turn signals into exceptions inside of the block; only the main thread can.

    The first one waits for a statement that can't be rolled back; the second one waits for nothing.

    Args:
        told: Called when the first one has to wait.

    Raises:
        KeyboardInterrupt: SIGINT came.
        Terminated: SIGTERM came.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _ears.busy, _ears.held = False, False
    _ears.heard, _ears.waits, _ears.told = None, False, told
    before = {
        number: signal.signal(number, _hear)
        for number in (signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(number) is not signal.SIG_IGN  # as nohup and a shell's & want it
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _ears.heard, _ears.waits = None, False  # what nobody has heeded is no later run's


def _hear(number: int, frame: object) -> None:
    first = _ears.heard is None
    if first:
        _ears.heard = number
    if first and (_ears.busy or _ears.held):
        _ears.waits = True
        if _ears.told is not None:
            _ears.told()
    elif first and _ears.cancel is not None:
        _ears.cancel()
    else:
        raise _exception(number)


def _exception(number: int) -> KeyboardInterrupt:
    return Terminated() if number == signal.SIGTERM else KeyboardInterrupt()


def busy(now: bool) -> None:
    """Say whether a statement begins that must come to its end, or has."""
    _ears.busy = now


def heed() -> None:
    """Raise for a signal that came while a statement had to come to its end."""
    if _ears.waits and _ears.heard is not None and not _ears.held:
        _ears.waits = False
        raise _exception(_ears.heard)


class held:  # noqa: N801  # it is said as a word: with held()
    """Let a signal wait until after the block, and until something heeds it."""

    def __enter__(self) -> None:
        self._before, _ears.held = _ears.held, True

    def __exit__(self, *raised: object) -> None:
        _ears.held = self._before


@contextmanager
def cancelling(cancel: Callable[[], object]) -> Iterator[None]:
    """Let a signal cancel what the block does, and raise when that has ended.

    Args:
        cancel: Called at the first signal, from within whatever runs then.
    """
    _ears.cancel = cancel
    try:
        yield
    except BaseException as err:
        if _ears.heard is None or type(err).__name__ != "CancelledError":  # of asyncio
            raise
        interrupted = _exception(_ears.heard)
        for note in getattr(err, "__notes__", []):
            interrupted.add_note(note)
        raise interrupted from err
    finally:
        _ears.cancel = None
