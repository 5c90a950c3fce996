"""Schemas that tables of the models are in, and that the database lacks."""

from __future__ import annotations

from collections.abc import Iterator

from ddl_constructs import Change, CreateSchema

from ..models import named_schemas
from ..values import Snapshot
from .context import Context


def compare_namespaces(theirs: Snapshot, ours: Snapshot, context: Context) -> Iterator[Change]:
    """Yield the schemas that come; none goes, since others may use it, and where none were read, none comes."""
    if theirs.schemas is None or not context.database.creates_schemas:
        return
    wanted = {str(theirs.namespaces.actual(one)) for one in named_schemas(ours)}
    for name in sorted(wanted - theirs.schemas):
        yield CreateSchema(name)
