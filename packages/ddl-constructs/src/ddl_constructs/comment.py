"""Changes of a table's comment; a column's is an aspect of `AlterColumn`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from . import sqltext
from .change import Change
from .errors import IrreversibleChange


@dataclass(eq=False)
class CreateTableComment(Change):
    """Set a table's comment: `op.create_table_comment("t", "what it holds")`.

    `COMMENT ON TABLE t IS 'what it holds'`; MySQL says `ALTER TABLE t COMMENT '...'`,
    SQLite has no comments.

    Attributes:
        table_name: The table's name.
        comment: The comment afterwards.
        existing_comment: The comment as it is; None if there is none.
        schema: The table's schema; None for the default one.
    """

    words: ClassVar = ("create_table_comment",)

    table_name: str
    comment: str | None
    existing_comment: str | None = field(default=None, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> Change:
        if self.existing_comment is None:
            return DropTableComment(
                self.table_name, existing_comment=self.comment, schema=self.schema
            )
        return CreateTableComment(
            self.table_name,
            self.existing_comment,
            existing_comment=self.comment,
            schema=self.schema,
        )

    def describe(self) -> str:
        return f"comment table {sqltext.dotted(self.schema, self.table_name)}: {self.comment!r}"


@dataclass(eq=False)
class DropTableComment(Change):
    """Take a table's comment away: `op.drop_table_comment("t")`.

    `COMMENT ON TABLE t IS NULL`; MySQL says `ALTER TABLE t COMMENT ''`.

    Attributes:
        table_name: The table's name.
        existing_comment: The comment as it is, so that the change can be reversed.
        schema: The table's schema; None for the default one.
    """

    words: ClassVar = ("drop_table_comment",)

    table_name: str
    existing_comment: str | None = field(default=None, kw_only=True)
    schema: str | None = field(default=None, kw_only=True)

    def reverse(self) -> CreateTableComment:
        if self.existing_comment is None:
            raise IrreversibleChange(
                self.describe(), ("existing_comment",), "the comment isn't known"
            )
        return CreateTableComment(self.table_name, self.existing_comment, schema=self.schema)

    def describe(self) -> str:
        return f"drop the comment of table {sqltext.dotted(self.schema, self.table_name)}"


@compiles(CreateTableComment)
def _create_table_comment(change: CreateTableComment, compiler: DDLCompiler, **kw: Any) -> str:
    return comment_on_table(change.table_name, change.schema, change.comment, compiler)


@compiles(DropTableComment)
def _drop_table_comment(change: DropTableComment, compiler: DDLCompiler, **kw: Any) -> str:
    return comment_on_table(change.table_name, change.schema, None, compiler)


def comment_on_table(
    table_name: str, schema: str | None, comment: str | None, compiler: DDLCompiler
) -> str:
    """Write COMMENT ON TABLE; None takes the comment away."""
    text = "NULL" if comment is None else sqltext.literal(compiler, comment)
    return f"COMMENT ON TABLE {sqltext.table(compiler, table_name, schema)} IS {text}"
