"""What changes of views, routines, triggers and privileges do: they come and go by their names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData

from ..change import Change
from ..declaration import SQLObject
from ..errors import ExistingObject
from ..extension import CreateExtension, DropExtension, UpdateExtension
from ..grant import GrantPrivileges, RevokePrivileges
from ..objects import ObjectKey, key_of
from ..routine import CreateFunction, CreateProcedure, DropFunction, DropProcedure
from ..schema import CreateSchema, DropSchema
from ..trigger import CreateTrigger, DropTrigger
from ..view import CreateView, DropView, RefreshMaterializedView
from .draft import SchemaDraft, unknown
from .rules import applies


@applies(CreateView, CreateFunction, CreateProcedure, CreateTrigger)
def create_object(schema: SchemaDraft, change: Any) -> None:
    """Add the object; with `or_replace` in the place of one of its name."""
    key = key_of(change)
    if key in schema.objects and not change.or_replace:
        if getattr(change, "if_not_exists", False):
            return
        raise ExistingObject(change.describe(), key.kind, key.spoken)
    if isinstance(change, CreateTrigger) and key.view not in schema.objects:
        schema.table(change, change.table_name, change.schema)
    made = change.replace(or_replace=False, **{f"existing_{_field(change)}": None})
    schema.objects[key] = SQLObject(MetaData(), made)


def _field(change: Change) -> str:
    return {CreateView: "view", CreateTrigger: "trigger", CreateFunction: "function"}.get(
        type(change),
        "procedure",
    )


@applies(CreateExtension)
def create_extension(schema: SchemaDraft, change: CreateExtension) -> None:
    """Add the extension."""
    key = key_of(change)
    if key in schema.objects and not change.if_not_exists:
        raise ExistingObject(change.describe(), key.kind, key.spoken)
    schema.objects.setdefault(key, SQLObject(MetaData(), change.replace(if_not_exists=False)))


@applies(UpdateExtension)
def update_extension(schema: SchemaDraft, change: UpdateExtension) -> None:
    """Set the version."""
    key = key_of(change)
    if key not in schema.objects:
        names = (k.spoken for k in schema.objects if k.kind == key.kind)
        raise unknown(change, key.kind, key.spoken, names)
    create = schema.objects[key].create.replace(version=change.version)
    schema.objects[key] = SQLObject(MetaData(), create)


@applies(GrantPrivileges)
def grant(schema: SchemaDraft, change: GrantPrivileges) -> None:
    """Add to what the grantee has there."""
    key = key_of(change)
    has = schema.objects[key].create if key in schema.objects else None
    if has is not None:
        more = [p for p in has.privileges if p not in change.privileges]
        change = change.replace(privileges=[*more, *change.privileges])
    schema.objects[key] = SQLObject(MetaData(), change)


@applies(RevokePrivileges)
def revoke(schema: SchemaDraft, change: RevokePrivileges) -> None:
    """Take from what the grantee has there; what nobody knew of is no error, as in databases."""
    key = key_of(change)
    has = schema.objects.pop(key, None)
    if has is None or any(p.upper().startswith("ALL") for p in change.privileges):
        return
    left = [p for p in has.create.privileges if p not in change.privileges]
    if left:
        schema.objects[key] = SQLObject(MetaData(), has.create.replace(privileges=left))


@applies(RefreshMaterializedView)
def refresh(schema: SchemaDraft, change: RefreshMaterializedView) -> None:
    """Leave the view as it is: its rows aren't part of a schema."""
    key = key_of(change)
    if key not in schema.objects:
        names = (k.spoken for k in schema.objects if k.kind == key.kind)
        raise unknown(change, key.kind, key.spoken, names)


@applies(CreateSchema, DropSchema)
def namespace(schema: SchemaDraft, change: Change) -> None:
    """Leave the tables as they are: a schema in memory has no namespaces of its own."""


@applies(DropExtension, DropView, DropFunction, DropProcedure, DropTrigger)
def drop_object(schema: SchemaDraft, change: Any) -> None:
    """Take the object away."""
    found = find(schema, change)
    if found is None:
        if change.if_exists:
            return
        key = key_of(change)
        names = (k.spoken for k in schema.objects if k.kind == key.kind)
        raise unknown(change, key.kind, key.spoken, names)
    del schema.objects[found]
    for key in [k for k in schema.objects if k.kind == "trigger" and k.view == found]:
        del schema.objects[key]  # they go with the view


def find(schema: SchemaDraft, change: Change) -> ObjectKey | None:
    """Find what a change drops: by its key, or a routine by its name if only one has it."""
    key = key_of(change)
    if key in schema.objects:
        return key
    if getattr(change, "arguments", "") is None:
        named = [
            k
            for k in schema.objects
            if (k.kind, k.schema, k.name) == (key.kind, key.schema, key.name)
        ]
        return named[0] if len(named) == 1 else None
    return None
