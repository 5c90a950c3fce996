"""Which revision files a branch of the repository brings, by git."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..errors import UsageError


def since(branch: str, folder: Path) -> frozenset[Path]:
    """Give the files that are new or changed since a branch was left; those git doesn't know yet, too.

    Args:
        branch: A branch, or whatever git takes for a commit.
        folder: A folder in the repository.

    Raises:
        UsageError: There is no repository, no git, or no such branch.
    """
    top = Path(_git(folder, branch, "rev-parse", "--show-toplevel").strip())
    base = _git(folder, branch, "merge-base", "--end-of-options", branch, "HEAD").strip()
    changed = _git(top, branch, "diff", "--name-only", "-z", "--diff-filter=ACMR", base)
    new = _git(top, branch, "ls-files", "--others", "--exclude-standard", "-z")
    names = {name for name in (changed + new).split("\0") if name}
    return frozenset((top / name).resolve() for name in names)


def _git(folder: Path, branch: str, *words: Sequence[str] | str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *map(str, words)],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as err:
        raise UsageError(f"--since {branch} asks git, which can't be run: {err.strerror}") from err
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise UsageError(
            f"--since {branch} asks git, which says: {said}\n"
            "name a branch or commit of the repository that the revision files are in"
        )
    return done.stdout
