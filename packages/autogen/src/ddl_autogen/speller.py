"""SQL text of types, defaults and expressions, as a dialect writes them."""

from __future__ import annotations

import copy
import re
from typing import Any

from ddl_constructs import tokens
from sqlalchemy import Column, Constraint, Index, Table, text
from sqlalchemy import types as sqltypes
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.schema import CreateIndex, ExecutableDDLElement
from sqlalchemy.sql.elements import ClauseElement, ColumnElement, TextClause, conv
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeEngine

_PLAIN: dict[type[TypeEngine[Any]], tuple[str, ...]] = {
    sqltypes.BigInteger: (),
    sqltypes.Boolean: (),
    sqltypes.Date: (),
    sqltypes.DateTime: ("timezone",),
    sqltypes.Float: ("precision",),
    sqltypes.Integer: (),
    sqltypes.JSON: (),
    sqltypes.Numeric: ("precision", "scale"),
    sqltypes.SmallInteger: (),
    sqltypes.String: ("length", "collation"),
    sqltypes.Text: ("length", "collation"),
}
"""Types that models have many of, and the attributes from which their text follows."""
_BLANKS = re.compile(r"[ \t]+\n")
_BIND = re.compile(r"(?<![:\w]):(?=[\w$])|\\:")


class Speller:
    """Writes pieces of SQL for one dialect, with literals inside and nothing doubled.

    A driver's paramstyle may want percent signs doubled in what it executes; what is
    compared or written into a file has them once.

    Attributes:
        dialect: A copy of the dialect, for SQLAlchemy's compilers.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = copy.copy(dialect)
        preparer: Any = copy.copy(dialect.identifier_preparer)
        preparer._double_percents = False
        preparer._strings = {}  # what it has quoted already, with percent signs doubled
        preparer.dialect = self.dialect
        self.dialect.identifier_preparer = preparer
        self.dialect.__dict__.pop("_type_memos", None)  # holds literal processors that double
        compiler: Any = type(dialect.type_compiler_instance)
        self.dialect.type_compiler_instance = compiler(self.dialect)
        nothing: Any = None
        self._ddl = self.dialect.ddl_compiler(self.dialect, nothing)
        self._sql = self._ddl.sql_compiler
        self._types = self.dialect.type_compiler_instance
        self._known: dict[Any, str] = {}

    def type(self, type_: TypeEngine[Any], column: Column[Any] | None = None) -> str:
        """Write a type as a column of it is declared."""
        facts = _PLAIN.get(type(type_))
        if facts is not None and not type_._variant_mapping:
            key = (type(type_), *[getattr(type_, fact) for fact in facts])
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = self._types.process(type_, type_expression=column)
            return known
        return self._types.process(type_, type_expression=column)

    def default(self, column: Column[Any]) -> str | None:
        """Write a column's server default; None if it has none that is SQL text."""
        arg = getattr(column.server_default, "arg", None)
        if not isinstance(arg, str):
            return self._ddl.get_column_default_string(column)
        if arg not in self._known:
            self._known[arg] = str(self._ddl.get_column_default_string(column))
        return self._known[arg]

    def expression(self, expression: ColumnElement[Any] | TextClause) -> str:
        """Write an expression over one table's columns, without that table's name."""
        return str(self._sql.process(expression, include_table=False, literal_binds=True))

    def name(self, item: Constraint | Index) -> str | None:
        """Give the name that a bound constraint or index has in the database, cut and by convention.

        Returns:
            A plain string if the model says it, a `conv` if a convention made it,
            None if it has none.
        """
        if item.name is None:
            return None
        named: Any = self.dialect.identifier_preparer
        final = named.format_constraint(item, _alembic_quote=False)
        if final is None:
            return None
        stated = isinstance(item.name, str) and not isinstance(item.name, conv)
        return str(final) if stated and str(final) == str(item.name) else conv(str(final))

    def quote(self, name: str) -> str:
        """Quote an identifier where the dialect needs it."""
        return self.dialect.identifier_preparer.quote(name)

    def table(self, name: str, schema: str | None = None) -> str:
        """Write a table's name, with its schema if there is one."""
        return f"{self.quote(schema)}.{self.quote(name)}" if schema else self.quote(name)

    def literal(self, value: str) -> str:
        """Write a string as a SQL literal."""
        from sqlalchemy.types import String

        return str(self._sql.render_literal_value(value, String()))

    def creates(self, item: SchemaItem) -> bool:
        """Tell whether a constraint or index is made on this dialect.

        The CHECK of a type may not be, nor what has an `ddl_if`. (SQLAlchemy's
        AddConstraint leaves a rule on every constraint that it made: no fact.)
        """
        if getattr(item, "_type_bound", False):
            rule: Any = getattr(item, "_create_rule", None)
            if rule is not None and not rule(self._ddl):
                return False
        condition: Any = getattr(item, "_ddl_if", None)
        if condition is None:
            return True
        return bool(condition._should_execute(CreateIndex(item), item, None, compiler=self._ddl))  # type: ignore[arg-type]  # any DDL element will do

    def constraint(self, constraint: Constraint) -> str:
        """Write a bound constraint as it stands in CREATE TABLE, without name and deferral."""
        plain: Any = copy.copy(constraint)
        plain.name = plain.deferrable = plain.initially = None
        return str(self._ddl.process(plain))

    def ddl(self, element: ExecutableDDLElement) -> str:
        """Write a statement."""
        return str(element.compile(dialect=self.dialect)).strip()

    def query(self, query: str | ClauseElement) -> str:
        """Write a query with its values in their places; text stays as it is."""
        if isinstance(query, str):
            return query
        made = query.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True})
        return _without_trailing_blanks(str(made))

    def column_specification(self, column: Column[Any]) -> str:
        """Write a bound column as it stands in CREATE TABLE."""
        return str(self._ddl.get_column_specification(column))


def _without_trailing_blanks(sql: str) -> str:
    """Take away the blanks that SQLAlchemy leaves at the ends of lines, not those in strings."""
    kept, end = [], 0
    for token in tokens(sql):
        kept += [_BLANKS.sub("\n", sql[end : token.start]), token.text]
        end = token.end
    return "".join(kept)


def escaped(sql: str) -> str:
    """Write SQL so that `text()` gives it back: colons that it would take for binds escaped.

    >>> str(text(escaped("a = ':b'")))
    "a = ':b'"
    >>> escaped("now()::date")
    'now()::date'
    """
    return sql.replace(":", "\\:") if _BIND.search(sql) else sql


def sql_text(sql: str) -> TextClause:
    """Make the `text()` that compiles to exactly this SQL."""
    return text(escaped(sql))


def table_of(item: Column[Any] | Constraint) -> Table | None:
    """Give the Table that something hangs on; None if it hangs on none."""
    return getattr(item, "table", None)
