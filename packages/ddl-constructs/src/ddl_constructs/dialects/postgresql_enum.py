"""How PostgreSQL's enum types come, change and go; run on PostgreSQL 15."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Text, cast, column, func, select, table, text
from sqlalchemy.dialects.postgresql import ARRAY, ENUM
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import TypeEngine

from .. import detached, sqltext
from ..alter_column import AlterColumn
from ..change import Change, lowers
from ..column import AddColumn, DropColumn, add_with_companions
from ..enum import (
    AddEnumValue,
    CreateEnum,
    DropEnum,
    EnumColumn,
    RenameEnumValue,
    ReplaceEnum,
)
from ..errors import MissingFact, UnsupportedChange
from ..sqltext import raw_text
from ..table import CreateTable, DropTable, create_with_companions


def native_enums(columns: Iterable[Column[Any]], dialect: Dialect) -> list[ENUM]:
    """Give the enum types that these columns need as objects, each once, in column order.

    Left out are those that say `create_type=False`: somebody else looks after them.
    """
    found: dict[tuple[str | None, str], ENUM] = {}
    for each in columns:
        type_: TypeEngine[Any] = each.type.dialect_impl(dialect)
        while isinstance(type_, ARRAY):
            type_ = type_.item_type.dialect_impl(dialect)
        if isinstance(type_, ENUM) and type_.name and type_.create_type:
            found.setdefault((type_.schema, type_.name), type_)
    return list(found.values())


def _create(enum: ENUM) -> CreateEnum:
    return CreateEnum(str(enum.name), enum.enums, schema=enum.schema, if_not_exists=True)


def _drop(enum: ENUM) -> DropEnum:
    return DropEnum(str(enum.name), schema=enum.schema, if_unused=True, existing_labels=enum.enums)


@lowers(CreateTable, "postgresql")
def _create_table(
    change: CreateTable, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    for enum in native_enums(change.element.columns, dialect):
        yield _create(enum)
    yield from create_with_companions(change, dialect, connection)


@lowers(DropTable, "postgresql")
def _drop_table(
    change: DropTable, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    yield change
    if change.existing_table is not None:
        for enum in native_enums(change.existing_table.element.columns, dialect):
            yield _drop(enum)


@lowers(AddColumn, "postgresql")
def _add_column(
    change: AddColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    if connection is not None and _needs_values(change):
        _refuse_rows(change, connection)
    for enum in native_enums([change.column], dialect):
        yield _create(enum)
    yield from add_with_companions(change, dialect, connection)


def _needs_values(change: AddColumn) -> bool:
    """Tell whether a row that is there would have to get a value from nowhere."""
    column = change.column
    return not (
        column.nullable
        or column.primary_key
        or column.server_default is not None
        or column.autoincrement is True
        or change.if_not_exists
    )


def _refuse_rows(change: AddColumn, connection: Connection) -> None:
    """Raise if the table has rows; the server says only that the column "contains null values"."""
    rows = select(text("1")).select_from(table(change.table_name, schema=change.schema)).limit(1)
    if connection.execute(rows).first() is not None:
        raise UnsupportedChange(
            change.describe(),
            "postgresql",
            "the table has rows, and the column may not be NULL in them",
            "give it a server_default, or add it with nullable=True, fill it, "
            "and alter it to nullable=False",
        )


@lowers(DropColumn, "postgresql")
def _drop_column(
    change: DropColumn, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement]:
    yield change
    if change.existing_column is not None:
        for enum in native_enums([change.existing_column], dialect):
            yield _drop(enum)


@lowers(CreateEnum, "postgresql")
@lowers(DropEnum, "postgresql")
def _as_it_is(
    change: CreateEnum | DropEnum, dialect: Dialect, connection: Connection | None
) -> Iterator[Change]:
    yield change


@compiles(CreateEnum, "postgresql")
def _create_enum(change: CreateEnum, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.enum_name, change.schema)
    labels = ", ".join(sqltext.literal(compiler, label) for label in change.labels)
    create = f"CREATE TYPE {name} AS ENUM ({labels})"
    if not change.if_not_exists:
        return create
    # CREATE TYPE has no IF NOT EXISTS (PostgreSQL 17 manual, CREATE TYPE)
    if not change.labels:  # scripts refer so to a type that is there: sa.Enum(name="mood")
        return _block(
            f"IF to_regtype({sqltext.literal(compiler, name)}) IS NULL THEN {create}; END IF;"
        )
    found = sqltext.literal(compiler, f"enum {name} is there with other labels than asked for")
    return _block(
        f"IF to_regtype({sqltext.literal(compiler, name)}) IS NULL THEN {create}; "
        "ELSIF (SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum "
        f"WHERE enumtypid = to_regtype({sqltext.literal(compiler, name)})) "
        f"IS DISTINCT FROM ARRAY[{labels}]::text[] "
        f"THEN RAISE EXCEPTION USING MESSAGE = {found}; END IF;"
    )


@compiles(DropEnum, "postgresql")
def _drop_enum(change: DropEnum, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.enum_name, change.schema)
    guard = sqltext.yes(change.if_exists, "IF EXISTS")
    drop = f"DROP TYPE {guard}{name}"
    if not change.if_unused:
        return drop
    literal = sqltext.literal(compiler, name)
    return _block(
        f"IF to_regtype({literal}) IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute a "
        f"JOIN pg_type t ON t.oid = to_regtype({literal}) "
        "WHERE a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped "
        f"AND a.attnum > 0) THEN {drop}; END IF;"
    )


@compiles(AddEnumValue, "postgresql")
def _add_enum_value(change: AddEnumValue, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.enum_name, change.schema)
    guard = sqltext.yes(change.if_not_exists, "IF NOT EXISTS")
    text = f"ALTER TYPE {name} ADD VALUE {guard}{sqltext.literal(compiler, change.value)}"
    if change.before is not None:
        return f"{text} BEFORE {sqltext.literal(compiler, change.before)}"
    if change.after is not None:
        return f"{text} AFTER {sqltext.literal(compiler, change.after)}"
    return text


@compiles(RenameEnumValue, "postgresql")
def _rename_enum_value(change: RenameEnumValue, compiler: DDLCompiler, **kw: Any) -> str:
    name = sqltext.table(compiler, change.enum_name, change.schema)
    old, new = (sqltext.literal(compiler, v) for v in (change.old_value, change.new_value))
    return f"ALTER TYPE {name} RENAME VALUE {old} TO {new}"


@lowers(ReplaceEnum, "postgresql")
def _replace_enum(
    change: ReplaceEnum, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement | Executable]:
    """Rename the type away, create the new one, convert each column, drop the old one."""
    columns = change.columns
    if columns is None:
        if connection is None:
            raise MissingFact(
                change.describe(), ("columns",), "which columns are of the type isn't known"
            )
        columns = enum_columns(change, connection)
    if connection is not None:
        _refuse_labels_in_use(change, columns, connection)
    before, after = _in_the_way(change, columns, connection)
    yield from before
    preparer = dialect.identifier_preparer
    old = _old_name(change.enum_name)
    new_type = preparer.format_table(detached.TableName(change.enum_name, change.schema))  # type: ignore[arg-type]  # a name is enough there
    yield _RenameType(change.enum_name, old, change.schema)
    yield CreateEnum(change.enum_name, change.labels, schema=change.schema)
    for of in columns:
        name = preparer.quote(of.column_name)
        of_type = ENUM(
            *change.labels, name=change.enum_name, schema=change.schema, create_type=False
        )
        type_: TypeEngine[Any] = ARRAY(of_type) if of.array else of_type
        here = AlterColumn(of.table_name, of.column_name, schema=of.schema)
        if of.server_default is not None:
            yield here.replace(server_default=None)
        using = _using(name, new_type, change.renamed, of.array)
        yield here.replace(type_=type_, postgresql_using=using)
        if of.server_default is not None:
            yield here.replace(server_default=of.server_default)
    yield DropEnum(old, schema=change.schema)
    yield from after


_IN_THE_WAY = text("""
    SELECT 'ALTER TABLE ' || k.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(k.conname),
           'ALTER TABLE ' || k.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(k.conname)
             || ' ' || pg_get_constraintdef(k.oid)
    FROM pg_constraint k
    WHERE k.conrelid = to_regclass(:table) AND k.contype = 'c'
      AND strpos(pg_get_constraintdef(k.oid), :type) > 0
    UNION ALL
    SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
    FROM pg_index i
    WHERE i.indrelid = to_regclass(:table) AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)
      AND strpos(pg_get_indexdef(i.indexrelid), :type) > 0
    ORDER BY 1
""")


def _in_the_way(
    change: ReplaceEnum, columns: Iterable[EnumColumn], connection: Connection | None
) -> tuple[list[TextClause], list[TextClause]]:
    """Give what takes CHECKs and indexes off that hold labels of the type, and what makes them again.

    They compare with values of the old type, which the column no longer has ("operator does not
    exist"). Without a connection nobody can be asked for them.
    """
    if connection is None:
        return [], []
    preparer = connection.dialect.identifier_preparer
    tables = dict.fromkeys((c.schema, c.table_name) for c in columns)
    found = [
        row
        for schema, name in tables
        for row in connection.execute(
            _IN_THE_WAY,
            {
                "table": preparer.format_table(detached.TableName(name, schema)),  # type: ignore[arg-type]  # likewise
                "type": change.enum_name,
            },
        )
    ]
    return [raw_text(drop) for drop, _ in found], [raw_text(make) for _, make in found]


def _old_name(name: str) -> str:
    """Name the type that goes, within PostgreSQL's 63 bytes."""
    return name.encode()[:58].decode(errors="ignore") + "__old"


def _using(column: str, type_name: str, renamed: Mapping[str, str], array: bool) -> str:
    """Convert a column by its text, with other words for the labels that are renamed."""
    text = f"{column}::text[]" if array else f"{column}::text"
    pairs = [tuple(v.replace("'", "''") for v in pair) for pair in renamed.items()]
    if array:
        for old, new in pairs:
            text = f"array_replace({text}, '{old}', '{new}')"
    elif pairs:
        whens = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in pairs)
        text = f"CASE {text} {whens} ELSE {text} END"
    return f"({text})::{type_name}{'[]' if array else ''}"


_ENUM_COLUMNS = text("""
    SELECT c.relname, a.attname,
           CASE WHEN n.nspname = current_schema() THEN NULL ELSE n.nspname END,
           pg_get_expr(d.adbin, d.adrelid), a.atttypid <> t.oid
    FROM pg_type t
    JOIN pg_namespace tn ON tn.oid = t.typnamespace
    JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE t.typname = :name AND tn.nspname = coalesce(:schema, current_schema())
    ORDER BY n.nspname, c.relname, a.attnum
""")


def enum_columns(change: ReplaceEnum, connection: Connection) -> tuple[EnumColumn, ...]:
    """Read which columns are of an enum type, ordered by schema, table and place."""
    rows = connection.execute(_ENUM_COLUMNS, {"name": change.enum_name, "schema": change.schema})
    return tuple(
        EnumColumn(table, column, schema, None if default is None else raw_text(default), array)
        for table, column, schema, default, array in rows
    )


def _refuse_labels_in_use(
    change: ReplaceEnum, columns: Iterable[EnumColumn], connection: Connection
) -> None:
    """Raise if a row has a label that has no place in the new type."""
    kept = [*change.labels, *change.renamed]
    for c in columns:
        value = func.unnest(column(c.column_name)) if c.array else column(c.column_name)
        used = (
            select(cast(value, Text).label("label"))
            .select_from(table(c.table_name, schema=c.schema))
            .subquery()
        )
        found = connection.execute(
            select(used.c.label, func.count())
            .where(used.c.label.not_in(kept))
            .group_by(used.c.label)
            .limit(1)
        ).first()
        if found is not None:
            where = sqltext.dotted(c.schema, c.table_name, c.column_name)
            raise UnsupportedChange(
                change.describe(),
                "postgresql",
                f"{found[1]} row(s) of {where} have the value {found[0]!r}, which it takes away",
                f"give them another value first, or say renamed={{{found[0]!r}: ...}}",
            )


class _RenameType(Change):
    """A step of `ReplaceEnum`: the old type gives way."""

    def __init__(self, old_name: str, new_name: str, schema: str | None) -> None:
        self.old_name, self.new_name, self.schema = old_name, new_name, schema

    def describe(self) -> str:
        return f"rename type {sqltext.dotted(self.schema, self.old_name)} to {self.new_name}"


@compiles(_RenameType)
def _rename_type(change: _RenameType, compiler: DDLCompiler, **kw: Any) -> str:
    old = sqltext.table(compiler, change.old_name, change.schema)
    return f"ALTER TYPE {old} RENAME TO {sqltext.name(compiler, change.new_name)}"


def _block(body: str) -> str:
    """Wrap statements as an anonymous PL/pgSQL block, under a quote that they don't hold."""
    quote = "$do$"
    while quote in body:
        quote = quote[:-1] + "x$"
    return f"DO {quote} BEGIN {body} END {quote}"
