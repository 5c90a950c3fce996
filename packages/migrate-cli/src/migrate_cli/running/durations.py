"""Durations as a person writes them."""

from __future__ import annotations

import re


def in_seconds(text: str) -> float:
    """Read a duration as a person writes it.

    Raises:
        ValueError: It is none.

    >>> in_seconds("500ms"), in_seconds("2"), in_seconds("5m")
    (0.5, 2.0, 300.0)
    """
    found = re.fullmatch(r"(\d{1,8}(?:\.\d*)?)\s*(ms|s|m|h|)", text.strip())
    if found is None:
        raise ValueError(text)
    return float(found[1]) * {"ms": 0.001, "": 1, "s": 1, "m": 60, "h": 3600}[found[2]]
