"""Files that are written whole before they get their names."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def beside(path: Path, content: bytes) -> Iterator[Path]:
    """Write a file next to where it is meant to be, and on the disk when the block begins.

    The block moves it to its place. Whatever happens, it is not there under its first name
    afterwards. That name is hidden and ends in `.new`, so nobody takes it for a revision.

    Args:
        path: Where the file is meant to be; its folder must be there.
        content: All of it.

    Raises:
        OSError: It can't be written.
    """
    new = path.with_name(f".{os.urandom(6).hex()}.new")
    try:
        with new.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        new.unlink(missing_ok=True)


def put(place: Path, content: bytes, *, like: Path | None = None) -> None:
    """Put a file that only saves time in its place at once, so that nobody reads the half of it.

    Args:
        place: The file; the folders that it lacks are made.
        content: All of it.
        like: A file that says who may read it; None for everyone who may by the process's mask.

    Raises:
        OSError: It can't be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = f"{place}.{os.getpid()}-{time.monotonic_ns():x}"
    mode = 0o666 if like is None else (os.stat(like).st_mode & 0o666) | 0o200
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
        os.replace(draft, place)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
