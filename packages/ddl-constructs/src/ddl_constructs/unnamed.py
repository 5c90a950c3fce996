"""How databases call constraints that were given no name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from .loading import load_known

Namer = Callable[[str, str, Sequence[str]], str | None]
"""(table, kind, columns) -> a regular expression that the whole name fits, None if it
isn't known; kinds as `DropConstraint.type_` says them."""

_N = TypeVar("_N", bound=Namer)
_namers: dict[str, Namer] = {}


def names_unnamed(*dialects: str) -> Callable[[_N], _N]:
    """Register how databases call constraints that were given no name.

    Args:
        dialects: Names of the dialects that the rule is for.
    """

    def register(namer: _N) -> _N:
        for dialect in dialects:
            _namers[dialect] = namer
        return namer

    return register


def may_be_called(name: str, table_name: str, kind: str, columns: Sequence[str]) -> bool:
    """Tell whether some database would give this name to a constraint without one."""
    load_known()
    for namer in _namers.values():
        pattern = namer(table_name, kind, columns)
        if pattern is not None and re.fullmatch(pattern, name):
            return True
    return False
