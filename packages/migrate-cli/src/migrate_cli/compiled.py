"""Revision files that are there only as Python compiled them."""

from __future__ import annotations

import importlib.util
import marshal
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType

HEADER = 16
"""Bytes before the code in a compiled file (PEP 552)."""


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
