"""The header of a revision file that looks like a generated one, by scanning its text."""

from __future__ import annotations

import codecs
import re
from functools import cache, lru_cache

NAMES = ("revision", "down_revision", "branch_labels", "depends_on")


def scanned(source: bytes) -> dict[str, object] | None:
    """The header of a file that looks like a generated one; None if it doesn't.

    Such a file has a docstring, then nothing but comments, imports and one literal assignment at
    most to each name, and the names stand nowhere else but in comments: so importing it could give
    nothing else (short of a script that writes to its own `globals()`).
    """
    if b"coding" in source and re.search(_CODED, source):
        return None
    try:
        text = source.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text or "\f" in text:
        return None
    found = _by_lines(text) or _by_patterns(text)
    if found is None:
        return None
    values, end = found
    return values if "revision" in values and _leaves_alone(text, end) else None


def _by_lines(text: str) -> tuple[dict[str, object], int] | None:
    """The header, and where it ends, of a file as the usual templates write it: most are.

    Only what is simplest is understood here: each line by itself, no brackets, nothing escaped.
    """
    close = text.find('"""', 3)
    end = text.find("\ndef ", close) + 1
    if close < 0 or not end or not text.startswith('"""') or text[close + 3] != "\n":
        return None
    values: dict[str, object] = {"__doc__": text[3:close]}
    if "\\" in text[:close]:
        return None
    for line in text[close + 4 : end].split("\n"):
        if not line or line[0] == "#" or _imports(line):
            continue
        before, _, value = line.partition("=")
        name, value = _assigned(before), value.strip(" \t")
        if name is None or name in values:
            return None
        if value == "None":
            values[name] = None
        elif (
            value[:1] in _QUOTES and "\\" not in value and value.find(value[0], 1) == len(value) - 1
        ):
            values[name] = value[1:-1]
        else:
            return None
    return values, end


@lru_cache(10_000)
def _imports(line: str) -> bool:
    """Tell whether a line imports, and nothing else; none of the names is in it."""
    plain = line.startswith(("import ", "from ")) and _MARKS.isdisjoint(line)
    return plain and not any(name in line for name in NAMES[:1] + NAMES[2:])


@lru_cache(10_000)
def _assigned(text: str) -> str | None:
    """Give the name before an equal sign, with or without an annotation; None if it is none of ours."""
    name, _, annotation = text.partition(":")
    name = name.rstrip()
    return name if name in NAMES and _MARKS.isdisjoint(annotation) else None


_QUOTES = ("'", '"')
_MARKS = frozenset("(:#;*\\")
"""What may make more of a line than it seems."""


def _by_patterns(text: str) -> tuple[dict[str, object], int] | None:
    """The header, and where it ends, of any file that begins as `scanned` says."""
    docstring = re.match(_DOCSTRING, text)
    if docstring is None:
        return None
    begin = docstring.end()
    head = _compiled(_HEAD).match(text, begin)
    end = head.end() if head else begin
    assignments = _compiled(_ASSIGNMENT).findall(text, begin, end)
    values: dict[str, object] = {name: _literal(value) for name, value in assignments}
    if len(values) < len(assignments) or _compiled(_IMPORTED).search(text, begin, end):
        return None
    values["__doc__"] = docstring[1] if docstring[2] is None else docstring[2]
    return values, end


def _leaves_alone(text: str, begin: int) -> bool:
    """Whether the names stand nowhere from a place on, but in comments."""
    rest = text[begin:]
    if not (
        "revision" in rest or "import" in rest or "depends_on" in rest or "branch_labels" in rest
    ):
        return True
    for word in _compiled(_WORDS).finditer(text, begin):
        line = text.rfind("\n", 0, word.start()) + 1
        if not _compiled(_PLAIN_COMMENT).match(text, line):
            return False
    return True


_BLANK = r"[ \t]*(?:#[^\n]*)?\n"
_TAIL = r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)"
_STRING = r"(?:\"[^\"\\\n]*\"|'[^'\\\n]*')"
_STRINGS = rf"[ \t]*(?:{_STRING}(?:,[ \t]*{_STRING})*,?)?[ \t]*"
_LITERAL = rf"None|{_STRING}|\({_STRINGS}\)|\[{_STRINGS}\]"
_NAMED = r"[\w. \t,]+"
_FROM = rf"from[ \t]+[\w.]+[ \t]+import[ \t]+(?:{_NAMED}|\([\w\s,]+\))"
_IMPORT = rf"(?:import[ \t]{_NAMED}|{_FROM}){_TAIL}"
_NAME = "revision|down_revision|branch_labels|depends_on"
_ANNOTATION = r"[ \t]*(?::[ \t]*[\w.\[\], |]+?)?[ \t]*"
_ASSIGN = rf"({_NAME}){_ANNOTATION}=[ \t]*({_LITERAL}){_TAIL}"
_QUOTED = r'"""([^"\\]*(?:"(?!"")[^"\\]*)*)"""' "|" r"'''([^'\\]*(?:'(?!'')[^'\\]*)*)'''"

_DOCSTRING = rf"(?:{_BLANK})*(?:{_QUOTED}){_TAIL}"
_HEAD = rf"(?:{_BLANK}|{_IMPORT}|{_ASSIGN})+"
_ASSIGNMENT = rf"(?m)^{_ASSIGN}"
_IMPORTED = rf"(?m)^(?:import|from)\b[^\n#(]*(?:\([^)]*)?\b(?:{_NAME})\b"
_PLAIN_COMMENT = r"[ \t]*#[^'\"\n]*(?:\n|\Z)"
"""A comment with no quote in it: even if it stands inside a string, it doesn't end it."""
_WORDS = rf"\b(?:{_NAME})\b|\bimport[\s\\]*\*"
_CODED = rb"(?i)\A(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*+(?!utf-?8(?![-\w.]))"
"""A coding line (Python reference, 2.1.4) that says anything else than UTF-8."""

_compiled = cache(re.compile)
"""For what few files need: to compile a pattern costs as much as to scan many of them."""


def _literal(text: str) -> object:
    """The value of what `_LITERAL` matches."""
    if text == "None":
        return None
    if text[0] in "\"'":
        return text[1:-1]
    values = tuple(string[1:-1] for string in re.findall(_STRING, text))
    if text[0] == "(" and len(values) == 1 and "," not in re.sub(_STRING, "", text):
        return values[0]  # brackets around one string don't make a tuple
    return values
