"""The alias: `import alembic` and its submodules give the modules of `migrate_cli.compat.alembic`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

from ..errors import ConfigurationError

NAME = "alembic"
OURS = f"{__package__}.{NAME}"


class AlembicImported(ConfigurationError):
    """The alias was asked for in a process that has already imported the real Alembic.

    Attributes:
        modules: Names of its modules that are there, sorted.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self.modules = tuple(modules)
        some = ", ".join(modules[:5]) + (
            f" and {len(modules) - 5} more" if len(modules) > 5 else ""
        )
        super().__init__(
            f"can't stand in for Alembic: this process has already imported it ({some})\n"
            "call migrate_cli.compat.install() before anything imports alembic"
        )


class NotOffered(ModuleNotFoundError):
    """A module of Alembic was imported that has no counterpart here.

    Attributes:
        name: The module, as it was asked for.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f"migrate stands in for Alembic here, and has no {name}; "
            "run this project by Alembic's own command, or leave that import out",
            name=name,
        )


def install() -> None:
    """Make `import alembic` mean the modules here, from now on in this process.

    Call it before anything imports Alembic; a second call changes nothing.

    Raises:
        AlembicImported: The real Alembic is already imported; nothing was changed.
    """
    if installed():
        return
    theirs = sorted(
        name
        for name, module in list(sys.modules.items())
        if (name == NAME or name.startswith(f"{NAME}.")) and _is_theirs(module)
    )
    if theirs:
        raise AlembicImported(theirs)
    sys.meta_path.insert(0, _Finder())


def installed() -> bool:
    """Tell whether the alias is in place."""
    return any(isinstance(finder, _Finder) for finder in sys.meta_path)


def _is_theirs(module: ModuleType | None) -> bool:
    return module is not None and not module.__name__.startswith(OURS)


class _Finder(MetaPathFinder):
    """Finds `alembic` and what is in it before anyone else does."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != NAME and not name.startswith(f"{NAME}."):
            return None
        ours = f"{__package__}.{name}"
        private = any(part.startswith("_") for part in name.split("."))
        found = None if private else find_spec(ours)
        if found is None:
            raise NotOffered(name)
        return ModuleSpec(
            name, _Loader(ours), is_package=found.submodule_search_locations is not None
        )


class _Loader(Loader):
    """Gives the module that is imported by its own name: one module by two names."""

    def __init__(self, ours: str) -> None:
        self.ours = ours

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python: what it makes is thrown away."""

    def exec_module(self, module: ModuleType) -> None:
        # importlib takes from sys.modules what it gives, so the module keeps its own __spec__
        sys.modules[module.__name__] = importlib.import_module(self.ours)
