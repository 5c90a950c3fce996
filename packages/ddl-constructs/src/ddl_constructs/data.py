"""Changes of rows, and SQL that is said as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import column, select, table, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import TableClause

from .change import Change, Spelling, lowers
from .errors import IrreversibleChange, WrongValue
from .loading import load_dialect
from .rows import insert_rows, must_be_rows
from .sqltext import dotted, raw_text


@dataclass(eq=False, init=False)
class ExecuteSQL(Change):
    r"""Execute SQL: `op.execute("UPDATE t SET a = 1")`.

    A string is taken like `sqlalchemy.text`: `:name` is a bind parameter, written
    `\\:name` where a colon is meant, or all of it `raw`.

    Attributes:
        sqltext: A string, text() or any other executable construct.
        raw: Take the string as it stands: none of its colons is a bind parameter, none of
            its backslashes goes.
        undo: The SQL that undoes it, taken as it stands, so that the change can be reversed; None if
            that isn't known.
    """

    words: ClassVar = ("execute",)

    sqltext: str | Executable
    raw: bool = field(default=False, kw_only=True)
    undo: str | None = field(default=None, kw_only=True, repr=False, metadata={"carried": True})

    def __init__(
        self,
        sqltext: str | Executable,
        *,
        execution_options: Mapping[str, Any] | None = None,
        raw: bool = False,
        undo: str | None = None,
    ) -> None:
        """Say the SQL, and which execution options the connection gets for it (or None)."""
        self.sqltext, self.raw, self.undo = sqltext, raw, undo
        if raw and not isinstance(sqltext, str):
            raise WrongValue("ExecuteSQL", "sqltext", sqltext, "a string where it is raw")
        if not isinstance(execution_options, Mapping | None):
            raise WrongValue("ExecuteSQL", "execution_options", execution_options, "a mapping")
        self._execution_options = self._execution_options.union(execution_options or {})
        self.__post_init__()

    @property
    def statement(self) -> Executable:
        """The construct that is executed, with its execution options."""
        if isinstance(self.sqltext, str):
            made: Executable = raw_text(self.sqltext) if self.raw else text(self.sqltext)
        else:
            made = self.sqltext
        return made.execution_options(**self._execution_options)

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        options = dict(self._execution_options)
        said = {"sqltext": self.sqltext, "raw": self.raw, "undo": self.undo}
        return (), {**said, "execution_options": options}

    def spelling(self) -> Spelling:
        stated = {"execution_options": dict(self._execution_options), "raw": self.raw}
        keywords = {name: value for name, value in stated.items() if value}
        return Spelling("execute", (self.sqltext,), keywords)

    def reverse(self) -> Change:
        if self.undo is None:
            raise IrreversibleChange(
                self.describe(), ("undo",), "what undoes a piece of SQL isn't known"
            )
        known = isinstance(self.sqltext, str) and self.raw
        return ExecuteSQL(self.undo, raw=True, undo=str(self.sqltext) if known else None)

    def describe(self) -> str:
        try:
            line = " ".join(str(self.sqltext).split())
        except AttributeError:  # SQLAlchemy's CreateEnumType has no text without a dialect
            line = type(self.sqltext).__name__
        return f"execute {line if len(line) <= 60 else line[:57] + '...'}"


@dataclass(eq=False)
class BulkInsert(Change):
    """Insert rows: `op.bulk_insert(table, [{"id": 1}, {"id": 2}])`.

    Rows are handed to the driver in chunks, by the fastest way that it has: COPY on PostgreSQL
    with psycopg, many rows in one statement elsewhere. An iterator is asked for one chunk after
    the other, so that no more than 5,000 rows are held; it is used up by being executed.

    Attributes:
        table: A Table or `table()` with the columns that the rows name.
        rows: Mappings of column key to value; none at all does nothing.
        multiinsert: Hand many rows to the driver at once; False executes one INSERT
            a row, which lets `inline_literal` values through.
    """

    words: ClassVar = ("bulk_insert",)

    table: TableClause
    rows: Iterable[Mapping[str, Any]]
    multiinsert: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.rows, (str, bytes, Mapping)):
            raise WrongValue("BulkInsert", "rows", self.rows, "rows: a list of mappings")
        if isinstance(self.rows, Sequence):
            must_be_rows(self.table, self.rows)

    def reverse(self) -> Change:
        raise IrreversibleChange(self.describe(), (), "which rows to delete isn't known")

    def describe(self) -> str:
        if not isinstance(self.rows, Sized):
            return f"insert rows into {self.table.fullname}"
        count = len(self.rows)
        return f"insert {count} row{'' if count == 1 else 's'} into {self.table.fullname}"

    def _execute_on_connection(
        self, connection: Connection, distilled_params: Any, execution_options: Any
    ) -> Any:
        if self.multiinsert and (not isinstance(self.rows, Sized) or len(self.rows)):
            load_dialect(connection.dialect.name)
            return insert_rows(connection, self.table, self.rows, execution_options)
        return super()._execute_on_connection(connection, distilled_params, execution_options)


@lowers(ExecuteSQL)
def _as_it_is(
    change: ExecuteSQL, dialect: Dialect, connection: Connection | None
) -> Sequence[Executable]:
    return (change.statement,)


@lowers(BulkInsert)
def _row_by_row(
    change: BulkInsert, dialect: Dialect, connection: Connection | None
) -> Sequence[Executable]:
    return [change.table.insert().values(dict(row)) for row in change.rows]


@dataclass(eq=False)
class CopyRows(Change):
    """Copy rows from one table to another: `op.copy_rows("old", "new", {"id": "id"})`.

    `INSERT INTO new (id) SELECT id FROM old`.

    Attributes:
        source_table: Where the rows are.
        target_table: Where they go.
        columns: Target column to source: a column's name, or an expression over them.
        schema: Schema of both; None for the default one.
    """

    words: ClassVar = ("copy_rows",)

    source_table: str
    target_table: str
    columns: Mapping[str, str | ColumnElement[Any]]
    schema: str | None = field(default=None, kw_only=True)

    @property
    def statement(self) -> Executable:
        """The INSERT from SELECT that is executed."""
        source = table(self.source_table, schema=self.schema)
        target = table(self.target_table, *(column(n) for n in self.columns), schema=self.schema)
        values = [column(v) if isinstance(v, str) else v for v in self.columns.values()]
        return target.insert().from_select(
            list(self.columns), select(*values).select_from(source), include_defaults=False
        )

    def reverse(self) -> Change:
        raise IrreversibleChange(self.describe(), (), "which rows to delete isn't known")

    def describe(self) -> str:
        old = dotted(self.schema, self.source_table)
        return f"copy rows of {old} into {dotted(self.schema, self.target_table)}"


@lowers(CopyRows)
def _copy_rows(
    change: CopyRows, dialect: Dialect, connection: Connection | None
) -> Sequence[Executable]:
    return (change.statement,)
