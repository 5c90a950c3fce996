"""How PostgreSQL's enum types change their labels by a swap of types; run on PostgreSQL 15."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Text, cast, column, func, select, table, text
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
from ..enum import CreateEnum, DropEnum, EnumColumn, ReplaceEnum
from ..errors import MissingFact, UnsupportedChange
from ..guard import schema_on
from ..sqltext import raw_text
from .postgresql_swap_block import swap_what_is_there


@lowers(ReplaceEnum, "postgresql")
def _replace_enum(
    change: ReplaceEnum, dialect: Dialect, connection: Connection | None
) -> Iterator[ExecutableDDLElement | Executable]:
    """Rename the type away, create the new one, convert each column, drop the old one.

    Without a connection a block finds what hangs on the type when it runs: a CHECK or an index may
    hold a label. Where labels are renamed it couldn't tell what those hold afterwards.
    """
    columns = change.columns
    old, schema = f"{_beginning(change.enum_name)}__old", change.schema
    if connection is None and not change.renamed:
        for each in columns or ():
            _default(change, each)  # refuses one that goes
        yield swap_what_is_there(change, old)
        return
    if columns is None:
        if connection is None:
            raise MissingFact(
                change.describe(), ("columns",), "which columns have those labels isn't known"
            )
        columns = enum_columns(change, connection)
    before: list[TextClause] = []
    after: list[TextClause] = []
    kept: list[TextClause] = []
    if connection is not None:
        schema = schema_on(connection, schema)
        kept = _kept(change, schema, connection)
        _refuse_labels_in_use(change, columns, connection)
        _refuse_users(change, schema, columns, connection)
        before, after = _in_the_way(change, columns, connection)
        old = _free_name(change.enum_name, schema, connection)
    columns = tuple(replace(c, server_default=_default(change, c)) for c in columns)
    yield from before
    new_type = _as_said(dialect, change.enum_name, schema)
    yield _RenameType(change.enum_name, old, change.schema)
    yield CreateEnum(change.enum_name, change.labels, schema=change.schema)
    for of in columns:
        name = _as_said(dialect, of.column_name)
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
    yield from kept


def _as_said(dialect: Dialect, name: str, schema: str | None = None) -> str:
    """Write a name as a person does, without what a driver wants of percent signs."""
    preparer = dialect.identifier_preparer
    written = preparer.format_table(detached.TableName(name, schema))  # type: ignore[arg-type]  # a name is enough there
    return written.replace("%%", "%") if preparer._double_percents else written


# PostgreSQL manual, pg_type: typowner, typacl (aclexplode: 0 is PUBLIC); COMMENT, GRANT
_KEPT = text("""
    WITH of AS (
      SELECT t.oid, t.typowner, t.typacl, format_type(t.oid, NULL) AS said
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE t.typname = :name AND n.nspname = coalesce(:schema, current_schema()) AND t.typtype = 'e'
    )
    SELECT NULL, 0 FROM of
    UNION ALL
    SELECT format('COMMENT ON TYPE %s IS %L', said, obj_description(oid, 'pg_type')), 1 FROM of
    WHERE obj_description(oid, 'pg_type') IS NOT NULL
    UNION ALL
    SELECT format('ALTER TYPE %s OWNER TO %s', said, typowner::regrole), 2 FROM of
    WHERE pg_get_userbyid(typowner) <> current_user
    UNION ALL
    SELECT format('REVOKE USAGE ON TYPE %s FROM PUBLIC', said), 3 FROM of
    WHERE typacl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(typacl) WHERE grantee = 0)
    UNION ALL
    SELECT format('GRANT USAGE ON TYPE %s TO %s%s', said, grantee::regrole,
                  CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), 4
    FROM of, aclexplode(typacl) WHERE grantee NOT IN (0, typowner)
    ORDER BY 2, 1
""")


def _kept(change: ReplaceEnum, schema: str | None, connection: Connection) -> list[TextClause]:
    """Give what makes the new type's comment, owner and rights those of the old one."""
    rows = connection.execute(_KEPT, {"name": change.enum_name, "schema": schema}).all()
    if not rows:
        name = sqltext.dotted(schema, change.enum_name)
        raise UnsupportedChange(
            change.describe(), "postgresql", f"the database has no enum type {name}", "create it"
        )
    return [raw_text(sql) for sql, _ in rows if sql is not None]


# PostgreSQL manual, pg_constraint, pg_index: a CHECK or an index that holds a label compares
# with the old type; a foreign key between two columns of the type stands between them
_IN_THE_WAY = text("""
    SELECT 'ALTER TABLE ' || k.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(k.conname),
           'ALTER TABLE ' || k.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(k.conname)
             || ' ' || pg_get_constraintdef(k.oid),
           k.contype <> 'f'
    FROM pg_constraint k
    WHERE k.conrelid = to_regclass(:table) AND k.coninhcount = 0
      AND (k.contype = 'c' AND strpos(pg_get_constraintdef(k.oid), :type) > 0
        OR k.contype = 'f' AND EXISTS (
          SELECT FROM pg_attribute a
          WHERE a.attrelid = k.conrelid AND a.attname = ANY (CAST(:columns AS text[]))
            AND a.attnum = ANY (k.conkey)))
    UNION ALL
    SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), true
    FROM pg_index i
    WHERE i.indrelid = to_regclass(:table) AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)
      AND strpos(pg_get_indexdef(i.indexrelid), :type) > 0
    ORDER BY 3, 1
""")


def _in_the_way(
    change: ReplaceEnum, columns: Iterable[EnumColumn], connection: Connection
) -> tuple[list[TextClause], list[TextClause]]:
    """Give what takes off CHECKs and indexes that hold labels, and keys, and makes them again.

    Foreign keys go first and come last.
    """
    of_table: dict[tuple[str | None, str], list[str]] = {}
    for c in columns:
        of_table.setdefault((c.schema, c.table_name), []).append(c.column_name)
    found: list[Any] = []
    for (schema, name), names in of_table.items():
        where = _as_said(connection.dialect, name, schema_on(connection, schema))
        said = {"table": where, "type": change.enum_name, "columns": names}
        found += connection.execute(_IN_THE_WAY, said).all()
    found.sort(key=lambda row: bool(row[2]))
    drops = [raw_text(drop) for drop, _, _ in found]
    makes = [raw_text(_relabelled(change, make, make)) for _, make, _ in reversed(found)]
    return drops, makes


# PostgreSQL manual, pg_depend: what hangs on the type or on a column of it, and isn't converted
# along with the column (ALTER TABLE, SET DATA TYPE: "cannot alter type of a column used by ...")
_USERS = text("""
    WITH of AS (
      SELECT t.oid, t.typarray FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE t.typname = :name AND n.nspname = coalesce(:schema, current_schema())
    ), held AS (
      SELECT a.attrelid, a.attnum, a.attgenerated FROM pg_attribute a, of
      WHERE a.atttypid IN (of.oid, of.typarray) AND NOT a.attisdropped
    )
    SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid)
    FROM pg_depend d, of
    WHERE (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (of.oid, of.typarray)
        OR d.refclassid = 'pg_class'::regclass
          AND (d.refobjid, d.refobjsubid) IN (SELECT attrelid, attnum FROM held))
      AND (d.classid IN ('pg_rewrite'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass,
                         'pg_proc'::regclass)
        OR d.classid = 'pg_type'::regclass AND d.objid <> of.typarray
        OR d.classid = 'pg_class'::regclass AND d.objsubid > 0
          AND EXISTS (SELECT FROM pg_class c WHERE c.oid = d.objid AND c.relkind = 'c')
        OR d.classid = 'pg_attrdef'::regclass AND EXISTS (
          SELECT FROM pg_attrdef f JOIN pg_attribute a ON (a.attrelid, a.attnum) = (f.adrelid, f.adnum)
          WHERE f.oid = d.objid AND a.attgenerated <> ''))
      AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.oid = d.objid AND g.tgisinternal)
    UNION
    SELECT 'partition key of ' || p.partrelid::regclass FROM pg_partitioned_table p, held
    WHERE held.attrelid = p.partrelid AND held.attnum = ANY (p.partattrs)
    ORDER BY 1
""")


def _refuse_users(
    change: ReplaceEnum,
    schema: str | None,
    columns: Iterable[EnumColumn],
    connection: Connection,
) -> None:
    """Raise if something uses the type or its columns that can't be converted along with them."""
    users = connection.execute(_USERS, {"name": change.enum_name, "schema": schema}).scalars().all()
    if users:
        raise UnsupportedChange(
            change.describe(),
            "postgresql",
            f"it is used by {', '.join(users)}",
            "drop what uses it first, and create it again afterwards",
        )


def _relabelled(change: ReplaceEnum, sql: str, where: str) -> str:
    """Give SQL of the server's with the new words for labels that are renamed.

    Raises:
        UnsupportedChange: It holds a label that goes.
    """
    name = r'(?:(?:"(?:[^"]|"")+"|\w+)\.)?'
    quoted = '"' + change.enum_name.replace('"', '""') + '"'
    of_type = f"{name}(?:{re.escape(change.enum_name)}|{re.escape(quoted)})"
    literal = re.compile(rf"(E?)'((?:[^']|'')*)'::{of_type}(?!\w)(\[\])?")

    def other(match: re.Match[str]) -> str:
        text = match[2].replace("''", "'")
        text = text.replace("\\\\", "\\") if match[1] else text
        labels = text[1:-1].split(",") if match[3] else [text]
        labels = [label for label in labels if label or not match[3]]
        now = [_label(change, label.strip('"'), where) for label in labels]
        if now == [label.strip('"') for label in labels]:
            return match[0]
        said = ",".join('"' + n.replace("\\", "\\\\").replace('"', '\\"') + '"' for n in now)
        value = "{" + said + "}" if match[3] else now[0]
        value = value.replace("\\", "\\\\") if match[1] else value
        return match[0].replace(f"'{match[2]}'", "'" + value.replace("'", "''") + "'", 1)

    return literal.sub(other, sql)


def _label(change: ReplaceEnum, label: str, where: str) -> str:
    """Give what a label is called afterwards."""
    now = change.renamed.get(label, label)
    if now not in change.labels:
        raise UnsupportedChange(
            change.describe(),
            "postgresql",
            f"{where} has the label {label!r}, which it takes away",
            f"alter that first, or say renamed={{{label!r}: ...}}",
        )
    return now


def _default(change: ReplaceEnum, column: EnumColumn) -> Any:
    """Give a column's default with the new words for labels that are renamed."""
    default = column.server_default
    where = sqltext.dotted(column.schema, column.table_name, column.column_name)
    if isinstance(default, str) and not column.array:
        return _label(change, default, f"the default of {where}")
    if not isinstance(default, TextClause):
        return default
    said = default.text.replace("\\:", ":")
    now = _relabelled(change, said, f"the default of {where}")
    return default if now == said else raw_text(now)


def _beginning(name: str) -> str:
    """Cut a name so that a word fits behind it within PostgreSQL's 63 bytes."""
    return name.encode()[:56].decode(errors="ignore")


def _free_name(name: str, schema: str | None, connection: Connection) -> str:
    """Name the type that goes, as none is called yet."""
    begun = f"{_beginning(name)}__old"
    taken = connection.execute(_TYPES, {"schema": schema}).scalars().all()
    candidates = (f"{begun}{n}" if n else begun for n in range(len(taken) + 1))
    return next(c for c in candidates if c not in taken)


_TYPES = text("""
    SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = coalesce(:schema, current_schema()) AND t.typname LIKE '%\\_\\_old%'
""")


def _using(column: str, type_name: str, renamed: Mapping[str, str], array: bool) -> str:
    """Convert a column by its text, with other words for the labels that are renamed."""
    text = f"{column}::text[]" if array else f"{column}::text"
    pairs = [tuple(v.replace("'", "''") for v in pair) for pair in renamed.items()]
    if array:
        if set(renamed) & set(renamed.values()):  # one word at a time: none may be met again
            steps = [(old, f"{n} {new}") for n, (old, new) in enumerate(pairs)]
            pairs = [*steps, *((f"{n} {new}", new) for n, (_, new) in enumerate(pairs))]
        for old, new in pairs:
            text = f"array_replace({text}, '{old}', '{new}')"
    elif pairs:
        whens = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in pairs)
        text = f"CASE {text} {whens} ELSE {text} END"
    return f"({text})::{type_name}{'[]' if array else ''}"


_ENUM_COLUMNS = text("""
    SELECT c.relname, a.attname,
           CASE WHEN :bare AND n.nspname = current_schema() THEN NULL ELSE n.nspname END,
           pg_get_expr(d.adbin, d.adrelid), a.atttypid <> t.oid
    FROM pg_type t
    JOIN pg_namespace tn ON tn.oid = t.typnamespace
    JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attinhcount = 0
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE t.typname = :name AND tn.nspname = coalesce(:schema, current_schema())
    ORDER BY n.nspname, c.relname, a.attnum
""")


def enum_columns(change: ReplaceEnum, connection: Connection) -> tuple[EnumColumn, ...]:
    """Read which columns are of an enum type, ordered by schema, table and place."""
    schema = schema_on(connection, change.schema)
    bare = not connection.get_execution_options().get("schema_translate_map")
    rows = connection.execute(
        _ENUM_COLUMNS, {"name": change.enum_name, "schema": schema, "bare": bare}
    )
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
