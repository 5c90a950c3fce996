"""Turns what a text doesn't let us read into the error that names it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from ..change import Change
from ..errors import UnrewritableText
from .expressions import Unreadable, mentioned
from .items import OfExpression


def reading(change: Change, name: str, rewrite: Callable[[Any], Any]) -> OfExpression:
    """Make an `OfExpression` of a function of expressions.

    Args:
        change: The change on whose behalf expressions are read.
        name: What is looked for in them, for the error.
        rewrite: Gives an expression for an expression; may raise `Unreadable`, which
            becomes `UnrewritableText`.
    """

    def each(expression: Any, where: str) -> Any:
        try:
            return rewrite(expression)
        except Unreadable as err:
            raise UnrewritableText(change.describe(), name, where, err.sql) from err

    return each


def mentions(
    change: Change, name: str, expression: Any, names: Collection[str], where: str
) -> tuple[str, ...]:
    """Give the columns that an expression mentions, see `mentioned`.

    Raises:
        UnrewritableText: It can't be told.
    """
    found: tuple[str, ...] = reading(change, name, lambda e: mentioned(e, names))(expression, where)
    return found
