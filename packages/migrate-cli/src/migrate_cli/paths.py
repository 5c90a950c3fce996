"""Paths as a person here reads them."""

from __future__ import annotations

from pathlib import Path


def shown(path: Path) -> str:
    """Write a path from the current folder on, if it lies below; else as it is."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, FileNotFoundError):  # elsewhere; or the current folder was removed
        return str(path)
