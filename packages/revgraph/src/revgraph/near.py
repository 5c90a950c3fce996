"""Names that look like one that was mistyped."""

from __future__ import annotations

from collections.abc import Collection

# Comparing costs some microseconds a name, so a large graph is sifted first.
_MOST = 2_000


def near(text: str, names: Collection[str], most: int = 3) -> tuple[str, ...]:
    """Find names that look like *text*, nearest first, *most* at the most.

    Example:
        >>> near("haed", ["base", "head", "heads"])
        ('head', 'heads')
    """
    from difflib import get_close_matches  # only on the way of an error

    pool: Collection[str] = names
    if len(pool) > _MOST:
        pool = [
            name
            for name in names
            if abs(len(name) - len(text)) < 3 and (name[:3] == text[:3] or name[-3:] == text[-3:])
        ][:_MOST]
    folded: dict[str, str] = {}
    for name in sorted(pool):
        folded.setdefault(name.casefold(), name)
    matches = get_close_matches(text.casefold()[:200], folded, n=most, cutoff=0.6)
    return tuple(folded[match] for match in matches)
