"""Running on MariaDB, under its own name in a URL: as on MySQL."""

from .mysql import cannot_create, latch, read_only

__all__ = ["cannot_create", "latch", "read_only"]
