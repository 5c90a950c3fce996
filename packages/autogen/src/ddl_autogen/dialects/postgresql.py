"""How PostgreSQL reports a schema: pg_catalog, eight queries; run on PostgreSQL 15.

Needs PostgreSQL 12 or later (pg_attribute.attgenerated).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from ddl_constructs import ObjectKey
from sqlalchemy import ARRAY, Column, Connection, Enum, Index, text
from sqlalchemy import Sequence as DBSequence
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeDecorator, TypeEngine

from ..objects import ObjectValue, definition_text
from ..types import DatabaseType, made_of
from ..values import (
    ColumnValue,
    ComputedValue,
    EnumValue,
    Granted,
    IdentityValue,
    IndexValue,
    Key,
    SequenceValue,
    Snapshot,
    TableValue,
    UniqueValue,
    varied,
)
from . import postgresql_named, postgresql_objects
from . import postgresql_scratch as scratch
from .base import Database, reads
from .postgresql_catalog import (
    COLUMNS,
    CONSTRAINTS,
    ENUMS,
    INDEXES,
    LONE_SEQUENCES,
    NAMES,
    RELATIONS,
    SCHEMAS,
    SEQUENCES,
    TABLES,
)
from .postgresql_rows import (
    PG_DEFAULT,
    USUAL_TABLESPACE,
    constraint_of,
    identity_of,
    index_of,
    numbers_of,
    options_of,
    table_options_of,
)
from .postgresql_types import (
    NUMERIC,
    STRINGS,
    TYPES,
    assignable,
    canonical_type,
    plain_default,
    spelled_check,
    without_arguments,
)


@reads("postgresql")
class PostgreSQL(Database):
    """PostgreSQL."""

    has_identity: ClassVar = True
    has_excludes: ClassVar = True
    names_primary_keys: ClassVar = True
    renames_constraints: ClassVar = True
    tells_collations: ClassVar = True
    tracks_dependencies: ClassVar = True
    stores_computed: ClassVar = True

    def own_default_schema(self, connection: Connection) -> str:
        found = connection.execute(text("SELECT current_schema()")).scalar()
        return str(found) if found is not None else "public"

    def schemas(self, connection: Connection) -> list[str]:
        return list(connection.execute(text(SCHEMAS)).scalars())

    def read(self, connection: Connection, schemas: Sequence[str]) -> Iterator[TableValue]:
        def rows(query: str) -> Any:
            return connection.execute(text(query), {"schemas": list(schemas)}).all()

        newer = (self.dialect.server_version_info or (15,)) >= (15,)
        distinct = "i.indnullsnotdistinct" if newer else "false"
        enums = {
            oid: EnumValue(name, schema, tuple(labels))
            for oid, schema, name, labels in connection.execute(text(ENUMS))
        }
        tables = rows(TABLES)
        sequences = {(row.table_oid, row.column_number): row for row in rows(SEQUENCES)}
        names: dict[int, str] = {row.oid: row.name for row in connection.execute(text(NAMES))}
        columns: dict[int, dict[int, ColumnValue]] = defaultdict(dict)
        collations: dict[int, dict[int, int]] = defaultdict(dict)
        alike: dict[Any, ColumnValue] = {}  # many a column is as another one is
        for row in rows(COLUMNS):
            oid, number, collation = row[:3]
            facts = row[3:], sequences.get((oid, number))
            column = alike.get(facts)
            if column is None:
                column = alike[facts] = self._column(row, facts[1], enums.get(row.enum_oid))
            columns[oid][number] = column
            collations[oid][number] = collation
        constraints: dict[tuple[int, str], list[Any]] = defaultdict(list)
        for row in rows(CONSTRAINTS):
            oid, kind = row[:2]
            constraints[oid, kind].append(constraint_of(row, columns[oid]))
        distinct_nulls: set[tuple[int, str | None]] = set()
        indexes: dict[int, list[IndexValue]] = defaultdict(list)
        for row in rows(INDEXES.format(distinct=distinct)):
            oid, of_constraint = row[:2]
            if not of_constraint:
                indexes[oid].append(index_of(row, columns[oid], names, collations[oid]))
            elif row.nulls_not_distinct:
                distinct_nulls.add((oid, row.name))
        for oid, schema, name, comment, persistence, storage, tablespace, usual, parents in tables:
            keys = constraints[oid, "p"]
            yield TableValue(
                name=name,
                schema=schema,
                columns=tuple(columns[oid].values()),
                primary_key=keys[0] if keys else None,
                uniques=tuple(
                    varied(c, nulls_not_distinct=True) if (oid, c.name) in distinct_nulls else c
                    for c in constraints[oid, "u"]
                ),
                foreign_keys=tuple(constraints[oid, "f"]),
                checks=tuple(constraints[oid, "c"]),
                indexes=tuple(indexes[oid]),
                excludes=tuple(constraints[oid, "x"]),
                comment=comment,
                options=table_options_of(persistence, storage, tablespace, usual),
                parents=tuple((place, parent) for place, parent in parents or ()),
            )

    def views(self, connection: Connection, schemas: Sequence[str]) -> Mapping[Key, str]:
        found = connection.execute(text(RELATIONS), {"schemas": list(schemas)})
        return {(row.schema, row.name): row.kind for row in found}

    def sequences(self, connection: Connection, schemas: Sequence[str]) -> Iterator[SequenceValue]:
        for row in connection.execute(text(LONE_SEQUENCES), {"schemas": list(schemas)}):
            yield SequenceValue(row.name, row.schema, row.type, **options_of(row))

    def objects(self, connection: Connection, schemas: Sequence[str]) -> Iterator[ObjectValue]:
        return postgresql_objects.objects(self, connection)

    def granted(self, connection: Connection) -> Iterator[Granted]:
        return postgresql_named.granted(self, connection)

    def every_privilege(self, connection: Connection) -> Mapping[str, list[str]]:
        return postgresql_named.every_privilege(connection)

    def object_text(self, create: Any) -> str:
        told = ("postgresql_tablespace", "postgresql_with")
        return " | ".join(self.object_shape(create)) or definition_text(create, told)

    def object_shape(self, create: Any) -> tuple[str, ...]:
        return postgresql_named.shape_of(self, create)

    def own_objects(
        self,
        connection: Connection,
        theirs: Snapshot,
        ours: Snapshot,
        asked: Sequence[ObjectValue],
    ) -> Mapping[ObjectKey, ObjectValue]:
        return postgresql_objects.own_form(self, connection, theirs, ours, asked)

    def sequence_options(self, value: SequenceValue) -> dict[str, Any]:
        type_ = value.type or "bigint"
        made = TYPES[type_]() if type_ != "bigint" else None
        return numbers_of(value, type_) | {"cycle": value.cycle, "data_type": made}

    def identity_options(self, value: IdentityValue, type_: str) -> dict[str, int]:
        return numbers_of(value, type_)

    def _column(self, row: Any, owned: Any, enum: EnumValue | None) -> ColumnValue:
        serial = (
            owned is not None
            and not row.identity
            and row.default == "nextval('{}'::regclass)".format(owned.sequence.replace("'", "''"))
        )
        generated = bool(row.generated)
        identity = None
        if row.identity and owned is not None:
            identity = identity_of(row, owned)
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
            inherited=row.inherited,
            inherits_default=row.inherits_default,
        )

    def enum_type(self, enum: EnumValue, array: bool) -> str:
        """Write an enum as a column's type: its name; the schema is the enum's own matter."""
        return self.speller.quote(enum.name) + ("[]" if array else "")

    def canonical_type(self, text: str) -> str:
        return canonical_type(text)

    def align(self, theirs: TableValue, ours: TableValue) -> TableValue:
        """Leave out what theirs inherits, unless ours has it too: columns, and defaults of others.

        PostgreSQL 15 manual, Inheritance: nobody can drop them from the table that inherits.
        A column that is repeated without a default has its parent's (CREATE TABLE, INHERITS).
        """
        if not theirs.parents:
            return theirs
        said = {column.name: column for column in ours.columns}
        return varied(
            theirs,
            columns=tuple(
                varied(c, default=None)
                if c.inherits_default and c.name in said and said[c.name].default is None
                else c
                for c in theirs.columns
                if not c.inherited or c.name in said
            ),
        )

    def model_table(self, value: TableValue) -> TableValue:
        if not value.source.dialect_kwargs and not value.source._prefixes:
            return value
        said = value.source.dialect_options["postgresql"]
        unlogged = "UNLOGGED" in (word.upper() for word in value.source._prefixes)
        given = said.get("with") or {}  # SQLAlchemy 2.0 knows of no such option of a table
        storage = [f"{k}={v}".lower() for k, v in given.items()] or None
        options = table_options_of("u" if unlogged else "p", storage, said.get("tablespace"))
        inherits = said.get("inherits") or ()
        parents = (inherits,) if isinstance(inherits, str) else inherits
        return varied(value, options=options, parents=tuple((None, name) for name in parents))

    def options_apart(
        self, theirs: TableValue, ours: TableValue
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        has, wanted = self._options(theirs), self._options(ours)
        unsaid = dict(theirs.options).get(USUAL_TABLESPACE, PG_DEFAULT)
        has = {"postgresql_unlogged": False, "postgresql_tablespace": unsaid} | has
        after = {k: v for k, v in wanted.items() if has.get(k) != v}
        return after, {k: has.get(k) for k in after}

    def _options(self, table: TableValue) -> dict[str, Any]:
        """Give the options as AlterTableOptions takes them."""
        found: dict[str, Any] = {}
        for name, value in table.options:
            if name == USUAL_TABLESPACE:
                continue
            kind, _, parameter = name.partition(".")
            if parameter:
                found.setdefault(f"postgresql_{kind}", {})[parameter] = value
            else:
                found[f"postgresql_{kind}"] = True if kind == "unlogged" else value
        return found

    def table_options(self, table: TableValue) -> dict[str, Any]:
        found = self._options(table)
        found.pop("postgresql_unlogged", None)  # a word before TABLE, not an option
        if table.parents:
            names = (f"{place}.{name}" if place else name for place, name in table.parents)
            found["postgresql_inherits"] = tuple(names)
        return found

    def table_prefixes(self, table: TableValue) -> tuple[str, ...]:
        return ("UNLOGGED",) if ("unlogged", "true") in table.options else ()

    def model_column(self, column: Column[Any], value: ColumnValue) -> ColumnValue:
        if value.identity is not None:
            value = varied(value, autoincrement=None, nullable=False)
        elif value.autoincrement and (column.server_default is not None or _has_sequence(column)):
            value = varied(value, autoincrement=None)
        kind, array = _native(column.type, self)
        if kind is None or not kind.name:
            return value
        enum = EnumValue(kind.name, kind.schema, tuple(kind.enums))
        return varied(value, enum=enum, type=self.enum_type(enum, array))

    def leaves_numbering_open(self, column: Column[Any]) -> bool:
        """Tell whether a model's column that isn't SERIAL may be one all the same.

        A sequence or a default that it names may be the column's own; and no model can say
        SERIAL of a column outside of the primary key.
        """
        if column.identity is not None:
            return False
        if column.server_default is not None or _has_sequence(column):
            return True
        return not column.primary_key and column.autoincrement is not False

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
        return super().literal_default(varied(column, default=plain))

    def same_default(self, theirs: ColumnValue, ours: ColumnValue) -> bool:
        if theirs.default == ours.default:
            return True
        if theirs.default is None or ours.default is None:
            return False
        a, b = plain_default(theirs.default, theirs.type), plain_default(ours.default, ours.type)
        return a == b or self.normal(a) == self.normal(b)

    def spelled_check(self, text: str) -> str:
        return spelled_check(text)

    def redundant(self, unique: UniqueValue, table: TableValue) -> bool:
        """One index serves a key and each UNIQUE of the same columns in the same order.

        PostgreSQL 15, src/backend/parser/parse_utilcmd.c, transformIndexConstraints.
        """
        if unique.deferrable:
            return False
        key = table.primary_key
        if key is not None and key.columns == unique.columns and not unique.nulls_not_distinct:
            return True
        for other in table.uniques:
            if other is unique:
                return False
            if varied(other, name=None) == varied(unique, name=None):
                return True
        return False

    def model_index(self, index: Index, value: IndexValue) -> IndexValue:
        """Leave the usual method unsaid, also where the model says it."""
        return varied(value, using=None) if value.using == "btree" else value

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


def _has_sequence(column: Column[Any]) -> bool:
    given = column.default
    return isinstance(given, DBSequence) and not given.optional


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
