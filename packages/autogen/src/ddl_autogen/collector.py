"""Python's collector of cyclic garbage, held back while a great many values are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """Collect no cycles until the block is left.

    A comparison makes values by the ten thousand that form no cycles, and each full collection on
    the way walks all models and all values again: of a thousand tables that was a third of the
    time. Reference counting goes on, so what is let go of is freed all the same.

    >>> with held_back():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    if not gc.isenabled():  # it is held back already, or its owner wants none
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
