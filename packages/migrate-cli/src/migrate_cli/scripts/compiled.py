"""Revision files as Python compiled them: those that are there only so, and what is kept of the others."""

from __future__ import annotations

import importlib.util
import marshal
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType

from ..beside import put

HEADER = 16
"""Bytes before the code in a compiled file (PEP 552)."""
CHECKED = importlib.util.MAGIC_NUMBER + (3).to_bytes(4, "little")
"""What a compiled file begins with that holds for a source of one hash, whatever its times are."""


def compiled(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """Give the compiled files of a folder that have no source there: beside it, or in `__pycache__`.

    Args:
        folder: The folder.
        names: What is in it.
    """
    sources = {name.removesuffix(".py") for name in names if name.endswith(".py")}
    for name in names:
        stem = name.removesuffix(".pyc")
        if name.endswith(".pyc") and stem not in sources and not stem.startswith("__init__"):
            sources.add(stem)
            yield folder / name
    cache, tag = folder / "__pycache__", f".{sys.implementation.cache_tag}.pyc"
    for name in sorted(os.listdir(cache)) if cache.is_dir() else ():
        stem = name.removesuffix(tag)
        if name.endswith(tag) and stem not in sources and not stem.startswith("__init__"):
            yield cache / name


def compiled_code(path: Path) -> CodeType:
    """Read the code of a compiled file.

    Raises:
        OSError: It can't be read.
        ValueError: It isn't one, or another Python compiled it.
    """
    content = path.read_bytes()
    if content[:4] != importlib.util.MAGIC_NUMBER:
        raise ValueError(f"compiled by another Python than {sys.implementation.cache_tag}")
    try:
        code = marshal.loads(content[HEADER:])
    except (EOFError, TypeError) as err:
        raise ValueError(f"cut off: {err}") from err
    if not isinstance(code, CodeType):
        raise ValueError("no code")
    return code


def code_of(path: Path, content: bytes, *, keep: bool) -> CodeType:
    """Compile a source file, or take what was compiled of the very same text before.

    That stands where Python keeps it, in Python's own form, with a hash of the source; so a file
    that was edited is compiled anew, whatever its times and its size say. A sum behind it, which
    Python passes over, tells whether it is whole. It only saves time: whatever is wrong with it,
    the source is compiled.

    Args:
        path: The file, absolute.
        content: What it holds.
        keep: Whether to keep what is compiled now, if Python may write such files at all.

    Raises:
        SyntaxError: It isn't Python.
        ValueError: Likewise.
        RecursionError: It is nested too deeply.
        MemoryError: Likewise.
    """
    named = str(path)
    try:
        place = importlib.util.cache_from_source(named)
    except NotImplementedError:  # a Python that keeps none
        return compile(content, named, "exec", dont_inherit=True)
    heading = CHECKED + importlib.util.source_hash(content)
    with suppress(OSError), open(place, "rb") as file:
        kept = file.read()
        if kept.startswith(heading) and kept[-4:] == _sum(kept[:-4]):
            known: CodeType = marshal.loads(memoryview(kept)[HEADER:])
            if known.co_filename == named:  # it wasn't moved
                return known
    code = compile(content, named, "exec", dont_inherit=True)
    if keep and not sys.dont_write_bytecode:
        whole = heading + marshal.dumps(code)
        with suppress(OSError):
            put(Path(place), whole + _sum(whole), like=path)
    return code


def _sum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(4, "little")
