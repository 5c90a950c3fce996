"""Makes Tables, constraints and indexes of names, under the naming convention of the models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ddl_constructs as ddl
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine


class SchemaObjects:
    """Makes schema objects of names, each on a Table in a MetaData of its own.

    Attributes:
        migration_context: Its `opts` may have a `target_metadata` whose naming convention counts;
            None for none.
    """

    def __init__(self, migration_context: Any = None) -> None:
        self.migration_context = migration_context

    def primary_key_constraint(
        self,
        name: str | None,
        table_name: str,
        cols: Sequence[str],
        schema: str | None = None,
        **dialect_kw: Any,
    ) -> PrimaryKeyConstraint:
        """Make a primary key."""
        key = PrimaryKeyConstraint(*cols, name=name, **dialect_kw)
        made: PrimaryKeyConstraint = self._bound(ddl.AddConstraint(table_name, key, schema=schema))
        return made

    def foreign_key_constraint(
        self,
        name: str | None,
        source: str,
        referent: str,
        local_cols: list[str],
        remote_cols: list[str],
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        source_schema: str | None = None,
        referent_schema: str | None = None,
        initially: str | None = None,
        match: str | None = None,
        **dialect_kw: Any,
    ) -> ForeignKeyConstraint:
        """Make a foreign key."""
        change = ddl.create_foreign_key(
            name,
            source,
            referent,
            local_cols,
            remote_cols,
            onupdate=onupdate,
            ondelete=ondelete,
            deferrable=deferrable,
            initially=initially,
            match=match,
            source_schema=source_schema,
            referent_schema=referent_schema,
            **dialect_kw,
        )
        made: ForeignKeyConstraint = self._bound(change)
        return made

    def unique_constraint(
        self,
        name: str | None,
        source: str,
        local_cols: Sequence[str],
        schema: str | None = None,
        **kw: Any,
    ) -> UniqueConstraint:
        """Make a unique constraint."""
        made: UniqueConstraint = self._bound(
            ddl.create_unique_constraint(name, source, local_cols, schema=schema, **kw)
        )
        return made

    def check_constraint(
        self, name: str | None, source: str, condition: Any, schema: str | None = None, **kw: Any
    ) -> CheckConstraint:
        """Make a CHECK."""
        made: CheckConstraint = self._bound(
            ddl.create_check_constraint(name, source, condition, schema=schema, **kw)
        )
        return made

    def generic_constraint(
        self,
        name: str | None,
        table_name: str,
        type_: str | None,
        schema: str | None = None,
        **kw: Any,
    ) -> Any:
        """Make a constraint of a kind that is only known by its name, to be dropped."""
        kinds: dict[str | None, Callable[[], Any]] = {
            "foreignkey": lambda: ForeignKeyConstraint([], [], name=name),
            "primary": lambda: PrimaryKeyConstraint(name=name),
            "unique": lambda: UniqueConstraint(name=name),
            "check": lambda: CheckConstraint("", name=name),
            None: lambda: UniqueConstraint(name=name),
        }
        made = kinds[type_]()
        self.table(table_name, schema=schema).append_constraint(made)
        return made

    def metadata(self) -> MetaData:
        """Make a MetaData with the naming convention of the models."""
        opts = getattr(self.migration_context, "opts", None) or {}
        convention = getattr(opts.get("target_metadata"), "naming_convention", None)
        return MetaData(naming_convention=convention) if convention else MetaData()

    def table(self, name: str, *columns: Any, **kw: Any) -> Table:
        """Make a Table of copies of columns, constraints and indexes."""
        change = ddl.CreateTable(name, *columns, **kw)
        return change.under(self.metadata().naming_convention).element

    def column(self, name: str, type_: TypeEngine[Any], **kw: Any) -> Column[Any]:
        """Make a column."""
        return Column(name, type_, **kw)

    def index(
        self,
        name: str | None,
        tablename: str | None,
        columns: Sequence[Any],
        schema: str | None = None,
        **kw: Any,
    ) -> Index:
        """Make an index."""
        change = ddl.CreateIndex(name, tablename or "no_table", columns, schema=schema, **kw)
        return change.under(self.metadata().naming_convention).element

    def _bound(self, change: ddl.AddConstraint) -> Any:
        return change.under(self.metadata().naming_convention).bound
