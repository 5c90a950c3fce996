"""A project as it would be: a folder of links, in which only what is changed is a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from ..config import Config
from ..errors import NotProven
from .plan import Adoption


def overlaid(config: Config, plan: Adoption, folder: Path) -> Callable[[Path], Path]:
    """Lay out a project with edits made, beside where it is.

    Args:
        config: The project: what it imports from is laid out, too.
        plan: The edits.
        folder: Where; it is made.

    Returns:
        A function that gives the place there of a path here.

    Raises:
        NotProven: It can't be laid out.
    """
    paths = [
        plan.root,
        *config.locations,
        *(Path(os.path.abspath(p)) for p in config.prepend_sys_path),
    ]
    top = Path(os.path.commonpath([os.path.abspath(one) for one in paths]))
    changed = {Path(os.path.relpath(one.path, top)): one.new for one in plan.edits}
    try:
        _lay_out(top, folder, changed)
    except OSError as err:
        raise NotProven(
            f"the adopted project can't be laid out for the proof: {err.strerror}: {err.filename}",
            "leave the proof out: --no-proof",
        ) from err

    def at(path: Path) -> Path:
        inside = Path(os.path.relpath(path, top))
        return folder if inside.parts[:1] == ("..",) else folder / inside

    return at


def _lay_out(source: Path, target: Path, changed: Mapping[Path, bytes | None]) -> None:
    target.mkdir()
    below: dict[str, dict[Path, bytes | None]] = {}
    here: dict[str, bytes | None] = {}
    for path, content in changed.items():
        first, *rest = path.parts
        if rest:
            below.setdefault(first, {})[Path(*rest)] = content
        else:
            here[first] = content
    for name in sorted(os.listdir(source)):
        if name in here or name in below or name == "__pycache__":
            continue
        (target / name).symlink_to(source / name)
    for name, content in here.items():
        if content is not None:
            (target / name).write_bytes(content)
    for name, inner in below.items():
        _lay_out(source / name, target / name, inner)
