"""What is wrong with a revision or a target, by Alembic's names; the graph's own error is the cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from revgraph import RevgraphError
from revgraph import errors as wrong


class RevisionError(Exception):
    """Base of what is wrong with revisions."""


class RangeNotAncestorError(RevisionError):
    """The lower end of a range isn't below its upper end."""

    def __init__(self, lower: Any, upper: Any) -> None:
        self.lower, self.upper = lower, upper
        super().__init__(
            f"Revision {lower or 'base'} is not an ancestor of revision {upper or 'base'}"
        )


class MultipleHeads(RevisionError):
    """One head was wanted, and there are several.

    Attributes:
        heads: Their ids.
        argument: What was asked for.
    """

    def __init__(self, heads: Sequence[str], argument: str | None) -> None:
        self.heads, self.argument = heads, argument
        super().__init__(
            f"Multiple heads are present for given argument '{argument}'; {', '.join(heads)}"
        )


class ResolutionError(RevisionError):
    """What was asked for is no revision, or several.

    Attributes:
        argument: What was asked for.
    """

    def __init__(self, message: str, argument: str) -> None:
        super().__init__(message)
        self.argument = argument


class CycleDetected(RevisionError):
    """Revisions come before themselves.

    Attributes:
        revisions: Their ids.
    """

    kind = "Cycle"

    def __init__(self, revisions: Sequence[str]) -> None:
        self.revisions = revisions
        super().__init__(f"{self.kind} is detected in revisions ({', '.join(revisions)})")


class DependencyCycleDetected(CycleDetected):
    """It takes a dependency to close the circle."""

    kind = "Dependency cycle"


class LoopDetected(CycleDetected):
    """A revision is its own parent."""

    kind = "Self-loop"

    def __init__(self, revision: str) -> None:
        super().__init__([revision])


class DependencyLoopDetected(DependencyCycleDetected, LoopDetected):
    """A revision depends on itself."""

    kind = "Dependency self-loop"

    def __init__(self, revision: Sequence[str] | str) -> None:
        CycleDetected.__init__(self, [revision] if isinstance(revision, str) else revision)


@contextmanager
def by_alembics_names() -> Iterator[None]:
    """Turn the graph's errors into Alembic's."""
    try:
        yield
    except RevgraphError as err:
        raise translated(err) from err


def translated(err: RevgraphError) -> RevisionError:
    """Give Alembic's error for one of the graph."""
    match err:
        case wrong.DependencySelfLoop():
            return DependencyLoopDetected(err.path)
        case wrong.SelfLoop():
            return LoopDetected(err.path[0])
        case wrong.DependencyCycle():
            return DependencyCycleDetected(err.path)
        case wrong.Cycle():
            return CycleDetected(err.path)
        case wrong.SeveralHeads():
            return MultipleHeads(err.heads, err.text)
        case wrong.NotAnAncestor():
            return RangeNotAncestorError(err.lower, err.upper)
        case wrong.AmbiguousTarget():
            first = ", ".join(repr(one) for one in sorted(err.candidates)[:3])
            return ResolutionError(
                f"Multiple revisions start with '{err.text}': {first}...", err.text
            )
        case wrong.UnknownRevision():
            return ResolutionError(f"No such revision or branch '{err.text}'", err.text)
        case wrong.NotOnBranch():
            return ResolutionError(
                f"Revision {err.revision} is not a member of branch '{err.branch}'", err.revision
            )
        case wrong.NotApplied():
            return RangeNotAncestorError(err.target, ", ".join(err.applied) or None)
        case wrong.OverlappingHeads():
            return RevisionError(
                f"Requested revision {err.descendant} overlaps with other requested revisions "
                f"{err.ancestor}"
            )
        case wrong.OverlappingTargets():
            return RevisionError(str(err))
        case wrong.WalkPastEnd():
            return RevisionError(
                f"Relative revision {err.text} didn't produce {err.steps} migrations"
            )
    return RevisionError(str(err))
