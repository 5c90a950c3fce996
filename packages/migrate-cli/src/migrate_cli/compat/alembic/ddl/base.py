"""The statements that alter a table, by Alembic's names, for dialects that compile them their own way.

Each compiles as our change of the same meaning. Where somebody registered how a dialect says one
(`@compiles(ColumnType, "my_dialect")`), `own_way` gives it in the change's place.
"""

from __future__ import annotations

from typing import Any, ClassVar

import ddl_constructs as ddl
from ddl_constructs import KEEP, Change
from sqlalchemy import Column, Computed, Identity
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.types import NULLTYPE, TypeEngine, to_instance


class AlterTable(ExecutableDDLElement):
    """A statement that alters a table.

    Attributes:
        table_name: The table's name; `schema` its schema, None for the default one.
    """

    def __init__(self, table_name: str, schema: str | None = None) -> None:
        self.table_name, self.schema = table_name, schema

    @property
    def change(self) -> Change:
        """The change of the same meaning."""
        raise NotImplementedError(f"{type(self).__name__} is no change of ours")


class RenameTable(AlterTable):
    """Rename a table."""

    def __init__(self, old_table_name: str, new_table_name: str, schema: str | None = None) -> None:
        super().__init__(old_table_name, schema)
        self.new_table_name = new_table_name

    @property
    def change(self) -> Change:
        return ddl.RenameTable(self.table_name, self.new_table_name, schema=self.schema)


class AddColumn(AlterTable):
    """Add a column."""

    def __init__(
        self,
        name: str,
        column: Column[Any],
        schema: str | None = None,
        if_not_exists: bool | None = None,
        inline_references: bool | None = None,
        inline_primary_key: bool | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.column, self.if_not_exists = column, if_not_exists
        self.inline_references, self.inline_primary_key = inline_references, inline_primary_key

    @property
    def change(self) -> Change:
        return ddl.AddColumn(
            self.table_name,
            self.column,
            schema=self.schema,
            if_not_exists=self.if_not_exists,
            inline_references=self.inline_references,
            inline_primary_key=self.inline_primary_key,
        )


class DropColumn(AlterTable):
    """Drop a column."""

    def __init__(
        self,
        name: str,
        column: Column[Any],
        schema: str | None = None,
        if_exists: bool | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.column, self.if_exists = column, if_exists

    @property
    def change(self) -> Change:
        return ddl.DropColumn(
            self.table_name, self.column.name, schema=self.schema, if_exists=self.if_exists
        )


class AlterColumn(AlterTable):
    """Alter one aspect of a column.

    Attributes:
        column_name: The column's name as it is.
        existing_type: The type as it is, None if not said; likewise `existing_nullable`,
            `existing_server_default` and `existing_comment`.
    """

    fact: ClassVar[tuple[str, str]] = ("", "")  # the attribute, and the field of our change

    def __init__(
        self,
        name: str,
        column_name: str,
        schema: str | None = None,
        existing_type: Any = None,
        existing_nullable: bool | None = None,
        existing_server_default: Any = None,
        existing_comment: str | None = None,
    ) -> None:
        super().__init__(name, schema)
        self.column_name, self.existing_nullable = column_name, existing_nullable
        self.existing_type = None if existing_type is None else to_instance(existing_type)
        self.existing_server_default = existing_server_default
        self.existing_comment = existing_comment

    @property
    def change(self) -> Change:
        attribute, field = self.fact
        said = {
            "existing_type": self.existing_type,
            "existing_nullable": self.existing_nullable,
            "existing_server_default": self.existing_server_default,
            "existing_comment": self.existing_comment,
        }
        return ddl.AlterColumn(
            self.table_name,
            self.column_name,
            schema=self.schema,
            **{name: value for name, value in said.items() if value is not None},
            **{field: getattr(self, attribute)},
        )


class ColumnNullable(AlterColumn):
    """Let a column be NULL, or not."""

    fact = ("nullable", "nullable")

    def __init__(self, name: str, column_name: str, nullable: bool, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.nullable = nullable


class ColumnType(AlterColumn):
    """Change a column's type."""

    fact = ("type_", "type_")

    def __init__(self, name: str, column_name: str, type_: TypeEngine[Any], **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.type_ = to_instance(type_)


class ColumnName(AlterColumn):
    """Rename a column."""

    fact = ("newname", "new_column_name")

    def __init__(self, name: str, column_name: str, newname: str, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.newname = newname


class ColumnDefault(AlterColumn):
    """Change a column's default; None takes it away."""

    fact = ("default", "server_default")

    def __init__(self, name: str, column_name: str, default: Any, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default


class ComputedColumnDefault(AlterColumn):
    """Change the expression that a column is computed by."""

    fact = ("default", "server_default")

    def __init__(self, name: str, column_name: str, default: Computed | None, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.default = default


class IdentityColumnDefault(AlterColumn):
    """Change how a column's numbers are given."""

    fact = ("default", "server_default")

    def __init__(
        self, name: str, column_name: str, default: Identity | None, impl: Any, **kw: Any
    ) -> None:
        super().__init__(name, column_name, **kw)
        self.default, self.impl = default, impl


class ColumnComment(AlterColumn):
    """Change a column's comment; None takes it away."""

    fact = ("comment", "comment")

    def __init__(self, name: str, column_name: str, comment: str | None, **kw: Any) -> None:
        super().__init__(name, column_name, **kw)
        self.comment = comment


@compiles(AlterTable)
def _as_our_change(element: AlterTable, compiler: Any, **kw: Any) -> str:
    pieces = element.change.statements(compiler.dialect)
    return ";\n".join(str(compiler.process(piece, **kw)) for piece in pieces)


visit_add_column = visit_drop_column = visit_rename_table = _as_our_change
visit_column_nullable = visit_column_type = visit_column_name = _as_our_change
visit_column_default = visit_computed_column = visit_identity_column = _as_our_change


def has_own_ways(dialect: str) -> bool:
    """Tell whether somebody said how this dialect compiles any of these statements."""
    kinds: tuple[type, ...] = (
        AlterTable,
        *AlterTable.__subclasses__(),
        *AlterColumn.__subclasses__(),
    )
    return any(dialect in _registered(kind) for kind in kinds)


def own_way(piece: Any, dialect: str) -> Any:
    """Give a statement by Alembic's name if somebody said how this dialect compiles that; else itself."""
    kind = _kind(piece)
    if kind is None or not _is_registered(kind, dialect):
        return piece
    if kind is RenameTable:
        return RenameTable(piece.old_table_name, piece.new_table_name, piece.schema)
    if kind is AddColumn:
        inline = (piece.inline_references, piece.inline_primary_key)
        return AddColumn(piece.table_name, piece.bound, piece.schema, piece.if_not_exists, *inline)
    if kind is DropColumn:
        column = piece.existing_column
        column = Column(piece.column_name, NULLTYPE) if column is None else column
        return DropColumn(piece.table_name, column, piece.schema, piece.if_exists)
    facts = ("existing_type", "existing_nullable", "existing_server_default", "existing_comment")
    said = {name: v for name in facts if (v := getattr(piece, name)) is not KEEP}
    new = getattr(piece, kind.fact[1])
    impl = (None,) if kind is IdentityColumnDefault else ()
    return kind(piece.table_name, piece.column_name, new, *impl, schema=piece.schema, **said)


def _kind(piece: Any) -> Any:
    plain = {ddl.RenameTable: RenameTable, ddl.AddColumn: AddColumn, ddl.DropColumn: DropColumn}
    if not isinstance(piece, ddl.AlterColumn):
        return plain.get(type(piece))
    if len(piece.aspects) != 1:
        return None
    (aspect,) = piece.aspects
    if aspect == "server_default":
        values = (piece.server_default, piece.existing_server_default)
        for value, kind in ((Computed, ComputedColumnDefault), (Identity, IdentityColumnDefault)):
            if any(isinstance(one, value) for one in values):
                return kind
    return next((k for k in AlterColumn.__subclasses__() if k.fact[1] == aspect), None)


def _is_registered(kind: type, dialect: str) -> bool:
    return any(dialect in _registered(cls) for cls in kind.__mro__)


def _registered(kind: type) -> Any:
    """Give the names of the dialects that a statement's class has a compile rule for."""
    dispatcher = vars(kind).get("_compiler_dispatcher")
    return () if dispatcher is None else dispatcher.specs


def alter_table(compiler: Any, name: str, schema: str | None) -> str:
    """Write `ALTER TABLE` and the table's name."""
    return f"ALTER TABLE {format_table_name(compiler, name, schema)}"


def alter_column(compiler: Any, name: str) -> str:
    """Write `ALTER COLUMN` and the column's name."""
    return f"ALTER COLUMN {format_column_name(compiler, name)}"


def add_column(
    compiler: Any,
    column: Column[Any],
    if_not_exists: bool | None = None,
    inline_references: bool | None = None,
    inline_primary_key: bool | None = None,
    **kw: Any,
) -> str:
    """Write `ADD COLUMN` and the column's specification."""
    change = ddl.AddColumn(
        "t",
        column,
        if_not_exists=if_not_exists,
        inline_references=inline_references,
        inline_primary_key=inline_primary_key,
    )
    text = str(compiler.process(change, **kw))
    return text.removeprefix(f"{alter_table(compiler, 't', None)} ")


def drop_column(compiler: Any, name: str, if_exists: bool | None = None, **kw: Any) -> str:
    """Write `DROP COLUMN` and the column's name."""
    guard = "IF EXISTS " if if_exists else ""
    return f"DROP COLUMN {guard}{format_column_name(compiler, name)}"


def format_table_name(compiler: Any, name: str, schema: str | None) -> str:
    """Write a table's name, quoted where it must be, with its schema."""
    quote = compiler.preparer.quote
    table = str(quote(name))
    return f"{quote_dotted(schema, quote)}.{table}" if schema else table


def format_column_name(compiler: Any, name: str) -> str:
    """Write a column's name, quoted where it must be."""
    return str(compiler.preparer.quote(name))


def format_server_default(compiler: Any, default: Any) -> str:
    """Write a default as it stands in SQL."""
    return str(compiler.get_column_default_string(Column("c", NULLTYPE, server_default=default)))


def format_type(compiler: Any, type_: TypeEngine[Any]) -> str:
    """Write a type."""
    return str(compiler.dialect.type_compiler_instance.process(type_))


def quote_dotted(name: str, quote: Any) -> str:
    """Quote each part of a dotted name; one that says itself how it is quoted is one part."""
    if isinstance(name, quoted_name):
        return str(quote(name))
    return ".".join(str(quote(part)) for part in name.split("."))
