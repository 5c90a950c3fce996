"""How SQL Server reports a schema: sys.*, eight queries; by its manual, no server ran them.

Needs SQL Server 2012 or later (sys.sequences). Its own form of an expression isn't asked for: it
follows rules that are known (`mssql_expressions`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, ClassVar, Literal

from sqlalchemy import Column, Connection, Index, bindparam, text
from sqlalchemy.types import TypeEngine

from ..errors import HiddenCatalog
from ..indextext import parse_index
from ..sqltokens import bare
from ..types import DatabaseType, made_of
from ..values import (
    CheckValue,
    ColumnValue,
    ComputedValue,
    ElementValue,
    IdentityValue,
    IndexValue,
    Key,
    PrimaryKeyValue,
    SequenceValue,
    TableValue,
    UniqueValue,
)
from .base import Bond, reads
from .mssql_catalog import (
    CHECKS,
    COLLATION,
    COLUMNS,
    FOREIGN_KEYS,
    HIDDEN,
    INDEXES,
    PERIOD,
    PLAIN,
    SCHEMAS,
    SEQUENCES,
    TABLES,
    VIEWS,
)
from .mssql_expressions import plain_expression
from .mssql_objects import WithObjects
from .mssql_types import NUMBERS, TYPES, canonical_type, sequence_of, type_of, usual_numbers
from .numbers import number_of

_CLUSTERED = (1, 5)
_COLUMNSTORE = (5, 6)
"""Of sys.indexes.type: 1 clustered, 2 nonclustered, 5 and 6 likewise, by columns; 7 hashed."""
_SIZED = ("varchar", "nvarchar", "varbinary", "char", "nchar", "binary")


@reads("mssql")
class SQLServer(WithObjects):
    """SQL Server."""

    has_identity: ClassVar = True
    names_primary_keys: ClassVar = True
    renames_constraints: ClassVar = True
    binds_key_types: ClassVar = True
    tells_collations: ClassVar = True
    alters_sequence_start: ClassVar = False
    binds_views: ClassVar = True

    usual_collation: str | None = None
    """The database's own, once its tables have been read."""

    def schemas(self, connection: Connection) -> list[str]:
        return list(connection.execute(text(SCHEMAS)).scalars())

    def read(self, connection: Connection, schemas: Sequence[str]) -> Iterator[TableValue]:
        def by_table(query: str) -> Mapping[int, list[Any]]:
            found: dict[int, list[Any]] = defaultdict(list)
            for row in _rows(connection, query, schemas):
                found[row.id].append(row)
            return found

        self.usual_collation = connection.execute(text(COLLATION)).scalar()
        newer = (self.dialect.server_version_info or (13,)) >= (13,)
        tables = _rows(connection, TABLES.format(plain=PLAIN if newer else ""), schemas)
        columns = by_table(COLUMNS.format(period=PERIOD if newer else ""))
        indexes = by_table(INDEXES)
        foreign_keys, checks = by_table(FOREIGN_KEYS), by_table(CHECKS)
        for table in tables:
            keys = [list(g) for _, g in groupby(indexes[table.id], lambda r: r.name)]
            key = next((k for k in keys if k[0].is_primary), None)
            yield TableValue(
                name=table.name,
                schema=table.schema,
                columns=tuple(map(self._column, columns[table.id])),
                primary_key=None if key is None else PrimaryKeyValue(**_key(key, clustered=True)),
                uniques=tuple(
                    UniqueValue(**_key(k, clustered=False)) for k in keys if k[0].is_constraint
                ),
                foreign_keys=tuple(
                    self.foreign_key_of(list(g))
                    for _, g in groupby(foreign_keys[table.id], lambda r: r.name)
                ),
                checks=tuple(CheckValue(c.text, c.name) for c in checks[table.id]),
                indexes=tuple(
                    _index(k) for k in keys if not (k[0].is_primary or k[0].is_constraint)
                ),
                comment=table.comment or None,
                options=tuple(("period", c.name) for c in columns[table.id] if newer and c.period),
            )

    def views(self, connection: Connection, schemas: Sequence[str]) -> Mapping[Key, str]:
        return {(row.schema, row.name): "view" for row in _rows(connection, VIEWS, schemas)}

    def sequences(self, connection: Connection, schemas: Sequence[str]) -> Iterator[SequenceValue]:
        yield from map(sequence_of, _rows(connection, SEQUENCES, schemas))

    def refuse_hidden(self, connection: Connection, schemas: Collection[str]) -> None:
        """Refuse what was found where metadata is kept back.

        SQL Server 2022, Metadata visibility configuration: a user sees what it owns or was granted
        something on; VIEW DEFINITION shows the rest.
        """
        found = _rows(connection, HIDDEN, sorted(schemas))
        if found:
            names = tuple(row.name for row in found)
            raise HiddenCatalog(found[0].user, names, "VIEW DEFINITION")

    def _column(self, row: Any) -> ColumnValue:
        computed = identity = None
        if row.computed is not None:
            computed = ComputedValue(bare(row.computed), bool(row.persisted))
        if row.seed is not None:
            identity = _identity(int(row.seed), int(row.increment))
        return ColumnValue(
            name=row.name,
            type=type_of(row),
            nullable=bool(row.nullable),
            default=None if row.default is None else bare(row.default),
            comment=row.comment or None,
            computed=computed,
            identity=identity,
            collation=None if row.collation == self.usual_collation else row.collation,
        )

    def action(self, given: str | None) -> str | None:
        """The catalog says NO_ACTION, SET_NULL (SQL Server 2022, sys.foreign_keys)."""
        return super().action((given or "").replace("_", " "))

    def canonical_type(self, text: str) -> str:
        return canonical_type(text)

    def normal(self, text: str) -> str:
        return plain_expression(text)

    def same_default(self, theirs: ColumnValue, ours: ColumnValue) -> bool:
        a, b = (self._plain_default(c.default, theirs.type) for c in (theirs, ours))
        return a == b

    def _plain_default(self, default: str | None, type_: str) -> str | None:
        plain = None if default is None else self.normal(default)
        if plain is None or plain == "null":
            return None
        return number_of(plain) if type_.partition("(")[0] in NUMBERS else plain

    def literal_default(self, column: ColumnValue) -> str | None:
        given = column.default or ""
        plain = given[1:] if given[:2] in ("N'", "n'") else given
        return super().literal_default(replace(column, default=plain))

    def model_column(self, column: Column[Any], value: ColumnValue) -> ColumnValue:
        """A column that SQLAlchemy numbers is an identity; only where it starts and steps is kept."""
        if value.autoincrement or value.identity is not None:
            given = value.identity or IdentityValue()
            identity = _identity(1 if given.start is None else given.start, given.increment or 1)
            value = replace(value, identity=identity, autoincrement=None, nullable=False)
        return value

    def align(self, theirs: TableValue, ours: TableValue) -> TableValue:
        """Take over what models leave to the database: where it starts to number, a type.

        The period of a system-versioned table may stay unsaid; it doesn't go while there are versions.
        """
        unsaid = {name for _, name in theirs.options if ours.column(name) is None}
        kept = [c for c in theirs.columns if c.name not in unsaid]
        return replace(theirs, columns=tuple(self._aligned(c, ours) for c in kept))

    def _aligned(self, theirs: ColumnValue, table: TableValue) -> ColumnValue:
        ours = table.column(theirs.name)
        if ours is None:
            return theirs
        if theirs.identity and ours.identity and ours.source.identity is None:
            theirs = replace(theirs, identity=ours.identity)
        if theirs.computed and ours.computed:  # a computed column's type is its expression's
            theirs = replace(theirs, type=ours.type, collation=ours.collation)
        if theirs.type == f"n{ours.type}":  # it holds all that a varchar or char does
            theirs = replace(theirs, type=ours.type)
        if theirs.collation is None and ours.collation == self.usual_collation:
            theirs = replace(theirs, collation=ours.collation)
        return theirs

    def bonds(self, theirs: ColumnValue, ours: ColumnValue) -> Collection[Bond]:
        """Give what ALTER COLUMN is refused under; foreign keys are `binds_key_types`.

        SQL Server 2022, ALTER TABLE, ALTER COLUMN: only a varying length may get longer (error 5074).
        """
        (old, before), (new, after) = (_sized(c.type) for c in (theirs, ours))
        longer = old == new and old in _VARYING and before <= after
        same = theirs.collation == ours.collation and theirs.nullable == ours.nullable
        fits = same and (longer or theirs.type == ours.type)
        return () if fits else ("primary", "unique", "check", "index", "expression")

    def identity_options(self, value: IdentityValue, type_: str) -> dict[str, int]:
        return {
            "start": 1 if value.start is None else value.start,
            "increment": value.increment or 1,
        }

    def sequence_options(self, value: SequenceValue) -> dict[str, Any]:
        type_ = value.type or "bigint"
        usual = usual_numbers(type_, value.increment or 1)
        found = {k: usual[k] if getattr(value, k) is None else getattr(value, k) for k in usual}
        made = None if type_ == "bigint" else self._plain_type(type_, None)
        return found | {"cycle": value.cycle, "data_type": made}

    def numbers_rows(self, column: ColumnValue, key: Sequence[str]) -> bool | Literal["auto"]:
        """SQLAlchemy would make an identity of a lone key of whole numbers."""
        return "auto" if column.identity else super().numbers_rows(column, key)

    def parse_index(self, sql: str) -> IndexValue:
        """Read CREATE INDEX, which names no columns if a table is kept by columns as a whole."""
        found = re.search(r"\bINDEX\s+(\S+)\s+ON\s+[^(]+$", sql)
        return parse_index(sql) if found is None else IndexValue(found[1], ())

    def model_index(self, index: Index, value: IndexValue) -> IndexValue:
        said = index.dialect_kwargs
        flags = ("clustered", "columnstore")
        options = tuple((f, "true") for f in flags if said.get(f"mssql_{f}"))
        return replace(value, options=options)

    def index_options(self, value: IndexValue) -> dict[str, Any]:
        flags = {f"mssql_{name}": True for name, _ in value.options}
        return super().index_options(replace(value, options=())) | flags

    def type_from(self, column: ColumnValue) -> TypeEngine[Any]:
        return self._plain_type(column.type, column.collation)

    def _plain_type(self, plain: str, collation: str | None) -> TypeEngine[Any]:
        found = re.fullmatch(r"([\w ]+?)(?:\(([\d,]+)\))?", plain)
        made = None
        if (plain in TYPES and not plain.startswith(_SIZED)) or plain.endswith("(max)"):
            made = made_of(TYPES.get(plain), [], collation)
        elif found is not None:
            base, numbers = found[1], [int(n) for n in (found[2] or "").split(",") if n]
            kinds: dict[str, Any] = getattr(self.dialect, "ischema_names", {})
            if base in TYPES:
                made = made_of(TYPES[base], numbers, collation)
            elif base in kinds:
                made = kinds[base](*numbers)
        if made is not None and self.canonical_type(self.speller.type(made)) == plain:
            return made
        return DatabaseType(plain.upper())


_VARYING = ("varchar", "nvarchar", "varbinary")


def _sized(type_: str) -> tuple[str, float]:
    """Give a type's name, and its length if it has one number in its brackets; max is endless."""
    base, _, inside = type_.rstrip(")").partition("(")
    return base, float("inf") if inside == "max" else float(inside) if inside.isdigit() else 0


def _rows(connection: Connection, query: str, schemas: Sequence[str]) -> Sequence[Any]:
    asked = text(query).bindparams(bindparam("schemas", expanding=True))
    return connection.execute(asked, {"schemas": list(schemas)}).all()


def _identity(seed: int, increment: int) -> IdentityValue:
    """Make an identity; what it has without a word is None."""
    return IdentityValue(
        start=None if seed == 1 else seed, increment=None if increment == 1 else increment
    )


def _key(rows: list[Any], *, clustered: bool) -> dict[str, Any]:
    """Give what the rows of an index say of its constraint.

    Args:
        rows: Of one index.
        clustered: Whether a constraint of that kind is, where nothing is said.
    """
    first = rows[0]
    is_clustered = first.kind in _CLUSTERED
    options = (("mssql_clustered", is_clustered),) if is_clustered is not clustered else ()
    return {"columns": tuple(r.column for r in rows), "name": first.name, "options": options}


def _index(rows: list[Any]) -> IndexValue:
    """Make an index of its rows; one by columns that is the table itself names none."""
    first = rows[0]
    by_columns = first.kind in _COLUMNSTORE
    keys = [r for r in rows if by_columns or not r.included]
    flags = (
        ("clustered", first.kind in _CLUSTERED),
        ("columnstore", by_columns),
    )
    return IndexValue(
        first.name,
        ()
        if first.kind == 5
        else tuple(ElementValue(r.column, descending=bool(r.descending)) for r in keys),
        unique=bool(first.is_unique),
        where=None if first.condition is None else bare(first.condition),
        include=() if by_columns else tuple(r.column for r in rows if r.included),
        options=tuple((name, "true") for name, yes in flags if yes),
    )
