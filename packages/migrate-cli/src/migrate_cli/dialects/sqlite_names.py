"""The names that a naming convention gives to constraints of a stored table that have none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ddl_constructs import AddColumn, CreateIndex, DropIndex
from sqlalchemy import CheckConstraint as Check
from sqlalchemy import Column, Constraint, MetaData, PrimaryKeyConstraint, Table
from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.types import NullType

from ..batch.block import Block
from . import sqlite_edit as edit
from .sqlite_changed import Draft
from .sqlite_table import Clause, Item, StoredTable, column
from .sqlite_tokens import quoted

_KINDS: dict[str, Any] = {"uq": Unique, "fk": ForeignKey, "ck": Check, "pk": PrimaryKeyConstraint}
_WORDS = {"unique": "uq", "foreignkey": "fk", "check": "ck", "primary": "pk"}


def gives_names(block: Block) -> bool:
    """Tell whether a block leaves the names of its convention in a table that is copied."""
    return block.names_are_read and bool(block.naming_convention) and block.recreate != "never"


def copies_for_names(block: Block, names: Sequence[Any]) -> bool:
    """Tell whether it is copied for them: where Alembic would copy it, which is more often."""
    return (
        gives_names(block)
        and bool(names)
        and not all(
            isinstance(step.change, AddColumn | CreateIndex | DropIndex) for step in block.steps
        )
    )


def work_in_names(draft: Draft, block: Block) -> None:
    """Give the constraints that have no name the one of the convention."""
    for _, clause, name in list(by_convention(block, draft.table)):
        holder, found = next(
            (item, one)
            for item, one in draft.table.clauses(clause.kind)
            if one.name is None and (one.columns, one.inner) == (clause.columns, clause.inner)
        )
        said = draft.dialect.identifier_preparer.quote(name)
        draft.table = _named(draft.table, holder, found, f"CONSTRAINT {said} ")


def _named(table: StoredTable, item: Item, clause: Clause, said: str) -> StoredTable:
    text = item.text[clause.start : clause.end]
    if item.name is None:
        whole = item.text[: clause.start] + said + item.text[clause.start :]
        return edit.with_constraint(table, item, whole)
    if clause.kind == "primary":  # it is read at a column too, and AUTOINCREMENT stands only there
        whole = item.text[: clause.start] + said + item.text[clause.start :]
        return edit.with_column(table, column(whole))
    where = f"({quoted(item.name)})"
    of_table = {
        "foreignkey": f"FOREIGN KEY {where} {text}",
        "unique": f"UNIQUE {where}{text[len('UNIQUE') :]}",
        "check": text,
    }
    return edit.add_constraint(edit.drop(table, item, clause), said + of_table[clause.kind])


def by_convention(block: Block, table: StoredTable) -> Iterator[tuple[Item, Clause, str]]:
    """Name the constraints that have no name, as SQLAlchemy would: where they stand, and the name."""
    convention: Mapping[str, Any] = block.naming_convention or {}
    for item, clause in table.clauses(*_WORDS):
        short = _WORDS[clause.kind]
        if clause.name is not None or short not in convention:
            continue
        made = _made(short, clause)
        columns = [Column(name, NullType()) for name in table.names]
        metadata = MetaData(naming_convention=dict(convention))
        holder = Table(table.name, metadata, *columns, schema=block.schema)
        if short == "fk" and clause.inner != table.name:
            Table(
                clause.inner, metadata, *(Column(n, NullType()) for n in clause.target or ("id",))
            )
        holder.append_constraint(made)
        name = _formatted(made)
        if name is not None:
            yield item, clause, name


def _made(short: str, clause: Any) -> Any:
    if short == "fk":
        targets = [f"{clause.inner}.{name}" for name in clause.target or ("id",)]
        return ForeignKey(clause.columns[: len(targets)], targets)
    if short == "ck":
        return Check(clause.inner.replace(":", "\\:"))
    return _KINDS[short](*clause.columns)


def _formatted(made: Constraint) -> str | None:
    """The name that the convention gives; None if it can't."""
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect
    from sqlalchemy.exc import InvalidRequestError

    if made.name is None:  # its pattern gives an empty text
        return None
    try:
        name = SQLiteDialect().identifier_preparer.format_constraint(made)
    except InvalidRequestError:  # the pattern asks for a name that there isn't
        return None
    return name.strip('"') if name else None
