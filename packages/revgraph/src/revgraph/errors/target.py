"""What can be wrong with a target: it can't be read, or not found."""

from __future__ import annotations

import re

from revgraph.errors.base import TargetError, did_you_mean, names, said


class MalformedTarget(TargetError):
    """A text that isn't in the grammar of targets; see `reason`."""

    text: str
    reason: str

    def __str__(self) -> str:
        return f"can't read target {said(self.text)}: {self.reason}"


class NotText(TargetError):
    """An identifier that isn't text, such as bytes from a database driver."""

    value: object

    def __str__(self) -> str:
        return (
            f"revision identifier {self.value!r} is {type(self.value).__name__}, not text; "
            "if it was read from a database, check the settings of its driver"
        )


class UnknownRevision(TargetError, LookupError):
    """No revision and no label is called so.

    Attributes:
        text: The id, partial id or label that was looked for.
        near: Ids and labels that look like it, nearest first.
    """

    text: str
    near: tuple[str, ...] = ()

    def __str__(self) -> str:
        short = " (a partial id is only searched among ids of four characters or more)"
        return (
            f"no revision or branch {said(self.text)}"
            f"{short if len(self.text) < 4 else ''}{did_you_mean(self.near)}"
        )


class UnknownBranch(UnknownRevision):
    """What stands before `@` is neither a label nor a revision."""

    def __str__(self) -> str:
        return f"no branch {said(self.text)}{did_you_mean(self.near)}"


class UnknownApplied(UnknownRevision):
    """What is said to be applied isn't in the graph.

    `text` is the first unknown id; `near` belongs to it.

    Attributes:
        unknown: All unknown ids, sorted.
        known: The other ids that are applied, sorted.
    """

    unknown: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    def __str__(self) -> str:
        return (
            f"applied revision {names(self.unknown)} isn't in the graph"
            f"{did_you_mean(self.near)}; add the revision, or stamp over it with purge"
        )


class AmbiguousTarget(TargetError):
    """A partial id fits several revisions.

    Attributes:
        text: The partial id.
        candidates: The ids that it fits, sorted; three at most.
        count: How many it fits.
    """

    text: str
    candidates: tuple[str, ...]
    count: int

    def __str__(self) -> str:
        more = self.count - len(self.candidates)
        tail = f" and {more} more" if more else ""
        return f"{said(self.text)} fits {', '.join(self.candidates)}{tail}; write more of the id"


class SeveralHeads(TargetError):
    """One head was wanted, and there are several, which are in `heads`, sorted."""

    text: str
    heads: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{said(self.text)} wants one revision, and there are {len(self.heads)}: "
            f"{names(self.heads)}; name one of them, say 'label@head', or 'heads' for all"
        )


class SeveralApplied(SeveralHeads):
    """A relative target counts from what is applied, and that is several heads."""

    def __str__(self) -> str:
        return (
            f"{said(self.text)} counts from the applied head, and there are {len(self.heads)}: "
            f"{names(self.heads)}; say which branch, as in 'label@{self.text.split('@')[-1]}'"
        )


class NotOnBranch(TargetError):
    """In `branch@revision`, the revision is neither above nor below the branch."""

    text: str
    revision: str
    branch: str

    def __str__(self) -> str:
        return (
            f"{said(self.text)} can't be followed: revision {self.revision} isn't a member of "
            f"branch {self.branch!r}"
        )


class BranchNotApplied(TargetError):
    """`branch@-N` counts from what is applied on a branch, and nothing is.

    Attributes:
        text: The target.
        branch: The branch.
        applied: The heads that are applied, sorted.
    """

    text: str
    branch: str
    applied: tuple[str, ...]

    def __str__(self) -> str:
        there = names(self.applied) or "nothing"
        return (
            f"{said(self.text)} counts from what is applied on branch {self.branch!r}, and that is "
            f"nothing; applied: {there}"
        )


class AmbiguousWalk(TargetError):
    """A relative target comes to a fork.

    Attributes:
        text: The target.
        at: The id of the fork; None for the base, where several roots begin.
        choices: The ids that the walk could go on to, sorted.
    """

    text: str
    at: str | None
    choices: tuple[str, ...]

    def __str__(self) -> str:
        down = re.search(r"-\d+$", self.text) is not None
        return (
            f"{said(self.text)} can't be counted: from {self.at or 'base'} the way goes "
            f"{'back' if down else 'on'} to {names(self.choices)}; name a revision, or a branch "
            f"as in {'label@-1' if down else 'label@+1'!r}"
        )


class WalkPastEnd(TargetError):
    """A relative target asks for more revisions than there are.

    Attributes:
        text: The target.
        steps: The revisions asked for, without sign.
        found: How many there were.
    """

    text: str
    steps: int
    found: int

    def __str__(self) -> str:
        return (
            f"{said(self.text)} asks for {self.steps} revision{'s' * (self.steps != 1)}, "
            f"and that way there {'is' if self.found == 1 else 'are'} only {self.found}"
        )


class WrongDirection(TargetError):
    """`-N` in an upgrade or `+N` in a downgrade, with nothing to count from but what is applied."""

    text: str
    direction: str

    def __str__(self) -> str:
        other = "downgrade" if self.direction == "upgrade" else "upgrade"
        return (
            f"can't {self.direction} to {said(self.text)}: counted from what is applied it goes the "
            f"other way; {other} to it, or count from a revision, as in 'ab12{self.text}'"
        )


class OverlappingTargets(TargetError):
    """Two targets are given of which one already includes the other."""

    ancestor: str
    descendant: str

    def __str__(self) -> str:
        return (
            f"targets {self.ancestor} and {self.descendant} overlap: {self.descendant} "
            f"includes {self.ancestor}; leave one of them out"
        )
