"""What plans are made of: moves, and how each changes the recorded heads. Made in `plan`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import eq
from typing import ClassVar, Generic, Literal, NamedTuple, Protocol, Self, TypeVar, overload

from revgraph.graph import RevisionGraph
from revgraph.indexed import Edges
from revgraph.revision import Revision

T = TypeVar("T")
Direction = Literal["upgrade", "downgrade"]


class HeadsChange(NamedTuple):
    """The smallest change of the recorded heads, never the whole set.

    Attributes:
        delete: Ids that go.
        insert: Ids that come.
        replace: One id that becomes another, as (old, new); None if none does.
    """

    delete: tuple[str, ...] = ()
    insert: tuple[str, ...] = ()
    replace: tuple[str, str] | None = None

    @property
    def removed(self) -> tuple[str, ...]:
        """All ids that are no longer recorded, the replaced one last."""
        return self.delete if self.replace is None else (*self.delete, self.replace[0])

    @property
    def added(self) -> tuple[str, ...]:
        """All ids that are recorded from now on, the replacing one last."""
        return self.insert if self.replace is None else (*self.insert, self.replace[1])

    def apply(self, heads: Iterable[str]) -> frozenset[str]:
        """Make the heads after the change.

        Example:
            >>> sorted(HeadsChange(delete=("a",), replace=("b", "m")).apply(["a", "b", "x"]))
            ['m', 'x']
        """
        return (frozenset(heads) - set(self.removed)) | set(self.added)

    def reverse(self) -> HeadsChange:
        """Make the change that takes this one back.

        Example:
            >>> HeadsChange(insert=("a",), replace=("b", "c")).reverse()
            HeadsChange(delete=('a',), insert=(), replace=('c', 'b'))
        """
        back = None if self.replace is None else (self.replace[1], self.replace[0])
        return HeadsChange(self.insert, self.delete, back)


def exchange(old: tuple[str, ...], new: tuple[str, ...]) -> HeadsChange:
    """Make the change from some heads to others: the last one becomes the last one.

    Example:
        >>> exchange(("b", "c"), ("m",))
        HeadsChange(delete=('b',), insert=(), replace=('c', 'm'))
        >>> exchange((), ("a",))
        HeadsChange(delete=(), insert=('a',), replace=None)
    """
    if not old or not new:
        return HeadsChange(old, new)
    return HeadsChange(old[:-1], new[:-1], (old[-1], new[-1]))


class Move(Protocol):
    """What a plan is made of: a `Step` or a `Stamp`."""

    @property
    def change(self) -> HeadsChange:
        """How the recorded heads change."""

    def reverse(self) -> Self:
        """Make the move that takes this one back."""


S = TypeVar("S", bound=Move)


class Step(NamedTuple, Generic[T]):
    """Do or undo one revision, and record it.

    Attributes:
        revision: What to do or undo.
        direction: "upgrade" or "downgrade".
        change: How the recorded heads change once it is done.
    """

    revision: Revision[T]
    direction: Direction
    change: HeadsChange

    def reverse(self) -> Self:
        """Make the step that takes this one back."""
        back: Direction = "downgrade" if self.direction == "upgrade" else "upgrade"
        return type(self)(self.revision, back, self.change.reverse())


@dataclass(frozen=True, slots=True)
class Stamp:
    """Record other heads, and do nothing else.

    Attributes:
        change: How the recorded heads change.
        revision: Always None: no revision is done or undone.
        direction: Always "stamp".
    """

    change: HeadsChange
    revision: ClassVar[None] = None
    direction: ClassVar[Literal["stamp"]] = "stamp"

    def reverse(self) -> Self:
        """Make the stamp that takes this one back."""
        return type(self)(self.change.reverse())


class Steps(Sequence[Step[T]]):
    """Steps of a plan, kept as numbers, each made when it is looked at.

    So a plan of many thousand steps costs little before it is carried out.
    """

    __slots__ = ("_direction", "_exchanged", "_graph", "_numbers")

    def __init__(
        self,
        graph: RevisionGraph[T],
        direction: Direction,
        numbers: Sequence[int],
        exchanged: Sequence[Edges],
    ) -> None:
        """Keep what the steps are made of.

        Args:
            numbers: What to do or undo, in this order.
            exchanged: For each of them, which of its needs are heads right
                before it is done, or right after it is undone.
        """
        self._graph = graph
        self._direction = direction
        self._numbers = numbers
        self._exchanged = exchanged

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Step[T]: ...
    @overload
    def __getitem__(self, index: slice) -> Steps[T]: ...
    def __getitem__(self, index: int | slice) -> Step[T] | Steps[T]:
        if isinstance(index, slice):
            return Steps(self._graph, self._direction, self._numbers[index], self._exchanged[index])
        return next(self._made([self._numbers[index]], [self._exchanged[index]]))

    def __iter__(self) -> Iterator[Step[T]]:
        return self._made(self._numbers, self._exchanged)

    def _made(self, numbers: Sequence[int], exchanged: Sequence[Edges]) -> Iterator[Step[T]]:
        ids, revision_at = self._graph.indexed.ids, self._graph.at
        direction = self._direction
        up = direction == "upgrade"
        for n, others in zip(numbers, exchanged, strict=True):
            own = ids[n]
            if len(others) == 1:
                other = ids[others[0]]
                change = HeadsChange((), (), (other, own) if up else (own, other))
            else:
                needs = tuple([ids[p] for p in others])
                change = exchange(needs, (own,)) if up else exchange((own,), needs)
            yield Step(revision_at(n), direction, change)

    def reverse(self) -> Steps[T]:
        """Make the steps that take these back."""
        back: Direction = "downgrade" if self._direction == "upgrade" else "upgrade"
        return Steps(self._graph, back, self._numbers[::-1], self._exchanged[::-1])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        return hash((self._direction, tuple([step.revision.id for step in self])))

    def __repr__(self) -> str:
        return repr(tuple(self))


@dataclass(frozen=True)
class Plan(Generic[S]):
    """Moves in the order in which they are to be made; empty if there is nothing to do.

    Attributes:
        steps: The moves.
        heads_before: Ids that are recorded before the first move, sorted.
        heads_after: Ids that are recorded after the last one, sorted.
        targets: Ids that the targets named, in the order given; none for the base.
        passed: Targets of an upgrade that lie below what is applied, sorted:
            asked for, and nothing to do, perhaps in the wrong direction.
    """

    steps: Sequence[S]
    heads_before: tuple[str, ...]
    heads_after: tuple[str, ...]
    targets: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[S]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, index: int) -> S:
        return self.steps[index]

    def reverse(self) -> Plan[S]:
        """Make the plan that takes this one back, step by step.

        Example:
            >>> from revgraph import downgrade, from_notation, upgrade
            >>> graph = from_notation("a <- b <- c")
            >>> upgrade(graph, "a", "c").reverse().steps == downgrade(graph, "c", "a").steps
            True
        """
        return Plan(
            _reversed(self.steps),
            self.heads_after,
            self.heads_before,
            self.heads_before,
        )


def _reversed(steps: Sequence[S]) -> Sequence[S]:
    if isinstance(steps, Steps):
        return steps.reverse()  # type: ignore[return-value]  # of steps come steps
    return tuple([step.reverse() for step in reversed(steps)])
