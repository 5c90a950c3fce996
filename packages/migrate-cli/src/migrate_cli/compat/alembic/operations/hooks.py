"""The methods that an implementation for a dialect may override, one for each kind of change.

Both ways stand here: what a method makes of its arguments is a change, and a change whose method
is overridden is handed to that method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import ddl_constructs as ddl
from ddl_constructs import KEEP, Change
from sqlalchemy import Column, Constraint, Index, MetaData, Table
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import TableClause
from sqlalchemy.types import NULLTYPE

_KINDS: dict[str, Any] = {
    "primary_key_constraint": "primary",
    "unique_constraint": "unique",
    "foreign_key_constraint": "foreignkey",
    "check_constraint": "check",
    "table_or_column_check_constraint": "check",
    "column_check_constraint": "check",
    "exclude_constraint": "exclude",
}
"""SQLAlchemy's name of a kind of constraint to ours."""


class Hooks:
    """What carries changes out, with a method for each kind by Alembic's name."""

    def _say(self, change: Change) -> Any:
        """Carry a change out, past the methods that are overridden."""
        raise NotImplementedError

    def alter_column(
        self,
        table_name: str,
        column_name: str,
        *,
        nullable: bool | None = None,
        server_default: Any = False,
        name: str | None = None,
        type_: Any = None,
        schema: str | None = None,
        autoincrement: Any = None,
        comment: Any = False,
        existing_comment: str | None = None,
        existing_type: Any = None,
        existing_server_default: Any = None,
        existing_nullable: bool | None = None,
        existing_autoincrement: Any = None,
        **kw: Any,
    ) -> None:
        """Alter a column; `name` is its new name."""
        change = ddl.AlterColumn(
            table_name,
            column_name,
            nullable=nullable,
            server_default=server_default,
            new_column_name=name,
            type_=type_,
            schema=schema,
            autoincrement=autoincrement,
            comment=comment,
            existing_comment=KEEP if existing_comment is None else existing_comment,
            existing_type=existing_type,
            existing_server_default=KEEP
            if existing_server_default is None
            else existing_server_default,
            existing_nullable=existing_nullable,
            existing_autoincrement=existing_autoincrement,
            **dialect_options(kw),
        )
        self._say(change)

    def add_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        """Add a column to a table."""
        change = ddl.AddColumn(
            table_name,
            column,
            schema=schema,
            if_not_exists=if_not_exists,
            inline_references=inline_references,
            inline_primary_key=inline_primary_key,
        )
        self._say(change)

    def drop_column(
        self,
        table_name: str,
        column: Column[Any],
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        **kw: Any,
    ) -> None:
        """Drop a column of a table; of the Column only its name counts."""
        options = dialect_options(kw)
        self._say(
            ddl.DropColumn(table_name, column.name, schema=schema, if_exists=if_exists, **options)
        )

    def add_constraint(self, const: Any, **kw: Any) -> None:
        """Add a constraint of a Table."""
        self._say(_added(const))

    def drop_constraint(self, const: Any, **kw: Any) -> None:
        """Drop a constraint of a Table."""
        kind = _KINDS.get(const.__visit_name__)
        schema, if_exists = const.table.schema, kw.get("if_exists")
        change = ddl.DropConstraint(
            const.name, const.table.name, kind, schema=schema, if_exists=if_exists
        )
        self._say(change)

    def rename_table(
        self, old_table_name: str, new_table_name: str, schema: str | None = None
    ) -> None:
        """Rename a table."""
        self._say(ddl.RenameTable(old_table_name, new_table_name, schema=schema))

    def create_table(self, table: Table, **kw: Any) -> None:
        """Create a Table with its indexes and comments."""
        change = ddl.CreateTable.of(table).replace(if_not_exists=bool(kw.get("if_not_exists")))
        self._say(change.under(table.metadata.naming_convention))

    def drop_table(self, table: Table, **kw: Any) -> None:
        """Drop a Table."""
        self._say(ddl.DropTable.of(table).replace(if_exists=bool(kw.get("if_exists"))))

    def create_index(self, index: Index, **kw: Any) -> None:
        """Create an Index of a Table."""
        self._say(ddl.CreateIndex.of(index, if_not_exists=kw.get("if_not_exists")))

    def drop_index(self, index: Index, **kw: Any) -> None:
        """Drop an Index of a Table."""
        table: Any = index.table
        change = ddl.DropIndex(
            str(index.name),
            table.name or None,
            schema=table.schema,
            if_exists=kw.get("if_exists"),
            **index.dialect_kwargs,
        )
        self._say(change)

    def create_table_comment(self, table: Table) -> None:
        """Set a Table's comment."""
        self._say(ddl.CreateTableComment(table.name, table.comment, schema=table.schema))

    def drop_table_comment(self, table: Table) -> None:
        """Take a Table's comment away."""
        self._say(ddl.DropTableComment(table.name, schema=table.schema))

    def create_column_comment(self, column: Column[Any]) -> None:
        """Set the comment of a Table's column."""
        table = column.table
        self._say(
            ddl.AlterColumn(table.name, column.name, comment=column.comment, schema=table.schema)
        )

    def bulk_insert(
        self, table: Table | TableClause, rows: list[dict[str, Any]], multiinsert: bool = True
    ) -> None:
        """Insert rows, one dict each."""
        self._say(ddl.BulkInsert(table, rows, multiinsert=multiinsert))

    def execute(
        self, sql: Executable | str, execution_options: Mapping[str, Any] | None = None
    ) -> None:
        """Execute SQL."""
        self._say(ddl.ExecuteSQL(sql, execution_options=execution_options))


def dialect_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give those keywords that a dialect may read: `<dialect>_<option>`, of a dialect that is there.

    Alembic takes any keyword for a column, and passes over what nobody reads.
    """
    return {name: value for name, value in given.items() if _is_option(name)}


def _is_option(name: str) -> bool:
    if name.startswith("existing_"):
        return False
    try:
        ddl.AlterColumn("t", "c", **{name: None})
    except ddl.UnknownOption:
        return False
    return "_" in name


def _added(constraint: Constraint) -> ddl.AddConstraint:
    table: Table = constraint.table
    return ddl.AddConstraint(table.name, constraint, schema=table.schema)


def overriding(impl: Hooks, change: Change) -> Callable[[], Any] | None:
    """Give the call of the method that is overridden for a change; None if none is."""
    name, _ = found = _CALLS.get(type(change), (None, None))
    if name is None or (
        getattr(type(impl), name) is getattr(Hooks, name) and name not in vars(impl)
    ):
        return None
    call: Any = found[1]
    return lambda: call(getattr(impl, name), change)


T = TypeVar("T", bound=Change)
_CALLS: dict[type[Change], tuple[str, Callable[[Any, Any], Any]]] = {}


def _calls(kind: type[T], name: str) -> Callable[[Callable[[Any, T], Any]], None]:
    def register(call: Callable[[Any, T], Any]) -> None:
        _CALLS[kind] = (name, call)

    return register


def _said(**facts: Any) -> dict[str, Any]:
    """Leave out what isn't said, so that a method needs to take only what it knows."""
    return {name: value for name, value in facts.items() if value not in (None, False)}


@_calls(ddl.AlterColumn, "alter_column")
def _(hook: Any, change: ddl.AlterColumn) -> Any:
    known = {
        "nullable": change.nullable,
        "type_": change.type_,
        "name": change.new_column_name,
        "existing_type": change.existing_type,
        "existing_nullable": change.existing_nullable,
        "existing_comment": change.existing_comment,
    }
    facts = {name: None if value is KEEP else value for name, value in known.items()}
    defaults = {
        "server_default": change.server_default,
        "comment": change.comment,
        "existing_server_default": change.existing_server_default,
    }
    facts |= {name: False if value is KEEP else value for name, value in defaults.items()}
    numbering = ("autoincrement", "existing_autoincrement")
    facts |= {name: v for name in numbering if (v := getattr(change, name)) is not KEEP}
    return hook(
        change.table_name,
        change.column_name,
        schema=change.schema,
        **facts,
        **change.dialect_kwargs,
    )


@_calls(ddl.AddColumn, "add_column")
def _(hook: Any, change: ddl.AddColumn) -> Any:
    said = _said(
        if_not_exists=change.if_not_exists,
        inline_references=change.inline_references,
        inline_primary_key=change.inline_primary_key,
    )
    return hook(change.table_name, change.bound, schema=change.schema, **said)


@_calls(ddl.DropColumn, "drop_column")
def _(hook: Any, change: ddl.DropColumn) -> Any:
    column = change.existing_column
    if column is None:
        column = Column(change.column_name, NULLTYPE)
    said = _said(if_exists=change.if_exists)
    return hook(change.table_name, column, schema=change.schema, **said, **change.dialect_kwargs)


@_calls(ddl.AddConstraint, "add_constraint")
def _(hook: Any, change: ddl.AddConstraint) -> Any:
    return hook(change.bound)


@_calls(ddl.DropConstraint, "drop_constraint")
def _(hook: Any, change: ddl.DropConstraint) -> Any:
    known = change.existing_constraint
    if known is None:
        bound = _stand_in(change.type_)
        Table(change.table_name, MetaData(), bound, schema=change.schema)
    else:
        bound = ddl.AddConstraint(change.table_name, known, schema=change.schema).bound
    bound.name = change.constraint_name
    return hook(bound, **_said(if_exists=change.if_exists))


def _stand_in(kind: str | None) -> Constraint:
    """Make a constraint of a kind, of which nothing else is known."""
    from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint
    from sqlalchemy import UniqueConstraint as Unique

    made: dict[str | None, Callable[[], Constraint]] = {
        "primary": PrimaryKeyConstraint,
        "foreignkey": lambda: ForeignKeyConstraint([], []),
        "check": lambda: CheckConstraint("true"),
    }
    return made.get(kind, Unique)()


@_calls(ddl.RenameTable, "rename_table")
def _(hook: Any, change: ddl.RenameTable) -> Any:
    return hook(change.old_table_name, change.new_table_name, schema=change.schema)


@_calls(ddl.CreateTable, "create_table")
def _(hook: Any, change: ddl.CreateTable) -> Any:
    return hook(change.element, **_said(if_not_exists=change.if_not_exists))


@_calls(ddl.DropTable, "drop_table")
def _(hook: Any, change: ddl.DropTable) -> Any:
    return hook(change.element, **_said(if_exists=change.if_exists))


@_calls(ddl.CreateIndex, "create_index")
def _(hook: Any, change: ddl.CreateIndex) -> Any:
    return hook(change.element, **_said(if_not_exists=change.if_not_exists))


@_calls(ddl.DropIndex, "drop_index")
def _(hook: Any, change: ddl.DropIndex) -> Any:
    return hook(change.element, **_said(if_exists=change.if_exists))


@_calls(ddl.CreateTableComment, "create_table_comment")
def _(hook: Any, change: ddl.CreateTableComment) -> Any:
    table = ddl.CreateTable(change.table_name, schema=change.schema, comment=change.comment)
    return hook(table.element)


@_calls(ddl.DropTableComment, "drop_table_comment")
def _(hook: Any, change: ddl.DropTableComment) -> Any:
    return hook(ddl.CreateTable(change.table_name, schema=change.schema).element)


@_calls(ddl.BulkInsert, "bulk_insert")
def _(hook: Any, change: ddl.BulkInsert) -> Any:
    return hook(change.table, change.rows, multiinsert=change.multiinsert)


@_calls(ddl.ExecuteSQL, "execute")
def _(hook: Any, change: ddl.ExecuteSQL) -> Any:
    options = dict(change.get_execution_options()) or None
    return hook(change.sqltext, execution_options=options)
