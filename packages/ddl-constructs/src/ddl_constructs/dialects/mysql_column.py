"""How MySQL and MariaDB add, alter and drop a column; run on MariaDB 10.11.

Both repeat the whole column when one of its facts changes (MODIFY, CHANGE: MySQL
8.4 manual, ALTER TABLE), so what wasn't stated is read from the server where a
connection is at hand, and asked for otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import JSON, Column, Computed, Identity, inspect, table
from sqlalchemy import column as sql_column
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.types import DateTime, TypeEngine

from .. import guard, sqltext
from ..alter_column import AlterColumn, type_checks
from ..change import KEEP, lowers
from ..column import AddColumn, DropColumn, add_column_text, add_with_companions
from ..constraint import AddConstraint, DropConstraint
from ..errors import MissingFact, UnsupportedChange
from ..guard import schema_on
from .mysql import is_mariadb, older, version
from .mysql_default import takes_no_literal, with_default, word_of
from .mysql_read import (
    AsDeclared,
    Kept,
    is_literal_default,
    is_of_json,
    no_column,
    read_column,
)


@lowers(AlterColumn, "mysql", "mariadb")
def _alter_column(
    change: AlterColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[Any]:
    aspects = change.aspects
    if not aspects:
        return
    for value in (change.server_default, change.existing_server_default):
        if isinstance(value, Identity):
            raise UnsupportedChange(
                change.describe(), dialect.name, "it has no identity columns", "use autoincrement"
            )
    _refuse_generation(change, change.existing_server_default, dialect)
    _refuse_cast(change, change.existing_type, dialect)
    if _loses_expression(change) and not change.existing_server_default.persisted:
        yield from _filled_anew(change)
        return
    _refuse_expression(change, dialect)
    if _is_name_alone(change, dialect) or _is_default_alone(change):
        yield change
    else:
        before, _ = type_checks(change, dialect, unnamed="pass over")
        # one statement renames too: the new CHECK says the new name
        _, after = type_checks(change.under_new_name(), dialect, unnamed="pass over")
        for drop in before:
            looks = is_mariadb(dialect) or connection is not None
            yield drop.replace(if_exists=True) if looks else drop
        whole = _complete(change, connection)
        if before or after:
            kept = whole.__dict__.get("_kept")
            whole = whole.replace(existing_type=KEEP)
            whole = whole if kept is None else keeping(whole, kept)
        yield whole
        yield from after


def _refuse_generation(change: AlterColumn, old: Any, dialect: Dialect) -> None:
    """Raise where a column would be generated otherwise than by another expression.

    MariaDB 10.11: error 1907 between virtual, stored and plain; MySQL 8.4 manual, ALTER TABLE
    and Generated Columns: the same but for plain to stored, which would lose values.
    """
    new = old if change.server_default is KEEP else change.server_default
    computed = [isinstance(value, Computed) for value in (new, old)]
    if any(computed) and not _loses_expression(change):
        if all(computed) and bool(new.persisted) == bool(old.persisted):
            return
        raise UnsupportedChange(
            change.describe(),
            dialect.name,
            "a column can't become generated, nor virtual instead of stored",
            "drop the column and add it again"
            + (
                ", or state existing_server_default=Computed(...) if it is generated"
                if old is KEEP
                else ""
            ),
        )


def _refuse_cast(change: AlterColumn, old: Any, dialect: Dialect) -> None:
    """Raise where a UUID would become what MariaDB makes none of, or the other way round.

    MariaDB 10.11: error 4078, "Cannot cast 'uuid' as 'int' in assignment", also in an empty table.
    """
    if old is KEEP or change.type_ is KEEP:
        return
    compiler = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # no statement is written
    before, after = (word_of(compiler, type_) for type_ in (old, change.type_))
    if {before, after} & _NO_UUIDS and "UUID" in (before, after):
        raise UnsupportedChange(
            change.describe(),
            dialect.name,
            f"it casts no {before} as {after}",
            "drop the column and add it again, or add another one beside it and fill that",
        )


_NO_UUIDS = frozenset(
    {
        *("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT", "BOOL", "BOOLEAN", "BIT"),
        *("DECIMAL", "NUMERIC", "REAL", "FLOAT", "DOUBLE"),
        *("DATE", "DATETIME", "TIMESTAMP", "TIME", "YEAR"),
        *("INET4", "INET6", "GEOMETRY", "POINT", "LINESTRING", "POLYGON"),
    }
)
"""Types that a UUID isn't cast from or to; strings, binary ones, JSON, ENUM and SET are."""


def _refuse_expression(change: AlterColumn, dialect: Dialect) -> None:
    """MySQL 8.0 manual, Data Type Default Values: an expression, in brackets, from 8.0.13 on."""
    given = change.server_default
    if given is KEEP or given is None or isinstance(given, Computed):
        return
    if not older(dialect, (8, 0, 13), (10, 2, 1)):
        return
    compiler = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # no statement is written
    clock = not _is_default_alone(change)
    if not is_literal_default(sqltext.default(compiler, given), clock=clock):
        raise UnsupportedChange(
            change.describe(),
            dialect.name,
            "its defaults are no expressions before "
            + ("10.2.1" if is_mariadb(dialect) else "8.0.13"),
            "say a literal, or CURRENT_TIMESTAMP of a date and time",
        )


def _is_name_alone(change: AlterColumn, dialect: Dialect) -> bool:
    """Tell whether RENAME COLUMN says it all."""
    return change.aspects == ("new_column_name",) and version(dialect, (8, 0, 3), (10, 5, 2))


def _is_default_alone(change: AlterColumn) -> bool:
    """Tell whether ALTER COLUMN says it all: a literal default, or none any more."""
    return (
        change.aspects == ("server_default",)
        and not isinstance(change.server_default, Computed)
        and not _is_datetime(change)
        and not _loses_expression(change)
    )


def _loses_expression(change: AlterColumn) -> bool:
    """Tell whether a computed column becomes a plain one."""
    old = change.existing_server_default
    return isinstance(old, Computed) and change.server_default is None


def _filled_anew(change: AlterColumn) -> Iterator[Any]:
    """Make a virtual column a plain one that has its values.

    MODIFY doesn't (error 1907, "not yet supported for generated columns"): a new column is
    filled by the expression.
    """
    whole = _complete(change, None)
    type_: Any = whole.existing_type if whole.type_ is KEEP else whole.type_
    comment = whole.existing_comment if whole.comment is KEEP else whole.comment
    nullable = whole.existing_nullable if whole.nullable is KEEP else whole.nullable
    column: Column[Any] = Column(
        change.column_name,
        type_,
        comment=None if comment is KEEP else comment,
    )
    yield DropColumn(change.table_name, change.column_name, schema=change.schema)
    yield AddColumn(change.table_name, column, schema=change.schema)
    target = table(change.table_name, sql_column(change.column_name), schema=change.schema)
    yield target.update().values({change.column_name: change.existing_server_default.sqltext})
    if nullable is False:
        yield change.replace(
            type_=KEEP,
            comment=KEEP,
            server_default=KEEP,
            existing_type=type_,
            nullable=False,
            existing_server_default=None,
            existing_comment=column.comment,
        )


def _is_datetime(change: AlterColumn) -> bool:
    type_ = change.existing_type if change.type_ is KEEP else change.type_
    return type_ is not KEEP and issubclass(type_._type_affinity or object, DateTime)


def _complete(change: AlterColumn, connection: Connection | None) -> AlterColumn:
    """State the facts that the statement repeats and nobody stated."""
    facts = {
        f"existing_{name.rstrip('_')}"
        for name in AlterColumn.ASPECTS
        if getattr(change, name) is KEEP and getattr(change, f"existing_{name.rstrip('_')}") is KEEP
    }
    if connection is not None and "_kept" not in change.__dict__:
        read = read_column(change, connection)
        if read is None and facts:
            raise no_column(change)
        if read is not None:
            found, kept = read
            _refuse_generation(change, found["existing_server_default"], connection.dialect)
            _refuse_cast(change, found["existing_type"], connection.dialect)
            return keeping(change.replace(**{fact: found[fact] for fact in facts}), kept)
    missing = sorted(facts & {"existing_type", "existing_nullable"}, reverse=True)
    if missing:
        raise MissingFact(
            change.describe(), tuple(missing), "MySQL repeats the whole column in an ALTER"
        )
    return change


def keeping(change: AlterColumn, kept: Kept) -> AlterColumn:
    """Let a whole definition say what no fact of the change does; the change is a fresh copy."""
    if kept.check is not None and is_of_json(kept.check, change.column_name):
        stated = change.existing_type if change.type_ is KEEP else change.type_
        if change.type_ is not KEEP or _is_json(stated):
            kept = replace(kept, check=None)
    if change.type_ is not KEEP:  # a reference system is the type's
        kept = replace(kept, words=tuple(w for w in kept.words if not w.startswith("SRID ")))
    change.__dict__["_kept"] = kept
    return change


def _is_json(type_: Any) -> bool:
    if isinstance(type_, AsDeclared):
        return type_.declared == "json"
    return isinstance(type_, JSON)


@compiles(AlterColumn, "mysql", "mariadb")
def _alter_column_text(change: AlterColumn, compiler: DDLCompiler, **kw: Any) -> str:
    table = sqltext.table(compiler, change.table_name, change.schema)
    column = sqltext.name(compiler, change.column_name)
    aspects = change.aspects
    if _is_name_alone(change, compiler.dialect):
        return f"ALTER TABLE {table} RENAME COLUMN {column} TO {_new_name(change, compiler)}"
    if _is_default_alone(change):
        what = (
            "DROP DEFAULT"
            if change.server_default is None
            else f"SET DEFAULT {_default(change.server_default, change.existing_type, compiler, clock=False)}"
        )
        return f"ALTER TABLE {table} ALTER COLUMN {column} {what}"
    spec = _whole_column(change, compiler)
    if "new_column_name" in aspects or ("server_default" in aspects and _is_datetime(change)):
        return f"ALTER TABLE {table} CHANGE {column} {_new_name(change, compiler)} {spec}"
    return f"ALTER TABLE {table} MODIFY {column} {spec}"


def _new_name(change: AlterColumn, compiler: DDLCompiler) -> str:
    new = change.column_name if change.new_column_name is KEEP else change.new_column_name
    return sqltext.name(compiler, new)


def _whole_column(change: AlterColumn, compiler: DDLCompiler) -> str:
    def after(aspect: str) -> Any:
        new = getattr(change, aspect)
        return getattr(change, f"existing_{aspect.rstrip('_')}") if new is KEEP else new

    type_: TypeEngine[Any] = after("type_")
    default = after("server_default")
    text = sqltext.type_name(compiler, type_)
    if isinstance(type_, AsDeclared):
        text = sqltext.said_raw(compiler, text)
    if isinstance(default, Computed):  # MariaDB has no NULL or NOT NULL beside it
        text += f" {sqltext.visit(compiler, 'computed_column', default)}"
        if not after("nullable") and not is_mariadb(compiler.dialect):
            text += " NOT NULL"
    else:
        text += " NULL" if after("nullable") else " NOT NULL"
        if after("autoincrement") is True:
            text += " AUTO_INCREMENT"
        if default is not None and default is not KEEP:
            text += f" DEFAULT {_default(default, type_, compiler, clock=True)}"
    if (comment := after("comment")) is not None and comment is not KEEP:
        text += f" COMMENT {sqltext.literal(compiler, comment)}"
    new = change.column_name if change.new_column_name is KEEP else change.new_column_name
    kept = change.__dict__.get("_kept", Kept()).said(change.column_name, str(new))
    return f"{text} {sqltext.said_raw(compiler, kept)}" if kept else text


def _default(value: Any, type_: Any, compiler: DDLCompiler, *, clock: bool) -> str:
    """Write a default; an expression in brackets, without which MySQL reads none.

    MySQL 8.4 manual, Data Type Default Values, and ALTER TABLE: SET DEFAULT {literal | (expr)}, so
    there also a clock. MariaDB takes both forms, and is told the plain one where it is known.
    """
    text = sqltext.default(compiler, value, None if type_ is KEEP else type_)
    literal = is_literal_default(text, clock=clock)
    if literal and not text.startswith("(") and takes_no_literal(type_, compiler):
        literal = False
    if is_mariadb(compiler.dialect) or literal:
        return text
    return f"({text})"


@lowers(AddColumn, "mysql", "mariadb")
def _add_column(
    change: AddColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    """Take REFERENCES out of the column where the server reads over it.

    `mysql_fill=True` lets the server fill in 0 or an empty string where rows have no value.

    MySQL 8.4 manual, FOREIGN KEY constraints: inline REFERENCES are parsed and
    ignored, from 9.0 on they are honoured; MariaDB honours them from 10.5 on.
    """
    if not change.dialect_kwargs.get("mysql_fill"):
        guard.refuse_rows(change, connection, dialect)
    column = with_default(change, change.column, dialect)
    if column is not change.column:
        yield change.replace(column=column)
        return
    if change.inline_references and not version(dialect, (9, 0), (10, 5)):
        yield change.replace(inline_references=None)
        return
    if change.if_not_exists and not is_mariadb(dialect):
        if not guard.has_column(change, change.column.name, connection, dialect):
            yield change.replace(if_not_exists=None)
        return
    yield from add_with_companions(change, dialect, connection)
    for check in change.bound.constraints:
        if check.name is not None:
            yield AddConstraint(change.table_name, check, schema=change.schema)


@compiles(AddColumn, "mysql", "mariadb")
def _add_column_text(change: AddColumn, compiler: DDLCompiler, **kw: Any) -> str:
    """Leave named CHECKs out: MariaDB 10.11 can't name one inside of a column."""
    named = {c for c in change.bound.constraints if c.name is not None}
    after = change.insert_after
    place = f" AFTER {sqltext.name(compiler, after)}" if after is not None else ""
    return add_column_text(change, compiler, "ADD COLUMN ", without=named, place=place)


@lowers(DropColumn, "mysql", "mariadb")
def _drop_column(
    change: DropColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    if change.if_exists and not is_mariadb(dialect):
        if not guard.has_column(change, change.column_name, connection, dialect):
            return
        change = change.replace(if_exists=None)
    if connection is not None and change.existing_column is not None:
        yield from _keys_of(change, change.existing_column, connection)
    yield change


def _keys_of(
    change: DropColumn, column: Column[Any], connection: Connection
) -> Iterator[DropConstraint]:
    """Drop the foreign keys that a column is known to have, under the names that the server gave.

    MariaDB 10.11: error 1553, their index is "needed in a foreign key constraint".
    """
    if not column.foreign_keys:
        return
    schema = schema_on(connection, change.schema)
    for key in inspect(connection).get_foreign_keys(change.table_name, schema=schema):
        if change.column_name in key["constrained_columns"]:
            yield DropConstraint(key["name"], change.table_name, "foreignkey", schema=change.schema)
