"""What Alembic's comparison asks of a dialect. Ours asks the database, and calls none of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.elements import ColumnClause


class Comparing:
    """The methods by name, for subclasses that go on to them and for plugins that call them."""

    dialect: Dialect

    def autogen_column_reflect(self, inspector: Any, table: Any, column_info: Any) -> None:
        """Called with each column that is read; nothing is to be done."""

    def correct_for_autogen_constraints(
        self,
        conn_uniques: set[Any],
        conn_indexes: set[Any],
        metadata_unique_constraints: set[Any],
        metadata_indexes: set[Any],
    ) -> None:
        """Take out of the sets what is no difference; nothing is to be done."""

    def correct_for_autogen_foreignkeys(self, conn_fks: set[Any], metadata_fks: set[Any]) -> None:
        """Take out of the sets what is no difference; nothing is to be done."""

    def adjust_reflected_dialect_options(
        self, reflected_object: dict[str, Any], kind: str
    ) -> dict[str, Any]:
        """Give the dialect's options of what was read."""
        found: dict[str, Any] = reflected_object.get("dialect_options", {})
        return found

    def cast_for_batch_migrate(self, existing: Any, existing_transfer: Any, new_type: Any) -> None:
        """Say how values come into a column of another type; nothing is to be done."""

    def render_ddl_sql_expr(
        self, expr: Any, is_server_default: bool = False, is_index: bool = False, **kw: Any
    ) -> str:
        """Give an expression as SQL, as it stands in DDL; in brackets where an index wants them."""
        if is_index and not isinstance(expr, ColumnClause):
            expr = expr.self_group()
        keywords = {"literal_binds": True, "include_table": False}
        return str(expr.compile(dialect=self.dialect, compile_kwargs=keywords))
