"""What changes of indexes do: create, drop, rename."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint

from .. import detached
from ..change import Change
from ..errors import ExistingObject, ObjectInUse
from ..index import CreateIndex, DropIndex, RenameIndex
from .draft import SchemaDraft, TableDraft, unknown
from .items import index_with, named
from .rules import applies


@applies(CreateIndex)
def create_index(schema: SchemaDraft, change: CreateIndex) -> None:
    """Add the index."""
    draft = schema.table(change, change.table_name, change.schema)
    if change.if_not_exists and change.index_name in [i.name for i in draft.indexes]:
        return
    add_index(schema, draft, change, index_with(change.element))


def add_index(schema: SchemaDraft, draft: TableDraft, change: Change, index: Index) -> None:
    """Add an index to a table.

    Raises:
        ExistingObject: The table has one of that name.
        UnknownObject: It names a column that isn't there.
    """
    if index.name is not None and index.name in [i.name for i in draft.indexes]:
        raise ExistingObject(change.describe(), "index", str(index.name))
    draft.require(change, (e for e in detached.index_elements(index) if isinstance(e, str)))
    for option, value in index.dialect_kwargs.items():
        if option.endswith("_include"):
            draft.require(change, (c if isinstance(c, str) else c.name for c in value or ()))
    draft.indexes.append(index)


@applies(DropIndex)
def drop_index(schema: SchemaDraft, change: DropIndex) -> None:
    """Take the index away; a UNIQUE of that name too, since MySQL drops it as an index."""
    found = _find(schema, change)
    if found is None:
        return
    draft, item = found
    if isinstance(item, Index):
        draft.indexes.remove(item)
    else:
        draft.constraints.remove(item)


@applies(RenameIndex)
def rename_index(schema: SchemaDraft, change: RenameIndex) -> None:
    """Rename the index, or the UNIQUE of that name, which is one."""
    found = _find(schema, change)
    assert found is not None, "only a drop may find nothing"
    draft, item = found
    if change.new_index_name in [i.name for i in draft.indexes]:
        raise ExistingObject(change.describe(), "index", change.new_index_name)
    if isinstance(item, Index):
        made = index_with(item, name=change.new_index_name)
        draft.indexes[draft.indexes.index(item)] = made
    else:
        draft.constraints[draft.constraints.index(item)] = named(item, change.new_index_name)


def _find(
    schema: SchemaDraft, change: DropIndex | RenameIndex
) -> tuple[TableDraft, Index | UniqueConstraint] | None:
    """Find an index by its name, in its table or in all of its schema; None if it need not be there."""
    if change.table_name is not None:
        drafts = [schema.table(change, change.table_name, change.schema)]
    else:
        drafts = [t for t in schema.tables.values() if t.schema == change.schema]
    for group in ("indexes", "constraints"):
        found = [
            (draft, item)
            for draft in drafts
            for item in getattr(draft, group)
            if item.name == change.index_name and isinstance(item, (Index, UniqueConstraint))
        ]
        if len(found) > 1:
            tables = tuple(f"table {draft.fullname}" for draft, _ in found)
            raise ObjectInUse(
                change.describe(), f"index {change.index_name}", tables, "say table_name"
            )
        if found:
            return found[0]
    if getattr(change, "if_exists", False):
        return None
    names = [i.name for draft in drafts for i in draft.indexes]
    raise unknown(change, "index", change.index_name, names)
