"""The older name of `alembic.runtime.environment`."""

from .runtime.environment import EnvironmentContext
from .runtime.migration import MigrationContext

__all__ = ["EnvironmentContext", "MigrationContext"]
