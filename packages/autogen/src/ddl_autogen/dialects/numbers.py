"""Numbers as defaults, which a model may write as a string."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"'?\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*'?")


def number_of(default: str) -> str:
    """Give a default that is a number by its value, whether it is in quotes or not; else as it is.

    >>> number_of("'1.50'"), number_of("1.5"), number_of("now()")
    ('1.5', '1.5', 'now()')
    """
    found = _NUMBER.fullmatch(default)
    return default if found is None else f"{Decimal(found[1]).normalize() + 0:f}"
