"""The command export: a project's revisions are handed to another tool."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..adoption.alembic_project import exported
from ..config import Config
from ..errors import AlreadyThere, BeyondAlembic, CannotWrite, UsageError
from ..paths import shown


@dataclass(frozen=True)
class Export:
    """An Alembic project that was written.

    Attributes:
        folder: Where it is.
        files: Its files, sorted.
        revisions: How many of them are revisions.
        notes: What is otherwise there, in sentences.
    """

    folder: Path
    files: tuple[Path, ...]
    revisions: int
    notes: tuple[str, ...]


def export_alembic(config: Config, folder: Path) -> Export:
    """Write a project's revisions as an Alembic project, all of it or nothing.

    Args:
        config: The project.
        folder: Where; it must not be there, or be empty.

    Raises:
        UsageError: It is an Alembic project already.
        AlreadyThere: There is something in the folder.
        BeyondAlembic: The project uses what Alembic lacks; all of that is in the error.
        CannotWrite: A file can't be written.
    """
    if config.world is not None and config.world.writes:
        raise UsageError(f"{shown(config.file)} is of an Alembic project; it needs no export")
    folder = Path(os.path.abspath(folder))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyThere(folder)
    found = exported(config, folder)
    if found.beyond:
        raise BeyondAlembic(found.beyond)
    new = not folder.exists()
    written = []
    try:
        for name, content in sorted(found.files.items()):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            written.append(path)
    except BaseException as err:
        for path in folder.iterdir() if folder.is_dir() else ():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if new and folder.is_dir():
            folder.rmdir()
        if isinstance(err, OSError):
            raise CannotWrite(Path(err.filename or folder), err.strerror or str(err)) from err
        raise
    return Export(folder, tuple(written), found.revisions, found.notes)
