"""How PostgreSQL calls what was given no name; seen on PostgreSQL 15."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..unnamed import names_unnamed

_LABELS = {
    "primary": "pkey",
    "unique": "key",
    "foreignkey": "fkey",
    "check": "check",
    "exclude": "excl",
}
_BYTES = 63


@names_unnamed("postgresql")
def _name(table_name: str, kind: str, columns: Sequence[str]) -> str | None:
    """Table, columns and kind, the longer of the first two cut; a number where that is taken.

    A CHECK has the column's name in it if it is about one (ChooseConstraintName and
    makeObjectName in PostgreSQL's sources).
    """
    if kind not in _LABELS:
        return None
    label = _LABELS[kind]
    if kind == "primary":
        middle = ""
    elif kind == "check":
        middle = columns[0] if len(columns) == 1 else ""
    else:
        middle = "_".join(columns)
    room = _BYTES - len(label) - 1 - bool(middle)
    first, second = table_name.encode(), middle.encode()
    while len(first) + len(second) > room:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    parts = [first.decode(errors="ignore"), second.decode(errors="ignore"), label]
    return re.escape("_".join(p for p in parts if p)) + r"\d*"
