"""The modules of a project, found by looking at its folders, not by importing them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

NOT_SOURCE = frozenset({"__pycache__", "node_modules", "build", "dist", "site-packages"})
"""Names of folders that never hold a project's own modules. Hidden ones don't either."""


def modules_under(
    folder: Path, prefix: str = "", *, skip: Iterable[str] = ()
) -> Iterator[tuple[str, Path]]:
    """The modules in a folder and in the folders below it.

    A folder needs no `__init__.py` to count as a package. Left out are virtual environments,
    hidden folders, those in `NOT_SOURCE`, and names that can't be imported.

    Args:
        folder: Where to look.
        prefix: Dotted name of the package that the folder is; empty if it is none.
        skip: More names of folders and modules to leave out.

    Yields:
        (dotted name, file), sorted by name within a folder. A package has the name of its folder
        and the file `__init__.py`.
    """
    left_out = NOT_SOURCE.union(skip)
    pending = [(folder, prefix)]
    while pending:
        here, package = pending.pop()
        below = []
        for entry in _entries(here):
            name, dot, extension = entry.name.partition(".")
            if not name.isidentifier() or name in left_out:
                continue
            dotted = f"{package}.{name}" if package else name
            if extension == "py" and entry.is_file():
                if name != "__init__":
                    yield dotted, here / entry.name
                elif package:
                    yield package, here / entry.name
            elif not dot and entry.is_dir(follow_symlinks=False) and not _is_venv(entry.path):
                below.append((here / name, dotted))
        pending.extend(reversed(below))


def matcher(glob: str) -> re.Pattern[str]:
    """A pattern for dotted names: `*` is one name or a part of it, `**` any number of names.

    >>> bool(matcher("app.**.models").fullmatch("app.shop.models"))
    True
    >>> bool(matcher("app.**.models").fullmatch("app.models"))
    True
    >>> bool(matcher("app.*").fullmatch("app.shop.models"))
    False
    """
    pattern = ""
    names = glob.split(".")
    for position, name in enumerate(names):
        first, last = position == 0, position == len(names) - 1
        if name == "**" and first and last:
            pattern += r"[\w.]+"
        elif name == "**":
            pattern += r"(?:\w+\.)*" if first else r"(?:\.\w+)*"
        else:
            dot = "" if first or (position == 1 and names[0] == "**") else r"\."
            pattern += dot + re.escape(name).replace(r"\*", r"\w*")
    return re.compile(pattern)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder, sorted; nothing if we may not look."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _is_venv(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, "pyvenv.cfg"))
