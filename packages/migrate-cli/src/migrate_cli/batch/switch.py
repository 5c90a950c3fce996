"""Which revisions rebuild tables, and what is switched around them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from ..dialects import knowledge
from ..sinks import Sink

WORD = "batch_alter_table"
_OURS = Path(__file__).parents[1]


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
    modules = {m for value in names.values() if (m := _module_of(value)) is not None}
    files = {file for module in modules if (file := _file(module)) is not None}
    own = names.get("__file__")
    return any(map(_names, {Path(own), *files} if own else files))


def _module_of(value: object) -> ModuleType | None:
    if isinstance(value, ModuleType):
        return value
    name = getattr(value, "__module__", None)
    return sys.modules.get(name) if isinstance(name, str) else None


def _file(module: ModuleType) -> Path | None:
    """The source of a module of the project: not of what is installed, nor of Python."""
    file = getattr(module, "__file__", None)
    if not file or not file.endswith(".py"):
        return None
    package = module.__name__.partition(".")[0]
    path = Path(file)
    ours = path.is_relative_to(_OURS) or "site-packages" in path.parts
    return None if ours or package in sys.stdlib_module_names else path


def _names(file: Path) -> bool:
    try:
        return WORD.encode() in file.read_bytes()
    except OSError:
        return False
