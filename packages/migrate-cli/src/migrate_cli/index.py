"""What the headers of revision files said last time, so that they needn't be read again.

The index only saves time: whatever is wrong with it, the files are read as if there were none. It
stands in the `__pycache__` of the revision files' folder, which nobody keeps in version control, or,
where nothing may be written there, in the user's cache folder.
"""

from __future__ import annotations

import json
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

from . import __version__
from .headers import Header

SETTLED = 2_000_000_000
"""Nanoseconds after which a change would give a file another time, on any file system (FAT: 2 s)."""

_Row: TypeAlias = list[Any]
_NAME = "migrate-revisions.json"
_FORM = 1
"""What a row is made of: signature, then the fields of `Header` in their order. Another form, another number."""


@contextmanager
def remembered(folder: Path, read: Callable[[Path], Header]) -> Iterator[Callable[[Path], Header]]:
    """Give a way to read the headers of a folder's files that knows most of them already.

    Args:
        folder: Where the index is kept; the files may be elsewhere.
        read: Reads the header of a file that isn't known.
    """
    index = Index(folder, read)
    yield index.header
    index.save()


class Index:
    """What is known of revision files, by path.

    A file is known as long as its size, its times of change and of the change of its entry, and its
    inode are what they were when it was read. Files that changed just before they were read aren't
    kept: another change might have left the same times.
    """

    def __init__(self, folder: Path, read: Callable[[Path], Header]) -> None:
        self._places = _places(folder)
        self._read = read
        self._known = _loaded(self._places)
        self._rows: dict[str, _Row] = {}
        self._kept = 0
        self._now = time.time_ns()

    def header(self, path: Path) -> Header:
        """Give a file's header: as it is known, or else by reading it."""
        name = str(path)
        try:
            stat = os.stat(name)
        except OSError:
            return self._read(path)  # which says what is the matter
        signature = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        row = self._known.get(name)
        if row is not None and row[0] == signature:
            self._rows[name] = row
            self._kept += 1
            _, revision, parents, labels, depends_on, message = row
            return Header(revision, tuple(parents), tuple(labels), tuple(depends_on), message)
        header = self._read(path)
        if header.literal and max(signature[1:3]) < self._now - SETTLED:
            self._rows[name] = [
                signature,
                header.revision,
                header.down_revision,
                header.branch_labels,
                header.depends_on,
                header.message,
            ]
        return header

    def save(self) -> None:
        """Write down what is known now, if that is anything new."""
        if len(self._rows) == self._kept == len(self._known):
            return
        text = json.dumps(self._rows, ensure_ascii=False, separators=(",", ":")).encode(
            errors="surrogatepass"
        )
        for place in self._places:
            with suppress(OSError):
                _write(place, _heading(text) + text)
                return


def _places(folder: Path) -> list[Path]:
    """Where the index of a folder may stand, the better place first."""
    places = []
    if not sys.dont_write_bytecode and sys.pycache_prefix is None:
        places.append(folder / "__pycache__" / _NAME)
    if (cache := _users_cache()) is not None:
        key = zlib.crc32(str(folder).encode(errors="surrogateescape"))
        places.append(cache / "migrate-cli" / f"{folder.parent.name}-{key:08x}.json")
    return places


def _users_cache() -> Path | None:
    if os.name == "nt":
        named = os.environ.get("LOCALAPPDATA")
        return Path(named) if named else None
    named = os.environ.get("XDG_CACHE_HOME")
    if named and os.path.isabs(named):
        return Path(named)
    home = os.path.expanduser("~")
    if not os.path.isabs(home):
        return None
    return Path(home, "Library", "Caches") if sys.platform == "darwin" else Path(home, ".cache")


def _heading(text: bytes) -> bytes:
    """The first line: who wrote the index, in which form, and what its text must add up to."""
    return f"migrate-cli {__version__} form {_FORM} {zlib.crc32(text):08x}\n".encode()


def _loaded(places: Iterable[Path]) -> dict[str, _Row]:
    for place in places:
        with suppress(OSError, ValueError):
            heading, newline, text = place.read_bytes().partition(b"\n")
            if heading + newline == _heading(text):
                known: dict[str, _Row] = json.loads(text)
                return known
    return {}


def _write(place: Path, content: bytes) -> None:
    """Put a file in its place at once, so that nobody reads the half of it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{os.getpid()}-{time.monotonic_ns():x}")
    try:
        draft.write_bytes(content)
        os.replace(draft, place)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
