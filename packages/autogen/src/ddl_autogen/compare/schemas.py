"""Schemas that tables of the models are in, and that the database lacks."""

from __future__ import annotations

from collections.abc import Iterator

from ddl_constructs import Change, ExecuteSQL

from ..values import Snapshot
from .context import Context


class MakeSchema(ExecuteSQL):
    """Create a schema, or drop it, by its SQL: `op.execute("CREATE SCHEMA audit")`.

    Attributes:
        name: The schema's name.
        quoted: The same as SQL.
        comes: Whether it is created; else it is dropped, which only an empty one should be.
    """

    def __init__(self, name: str, quoted: str, *, comes: bool = True) -> None:
        super().__init__(f"{'CREATE' if comes else 'DROP'} SCHEMA {quoted}", raw=True)
        self.name, self.quoted, self.comes = name, quoted, comes

    def reverse(self) -> MakeSchema:
        return MakeSchema(self.name, self.quoted, comes=not self.comes)

    def describe(self) -> str:
        return f"{'create' if self.comes else 'drop'} schema {self.name}"


def compare_namespaces(theirs: Snapshot, ours: Snapshot, context: Context) -> Iterator[Change]:
    """Yield the schemas that come; none goes, since others may use it, and where none were read, none comes."""
    if theirs.schemas is None or not context.database.creates_schemas:
        return
    quote = context.database.dialect.identifier_preparer.quote_schema
    wanted = {key[0] for key in (*ours.tables, *ours.sequences)} - {None}
    for name in sorted(str(one) for one in wanted if one not in theirs.schemas):
        yield MakeSchema(name, quote(name))
