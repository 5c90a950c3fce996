"""How PostgreSQL says a change; run on PostgreSQL 15."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Computed, Identity
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler, IdentifierPreparer

from .. import sqltext
from ..alter_column import AlterColumn, alter_column_text, alter_one_by_one, narrow
from ..change import KEEP, Change, lowers
from ..constraint import RenameConstraint, ValidateConstraint
from ..detached import unbound
from ..errors import MissingFact, UnsupportedChange
from ..table import SetTableSchema
from ..table_options import AlterTableOptions, refused
from .postgresql_serial import follow_type, renumber, renumbered


@lowers(AlterColumn, "postgresql")
def _alter_column(
    change: AlterColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """Type, nullability, default, comment, name; a default that is replaced too goes first.

    ALTER COLUMN TYPE converts the default along, and fails where it has no cast
    (PostgreSQL 15 manual, ALTER TABLE, notes on SET DATA TYPE).
    """
    before: list[Change] = []
    after = list(follow_type(change))
    if renumbered(change):
        before, after = renumber(change, dialect)
        if isinstance(change.server_default, Identity) or isinstance(
            change.existing_server_default, Identity
        ):
            change = change.replace(server_default=KEEP)
    if before or after:
        change = narrow(change, *AlterColumn.ASPECTS[:-1], "new_column_name")
    old = change.existing_server_default
    if (
        old is not None
        and old is not KEEP
        and "type_" in change.aspects
        and "server_default" in change.aspects
    ):
        before.append(change.only("server_default").replace(server_default=None))
    yield from before
    yield from alter_one_by_one(change, dialect, connection)
    yield from after


@compiles(AlterColumn, "postgresql")
def _alter_column_text(change: AlterColumn, compiler: DDLCompiler, **kw: Any) -> str:
    using = change.dialect_kwargs.get("postgresql_using")
    if using and change.type_ is KEEP:
        raise UnsupportedChange(
            change.describe(), "postgresql", "postgresql_using converts to a new type", "give type_"
        )
    if change.aspects == ("server_default",):
        if (text := _identity_text(change, compiler)) is not None:
            return text
        if isinstance(change.existing_server_default, Computed):
            return _expression_text(change, compiler)
    return alter_column_text(change, compiler) + (
        f" USING {sqltext.said_raw(compiler, using)}" if using else ""
    )


def _expression_text(change: AlterColumn, compiler: DDLCompiler) -> str:
    """Write what makes a computed column a plain one that keeps its values, or computes it anew.

    PostgreSQL manual, ALTER TABLE: DROP EXPRESSION from 13 on, SET EXPRESSION from 17 on.
    """
    new, version = change.server_default, getattr(compiler.dialect, "server_version_info", None)
    table = sqltext.table(compiler, change.table_name, change.schema)
    where = f"ALTER TABLE {table} ALTER COLUMN {sqltext.name(compiler, change.column_name)}"
    if new is None:
        return f"{where} DROP EXPRESSION"
    if not isinstance(new, Computed):
        raise UnsupportedChange(
            change.describe(),
            "postgresql",
            "a computed column takes no default",
            "drop the expression first (server_default=None), then set the default",
        )
    if not version or version < (17,):
        raise UnsupportedChange(
            change.describe(),
            "postgresql",
            "a computed expression can be altered from PostgreSQL 17 on, on a connection",
            "drop the column and add it again",
        )
    expression = compiler.sql_compiler.process(
        unbound(new.sqltext), include_table=False, literal_binds=True
    )
    return f"{where} SET EXPRESSION AS ({expression})"


def _identity_text(change: AlterColumn, compiler: DDLCompiler) -> str | None:
    """Write what adds, alters or drops an identity; None where no identity is meant."""
    new, old = change.server_default, change.existing_server_default
    if not isinstance(new, Identity) and not isinstance(old, Identity):
        return None
    table = sqltext.table(compiler, change.table_name, change.schema)
    where = f"ALTER TABLE {table} ALTER COLUMN {sqltext.name(compiler, change.column_name)}"
    if not isinstance(new, Identity):
        if new is None:
            return f"{where} DROP IDENTITY"
        raise UnsupportedChange(
            change.describe(),
            "postgresql",
            "an identity column takes no default",
            "drop the identity first (server_default=None), then set the default",
        )
    if not isinstance(old, Identity):
        return f"{where} ADD {sqltext.visit(compiler, 'identity_column', new)}"
    return f"{where} {_identity_differences(new, old, compiler)}"


def _identity_differences(new: Identity, old: Identity, compiler: DDLCompiler) -> str:
    parts = []
    if bool(new.always) != bool(old.always):
        parts.append(f"SET GENERATED {'ALWAYS' if new.always else 'BY DEFAULT'}")
    for name in (
        "cache",
        "cycle",
        "increment",
        "maxvalue",
        "minvalue",
        "nomaxvalue",
        "nominvalue",
        "start",
    ):
        if getattr(new, name) != getattr(old, name) and getattr(new, name) is not None:
            one = Identity(**{name: getattr(new, name)})
            parts.append(f"SET {compiler.get_identity_options(one)}")
    return " ".join(parts)


@compiles(RenameConstraint, "postgresql")
def _rename_constraint(change: RenameConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    old, new = (
        sqltext.name(compiler, n) for n in (change.constraint_name, change.new_constraint_name)
    )
    return f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}"


@compiles(ValidateConstraint, "postgresql")
def _validate_constraint(change: ValidateConstraint, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    return (
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {sqltext.name(compiler, change.constraint_name)}"
    )


@lowers(SetTableSchema, "postgresql")
def _needs_a_schema(
    change: SetTableSchema, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    """PostgreSQL has no word for the default schema: it must be named, or have been met."""
    new = change.new_schema or dialect.default_schema_name
    if new is None:
        raise MissingFact(change.describe(), ("new_schema",), "SET SCHEMA names a schema")
    yield change if new == change.new_schema else change.replace(new_schema=new)


@compiles(SetTableSchema, "postgresql")
def _set_table_schema(change: SetTableSchema, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    return (
        f"ALTER TABLE {table} SET SCHEMA {compiler.preparer.quote_schema(str(change.new_schema))}"
    )


# PostgreSQL 17 manual, ALTER TABLE; what CREATE TABLE alone can say stands here with its mend
_NOT_ALTERED = {
    "partition_by": "a table is partitioned when it is created; create another and copy the rows",
    "on_commit": "it is said when a temporary table is created",
    "with_oids": "tables have no OIDs any more",
}


@lowers(AlterTableOptions, "postgresql")
def _alter_table_options(
    change: AlterTableOptions, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    options = change.of("postgresql")
    for option in options:
        if option not in _ACTIONS:
            reason = _NOT_ALTERED.get(option, "a table has no such option")
            raise refused(change, "postgresql", option, reason)
    if any(list(_actions_of(change, dialect.identifier_preparer))):
        yield change


@compiles(AlterTableOptions, "postgresql")
def _alter_table_options_text(change: AlterTableOptions, compiler: DDLCompiler, **kw: Any) -> str:
    """Say all in one statement, so that a table is rewritten once."""
    table = sqltext.table(compiler, change.table_name, change.schema)
    return f"ALTER TABLE {table} {', '.join(_actions_of(change, compiler.preparer))}"


def _actions_of(change: AlterTableOptions, preparer: IdentifierPreparer) -> Iterator[str]:
    existing = change.existing_of("postgresql")
    for option, value in change.of("postgresql").items():
        yield from _ACTIONS[option](value, existing.get(option), preparer)


def _storage(new: Any, old: Any, preparer: IdentifierPreparer) -> Iterator[str]:
    """Set the parameters that are said, reset those that are no longer."""
    after, before = new or {}, old or {}
    if kept := [f"{name} = {value}" for name, value in after.items() if value is not None]:
        yield f"SET ({', '.join(kept)})"
    gone = [n for n in {**before, **after} if after.get(n) is None]
    if gone:
        yield f"RESET ({', '.join(gone)})"


def _tablespace(new: Any, old: Any, preparer: IdentifierPreparer) -> Iterator[str]:
    yield f"SET TABLESPACE {preparer.quote(new or 'pg_default')}"


def _access_method(new: Any, old: Any, preparer: IdentifierPreparer) -> Iterator[str]:
    yield f"SET ACCESS METHOD {preparer.quote(new) if new else 'DEFAULT'}"  # DEFAULT from 17 on


def _logging(new: Any, old: Any, preparer: IdentifierPreparer) -> Iterator[str]:
    yield f"SET {'UNLOGGED' if new else 'LOGGED'}"


def _parents(new: Any, old: Any, preparer: IdentifierPreparer) -> Iterator[str]:
    """Take the table's name from the parents that are no longer said, and add the new ones."""
    after, before = ((each,) if isinstance(each, str) else tuple(each or ()) for each in (new, old))
    for parent in before:
        if parent not in after:
            yield f"NO INHERIT {preparer.quote(parent)}"
    for parent in after:
        if parent not in before:
            yield f"INHERIT {preparer.quote(parent)}"


_ACTIONS = {
    "with": _storage,
    "tablespace": _tablespace,
    "using": _access_method,
    "unlogged": _logging,
    "inherits": _parents,
}
