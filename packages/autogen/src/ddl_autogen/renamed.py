"""What a rename makes of a schema that was read, and the change that says it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ddl_constructs import AlterColumn, Change, RenameEnumValue, RenameIndex, RenameTable

from .build import column_of
from .compare import Context
from .compare.columns import existing_facts
from .sqltokens import tokens
from .values import EnumValue, ForeignKeyValue, IndexValue, Key, Snapshot, TableValue, by_key

Path = tuple[str | None, ...]


def rename(
    kind: Literal["table", "column", "value"],
    theirs: Snapshot,
    ours: Snapshot,
    old: Path,
    new: Path,
    context: Context,
) -> tuple[Snapshot, list[Change]]:
    """Rename a table, a column, or a value of an enum type.

    Args:
        kind: What it is.
        theirs: The schema as it is; of a column, its table has its new name there already.
        ours: The schema as it should be.
        old: (schema, table), (schema, table, column) or (schema, type, value).
        new: Likewise.
        context: Whose words the schemas are in.

    Returns:
        Their schema as it is afterwards, and the changes that make it so.
    """
    key: Key = new[0], str(new[1])
    was, name = str(old[-1]), str(new[-1])
    if kind == "table":
        schema = ours.tables[key].spelled_schema
        return _under_key(theirs, (old[0], was), key), [RenameTable(was, name, schema=schema)]
    if kind == "value":
        change = RenameEnumValue(str(old[1]), was, name, schema=old[0])
        return _with_value(theirs, (old[0], str(old[1])), was, name, context), [change]
    table = theirs.tables[key]
    column = table.column(was)
    assert column is not None, "it was found there"
    facts = existing_facts(column, column_of(column, context.database), {}, context)
    schema = ours.tables[key].spelled_schema
    said = AlterColumn(table.name, was, new_column_name=name, schema=schema, **facts)
    changes: list[Change] = [said]
    following = any(_named_after(index, was, table, context) for index in table.indexes)
    if following and all(index.name != name for index in table.indexes):
        changes.append(RenameIndex(was, name, table.name, schema=schema))
        indexes = tuple(replace(i, name=name if i.name == was else i.name) for i in table.indexes)
        named = {**theirs.tables, key: replace(table, indexes=indexes)}
        theirs = replace(theirs, tables=named)
    return _with_column(theirs, key, was, name, context), changes


def _named_after(index: IndexValue, column: str, table: TableValue, context: Context) -> bool:
    """Tell whether the server made an index for a foreign key, and named it after a column.

    It keeps that name, so that it would no longer be known for what it is.
    """
    return index.name == column and context.database.implicit_index(index, table, table)


def enums(schema: Snapshot) -> dict[Key, EnumValue]:
    """Give the native enum types that columns are of, by (schema, name)."""
    return {
        (column.enum.schema, column.enum.name): column.enum
        for table in schema.tables.values()
        for column in table.columns
        if column.enum is not None
    }


def _under_key(schema: Snapshot, old: Key, new: Key) -> Snapshot:
    tables = {}
    for key, table in schema.tables.items():
        keys = tuple(
            replace(fk, target=new) if fk.target == old else fk for fk in table.foreign_keys
        )
        named = replace(table, foreign_keys=keys)
        tables[new if key == old else key] = (
            replace(named, schema=new[0], name=new[1]) if key == old else named
        )
    return replace(schema, tables=by_key(tables))


def _with_column(schema: Snapshot, where: Key, old: str, new: str, context: Context) -> Snapshot:
    tables = {}
    for key, table in schema.tables.items():
        if key == where:
            table = _column_renamed(table, old, new, context)
        keys = tuple(_target_renamed(fk, where, old, new) for fk in table.foreign_keys)
        tables[key] = replace(table, foreign_keys=keys)
    return replace(schema, tables=tables)


def _target_renamed(fk: ForeignKeyValue, where: Key, old: str, new: str) -> ForeignKeyValue:
    if fk.target != where or old not in fk.target_columns:
        return fk
    return replace(fk, target_columns=_swapped(fk.target_columns, old, new))


def _swapped(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)


def _column_renamed(table: TableValue, old: str, new: str, context: Context) -> TableValue:
    quoted = context.database.dialect.identifier_preparer.quote(new)

    def text(sql: str) -> str:
        return _renamed_in(sql, old, quoted)

    def index(value: IndexValue) -> IndexValue:
        elements = tuple(
            replace(e, text=text(e.text))
            if e.expression
            else replace(e, text=new if e.text == old else e.text)
            for e in value.elements
        )
        where = None if value.where is None else text(value.where)
        return replace(
            value, elements=elements, where=where, include=_swapped(value.include, old, new)
        )

    key = table.primary_key
    return replace(
        table,
        columns=tuple(
            replace(
                c,
                name=new if c.name == old else c.name,
                computed=c.computed and replace(c.computed, expression=text(c.computed.expression)),
            )
            for c in table.columns
        ),
        primary_key=key and replace(key, columns=_swapped(key.columns, old, new)),
        uniques=tuple(replace(u, columns=_swapped(u.columns, old, new)) for u in table.uniques),
        foreign_keys=tuple(
            replace(f, columns=_swapped(f.columns, old, new)) for f in table.foreign_keys
        ),
        checks=tuple(
            replace(c, text=text(c.text), column=new if c.column == old else c.column)
            for c in table.checks
        ),
        excludes=tuple(replace(x, text=text(x.text)) for x in table.excludes),
        indexes=tuple(map(index, table.indexes)),
    )


def _renamed_in(sql: str, old: str, quoted: str) -> str:
    """Rename a column in SQL text, but no type or function of its name."""
    found = list(tokens(sql))
    pieces, at = [], 0
    for number, token in enumerate(found):
        if token.kind not in ("word", "quoted") or token.name != old:
            continue
        before = found[number - 1].text.upper() if number else ""
        after = found[number + 1].text if number + 1 < len(found) else ""
        if before in ("::", "AS") or (token.kind == "word" and after == "("):
            continue
        pieces += [sql[at : token.start], quoted]
        at = token.end
    return "".join([*pieces, sql[at:]])


def _with_value(schema: Snapshot, where: Key, old: str, new: str, context: Context) -> Snapshot:
    quote = context.database.dialect.identifier_preparer.quote
    names = {where[1], quote(where[1])}
    names |= {f"{quote(where[0])}.{name}" for name in names} if where[0] else set()
    was, said = ("'" + label.replace("'", "''") + "'" for label in (old, new))

    def text(sql: str) -> str:
        for name in sorted(names):
            sql = sql.replace(f"{was}::{name}", f"{said}::{name}")
        return sql

    def table(value: TableValue) -> TableValue:
        columns = tuple(
            replace(
                c,
                default=None if c.default is None else text(c.default),
                computed=c.computed and replace(c.computed, expression=text(c.computed.expression)),
                enum=replace(c.enum, labels=_swapped(c.enum.labels, old, new))
                if c.enum is not None and (c.enum.schema, c.enum.name) == where
                else c.enum,
            )
            for c in value.columns
        )
        indexes = tuple(
            replace(
                i,
                where=None if i.where is None else text(i.where),
                elements=tuple(replace(e, text=text(e.text)) for e in i.elements),
            )
            for i in value.indexes
        )
        checks = tuple(replace(c, text=text(c.text)) for c in value.checks)
        return replace(value, columns=columns, indexes=indexes, checks=checks)

    return replace(schema, tables={key: table(value) for key, value in schema.tables.items()})
