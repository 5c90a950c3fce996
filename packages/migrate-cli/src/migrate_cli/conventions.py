"""What the scripts of a project find around them: its modules, and how what they leave unnamed is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from .config import Config
from .errors import NoHook
from .models import importable, looked_up

Convention = Mapping[str, Any]
"""What `MetaData(naming_convention=...)` takes: kind of constraint to pattern."""


def _none() -> Convention | None:
    return None


_HERE: ContextVar[Callable[[], Convention | None]] = ContextVar(
    "the naming convention of the project whose scripts run", default=_none
)


@contextmanager
def for_scripts(config: Config) -> Iterator[None]:
    """Let scripts import the project's modules, and name what they say by its convention."""

    @cache
    def convention() -> Convention | None:
        return named_by(config)

    token = _HERE.set(convention)
    try:
        with importable(config.prepend_sys_path):
            yield
    finally:
        _HERE.reset(token)


def here() -> Callable[[], Convention | None]:
    """Give what tells the naming convention of the project whose scripts run; it is asked at need."""
    return _HERE.get()


def named_by(config: Config) -> Convention | None:
    """Give the naming convention that the settings say, or name; None if they don't.

    Raises:
        NoHook: There is no such object, or it is no mapping.
        ModelsDontImport: Its module fails while it is imported.
    """
    said = config.naming_convention
    if not isinstance(said, str):
        return said
    found = looked_up("naming_convention", said, config)
    if not isinstance(found, Mapping):
        reason = f"{said.partition(':')[2]} is a {type(found).__name__}, not a mapping"
        raise NoHook("naming_convention", said, reason)
    return found
