"""Compares two schemas and writes the difference as changes, and changes as Python source."""

from . import render_schema, render_types  # noqa: F401 - their rules are known by being imported
from .autogenerate import compare
from .dependents import Dependents, dependents
from .errors import (
    BrokenDefinition,
    CyclicDefinitions,
    DDLAutogenError,
    DuplicateTable,
    ForeignObject,
    HiddenCatalog,
    MissingRight,
    NamelessIndex,
    NoMetadata,
    NotCarried,
    StillUsed,
    UnalterableType,
    UnknownRename,
    UnreadableSchema,
    UnrenderableType,
    UnrenderableValue,
    UnsupportedDatabase,
    UnsupportedType,
    UntypedColumn,
    WrongArgument,
)
from .filters import Options
from .migrations import Migrations, compare_metadata, produce_migrations
from .renames import Rename
from .render import Renderer, render, renders
from .rewrite import Rewriter
from .snapshot import snapshot, snapshot_of
from .source import Source
from .types import DatabaseType
from .undo import reverse
from .values import Snapshot

__version__ = "0.1.0"

__all__ = [
    "BrokenDefinition",
    "CyclicDefinitions",
    "DDLAutogenError",
    "DatabaseType",
    "Dependents",
    "DuplicateTable",
    "ForeignObject",
    "HiddenCatalog",
    "Migrations",
    "MissingRight",
    "NamelessIndex",
    "NoMetadata",
    "NotCarried",
    "Options",
    "Rename",
    "Renderer",
    "Rewriter",
    "Snapshot",
    "Source",
    "StillUsed",
    "UnalterableType",
    "UnknownRename",
    "UnreadableSchema",
    "UnrenderableType",
    "UnrenderableValue",
    "UnsupportedDatabase",
    "UnsupportedType",
    "UntypedColumn",
    "WrongArgument",
    "compare",
    "compare_metadata",
    "dependents",
    "produce_migrations",
    "render",
    "renders",
    "reverse",
    "snapshot",
    "snapshot_of",
]
