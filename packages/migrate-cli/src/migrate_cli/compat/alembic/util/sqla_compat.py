"""Questions about SQLAlchemy's objects, by the names that plugins use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeGuard

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKeyConstraint,
    Identity,
    Index,
    Table,
    __version__,
    inspect,
    literal,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.schema import Constraint
from sqlalchemy.sql.base import _NoneName
from sqlalchemy.sql.elements import ColumnClause, ColumnElement, TextClause
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import TypeEngine

_NONE_NAME = _NoneName.NONE_NAME
AUTOINCREMENT_DEFAULT = "auto"

_vers = tuple(int(part) for part in __version__.split(".")[:2])
sqlalchemy_version = __version__
sqla_14 = sqla_2 = sqla_2_0_25 = True
sqla_2_1 = _vers >= (2, 1)


def constraint_name_defined(name: object) -> bool:
    """Tell whether a constraint's name was given, be it by a naming convention."""
    return isinstance(name, (str, _NoneName))


def constraint_name_string(name: object) -> TypeGuard[str]:
    """Tell whether a constraint's name is a text."""
    return isinstance(name, str)


def constraint_name_or_none(name: object) -> str | None:
    """Give a constraint's name if it is a text."""
    return name if constraint_name_string(name) else None


def _constraint_is_named(constraint: Constraint | Index, dialect: Dialect | None) -> bool:
    return _get_constraint_final_name(constraint, dialect) is not None


def _get_constraint_final_name(
    constraint: Constraint | Index, dialect: Dialect | None
) -> str | None:
    """Give the name that reaches the database, by convention and cut to length; None if none does."""
    if constraint.name is None:
        return None
    if dialect is None:
        return constraint_name_or_none(constraint.name)
    preparer: Any = dialect.identifier_preparer
    # SQLAlchemy's own door for those who want the name without its quotes
    name = preparer.format_constraint(constraint, _alembic_quote=False)
    return None if name is None else str(name)


def _columns_for_constraint(constraint: Any) -> list[Any]:
    if isinstance(constraint, ForeignKeyConstraint):
        return [element.parent for element in constraint.elements]
    if isinstance(constraint, CheckConstraint):
        return _find_columns(constraint.sqltext)
    return list(constraint.columns)


def _table_for_constraint(constraint: Any) -> Table | None:
    if isinstance(constraint, ForeignKeyConstraint):
        return constraint.table
    found: Table | None = getattr(constraint, "table", None)
    return found


def _find_columns(clause: Any) -> list[Any]:
    return [one for one in iterate(clause) if isinstance(one, ColumnClause)]


def _copy(schema_item: Any, **kw: Any) -> Any:
    copy = getattr(schema_item, "_copy", None) or schema_item.copy
    return copy(**kw)


def _connectable_has_table(connectable: Connection, tablename: str, schemaname: str | None) -> bool:
    return inspect(connectable).has_table(tablename, schemaname)


@contextmanager
def _ensure_scope_for_ddl(connection: Connection | None) -> Iterator[None]:
    with nullcontext() if connection is None or connection.in_transaction() else connection.begin():
        yield


def _get_connection_in_transaction(connection: Connection | None) -> bool:
    return bool(getattr(connection, "in_transaction", bool)())


def _exec_on_inspector(inspector: Any, statement: Any, **params: Any) -> Any:
    with inspector._operation_context() as connection:
        return connection.execute(statement, params)


def _server_default_is_computed(*server_default: object) -> bool:
    return any(isinstance(one, Computed) for one in server_default)


def _server_default_is_identity(*server_default: object) -> bool:
    return any(isinstance(one, Identity) for one in server_default)


def _is_type_bound(constraint: Any) -> bool:
    return bool(getattr(constraint, "_type_bound", False))


def _type_has_variants(type_: TypeEngine[Any]) -> bool:
    return bool(type_._variant_mapping)


def _get_variant_mapping(type_: TypeEngine[Any]) -> Any:
    return type_._variant_mapping


def _get_table_key(name: str, schema: str | None) -> str:
    return name if schema is None else f"{schema}.{name}"


def _fk_spec(constraint: Any) -> Any:
    """What a foreign key says, in one tuple: both ends and its options."""
    return (
        constraint.parent.schema,
        constraint.parent.name,
        [constraint.parent.c[key].name for key in constraint.column_keys],
        constraint.elements[0].column.table.schema,
        constraint.elements[0].column.table.name,
        [element.column.name for element in constraint.elements],
        constraint.onupdate,
        constraint.ondelete,
        constraint.deferrable,
        constraint.initially,
    )


def _literal_bindparam(key: Any, value: Any, type_: Any = None) -> Any:
    return literal(value, type_, literal_execute=True)


def is_expression(expr: Any) -> bool:
    """Tell whether an element of an index is more than a plain column."""
    inner = getattr(expr, "element", expr)
    return not isinstance(inner, Column) and isinstance(inner, (ColumnElement, TextClause))


def is_expression_index(index: Index) -> bool:
    """Tell whether an index has an element that is more than a plain column."""
    return any(is_expression(one) for one in index.expressions)


def all_table_check_constraints(table: Table) -> set[CheckConstraint]:
    """Give the CHECK constraints of a table."""
    return {one for one in table.constraints if isinstance(one, CheckConstraint)}


def _idx_table_bound_expressions(idx: Index) -> Any:
    return idx.expressions


def _remove_column_from_collection(collection: Any, column: Any) -> None:
    collection.remove(column)


def _get_identity_options_dict(identity: Any) -> dict[str, Any]:
    """Give the options of an Identity or a Sequence that were said."""
    if identity is None:
        return {}
    names = ("always", "start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue")
    more = ("cycle", "cache", "order", "on_null")
    options = {name: getattr(identity, name, None) for name in (*names, *more)}
    return {name: value for name, value in options.items() if value is not None}
