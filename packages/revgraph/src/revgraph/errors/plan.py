"""What can be wrong with a plan, a range or a text of a graph."""

from __future__ import annotations

from revgraph.errors.base import PlanError, RevgraphError, names, said


class OverlappingHeads(PlanError):
    """Among the applied heads one is an ancestor of another.

    No plan leaves such heads, so they were written by hand or by an accident.

    Attributes:
        ancestor: The head that should not be there.
        descendant: The head that includes it.
    """

    ancestor: str
    descendant: str

    def __str__(self) -> str:
        return (
            f"applied heads {self.ancestor} and {self.descendant} overlap: {self.descendant} "
            f"includes {self.ancestor}; take out {self.ancestor}, or stamp {self.descendant}"
        )


class NotApplied(PlanError):
    """A downgrade to a revision above which nothing is applied.

    Attributes:
        target: The id that was asked for.
        applied: The applied heads, sorted.
    """

    target: str
    applied: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"can't downgrade to {self.target}: nothing above it is applied on its line; applied "
            f"heads: {names(self.applied) or 'none'}"
        )


class LeavesBranch(PlanError):
    """A downgrade of one branch would take away what isn't that branch's.

    Attributes:
        text: The target.
        branch: The branch as the target names it.
        revisions: Ids that would go and don't belong to the branch, newest first.
    """

    text: str
    branch: str
    revisions: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{said(self.text)} reaches below branch {self.branch!r}: it would also take away "
            f"{names(self.revisions)}; stop at the branch point, or name the target without its branch"
        )


class NotAnAncestor(PlanError):
    """The lower end of a range doesn't lie below its upper end; base is "base"."""

    lower: str
    upper: str

    def __str__(self) -> str:
        return f"no range {self.lower}:{self.upper}: {self.lower} isn't an ancestor of {self.upper}"


class NotationError(RevgraphError):
    """A text that isn't in the notation.

    Attributes:
        text: The text.
        position: Where reading stopped, in characters from 0.
        reason: What was wanted there.
    """

    text: str
    position: int
    reason: str

    def __str__(self) -> str:
        here = self.text[self.position : self.position + 12] or "the end"
        return f"can't read the graph at character {self.position} ({here!r}): {self.reason}"
