"""Altering what was found, kind by kind, before it is written or run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from ddl_constructs import Change

Rewrite = Callable[[Any], Change | Iterable[Change] | None]
_R = TypeVar("_R", bound=Rewrite)


class Rewriter:
    """Functions that each alter the changes of some kinds; called with all changes, it gives the new ones.

    A function is called with one change and gives what takes its place: a change, several, or
    None for none. Several functions for one kind come one after the other, the first one first; what a
    function gives isn't handed to itself again.

    >>> from ddl_constructs import AddColumn, DropColumn, DropTable
    >>> rewriter = Rewriter()
    >>> @rewriter.rewrites(DropTable, DropColumn)
    ... def keep(change: DropTable | DropColumn) -> None:
    ...     '''Nothing is dropped.'''
    >>> rewriter([DropTable("old"), DropColumn("users", "age")])
    []
    """

    def __init__(self) -> None:
        self._rewrites: list[tuple[tuple[type[Change], ...], Rewrite]] = []

    def rewrites(self, *kinds: type[Change]) -> Callable[[_R], _R]:
        """Let a function alter the changes of some kinds; of all if none is named."""

        def register(function: _R) -> _R:
            self._rewrites.append((kinds or (Change,), function))
            return function

        return register

    def chain(self, other: Rewriter) -> Rewriter:
        """Give a rewriter that hands what this one gives to another."""
        both = Rewriter()
        both._rewrites = self._rewrites + other._rewrites
        return both

    def __call__(self, changes: Iterable[Change]) -> list[Change]:
        """Give what takes the place of changes, in their order."""
        found = list(changes)
        for kinds, function in self._rewrites:
            found = [new for one in found for new in _rewritten(one, kinds, function)]
        return found


def _rewritten(
    change: Change, kinds: tuple[type[Change], ...], function: Rewrite
) -> Iterator[Change]:
    if not isinstance(change, kinds):
        yield change
        return
    given = function(change)
    if isinstance(given, Change):
        yield given
    elif given is not None:
        yield from given
