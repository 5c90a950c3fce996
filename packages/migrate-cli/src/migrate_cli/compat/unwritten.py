"""While nobody reads the SQL of an env.py, the files that it opens for it stay as they are."""

from __future__ import annotations

import builtins
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, Any

_NOWHERE: ContextVar[bool] = ContextVar("what is written goes nowhere", default=False)


@contextmanager
def unwritten() -> Iterator[None]:
    """Let a file that this thread opens to write anew, by `open` or a `Path`, be one in memory."""
    there = io.open

    def opened(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> IO[Any]:
        if _NOWHERE.get() and set(mode) & {"w", "x"} and not isinstance(file, int):
            return io.BytesIO() if "b" in mode else io.StringIO()
        return there(file, mode, *args, **kwargs)

    token = _NOWHERE.set(True)
    builtins.open = io.open = opened  # type: ignore[assignment]  # it has many overloads
    try:
        yield
    finally:
        builtins.open = io.open = there
        _NOWHERE.reset(token)


@contextmanager
def written() -> Iterator[None]:
    """Let files be written as ever: what is done in the block isn't env.py's."""
    token = _NOWHERE.set(False)
    try:
        yield
    finally:
        _NOWHERE.reset(token)
