"""Running on Oracle, by its manual."""

from .oracle_lock import latch
from .oracle_script import for_client, set_offline

__all__ = ["for_client", "latch", "set_offline"]
