"""What `import alembic` gives in an existing Alembic project, over our own classes.

The modules have Alembic's names and are reached by both paths: `alembic.op` and
`migrate_cli.compat.alembic.op` are one module.
"""

from importlib import import_module
from typing import Any

__version__ = "1.20.1"
"""The version of Alembic that is matched."""

_MODULES = (
    "autogenerate",
    "command",
    "config",
    "context",
    "ddl",
    "environment",
    "migration",
    "op",
    "operations",
    "runtime",
    "script",
    "util",
)


def __getattr__(name: str) -> Any:
    """Import a submodule when it is asked for as an attribute: `alembic.op.add_column(...)`."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module 'alembic' has no attribute {name!r}", name=name)
