"""How each database reports a schema: one file a dialect."""

from .base import Database, reads
from .lookup import alters_in_place, database

__all__ = ["Database", "alters_in_place", "database", "reads"]
