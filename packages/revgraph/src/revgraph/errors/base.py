"""The kinds of errors, and the pieces that their texts share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, dataclass_transform


@dataclass_transform(eq_default=False)
class RevgraphError(Exception):
    """Base of all errors of this package.

    The annotations of a class are the fields of its errors, given in that order or by name, as in
    a dataclass; which would take a third of the time that importing this package takes.
    """

    __match_args__: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        fields = tuple(dict.fromkeys([*cls.__match_args__, *cls.__annotations__]))
        cls.__match_args__ = fields  # type: ignore[misc]  # as a dataclass has it

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self.__match_args__
        given = dict(zip(fields, values, strict=False))
        twice = given.keys() & named.keys()
        if len(values) > len(fields) or twice or not named.keys() <= set(fields):
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(fields) or 'none'}")
        given |= named
        for name in fields:
            if name not in given:
                if not hasattr(type(self), name):
                    raise TypeError(f"{type(self).__name__} lacks its field {name}")
                given[name] = getattr(type(self), name)
        super().__init__(*[given[name] for name in fields])
        self.__dict__.update(given)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({shown})"


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
