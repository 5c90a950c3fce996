"""What every comparator is handed beside the two values."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialects import Database
from ..filters import Options


@dataclass(frozen=True)
class Context:
    """Whose words the values are in, and what takes part.

    Attributes:
        database: The database that theirs was read from.
        options: What takes part in the comparison.
        replaced_enums: (schema, name) of enum types that are replaced by new ones.
    """

    database: Database
    options: Options
    replaced_enums: frozenset[tuple[str | None, str]] = frozenset()
