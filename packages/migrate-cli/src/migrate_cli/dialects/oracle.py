"""Running on Oracle, by its manual."""

from .oracle_lock import latch

__all__ = ["latch"]
