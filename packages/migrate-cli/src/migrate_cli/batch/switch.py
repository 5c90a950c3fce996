"""Which revisions rebuild tables, and what is switched around them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, NoneType

from ..dialects import knowledge
from ..scripts import Loaded
from ..sinks import Sink

WORD = "batch_alter_table"
_OURS = f"{Path(__file__).parents[1]}{os.sep}"
_INSTALLED = f"{os.sep}site-packages{os.sep}"


@contextmanager
def unchecked(sink: Sink, functions: list[Callable[..., object]]) -> Iterator[Callable[[], None]]:
    """Hold off what would hurt other tables' rows, where one of some scripts rebuilds tables.

    Entered before the transaction; gives what is called before its commit.

    Args:
        sink: Where the changes go.
        functions: The functions of the scripts.
    """
    connection = sink.connection
    if connection is None or not any(map(rebuilds, functions)):
        yield lambda: None
        return
    with knowledge(sink.dialect.name).unchecked(connection) as check:
        yield check


def rebuilds(function: Callable[..., object]) -> bool:
    """Tell whether a script's own text, or a project's module that it imports, names a batch block."""
    names = getattr(function, "__globals__", {})
    own = names.get("__file__")
    loader = names.get("__loader__")
    if WORD in loader.text if isinstance(loader, Loaded) else own and _names(own):
        return True
    own_name = names.get("__name__")
    modules: set[ModuleType] = set()
    said: set[str] = set()
    for value in names.values():
        if isinstance(value, ModuleType):
            modules.add(value)
        elif type(value) not in _PLAIN and isinstance(
            name := getattr(value, "__module__", None), str
        ):
            said.add(name)
    modules.update(sys.modules[name] for name in said if name != own_name and name in sys.modules)
    files = {file for module in modules if (file := _file(module)) is not None}
    return any(map(_names, files - {own}))


_PLAIN = frozenset({str, tuple, list, dict, bool, int, float, NoneType})
"""Types of values that come from no module: most of what a script's names are."""


def _file(module: ModuleType) -> str | None:
    """The source of a module of the project: not of what is installed, nor of Python."""
    file = getattr(module, "__file__", None)
    if not file or not file.endswith(".py") or file.startswith(_OURS) or _INSTALLED in file:
        return None
    return None if module.__name__.partition(".")[0] in sys.stdlib_module_names else file


def _names(file: str) -> bool:
    try:
        with open(file, "rb") as text:
            return WORD.encode() in text.read()
    except OSError:
        return False
