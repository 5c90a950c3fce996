"""Running on MySQL and MariaDB; seen on MariaDB 10.11."""

from .mysql_lock import latch

__all__ = ["latch"]
