"""The new table while a block's changes are worked into it, and where its values come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ddl_constructs import Change
from sqlalchemy.engine.interfaces import Dialect

from ..batch.errors import UnknownInTable
from . import sqlite_edit as edit
from .sqlite_catalog import Catalog
from .sqlite_table import Item, StoredTable
from .sqlite_tokens import fold


@dataclass
class Draft:
    """The table as it is to be, and where its values come from.

    Attributes:
        catalog: What was read.
        dialect: Whose words changes are written in.
        table: The table as it is so far.
        renamed: Old name -> new one, of columns that an earlier change renamed.
        names: The names that constraints without one go by: (kind, name, what it is).
        names_are_read: As in `Block`.
        added: Names of columns that are new.
        gone: Names of columns that were dropped, as the old table has them.
        retyped: Column -> its type before and after, as written.
        altered: Columns whose definition was changed.
        foreign_keys: Texts of the foreign keys that are new.
        indexes: Changes that create indexes when the new table is there.
        without: Names of the old table's indexes that aren't made again, in small letters.
    """

    catalog: Catalog
    dialect: Dialect
    table: StoredTable
    renamed: Mapping[str, str] = field(default_factory=dict)
    names: Sequence[tuple[str, str, str]] = ()
    names_are_read: bool = False
    added: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    retyped: dict[str, tuple[str, str]] = field(default_factory=dict)
    altered: set[str] = field(default_factory=set)
    foreign_keys: list[str] = field(default_factory=list)
    indexes: list[Change] = field(default_factory=list)
    without: set[str] = field(default_factory=set)

    def column(self, change: Change, name: str) -> Item:
        """Give a column by its name as it is now.

        Raises:
            UnknownInTable: There is none.
        """
        found = self.table.column(name)
        if found is None:
            raise UnknownInTable(
                change.describe(),
                "column",
                name,
                self.table.name,
                self.table.names,
                now=self.renamed.get(fold(name)),
            )
        return found

    def put(self, item: Item) -> None:
        self.table = edit.with_column(self.table, item)
