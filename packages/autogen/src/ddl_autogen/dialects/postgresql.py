"""How PostgreSQL reports a schema: pg_catalog, eight queries; run on PostgreSQL 15.

Needs PostgreSQL 12 or later (pg_attribute.attgenerated).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from sqlalchemy import ARRAY, Column, Connection, Enum, text
from sqlalchemy import Sequence as DBSequence
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeDecorator, TypeEngine

from ..types import DatabaseType, made_of
from ..values import (
    CheckValue,
    ColumnValue,
    ComputedValue,
    ElementValue,
    EnumValue,
    ExcludeValue,
    ForeignKeyValue,
    IdentityValue,
    IndexValue,
    Key,
    PrimaryKeyValue,
    SequenceValue,
    TableValue,
    UniqueValue,
)
from . import postgresql_scratch as scratch
from .base import Database, reads
from .postgresql_catalog import (
    COLUMNS,
    CONSTRAINTS,
    ENUMS,
    INDEXES,
    LONE_SEQUENCES,
    NAMES,
    SCHEMAS,
    SEQUENCES,
    TABLES,
)
from .postgresql_types import (
    NUMERIC,
    STRINGS,
    TYPES,
    assignable,
    canonical_type,
    plain_default,
    spelled_check,
    usual_options,
    without_arguments,
)

_ACTIONS = {"a": None, "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_DEFERRAL = re.compile(r"( DEFERRABLE)?( INITIALLY DEFERRED)?$")
_MATCHES = {"s": None, "f": "FULL", "p": "PARTIAL"}


@reads("postgresql")
class PostgreSQL(Database):
    """PostgreSQL."""

    has_identity: ClassVar = True
    has_excludes: ClassVar = True
    names_primary_keys: ClassVar = True
    tells_collations: ClassVar = True
    stores_computed: ClassVar = True

    def default_schema(self, connection: Connection) -> str:
        found = connection.execute(text("SELECT current_schema()")).scalar()
        return str(found) if found is not None else "public"

    def schemas(self, connection: Connection) -> list[str]:
        return list(connection.execute(text(SCHEMAS)).scalars())

    def read(self, connection: Connection, schemas: Sequence[str]) -> Iterator[TableValue]:
        def rows(query: str) -> Any:
            return connection.execute(text(query), {"schemas": list(schemas)})

        newer = (self.dialect.server_version_info or (15,)) >= (15,)
        distinct = "i.indnullsnotdistinct" if newer else "false"
        enums = {
            oid: EnumValue(name, schema, tuple(labels))
            for oid, schema, name, labels in connection.execute(text(ENUMS))
        }
        tables = rows(TABLES).all()
        sequences = {(row.table_oid, row.column_number): row for row in rows(SEQUENCES)}
        names: dict[int, str] = {row.oid: row.name for row in connection.execute(text(NAMES))}
        columns: dict[int, dict[int, ColumnValue]] = defaultdict(dict)
        collations: dict[tuple[int, int], int] = {}
        for row in rows(COLUMNS):
            owned = sequences.get((row.table_oid, row.number))
            columns[row.table_oid][row.number] = self._column(row, owned, enums.get(row.enum_oid))
            collations[row.table_oid, row.number] = row.collation_oid
        constraints: dict[int, list[Any]] = defaultdict(list)
        for row in rows(CONSTRAINTS):
            constraints[row.table_oid].append(_constraint(row, columns))
        distincts: dict[tuple[int, str], bool] = {}
        indexes: dict[int, list[IndexValue]] = defaultdict(list)
        for row in rows(INDEXES.format(distinct=distinct)):
            if row.of_constraint:
                distincts[row.table_oid, row.name] = row.nulls_not_distinct
            else:
                indexes[row.table_oid].append(
                    _index(row, columns[row.table_oid], names, collations)
                )
        for oid, schema, name, comment in tables:
            found = constraints[oid]
            yield TableValue(
                name=name,
                schema=schema,
                columns=tuple(columns[oid].values()),
                primary_key=next((c for c in found if isinstance(c, PrimaryKeyValue)), None),
                uniques=tuple(
                    replace(c, nulls_not_distinct=distincts.get((oid, str(c.name)), False))
                    for c in found
                    if isinstance(c, UniqueValue)
                ),
                foreign_keys=tuple(c for c in found if isinstance(c, ForeignKeyValue)),
                checks=tuple(c for c in found if isinstance(c, CheckValue)),
                indexes=tuple(indexes[oid]),
                excludes=tuple(c for c in found if isinstance(c, ExcludeValue)),
                comment=comment,
            )

    def sequences(self, connection: Connection, schemas: Sequence[str]) -> Iterator[SequenceValue]:
        for row in connection.execute(text(LONE_SEQUENCES), {"schemas": list(schemas)}):
            yield SequenceValue(row.name, row.schema, row.type, **_options(row))

    def sequence_options(self, value: SequenceValue) -> dict[str, Any]:
        type_ = value.type or "bigint"
        made = TYPES[type_]() if type_ != "bigint" else None
        return _numbers(value, type_) | {"cycle": value.cycle, "data_type": made}

    def identity_options(self, value: IdentityValue, type_: str) -> dict[str, int]:
        return _numbers(value, type_)

    def _column(self, row: Any, owned: Any, enum: EnumValue | None) -> ColumnValue:
        serial = (
            owned is not None
            and not row.identity
            and row.default == "nextval('{}'::regclass)".format(owned.sequence.replace("'", "''"))
        )
        generated = bool(row.generated)
        identity = None
        if row.identity and owned is not None:
            identity = _identity(row, owned)
        return ColumnValue(
            name=row.name,
            type=self.canonical_type(row.type)
            if enum is None
            else self.enum_type(enum, row.is_array),
            nullable=not row.not_null,
            default=None if serial or generated else row.default,
            comment=row.comment,
            computed=ComputedValue(row.default, row.generated == "s") if generated else None,
            identity=identity,
            collation=row.collation,
            autoincrement=True if serial else None,
            enum=enum,
            sequence=owned.sequence if serial else None,
            sequence_type=owned.type if serial else None,
        )

    def enum_type(self, enum: EnumValue, array: bool) -> str:
        """Write an enum as a column's type: its name; the schema is the enum's own matter."""
        return self.speller.quote(enum.name) + ("[]" if array else "")

    def canonical_type(self, text: str) -> str:
        return canonical_type(text)

    def model_column(self, column: Column[Any], value: ColumnValue) -> ColumnValue:
        value = self._numbered(column, value)
        kind, array = _native(column.type, self)
        if kind is None or not kind.name:
            return value
        enum = EnumValue(kind.name, kind.schema, tuple(kind.enums))
        return replace(value, enum=enum, type=self.enum_type(enum, array))

    def _numbered(self, column: Column[Any], value: ColumnValue) -> ColumnValue:
        """Say whether create_all makes it SERIAL; None where the model leaves that open.

        A sequence or a default that it names may be the column's own.
        """
        if value.identity is not None:
            return replace(value, autoincrement=None, nullable=False)
        given = column.default
        own = isinstance(given, DBSequence) and not given.optional
        if own or column.server_default is not None:
            return replace(value, autoincrement=None, numbering_open=True)
        said = value.autoincrement or column.primary_key or column.autoincrement is False
        return replace(value, numbering_open=not said)

    def type_from(self, column: ColumnValue) -> TypeEngine[Any]:
        array = column.type.endswith("[]")
        if column.enum is not None:
            made: TypeEngine[Any] = Enum(
                *column.enum.labels, name=column.enum.name, schema=column.enum.schema
            )
            return ARRAY(made) if array else made
        plain = column.type[:-2] if array else column.type
        item = self._plain_type(plain, column.collation)
        return ARRAY(item) if array else item

    def _plain_type(self, plain: str, collation: str | None) -> TypeEngine[Any]:
        found = re.match(r"([\w ]+?)(?:\(([\d,]+)\))?( with(?:out)? time zone)?$", plain)
        made: TypeEngine[Any] | None = None
        if found is not None:
            base, args, zone = found[1], found[2], found[3]
            numbers = [int(a) for a in args.split(",")] if args else []
            if zone is not None:
                aware = zone.startswith(" with ")
                kinds: dict[str, Any] = (
                    {"timestamp": pg.TIMESTAMP, "time": pg.TIME}
                    if numbers
                    else {"timestamp": sqltypes.DateTime, "time": sqltypes.Time}
                )
                if base in kinds:
                    precision = {"precision": numbers[0]} if numbers else {}
                    made = kinds[base](timezone=aware, **precision)
            elif base in TYPES:
                made = made_of(TYPES[base], numbers, collation)
            elif not numbers and (kind := self.dialect.ischema_names.get(base)) is not None:  # type: ignore[attr-defined]  # dialects have it
                made = kind()
        if made is not None and self.canonical_type(self.speller.type(made)) == plain:
            return made
        return DatabaseType(plain)

    def literal_default(self, column: ColumnValue) -> str | None:
        if column.default is None or column.type.startswith(NUMERIC) or column.type == "boolean":
            return None
        plain = plain_default(column.default, column.type)
        return super().literal_default(replace(column, default=plain))

    def same_default(self, theirs: ColumnValue, ours: ColumnValue) -> bool:
        if theirs.default == ours.default:
            return True
        if theirs.default is None or ours.default is None:
            return False
        a, b = plain_default(theirs.default, theirs.type), plain_default(ours.default, ours.type)
        return a == b or self.normal(a) == self.normal(b)

    def spelled_check(self, text: str) -> str:
        return spelled_check(text)

    def cast(self, column_name: str, old: TypeEngine[Any], new: TypeEngine[Any]) -> dict[str, Any]:
        """Say USING where the server has no cast that it would take by itself.

        Where it has none at all the values go through their text.
        """
        before, after = (self.canonical_type(self.speller.type(t)) for t in (old, new))
        if assignable(before, after):
            return {}
        direct = without_arguments(before) in STRINGS or {before, after} == {"boolean", "integer"}
        name, through = self.speller.quote(column_name), "" if direct else "::text"
        return {"postgresql_using": f"{name}{through}::{self.speller.type(new)}"}

    def own_form(
        self, connection: Connection, asked: Sequence[tuple[TableValue, TableValue]]
    ) -> Mapping[Key, TableValue]:
        return scratch.own_form(self, connection, asked)


def _native(type_: TypeEngine[Any], database: PostgreSQL) -> tuple[Any, bool]:
    """Find the native enum behind a type, and whether the type is an array of it."""
    array = False
    impl: Any = type_
    while True:
        if impl._variant_mapping:
            impl = impl._variant_mapping.get(database.name, impl)
        if isinstance(impl, TypeDecorator):
            impl = impl.load_dialect_impl(database.dialect)
        elif isinstance(impl, ARRAY):
            array, impl = True, impl.item_type
        else:
            break
    return (impl, array) if isinstance(impl, Enum) and impl.native_enum else (None, False)


def _identity(row: Any, owned: Any) -> IdentityValue:
    """Give the options that aren't those of a plain identity column of that type."""
    return IdentityValue(always=row.identity == "a", **_options(owned))


def _numbers(value: SequenceValue | IdentityValue, type_: str) -> dict[str, int]:
    """Give the options of a sequence that are numbers, also those that weren't said."""
    increment = value.increment or 1
    usual = usual_options(type_, increment)
    said = {k: getattr(value, k) for k in usual}
    found = {k: usual[k] if v is None else v for k, v in said.items()}
    first = found["maxvalue" if increment < 0 else "minvalue"]
    return found | {"start": first if value.start is None else value.start}


def _options(row: Any) -> dict[str, Any]:
    """Give a sequence's options; None for those that follow from its type and direction."""
    usual = usual_options(row.type, row.increment)
    found = {
        "increment": row.increment,
        "minvalue": row.minimum,
        "maxvalue": row.maximum,
        "cache": row.cache,
    }
    first = row.maximum if row.increment < 0 else row.minimum
    start = None if row.start == first else row.start
    return {k: None if v == usual[k] else v for k, v in found.items()} | {
        "cycle": row.cycle,
        "start": start,
    }


def _constraint(row: Any, columns: Mapping[int, Mapping[int, ColumnValue]]) -> Any:
    here = columns[row.table_oid]
    names = tuple(here[n].name for n in row.columns or () if n in here)
    initially = "DEFERRED" if row.deferred else None
    match row.kind:
        case "p":
            return PrimaryKeyValue(names, row.name)
        case "u":
            return UniqueValue(names, row.name, row.deferrable, initially)
        case "c":
            return CheckValue(row.expression, row.name)
        case "x":
            text = _DEFERRAL.sub("", row.expression)
            return ExcludeValue(text, row.name, row.deferrable, initially)
    return ForeignKeyValue(
        names,
        (row.target_schema, row.target_name),
        tuple(row.target_columns),
        row.name,
        _ACTIONS[row.on_update],
        _ACTIONS[row.on_delete],
        row.deferrable,
        initially,
        _MATCHES[row.match],
    )


def _index(
    row: Any,
    columns: Mapping[int, ColumnValue],
    names: Mapping[int, str],
    collations: Mapping[tuple[int, int], int],
) -> IndexValue:
    """Make an index of its row.

    Args:
        row: Of `INDEXES`.
        columns: The table's, by number.
        names: Of operator classes that aren't a type's default, and of collations, by oid.
        collations: Oids of the columns' own, by the table's oid and the column's number.
    """
    numbers = [int(n) for n in row.numbers.split()]
    flags = [int(n) for n in row.flags.split()]
    classes = [names.get(int(n)) for n in row.classes.split()]
    sorts = [int(n) for n in row.collations.split()]
    elements = []
    for at in range(row.keys):
        # pg_index.indoption: bit 1 is DESC, bit 2 is NULLS FIRST (catalog/pg_index.h)
        descending, first = bool(flags[at] & 1), bool(flags[at] & 2)
        number = numbers[at]
        elements.append(
            ElementValue(
                text=columns[number].name if number else row.texts[at],
                expression=not number,
                descending=descending,
                nulls=None if first == descending else "first" if first else "last",
                opclass=classes[at],
                collation=None
                if sorts[at] == collations.get((row.table_oid, number))
                else names.get(sorts[at]),
            )
        )
    options = (o.partition("=") for o in row.options or ())
    return IndexValue(
        name=row.name,
        elements=tuple(elements),
        unique=row.is_unique,
        where=row.condition,
        using=None if row.method == "btree" else row.method,
        include=tuple(columns[n].name for n in numbers[row.keys :]),
        nulls_not_distinct=row.nulls_not_distinct,
        options=tuple(sorted((k, v) for k, _, v in options)),
    )
