"""What can be wrong with a graph: it isn't built then."""

from __future__ import annotations

from revgraph.errors.base import GraphError, did_you_mean


class IllegalId(GraphError):
    """An id that could not be written in a target.

    Attributes:
        id: The id as given; not always text.
        characters: The characters that stand in the way, sorted; empty when
            the id is empty, not text, or a word that targets use.
        reason: Why, as the end of the message.
    """

    id: object
    characters: tuple[str, ...] = ()
    reason: str = "targets are written with these characters"

    def __str__(self) -> str:
        if self.characters:
            return f"can't use id {self.id!r}: it has {', '.join(self.characters)}; {self.reason}"
        return f"can't use id {self.id!r}: {self.reason}"


class IllegalLabel(GraphError):
    """A label that could not be written in a target; see `reason`."""

    label: object
    revision: str
    reason: str

    def __str__(self) -> str:
        return f"can't use label {self.label!r} of revision {self.revision}: {self.reason}"


class DuplicateRevision(GraphError):
    """Two revisions have one id.

    Attributes:
        id: The id.
        revisions: All revisions that bear it, in the order given.
    """

    id: str
    revisions: tuple[object, ...] = ()

    def __str__(self) -> str:
        count = len(self.revisions) or 2
        return f"revision {self.id} is present {count} times; give each revision an id of its own"


class DuplicateLabel(GraphError):
    """A label is declared by two revisions.

    Attributes:
        label: The label.
        revision: The id that declares it.
        other: The id that has it already.
    """

    label: str
    revision: str
    other: str

    def __str__(self) -> str:
        return (
            f"label {self.label!r} of revision {self.revision} is already declared by "
            f"{self.other}; a label names one revision"
        )


class LabelIsId(DuplicateLabel):
    """A label is spelled like the id of a revision, which is in `other`."""

    def __str__(self) -> str:
        return (
            f"label {self.label!r} of revision {self.revision} is also the id of a revision; "
            "choose another label"
        )


class MissingParent(GraphError):
    """A revision names a parent that isn't in the graph.

    Attributes:
        revision: The id that names it; the first in order of ids if several do.
        missing: What it names.
        near: Ids that look like it, nearest first.
        all: Every (revision, missing) pair of the graph, sorted.
    """

    revision: str
    missing: str
    near: tuple[str, ...] = ()
    all: tuple[tuple[str, str], ...] = ()

    def _tail(self) -> str:
        more = len(self.all) - 1
        return f" (and {more} more like it)" if more > 0 else ""

    def __str__(self) -> str:
        return (
            f"revision {self.revision} has the parent {self.missing}, which isn't in the graph"
            f"{self._tail()}{did_you_mean(self.near)}"
        )


class MissingDependency(MissingParent):
    """A revision depends on what is neither an id nor a label of the graph."""

    def __str__(self) -> str:
        return (
            f"revision {self.revision} depends on {self.missing}, which is neither a revision "
            f"nor a label of the graph{self._tail()}{did_you_mean(self.near)}"
        )


class Cycle(GraphError):
    """Revisions that come before themselves.

    Attributes:
        path: The ids round the cycle, each followed by one of its parents; it
            begins with the smallest id, which isn't repeated at the end.
    """

    path: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the cycle, sorted."""
        return tuple(sorted(self.path))

    def _round(self) -> str:
        # The whole path when it can be read, else its two ends.
        shown = [*self.path, self.path[0]]
        if len(shown) > 12:
            shown = [*shown[:6], f"({len(shown) - 12} more)", *shown[-6:]]
        return " -> ".join(shown)

    def __str__(self) -> str:
        return f"cycle among revisions: {self._round()}; each is followed by one of its parents"


class DependencyCycle(Cycle):
    """A cycle that needs at least one dependency to close."""

    def __str__(self) -> str:
        return (
            f"cycle through dependencies: {self._round()}; each is followed by a parent "
            "or by a revision that it depends on"
        )


class SelfLoop(Cycle):
    """A revision is its own parent."""

    def __str__(self) -> str:
        return f"revision {self.path[0]} is its own parent"


class DependencySelfLoop(SelfLoop, DependencyCycle):
    """A revision depends on itself, by its id or by a label of its own."""

    def __str__(self) -> str:
        return f"revision {self.path[0]} depends on itself"
