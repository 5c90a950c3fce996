"""Running on Oracle, by its manual."""

from .oracle_lock import latch
from .oracle_script import for_client

__all__ = ["for_client", "latch"]
