"""What happens to tables, as far as it is a matter for views, routines and triggers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from ddl_constructs import (
    KEEP,
    AlterColumn,
    Change,
    DropColumn,
    DropTable,
    RenameTable,
    ReplaceEnum,
)

from ..objects import ObjectValue, Use, names, said
from ..values import Snapshot


def blocks_objects(tables: Iterable[Change], *, emptied: bool = False) -> bool:
    """Tell whether changes of tables may be kept from running by what depends on these.

    Args:
        tables: The changes.
        emptied: Whether that a column may be NULL, or no longer, is among them.
    """
    kept = {"type_", "nullable"} if emptied else {"type_"}
    return any(
        isinstance(c, (DropColumn, DropTable, ReplaceEnum))
        or (isinstance(c, AlterColumn) and not kept.isdisjoint(c.aspects))
        for c in tables
    )


@dataclass
class Hits:
    """What goes of tables, changes its type, or gets another name.

    Attributes:
        retyped: Columns that stay, of another type.
        gone: Columns and tables that go.
        renamed: Those that get another name.
        emptied: Columns that stay, and may be NULL or no longer may.
    """

    retyped: set[Use] = field(default_factory=set)
    gone: set[Use] = field(default_factory=set)
    renamed: set[Use] = field(default_factory=set)
    emptied: set[Use] = field(default_factory=set)

    @classmethod
    def of(cls, changes: Iterable[Change], theirs: Snapshot) -> Hits:
        hits = cls()
        for change in changes:
            schema = theirs.namespaces.key(getattr(change, "schema", None))
            match change:
                case AlterColumn():
                    use = Use("relation", schema, change.table_name, change.column_name)
                    if change.type_ is not KEEP:
                        hits.retyped.add(use)
                    if change.nullable is not KEEP:
                        hits.emptied.add(use)
                    if change.new_column_name is not KEEP:
                        hits.renamed.add(use)
                case DropColumn():
                    hits.gone.add(Use("relation", schema, change.table_name, change.column_name))
                case DropTable():
                    hits.gone.add(Use("relation", schema, change.table_name))
                case RenameTable():
                    hits.renamed.add(Use("relation", schema, change.old_table_name))
                case ReplaceEnum():
                    hits.retyped |= {
                        Use("relation", key[0], key[1], column.name)
                        for key, table in theirs.tables.items()
                        for column in table.columns
                        if column.enum is not None and column.enum.name == change.enum_name
                    }
        return hits


def about(value: ObjectValue, things: Collection[Use]) -> list[Use]:
    """Give which of some things an object is about: as the database says, else by its words."""
    if value.uses is not None:
        whole = {replace(u, part=None) for u in value.uses}
        return [t for t in things if t in value.uses or (t.part is None and t in whole)]
    found = {name for _, _, name in names(said(value))}
    return [
        t for t in things if t.name.lower() in found and (t.part is None or t.part.lower() in found)
    ]


def spoken(use: Use) -> str:
    """Write a column, table or routine for people."""
    return ".".join(part for part in (use.schema, use.name, use.part) if part)
