"""Names for what has none, in the form that PostgreSQL gives them."""

from __future__ import annotations

from typing import Literal

Kind = Literal["primary", "unique", "foreignkey", "check", "exclude"]
"""Of a constraint."""


def object_name(first: str, second: str, label: str, longest: int) -> str:
    """Join names as PostgreSQL does: the longer part is cut until the whole fits.

    PostgreSQL 15, src/backend/commands/indexcmds.c, makeObjectName (lengths in bytes).
    """
    room = longest - len(label) - 1 - (1 if second else 0)
    one, two = first.encode(), second.encode()
    while len(one) + len(two) > room:
        if len(one) > len(two):
            one = one[:-1]
        else:
            two = two[:-1]
    parts = [one.decode(errors="ignore"), two.decode(errors="ignore"), label]
    return "_".join(part for part in parts if part)


LABELS: dict[Kind, str] = {
    "primary": "pkey",
    "unique": "key",
    "foreignkey": "fkey",
    "check": "check",
    "exclude": "excl",
}
