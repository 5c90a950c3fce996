"""How each of Alembic's operations is carried out: its change goes to the implementation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table

from . import ops
from .base import Operations
from .batch import BatchOperationsImpl
from .ops.base import ChangeOp, convention


def _carry_out(operations: Any, operation: ChangeOp[Any]) -> Any:
    change = operation.change.under(convention(operations.migration_context))
    result = operations.impl._take(change)
    said = getattr(operation, "kw", {})
    places = said.get("insert_before"), said.get("insert_after")
    if any(places) and isinstance(operations.impl, BatchOperationsImpl):
        operations.impl.place(*places)
    return change, result


def _by_change(operations: Any, operation: ChangeOp[Any]) -> None:
    _carry_out(operations, operation)


def create_table(operations: Any, operation: ops.CreateTableOp) -> Table:
    """Create a table, and give it as a Table."""
    change, _ = _carry_out(operations, operation)
    table: Table = change.element
    return table


Operations.implementation_for(ops.CreateTableOp)(create_table)

alter_column = Operations.implementation_for(ops.AlterColumnOp)(_by_change)
add_column = Operations.implementation_for(ops.AddColumnOp)(_by_change)
drop_column = Operations.implementation_for(ops.DropColumnOp)(_by_change)
drop_table = Operations.implementation_for(ops.DropTableOp)(_by_change)
rename_table = Operations.implementation_for(ops.RenameTableOp)(_by_change)
create_table_comment = Operations.implementation_for(ops.CreateTableCommentOp)(_by_change)
drop_table_comment = Operations.implementation_for(ops.DropTableCommentOp)(_by_change)
create_index = Operations.implementation_for(ops.CreateIndexOp)(_by_change)
drop_index = Operations.implementation_for(ops.DropIndexOp)(_by_change)
create_constraint = Operations.implementation_for(ops.AddConstraintOp)(_by_change)
drop_constraint = Operations.implementation_for(ops.DropConstraintOp)(_by_change)
bulk_insert = Operations.implementation_for(ops.BulkInsertOp)(_by_change)
execute_sql = Operations.implementation_for(ops.ExecuteSQLOp)(_by_change)
