"""The words of a script, and the operations that they make."""

from . import toimpl
from .base import AbstractOperations, BatchOperations, Operations
from .ops import MigrateOperation, MigrationScript

__all__ = [
    "AbstractOperations",
    "BatchOperations",
    "MigrateOperation",
    "MigrationScript",
    "Operations",
    "toimpl",
]
