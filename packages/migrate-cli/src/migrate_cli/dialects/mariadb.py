"""Running on MariaDB, under its own name in a URL: as on MySQL."""

from .mysql import latch

__all__ = ["latch"]
