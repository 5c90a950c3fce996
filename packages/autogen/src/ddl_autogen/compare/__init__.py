"""Comparison, one noun a file: (theirs, ours) -> the changes that lead from theirs to ours."""

from .context import Context
from .tables import compare_schemas

__all__ = ["Context", "compare_schemas"]
