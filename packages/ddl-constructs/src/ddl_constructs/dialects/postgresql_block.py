"""Anonymous PL/pgSQL blocks: what PostgreSQL looks for before it does something."""

from __future__ import annotations


def block(body: str) -> str:
    """Wrap statements as an anonymous PL/pgSQL block, under a quote that they don't hold."""
    quote = "$do$"
    while quote in body:
        quote = quote[:-1] + "x$"
    return f"DO {quote} BEGIN {body} END {quote}"
