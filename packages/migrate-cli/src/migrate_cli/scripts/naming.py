"""File names of new revisions, and how long an id may be."""

from __future__ import annotations

import re
from datetime import datetime

ID_WIDTH = 128
"""Longest id of a revision, in characters: as wide as the version table's column is made.

Within every server's limit for a key, also at four bytes a character (InnoDB with 767 bytes)."""


def slug(message: str, length: int = 40) -> str:
    """A message as part of a file's name: its words in lower case, joined by underscores.

    Args:
        message: Any text.
        length: How many characters are kept, cut between words where that can be; 0 is 40.

    >>> slug("Create tables: users & orders")
    'create_tables_users_orders'
    >>> slug("add a column", 8)
    'add_a'
    """
    length = length or 40
    text = "_".join(re.findall(r"\w+", message)).lower().strip("_")
    if len(text) <= length:
        return text
    cut = text[: length + 1].rpartition("_")[0] or text[:length]
    return cut.strip("_")


def file_name(template: str, id: str, message: str, created: datetime, length: int = 40) -> str:
    """A revision file's name.

    Args:
        template: As in `Config.file_template`.
        id: The revision's id.
        message: Its message; may be empty.
        created: Its date.
        length: Longest slug of the message, in characters.

    >>> file_name("%(year)d_%(month).2d_%(day).2d_%(rev)s_%(slug)s", "ab12", "Add age",
    ...           datetime(2026, 11, 2))
    '2026_11_02_ab12_add_age.py'
    """
    name = template % tokens(id, slug(message, length), created)
    return f"{name.rstrip('_')}.py"


def tokens(id: str, slug: str, created: datetime) -> dict[str, object]:
    """What stands in a file's name for each token of its template."""
    return {
        "rev": id,
        "slug": slug,
        "epoch": int(created.timestamp()),
        "year": created.year,
        "month": created.month,
        "day": created.day,
        "hour": created.hour,
        "minute": created.minute,
        "second": created.second,
    }
