"""Running on Oracle, by its manual."""

from .oracle_lock import latch
from .oracle_script import for_client

__all__ = ["for_client", "indexes_in_schema", "latch"]

indexes_in_schema = True
"""Oracle SQL Language Reference, Database Object Naming Rules: a namespace of the schema."""
