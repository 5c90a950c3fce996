"""What a script says, as a hash that comments, docstrings and layout don't change."""

from __future__ import annotations

import ast
import hashlib


def fingerprint(source: str) -> str | None:
    r"""Give the hash of a source's syntax tree; None if it isn't Python.

    Comments, docstrings, blank lines and the way of writing don't count.

    >>> fingerprint("x = 1") == fingerprint('"docs"\n\nx  =  (1)  # one')
    True
    >>> fingerprint("x = 1") == fingerprint("x = 2")
    False
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        kept = [one for one in body if not _is_text(one)]
        node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]  # it has one
    return hashlib.sha256(ast.dump(tree).encode("utf-8", "surrogatepass")).hexdigest()


def _is_text(node: object) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
