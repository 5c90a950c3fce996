"""`Config`, and the command line in Alembic's form: `migrate alembic ...`, `alembic.config.main`."""

from __future__ import annotations

from typing import TypedDict

from ..command_line import CommandFunction, CommandLine, main
from ..settings import Config

__all__ = ["CommandFunction", "CommandLine", "Config", "MessagingOptions", "main"]


class MessagingOptions(TypedDict, total=False):
    """How the messages of commands are said."""

    quiet: bool
