"""Changes of one table as a batch block says them: together, and without its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ddl_constructs import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTableOptions,
    Change,
    CreateIndex,
    DropColumn,
    DropConstraint,
    DropIndex,
    RenameConstraint,
    Spelling,
)

_NEEDING = (
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTableOptions,
    DropColumn,
    DropConstraint,
    RenameConstraint,
)
_JOINING = (CreateIndex, DropIndex)


@dataclass(frozen=True)
class Block:
    """Changes of one table that follow each other.

    Attributes:
        table_name: The table's name.
        schema: Its schema; None for the default one.
        changes: The changes, in order.
    """

    table_name: str
    schema: str | None
    changes: tuple[Change, ...]


def blocks(changes: Iterable[Change]) -> Iterator[Change | Block]:
    """Gather what a table may have to be copied for; a lone index needs no block."""
    for table, run in groupby(changes, _table):
        found = tuple(run)
        if table is not None and any(isinstance(change, _NEEDING) for change in found):
            name, schema = table
            yield Block(name, schema, found)
        else:
            yield from found


def _table(change: Change) -> tuple[str, str | None] | None:
    """Give the table that a change is about, if a block can say it."""
    if not isinstance(change, _NEEDING + _JOINING):
        return None
    said: Any = change
    return (said.table_name, said.schema) if said.table_name is not None else None


def inside(change: Change) -> Spelling:
    """Say a change as the word of a batch block: without the table and its schema."""
    plain = change.spelling()
    at = 1 if plain.word.startswith(("create_", "drop_constraint", "drop_index")) else 0
    if plain.word == "rename_constraint":
        at = 2
    arguments = tuple(one for n, one in enumerate(plain.arguments) if n != at)
    left_out = ("schema", "source_schema", "table_name")
    keywords = {k: v for k, v in plain.keywords.items() if k not in left_out}
    if isinstance(change, DropConstraint) and change.constraint_name is None:
        keywords["existing_constraint"] = change.existing_constraint
    return Spelling(plain.word, arguments, keywords)
