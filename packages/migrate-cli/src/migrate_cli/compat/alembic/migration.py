"""The older name of `alembic.runtime.migration`."""

from .runtime.migration import (
    HeadMaintainer,
    MigrationContext,
    MigrationInfo,
    MigrationStep,
    RevisionStep,
    StampStep,
)

__all__ = [
    "HeadMaintainer",
    "MigrationContext",
    "MigrationInfo",
    "MigrationStep",
    "RevisionStep",
    "StampStep",
]
