"""`Config`, and the command line in Alembic's form: `migrate alembic ...`, `alembic.config.main`."""

from __future__ import annotations

from ..command_line import CommandLine, main
from ..settings import Config

__all__ = ["CommandLine", "Config", "main"]
