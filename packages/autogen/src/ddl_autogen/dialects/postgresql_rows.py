"""Rows of PostgreSQL's catalog as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..values import (
    CheckValue,
    ColumnValue,
    ElementValue,
    ExcludeValue,
    ForeignKeyValue,
    IdentityValue,
    IndexValue,
    PrimaryKeyValue,
    SequenceValue,
    UniqueValue,
)
from .postgresql_types import usual_options

_ACTIONS = {"a": None, "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_DEFERRAL = re.compile(r"( DEFERRABLE)?( INITIALLY DEFERRED)?$")
PG_DEFAULT = "pg_default"
"""The tablespace of a database for which none was named."""
USUAL_TABLESPACE = "usual tablespace"
_MATCHES = {"s": None, "f": "FULL", "p": "PARTIAL"}


def identity_of(row: Any, owned: Any) -> IdentityValue:
    """Give the options that aren't those of a plain identity column of that type."""
    return IdentityValue(always=row.identity == "a", **options_of(owned))


def table_options_of(
    persistence: str,
    storage: Sequence[str] | None,
    tablespace: str | None,
    usual_tablespace: str = PG_DEFAULT,
) -> tuple[tuple[str, str], ...]:
    """Give a table's options: ("with.fillfactor", "70"), ("unlogged", "true"), ...

    A table that names no tablespace is in the database's; that is named where it isn't PG_DEFAULT.
    """
    found = [
        ("with." + name, value) for name, _, value in (o.partition("=") for o in storage or ())
    ]
    found += [("unlogged", "true")] if persistence == "u" else []
    if tablespace is not None:
        found.append(("tablespace", tablespace))
    elif usual_tablespace != PG_DEFAULT:
        found.append((USUAL_TABLESPACE, usual_tablespace))
    return tuple(sorted(found))


def numbers_of(value: SequenceValue | IdentityValue, type_: str) -> dict[str, int]:
    """Give the options of a sequence that are numbers, also those that weren't said."""
    increment = value.increment or 1
    usual = usual_options(type_, increment)
    said = {k: getattr(value, k) for k in usual}
    found = {k: usual[k] if v is None else v for k, v in said.items()}
    first = found["maxvalue" if increment < 0 else "minvalue"]
    return found | {"start": first if value.start is None else value.start}


def options_of(row: Any) -> dict[str, Any]:
    """Give a sequence's options; None for those that follow from its type and direction."""
    usual = usual_options(row.type, row.increment)
    found = {
        "increment": row.increment,
        "minvalue": row.minimum,
        "maxvalue": row.maximum,
        "cache": row.cache,
    }
    first = row.maximum if row.increment < 0 else row.minimum
    start = None if row.start == first else row.start
    return {k: None if v == usual[k] else v for k, v in found.items()} | {
        "cycle": row.cycle,
        "start": start,
    }


def constraint_of(row: Any, columns: Mapping[int, ColumnValue]) -> Any:
    """Make a constraint of its row of `CONSTRAINTS`, by the table's columns by number."""
    (
        _, kind, name, deferrable, deferred, numbers, expression,
        schema, target, target_columns, on_update, on_delete, match,
    ) = row  # fmt: skip
    names = tuple([columns[n].name for n in numbers or () if n in columns])
    if kind == "p":
        return PrimaryKeyValue(names, name)
    if kind == "c":
        return CheckValue(expression, name)
    initially = "DEFERRED" if deferred else None
    if kind == "u":
        return UniqueValue(names, name, deferrable, initially)
    if kind == "x":
        return ExcludeValue(_DEFERRAL.sub("", expression), name, deferrable, initially)
    return ForeignKeyValue(
        names,
        (schema, target),
        tuple(target_columns),
        name,
        _ACTIONS[on_update],
        _ACTIONS[on_delete],
        deferrable,
        initially,
        _MATCHES[match],
    )


def index_of(
    row: Any,
    columns: Mapping[int, ColumnValue],
    names: Mapping[int, str],
    collations: Mapping[int, int],
) -> IndexValue:
    """Make an index of its row.

    Args:
        row: Of `INDEXES`.
        columns: The table's, by number.
        names: Of operator classes that aren't a type's default, and of collations, by oid.
        collations: Oids of the columns' own, by the column's number.
    """
    (
        _, _, name, unique, keys, numbers, flags, method, storage, condition, nulls_not_distinct,
        texts, classes, sorts,
    ) = row  # fmt: skip
    numbers = _numbers(numbers)
    elements = []
    each = zip(numbers[:keys], *map(_numbers, (flags, classes, sorts)), strict=True)
    for at, (number, flag, opclass, collation) in enumerate(each):
        text = columns[number].name if number else texts[at]
        own = collation == collations.get(number)
        other = None if own else names.get(collation)
        elements.append(_element(text, not number, flag, names.get(opclass), other))
    return IndexValue(
        name,
        tuple(elements),
        unique,
        where=condition,
        using=None if method == "btree" else method,
        include=tuple([columns[n].name for n in numbers[keys:]]),
        nulls_not_distinct=nulls_not_distinct,
        options=tuple(sorted((k, v) for k, _, v in (o.partition("=") for o in storage)))
        if storage
        else (),
    )


@lru_cache(maxsize=10_000)
def _numbers(text: str) -> tuple[int, ...]:
    """Read an int2vector or oidvector, most of which a schema has many times."""
    return tuple(map(int, text.split()))


@lru_cache(maxsize=10_000)
def _element(
    text: str, expression: bool, flags: int, opclass: str | None, collation: str | None
) -> ElementValue:
    """Make an element of an index; `flags` are those of pg_index.indoption.

    Bit 1 is DESC, bit 2 is NULLS FIRST (catalog/pg_index.h).
    """
    descending, first = bool(flags & 1), bool(flags & 2)
    nulls = None if first == descending else "first" if first else "last"
    return ElementValue(text, expression, descending, nulls, opclass, collation)
