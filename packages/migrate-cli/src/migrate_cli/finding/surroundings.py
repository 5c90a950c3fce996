"""What `migrate init -t` brings: templates with an env.py, ours and those of users."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import NoTemplate

OURS = Path(__file__).parents[1] / "environments"
PLAIN = "pyproject"
VARIABLE = "MIGRATE_TEMPLATES"
"""Names a folder with templates of the user's own, each in a folder."""


@dataclass(frozen=True)
class Surroundings:
    """A template for the folder of the revision files.

    Attributes:
        name: Its name.
        about: The first line of its README; "" if it has none.
        folder: Where it lies; None for the one without any file.
    """

    name: str
    about: str
    folder: Path | None

    @property
    def files(self) -> Mapping[str, bytes]:
        """Name -> content of the files that it brings; its README stays where it is."""
        if self.folder is None:
            return {}
        found = sorted(one for one in self.folder.iterdir() if one.is_file())
        return {
            one.name.removesuffix(".txt"): one.read_bytes()
            for one in found
            if not one.name.startswith(("README", "."))
        }


def available() -> list[Surroundings]:
    """Give the templates that there are: ours, then those of the user, each sorted by name."""
    return [
        Surroundings(PLAIN, "No env.py: a few lines in pyproject.toml say it all.", None),
        *_in(OURS),
        *(_in(Path(own)) if (own := os.environ.get(VARIABLE)) else ()),
    ]


def surroundings(name: str) -> Surroundings:
    """Give a template by its name, or by the path of its folder.

    Raises:
        NoTemplate: There is none.
    """
    known = {one.name: one for one in available()}  # the user's before ours
    if name in known:
        return known[name]
    folder = Path(name)
    if (os.sep in name or folder.suffix or folder.is_dir()) and (folder / "env.py").is_file():
        return Surroundings(folder.name, "", folder)
    raise NoTemplate(name, list(known), VARIABLE)


def _in(folder: Path) -> Iterator[Surroundings]:
    for one in sorted(folder.iterdir()) if folder.is_dir() else ():
        if (one / "env.py").is_file() or (one / "env.py.txt").is_file():
            yield Surroundings(one.name, _about(one / "README"), one)


def _about(readme: Path) -> str:
    if not readme.is_file():
        return ""
    return next(iter(readme.read_text("utf-8", "replace").splitlines()), "")
