"""Targets as people write them, read into values. No graph here: see `resolve`.

The grammar:

    range   =  [point] ":" [point]
    point   =  [branch "@"] (symbol [steps] | steps)
    branch  =  a label, an id, or the beginning of one
    symbol  =  "head" | "heads" | "base" | an id or the beginning of one | a label
    steps   =  ("+" | "-") digits, not zero

A label that only looks like steps from a symbol, as "release-2", is told from
it by `resolve`, which knows the labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from revgraph.errors import MalformedTarget, NotText

_STEPS = r"[+-][0-9]+\Z"
# More digits than any graph has revisions; Python refuses to convert thousands.
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Target:
    """One point that a person asks for.

    Attributes:
        text: As it was written.
        branch: What stands before `@`; None if nothing does.
        symbol: `head`, `heads`, `base`, or what should be an id or a label;
            None if only steps are given.
        steps: How many revisions up (positive) or down (negative) from the
            symbol, or from what is applied when there is none; 0 if not given.

    Raises:
        MalformedTarget: There is neither a symbol nor a step.
    """

    text: str
    branch: str | None = None
    symbol: str | None = None
    steps: int = 0

    def __post_init__(self) -> None:
        if not self.symbol and not self.steps:
            raise MalformedTarget(self.text, "it names nothing; say 'head', 'base' or a revision")

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of history between two points, both included.

    Attributes:
        text: As it was written.
        lower: Where it begins; None for the base.
        upper: Where it ends; None for all heads.
    """

    text: str
    lower: Target | None = None
    upper: Target | None = None

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Target | Range:
    """Read a target, or a range if there is a colon.

    Raises:
        MalformedTarget: The text isn't in the grammar; `.reason` says why.
        NotText: It isn't a string.

    Example:
        >>> parse("billing@+2")
        Target(text='billing@+2', branch='billing', symbol=None, steps=2)
        >>> parse("ab12:")
        Range(text='ab12:', lower=Target(text='ab12', branch=None, symbol='ab12', steps=0), upper=None)
    """
    if not isinstance(text, str):
        raise NotText(text)
    if ":" not in text:
        return parse_point(text)
    ends = text.split(":")
    if len(ends) > 2:
        raise MalformedTarget(text, "a range has one colon, as in 'lower:upper'")
    lower, upper = (parse_point(end) if end else None for end in ends)
    return Range(text, lower, upper)


def parse_point(text: str) -> Target:
    """Read a target that is one point, not a range.

    Raises:
        MalformedTarget: The text isn't in the grammar; `.reason` says why.
        NotText: It isn't a string.

    Example:
        >>> parse_point("head-1")
        Target(text='head-1', branch=None, symbol='head', steps=-1)
    """
    if not isinstance(text, str):
        raise NotText(text)
    if text.isalnum():
        return Target(text, None, text)
    if not text:
        raise MalformedTarget(text, "it is empty; say 'head', 'base' or a revision")
    if ":" in text:
        raise MalformedTarget(text, "it is a range, and one point is wanted")
    branch, at, rest = text.rpartition("@")
    if "@" in branch:
        raise MalformedTarget(text, "it has more than one @")
    if at and not rest:
        raise MalformedTarget(text, "nothing stands after @; say 'label@head' or 'label@+1'")
    match = re.search(_STEPS, rest)
    steps = 0
    symbol = rest
    if match:
        symbol = rest[: match.start()]
        sign, digits = match[0][0], match[0][1:].lstrip("0")
        if not digits:
            raise MalformedTarget(text, "zero steps lead nowhere")
        steps = int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS
        if sign == "-":
            steps = -steps
    elif symbol in ("+", "-"):
        raise MalformedTarget(text, "the number of steps is missing, as in '+1'")
    return Target(text, branch or None, symbol or None, steps)
