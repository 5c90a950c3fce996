"""Compares two schemas and writes the difference as changes, and changes as Python source."""

from .autogenerate import compare
from .errors import (
    DDLAutogenError,
    DuplicateTable,
    NoMetadata,
    UnreadableSchema,
    UnrenderableType,
    UnrenderableValue,
    UnsupportedDatabase,
)
from .filters import Options
from .render import Renderer, render, renders
from .render_types import type_node
from .snapshot import snapshot
from .source import Source
from .types import DatabaseType
from .undo import reverse
from .values import Snapshot

__version__ = "0.1.0"

__all__ = [
    "DDLAutogenError",
    "DatabaseType",
    "DuplicateTable",
    "NoMetadata",
    "Options",
    "Renderer",
    "Snapshot",
    "Source",
    "UnreadableSchema",
    "UnrenderableType",
    "UnrenderableValue",
    "UnsupportedDatabase",
    "compare",
    "render",
    "renders",
    "reverse",
    "snapshot",
    "type_node",
]
