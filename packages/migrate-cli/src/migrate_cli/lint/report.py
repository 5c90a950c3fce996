"""What lint finds, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What a rule finds wrong in a revision.

    Attributes:
        code: The rule's stable code.
        revision: The revision's id.
        file: Its file, as it is shown; of those that can't be placed, absolute.
        line: Line in it; None if it can't be told.
        change: The change that it is about, in words; "" if it is about the file.
        problem: What would happen, in a sentence.
        safe: The safe form, written out, with line ends.
        allowed: Why it is allowed, in the words of the file's comment; None if it isn't.
    """

    code: str
    revision: str
    file: str
    line: int | None
    change: str
    problem: str
    safe: str
    allowed: str | None = None


@dataclass(frozen=True)
class Unseen:
    """What lint couldn't look at.

    Attributes:
        revision: The revision's id.
        file: Its file.
        reason: Why nothing is known from there on, in one line.
    """

    revision: str
    file: str
    reason: str


@dataclass(frozen=True)
class Linted:
    """What lint has found.

    Attributes:
        dialect: Whose locks and facts counted; of several databases all, with commas between.
        server_version: The server's version that was asked about; None for the worst of all.
        revisions: How many revisions were looked at.
        findings: In the order of the revisions, then of their lines; also those that are allowed.
        unseen: Revisions that weren't seen to their end.
    """

    dialect: str
    server_version: str | None
    revisions: int
    findings: tuple[Finding, ...]
    unseen: tuple[Unseen, ...]

    @property
    def clean(self) -> bool:
        """Whether all that was found is allowed."""
        return all(one.allowed is not None for one in self.findings)
