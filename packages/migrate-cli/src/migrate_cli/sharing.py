"""Whether others may have a revision file already: what git says about it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def published(file: Path) -> str | None:
    """Give the branch of a remote that holds a file; None if there is none, or no git.

    Only what is known here is asked, nothing is fetched. It counts from the commit that brought
    the file, so that one which was changed since is found too.
    """
    commits = _git(file.parent, "log", "--format=%H", "--", file.name)
    if not commits:
        return None
    branches = _git(file.parent, "branch", "--remotes", "--contains", commits[-1])
    return branches[0].strip().split(" ")[0] if branches else None


def committed(file: Path) -> bool:
    """Tell whether git has a file just as it is, so that it can be had back from there."""
    tracked = _git(file.parent, "ls-files", "--", file.name)
    return bool(tracked) and not _git(file.parent, "status", "--porcelain", "--", file.name)


def _git(folder: Path, *words: str) -> list[str]:
    """The lines that git answers with; none if it fails or isn't there."""
    try:
        done = subprocess.run(
            ["git", *words],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=30,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.splitlines() if done.returncode == 0 else []
