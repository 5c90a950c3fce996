"""Comparison, one noun a file: (theirs, ours) -> the changes that lead from theirs to ours."""

from .context import Context
from .objects import Around, blocks_objects, compare_objects
from .tables import compare_schemas

__all__ = [
    "Around",
    "Context",
    "blocks_objects",
    "compare_objects",
    "compare_schemas",
]
