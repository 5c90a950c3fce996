"""Rows of information_schema as values: what MariaDB makes of JSON, indexes, and which are UNIQUE."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..values import ElementValue, IndexValue, TableValue

_JSON = re.compile(r"""json_valid\(([`"])((?:(?!\1).|\1\1)*)\1\)$""", re.IGNORECASE)
"""Which names the column in double quotes where the session's sql_mode has ANSI_QUOTES."""


def json_columns(table: TableValue) -> TableValue:
    """Say JSON for what MariaDB makes of it: LONGTEXT with CHECK (json_valid(...)).

    MariaDB Knowledge Base, JSON Data Type: an alias; the CHECK is there since 10.4.3.
    """
    own_last = sorted(table.checks, key=lambda c: c.column is not None)  # a table's may say it too
    found = {m[2].replace(2 * m[1], m[1]): c for c in own_last if (m := _JSON.match(c.text))}
    json = {c.name for c in table.columns if c.type == "longtext" and c.name in found}
    if not json:
        return table
    return replace(
        table,
        columns=tuple(
            replace(c, type="json", collation=None) if c.name in json else c for c in table.columns
        ),
        checks=tuple(c for c in table.checks if not any(c is found[n] for n in json)),
    )


AS_WRITTEN = ("bit", "binary", "varbinary", "datetime", "timestamp")
"""Types whose default MySQL tells as it is written: b'1', 0x61, before 8.0 CURRENT_TIMESTAMP."""


def index_of(rows: list[Any], sql: Callable[[str], str]) -> IndexValue:
    """Make an index of its rows.

    Args:
        rows: Of `INDEXES`, of one index.
        sql: Writes an expression as it is written, from the form that the server tells.
    """
    first = rows[0]
    elements = tuple(
        ElementValue(
            text=r.column if r.column is not None else f"({sql(r.expression)})",
            expression=r.column is None,
            descending=r.direction == "D",
            length=r.length,
        )
        for r in rows
    )
    method = first.method.lower()
    if method in ("fulltext", "spatial"):
        elements = tuple(replace(e, length=None) for e in elements)
    return IndexValue(
        first.name,
        elements,
        unique=not first.repeats,
        using=None if method == "btree" else method,
    )


def is_unique(index: IndexValue) -> bool:
    """Tell whether an index is what UNIQUE makes: over whole columns, upwards."""
    plain = all(not (e.expression or e.length or e.descending) for e in index.elements)
    return index.unique and plain


def with_hash_asked(theirs: TableValue, ours: TableValue) -> TableValue:
    """Say HASH of an index for which the model says so, where the engine makes BTREE of it.

    MySQL 8.4 manual, CREATE INDEX, Storage Engine Index Types: only MEMORY and NDB have both.
    """
    asked = {index.name for index in ours.indexes if index.using == "hash"}
    if not asked or dict(theirs.options).get("engine") in ("memory", "ndbcluster"):
        return theirs
    indexes = tuple(
        replace(i, using="hash") if i.name in asked and i.using is None else i
        for i in theirs.indexes
    )
    return replace(theirs, indexes=indexes)
