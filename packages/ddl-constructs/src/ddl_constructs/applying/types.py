"""What changes of domains and composite types do: to the type, and in columns that are of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import CheckConstraint, MetaData

from ..change import KEEP, Change
from ..composite import (
    AddAttribute,
    AlterAttribute,
    CreateCompositeType,
    DropAttribute,
    DropCompositeType,
    RenameCompositeType,
)
from ..declaration import SQLObject
from ..domain import (
    AddDomainConstraint,
    AlterDomain,
    CreateDomain,
    DropDomain,
    DropDomainConstraint,
    RenameDomainConstraint,
    ValidateDomainConstraint,
)
from ..errors import ExistingObject, ObjectInUse
from ..objects import ObjectKey, key_of
from ..sqltext import dotted
from . import named_types
from .draft import SchemaDraft, unknown
from .items import remade
from .rules import applies


@applies(CreateDomain, CreateCompositeType)
def create_type(schema: SchemaDraft, change: CreateDomain | CreateCompositeType) -> None:
    """Add the type, which no column is of."""
    key = key_of(change)
    if key in schema.objects:
        if change.if_not_exists:
            return
        raise ExistingObject(change.describe(), key.kind, key.spoken)
    _set(schema, change.replace(if_not_exists=False))


@applies(DropDomain, DropCompositeType)
def drop_type(schema: SchemaDraft, change: DropDomain | DropCompositeType) -> None:
    """Take the type away, unless a column is of it."""
    key = key_of(change)
    if change.if_exists and key not in schema.objects:
        return
    _get(schema, change, key)
    users = [
        f"column {table.fullname}.{column.name}"
        for table in schema.tables.values()
        for column in table.columns
        if named_types.is_of(column.type, key)
    ]
    if users:
        raise ObjectInUse(change.describe(), f"{key.kind} {key.spoken}", tuple(users))
    del schema.objects[key]


@applies(AlterDomain)
def alter_domain(schema: SchemaDraft, change: AlterDomain) -> None:
    """Set what is said, the name in columns too."""
    _change(schema, change, change.applied)


@applies(AddDomainConstraint)
def add_constraint(schema: SchemaDraft, change: AddDomainConstraint) -> None:
    """Add the CHECK, the last of all."""

    def added(create: CreateDomain) -> CreateDomain:
        name = change.constraint.name
        if name is not None and name in _names(create.checks):
            raise ExistingObject(change.describe(), "constraint", f"{create.domain_name}.{name}")
        return create.replace(checks=[*create.checks, change.constraint])

    _change(schema, change, added)


@applies(DropDomainConstraint)
def drop_constraint(schema: SchemaDraft, change: DropDomainConstraint) -> None:
    """Take the CHECK away."""

    def without(create: CreateDomain) -> CreateDomain:
        if not change.if_exists:
            _require(change, create)
        return create.replace(checks=[c for c in create.checks if c.name != change.constraint_name])

    _change(schema, change, without)


@applies(RenameDomainConstraint)
def rename_constraint(schema: SchemaDraft, change: RenameDomainConstraint) -> None:
    """Give the CHECK its other name."""

    def renamed(check: CheckConstraint) -> CheckConstraint:
        if check.name != change.constraint_name:
            return check
        return CheckConstraint(
            check.sqltext, name=change.new_constraint_name, **check.dialect_kwargs
        )

    def after(create: CreateDomain) -> CreateDomain:
        _require(change, create)
        return create.replace(checks=list(map(renamed, create.checks)))

    _change(schema, change, after)


@applies(ValidateDomainConstraint)
def validate_constraint(schema: SchemaDraft, change: ValidateDomainConstraint) -> None:
    """Leave the CHECK as it is, now for the rows before it too."""

    def valid(check: CheckConstraint) -> CheckConstraint:
        if check.name != change.constraint_name:
            return check
        return CheckConstraint(check.sqltext, name=check.name)

    def after(create: CreateDomain) -> CreateDomain:
        _require(change, create)
        return create.replace(checks=list(map(valid, create.checks)))

    _change(schema, change, after)


@applies(RenameCompositeType)
def rename_type(schema: SchemaDraft, change: RenameCompositeType) -> None:
    """Give the type its other name, in columns too."""

    def renamed(create: CreateCompositeType) -> CreateCompositeType:
        return create.replace(type_name=change.new_type_name)

    _change(schema, change, renamed)


@applies(AddAttribute)
def add_attribute(schema: SchemaDraft, change: AddAttribute) -> None:
    """Add the attribute, the last of all."""
    name = str(change.attribute.name)

    def added(create: CreateCompositeType) -> CreateCompositeType:
        if name in _names(create.attributes):
            raise ExistingObject(change.describe(), "attribute", f"{create.type_name}.{name}")
        return create.replace(attributes=[*create.attributes, change.attribute])

    _change(schema, change, added)


@applies(DropAttribute)
def drop_attribute(schema: SchemaDraft, change: DropAttribute) -> None:
    """Take the attribute away."""

    def without(create: CreateCompositeType) -> CreateCompositeType:
        if not change.if_exists:
            _place(change, create)
        return create.replace(
            attributes=[a for a in create.attributes if a.name != change.attribute_name]
        )

    _change(schema, change, without)


@applies(AlterAttribute)
def alter_attribute(schema: SchemaDraft, change: AlterAttribute) -> None:
    """Give the attribute its other type or name."""

    def altered(create: CreateCompositeType) -> CreateCompositeType:
        at = _place(change, create)
        attributes = list(create.attributes)
        said: dict[str, Any] = {}
        if change.type_ is not KEEP:
            said["type"] = change.type_
        if change.new_attribute_name is not KEEP:
            said["name"] = change.new_attribute_name
        attributes[at] = remade(attributes[at], **said)
        return create.replace(attributes=attributes)

    _change(schema, change, altered)


def _get(schema: SchemaDraft, change: Change, key: ObjectKey) -> Any:
    if key not in schema.objects:
        names = (k.spoken for k in schema.objects if k.kind == key.kind)
        raise unknown(change, key.kind, key.spoken, names)
    return schema.objects[key].create


def _set(schema: SchemaDraft, create: Any) -> None:
    schema.objects[key_of(create)] = SQLObject(MetaData(), create, ("postgresql",))


def _change(schema: SchemaDraft, change: Change, after: Callable[[Any], Any]) -> None:
    """Put another definition in a type's place, and make columns of the type follow."""
    key = key_of(change)
    made = after(_get(schema, change, key))
    new = key_of(made)
    if new != key and new in schema.objects:
        raise ExistingObject(change.describe(), new.kind, new.spoken)
    schema.objects = {new if k == key else k: each for k, each in schema.objects.items()}
    _set(schema, made)
    for table in schema.tables.values():
        for column in [c for c in table.columns if named_types.is_of(c.type, key)]:
            type_ = named_types.following(column.type, made)
            table.replace_column(column.name, remade(column, type=type_))


def _names(several: Iterable[Any]) -> list[str]:
    return [str(each.name) for each in several]


def _require(
    change: DropDomainConstraint | RenameDomainConstraint | ValidateDomainConstraint,
    create: CreateDomain,
) -> None:
    if change.constraint_name not in _names(create.checks):
        of = dotted(create.schema, create.domain_name)
        raise unknown(change, "constraint", change.constraint_name, _names(create.checks), of)


def _place(change: DropAttribute | AlterAttribute, create: CreateCompositeType) -> int:
    names = _names(create.attributes)
    if change.attribute_name not in names:
        of = dotted(create.schema, create.type_name)
        raise unknown(change, "attribute", change.attribute_name, names, of)
    return names.index(change.attribute_name)
