"""The two doors between changes and Alembic's operations: a list of ours to theirs, and back."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import ddl_autogen
import ddl_constructs as ddl
from ddl_constructs import Change
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect

from . import ops
from .base import Operations
from .ops.base import ChangeOp
from .ops.constraint import op_of as constraint_op


class StatementsOp(ops.ExecuteSQLOp):
    """A change that Alembic has no operation for: written into a script as the SQL that it is.

    Attributes:
        change: The change.
        dialect: Whose SQL it is.
        texts: The statements, each as it is written.
    """

    dialect: Dialect
    texts: tuple[str, ...]

    def __init__(
        self, change: Change, dialect: Dialect, connection: Connection | None = None
    ) -> None:
        """Take the change, and where to read what it doesn't say; None for nowhere."""
        pieces: list[Any] = list(change.statements(dialect, connection))
        writing = _writing(dialect)
        texts = tuple(str(piece.compile(dialect=writing)).strip() for piece in pieces)
        self.__dict__.update(change=change, dialect=dialect, texts=texts)

    @property
    def sqltext(self) -> str:
        """The statements as one text."""
        return ";\n".join(self.texts)

    def reverse(self) -> StatementsOp:
        return StatementsOp(self._undone(), self.dialect)


def _writing(dialect: Dialect) -> Dialect:
    """Give a copy of a dialect that writes percent signs once, as no driver reads the text."""
    copied: Any = copy.copy(dialect)
    copied.identifier_preparer = copy.copy(dialect.identifier_preparer)
    copied.identifier_preparer.dialect = copied
    copied.identifier_preparer._double_percents = False
    copied.identifier_preparer._strings = {}  # what it has quoted already, with those doubled
    copied.__dict__.pop("_type_memos", None)  # they hold what writes literals, and doubles too
    written: Dialect = copied
    return written


@Operations.implementation_for(StatementsOp)
def _carry_out(operations: Any, operation: StatementsOp) -> Any:
    return operations.impl._take(operation.change)


class TableOptionsOp(ChangeOp[ddl.AlterTableOptions]):
    """Alter a table's options where that takes a copy of the table: a batch block that only says them."""

    def reverse(self) -> TableOptionsOp:
        return TableOptionsOp._of(self._undone())

    def to_diff_tuple(self) -> tuple[Any, ...]:
        change = self.change
        return ("modify_table_options", change.schema, change.table_name, change.dialect_kwargs)


@Operations.implementation_for(TableOptionsOp)
def _copy_table(operations: Any, operation: TableOptionsOp) -> None:
    change = operation.change
    with operations.batch_alter_table(
        change.table_name, change.schema, "always", table_kwargs=change.dialect_kwargs
    ):
        pass


def op_of(
    change: Change, dialect: Dialect, connection: Connection | None = None
) -> ops.MigrateOperation:
    """Give the operation that is a change."""
    if isinstance(change, ddl.AddConstraint):
        return constraint_op(change)
    kind = ChangeOp._BY_KIND.get(type(change))
    if kind is not None:
        return kind._of(change)
    try:
        return StatementsOp(change, dialect, connection)
    except ddl.UnsupportedChange:
        if isinstance(change, ddl.AlterTableOptions):
            return TableOptionsOp._of(change)
        raise


def ops_of(
    changes: Iterable[Change], dialect: Dialect, connection: Connection | None = None
) -> list[ops.MigrateOperation]:
    """Give the operations that are changes, in their order; those in a row on one table as one."""
    made = [op_of(change, dialect, connection) for change in changes]
    found: list[ops.MigrateOperation] = []
    for table, group in groupby(made, _altered):
        if table is None:
            found += group
        else:
            schema, name = table
            found.append(ops.ModifyTableOps(name, list(group), schema=schema))
    return found


def _altered(op: Any) -> tuple[str | None, str] | None:
    """Give the table that an operation alters; None for one on a whole table, or on none."""
    apart = (ops.CreateTableOp, ops.DropTableOp, ops.RenameTableOp, ops.BulkInsertOp)
    if isinstance(op, (*apart, ops.ExecuteSQLOp, TableOptionsOp)):
        return None
    table: str | None = op.change.table_name
    return None if table is None else (op.change.schema, table)


def flat(operations: Iterable[Any]) -> Iterator[Any]:
    """Give the operations in containers, in order."""
    for op in operations:
        if isinstance(op, ops.OpContainer):
            yield from flat(op.ops)
        else:
            yield op


@dataclass(eq=False)
class OfPlugin(Change):
    """An operation of a plugin's own among changes: it is counted and told; its plugin runs it.

    Attributes:
        operation: The operation.
    """

    operation: Any

    def describe(self) -> str:
        return f"run {type(self.operation).__name__}, an operation of a plugin"

    def statements(self, dialect: Dialect, connection: Connection | None = None) -> list[Any]:
        raise ddl.UnsupportedChange(
            self.describe(), dialect.name, "its plugin does it, in a revision"
        )


def changes_of(operations: Iterable[Any]) -> list[Change]:
    """Give what operations change, in order; those in containers too."""
    return [one.change if hasattr(one, "change") else OfPlugin(one) for one in flat(operations)]


def undone(
    operations: Sequence[Any], dialect: Dialect, connection: Connection | None = None
) -> list[ops.MigrateOperation]:
    """Give what undoes operations, the last one first; ours in a row are undone together."""
    found: list[ops.MigrateOperation] = []
    for ours, group in groupby(reversed(list(flat(operations))), _is_ours):
        several = list(group)
        if ours:
            changes = [op.change for op in reversed(several)]
            found += ops_of(ddl_autogen.reverse(changes, dialect), dialect, connection)
        else:
            found += [op.reverse() for op in several]
    return found


def _is_ours(op: Any) -> bool:
    """Tell whether an operation is a change of ours and nothing more: no plugin's subclass."""
    return isinstance(op, ChangeOp) and type(op).__module__.startswith(f"{__package__}.")
