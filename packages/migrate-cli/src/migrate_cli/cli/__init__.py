"""The command line: reads words and flags, calls `commands`, and says what they return."""

from .door import main

__all__ = ["main"]
