"""The tables of the page on facts, made from the tables in the code."""

from __future__ import annotations

import re
from itertools import groupby

from ddl_constructs.facts.book import Row, book
from ddl_constructs.facts.value import Source

_HEAD = (
    "| change | when | versions | can be rolled back | stands alone | lock | blocks | rewrites "
    "| scans | loses data | source |"
)


def page(text: str) -> str:
    """Give the page's text with the tables between its markers made anew."""
    for name in ("postgresql", "mysql", "mariadb", "sqlite", "mssql", "oracle"):
        between = re.compile(rf"(<!-- facts: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = between.subn(lambda m, name=name: m[1] + tables(name) + m[2], text)  # type: ignore[misc]  # a default binds the name
        assert count == 1, f"the page has no place for {name}"
    return text


def tables(name: str) -> str:
    """Write the rows of one database, those about SQL as text apart."""
    lines = [_HEAD, "| --- " * _HEAD.count(" |") + "|"]
    shown = [row for row in book(name).rows if row.kind.__module__.startswith("ddl_constructs.")]
    for kind, rows in groupby(sorted(shown, key=lambda row: row.kind.__name__), lambda r: r.kind):
        title = f"`{kind.__name__}`"
        several = list(rows)
        otherwise = "else" if any(row.condition for row in several) else ""
        for row in several:
            lines.append(_line(title, row, row.condition or otherwise))
            title = ""
    return "\n".join(lines) + "\n"


def _line(title: str, row: Row, condition: str) -> str:
    known = row.facts
    lock = {"": "none", None: "?"}.get(known.lock, known.lock)
    cells = [
        title,
        "; ".join(filter(None, (condition.replace("|", "\\|"), *known.notes))),
        row.versions,
        _word(known.transactional),
        _word(known.stands_alone)
        + (", usable after the commit" if known.usable_after_commit else ""),
        lock,
        "?" if known.blocks is None else str(known.blocks),
        _word(known.rewrites),
        _word(known.scans),
        _word(known.loses_data),
        "; ".join(map(_cite, known.sources)),
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _word(value: bool | None) -> str:
    return "?" if value is None else "yes" if value else "no"


def _cite(source: Source) -> str:
    return f"{source.product} {source.version}".strip() + f": {source.section}"
