"""What a database holds, as words that can be held against those of another one."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from typing import Any

import ddl_autogen
from sqlalchemy import Connection, func, select, table

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?")
_IN_NO_ORDER = ("uniques", "foreign_keys", "checks", "indexes", "excludes")


def seen(
    connection: Connection,
    without: Container[str],
    options: ddl_autogen.Options | None = None,
    *,
    rows: bool = False,
) -> dict[str, str]:
    """Read tables and sequences.

    Args:
        connection: Where.
        without: Names of tables that don't count.
        options: What takes part; None for the default schema.
        rows: Count the rows, too, of what was made twice: a time in a default is when a script ran.

    Returns:
        "table" or "schema.table" -> its parts in words; "sequence name" -> likewise.
    """
    snapshot = ddl_autogen.snapshot(connection, options)
    options = options or ddl_autogen.Options()
    found = {}
    for (schema, name), value in snapshot.tables.items():
        if name in without or not options.takes_table((schema, name), snapshot.default_schema):
            continue
        parts: dict[str, Any] = {
            part: tuple(sorted(getattr(value, part), key=repr)) for part in _IN_NO_ORDER
        }
        said = repr(replace(value, **parts))
        if rows:
            of = select(func.count()).select_from(table(name, schema=schema))
            said = f"{_MOMENT.sub('<time>', said)}, {connection.scalar(of)} rows"
        found[f"{schema}.{name}" if schema else name] = said
    for (schema, name), sequence in snapshot.sequences.items():
        found[f"sequence {schema}.{name}" if schema else f"sequence {name}"] = repr(sequence)
    return found


def differences(theirs: Mapping[str, str], ours: Mapping[str, str]) -> Iterator[str]:
    """Yield what two databases differ in, in words: ours is made of what theirs is said to be."""
    for name in sorted({*theirs, *ours}):
        one, other = theirs.get(name), ours.get(name)
        if one is None or other is None:
            yield f"{name} is {'new' if one is None else 'missing'}"
        elif one != other:
            same = zip(one, other, strict=False)
            start = next((i for i, (a, b) in enumerate(same) if a != b), 0)
            start = max(0, start - 20)
            yield f"{name} is another: ...{one[start : start + 60]}... before, ...{other[start : start + 60]}... after"
