"""What changes of enum types do: in each column that is of the type, or an array of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column
from sqlalchemy.schema import DefaultClause
from sqlalchemy.sql.elements import TextClause

from ..change import Change
from ..enum import AddEnumValue, CreateEnum, DropEnum, RenameEnumValue, ReplaceEnum
from ..errors import ExistingObject, ObjectInUse, UnrewritableText
from ..sqltext import dotted
from . import expressions, named_types
from .draft import SchemaDraft, TableDraft, unknown
from .items import Key, default_of, remade
from .reading import mentions
from .rules import applies


@applies(CreateEnum)
def create_enum(schema: SchemaDraft, change: CreateEnum) -> None:
    """Add the type, which no column is of."""
    key = (change.schema, change.enum_name)
    labels = schema.enums.get(key) or schema.enums_in_columns().get(key)
    if labels is not None and not (change.if_not_exists and labels == change.labels):
        raise ExistingObject(change.describe(), "enum", f"{dotted(*key)} ({', '.join(labels)})")
    schema.enums[key] = change.labels


@applies(DropEnum)
def drop_enum(schema: SchemaDraft, change: DropEnum) -> None:
    """Take the type away, unless a column is of it."""
    key = (change.schema, change.enum_name)
    users = [
        f"column {table.fullname}.{column.name}"
        for table in schema.tables.values()
        for column in table.columns
        if _is_of(column, key)
    ]
    if users:
        if change.if_unused:
            return
        raise ObjectInUse(change.describe(), f"enum {dotted(*key)}", tuple(users))
    if key not in schema.enums and not (change.if_exists or change.if_unused):
        raise _unknown(schema, change, key)
    schema.enums.pop(key, None)


@applies(AddEnumValue)
def add_enum_value(schema: SchemaDraft, change: AddEnumValue) -> None:
    """Add the label, last or beside the one that is named."""
    labels = _labels(schema, change)
    if change.value in labels:
        if change.if_not_exists:
            return
        raise ExistingObject(change.describe(), "label", change.value)
    for beside in (change.before, change.after):
        if beside is not None and beside not in labels:
            raise unknown(change, "label", beside, labels, change.enum_name)
    after = change.replace(existing_labels=labels).labels
    assert after is not None, "the labels were said"
    _give_labels(schema, change, after, {})


@applies(RenameEnumValue)
def rename_enum_value(schema: SchemaDraft, change: RenameEnumValue) -> None:
    """Rename the label: in defaults too, and wherever SQL casts it to the type."""
    labels = _labels(schema, change)
    if change.old_value not in labels:
        raise unknown(change, "label", change.old_value, labels, change.enum_name)
    if change.new_value in labels:
        raise ExistingObject(change.describe(), "label", change.new_value)
    after = tuple(change.new_value if v == change.old_value else v for v in labels)
    for table in schema.tables.values():
        columns = [c.name for c in table.columns if _is_of(c, (change.schema, change.enum_name))]
        if columns:
            table.rewrite(lambda name: name, _following(change, table, columns))
    _give_labels(schema, change, after, {change.old_value: change.new_value})


@applies(ReplaceEnum)
def replace_enum(schema: SchemaDraft, change: ReplaceEnum) -> None:
    """Give the type its new labels, and the columns their defaults again."""
    before = _labels(schema, change)
    for label in change.renamed:
        if label not in before:
            raise unknown(change, "label", label, before, change.enum_name)
    _give_labels(schema, change, change.labels, change.renamed)
    for said in change.columns or ():
        if said.server_default is not None:
            draft = schema.table(change, said.table_name, said.schema)
            column = draft.column(change, said.column_name)
            default = default_of(said.server_default)
            draft.replace_column(column.name, remade(column, server_default=default))


def _labels(schema: SchemaDraft, change: Any) -> tuple[str, ...]:
    key = (change.schema, change.enum_name)
    labels = schema.enums.get(key) or schema.enums_in_columns().get(key)
    if labels is None:
        raise _unknown(schema, change, key)
    return labels


def _unknown(schema: SchemaDraft, change: Change, key: Key) -> Exception:
    there = [dotted(*k) for k in (*schema.enums, *schema.enums_in_columns())]
    return unknown(change, "enum", dotted(*key), there)


def _is_of(column: Column[Any], key: Key) -> bool:
    enum = named_types.enum_of(column.type)
    return enum is not None and (enum.schema, enum.name) == key


def _give_labels(
    schema: SchemaDraft, change: Any, labels: Sequence[str], renamed: Mapping[str, str]
) -> None:
    """Give a type its labels, in every column that is of it."""
    key = (change.schema, change.enum_name)
    if key in schema.enums:
        schema.enums[key] = tuple(labels)
    for table in schema.tables.values():
        for column in [c for c in table.columns if _is_of(c, key)]:
            changed: dict[str, Any] = {"type": named_types.with_labels(column.type, labels)}
            default = column.server_default
            if renamed and isinstance(default, DefaultClause):
                changed["server_default"] = default_of(_renamed_default(default.arg, renamed))
            table.replace_column(column.name, remade(column, **changed))


def _renamed_default(value: Any, renamed: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return renamed.get(value, value)
    for old, new in renamed.items():
        value = expressions.with_strings(value, old, new, None)
    return value


def _following(
    change: RenameEnumValue, table: TableDraft, columns: Sequence[str]
) -> Callable[[Any, str], Any]:
    """Rename a label in SQL where it is cast to the type; refuse where that can't be told."""

    def follow(expression: Any, where: str) -> Any:
        if isinstance(expression, str):
            return expression
        made = expressions.with_strings(
            expression, change.old_value, change.new_value, change.enum_name
        )
        if where.startswith("column "):  # its default is the caller's concern
            return made
        if expressions.says_string(made, change.old_value) and mentions(
            change, change.old_value, made, columns, where
        ):
            sql = made.text if isinstance(made, TextClause) else str(made)
            raise UnrewritableText(change.describe(), f"label {change.old_value!r}", where, sql)
        return made

    return follow
