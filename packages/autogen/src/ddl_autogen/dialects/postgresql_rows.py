"""Rows of PostgreSQL's catalog as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
_MATCHES = {"s": None, "f": "FULL", "p": "PARTIAL"}


def identity_of(row: Any, owned: Any) -> IdentityValue:
    """Give the options that aren't those of a plain identity column of that type."""
    return IdentityValue(always=row.identity == "a", **options_of(owned))


def table_options_of(
    persistence: str, storage: Sequence[str] | None, tablespace: str | None
) -> tuple[tuple[str, str], ...]:
    """Give a table's options: ("with.fillfactor", "70"), ("unlogged", "true"), ..."""
    found = [
        ("with." + name, value) for name, _, value in (o.partition("=") for o in storage or ())
    ]
    found += [("unlogged", "true")] if persistence == "u" else []
    found += [("tablespace", tablespace)] if tablespace is not None else []
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


def constraint_of(row: Any, columns: Mapping[int, Mapping[int, ColumnValue]]) -> Any:
    """Make a constraint of its row, by the table's columns by number."""
    here = columns[row.table_oid]
    names = tuple(here[n].name for n in row.columns or () if n in here)
    initially = "DEFERRED" if row.deferred else None
    match row.kind:
        case "p":
            return PrimaryKeyValue(names, row.name)
        case "u":
            return UniqueValue(names, row.name, row.deferrable, initially)
        case "c":
            return CheckValue(row.expression, row.name)
        case "x":
            text = _DEFERRAL.sub("", row.expression)
            return ExcludeValue(text, row.name, row.deferrable, initially)
    return ForeignKeyValue(
        names,
        (row.target_schema, row.target_name),
        tuple(row.target_columns),
        row.name,
        _ACTIONS[row.on_update],
        _ACTIONS[row.on_delete],
        row.deferrable,
        initially,
        _MATCHES[row.match],
    )


def index_of(
    row: Any,
    columns: Mapping[int, ColumnValue],
    names: Mapping[int, str],
    collations: Mapping[tuple[int, int], int],
) -> IndexValue:
    """Make an index of its row.

    Args:
        row: Of `INDEXES`.
        columns: The table's, by number.
        names: Of operator classes that aren't a type's default, and of collations, by oid.
        collations: Oids of the columns' own, by the table's oid and the column's number.
    """
    numbers = [int(n) for n in row.numbers.split()]
    flags = [int(n) for n in row.flags.split()]
    classes = [names.get(int(n)) for n in row.classes.split()]
    sorts = [int(n) for n in row.collations.split()]
    elements = []
    for at in range(row.keys):
        # pg_index.indoption: bit 1 is DESC, bit 2 is NULLS FIRST (catalog/pg_index.h)
        descending, first = bool(flags[at] & 1), bool(flags[at] & 2)
        number = numbers[at]
        elements.append(
            ElementValue(
                text=columns[number].name if number else row.texts[at],
                expression=not number,
                descending=descending,
                nulls=None if first == descending else "first" if first else "last",
                opclass=classes[at],
                collation=None
                if sorts[at] == collations.get((row.table_oid, number))
                else names.get(sorts[at]),
            )
        )
    options = (o.partition("=") for o in row.options or ())
    return IndexValue(
        name=row.name,
        elements=tuple(elements),
        unique=row.is_unique,
        where=row.condition,
        using=None if row.method == "btree" else row.method,
        include=tuple(columns[n].name for n in numbers[row.keys :]),
        nulls_not_distinct=row.nulls_not_distinct,
        options=tuple(sorted((k, v) for k, _, v in options)),
    )
