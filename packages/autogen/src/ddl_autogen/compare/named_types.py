"""Domains and composite types: those that come, change, or go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ddl_constructs import (
    KEEP,
    AddAttribute,
    AddDomainConstraint,
    AlterAttribute,
    AlterDomain,
    Change,
    CreateDomain,
    DropAttribute,
    DropDomainConstraint,
    RenameDomainConstraint,
)
from sqlalchemy import CheckConstraint

from ..errors import CyclicDefinitions, ForeignObject, UnalterableType
from ..objects import ObjectValue
from ..values import Snapshot
from .context import Context

KINDS = ("domain", "composite")
_TYPE, _COLLATION, _DEFAULT, _NOT_NULL, _CHECKS = range(5)
"""Where in the shape of a domain what stands."""


def compare_types(
    theirs: Snapshot, ours: Snapshot, context: Context
) -> tuple[list[Change], list[Change]]:
    """Give what comes or is altered of types, before the tables, and what goes, after them.

    Raises:
        ForeignObject: One would change that belongs to somebody else.
        UnalterableType: One would become what the database can't make of it.
        CyclicDefinitions: Ours are made of each other.
    """
    wanted = [v for k, v in ours.objects.items() if k.kind in KINDS]
    comes: list[Change] = []
    for value in _in_order(wanted):
        there = theirs.objects.get(value.key)
        partner = there and there.create
        name, kind = value.key.name, value.key.kind
        if not context.options.takes_object(value.source, name, kind, False, partner):
            continue
        if there is None:
            comes.append(value.create)
            continue
        found = list(_differences(there, value, theirs))
        _refuse_unread(value, found, theirs)
        if found and there.owner is not None:
            raise ForeignObject(kind, value.key.spoken, there.owner)
        comes += found
    goes = [v for v in theirs.objects.values() if _goes(v, theirs, ours, context)]
    return comes, [v.drop for v in _in_order(goes)[::-1]]


def _differences(theirs: ObjectValue, ours: ObjectValue, schema: Snapshot) -> Iterator[Change]:
    if ours.key.kind == "domain":
        return _of_domain(theirs, ours)
    return _of_composite(theirs, ours, schema)


def _of_domain(theirs: ObjectValue, ours: ObjectValue) -> Iterator[Change]:
    before, after = theirs.shape, ours.shape
    for what, at in (("type", _TYPE), ("collation", _COLLATION)):
        if before[at] != after[at]:
            said = f"its {what} would change from {before[at] or 'none'} to {after[at] or 'none'}"
            raise UnalterableType("domain", ours.key.spoken, said)
    create: CreateDomain = ours.create
    default = create.default if before[_DEFAULT] != after[_DEFAULT] else KEEP
    not_null = create.not_null if before[_NOT_NULL] != after[_NOT_NULL] else KEEP
    if default is not KEEP or not_null is not KEEP:
        yield AlterDomain(
            create.domain_name,
            schema=create.schema,
            default=default,
            not_null=not_null,
            existing_domain=theirs.create,
        )
    yield from _of_checks(theirs, ours)


def _of_checks(theirs: ObjectValue, ours: ObjectValue) -> Iterator[Change]:
    """Yield what leads to our CHECKs: those of the same condition are the same, and renamed."""
    create: CreateDomain = ours.create
    name, schema = create.domain_name, create.schema
    left = list(zip(theirs.create.checks, theirs.shape[_CHECKS:], strict=True))
    fresh: list[CheckConstraint] = []
    renamed: list[tuple[str, str]] = []
    for check, condition in zip(create.checks, ours.shape[_CHECKS:], strict=True):
        same = [one for one in left if one[1] == condition]
        same.sort(key=lambda one: one[0].name != check.name)
        if not same:
            fresh.append(check)
            continue
        left.remove(same[0])
        there = str(same[0][0].name)
        # SQLAlchemy writes a DOMAIN's name before its NOT NULL, and the CHECK gets one by itself
        by_itself = create.not_null and there.startswith(f"{name}_check")
        if check.name is not None and there != check.name and not by_itself:
            renamed.append((there, str(check.name)))
    for check, _ in left:
        yield DropDomainConstraint(name, str(check.name), schema=schema, existing_constraint=check)
    for old, new in renamed:
        yield RenameDomainConstraint(name, old, new, schema=schema)
    taken = {str(c.name) for c in (*theirs.create.checks, *create.checks)}
    for check in fresh:
        yield AddDomainConstraint(name, _named(check, name, taken), schema=schema)


def _refuse_unread(value: ObjectValue, changes: Iterable[Change], schema: Snapshot) -> None:
    """Refuse what must hold of values that PostgreSQL can't look into: arrays of a domain.

    PostgreSQL 15 manual, ALTER DOMAIN, Notes: ADD CONSTRAINT, VALIDATE CONSTRAINT and SET NOT NULL
    fail where a column is of a container type with the domain in it.
    """
    reading = [
        c
        for c in changes
        if isinstance(c, AddDomainConstraint) or (isinstance(c, AlterDomain) and c.not_null is True)
    ]
    arrays = [user for user, type_ in _columns_of(value, schema) if type_.endswith("[]")]
    if reading and arrays:
        said = f"what holds of its values would change while {arrays[0]} is an array of it"
        raise UnalterableType("domain", value.key.spoken, said)


def _named(check: CheckConstraint, domain: str, taken: set[str]) -> CheckConstraint:
    """Give a CHECK the name that PostgreSQL would give it, so that it can be dropped again."""
    if check.name is not None:
        return check
    names = (f"{domain}_check{number or ''}" for number in range(len(taken) + 1))
    free = next(name for name in names if name not in taken)
    taken.add(free)
    return CheckConstraint(check.sqltext, name=free)


def _of_composite(theirs: ObjectValue, ours: ObjectValue, schema: Snapshot) -> Iterator[Change]:
    create = ours.create
    name, where = create.type_name, create.schema
    there = dict(zip([str(a.name) for a in theirs.create.attributes], theirs.shape, strict=True))
    known = {str(a.name): a for a in theirs.create.attributes}
    wanted = {str(a.name): a for a in create.attributes}
    for attribute, type_ in zip(wanted, ours.shape, strict=True):
        if attribute not in there or there[attribute] == type_:
            continue
        if users := _users(ours, schema):
            said = f"the type of {attribute} would change from {there[attribute]} to {type_} while {users[0]} is of it"
            raise UnalterableType("composite type", ours.key.spoken, said)
        yield AlterAttribute(
            name,
            attribute,
            type_=wanted[attribute].type,
            existing_type=known[attribute].type,
            schema=where,
        )
    for attribute in there:
        if attribute not in wanted:
            yield DropAttribute(name, attribute, schema=where, existing_attribute=known[attribute])
    for attribute in wanted:
        if attribute not in there:
            yield AddAttribute(name, wanted[attribute], schema=where)


def _spelled(value: ObjectValue) -> str:
    """Give a type's name as a column's type has it, without quotes."""
    where = f"{value.key.schema}." if value.key.schema else ""
    return where + value.key.name


def _users(value: ObjectValue, schema: Snapshot) -> list[str]:
    """Give the columns that are of a type, or an array of it: "table.column"."""
    return [user for user, _ in _columns_of(value, schema)]


def _columns_of(value: ObjectValue, schema: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield the columns that are of a type, or an array of it, each with its own type."""
    name = _spelled(value)
    for table in schema.tables.values():
        for column in table.columns:
            if column.type.replace('"', "").removesuffix("[]") == name:
                yield f"{table.name}.{column.name}", column.type


def _goes(value: ObjectValue, theirs: Snapshot, ours: Snapshot, context: Context) -> bool:
    """Tell whether a type goes: one that nobody declared, and no column of ours is of."""
    key, options = value.key, context.options
    if key.kind not in KINDS or key in ours.objects or value.owner is not None:
        return False
    kinds = options.object_kinds
    if kinds is None:
        kinds = {k.kind for k in ours.objects}
    if key.kind not in kinds or (key.schema is not None and not options.include_schemas):
        return False
    return (
        not _users(value, ours)
        and options.takes_table((key.schema, key.name), theirs.default_schema)
        and options.takes_name(key.name, key.kind, schema_name=key.schema)
        and options.takes_object(value.create, key.name, key.kind, True)
    )


def _in_order(values: Iterable[ObjectValue]) -> list[ObjectValue]:
    """Sort types so that one comes behind those that it is made of.

    Raises:
        CyclicDefinitions: They are made of each other.
    """
    left = list(values)
    done: list[ObjectValue] = []
    while left:
        ready = [v for v in left if not any(_made_of(v, other) for other in left)]
        if not ready:
            raise CyclicDefinitions(_circle(left))
        done += ready
        left = [v for v in left if v not in done]
    return done


def _circle(values: list[ObjectValue]) -> tuple[str, ...]:
    """Give types of which each is made of the next, the last of the first; each has one to go to."""
    path = [values[0]]
    while True:
        following = next(v for v in values if _made_of(path[-1], v))
        if following in path:
            return tuple(v.key.spoken for v in path[path.index(following) :])
        path.append(following)


def _made_of(value: ObjectValue, other: ObjectValue) -> bool:
    types: Sequence[Any] = value.shape[:1] if value.key.kind == "domain" else value.shape
    return any(t.replace('"', "").removesuffix("[]") == _spelled(other) for t in types)
