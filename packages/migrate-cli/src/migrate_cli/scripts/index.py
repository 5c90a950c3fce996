"""What the headers of revision files said last time, so that they needn't be read again.

The index only saves time: whatever is wrong with it, the files are read as if there were none. It
stands in the `__pycache__` of the revision files' folder, which nobody keeps in version control, or,
where nothing may be written there, in the user's cache folder.
"""

from __future__ import annotations

import os
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from .. import __version__
from ..beside import put
from .headers import Header

SETTLED = 2_000_000_000
"""Nanoseconds after which a change would give a file another time, on any file system (FAT: 2 s)."""

_NAME = "migrate-revisions.json"
_FORM = 4
"""What an index is made of; another form, another number."""


class Head(NamedTuple):
    """A revision that nothing follows, as it is kept.

    Attributes:
        file: Its file.
        header: What that says.
        effective: Whether another revision depends on it.
        labels: Its labels, also those that it inherits, sorted.
    """

    file: str
    header: Header
    effective: bool
    labels: Sequence[str]


class Index:
    """What is known of revision files.

    A file is known as long as its size, its times of change and of the change of its entry, and its
    inode are what they were when it was read. Files that changed just before they were read aren't
    kept: another change might have left the same times.

    Args:
        folder: Where the index is kept; the files may be elsewhere.
        files: The revision files, in order.
    """

    def __init__(self, folder: Path, files: Sequence[str]) -> None:
        self._now = time.time_ns()
        self._files = files
        self._places = _places(folder)
        self._signs = [self._sign(file) for file in files]
        self._kept = _loaded(self._places)
        self._rows: dict[str, _Row] = {}
        self._learned = False  # something else than new files

    def heads(self) -> list[Head] | None:
        """Give the heads of all files, if every one is as it was when they were kept."""
        kept = self._kept
        if not kept.heads or kept.listing != "\0".join(self._signs):
            return None
        return [Head(file, _header(row), *rest) for file, row, *rest in _read(kept.heads)]

    def headers(self, read: Callable[[str], Header]) -> Iterator[tuple[str, Header]]:
        """Give each file with its header: as it is known, or else by reading it."""
        known = self._kept.rows
        for file, sign in zip(self._files, self._signs, strict=True):
            row = known.get(sign)
            if row is None:
                header = read(file)
                if sign and header.literal:
                    self._rows[sign] = [*header[:-1], False]
                yield file, header
            else:
                self._rows[sign] = row
                yield file, _header(row)

    def unproven(self) -> list[str]:
        """Give the files that nobody has found to be Python, in order; after `headers`."""
        return [
            file
            for file, sign in zip(self._files, self._signs, strict=True)
            if sign not in self._rows or not self._rows[sign][-1]
        ]

    def prove(self, files: Iterable[str]) -> None:
        """Keep of some files that they are Python."""
        signs = dict(zip(self._files, self._signs, strict=True))
        for sign in filter(self._rows.__contains__, map(signs.__getitem__, files)):
            self._rows[sign] = [*self._rows[sign][:-1], True]
            self._learned = True

    def save(self, heads: Sequence[Head] | None = None) -> None:
        """Write down what is known now, if that is anything new.

        Args:
            heads: The heads of all files; None if nobody knows.
        """
        kept, told = self._kept, b""
        if heads is not None and len(self._rows) == len(self._files):
            rows = [(file, [*header[:-1], False], *rest) for file, header, *rest in heads]
            told = _written(rows)
        listing = "\0".join(self._rows)
        if not told and listing == kept.listing:
            told = kept.heads
        known = self._rows.keys() == kept.rows.keys() and told in (b"", kept.heads)
        if known and not self._learned:
            return
        self._learned = False
        self._kept = _Kept(listing, told, known=self._rows)
        content = _whole(listing, told, _written(list(self._rows.values())))
        for place in self._places:
            with suppress(OSError):
                put(place, content)
                return

    def _sign(self, file: str) -> str:
        """Say what tells a file from what it was before; "" of one that can't be kept."""
        try:
            stat = os.stat(file)
        except OSError:
            return ""  # reading it says what is the matter
        changed, entered = stat.st_mtime_ns, stat.st_ctime_ns
        if (changed if changed > entered else entered) >= self._now - SETTLED:
            return ""
        return f"{stat.st_size} {changed} {entered} {stat.st_ino} {file}"


_Row: TypeAlias = Sequence[Any]
"""The fields of a `Header` in their order but for the last, and whether the file was found to be Python."""


def _header(row: _Row) -> Header:
    revision, parents, labels, depends_on, message, _ = row
    return Header(revision, tuple(parents), tuple(labels), tuple(depends_on), message)


class _Kept:
    """An index as it was found.

    Attributes:
        listing: What tells each file from what it was before, in order, NUL between them.
        heads: The heads of all of them, as JSON; empty if nobody knew.
    """

    def __init__(
        self,
        listing: str = "",
        heads: bytes = b"",
        rows: bytes = b"",
        known: dict[str, _Row] | None = None,
    ) -> None:
        self.listing, self.heads, self._text, self._rows = listing, heads, rows, known

    @property
    def rows(self) -> dict[str, _Row]:
        """What each file said; read when it is asked for."""
        if self._rows is None:
            self._rows = {}
            with suppress(ValueError):
                checked, _, text = self._text.partition(b" ")
                if checked == _sum(text):
                    self._rows = dict(zip(self.listing.split("\0"), _read(text), strict=True))
        return self._rows


def _whole(listing: str, heads: bytes, rows: bytes) -> bytes:
    """Make an index: a line that says whose it is, and what must add up; then its three parts.

    The third part has a sum of its own, and is looked at only where the first ones don't suffice.
    """
    signs = listing.encode(errors="surrogatepass")
    begun = b"%d %d " % (len(signs), len(heads)) + signs + heads
    return b"%s %s %s%s %s" % (_heading(), _sum(begun), begun, _sum(rows), rows)


def _loaded(places: Iterable[Path]) -> _Kept:
    for place in places:
        with suppress(OSError, ValueError):
            with open(place, "rb") as file:
                content = file.read()
            heading = _heading()
            if not content.startswith(heading):
                continue
            begin = len(heading) + 10
            checked = content[len(heading) + 1 : begin - 1]
            first, second, _ = content[begin : begin + 40].split(b" ", 2)
            middle = begin + len(first) + len(second) + 2
            end = middle + int(first)
            behind = end + int(second)
            if checked == _sum(content[begin:behind]):
                listing = content[middle:end].decode(errors="surrogatepass")
                return _Kept(listing, content[end:behind], content[behind:])
    return _Kept()


def _heading() -> bytes:
    return f"migrate-cli {__version__} form {_FORM}\n".encode()


def _sum(text: bytes) -> bytes:
    return b"%08x" % zlib.crc32(text)


def _read(text: bytes) -> Any:
    import json  # not where the listing differs and nothing is kept

    return json.loads(text)


def _written(value: object) -> bytes:
    import json

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="surrogatepass")


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
