"""What changes of whole tables do: create, drop, rename, move, comment, options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, MetaData
from sqlalchemy.exc import ArgumentError

from ..change import Change
from ..comment import CreateTableComment, DropTableComment
from ..declaration import SQLObject
from ..detached import make_table
from ..errors import ExistingObject
from ..objects import key_of
from ..sqltext import dotted
from ..table import CreateTable, DropTable, RenameTable, SetTableSchema
from ..table_options import AlterTableOptions
from . import expressions, named_types
from .draft import SchemaDraft, TableDraft, table_draft
from .indexes import add_index
from .items import Key, Reference
from .reading import reading
from .rules import applies


@applies(CreateTable)
def create_table(schema: SchemaDraft, change: CreateTable) -> None:
    """Add the table with all it brings; where it is there and may be, only its indexes."""
    made = change.element
    draft = table_draft(made, schema.naming_convention)
    said = {e.name for e in change.elements if isinstance(e, Column)}
    draft.columns = [c for c in draft.columns if c.name in said]  # others stand in for targets
    there = schema.tables.get(draft.key)
    if there is not None and change.if_not_exists:
        for index in draft.indexes:
            add_index(schema, there, change, index)
        return
    schema.add(change, draft)
    named_types.bring(schema.objects, draft.columns)
    schema.refer(draft, made)
    for constraint in draft.constraints:
        _require(draft, change, constraint)
    for reference in draft.references:
        draft.require(change, reference.columns)


def _require(draft: TableDraft, change: Change, constraint: object) -> None:
    names = getattr(constraint, "_pending_colargs", ())
    draft.require(change, (n for n in names if isinstance(n, str)))


@applies(DropTable)
def drop_table(schema: SchemaDraft, change: DropTable) -> None:
    """Take the table away; what foreign keys of others point to is then missing.

    As on PostgreSQL, an enum type goes along only if the change knows the table.
    """
    if change.if_exists and (change.schema, change.table_name) not in schema.tables:
        return
    draft = schema.table(change, change.table_name, change.schema)
    del schema.tables[draft.key]
    for key in [k for k in schema.objects if (k.schema, k.table) == draft.key]:
        del schema.objects[key]  # triggers and privileges go with the table
    known = change.existing_table.element.columns if change.existing_table is not None else ()
    named_types.leave(schema.enums, draft.columns, known, schema.enums_in_columns())


@applies(RenameTable)
def rename_table(schema: SchemaDraft, change: RenameTable) -> None:
    """Rename the table, in foreign keys and before dots in SQL too; constraints keep their names."""
    draft = schema.table(change, change.old_table_name, change.schema)
    move(schema, draft, change, (change.schema, change.new_table_name))


@applies(SetTableSchema)
def set_table_schema(schema: SchemaDraft, change: SetTableSchema) -> None:
    """Move the table, in foreign keys too."""
    draft = schema.table(change, change.table_name, change.schema)
    move(schema, draft, change, (change.new_schema, change.table_name))


def move(schema: SchemaDraft, draft: TableDraft, change: Change, new: Key) -> None:
    """Give a table another name or schema."""
    old = draft.key
    if new == old:
        return
    if new in schema.tables:
        raise ExistingObject(change.describe(), "table", dotted(*new))
    if schema.naming_convention:  # a type's CHECK would be named anew after the table
        draft.pin_type_checks(schema.build_table(draft))
    schema.tables = {new if k == old else k: t for k, t in schema.tables.items()}
    draft.schema, draft.name = new
    for table, place in list(schema.referring(old)):
        r = table.references[place]
        table.references[place] = Reference(r.constraint, r.columns, new, r.target_columns)
    for key in [k for k in schema.objects if (k.schema, k.table) == old]:
        each = schema.objects.pop(key)  # triggers and privileges stay with the table
        named = "object_name" if key.kind == "grant" else "table_name"
        made = each.create.replace(schema=new[0], **{named: new[1]})
        schema.objects[key_of(made)] = SQLObject(MetaData(), made, each.dialects)
    draft.rewrite(
        lambda name: name,
        reading(change, old[1], lambda e: expressions.with_qualifier(e, old[1], new[1])),
    )


@applies(CreateTableComment, DropTableComment)
def comment_table(schema: SchemaDraft, change: CreateTableComment | DropTableComment) -> None:
    """Set the comment, or take it away."""
    draft = schema.table(change, change.table_name, change.schema)
    draft.options["comment"] = getattr(change, "comment", None)


@applies(AlterTableOptions)
def alter_table_options(schema: SchemaDraft, change: AlterTableOptions) -> None:
    """Set the options that a Table can say; None leaves one to the database."""
    draft = schema.table(change, change.table_name, change.schema)
    for option, value in change.dialect_kwargs.items():
        if option in PREFIXES:
            prefixes = [p for p in draft.options.get("prefixes", ()) if p != PREFIXES[option]]
            draft.options["prefixes"] = prefixes + ([PREFIXES[option]] if value else [])
            continue
        former, known = draft.options.pop(option, None), change.existing_options.get(option)
        if isinstance(former, Mapping) or isinstance(value, Mapping):
            value = _parameters(former or {}, known or {}, value or {})
        if value and _is_of_a_table(option, value):
            draft.options[option] = value


PREFIXES = {"postgresql_unlogged": "UNLOGGED"}
"""Options that a Table says as a word behind CREATE."""


def _parameters(
    former: Mapping[str, Any], known: Mapping[str, Any], said: Mapping[str, Any]
) -> dict[str, Any]:
    """Give parameters as they are afterwards: what is no longer said goes, the unmentioned stays."""
    gone = known.keys() - said.keys()
    after = {**former, **said}
    return {name: v for name, v in after.items() if v is not None and name not in gone}


def _is_of_a_table(option: str, value: Any) -> bool:
    """Tell whether SQLAlchemy's Table has an option; what it hasn't, no schema in memory shows."""
    try:
        make_table("t", (), **{option: value})
    except ArgumentError:
        return False
    return True
