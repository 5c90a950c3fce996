"""How changes are carried out, dialect by dialect."""

from . import base, mssql, mysql, oracle, postgresql, sqlite
from .impl import DefaultImpl

__all__ = ["DefaultImpl", "base", "mssql", "mysql", "oracle", "postgresql", "sqlite"]
