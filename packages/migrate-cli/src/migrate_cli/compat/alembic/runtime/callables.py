"""The types of what env.py hands to `context.configure`, by the names that typed env.py files import."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from typing import Any, Literal

from sqlalchemy import Column
from sqlalchemy.schema import SchemaItem

from .migration import MigrationContext, MigrationInfo

NameFilterType = Literal[
    "schema",
    "table",
    "column",
    "index",
    "unique_constraint",
    "check_constraint",
    "foreign_key_constraint",
]
NameFilterParentNames = MutableMapping[
    Literal["schema_name", "table_name", "schema_qualified_table_name"], str | None
]
IncludeNameFn = Callable[[str | None, NameFilterType, NameFilterParentNames], bool]
IncludeObjectFn = Callable[[SchemaItem, str | None, NameFilterType, bool, SchemaItem | None], bool]
ProcessRevisionDirectiveFn = Callable[
    [MigrationContext, str | Iterable[str | None] | Iterable[str], list[Any]], None
]
RenderItemFn = Callable[[str, Any, Any], str | Literal[False]]
OnVersionApplyFn = Callable[
    [MigrationContext, MigrationInfo, Collection[Any], Mapping[str, Any]], None
]
CompareServerDefault = Callable[
    [MigrationContext, "Column[Any]", "Column[Any]", str | None, Any, str | None], bool | None
]
CompareType = Callable[[MigrationContext, "Column[Any]", "Column[Any]", Any, Any], bool | None]
