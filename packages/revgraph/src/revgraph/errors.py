"""Every way to be wrong about a revision graph, one class each.

The culprits are fields; the text is made from them in `__str__`. All errors
come before a plan exists, so nothing is half done when one is raised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class RevgraphError(Exception):
    """Base of all errors of this package."""


class GraphError(RevgraphError):
    """The revisions given don't make a graph."""


class TargetError(RevgraphError):
    """A target can't be read, or doesn't name what was wanted."""


class PlanError(RevgraphError):
    """A plan from what is applied to the target can't be made."""


def _names(ids: Iterable[str], most: int = 10) -> str:
    """Ids joined by commas, the tail beyond *most* only counted."""
    shown = [str(i) for i in ids]
    if len(shown) > most:
        return f"{', '.join(shown[:most])} and {len(shown) - most} more"
    return ", ".join(shown)


def _said(text: str) -> str:
    """What was asked, in quotes; a long text only in part."""
    return repr(text) if len(text) <= 80 else f"{text[:60]!r}... ({len(text)} characters)"


def _did_you_mean(near: tuple[str, ...]) -> str:
    return f"; did you mean {' or '.join(near)}?" if near else ""


# A graph that can't be built


@dataclass(eq=False)
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


@dataclass(eq=False)
class IllegalLabel(GraphError):
    """A label that could not be written in a target; see `reason`."""

    label: object
    revision: str
    reason: str

    def __str__(self) -> str:
        return f"can't use label {self.label!r} of revision {self.revision}: {self.reason}"


@dataclass(eq=False)
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


@dataclass(eq=False)
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


@dataclass(eq=False)
class LabelIsId(DuplicateLabel):
    """A label is spelled like the id of a revision, which is in `other`."""

    def __str__(self) -> str:
        return (
            f"label {self.label!r} of revision {self.revision} is also the id of a revision; "
            "choose another label"
        )


@dataclass(eq=False)
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
            f"{self._tail()}{_did_you_mean(self.near)}"
        )


@dataclass(eq=False)
class MissingDependency(MissingParent):
    """A revision depends on what is neither an id nor a label of the graph."""

    def __str__(self) -> str:
        return (
            f"revision {self.revision} depends on {self.missing}, which is neither a revision "
            f"nor a label of the graph{self._tail()}{_did_you_mean(self.near)}"
        )


@dataclass(eq=False)
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


@dataclass(eq=False)
class DependencyCycle(Cycle):
    """A cycle that needs at least one dependency to close."""

    def __str__(self) -> str:
        return (
            f"cycle through dependencies: {self._round()}; each is followed by a parent "
            "or by a revision that it depends on"
        )


@dataclass(eq=False)
class SelfLoop(Cycle):
    """A revision is its own parent."""

    def __str__(self) -> str:
        return f"revision {self.path[0]} is its own parent"


@dataclass(eq=False)
class DependencySelfLoop(SelfLoop, DependencyCycle):
    """A revision depends on itself, by its id or by a label of its own."""

    def __str__(self) -> str:
        return f"revision {self.path[0]} depends on itself"


# A target that can't be read or found


@dataclass(eq=False)
class MalformedTarget(TargetError):
    """A text that isn't in the grammar of targets; see `reason`."""

    text: str
    reason: str

    def __str__(self) -> str:
        return f"can't read target {_said(self.text)}: {self.reason}"


@dataclass(eq=False)
class NotText(TargetError):
    """An identifier that isn't text, such as bytes from a database driver."""

    value: object

    def __str__(self) -> str:
        return (
            f"revision identifier {self.value!r} is {type(self.value).__name__}, not text; "
            "if it was read from a database, check the settings of its driver"
        )


@dataclass(eq=False)
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
            f"no revision or branch {_said(self.text)}"
            f"{short if len(self.text) < 4 else ''}{_did_you_mean(self.near)}"
        )


@dataclass(eq=False)
class UnknownBranch(UnknownRevision):
    """What stands before `@` is neither a label nor a revision."""

    def __str__(self) -> str:
        return f"no branch {_said(self.text)}{_did_you_mean(self.near)}"


@dataclass(eq=False)
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
            f"applied revision {_names(self.unknown)} isn't in the graph"
            f"{_did_you_mean(self.near)}; add the revision, or stamp over it with purge"
        )


@dataclass(eq=False)
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
        return f"{_said(self.text)} fits {', '.join(self.candidates)}{tail}; write more of the id"


@dataclass(eq=False)
class SeveralHeads(TargetError):
    """One head was wanted, and there are several, which are in `heads`, sorted."""

    text: str
    heads: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{_said(self.text)} wants one revision, and there are {len(self.heads)}: "
            f"{_names(self.heads)}; name one of them, say 'label@head', or 'heads' for all"
        )


@dataclass(eq=False)
class SeveralApplied(SeveralHeads):
    """A relative target counts from what is applied, and that is several heads."""

    def __str__(self) -> str:
        return (
            f"{_said(self.text)} counts from the applied head, and there are {len(self.heads)}: "
            f"{_names(self.heads)}; say which branch, as in 'label@{self.text.split('@')[-1]}'"
        )


@dataclass(eq=False)
class NotOnBranch(TargetError):
    """In `branch@revision`, the revision is neither above nor below the branch."""

    text: str
    revision: str
    branch: str

    def __str__(self) -> str:
        return (
            f"{_said(self.text)} can't be followed: revision {self.revision} isn't a member of "
            f"branch {self.branch!r}"
        )


@dataclass(eq=False)
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
        there = _names(self.applied) or "nothing"
        return (
            f"{_said(self.text)} counts from what is applied on branch {self.branch!r}, and that is "
            f"nothing; applied: {there}"
        )


@dataclass(eq=False)
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
        return (
            f"{_said(self.text)} can't be counted: from {self.at or 'base'} the way goes on to "
            f"{_names(self.choices)}; name a revision, or a branch as in 'label@+1'"
        )


@dataclass(eq=False)
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
            f"{_said(self.text)} asks for {self.steps} revision{'s' * (self.steps != 1)}, "
            f"and that way there {'is' if self.found == 1 else 'are'} only {self.found}"
        )


@dataclass(eq=False)
class WrongDirection(TargetError):
    """`-N` in an upgrade or `+N` in a downgrade, with nothing to count from but what is applied."""

    text: str
    direction: str

    def __str__(self) -> str:
        other = "downgrade" if self.direction == "upgrade" else "upgrade"
        return (
            f"can't {self.direction} to {_said(self.text)}: counted from what is applied it goes the "
            f"other way; {other} to it, or count from a revision, as in 'ab12{self.text}'"
        )


@dataclass(eq=False)
class OverlappingTargets(TargetError):
    """Two targets are given of which one already includes the other."""

    ancestor: str
    descendant: str

    def __str__(self) -> str:
        return (
            f"targets {self.ancestor} and {self.descendant} overlap: {self.descendant} "
            f"includes {self.ancestor}; leave one of them out"
        )


# A plan that can't be made


@dataclass(eq=False)
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


@dataclass(eq=False)
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
            f"heads: {_names(self.applied) or 'none'}"
        )


@dataclass(eq=False)
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
            f"{_said(self.text)} reaches below branch {self.branch!r}: it would also take away "
            f"{_names(self.revisions)}; stop at the branch point, or ask for it (beyond_branch)"
        )


@dataclass(eq=False)
class NotAnAncestor(PlanError):
    """The lower end of a range doesn't lie below its upper end; base is "base"."""

    lower: str
    upper: str

    def __str__(self) -> str:
        return f"no range {self.lower}:{self.upper}: {self.lower} isn't an ancestor of {self.upper}"


@dataclass(eq=False)
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
