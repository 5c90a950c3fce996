"""The kinds of errors, and the pieces that their texts share."""

from __future__ import annotations

from collections.abc import Iterable


class RevgraphError(Exception):
    """Base of all errors of this package."""


class GraphError(RevgraphError):
    """The revisions given don't make a graph."""


class TargetError(RevgraphError):
    """A target can't be read, or doesn't name what was wanted."""


class PlanError(RevgraphError):
    """A plan from what is applied to the target can't be made."""


def names(ids: Iterable[str], most: int = 10) -> str:
    """Ids joined by commas, the tail beyond *most* only counted."""
    shown = [str(i) for i in ids]
    if len(shown) > most:
        return f"{', '.join(shown[:most])} and {len(shown) - most} more"
    return ", ".join(shown)


def said(text: str) -> str:
    """What was asked, in quotes; a long text only in part."""
    return repr(text) if len(text) <= 80 else f"{text[:60]!r}... ({len(text)} characters)"


def did_you_mean(near: tuple[str, ...]) -> str:
    """Offer what may have been meant; nothing if there is nothing like it."""
    return f"; did you mean {' or '.join(near)}?" if near else ""
