"""Texts whose colons are colons: DDL has no parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import TextClause, text

_PARAMETER = r"(?<![:\w\\]):(\w+)(?!:)"


def closed(given: TextClause) -> TextClause:
    """Give a text whose colons are colons: DDL has no parameters, and `':x'` would become `'NULL'`.

    Parameters that were given a value (`bindparams`) stay.

    >>> print(closed(text("a <> ':x'")))
    a <> ':x'
    """
    valued = [b for b in given._bindparams.values() if not b.required]
    if len(valued) == len(given._bindparams):
        return given
    names = {b.key for b in valued}
    escaped = re.sub(_PARAMETER, lambda m: m[0] if m[1] in names else f"\\{m[0]}", given.text)
    return text(escaped).bindparams(*valued)


def closed_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Give an index's dialect options, the texts among them closed (`postgresql_where`)."""
    return {o: closed(v) if isinstance(v, TextClause) else v for o, v in options.items()}
