"""The older name of `alembic.runtime.environment`."""

from .runtime.environment import (
    CompareServerDefault,
    CompareType,
    EnvironmentContext,
    IncludeNameFn,
    IncludeObjectFn,
    MigrationContext,
    NameFilterParentNames,
    NameFilterType,
    OnVersionApplyFn,
    ProcessRevisionDirectiveFn,
    RenderItemFn,
)

__all__ = [
    "CompareServerDefault",
    "CompareType",
    "EnvironmentContext",
    "IncludeNameFn",
    "IncludeObjectFn",
    "MigrationContext",
    "NameFilterParentNames",
    "NameFilterType",
    "OnVersionApplyFn",
    "ProcessRevisionDirectiveFn",
    "RenderItemFn",
]
