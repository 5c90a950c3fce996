"""Operations on rows, and SQL that is said as it is."""

from __future__ import annotations

from typing import Any

import ddl_constructs as ddl
from sqlalchemy import Table
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import TableClause

from ..base import BatchOperations, Operations
from .base import ChangeOp, Fact


@Operations.register_operation("bulk_insert")
class BulkInsertOp(ChangeOp[ddl.BulkInsert], kind=ddl.BulkInsert):
    """Insert rows; holds a `BulkInsert`."""

    table = Fact()
    rows = Fact()
    multiinsert = Fact()

    def __init__(
        self,
        table: Table | TableClause,
        rows: list[dict[str, Any]],
        *,
        multiinsert: bool = True,
    ) -> None:
        self.change = ddl.BulkInsert(table, rows, multiinsert=multiinsert)

    @classmethod
    def bulk_insert(
        cls,
        operations: Operations,
        table: Table | TableClause,
        rows: list[dict[str, Any]],
        *,
        multiinsert: bool = True,
    ) -> None:
        """Insert rows, one dict each."""
        operations.invoke(cls(table, rows, multiinsert=multiinsert))


@Operations.register_operation("execute")
@BatchOperations.register_operation("execute", "batch_execute")
class ExecuteSQLOp(ChangeOp[ddl.ExecuteSQL], kind=ddl.ExecuteSQL):
    """Execute SQL; holds an `ExecuteSQL`."""

    sqltext = Fact()

    def __init__(
        self, sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None
    ) -> None:
        self.change = ddl.ExecuteSQL(sqltext, execution_options=execution_options)

    @property
    def execution_options(self) -> dict[str, Any] | None:
        """What the connection is told for it; None for nothing."""
        return dict(self.change.get_execution_options()) or None

    @execution_options.setter
    def execution_options(self, options: dict[str, Any] | None) -> None:
        self.change = ddl.ExecuteSQL(self.sqltext, execution_options=options, raw=self.change.raw)

    def to_diff_tuple(self) -> tuple[str, Executable | str]:
        return ("execute", self.sqltext)

    @classmethod
    def execute(
        cls,
        operations: Operations,
        sqltext: Executable | str,
        *,
        execution_options: dict[str, Any] | None = None,
    ) -> None:
        """Execute SQL; gives nothing back, see `get_bind()` for that."""
        operations.invoke(cls(sqltext, execution_options=execution_options))

    @classmethod
    def batch_execute(
        cls,
        operations: Operations,
        sqltext: Executable | str,
        *,
        execution_options: dict[str, Any] | None = None,
    ) -> None:
        """Execute SQL at once, before what the block gathers."""
        operations.invoke(cls(sqltext, execution_options=execution_options))
