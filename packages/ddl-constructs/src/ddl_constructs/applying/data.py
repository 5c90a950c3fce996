"""What changes of rows do to a schema: nothing. What raw SQL does isn't known."""

from __future__ import annotations

from ..change import Change
from ..data import BulkInsert, CopyRows, ExecuteSQL
from ..errors import OpaqueChange
from .draft import SchemaDraft
from .rules import applies


@applies(BulkInsert, CopyRows)
def change_rows(schema: SchemaDraft, change: Change) -> None:
    """Leave the schema as it is."""


@applies(ExecuteSQL)
def execute_sql(schema: SchemaDraft, change: ExecuteSQL) -> None:
    """Refuse: SQL can do anything."""
    raise OpaqueChange(
        change.describe(),
        "what SQL does to the schema isn't known without running it",
        "say it as a change, or take the schema from the database afterwards",
    )
