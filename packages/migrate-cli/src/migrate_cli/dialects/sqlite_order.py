"""The changes of a block in the order in which they are done: renames first, where that is the same.

A column is renamed by SQLite's own RENAME COLUMN, which follows the name into indexes, triggers,
views and the foreign keys of other tables; then one copy does the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ddl_constructs import (
    KEEP,
    AddColumn,
    AddConstraint,
    AlterColumn,
    CreateIndex,
    DropColumn,
)
from sqlalchemy.engine.interfaces import Dialect

from ..batch.block import Block, Step
from .sqlite_spell import constraint, new_column
from .sqlite_tokens import fold, mentions


@dataclass
class Group:
    """Renames, and then what is done in one go.

    Attributes:
        renames: Changes of a column's name alone, in order.
        steps: The other changes, in order.
    """

    renames: list[AlterColumn] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def groups(block: Block, dialect: Dialect) -> list[Group]:
    """Sort a block's changes; at least one group, which may be empty."""
    found = [Group()]
    for step in block.steps:
        change = step.change
        if not isinstance(change, AlterColumn) or "new_column_name" not in change.aspects:
            found[-1].steps.append(step)
            continue
        rename = change.only("new_column_name")
        earlier = _under_new_name(found[-1].steps, rename, dialect)
        if earlier is None:
            found.append(Group())
        else:
            found[-1].steps = earlier
        found[-1].renames.append(rename)
        rest = change.replace(column_name=str(change.new_column_name), new_column_name=KEEP)
        if rest.aspects or step.before or step.after:
            found[-1].steps.append(replace(step, change=rest))
    return found


def _under_new_name(steps: list[Step], rename: AlterColumn, dialect: Dialect) -> list[Step] | None:
    """Give steps as they are said when a rename goes before them; None if it can't."""
    old, new = rename.column_name, str(rename.new_column_name)
    found = []
    for step in steps:
        if _says(step, new, dialect):
            return None
        change: Any = step.change
        if isinstance(change, AlterColumn | DropColumn):
            if fold(change.column_name) == fold(old):
                if isinstance(change, DropColumn):
                    return None
                change = change.replace(column_name=new)
        elif _says(step, old, dialect):
            return None
        places: dict[str, Any] = {
            side: new if (at := getattr(step, side)) and fold(at) == fold(old) else at
            for side in ("before", "after")
        }
        found.append(replace(step, change=change, **places))
    return found


def _says(step: Step, name: str, dialect: Dialect) -> bool:
    """Tell whether a step names something, its places apart."""
    change: Any = step.change
    match change:
        case AddColumn():
            new = new_column(change, dialect)
            return any(mentions(text, name) for text in (new.item.text, *new.constraints))
        case AddConstraint():
            return mentions(constraint(change, dialect), name)
        case CreateIndex():
            return any(mentions(str(column), name) for column in change.columns) or any(
                mentions(str(value), name) for value in change.dialect_kwargs.values()
            )
        case AlterColumn() | DropColumn():
            return bool(fold(change.column_name) == fold(name))
    return bool(mentions(change.describe(), name))
