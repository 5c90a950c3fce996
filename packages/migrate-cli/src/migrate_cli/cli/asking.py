"""Questions to who sits at a terminal. Where nobody does, a command says which flag answers."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..visible import visible
from ..writing.renames import Answers
from .given import option
from .paper import paint, tell

if TYPE_CHECKING:
    from ddl_autogen import Rename

    from ..losses.against_rows import Conflict, Fills


def somebody_is_there() -> bool:
    """Tell whether a question would be read: a terminal on both sides, and no build server."""
    return (
        sys.stdin.isatty()
        and sys.stderr.isatty()
        and not os.environ.get("CI")
        and option("format") in (None, "text")
        and not option("quiet")
    )


def choose(question: str, choices: Sequence[str]) -> int:
    """Ask for one of some choices, and give its place among them, from 0.

    Ctrl-C and the end of input leave as `click.Abort`.
    """
    tell(question)
    for number, choice in enumerate(choices, 1):
        tell(f"  {paint(str(number), 'bold')}  {choice}")
    answered: int = click.prompt("Which one", type=click.IntRange(1, len(choices)), err=True)
    return answered - 1


def renames(said: Sequence[str], none: bool) -> Answers:
    """Give who tells what was renamed: flags, and whoever sits there.

    Args:
        said: "old=new" texts of the command line.
        none: Whether it was said there that nothing else was renamed.
    """

    def renamed(question: Rename) -> bool:
        asked = f"Was {question.kind} {question.old_name} renamed to {question.new_name}?"
        asked = asked if answers.where is None else f"{answers.where}: {asked}"
        return click.confirm(visible(asked, keep=""), default=False, err=True)

    answers = Answers(said, none=none, ask=renamed if somebody_is_there() else None)
    return answers


def fills(said: Sequence[str], despite: bool) -> Fills:
    """Give who tells what rows get that have no value: flags, and whoever sits there.

    Args:
        said: "table.column=SQL" texts of the command line.
        despite: Whether all is to be written whatever the rows are.
    """
    from ..losses.against_rows import Fills

    def filled(conflict: Conflict) -> str | None:
        return _filled(conflict, found.where)

    found = Fills(said, despite=despite, ask=filled if somebody_is_there() else None)
    return found


def _filled(conflict: Conflict, where: str | None) -> str | None:
    """Ask for a value, or whether to go on without; None stops."""
    what = f"{conflict.change.describe()}: the table {conflict.reason}"
    tell(visible(what if where is None else f"{where}: {what}", keep=""))
    if conflict.fillable:
        asked = f"Their value of {conflict.column} as SQL (0, 'x', now()); empty stops"
        value: str = click.prompt(visible(asked, keep=""), default="", show_default=False, err=True)
        return value.strip() or None
    return "" if click.confirm("Write it all the same?", default=False, err=True) else None
