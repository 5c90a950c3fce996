"""What other names, schemas and owners of objects do: what hangs on an object goes with it.

SQL of views and routines that name it is left as it was written, as where a table is renamed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, MetaData

from ..alter_object import RenameObject, SetObjectSchema, SetOwner
from ..change import Change
from ..declaration import SQLObject, needed_by_tables
from ..errors import ExistingObject, OpaqueChange, UnrewritableText
from ..objects import ObjectKey, key_of, signature_of
from ..trigger import AlterTrigger
from . import named_types
from .draft import SchemaDraft, unknown
from .items import remade
from .objects import find
from .rules import applies
from .sequences import move_sequence
from .tables import move

_NAMES = {
    "view": "view_name",
    "materialized view": "view_name",
    "function": "function_name",
    "procedure": "procedure_name",
    "trigger": "trigger_name",
}

_GRANTED = {
    "view": "table",
    "function": "function",
    "procedure": "procedure",
    "domain": "type",
    "composite": "type",
}
"""What privileges call the kinds of objects."""


@applies(RenameObject)
def rename_object(schema: SchemaDraft, change: RenameObject) -> None:
    """Give the object its other name, also in what hangs on it."""
    if change.kind == "schema":
        _rename_schema(schema, change)
        return
    key = _found(schema, change)
    made = schema.objects[key].create.replace(**{_NAMES[change.kind]: change.new_object_name})
    if change.kind in ("function", "procedure"):
        _refuse_called(schema, change, key)
    _become(schema, change, key, made)


@applies(SetObjectSchema)
def set_object_schema(schema: SchemaDraft, change: SetObjectSchema) -> None:
    """Move the object, also what hangs on it."""
    new, old = change.new_schema, (change.schema, change.object_name)
    if change.kind == "sequence":
        move_sequence(schema, change, old, (new, change.object_name))
        return
    if change.kind == "type":
        _move_type(schema, change)
        return
    key = _found(schema, change)
    if change.kind in ("function", "procedure"):
        _refuse_called(schema, change, key)
    _become(schema, change, key, schema.objects[key].create.replace(schema=new))


@applies(SetOwner)
def set_owner(schema: SchemaDraft, change: SetOwner) -> None:
    """Leave the object as it is: whose it is is no part of a schema in memory."""


@applies(AlterTrigger)
def alter_trigger(schema: SchemaDraft, change: AlterTrigger) -> None:
    """Let the trigger fire, or not."""
    key = _found(schema, change)
    create = schema.objects[key].create
    _become(schema, change, key, create.replace(enabled=change.enabled))


def _found(schema: SchemaDraft, change: Change) -> ObjectKey:
    found = find(schema, change)
    if found is None:
        key = key_of(change)
        names = (k.spoken for k in schema.objects if k.kind == key.kind)
        raise unknown(change, key.kind, key.spoken, names)
    return found


def _refuse_called(schema: SchemaDraft, change: Change, key: ObjectKey) -> None:
    """Refuse a routine that the tables' SQL calls, which isn't read well enough to be rewritten."""
    if needed_by_tables(schema.build(), key):
        where = "a default, a CHECK, a generated column or an index"
        raise UnrewritableText(change.describe(), f"{key.kind} {key.spoken}", where, key.name)


def _become(schema: SchemaDraft, change: Change, key: ObjectKey, made: Any) -> None:
    """Put another definition in an object's place; triggers and privileges follow it."""
    new = key_of(made)
    if new != key and new in schema.objects:
        raise ExistingObject(change.describe(), new.kind, new.spoken)
    objects = {}
    for k, each in schema.objects.items():
        create = made if k == key else _following(each.create, key, new)
        indexes = each.indexes
        if k == key:
            indexes = tuple(i.replace(table_name=new.name, schema=new.schema) for i in indexes)
        after = SQLObject(MetaData(), create, each.dialects)
        after.indexes = indexes
        objects[after.key] = after
    schema.objects = objects


def _following(create: Any, old: ObjectKey, new: ObjectKey) -> Any:
    """Give what hangs on an object as it is when that has another name or schema."""
    key = key_of(create)
    if (key.schema, key.table) != (old.schema, old.name):
        return create
    if key.kind == "trigger" and old.kind == "view":
        return create.replace(table_name=new.name, schema=new.schema)
    if key.kind != "grant" or create.kind != _GRANTED.get(old.kind):
        return create
    if create.arguments is not None and signature_of(create.arguments) != old.signature:
        return create  # of another routine of that name
    return create.replace(object_name=new.name, schema=new.schema)


def _move_type(schema: SchemaDraft, change: SetObjectSchema) -> None:
    keys = (ObjectKey(k, change.schema, change.object_name) for k in ("domain", "composite"))
    key = next((key for key in keys if key in schema.objects), None)
    if key is None:
        raise OpaqueChange(
            change.describe(), "it is neither a domain nor a composite type that is known here"
        )
    made = schema.objects[key].create.replace(schema=change.new_schema)
    _become(schema, change, key, made)
    for table in schema.tables.values():
        for column in [c for c in table.columns if named_types.is_of(c.type, key)]:
            type_ = named_types.following(column.type, made)
            table.replace_column(column.name, remade(column, type=type_))


def _rename_schema(schema: SchemaDraft, change: RenameObject) -> None:
    """Move all that is known of a schema; its types by name only where a column's is one of them."""
    old, new = change.object_name, change.new_object_name
    typed: list[Column[Any]] = [
        c
        for table in schema.tables.values()
        for c in table.columns
        if getattr(named_types.inner(c.type), "schema", None) == old
    ]
    if typed or any(key[0] == old for key in schema.enums):
        raise OpaqueChange(change.describe(), "types are in it, which have no other name in memory")
    for table in [t for t in schema.tables.values() if t.schema == old]:
        move(schema, table, change, (new, table.name))
    for key in [k for k in schema.sequences if k[0] == old]:
        move_sequence(schema, change, key, (new, key[1]))
    for found in [k for k in schema.objects if k.schema == old]:
        if found in schema.objects:  # it may have followed another
            made = schema.objects[found].create.replace(schema=new)
            _become(schema, change, found, made)
