"""Edits of files as values: shown as a diff, made all or none, written down so that they can be undone."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..beside import beside
from ..errors import BadRecord, CannotWrite, ChangedSince, NothingAdopted

RECORD = ".migrate-adopt"
"""Folder beside the settings with what was there before; git passes over it."""


@dataclass(frozen=True)
class Edit:
    """What is to become of a file.

    Attributes:
        path: The file, absolute.
        old: What it holds; None if it isn't there.
        new: What it shall hold; None if it shall go.
    """

    path: Path
    old: bytes | None
    new: bytes | None


def diff(edits: Sequence[Edit], root: Path) -> Iterator[str]:
    """Yield the lines of a unified diff, without line ends; paths from *root* on."""
    for edit in edits:
        name = Path(os.path.relpath(edit.path, root)).as_posix()
        yield from difflib.unified_diff(
            _lines(edit.old),
            _lines(edit.new),
            f"a/{name}" if edit.old is not None else "/dev/null",
            f"b/{name}" if edit.new is not None else "/dev/null",
            lineterm="",
            n=2,
        )


def _lines(content: bytes | None) -> list[str]:
    text = (content or b"").decode("utf-8", "replace")
    return [line.removesuffix("\n") for line in text.splitlines(keepends=True)]


def apply(
    edits: Sequence[Edit],
    root: Path,
    *,
    table: tuple[str, str] | None = None,
    first: Callable[[], None] = lambda: None,
) -> Path:
    """Make edits, all or none; what was there before is written down first.

    Args:
        edits: What is to be done.
        root: Where the record goes; all files lie below it.
        table: What the version table is called, and is to be called; None if that stays.
        first: Called when that is written down, and no file is.

    Returns:
        The folder of the record.

    Raises:
        CannotWrite: A file can't be written; all are as they were.
    """
    folder = root / RECORD
    listed: list[dict[str, Any]] = []
    try:
        folder.mkdir(mode=0o700)
    except OSError as err:
        raise CannotWrite(folder, err.strerror or str(err)) from err
    try:
        _put(folder / ".gitignore", b"*\n", None)
        for number, edit in enumerate(edits):
            name = None if edit.old is None else f"{number:04}"
            mode = None if edit.old is None else edit.path.stat().st_mode & 0o777
            if name is not None and edit.old is not None:
                _put(folder / name, edit.old, 0o600)  # an ini may hold a password
            path = Path(os.path.relpath(edit.path, root)).as_posix()
            listed.append({"path": path, "was": name, "mode": mode, "now": _sum(edit.new)})
        record = {"schema": 1, "files": listed, "version_table": table}
        _put(folder / "record.json", json.dumps(record, indent=1).encode(), None)
        first()
        for edit in edits:
            _make(edit.path, edit.new, None)
    except BaseException as err:
        for edit in edits:
            _make(edit.path, edit.old, None)
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(err, OSError):
            raise CannotWrite(Path(err.filename or folder), err.strerror or str(err)) from err
        raise
    return folder


def undo(root: Path) -> list[Path]:
    """Bring back what was there before; the record goes.

    Returns:
        The files that are as they were, in the order in which they were changed.

    Raises:
        NothingAdopted: There is no record.
        BadRecord: It can't be read.
        ChangedSince: A file is neither as it was nor as it was made; nothing was written.
        CannotWrite: A file can't be written; say it again when it can.
    """
    folder = root / RECORD
    files = must_be_as_made(root)
    try:
        for one in reversed(files):
            _make(root / one["path"], one["was"], one["mode"])
        shutil.rmtree(folder)
    except OSError as err:
        raise CannotWrite(Path(err.filename or folder), err.strerror or str(err)) from err
    return [root / one["path"] for one in files]


def must_be_as_made(root: Path) -> list[dict[str, Any]]:
    """Check that nobody wrote since into what was written; give the files as they were.

    Raises:
        NothingAdopted: There is no record.
        BadRecord: It can't be read.
        ChangedSince: A file is neither as it was nor as it was made.
    """
    folder = root / RECORD
    files = _recorded(folder)
    changed = []
    for one in files:
        path = root / one["path"]
        now = _sum(path.read_bytes() if path.is_file() else None)
        if now not in (one["now"], _sum(one["was"])):
            changed.append(path)
    if changed:
        raise ChangedSince(changed, folder)
    return files


def moved(root: Path) -> tuple[str, str] | None:
    """Give what the version table was called and is called now; None if that stayed, or there is no record."""
    file = root / RECORD / "record.json"
    if not file.is_file():
        return None
    try:
        table = json.loads(file.read_bytes()).get("version_table")
        return None if table is None else (str(table[0]), str(table[1]))
    except (OSError, ValueError, AttributeError, LookupError) as err:
        raise BadRecord(file.parent, str(err)) from err


def must_be_free(root: Path) -> None:
    """Check that no adoption is written down, not even one that was cut off half way.

    Raises:
        CannotWrite: One is.
    """
    if (root / RECORD).exists():
        reason = (
            "an adoption is written down there already; migrate adopt --undo, or remove the folder"
        )
        raise CannotWrite(root / RECORD, reason)


def recorded(root: Path) -> bool:
    """Tell whether there is something to undo."""
    return (root / RECORD / "record.json").is_file()


def _recorded(folder: Path) -> list[dict[str, Any]]:
    if not folder.is_dir():
        raise NothingAdopted(folder)
    try:
        found = json.loads((folder / "record.json").read_bytes())
        return [
            {
                "path": str(one["path"]),
                "was": None if one["was"] is None else (folder / one["was"]).read_bytes(),
                "mode": one["mode"],
                "now": one["now"],
            }
            for one in found["files"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise BadRecord(folder, str(err)) from err


def _sum(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def _make(path: Path, content: bytes | None, mode: int | None) -> None:
    """Bring a file to what it shall hold; nothing is written where it holds that."""
    if content is None:
        path.unlink(missing_ok=True)
        return
    if path.is_file():
        if path.read_bytes() == content:
            return
        mode = path.stat().st_mode & 0o777
    _put(path, content, mode)


def _put(path: Path, content: bytes, mode: int | None) -> None:
    with beside(path, content) as new:
        if mode is not None:
            new.chmod(mode)
        new.replace(path)
