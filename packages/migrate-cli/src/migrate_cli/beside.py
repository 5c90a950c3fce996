"""A file that is written whole before it gets its name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
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
