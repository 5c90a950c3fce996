"""The header of a revision file that looks like a generated one, by scanning its text."""

from __future__ import annotations

import codecs
import re

NAMES = ("revision", "down_revision", "branch_labels", "depends_on")


def scanned(source: bytes) -> dict[str, object] | None:
    """The header of a file that looks like a generated one; None if it doesn't.

    Such a file has a docstring, then nothing but comments, imports and one literal assignment at
    most to each name, and the names stand nowhere else but in comments: so importing it could give
    nothing else (short of a script that writes to its own `globals()`).
    """
    if b"coding" in source and _is_coded(source):
        return None
    try:
        text = source.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text or "\f" in text:
        return None
    docstring = _is_docstring(text)
    if docstring is None:
        return None
    begin = docstring.end()
    head = _is_head(text, begin)
    end = head.end() if head else begin
    assignments = _assignments(text, begin, end)
    values: dict[str, object] = {name: _literal(value) for name, value in assignments}
    if (
        "revision" not in values
        or len(values) < len(assignments)
        or _imports_name(text, begin, end)
        or not _leaves_alone(text, end)
    ):
        return None
    values["__doc__"] = docstring[1] if docstring[2] is None else docstring[2]
    return values


def _leaves_alone(text: str, begin: int) -> bool:
    """Whether the names stand nowhere from a place on, but in comments."""
    if not any(text.find(word, begin) >= 0 for word in _PARTS):
        return True
    for word in _words(text, begin):
        line = text.rfind("\n", 0, word.start()) + 1
        if not _is_plain_comment(text, line):
            return False
    return True


_PARTS = ("revision", "branch_labels", "depends_on", "import")
"""Texts without which there is no match of `_words`; they are found faster."""

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
_DOCSTRING = r'"""([^"\\]*(?:"(?!"")[^"\\]*)*)"""' "|" r"'''([^'\\]*(?:'(?!'')[^'\\]*)*)'''"

_is_docstring = re.compile(rf"(?:{_BLANK})*(?:{_DOCSTRING}){_TAIL}").match
_is_head = re.compile(rf"(?:{_BLANK}|{_IMPORT}|{_ASSIGN})+").match
_assignments = re.compile(rf"^{_ASSIGN}", re.MULTILINE).findall
_imports_name = re.compile(
    rf"^(?:import|from)\b[^\n#(]*(?:\([^)]*)?\b(?:{_NAME})\b", re.MULTILINE
).search
_is_plain_comment = re.compile(r"[ \t]*#[^'\"\n]*(?:\n|\Z)").match
"""A comment with no quote in it: even if it stands inside a string, it doesn't end it."""
_words = re.compile(rf"\b(?:{_NAME})\b|\bimport[\s\\]*\*").finditer
_strings = re.compile(_STRING)
_is_coded = re.compile(
    rb"\A(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*+(?!utf-?8(?![-\w.]))", re.IGNORECASE
).search
"""A coding line (Python reference, 2.1.4) that says anything else than UTF-8."""


def _literal(text: str) -> object:
    """The value of what `_LITERAL` matches."""
    if text == "None":
        return None
    if text[0] in "\"'":
        return text[1:-1]
    values = tuple(string[1:-1] for string in _strings.findall(text))
    if text[0] == "(" and len(values) == 1 and "," not in _strings.sub("", text):
        return values[0]  # brackets around one string don't make a tuple
    return values
