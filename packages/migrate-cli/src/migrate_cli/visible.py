"""Text as it can be shown: what a terminal would obey, or nobody would see, is an escape in it."""

from __future__ import annotations

import re
from functools import cache

_JOINERS = "\u200c\u200d"  # Persian and Indic words and many emoji are written with them


def visible(text: str, keep: str = "\n\t") -> str:
    r"""A text with its control characters, and those that turn letters around, as escapes.

    Args:
        text: Any text; one that is harmless comes back as it is.
        keep: Characters that stay, whatever they are.

    >>> print(visible("a\x1b[31mb\u202ec\n"), end="")
    a\x1b[31mb\u202ec
    """
    if text.isprintable():
        return text
    return _looked_at(keep + _JOINERS).sub(_shown, text)


@cache
def _looked_at(kept: str) -> re.Pattern[str]:
    """Give the pattern of the characters that have to be looked at: few, in most texts."""
    return re.compile(f"[^ -~{re.escape(kept)}]")


def _shown(found: re.Match[str]) -> str:
    char = found[0]
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")


def title(message: str, most: int = 120) -> str:
    """The first line of a message, cut to some characters.

    >>> title("add users", 7), title("add users")
    ('add ...', 'add users')
    """
    first = message.partition("\n")[0]
    return first if len(first) <= most else f"{first[: most - 3]}..."
