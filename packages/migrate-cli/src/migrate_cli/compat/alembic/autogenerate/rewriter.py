"""`Rewriter`: functions by kind of operation that change what is to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from ..operations import ops
from ..util import Dispatcher

F = TypeVar("F", bound=Callable[..., Any])


class Rewriter:
    """What `process_revision_directives` may be: asks a function for each operation of a kind.

    A function is called with (context, revision, operation) and gives what stands in its place:
    an operation, a list of them, or nothing.
    """

    def __init__(self) -> None:
        self.dispatch = Dispatcher()
        self._chained: tuple[Any, ...] = ()

    def chain(self, other: Any) -> Rewriter:
        """Give a rewriter that does this one's work, and then another one's."""
        both = type(self)()
        both.__dict__.update(self.__dict__)
        both._chained = (*self._chained, other)
        return both

    def rewrites(self, operator: Any) -> Callable[[F], F]:
        """Register the function for a kind of operation; its subclasses follow it."""
        return self.dispatch.dispatch_for(operator)

    def __call__(self, context: Any, revision: Any, directives: list[Any]) -> None:
        self.process_revision_directives(context, revision, directives)

    def process_revision_directives(
        self, context: Any, revision: Any, directives: list[Any]
    ) -> None:
        """Rewrite new revisions, in place."""
        directives[:] = self._rewritten(context, revision, directives)
        for other in self._chained:
            other(context, revision, directives)

    def _rewritten(self, context: Any, revision: Any, operations: Sequence[Any]) -> list[Any]:
        found = []
        for operation in operations:
            for made in self._in_place_of(context, revision, operation):
                self._within(context, revision, made)
                found.append(made)
        return found

    def _in_place_of(self, context: Any, revision: Any, operation: Any) -> Iterator[Any]:
        """Give what a function makes of an operation; what it made is its own no more."""
        try:
            function = self.dispatch.dispatch(operation)
        except ValueError:
            yield operation
            return
        if self in operation._mutations:
            yield operation
            return
        made = function(context, revision, operation)
        for one in made if isinstance(made, (list, tuple)) else [made] if made is not None else []:
            one._mutations = one._mutations | {self}
            yield one

    def _within(self, context: Any, revision: Any, made: Any) -> None:
        """Rewrite what is inside of a container."""
        if isinstance(made, ops.MigrationScript):
            for direction in (made.upgrade_ops_list, made.downgrade_ops_list):
                direction[:] = self._rewritten(context, revision, direction)
        elif isinstance(made, ops.OpContainer):
            made.ops[:] = self._rewritten(context, revision, made.ops)
