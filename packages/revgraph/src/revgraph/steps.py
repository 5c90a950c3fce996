"""What plans are made of: moves, and how each changes the recorded heads. Made in `plan`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, Protocol, Self, TypeVar

from revgraph.revision import Revision

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HeadsChange:
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


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """Do or undo one revision, and record it.

    Attributes:
        revision: What to do or undo.
        direction: "upgrade" or "downgrade".
        change: How the recorded heads change once it is done.
    """

    revision: Revision[T]
    direction: Literal["upgrade", "downgrade"]
    change: HeadsChange

    def reverse(self) -> Self:
        """Make the step that takes this one back."""
        back: Literal["upgrade", "downgrade"] = (
            "downgrade" if self.direction == "upgrade" else "upgrade"
        )
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


@dataclass(frozen=True, slots=True)
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

    steps: tuple[S, ...]
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
            tuple([step.reverse() for step in reversed(self.steps)]),
            self.heads_after,
            self.heads_before,
            self.heads_before,
        )
