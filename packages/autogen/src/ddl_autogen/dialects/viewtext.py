"""What a view's text says beside its query, where a database gives it back as it was written."""

from __future__ import annotations

from ..sqltokens import tokens


def without_check_option(query: str) -> tuple[str, bool]:
    """Take WITH CHECK OPTION away from the end of a query, and tell whether it was there.

    >>> without_check_option("SELECT a FROM t WITH CHECK OPTION")
    ('SELECT a FROM t', True)
    """
    last = list(tokens(query))[-3:]
    if [t.text.upper() for t in last] != ["WITH", "CHECK", "OPTION"]:
        return query, False
    return query[: last[0].start].rstrip(), True
