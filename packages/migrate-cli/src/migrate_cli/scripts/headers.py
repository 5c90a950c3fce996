"""The header of a revision file, read without importing it.

A file that looks like a generated one is read by scanning its text. Any other is parsed, and only
what isn't literal there is had by importing the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from ..errors import BadScript
from .header_scan import NAMES, scanned
from .header_syntax import parsed


class Header(NamedTuple):
    """What a revision file says about itself.

    Attributes:
        revision: Its id.
        down_revision: Ids of its parents, in the order of the file; empty for a root.
        branch_labels: Its labels; mostly empty.
        depends_on: Ids or labels of the revisions that must be there before; mostly empty.
        message: The first paragraph of the docstring, as `message` gives it.
        literal: Whether it stands there in so many words; else the file was imported, and another
            time it may say something else.
    """

    revision: str
    down_revision: tuple[str, ...]
    branch_labels: tuple[str, ...]
    depends_on: tuple[str, ...]
    message: str
    literal: bool = True


def read_header(file: str, load: Callable[[], ModuleType]) -> Header:
    """Read the header of a revision file.

    Args:
        file: The revision file, absolute.
        load: Imports it; called only when the header isn't literal.

    Raises:
        BadScript: The file can't be read, isn't Python, or its header lacks something.
    """
    try:
        source = _read(file)
    except OSError as err:
        raise BadScript(Path(file), None, f"can't be read: {err.strerror}") from err
    values = None
    if not file.endswith(".pyc"):
        values = scanned(source)
        if values is None:
            values = parsed(source, Path(file))
    literal = values is not None
    if values is None:
        module = load()
        values = {name: getattr(module, name) for name in NAMES if hasattr(module, name)}
        values["__doc__"] = module.__doc__
    return _header(values, file, literal)


def _read(file: str) -> bytes:
    """Read a file; without what Python's own file objects bring, in half of the time."""
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        source = b""
        while more := os.read(descriptor, _AT_ONCE):
            source += more
    finally:
        os.close(descriptor)
    return source


_AT_ONCE = 65_536
"""Bytes; most revision files are smaller."""


def message(doc: str) -> str:
    r"""The first paragraph of a docstring, without indents, tabs as spaces.

    Python 3.13 compiles a docstring so; earlier ones leave it as it is written.

    >>> message('''
    ... create tables
    ...   of the shop
    ...
    ... Revision ID: ab12''')
    'create tables\nof the shop'
    """
    lines: list[str] = []
    for line in doc.expandtabs().strip().split("\n"):
        if not (stripped := line.strip()):
            break
        lines.append(stripped)
    return "\n".join(lines) or "empty message"


def _header(values: dict[str, object], file: str, literal: bool) -> Header:
    """Check the values found in a file, and give them their shapes."""
    revision = values.get("revision")
    if revision is None and _is_hex(Path(file).stem):
        revision = Path(file).stem
    if revision is None:
        raise BadScript(
            Path(file), None, 'has no revision id; add a line such as: revision = "ab12"'
        )
    if not isinstance(revision, str) or not revision:
        raise BadScript(Path(file), None, f"revision must be a text in quotes; it is {revision!r}")
    if "down_revision" not in values:
        raise BadScript(
            Path(file),
            None,
            "has no down_revision; add one, with the parent's id in quotes, or None for a first "
            "revision",
        )
    return Header(
        revision,
        _ids("down_revision", values, file),
        _ids("branch_labels", values, file),
        _ids("depends_on", values, file),
        message(str(values.get("__doc__") or "")),
        literal,
    )


_is_hex = re.compile(r"[0-9a-f]+").fullmatch


def _ids(name: str, values: dict[str, object], file: str) -> tuple[str, ...]:
    """None, one text or several, as a tuple without repetition."""
    value = values.get(name)
    if value and isinstance(value, str):
        return (value,)
    if value is None or (value == "" and name == "depends_on"):  # so say some, for Alembic
        return ()
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=repr)
    several = value if isinstance(value, (tuple, list)) else (value,)
    ids = tuple(dict.fromkeys(one for one in several if isinstance(one, str) and one))
    if len(ids) < len(several) and not all(isinstance(one, str) and one for one in several):
        raise BadScript(
            Path(file),
            None,
            f"{name} must be None, a text in quotes, or several in brackets; it is {value!r}",
        )
    return ids
