"""Running on SQL Server, by its manual."""

from .mssql_lock import latch

__all__ = ["latch"]
