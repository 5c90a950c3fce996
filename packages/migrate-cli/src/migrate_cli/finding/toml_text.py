"""TOML as text that a person goes on editing: values, a table added at the end, a table taken out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence


def value(given: str | bool | int | Sequence[str]) -> str:
    r"""Write a text, a flag, a number or a list of texts as TOML; its basic strings are JSON's, but for DEL.

    >>> value("a"), value(True), value(["a", "b"])
    ('"a"', 'true', '["a", "b"]')
    """
    plain = given if isinstance(given, (str, bool, int)) else list(given)
    written = json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(plain, list) and len(written) > 80:
        inside = "".join(f"    {value(one)},\n" for one in plain)
        return f"[\n{inside}]"
    return written


def key(name: str) -> str:
    """Write a key, in quotes where it isn't a plain one.

    >>> key("type"), key("a b")
    ('type', '"a b"')
    """
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else value(name)


def appended(old: str, lines: Sequence[str]) -> str:
    """Give a text with lines at its end, behind a gap, with the line ends that it has."""
    end = "\r\n" if "\r\n" in old else "\n"
    gap = "" if not old else end if old.endswith("\n") else end * 2
    return old + gap + end.join("\n".join(lines).split("\n")) + end


_HEADER = re.compile(r"^[ \t]*\[\[?\s*([^\]]+?)\s*\]\]?[ \t]*(?:#.*)?$")


def without(text: str, table: str) -> str:
    r"""Give a text without a table and what lies in it, as far as headers say it.

    Comments in front of the table that follows stay with that one. Whether all of the table is gone, the
    caller finds by parsing what is left.

    >>> without("[a]\nx = 1\n[tool.b]\ny = 2\n\n[tool.b.c]\nz = 3\n\n# of d\n[d]\n", "tool.b")
    '[a]\nx = 1\n# of d\n[d]\n'
    """
    kept: list[str] = []
    dropped: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        if found := _HEADER.match(line.rstrip("\r\n")):
            name = re.sub(r"\s*\.\s*", ".", found[1])
            was, inside = inside, name == table or name.startswith(f"{table}.")
            if was and not inside:
                kept += _comments_at_the_end(dropped)
            dropped = []
        (dropped if inside else kept).append(line)
    return "".join(kept)


def _comments_at_the_end(lines: Sequence[str]) -> list[str]:
    found: list[str] = []
    for line in reversed(lines):
        if not line.lstrip().startswith("#"):
            break
        found.insert(0, line)
    return found
