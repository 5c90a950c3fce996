"""How SQL Server says a change of tables, constraints and indexes; by its manual, not run.

The manual is Microsoft's "Transact-SQL reference" for SQL Server 2016 and later; a rule
names its page. Columns are in `mssql_column`, rows and sequences in `mssql_data`, what has to
look into the catalog first in `mssql_catalog`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column, Constraint, ForeignKeyConstraint
from sqlalchemy import schema as sa_schema
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import ColumnClause, TextClause, UnaryExpression

from .. import sqltext
from ..change import Change, lowers
from ..comment import CreateTableComment, DropTableComment
from ..constraint import (
    AddConstraint,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
    constraint_name,
)
from ..detached import is_created_on
from ..errors import MissingFact, UnsupportedChange, WrongValue
from ..index import CreateIndex, DropIndex, RenameIndex
from ..table import CreateTable, DropTable, RenameTable, SetTableSchema, create_with_companions
from ..table_options import AlterTableOptions, refused
from . import mssql_catalog as catalog
from .mssql_read import refuse_in_memory


@lowers(CreateTable, "mssql")
def _create_table(
    change: CreateTable, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    refuse_clauses(change, change.element.constraints)
    elements = [catalog.national_column(e) if isinstance(e, Column) else e for e in change.elements]
    if any(new is not old for new, old in zip(elements, change.elements, strict=True)):
        yield change.replace(elements=elements)
    else:
        yield from create_with_companions(change, dialect, connection)


@compiles(CreateTable, "mssql")
def _create_table_text(change: CreateTable, compiler: DDLCompiler, **kw: Any) -> str:
    """CREATE TABLE has no IF NOT EXISTS: OBJECT_ID tells whether there is such a table (U)."""
    guard = ""
    if change.if_not_exists:
        name = sqltext.name(compiler, change.table_name)
        guard = catalog.if_object(compiler, name, change.schema, "U", there=False)
    plain = change.replace(if_not_exists=None)
    if names := _default_names(change):
        plain.columns = [_NamedDefault(c, names.get(c.name)) for c in plain.element.columns]
    return guard + sqltext.visit(compiler, "create_table", plain)


def _default_names(change: CreateTable) -> dict[str, str]:
    """Give what `mssql_default_name` says: names of columns to those of their defaults."""
    names = change.dialect_kwargs.get("mssql_default_name") or {}
    if not isinstance(names, dict) or not all(isinstance(n, str) and n for n in names.values()):
        raise WrongValue(
            "CreateTable", "mssql_default_name", names, "a mapping of columns to names"
        )
    columns = [e.name for e in change.elements if isinstance(e, Column)]
    if unknown := [n for n in names if n not in columns]:
        raise WrongValue("CreateTable", "mssql_default_name", unknown[0], "columns of the table")
    return names


class _NamedDefault(sa_schema.CreateColumn):
    """A column of CREATE TABLE whose default has a name, or none."""

    def __init__(self, column: Column[Any], name: str | None) -> None:
        super().__init__(column)
        self.name = name


@compiles(_NamedDefault, "mssql")
def _named_default(create: _NamedDefault, compiler: DDLCompiler, **kw: Any) -> str:
    untyped: Any = compiler
    text: str = untyped.visit_create_column(create, **kw)
    return with_named_default(compiler, create.element, create.name, text)


def with_named_default(
    compiler: DDLCompiler, column: Column[Any], name: str | None, text: str
) -> str:
    """Give a column's text with a name for its default (column_definition), if it has one."""
    default = compiler.get_column_default_string(column)
    if name is None or default is None:
        return text
    before, words, after = text.partition(f" DEFAULT {default}")
    return f"{before} CONSTRAINT {sqltext.name(compiler, name)}{words}{after}"


@compiles(DropTable, "mssql")
def _drop_table_text(change: DropTable, compiler: DDLCompiler, **kw: Any) -> str:
    exists, guard = catalog.if_exists(compiler, change.if_exists), ""
    if change.if_exists and not exists:
        name = sqltext.name(compiler, change.table_name)
        guard = catalog.if_object(compiler, name, change.schema, "U", there=True)
    return f"{guard}DROP TABLE {exists}{sqltext.table(compiler, change.table_name, change.schema)}"


@compiles(RenameTable, "mssql")
def _rename_table(change: RenameTable, compiler: DDLCompiler, **kw: Any) -> str:
    return catalog.rename(
        compiler, None, change.new_table_name, change.schema, change.old_table_name
    )


@lowers(SetTableSchema, "mssql")
def _needs_a_schema(
    change: SetTableSchema, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """ALTER SCHEMA names the schema, and moves "between schemas in the same database"."""
    new = change.new_schema or dialect.default_schema_name
    if new is None:
        raise MissingFact(change.describe(), ("new_schema",), "ALTER SCHEMA names a schema")
    if new != catalog.owner(new):
        raise UnsupportedChange(
            change.describe(), "mssql", "a table moves only inside of its database"
        )
    yield change


@compiles(SetTableSchema, "mssql")
def _set_table_schema(change: SetTableSchema, compiler: DDLCompiler, **kw: Any) -> str:
    new = change.new_schema or compiler.dialect.default_schema_name
    table = sqltext.table(compiler, change.table_name, change.schema)
    return f"ALTER SCHEMA {sqltext.name(compiler, str(new))} TRANSFER {table}"


@compiles(CreateTableComment, "mssql")
def _create_table_comment(change: CreateTableComment, compiler: DDLCompiler, **kw: Any) -> str:
    return catalog.comment(compiler, change, change.comment)


@compiles(DropTableComment, "mssql")
def _drop_table_comment(change: DropTableComment, compiler: DDLCompiler, **kw: Any) -> str:
    return catalog.comment(compiler, change, None)


def refuse_clauses(change: Change, constraints: Iterable[Constraint]) -> None:
    """Raise if a constraint says what T-SQL hasn't.

    ALTER TABLE table_constraint: no MATCH, no DEFERRABLE, no RESTRICT.
    """
    for constraint in constraints:
        said = None
        if constraint.deferrable is not None or constraint.initially is not None:
            said, mend = "DEFERRABLE or INITIALLY", "leave deferrable and initially out"
        if isinstance(constraint, ForeignKeyConstraint):
            actions = {str(a).upper() for a in (constraint.ondelete, constraint.onupdate) if a}
            if constraint.match:
                said, mend = "MATCH", "leave match out"
            elif "RESTRICT" in actions:
                said, mend = "RESTRICT", "say NO ACTION, its default"
        if said:
            raise UnsupportedChange(
                change.describe(), "mssql", f"its constraints have no {said}", mend
            )


@lowers(AddConstraint, "mssql")
def _add_constraint(
    change: AddConstraint, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    refuse_clauses(change, (change.constraint,))
    if is_created_on(change.constraint, dialect):
        yield change


@compiles(DropConstraint, "mssql")
def _drop_constraint(change: DropConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    name = constraint_name(change, compiler)
    exists, guard = catalog.if_exists(compiler, change.if_exists), ""
    if change.if_exists and not exists:
        guard = catalog.if_object(compiler, name, change.schema, None, there=True)
    return f"{guard}ALTER TABLE {table} DROP CONSTRAINT {exists}{name}"


@compiles(RenameConstraint, "mssql")
def _rename_constraint(change: RenameConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    """sp_rename: "constraints are schema-scoped", so the table's name isn't said."""
    return catalog.rename(
        compiler, "OBJECT", change.new_constraint_name, change.schema, change.constraint_name
    )


@compiles(ValidateConstraint, "mssql")
def _validate_constraint(change: ValidateConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    """ALTER TABLE: WITH CHECK validates, the second CHECK enables."""
    table = sqltext.table(compiler, change.table_name, change.schema)
    name = sqltext.name(compiler, change.constraint_name)
    return f"ALTER TABLE {table} WITH CHECK CHECK CONSTRAINT {name}"


@lowers(CreateIndex, "mssql")
def _create_index(
    change: CreateIndex, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """CREATE INDEX: an index is over columns; text() is taken for what it says."""
    for element in change.columns:
        column = element.element if isinstance(element, UnaryExpression) else element
        if not isinstance(column, (str, ColumnClause, TextClause)):
            raise UnsupportedChange(
                change.describe(),
                "mssql",
                "it has no indexes over expressions",
                "add a computed column and index that",
            )
    refuse_in_memory(change, dialect, connection)
    yield change


@compiles(CreateIndex, "mssql")
def _create_index_text(change: CreateIndex, compiler: DDLCompiler, **kw: Any) -> str:
    text = sqltext.visit(compiler, "create_index", change)
    if not change.if_not_exists:
        return text
    name = compiler.preparer.format_index(change.element)
    return catalog.if_index(compiler, name, change.table_name, change.schema, there=False) + text


@lowers(DropIndex, "mssql")
@lowers(RenameIndex, "mssql")
def _needs_a_table(
    change: DropIndex | RenameIndex, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """DROP INDEX name ON table; sp_rename 'table.index'."""
    if change.table_name is None:
        raise MissingFact(
            change.describe(), ("table_name",), "SQL Server finds an index by its table"
        )
    if isinstance(change, DropIndex):
        refuse_in_memory(change, dialect, connection)
    yield change


@compiles(DropIndex, "mssql")
def _drop_index(change: DropIndex, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, str(change.table_name), change.schema)
    name = compiler.preparer.format_index(change.element)
    exists, guard = catalog.if_exists(compiler, change.if_exists), ""
    if change.if_exists and not exists:
        guard = catalog.if_index(compiler, name, str(change.table_name), change.schema, there=True)
    return f"{guard}DROP INDEX {exists}{name} ON {table}"


@compiles(RenameIndex, "mssql")
def _rename_index(change: RenameIndex, compiler: DDLCompiler, **kw: Any) -> str:
    return catalog.rename(
        compiler,
        "INDEX",
        change.new_index_name,
        change.schema,
        str(change.table_name),
        change.index_name,
    )


@lowers(AlterTableOptions, "mssql")
def _alter_table_options(
    change: AlterTableOptions, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """ALTER TABLE: SET takes LOCK_ESCALATION and SYSTEM_VERSIONING, REBUILD the compression."""
    options = change.of("mssql")
    for option in options:
        if option not in _OPTIONS:
            raise refused(change, "mssql", option, "ALTER TABLE has no word for it")
    for option in options:
        yield change.only(f"mssql_{option}")


_OPTIONS = {
    "data_compression": ("REBUILD WITH (DATA_COMPRESSION = {})", "NONE"),
    "lock_escalation": ("SET (LOCK_ESCALATION = {})", "TABLE"),
    "system_versioning": ("SET (SYSTEM_VERSIONING = {})", "OFF"),
}
"""Option to what says it, and the server's default."""


@compiles(AlterTableOptions, "mssql")
def _alter_table_options_text(change: AlterTableOptions, compiler: DDLCompiler, **kw: Any) -> str:
    ((option, value),) = change.of("mssql").items()
    action, default = _OPTIONS[option]
    table = sqltext.table(compiler, change.table_name, change.schema)
    if option == "system_versioning" and value is not None:
        # "you must specify the schema and table name" (ALTER TABLE, HISTORY_TABLE)
        schema = change.schema or compiler.dialect.default_schema_name or "dbo"
        history = sqltext.table(compiler, str(value), catalog.owner(schema))
        return f"ALTER TABLE {table} {action.format(f'ON (HISTORY_TABLE = {history})')}"
    return f"ALTER TABLE {table} {action.format(default if value is None else str(value).upper())}"
