"""Types with a name of their own: which columns are of them, and the same ones changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Column, Enum, MetaData
from sqlalchemy.types import TypeEngine

from ..composite import CompositeValue
from ..declaration import SQLObject, domains_of, types_on
from ..objects import ObjectKey
from .items import Key


def enum_of(type_: TypeEngine[Any]) -> Enum | None:
    """Give the enum type that a column's type is, or is an array of; None if it has no name."""
    while isinstance(type_, ARRAY):
        type_ = type_.item_type
    if isinstance(type_, Enum) and type_.native_enum and type_.name:
        return type_
    return None


def with_labels(type_: TypeEngine[Any], labels: Sequence[str]) -> TypeEngine[Any]:
    """Give a type like this one, or an array of it, with other labels.

    A Python enum class that it was made from is left behind: it has the labels it has.
    """
    if isinstance(type_, ARRAY):
        return type(type_)(
            with_labels(type_.item_type, labels),
            as_tuple=type_.as_tuple,
            dimensions=type_.dimensions,
            zero_indexes=type_.zero_indexes,
        )
    assert isinstance(type_, Enum), "it is what enum_of found"
    options: dict[str, Any] = {"name": type_.name, "schema": type_.schema}
    if type(type_) is Enum:
        options["create_constraint"] = type_.create_constraint
        options["length"] = max(type_.length or 0, *map(len, labels), 0) or None
        options["validate_strings"] = type_.validate_strings
    if getattr(type_, "create_type", True) is False:
        options["create_type"] = False
    return type(type_)(*labels, **options)


def inner(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """Give what an array is of; a type that is none as it is."""
    while isinstance(type_, ARRAY):
        type_ = type_.item_type
    return type_


def is_of(type_: TypeEngine[Any], key: ObjectKey) -> bool:
    """Tell whether a column's type is a domain or composite type, or an array of it."""
    of: Any = inner(type_)
    if key.kind == "composite":
        known = isinstance(of, CompositeValue)
    else:
        known = key.kind == "domain" and getattr(of, "__visit_name__", "") == "DOMAIN"
    return known and (of.schema, of.name) == (key.schema, key.name)


def following(type_: TypeEngine[Any], create: Any) -> TypeEngine[Any]:
    """Give a type like this one, or an array of it, after a change of its domain or composite type."""
    if isinstance(type_, ARRAY):
        return type(type_)(
            following(type_.item_type, create),
            as_tuple=type_.as_tuple,
            dimensions=type_.dimensions,
            zero_indexes=type_.zero_indexes,
        )
    if isinstance(type_, CompositeValue):
        return CompositeValue(create.type_name, create.schema)
    domain: TypeEngine[Any] = create.domain
    return domain


def bring(objects: MutableMapping[ObjectKey, SQLObject], columns: Iterable[Column[Any]]) -> None:
    """Add the domains of some columns to what is there, as what adds the columns does."""
    for each in domains_of(column.type for column in columns):
        objects.setdefault(each.key, each)


def standing_alone(key: Key, labels: Sequence[str], metadata: MetaData) -> None:
    """Let a MetaData create an enum type that no column is of."""
    schema, name = key
    Enum(*labels, name=name, schema=schema, metadata=metadata)


def enums_of(metadata: MetaData) -> Iterator[Enum]:
    """Yield the named enum types that a MetaData creates, those of its columns too."""
    for owner in types_on(metadata):
        if isinstance(owner, Enum) and enum_of(owner) is not None:
            yield owner


def leave(
    enums: MutableMapping[Key, tuple[str, ...]],
    gone: Iterable[Column[Any]],
    known: Iterable[Column[Any]],
    used: Mapping[Key, tuple[str, ...]],
) -> None:
    """Keep the enum types of columns that are gone, as PostgreSQL does.

    Args:
        enums: The types that stand alone, which are changed.
        gone: The columns that are gone.
        known: Those that the change knew of: it drops their types along with them.
        used: The types that other columns are of.
    """
    dropped = {
        (e.schema, str(e.name))
        for column in known
        if (e := enum_of(column.type)) is not None and getattr(e, "create_type", True)
    }
    for column in gone:
        enum = enum_of(column.type)
        if enum is None or (key := (enum.schema, str(enum.name))) in used:
            continue
        if key in dropped:
            enums.pop(key, None)
        else:
            enums[key] = tuple(enum.enums)
