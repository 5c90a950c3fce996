"""The commands of Alembic as functions: settings first, then what the command line has as options."""

from ..commands.moving import downgrade, ensure_version, stamp, upgrade
from ..commands.telling import branches, current, heads, history, show
from ..commands.writing import check, edit, init, list_templates, merge, revision

__all__ = [
    "branches",
    "check",
    "current",
    "downgrade",
    "edit",
    "ensure_version",
    "heads",
    "history",
    "init",
    "list_templates",
    "merge",
    "revision",
    "show",
    "stamp",
    "upgrade",
]
