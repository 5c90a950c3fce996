"""Plain values as what changes are made of: Columns, constraints, indexes, tables.

Where a value was made from a model, the model's own types and expressions are
copied; else all is made from the values. Names that a convention or a database gave
are `conv`, so that no naming convention is applied to them again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ddl_constructs import AddConstraint, CreateIndex, CreateSequence, CreateTable
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    FetchedValue,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy import (
    Sequence as DBSequence,
)
from sqlalchemy import schema as sa_schema
from sqlalchemy.schema import DefaultClause, SchemaItem
from sqlalchemy.sql.base import SchemaEventTarget
from sqlalchemy.sql.elements import ColumnElement, TextClause, conv
from sqlalchemy.types import TypeDecorator, TypeEngine

from .dialects import Database
from .indextext import parse_exclude
from .speller import escaped, sql_text
from .sqltokens import bare
from .values import (
    CheckValue,
    ColumnValue,
    ElementValue,
    ExcludeValue,
    ForeignKeyValue,
    IndexValue,
    PrimaryKeyValue,
    SequenceValue,
    TableValue,
    UniqueValue,
)

ConstraintValue = PrimaryKeyValue | UniqueValue | ForeignKeyValue | CheckValue | ExcludeValue


def column_of(
    value: ColumnValue,
    database: Database,
    key: Sequence[str] = (),
    checks: Sequence[CheckValue] = (),
) -> Column[Any]:
    """Make the Column that a change adds or drops, hanging on no Table.

    Its foreign keys, UNIQUE, CHECKs (also that of its type) and index aren't part of
    it: they are changes of their own, but for those CHECKs that are given.

    Args:
        value: What it says.
        database: Whose types and words it has if it was read.
        key: Names of the primary key's columns, of which it may be one.
        checks: CHECKs that are written inside of it.
    """
    source = value.source
    inside = [CheckConstraint(sql_text(bare(c.spelled or c.text))) for c in checks]
    if source is None:
        return _column_read(value, database, key, inside)
    generated: list[SchemaItem] = list(inside)
    default: Any = source.server_default
    if value.computed is not None:
        generated.append(computed_of(value))
    elif source.identity is not None:
        generated.append(source.identity._copy())
    if isinstance(source.default, DBSequence):
        generated.append(source.default._copy())
    plain = not isinstance(default, (Computed, Identity))
    return Column(
        source.name,
        model_type(source.type),
        *generated,
        server_default=server_default(value, database) if plain else None,
        nullable=value.nullable,
        autoincrement=source.autoincrement,
        comment=source.comment,
        **source.dialect_kwargs,
    )


def _column_read(
    value: ColumnValue, database: Database, key: Sequence[str], inside: Sequence[CheckConstraint]
) -> Column[Any]:
    generated: list[SchemaItem] = list(inside)
    if value.computed is not None:
        generated.append(computed_of(value))
    if value.identity is not None:
        generated.append(identity_of(value))
    return Column(
        value.name,
        database.type_from(value),
        *generated,
        server_default=server_default(value, database),
        nullable=value.nullable,
        autoincrement=database.numbers_rows(value, key),
        comment=value.comment,
    )


def computed_of(value: ColumnValue) -> Computed:
    """Make what computes a column."""
    if value.source is not None:
        given: Computed = value.source.computed
        return Computed(given.sqltext, persisted=given.persisted)
    assert value.computed is not None, "asked only for a computed column"
    return Computed(escaped(value.computed.expression), persisted=value.computed.stored)


def identity_of(value: ColumnValue) -> Identity:
    """Make the Identity of a column that was read."""
    one = value.identity
    assert one is not None, "asked only for an identity column"
    return Identity(
        always=one.always,
        start=one.start,
        increment=one.increment,
        minvalue=one.minvalue,
        maxvalue=one.maxvalue,
        cycle=one.cycle or None,
        cache=one.cache,
        **dict(one.options),
    )


def server_default(value: ColumnValue, database: Database) -> Any:
    """Give a column's default as a Column takes it; None if there is none."""
    if value.source is None:
        if value.default is None and value.onupdate is None:
            return None
        literal = database.literal_default(value)
        return literal if literal is not None else sql_text(default_text(value))
    given = value.source.server_default
    if isinstance(given, DefaultClause):
        return given.arg
    return given if isinstance(given, FetchedValue) else None


def default_text(value: ColumnValue) -> str:
    """Give the SQL text of a default that was read, with what MySQL sets on update."""
    update = f"ON UPDATE {value.onupdate}" if value.onupdate else ""
    return f"{value.default or 'NULL'} {update}".strip()


def model_type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """Copy a model's type so that it brings no CHECK along."""
    if not isinstance(type_, SchemaEventTarget):
        return type_
    copy: Any = type_.copy()
    holder = copy
    if isinstance(copy, TypeDecorator) and isinstance(copy.impl, SchemaEventTarget):
        inner: Any = copy.impl
        copy.impl = holder = inner.copy()
    if getattr(holder, "create_constraint", False):
        holder.create_constraint = False
    for fact in ("charset", "collation"):  # SQLAlchemy, SchemaType.copy: MySQL's ENUM leaves them
        if hasattr(type_, fact):
            setattr(copy, fact, getattr(type_, fact))
    return copy  # type: ignore[no-any-return]  # a copy of a type is one


def constraint_of(
    value: ConstraintValue, name: str | None = None, database: Database | None = None
) -> Constraint:
    """Make the constraint that a change adds or drops, hanging on no Table.

    Args:
        value: What it says.
        name: Its name if the value has none.
        database: Whose words it has if it was read; None to leave them as they are.
    """
    given = value.name if value.name is not None else name
    named: Any = given if given is None or value.source is not None else conv(given)
    options = {**dict(getattr(value, "options", ())), **getattr(value.source, "dialect_kwargs", {})}
    match value:
        case PrimaryKeyValue():
            return PrimaryKeyConstraint(*value.columns, name=named, **options)
        case UniqueValue():
            return UniqueConstraint(
                *value.columns,
                name=named,
                deferrable=value.deferrable or None,
                initially=value.initially,
                **(
                    options
                    or ({"postgresql_nulls_not_distinct": True} if value.nulls_not_distinct else {})
                ),
            )
        case ForeignKeyValue():
            return ForeignKeyConstraint(
                list(value.columns),
                [f"{_target(value)}.{column}" for column in value.target_columns],
                name=named,
                onupdate=value.onupdate,
                ondelete=value.ondelete,
                deferrable=value.deferrable or None,
                initially=value.initially,
                match=value.match,
                **options,
            )
        case CheckValue():
            read = value.text if database is None else database.spelled_check(value.text)
            sql = read if value.spelled is None else value.spelled
            return CheckConstraint(sql_text(bare(sql)), name=named, **options)
        case ExcludeValue():
            return exclude_of(value, named)


def exclude_of(value: ExcludeValue, name: Any) -> Constraint:
    """Make an exclusion constraint, from the model's or from its text."""
    from sqlalchemy.dialects.postgresql import ExcludeConstraint

    facts = {"deferrable": value.deferrable or None, "initially": value.initially}
    if value.source is not None:
        # SQLAlchemy's own copy hangs itself on the model's table
        copied: Any = AddConstraint(str(value.source.table.name), value.source).bound
        copied.name = name
        return copied  # type: ignore[no-any-return]  # a copy of a constraint is one
    using, elements, where = parse_exclude(value.text)
    return ExcludeConstraint(
        *((sql_text(expression), operator) for expression, operator in elements),
        name=name,
        using=using,
        where=None if where is None else sql_text(where),
        **facts,
    )


def create_sequence(value: SequenceValue, database: Database) -> CreateSequence:
    """Make the change that creates a sequence."""
    if value.source is not None:
        return CreateSequence.of(value.source)
    options = database.sequence_options(value)
    return CreateSequence(value.name, schema=value.schema, **options)


def _target(value: ForeignKeyValue) -> str:
    """Give the table that a foreign key points to, with the schema as the model writes it."""
    schema, name = value.target
    if value.source is not None:
        element = value.source.elements[0]
        spelled = element.target_fullname.rsplit(".", 1)[0]
        if spelled.rpartition(".")[2] == name:
            return str(spelled)
    return f"{schema}.{name}" if schema else name


def create_index(table: TableValue, value: IndexValue, database: Database) -> CreateIndex:
    """Make the change that creates an index."""
    if value.source is not None:
        made = CreateIndex.of(value.source)
        return made.replace(index_name=value.name, columns=_model_elements(made, value, database))
    return CreateIndex(
        None if value.name is None else conv(value.name),
        table.name,
        [_element(e, database) for e in value.elements],
        schema=table.schema,
        unique=value.unique,
        **database.index_options(value),
    )


def _model_elements(
    made: CreateIndex, value: IndexValue, database: Database
) -> tuple[str | ColumnElement[Any] | TextClause, ...]:
    """Give what a model's index is over, expressions in the brackets that the dialect puts around them.

    SQLAlchemy writes those when it compiles an index; an expression alone has none, nor the
    operator class that `postgresql_ops` says for its label.
    """
    if all(isinstance(each, str) for each in made.columns):
        return made.columns
    parsed = database.parse_index(database.speller.ddl(sa_schema.CreateIndex(value.source)))
    return tuple(_element(each, database) for each in parsed.elements)


def _element(element: ElementValue, database: Database) -> str | TextClause:
    plain = not (element.descending or element.nulls or element.collation)
    if plain and not element.expression:
        return element.text
    quote = database.speller.quote
    text = database.bracketed(element.text) if element.expression else quote(element.text)
    if element.collation:
        text += f" COLLATE {quote(element.collation)}"
    if element.opclass:
        text += f" {element.opclass}"
    if element.descending:
        text += " DESC"
    if element.nulls:
        text += f" NULLS {element.nulls.upper()}"
    return sql_text(text)


def create_table(
    table: TableValue,
    database: Database,
    *,
    indexes: bool,
    without: Collection[ForeignKeyValue] = (),
) -> CreateTable:
    """Make the change that creates a table.

    Args:
        table: The table.
        database: Whose types and quotes.
        indexes: Whether its indexes are among its elements.
        without: Foreign keys that are left out, to be added by changes of their own.
    """
    constraints: list[ConstraintValue] = [
        *([table.primary_key] if table.primary_key else []),
        *sorted(table.uniques, key=_by_name),
        *sorted((f for f in table.foreign_keys if f not in without), key=_by_name),
        *sorted((c for c in table.checks if c.column is None), key=_by_name),
        *sorted(table.excludes, key=_by_name),
    ]
    key = table.primary_key.columns if table.primary_key else ()
    elements: list[SchemaItem] = [
        column_of(c, database, key, [k for k in table.checks if k.column == c.name])
        for c in _said_columns(table)
    ]
    elements += [constraint_of(c, database=database) for c in constraints]
    if indexes:
        elements += [index_item(create_index(table, i, database)) for i in sorted_indexes(table)]
    source = table.source
    options: dict[str, Any] = (
        database.table_options(table) if source is None else dict(source.dialect_kwargs)
    )
    return CreateTable(
        table.name,
        *elements,
        schema=table.spelled_schema,
        comment=table.comment,
        info=None,
        prefixes=database.table_prefixes(table) if source is None else tuple(source._prefixes),
        **options,
    )


def _said_columns(table: TableValue) -> Sequence[ColumnValue]:
    """Leave out what a table only inherits, but for what a key or an index of its own names."""
    if not table.parents:
        return table.columns
    named = set(table.primary_key.columns if table.primary_key else ())
    named.update(*(u.columns for u in table.uniques), *(f.columns for f in table.foreign_keys))
    named.update(*(i.columns for i in table.indexes))
    return [c for c in table.columns if not c.inherited or c.name in named]


def _by_name(value: ConstraintValue) -> str:
    """Sort those without a name first, in the order in which they stand in the model."""
    return value.name or ""


def sorted_indexes(table: TableValue) -> Sequence[IndexValue]:
    """Give a table's indexes by name."""
    return sorted(table.indexes, key=lambda i: str(i.name))


def index_item(change: CreateIndex) -> Index:
    """Make an Index for the elements of CREATE TABLE out of the change that would create it."""
    return Index(change.index_name, *change.columns, unique=change.unique, **change.dialect_kwargs)


def named_index(index: Index, table: CreateTable) -> CreateIndex:
    """Make the change that creates an index which stands among a table's elements."""
    elements = [
        e if isinstance(e, str) else e.name if isinstance(e, Column) else e
        for e in index.expressions
    ]
    return CreateIndex(
        index.name,
        table.table_name,
        elements,
        schema=table.schema,
        unique=bool(index.unique),
        **index.dialect_kwargs,
    )
