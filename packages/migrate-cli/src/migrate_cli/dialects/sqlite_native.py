"""What SQLite can alter in place, by its version and by what the table holds.

SQLite, lang_altertable: ADD COLUMN, RENAME COLUMN (3.25), DROP COLUMN (3.35), with their conditions.
"""

from __future__ import annotations

from typing import Any

from ddl_constructs import AddColumn, AlterColumn, Change, DropColumn
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from ..batch.block import Step
from .sqlite_catalog import Catalog, is_on
from .sqlite_changed import Draft
from .sqlite_constraint import index_columns
from .sqlite_spell import new_column
from .sqlite_table import Item, table_constraints
from .sqlite_tokens import columns_named, fold, quoted, tokens

_CONSTANTS = ("string", "number", "blob")


def in_place(draft: Draft, step: Step, connection: Connection | None) -> bool:
    """Tell whether SQLite can make a change without a copy, on the table as it is so far.

    Args:
        draft: The table before the change.
        step: The change.
        connection: Where to ask for rows and settings; None to suppose the worst.
    """
    change: Change = step.change
    match change:
        case AddColumn():
            if step.before or step.after or change.insert_after:
                return False
            if draft.table.column(str(change.column.name)) is not None:
                return True  # nothing to do, or refused
            return can_add(
                change,
                draft.dialect,
                draft.catalog,
                connection,
                names_are_read=draft.names_are_read,
            )
        case DropColumn():
            item = draft.table.column(change.column_name)
            return item is None or (draft.catalog.version >= (3, 35) and _can_drop(draft, item))
        case AlterColumn():
            return not set(change.aspects) - {"comment", "autoincrement"} and not (
                step.before or step.after
            )
    return False


def can_add(
    change: AddColumn,
    dialect: Dialect,
    catalog: Catalog | None = None,
    connection: Connection | None = None,
    *,
    names_are_read: bool = False,
) -> bool:
    """Tell whether SQLite can add a column; without a catalog or connection: to any table."""
    new = new_column(change, dialect)
    item = new.item
    clauses = [table_constraints(text)[0].clauses[0] for text in new.constraints]
    kinds = [clause.kind for clause in clauses]
    if names_are_read and any(c.kind == "foreignkey" and c.name for c in clauses):
        return False  # SQLAlchemy reads no name that stands at a column
    if new.key or item.all("primary") or "unique" in kinds or kinds.count("foreignkey") > 1:
        return False
    if item.generated is not None:
        return "STORED" not in item.text.upper() and not item.not_null
    default = item.default
    empty = connection is not None and catalog is not None and _is_empty(catalog, connection)
    if default is None:
        return empty or not item.not_null
    if not empty and not _is_constant(item):
        return False
    enforced = connection is None or is_on(connection, "foreign_keys")
    return "foreignkey" not in kinds or not enforced


def _is_constant(item: Item) -> bool:
    found = tokens(str(item.default))
    signed = len(found) == 2 and found[0].says("+", "-")
    return (len(found) == 1 or signed) and found[-1].kind in _CONSTANTS


def _is_empty(catalog: Catalog, connection: Connection) -> bool:
    where = f"{quoted(catalog.schema or 'main')}.{quoted(catalog.name)}"
    return connection.exec_driver_sql(f"SELECT 1 FROM {where} LIMIT 1").first() is None


def _can_drop(draft: Draft, item: Item) -> bool:
    """Whether nothing but views and triggers may name the column; SQLite looks into those."""
    folded, table = fold(str(item.name)), draft.table
    if len(table.columns) == 1 or item.generated is not None:
        return False
    if item.all("primary") or item.all("unique") or item.all("foreignkey"):
        return False
    for holder, clause in table.clauses("primary", "unique", "foreignkey"):
        if holder.name is None and folded in [fold(c) for c in clause.columns]:
            return False
    for holder, clause in table.clauses("check"):
        used = columns_named(clause.inner, table.names)
        if folded in used and (holder is not item or used != {folded}):
            return False
    if any(
        c.generated and folded in columns_named(c.generated, table.names) for c in table.columns
    ):
        return False
    for entry in draft.catalog.of_table("index"):
        if fold(entry.name) not in draft.without and folded in index_columns(
            entry.sql, table.names
        ):
            return False
    return not any(
        folded in [fold(column) for column in target] for _, _, target in draft.catalog.children
    )


def as_said(draft: Draft, change: Any) -> Change:
    """Give the change as ddl-constructs says it in place: without what was decided here."""
    if isinstance(change, AddColumn | DropColumn):
        done = {"if_not_exists": None} if isinstance(change, AddColumn) else {"if_exists": None}
        return change.replace(**done)
    said: Change = change
    return said
