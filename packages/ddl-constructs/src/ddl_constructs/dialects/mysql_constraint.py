"""What MySQL and MariaDB need to add and drop a constraint; run on MariaDB 10.11."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.ddl import ExecutableDDLElement

from .. import detached, guard
from ..alter_column import AlterColumn
from ..change import Change, lowers
from ..constraint import AddConstraint, DropConstraint
from ..errors import MissingFact, UnsupportedChange
from ..guard import schema_on
from .mysql import is_mariadb, older
from .mysql_column import keeping
from .mysql_read import read_column


@lowers(AddConstraint, "mysql", "mariadb")
def _add_constraint(
    change: AddConstraint, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    """Refuse MATCH; leave a primary key's one possible name unsaid (error 1280 otherwise)."""
    constraint = change.constraint
    if isinstance(constraint, ForeignKeyConstraint) and constraint.match:
        raise UnsupportedChange(
            change.describe(),
            dialect.name,
            "MATCH makes it ignore ON DELETE and ON UPDATE",
            "leave match out",
        )
    if not detached.is_created_on(constraint, dialect):
        return
    if isinstance(constraint, CheckConstraint) and _forgets_checks(change, dialect):
        return
    if isinstance(constraint, PrimaryKeyConstraint) and constraint.name == "PRIMARY":
        unnamed = PrimaryKeyConstraint(
            *detached.column_names(constraint), **constraint.dialect_kwargs
        )
        change = change.replace(constraint=unnamed)
    yield change


def _forgets_checks(change: Change, dialect: Dialect) -> bool:
    """Tell, with a warning, that the server reads a CHECK and forgets it.

    MySQL 8.0 manual, CHECK Constraints: from 8.0.16 on; MariaDB KB, CONSTRAINT: from 10.2.1 on.
    """
    forgets = older(dialect, (8, 0, 16), (10, 2, 1))
    if forgets:
        warnings.warn(
            f"{change.describe()}: {dialect.name} of that version has no CHECKs, nothing is done",
            stacklevel=2,
        )
    return forgets


@lowers(DropConstraint, "mysql", "mariadb")
def _drop_constraint(
    change: DropConstraint, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    """A CHECK that MariaDB knows as part of a column goes with a new definition of that."""
    if change.type_ is None:
        raise MissingFact(
            change.describe(), ("type_",), f"{dialect.name} drops each kind in words of its own"
        )
    if change.type_ == "check" and _forgets_checks(change, dialect):
        return
    if change.if_exists and not is_mariadb(dialect):
        if not guard.has_constraint(change, connection, dialect):
            return
        change = change.replace(if_exists=None)
    if (
        change.type_ == "check"
        and is_mariadb(dialect)
        and connection is not None
        and _is_inside_column(change, connection)
    ):
        here = AlterColumn(change.table_name, str(change.constraint_name), schema=change.schema)
        read = read_column(here, connection)
        assert read is not None, "the catalog has the CHECK of this column"
        found, kept = read
        whole = here.replace(type_=found.pop("existing_type"), **found)
        yield keeping(whole, replace(kept, check=None))
        return
    yield change


_INSIDE = text("""
    SELECT count(*) FROM information_schema.check_constraints
    WHERE constraint_schema = coalesce(:schema, database()) AND table_name = :table
      AND constraint_name = :name AND level = 'Column'
      AND NOT EXISTS (
        SELECT 1 FROM information_schema.check_constraints AS t
        WHERE t.constraint_schema = coalesce(:schema, database()) AND t.table_name = :table
          AND t.constraint_name = :name AND t.level = 'Table'
      )
""")


def _is_inside_column(change: DropConstraint, connection: Connection) -> bool:
    """Tell whether a CHECK is part of the column that it has its name from.

    MariaDB Knowledge Base, CONSTRAINT: one in a column's definition has no name of its own;
    information_schema.check_constraints tells its level.
    """
    names = {
        "schema": schema_on(connection, change.schema),
        "table": change.table_name,
        "name": change.constraint_name,
    }
    return bool(connection.execute(_INSIDE, names).scalar())
