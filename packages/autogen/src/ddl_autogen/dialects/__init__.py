"""How each database reports a schema: one file a dialect."""

from . import mysql, postgresql, sqlite
from .base import Database, database, reads

__all__ = ["Database", "database", "mysql", "postgresql", "reads", "sqlite"]
