"""Operations that add a constraint, a class for each kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ddl_constructs as ddl
from ddl_constructs import AddConstraint
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint
from sqlalchemy.sql.elements import ColumnElement, TextClause

from ..base import BatchOperations, Operations
from .constraint import AddConstraintOp, Argument


@AddConstraintOp.register_add_constraint("primary_key_constraint")
@Operations.register_operation("create_primary_key")
@BatchOperations.register_operation("create_primary_key", "batch_create_primary_key")
class CreatePrimaryKeyOp(AddConstraintOp):
    """Add a primary key."""

    constraint_type = "primarykey"
    columns: Any = Argument()
    _word = staticmethod(ddl.create_primary_key)
    _names = ("constraint_name", "table_name", "columns")

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        key = PrimaryKeyConstraint(*columns, name=constraint_name, **kw)
        self.change = AddConstraint(table_name, key, schema=schema)

    @classmethod
    def create_primary_key(
        cls,
        operations: Operations,
        constraint_name: str | None,
        table_name: str,
        columns: list[str],
        *,
        schema: str | None = None,
    ) -> None:
        """Add a primary key to a table."""
        operations.invoke(cls(constraint_name, table_name, columns, schema=schema))

    @classmethod
    def batch_create_primary_key(
        cls, operations: BatchOperations, constraint_name: str | None, columns: list[str]
    ) -> None:
        """Add a primary key to the block's table."""
        impl = operations.impl
        operations.invoke(cls(constraint_name, impl.table_name, columns, schema=impl.schema))


@AddConstraintOp.register_add_constraint("unique_constraint")
@Operations.register_operation("create_unique_constraint")
@BatchOperations.register_operation("create_unique_constraint", "batch_create_unique_constraint")
class CreateUniqueConstraintOp(AddConstraintOp):
    """Add a unique constraint."""

    constraint_type = "unique"
    columns: Any = Argument()
    _word = staticmethod(ddl.create_unique_constraint)
    _names = ("constraint_name", "table_name", "columns")

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.change = ddl.create_unique_constraint(
            constraint_name, table_name, columns, schema=schema, **kw
        )

    @classmethod
    def create_unique_constraint(
        cls,
        operations: Operations,
        constraint_name: str | None,
        table_name: str,
        columns: Sequence[str],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> Any:
        """Add a unique constraint to a table."""
        return operations.invoke(cls(constraint_name, table_name, columns, schema=schema, **kw))

    @classmethod
    def batch_create_unique_constraint(
        cls, operations: BatchOperations, constraint_name: str, columns: Sequence[str], **kw: Any
    ) -> Any:
        """Add a unique constraint to the block's table."""
        impl = operations.impl
        kw.setdefault("schema", impl.schema)
        return operations.invoke(cls(constraint_name, impl.table_name, columns, **kw))


@AddConstraintOp.register_add_constraint("foreign_key_constraint")
@Operations.register_operation("create_foreign_key")
@BatchOperations.register_operation("create_foreign_key", "batch_create_foreign_key")
class CreateForeignKeyOp(AddConstraintOp):
    """Add a foreign key."""

    constraint_type = "foreignkey"
    source_table: Any = Argument()
    referent_table: Any = Argument()
    local_cols: Any = Argument()
    remote_cols: Any = Argument()
    _word = staticmethod(ddl.create_foreign_key)
    _names = ("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols")
    _facts = ()

    def __init__(
        self,
        constraint_name: str | None,
        source_table: str,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        **kw: Any,
    ) -> None:
        kw.pop("use_alter", None)  # Alembic writes it into scripts; an ALTER is what this is anyway
        self.change = ddl.create_foreign_key(
            constraint_name, source_table, referent_table, local_cols, remote_cols, **kw
        )

    def _said(self) -> dict[str, Any]:
        spelling = self.change.spelling()
        schemas = {"source_schema": None, "referent_schema": None}
        arguments = dict(zip(self._names, spelling.arguments, strict=True))
        return {**arguments, **schemas, **spelling.keywords, **self.__dict__.get("_half", {})}

    def _say(self, **changed: Any) -> None:
        """Take what is written; columns of one side wait for those of the other."""
        said = {**self._said(), **changed}
        sides = {name: list(said[name]) for name in ("local_cols", "remote_cols")}
        if len(sides["local_cols"]) != len(sides["remote_cols"]):
            self._half = sides
            return
        self._half = {}
        self.change = ddl.create_foreign_key(**said)

    @property
    def table_name(self) -> str:
        """The table that the key is on."""
        return self.change.table_name

    @property
    def schema(self) -> str | None:
        """That table's schema."""
        return self.change.schema

    def to_diff_tuple(self) -> tuple[str, ForeignKeyConstraint]:
        return ("add_fk", self.to_constraint())

    @classmethod
    def create_foreign_key(
        cls,
        operations: Operations,
        constraint_name: str | None,
        source_table: str,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        *,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        source_schema: str | None = None,
        referent_schema: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        """Add a foreign key to a table."""
        made = cls(
            constraint_name,
            source_table,
            referent_table,
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
        operations.invoke(made)

    @classmethod
    def batch_create_foreign_key(
        cls,
        operations: BatchOperations,
        constraint_name: str | None,
        referent_table: str,
        local_cols: list[str],
        remote_cols: list[str],
        *,
        referent_schema: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        match: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        """Add a foreign key to the block's table."""
        made = cls(
            constraint_name,
            operations.impl.table_name,
            referent_table,
            local_cols,
            remote_cols,
            onupdate=onupdate,
            ondelete=ondelete,
            deferrable=deferrable,
            initially=initially,
            match=match,
            source_schema=operations.impl.schema,
            referent_schema=referent_schema,
            **dialect_kw,
        )
        operations.invoke(made)


@AddConstraintOp.register_add_constraint("check_constraint")
@AddConstraintOp.register_add_constraint("table_or_column_check_constraint")
@AddConstraintOp.register_add_constraint("column_check_constraint")
@Operations.register_operation("create_check_constraint")
@BatchOperations.register_operation("create_check_constraint", "batch_create_check_constraint")
class CreateCheckConstraintOp(AddConstraintOp):
    """Add a CHECK."""

    constraint_type = "check"
    condition: Any = Argument()
    _word = staticmethod(ddl.create_check_constraint)
    _names = ("constraint_name", "table_name", "condition")

    def __init__(
        self,
        constraint_name: str | None,
        table_name: str,
        condition: str | TextClause | ColumnElement[Any],
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        self.change = ddl.create_check_constraint(
            constraint_name, table_name, condition, schema=schema, **kw
        )

    @classmethod
    def create_check_constraint(
        cls,
        operations: Operations,
        constraint_name: str | None,
        table_name: str,
        condition: str | ColumnElement[bool] | TextClause,
        *,
        schema: str | None = None,
        **kw: Any,
    ) -> None:
        """Add a CHECK to a table."""
        operations.invoke(cls(constraint_name, table_name, condition, schema=schema, **kw))

    @classmethod
    def batch_create_check_constraint(
        cls,
        operations: BatchOperations,
        constraint_name: str,
        condition: str | ColumnElement[bool] | TextClause,
        **kw: Any,
    ) -> None:
        """Add a CHECK to the block's table."""
        impl = operations.impl
        operations.invoke(
            cls(constraint_name, impl.table_name, condition, schema=impl.schema, **kw)
        )
