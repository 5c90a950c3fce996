"""What a batch block speaks with: the words of `op` that change one table, without its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import ddl_constructs as ddl
from ddl_constructs import KEEP, Change, Keep
from sqlalchemy import Column, Constraint
from sqlalchemy.engine import Connection
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import BindParameter, ColumnElement, TextClause, conv
from sqlalchemy.types import TypeEngine

from .block import Step

Type = TypeEngine[Any] | type[TypeEngine[Any]]


class Speaker(Protocol):
    """What a block needs of the `op` that it was opened on."""

    def execute(
        self,
        sqltext: str | Executable,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> None: ...
    def get_bind(self) -> Connection: ...
    def get_context(self) -> Any: ...
    def f(self, name: str) -> conv: ...
    def inline_literal(self, value: Any, type_: Any = None) -> BindParameter[Any]: ...


class BatchOperations:
    """What `with op.batch_alter_table("users") as batch` gives.

    Each word builds the change that `op` has by the same name, for the block's table, and keeps
    it until the block ends; `execute` runs at once, before all of them.

    Attributes:
        table_name: The block's table.
        schema: Its schema; None for the default one.
        steps: What was said so far.
    """

    def __init__(
        self,
        op: Speaker,
        table_name: str,
        schema: str | None,
        naming_convention: Mapping[str, Any] | None,
        line: Callable[[], int | None] = lambda: None,
    ) -> None:
        self.table_name, self.schema = table_name, schema
        self.steps: list[Step] = []
        self._op, self._convention, self._line = op, naming_convention, line

    def invoke(
        self, change: Change, *, insert_before: str | None = None, insert_after: str | None = None
    ) -> None:
        """Keep a change of the block's table."""
        named = change.under(self._convention)
        self.steps.append(Step(named, insert_before, insert_after, self._line()))

    def add_column(
        self,
        column: Column[Any],
        *,
        insert_before: str | None = None,
        insert_after: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column; in front of or behind another one, else as the last."""
        change = ddl.AddColumn(
            self.table_name,
            column,
            schema=self.schema,
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
        )
        self.invoke(change, insert_before=insert_before, insert_after=insert_after)

    def alter_column(
        self,
        column_name: str,
        *,
        nullable: bool | Keep | None = KEEP,
        comment: str | bool | Keep | None = KEEP,
        server_default: Any = KEEP,
        new_column_name: str | Keep | None = KEEP,
        type_: Type | Keep | None = KEEP,
        existing_type: Type | Keep | None = KEEP,
        existing_server_default: Any = KEEP,
        existing_nullable: bool | Keep | None = KEEP,
        existing_comment: str | Keep | None = KEEP,
        autoincrement: Any = KEEP,
        existing_autoincrement: Any = KEEP,
        insert_before: str | None = None,
        insert_after: str | None = None,
        **options: Any,
    ) -> None:
        """Alter a column, and move it in front of or behind another one."""
        change = ddl.AlterColumn(
            self.table_name,
            column_name,
            nullable=nullable,
            comment=comment,
            server_default=server_default,
            new_column_name=new_column_name,
            type_=type_,
            existing_type=existing_type,
            existing_server_default=existing_server_default,
            existing_nullable=existing_nullable,
            existing_comment=existing_comment,
            schema=self.schema,
            autoincrement=autoincrement,
            existing_autoincrement=existing_autoincrement,
            **options,
        )
        self.invoke(change, insert_before=insert_before, insert_after=insert_after)

    def drop_column(
        self,
        column_name: str,
        *,
        if_exists: bool | None = None,
        existing_column: Column[Any] | None = None,
        **options: Any,
    ) -> None:
        """Drop a column; dialect options as `op.drop_column` takes them."""
        options.pop("existing_type", None)
        change = ddl.DropColumn(
            self.table_name,
            column_name,
            schema=self.schema,
            if_exists=if_exists,
            existing_column=existing_column,
            **options,
        )
        self.invoke(change)

    def add_constraint(self, constraint: Constraint) -> None:
        """Add a constraint of any kind."""
        self.invoke(ddl.AddConstraint(self.table_name, constraint, schema=self.schema))

    def create_primary_key(self, constraint_name: str | None, columns: Sequence[str]) -> None:
        """Add a primary key; it takes the place of one that has no name."""
        self.invoke(
            ddl.create_primary_key(constraint_name, self.table_name, columns, schema=self.schema)
        )

    def create_unique_constraint(
        self, constraint_name: str | None, columns: Sequence[str], **options: Any
    ) -> None:
        """Add a UNIQUE constraint; keywords as `op.create_unique_constraint` takes them."""
        self.invoke(
            ddl.create_unique_constraint(
                constraint_name, self.table_name, columns, schema=self.schema, **options
            )
        )

    def create_foreign_key(
        self,
        constraint_name: str | None,
        referent_table: str,
        local_cols: Sequence[str],
        remote_cols: Sequence[str],
        *,
        referent_schema: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        **options: Any,
    ) -> None:
        """Add a foreign key from the block's table."""
        change = ddl.create_foreign_key(
            constraint_name,
            self.table_name,
            referent_table,
            local_cols,
            remote_cols,
            onupdate=onupdate,
            ondelete=ondelete,
            deferrable=deferrable,
            initially=initially,
            match=match,
            source_schema=self.schema,
            referent_schema=referent_schema,
            **options,
        )
        self.invoke(change)

    def create_check_constraint(
        self,
        constraint_name: str | None,
        condition: str | ColumnElement[bool] | TextClause,
        **options: Any,
    ) -> None:
        """Add a CHECK; keywords as `op.create_check_constraint` takes them."""
        self.invoke(
            ddl.create_check_constraint(
                constraint_name, self.table_name, condition, schema=self.schema, **options
            )
        )

    def create_exclude_constraint(
        self, constraint_name: str | None, *elements: tuple[Any, str], **options: Any
    ) -> None:
        """Add PostgreSQL's EXCLUDE; keywords as `op.create_exclude_constraint` takes them."""
        self.invoke(
            ddl.create_exclude_constraint(
                constraint_name, self.table_name, *elements, schema=self.schema, **options
            )
        )

    def drop_constraint(
        self,
        constraint_name: str | None,
        type_: ddl.ConstraintKind | None = None,
        *,
        if_exists: bool | None = None,
        existing_constraint: Constraint | None = None,
    ) -> None:
        """Drop a constraint.

        Args:
            constraint_name: Its name; None if it has none.
            type_: Which kind it is, where the name doesn't tell.
            if_exists: Do nothing if there is none.
            existing_constraint: What it is; finds one that has no name.
        """
        change = ddl.DropConstraint(
            constraint_name,
            self.table_name,
            type_,
            schema=self.schema,
            if_exists=if_exists,
            existing_constraint=existing_constraint,
        )
        self.invoke(change)

    def rename_constraint(self, constraint_name: str, new_constraint_name: str) -> None:
        """Give a constraint another name."""
        change = ddl.RenameConstraint(
            constraint_name, new_constraint_name, self.table_name, schema=self.schema
        )
        self.invoke(change)

    def create_index(
        self,
        index_name: str | None,
        columns: Sequence[str | ColumnElement[Any] | TextClause],
        *,
        unique: bool = False,
        if_not_exists: bool | None = None,
        **options: Any,
    ) -> None:
        """Create an index; dialect options as `op.create_index` takes them."""
        change = ddl.CreateIndex(
            index_name,
            self.table_name,
            columns,
            schema=self.schema,
            unique=unique,
            if_not_exists=if_not_exists,
            **options,
        )
        self.invoke(change)

    def drop_index(self, index_name: str, *, if_exists: bool | None = None, **options: Any) -> None:
        """Drop an index of the block's table."""
        change = ddl.DropIndex(
            index_name, self.table_name, schema=self.schema, if_exists=if_exists, **options
        )
        self.invoke(change)

    def rename_index(self, index_name: str, new_index_name: str) -> None:
        """Give an index another name."""
        change = ddl.RenameIndex(index_name, new_index_name, self.table_name, schema=self.schema)
        self.invoke(change)

    def alter_table_options(
        self, *, existing_options: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        """Alter the table's options, as `op.alter_table_options` does."""
        change = ddl.AlterTableOptions(
            self.table_name, schema=self.schema, existing_options=existing_options, **options
        )
        self.invoke(change)

    def create_table_comment(
        self, comment: str | None, *, existing_comment: str | None = None
    ) -> None:
        """Set the table's comment."""
        change = ddl.CreateTableComment(
            self.table_name, comment, existing_comment=existing_comment, schema=self.schema
        )
        self.invoke(change)

    def drop_table_comment(self, *, existing_comment: str | None = None) -> None:
        """Take the table's comment away."""
        change = ddl.DropTableComment(
            self.table_name, existing_comment=existing_comment, schema=self.schema
        )
        self.invoke(change)

    def execute(
        self,
        sqltext: str | Executable,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> None:
        """Run SQL at once: before the changes of the block, which wait for its end."""
        self._op.execute(sqltext, execution_options=execution_options)

    def get_bind(self) -> Connection:
        """Give the connection, as `op.get_bind()` does."""
        return self._op.get_bind()

    def get_context(self) -> Any:
        """Give what is around the revision, as `op.get_context()` does."""
        return self._op.get_context()

    def f(self, name: str) -> conv:
        """Mark a name as final, as `op.f()` does."""
        return self._op.f(name)

    def inline_literal(self, value: Any, type_: Any = None) -> BindParameter[Any]:
        """Give a value that is written into the SQL, as `op.inline_literal()` does."""
        return self._op.inline_literal(value, type_)
