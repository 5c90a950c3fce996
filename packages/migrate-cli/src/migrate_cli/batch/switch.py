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
    script = sys.modules.get(function.__module__)
    names = getattr(function, "__globals__", {})
    modules = {m for value in names.values() if (m := _module_of(value)) is not None}
    return any(_names(file) for file in {_file(m) for m in (script, *modules)} if file is not None)


def _module_of(value: object) -> ModuleType | None:
    if isinstance(value, ModuleType):
        return value
    name = getattr(value, "__module__", None)
    return sys.modules.get(name) if isinstance(name, str) else None


def _file(module: ModuleType | None) -> Path | None:
    """The source of a module of the project: not of what is installed, nor of Python."""
    file = getattr(module, "__file__", None)
    if module is None or not file or not file.endswith(".py"):
        return None
    package = module.__name__.partition(".")[0]
    if package in sys.stdlib_module_names or package in ("migrate_cli", "alembic", "sqlalchemy"):
        return None
    return Path(file) if "site-packages" not in Path(file).parts else None


def _names(file: Path) -> bool:
    try:
        return WORD.encode() in file.read_bytes()
    except OSError:
        return False
