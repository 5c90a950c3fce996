"""Paths as a person here reads them."""

from __future__ import annotations

import os
from pathlib import Path


def shown(path: Path) -> str:
    """Write a path from the current folder on, if it lies below; else as it is."""
    said = str(path)
    try:
        here = os.getcwd()
        return "." if said == here else said.removeprefix(here.rstrip(os.sep) + os.sep)
    except FileNotFoundError:  # the current folder was removed
        return said
