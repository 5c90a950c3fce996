"""Schemas that tables of the models are in, and that the database lacks."""

from __future__ import annotations

from collections.abc import Iterator

from ddl_constructs import Change, CreateSchema

from ..values import Snapshot
from .context import Context


def compare_namespaces(theirs: Snapshot, ours: Snapshot, context: Context) -> Iterator[Change]:
    """Yield the schemas that come; none goes, since others may use it, and where none were read, none comes."""
    if theirs.schemas is None or not context.database.creates_schemas:
        return
    keys = {key[0] for key in (*ours.tables, *ours.sequences)}
    wanted = (keys | {key.schema for key in ours.objects}) - {None}
    for name in sorted({str(theirs.namespaces.actual(one)) for one in wanted} - theirs.schemas):
        yield CreateSchema(name)
