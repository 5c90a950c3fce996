"""Whether a revision has a way back, by the text of its file: nothing is run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from .errors import Irreversible


def irreversible(why: str) -> NoReturn:
    """Say in a `downgrade`, as its first statement, that there is no way back.

        def downgrade(op):
            irreversible("the rows were merged")

    Plans that lead over it stop before they start: it is found in the file, without running it.

    Raises:
        Irreversible: Always, where it runs after all.
    """
    raise Irreversible("", why)


@dataclass(frozen=True)
class WayBack:
    """What a file's `downgrade` is, as its syntax tree shows it.

    Attributes:
        there: Whether it does something; None where that can't be told.
        irreversible: The reason of `irreversible("why")` as its first statement; None if it
            isn't. "" if the reason isn't written as a text.
        why: What stands in the way, in words; "" for nothing.
        line: Line of that statement; None if it isn't there.
    """

    there: bool | None
    irreversible: str | None = None
    why: str = ""
    line: int | None = None


def way_back(path: Path, *, loaded: bool = False) -> WayBack:
    """Look at the `downgrade` of a revision file; a file that can't be read is said to be unknown.

    One that was *loaded* is Python: what is plain to see in its text is believed then, and the
    file isn't parsed another time.
    """
    try:
        source = path.read_bytes()
    except OSError:
        return WayBack(None, why="its file can't be read")
    return of_source(source, loaded=loaded)


@lru_cache(maxsize=1024)
def of_source(source: bytes, *, loaded: bool = False) -> WayBack:
    r"""Look at the `downgrade` of a revision's source.

    >>> of_source(b"def downgrade():\n    irreversible('rows are merged')").irreversible
    'rows are merged'
    >>> of_source(b"def downgrade():\n    pass").why
    'its downgrade does nothing'
    """
    if b"downgrade" not in source:
        return WayBack(False, why="it has no downgrade")
    if loaded and _plainly_there(source):
        return WayBack(True)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return WayBack(None, why="its file is not Python")
    found = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "downgrade"
    ]
    if not found:
        return WayBack(None, why="how its downgrade is made can't be told")
    body = found[-1].body
    if body and _is_text(body[0]):
        body = body[1:]
    if all(isinstance(node, ast.Pass) or _is_text(node) for node in body):
        if _does_nothing(tree):
            return WayBack(True)
        return WayBack(False, why="its downgrade does nothing")
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Call):
        call = first.value
        if _name(call.func) == "irreversible":
            reason = _text(call)
            said = f"irreversible: {reason}" if reason else "irreversible"
            return WayBack(False, reason, said, call.lineno)
    if isinstance(first, ast.Raise):
        return WayBack(False, why="its downgrade raises an error")
    return WayBack(True)


_FIRST_WORDS = rb"""(?mx)^def\ downgrade\([^()\n]*\)[^:\n]*:\r?\n
    (?:[ \t]+(?:"{3}[^"\n]*"{3}|\#[^\n]*)?\r?\n)*   # a docstring, comments, empty lines
    [ \t]+(?:with\ )?op\.(?!irreversible)\w+\("""


def _plainly_there(source: bytes) -> bool:
    """Tell whether the only `downgrade` begins with a word on `op`, as most do."""
    found = re.search(_FIRST_WORDS, source)
    if found is None or source.count(b"downgrade") > 1 or b"'''" in source:
        return False
    return source.count(b'"""', 0, found.start()) % 2 == 0  # it doesn't stand in a text


def _does_nothing(tree: ast.Module) -> bool:
    """Tell whether the upgrade does nothing either, as that of a merge."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
            return all(isinstance(one, ast.Pass) or _is_text(one) for one in node.body)
    return False


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(call: ast.Call) -> str:
    given = [*call.args, *(k.value for k in call.keywords)]
    if given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
        return " ".join(given[0].value.split())
    return ""
