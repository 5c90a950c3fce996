"""Running on MySQL and MariaDB; seen on MariaDB 10.11."""

from .mysql_lock import latch
from .mysql_rights import cannot_create

__all__ = ["cannot_create", "latch"]
