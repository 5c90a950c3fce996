"""Questions to who sits at a terminal. Where nobody does, a command says which flag answers."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from .paper import option, paint, tell


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
