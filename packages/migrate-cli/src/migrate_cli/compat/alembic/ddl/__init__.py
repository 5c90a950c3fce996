"""How changes are carried out, dialect by dialect."""

from . import mssql, mysql, oracle, postgresql, sqlite
from .impl import DefaultImpl

__all__ = ["DefaultImpl", "mssql", "mysql", "oracle", "postgresql", "sqlite"]
