"""The options that open the gates before a run, and the questions at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from .asking import somebody_is_there
from .paper import tell

if TYPE_CHECKING:
    from ..config import Config
    from ..gates import Gate

ALLOW_PROTECTED = click.option(
    "--allow-protected", is_flag=True, help="The database is meant, although it is protected."
)
"""The option of every word that changes a database."""


def GATED(function: Callable[..., Any]) -> Callable[..., Any]:  # noqa: N802 - it stands where options do
    """Give a word the options that open the gates."""
    lost = click.option("--allow-data-loss", is_flag=True, help="Data may be lost: don't ask.")
    return lost(ALLOW_PROTECTED(function))


def gate_of(config: Config, said: Mapping[str, bool]) -> Gate:
    """Give the gate of a project, with what was said on the command line.

    Args:
        config: The project's settings.
        said: The values of the options here, by name.
    """
    from ..gates import Gate

    return Gate.of(config, **said, ask=confirmed if somebody_is_there() else None)


def confirmed(question: str, word: str) -> bool:
    """Ask a person, and tell whether the answer is the word that confirms it.

    Ctrl-C and the end of input leave as `click.Abort`.
    """
    tell(question)
    prompt = "Go on? [y/N]" if word == "y" else "Its name"
    answered: str = click.prompt(prompt, default="", show_default=False, err=True)
    given = answered.strip()
    return given.lower() in ("y", "yes") if word == "y" else given == word
