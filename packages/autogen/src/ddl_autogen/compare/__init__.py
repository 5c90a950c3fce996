"""Comparison, one noun a file: (theirs, ours) -> the changes that lead from theirs to ours."""

from .context import Context
from .hits import blocks_objects
from .objects import Around, compare_objects, what_needs
from .tables import compare_schemas

__all__ = [
    "Around",
    "Context",
    "blocks_objects",
    "compare_objects",
    "compare_schemas",
    "what_needs",
]
