"""How each database reports a schema: one file a dialect."""

from . import mysql, postgresql, sqlite
from .base import Database, alters_in_place, database, reads

__all__ = ["Database", "alters_in_place", "database", "mysql", "postgresql", "reads", "sqlite"]
