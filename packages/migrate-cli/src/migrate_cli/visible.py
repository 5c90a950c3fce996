"""Text as it can be shown: what a terminal would obey, or nobody would see, is an escape in it."""

from __future__ import annotations

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
    kept = keep + _JOINERS
    return "".join(
        char
        if char.isprintable() or char in kept
        else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def title(message: str, most: int = 120) -> str:
    """The first line of a message, cut to some characters.

    >>> title("add users", 7), title("add users")
    ('add ...', 'add users')
    """
    first = message.partition("\n")[0]
    return first if len(first) <= most else f"{first[: most - 3]}..."
