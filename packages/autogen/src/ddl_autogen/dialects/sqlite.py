"""How SQLite reports a schema: by the text that it was given; run on SQLite 3.40."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Literal

from ddl_constructs import ObjectKey
from sqlalchemy import Column, Connection, UniqueConstraint, text
from sqlalchemy import types as sqltypes
from sqlalchemy.types import TypeEngine

from ..objects import ObjectValue
from ..sqltokens import normal
from ..types import DatabaseType, made_of
from ..values import ColumnValue, ForeignKeyValue, IndexValue, Key, Snapshot, TableValue, varied
from . import sqlite_objects
from .base import Database, reads
from .sqlite_text import parse_table, unqualified, with_conflict

_VIEWS = "SELECT m.name FROM {schema}.sqlite_master AS m WHERE m.type = 'view'"
_CATALOG = """
SELECT m.type, m.name, m.tbl_name, m.sql
FROM {schema}.sqlite_master AS m
WHERE m.sql IS NOT NULL AND m.type IN ('table', 'index') AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY m.rowid
"""
# https://sqlite.org/pragma.html#pragma_table_list: since 3.37
_NOT_PLAIN = (
    "SELECT name FROM pragma_table_list WHERE schema = :schema AND type IN ('shadow', 'virtual')"
)
_VIRTUAL = re.compile(r"\s*CREATE\s+VIRTUAL\s", re.IGNORECASE)

_COLLATE = re.compile(r"\s*\bcollate\s+\S+$")

_SYNONYMS = {
    "int": "integer",
    "decimal": "numeric",
    "bool": "boolean",
    "double precision": "double",
}

_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "bigint": sqltypes.BigInteger,
    "blob": sqltypes.LargeBinary,
    "boolean": sqltypes.Boolean,
    "char": sqltypes.CHAR,
    "date": sqltypes.Date,
    "datetime": sqltypes.DateTime,
    "double": sqltypes.Double,
    "float": sqltypes.Float,
    "integer": sqltypes.Integer,
    "json": sqltypes.JSON,
    "numeric": sqltypes.Numeric,
    "real": sqltypes.REAL,
    "smallint": sqltypes.SmallInteger,
    "text": sqltypes.Text,
    "time": sqltypes.Time,
    "timestamp": sqltypes.TIMESTAMP,
    "varchar": sqltypes.String,
}


@reads("sqlite")
class SQLite(Database):
    """SQLite: no comments, no identity, every constraint inside of CREATE TABLE."""

    splits_cycles: ClassVar = False
    has_comments: ClassVar = False
    tells_collations: ClassVar = True
    names_constraints: ClassVar = False
    alters_in_place: ClassVar = False
    creates_schemas: ClassVar = False
    renames_indexes: ClassVar = False

    def schemas(self, connection: Connection) -> list[str]:
        found = connection.execute(text("SELECT name FROM pragma_database_list ORDER BY seq"))
        return [name for (name,) in found if name != "temp"]

    def read(self, connection: Connection, schemas: Sequence[str]) -> Iterator[TableValue]:
        for schema in schemas:
            where = self.speller.quote(schema)
            rows = connection.execute(text(_CATALOG.format(schema=where))).all()
            left_out = {name for _, name, _, sql in rows if _VIRTUAL.match(sql)}
            if left_out:
                found = connection.execute(text(_NOT_PLAIN), {"schema": schema})
                left_out |= {name for (name,) in found}
            tables = {
                name: parse_table(name, schema, sql, self.canonical_type)
                for kind, name, _, sql in rows
                if kind == "table" and name not in left_out
            }
            indexes: dict[str, list[IndexValue]] = {name: [] for name in tables}
            for kind, name, table_name, sql in rows:
                if kind == "index" and table_name in tables:
                    indexes[table_name].append(varied(self.parse_index(sql), name=name))
            for name, table in tables.items():
                yield varied(
                    table,
                    indexes=tuple(indexes[name]),
                    foreign_keys=tuple(_resolved(fk, tables) for fk in table.foreign_keys),
                )

    def views(self, connection: Connection, schemas: Sequence[str]) -> Mapping[Key, str]:
        return {
            (schema, name): "view"
            for schema in schemas
            for name in connection.execute(
                text(_VIEWS.format(schema=self.speller.quote(schema)))
            ).scalars()
        }

    def objects(self, connection: Connection, schemas: Sequence[str]) -> Iterator[ObjectValue]:
        return sqlite_objects.objects(self, connection, schemas)

    def own_objects(
        self,
        connection: Connection,
        theirs: Snapshot,
        ours: Snapshot,
        asked: Sequence[ObjectValue],
    ) -> Mapping[ObjectKey, ObjectValue]:
        for value in asked:
            sqlite_objects.refuse_broken(self, value)
        return {}

    def canonical_type(self, text: str) -> str:
        return _canonical(super().canonical_type(text))

    def model_table(self, value: TableValue) -> TableValue:
        given = value.source.dialect_options["sqlite"]
        said = {
            "autoincrement": "true" if given["autoincrement"] else None,
            "strict": "true" if given["strict"] else None,
            "with_rowid": None if given["with_rowid"] else "false",
        }
        options = tuple((k, v) for k, v in said.items() if v is not None)
        checks = tuple(varied(c, text=unqualified(c.text, value.name)) for c in value.checks)
        uniques = tuple(with_conflict(u, _conflict(u.source)) for u in value.uniques)
        return varied(value, options=options, checks=checks, uniques=uniques)

    def options_apart(
        self, theirs: TableValue, ours: TableValue
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        before, after = self._all_options(theirs), self._all_options(ours)
        different = [k for k in after if after[k] != before[k]]
        return {k: after[k] for k in different}, {k: before[k] for k in different}

    def _all_options(self, table: TableValue) -> dict[str, bool]:
        said = dict(table.options)
        return {
            "sqlite_autoincrement": "autoincrement" in said,
            "sqlite_strict": "strict" in said,
            "sqlite_with_rowid": "with_rowid" not in said,
        }

    def table_options(self, table: TableValue) -> dict[str, Any]:
        usual = {"sqlite_autoincrement": False, "sqlite_strict": False, "sqlite_with_rowid": True}
        return {k: v for k, v in self._all_options(table).items() if v != usual[k]}

    def model_column(self, column: Column[Any], value: ColumnValue) -> ColumnValue:
        if value.autoincrement is None:
            return value
        return varied(value, autoincrement=None)  # whether it numbers rows isn't the column's

    def type_from(self, column: ColumnValue) -> TypeEngine[Any]:
        base, _, inside = column.type.partition("(")
        arguments = [int(a) for a in re.findall(r"\d+", inside)]
        made = made_of(_TYPES.get(base), arguments, column.collation)
        if made is not None and self.canonical_type(self.speller.type(made)) == column.type:
            return made
        return DatabaseType(column.type.upper()) if column.type else sqltypes.NullType()

    def numbers_rows(self, column: ColumnValue, key: Sequence[str]) -> bool | Literal["auto"]:
        return "auto"  # an INTEGER PRIMARY KEY is the rowid, whatever is said

    def same_default(self, theirs: ColumnValue, ours: ColumnValue) -> bool:
        return _default(theirs.default) == _default(ours.default)


def _conflict(constraint: UniqueConstraint) -> str | None:
    """Give ON CONFLICT of a model's UNIQUE, which may be said of its only column."""
    said: str | None = constraint.dialect_kwargs.get("sqlite_on_conflict")
    if said is None and len(constraint.columns) == 1:
        said = constraint.columns[0].dialect_kwargs.get("sqlite_on_conflict_unique")
    return said


@lru_cache(maxsize=10_000)
def _canonical(text: str) -> str:
    plain = _COLLATE.sub("", text)
    base, bracket, rest = plain.partition("(")
    return _SYNONYMS.get(base, base) + bracket + rest


def _default(given: str | None) -> str | None:
    """Give a default's normal form; a number in quotes stays apart from the number."""
    if given is None:
        return None
    plain = normal(given)
    return plain if plain != "null" else None


def _resolved(fk: ForeignKeyValue, tables: dict[str, TableValue]) -> ForeignKeyValue:
    """Fill in the target's primary key where REFERENCES names no columns; exact table name.

    SQLite, foreignkeys, section 3: names compare without regard to case.
    """
    target = tables.get(fk.target[1])
    if target is None:
        folded = fk.target[1].lower()
        target = next((t for name, t in tables.items() if name.lower() == folded), None)
    if target is None:
        return fk
    columns = fk.target_columns
    if not columns and target.primary_key is not None:
        columns = target.primary_key.columns
    return varied(fk, target=(fk.target[0], target.name), target_columns=columns)
