"""Models as plain values: each Table of a MetaData, in the words of one dialect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ddl_constructs import CreateView, ObjectKey, declared, view_of
from sqlalchemy import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy import (
    Sequence as DBSequence,
)
from sqlalchemy import schema as sa_schema
from sqlalchemy.exc import NoReferenceError
from sqlalchemy.types import NullType

from .dialects import Database
from .errors import DuplicateTable, NamelessIndex, NoMetadata
from .namespaces import Namespaces
from .objects import ObjectValue
from .values import (
    CheckValue,
    ColumnValue,
    ComputedValue,
    ElementValue,
    ExcludeValue,
    ForeignKeyValue,
    IdentityValue,
    IndexValue,
    Key,
    PrimaryKeyValue,
    SequenceValue,
    Snapshot,
    TableValue,
    UniqueValue,
    by_key,
    varied,
)


def model_snapshot(
    metadata: MetaData | Sequence[MetaData],
    database: Database,
    namespaces: Namespaces = Namespaces(),  # noqa: B008 - it can't be changed
) -> Snapshot:
    """Write models as plain values.

    A Table that stands for a view is none of the tables: SQLAlchemy's own `CreateView` makes one
    such, and any with `info={"is_view": True}` says so.

    Args:
        metadata: One MetaData, or several.
        database: In whose words.
        namespaces: What the schemas that they name are called in the keys.

    Raises:
        NoMetadata: What was given isn't a MetaData or a sequence of them.
        DuplicateTable: Two of several MetaData hold the same table.
    """
    reader = _Reader(database, namespaces)
    tables: dict[Key, TableValue] = {}
    twice = set()
    views = set()
    for one in all_metadata(metadata):
        for table in one.tables.values():
            if view_of(table) is not None or table.info.get("is_view"):
                views.add((namespaces.key(table.schema), table.name))
                continue
            value = reader.table(table)
            if value.key in tables:
                twice.add(table.fullname)
            tables[value.key] = value
    if twice:
        raise DuplicateTable(tuple(sorted(twice)))
    sequences = {
        found.key: found
        for one in all_metadata(metadata)
        for sequence in one._sequences.values()
        if (found := reader.sequence(sequence)) is not None
    }
    return Snapshot(
        by_key(tables),
        database.name,
        namespaces,
        by_key(sequences),
        objects=model_objects(metadata, database, namespaces),
        views=frozenset(views),
    )


def named_schemas(ours: Snapshot) -> set[str]:
    """Give the keys of the schemas that models name besides the default one."""
    keys = {key[0] for key in (*ours.tables, *ours.sequences)}
    return {key for key in keys | {key.schema for key in ours.objects} if key is not None}


def model_objects(
    metadata: MetaData | Sequence[MetaData], database: Database, namespaces: Namespaces
) -> dict[ObjectKey, ObjectValue]:
    """Write the objects that are declared beside models as plain values, in order of declaration."""
    found: dict[ObjectKey, ObjectValue] = {}
    for one in all_metadata(metadata):
        for each in declared(one):
            if not each.is_for(database.dialect):
                continue
            create = each.create
            if isinstance(create, CreateView):
                mine = f"{database.name}_"
                options = {k: v for k, v in create.dialect_kwargs.items() if k.startswith(mine)}
                query = database.speller.query(create.definition).strip().removesuffix(";")
                create = create.replace(definition=query, dialect_kwargs=options)
            key = replace(each.key, schema=namespaces.key(each.key.schema))
            shape = database.object_shape(create)
            found[key] = ObjectValue(
                key, create, database.object_text(create), shape=shape, source=each
            )
    return found


def all_metadata(given: MetaData | Sequence[MetaData]) -> tuple[MetaData, ...]:
    """Give one or several MetaData as a tuple.

    Raises:
        NoMetadata: It is neither.
    """
    if isinstance(given, MetaData):
        return (given,)
    if given is None or isinstance(given, str) or not hasattr(given, "__iter__"):
        raise NoMetadata(given)
    several = tuple(given)
    for one in several:
        if not isinstance(one, MetaData):
            raise NoMetadata(one)
    return several


class _Reader:
    def __init__(self, database: Database, namespaces: Namespaces) -> None:
        self.database = database
        self.speller = database.speller
        self.schema = namespaces.key

    def table(self, table: Table) -> TableValue:
        columns = [c for c in table.columns if not c.system]
        numbered = table._autoincrement_column
        constraints = [
            c
            for c in (*table.constraints, *(k for column in columns for k in column.constraints))
            if self.speller.creates(c)
        ]
        constraints.sort(key=lambda c: c._creation_order)  # that in which create_all says them
        value = TableValue(
            name=table.name,
            schema=self.schema(table.schema),
            columns=tuple(self.column(c, numbered is c) for c in columns),
            primary_key=self.primary_key(table.primary_key),
            uniques=tuple(self.unique(c) for c in constraints if isinstance(c, UniqueConstraint)),
            foreign_keys=tuple(
                self.foreign_key(c) for c in constraints if isinstance(c, ForeignKeyConstraint)
            ),
            checks=tuple(self.check(c) for c in constraints if isinstance(c, CheckConstraint)),
            indexes=tuple(self.index(i) for i in table.indexes if self.speller.creates(i)),
            excludes=tuple(
                self.exclude(c)
                for c in constraints
                if c.__visit_name__ == "exclude_constraint" and self.database.has_excludes
            ),
            comment=table.comment or None if self.database.has_comments else None,
            source=table,
        )
        return self.database.model_table(value)

    def column(self, column: Column[Any], numbered: bool) -> ColumnValue:
        database = self.database
        computed = identity = default = None
        if column.computed is not None:
            stored = column.computed.persisted
            computed = ComputedValue(
                self.speller.expression(column.computed.sqltext),
                database.stores_computed if stored is None else stored,
            )
        elif column.identity is not None:
            if database.has_identity:
                identity = _identity(column.identity)
        elif column.server_default is not None:
            default = self.speller.default(column)
        value = ColumnValue(
            name=column.name,
            type="" if isinstance(column.type, NullType) else database.type_text(column),
            nullable=bool(column.nullable) and not column.primary_key,
            default=default,
            comment=column.comment or None if database.has_comments else None,
            computed=computed,
            identity=identity,
            collation=database.collation(column),
            autoincrement=(numbered and identity is None) or None,
            source=column,
        )
        value = database.model_column(column, value)
        if value.enum is None:
            return value
        return replace(value, enum=replace(value.enum, schema=self.schema(value.enum.schema)))

    def primary_key(self, key: PrimaryKeyConstraint) -> PrimaryKeyValue | None:
        columns = key.columns_autoinc_first if key._implicit_generated else key.columns
        names = tuple(c.name for c in columns)
        return PrimaryKeyValue(names, self.speller.name(key), source=key) if names else None

    def unique(self, constraint: UniqueConstraint) -> UniqueValue:
        deferrable, initially = deferral(constraint)
        return UniqueValue(
            columns=tuple(c.name for c in constraint.columns),
            name=self.speller.name(constraint),
            deferrable=deferrable,
            initially=initially,
            nulls_not_distinct=bool(
                constraint.dialect_kwargs.get(f"{self.database.name}_nulls_not_distinct")
            ),
            source=constraint,
        )

    def foreign_key(self, constraint: ForeignKeyConstraint) -> ForeignKeyValue:
        deferrable, initially = deferral(constraint)
        found = [self._target(fk) for fk in constraint.elements]
        action = self.database.action
        return ForeignKeyValue(
            columns=tuple(c.name for c in constraint.columns),
            target=found[0][0],
            target_columns=tuple(name for _, name in found),
            name=self.speller.name(constraint),
            onupdate=action(constraint.onupdate),
            ondelete=action(constraint.ondelete),
            deferrable=deferrable,
            initially=initially,
            match=self.database.match(constraint.match),
            source=constraint,
        )

    def _target(self, fk: Any) -> tuple[Key, str]:
        try:
            target: Column[Any] = fk.column
        except NoReferenceError:
            *where, column = fk.target_fullname.split(".")
            schema = ".".join(where[:-1]) or None
            return (self.schema(schema), where[-1] if where else ""), column
        table: Any = target.table
        return (self.schema(table.schema), table.name), target.name

    def check(self, constraint: CheckConstraint) -> CheckValue:
        text = self.speller.expression(constraint.sqltext)
        name, parent = self.speller.name(constraint), constraint.parent
        inside = name is None and self.database.knows_inline_checks and isinstance(parent, Column)
        return CheckValue(text, name, text, parent.name if inside else None, constraint)

    def exclude(self, constraint: Constraint) -> ExcludeValue:
        deferrable, initially = deferral(constraint)
        text = self.speller.constraint(constraint)
        return ExcludeValue(text, self.speller.name(constraint), deferrable, initially, constraint)

    def sequence(self, sequence: DBSequence) -> SequenceValue | None:
        """Write a sequence; None for one that create_all doesn't make on this database."""
        dialect: Any = self.speller.dialect
        if not dialect.supports_sequences or (sequence.optional and dialect.sequences_optional):
            return None
        type_ = sequence.data_type
        return SequenceValue(
            sequence.name,
            self.schema(sequence.schema),
            None if type_ is None else self.database.canonical_type(self.speller.type(type_)),
            start=sequence.start,
            increment=sequence.increment,
            minvalue=sequence.minvalue,
            maxvalue=sequence.maxvalue,
            cycle=bool(sequence.cycle),
            cache=sequence.cache,
            order=bool(sequence.order),
            source=sequence,
        )

    def index(self, index: Index) -> IndexValue:
        name = self.speller.name(index)
        if name is None:
            table = index.table.fullname if index.table is not None else ""
            raise NamelessIndex(table, tuple(str(c.name) for c in index.columns))
        if not index.dialect_kwargs and all(isinstance(e, Column) for e in index.expressions):
            elements = tuple(ElementValue(c.name) for c in index.columns)
            value = IndexValue(name, elements, bool(index.unique), source=index)
        else:
            compiler: Any = self.speller.dialect
            text = compiler.ddl_compiler(compiler, sa_schema.CreateIndex(index)).process(
                sa_schema.CreateIndex(index)
            )
            value = varied(self.database.parse_index(text), name=name, source=index)
        return self.database.model_index(index, value)


def deferral(constraint: Constraint) -> tuple[bool, str | None]:
    """Give whether a constraint is deferrable, and "DEFERRED" or None."""
    late = (constraint.initially or "").upper() == "DEFERRED"
    return bool(constraint.deferrable) or late, "DEFERRED" if late else None


def _identity(given: Any) -> IdentityValue:
    return IdentityValue(
        always=bool(given.always),
        start=given.start,
        increment=given.increment,
        minvalue=given.minvalue,
        maxvalue=given.maxvalue,
        cycle=bool(given.cycle),
        cache=given.cache,
    )
