"""Schema migrations for SQLAlchemy: the command line `migrate` and what it is made of.

A revision's script says `from migrate_cli import op`, or takes `op: Operations`.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["Operations", "__version__", "irreversible", "op", "spelled"]

if TYPE_CHECKING:
    from .operations import Operations, op, spelled
    from .way_back import irreversible
else:

    def __getattr__(name: str) -> Any:
        """Import what speaks to a database when it is asked for: not every command needs it."""
        if name in ("Operations", "op", "spelled"):
            from . import operations

            return getattr(operations, name)
        if name == "irreversible":
            from .way_back import irreversible

            return irreversible
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
