"""The words of the command line as functions: they take a `Config`, and return what was done.

Nothing is printed here. A function that needs a database imports SQLAlchemy only when it is
asked for.

>>> from migrate_cli.commands import heads
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .adopting import adopt, unadopt
    from .amending import amend
    from .baselining import baseline
    from .database import check, current, diff, status
    from .editing import edit
    from .ensuring import ensure_version
    from .examining import doctor
    from .exporting import export_alembic
    from .files import init, list_templates, revision
    from .graph import branches, drawn, heads, history, show
    from .journal import log, resume
    from .linting import lint
    from .merging import merge
    from .moves import downgrade, stamp, upgrade
    from .planning import plan
    from .rehearsing import dry_run
    from .verifying import verify
    from .waiting import wait

_WHERE = {
    "adopt": "adopting",
    "amend": "amending",
    "baseline": "baselining",
    "branches": "graph",
    "check": "database",
    "current": "database",
    "diff": "database",
    "doctor": "examining",
    "downgrade": "moves",
    "drawn": "graph",
    "dry_run": "rehearsing",
    "edit": "editing",
    "ensure_version": "ensuring",
    "export_alembic": "exporting",
    "heads": "graph",
    "history": "graph",
    "init": "files",
    "lint": "linting",
    "list_templates": "files",
    "log": "journal",
    "merge": "merging",
    "plan": "planning",
    "resume": "journal",
    "revision": "files",
    "show": "graph",
    "stamp": "moves",
    "status": "database",
    "unadopt": "adopting",
    "upgrade": "moves",
    "verify": "verifying",
    "wait": "waiting",
}

__all__ = [
    "adopt",
    "amend",
    "baseline",
    "branches",
    "check",
    "current",
    "diff",
    "doctor",
    "downgrade",
    "drawn",
    "dry_run",
    "edit",
    "ensure_version",
    "export_alembic",
    "heads",
    "history",
    "init",
    "lint",
    "list_templates",
    "log",
    "merge",
    "plan",
    "resume",
    "revision",
    "show",
    "stamp",
    "status",
    "unadopt",
    "upgrade",
    "verify",
    "wait",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import a command's module when the command is asked for; and `aio`, which has all of them to await."""
        if name == "aio":
            return import_module(f"{__name__}.aio")
        if name not in _WHERE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__, "aio"})
