"""A revision file's `from alembic import op`, turned to ours by its syntax tree; all else stays byte for byte."""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeGuard

from sqlalchemy import dialects

from ..batch.words import BatchOperations
from ..operations import Context, Operations


@dataclass(frozen=True)
class Rewritten:
    """A Python file, as it is to be.

    Attributes:
        content: The file; as it was if nothing is to be rewritten.
        alembic: What it still imports of Alembic, and why: line -> words. Empty for nothing.
    """

    content: bytes
    alembic: Mapping[int, str]


def rewritten(content: bytes) -> Rewritten:
    r"""Let a file import `op` from us, if it says only words with it that ours has.

    Raises:
        SyntaxError: It isn't Python.

    >>> rewritten(b"from alembic import op\n\ndef upgrade():\n    op.drop_table('a')\n").content
    b"from migrate_cli import op\n\ndef upgrade():\n    op.drop_table('a')\n"
    """
    tree = ast.parse(content)
    speakers = [node for node in ast.walk(tree) if brings_op(node)]
    lacking = {} if not speakers else dict(_lacking(tree, _names(speakers)))
    rest = dict(_others(tree))
    if not speakers or lacking:
        return Rewritten(content, {**rest, **lacking})
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    text = content.decode(encoding)
    lines = Lines(text)
    for node in sorted(speakers, key=lambda one: one.lineno, reverse=True):
        start, end = lines.place(node.lineno, node.col_offset), lines.end(node)
        text = text[:start] + _spoken(node, text[start:end], lines.gap(node)) + text[end:]
    return Rewritten(text.encode(encoding), rest)


def brings_op(node: ast.AST) -> TypeGuard[ast.ImportFrom]:
    """Tell whether a statement imports Alembic's `op`."""
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == "alembic"
        and not node.level
        and any(one.name == "op" for one in node.names)
    )


def _names(speakers: list[ast.ImportFrom]) -> set[str]:
    return {one.asname or one.name for node in speakers for one in node.names if one.name == "op"}


def _others(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield what a file imports of Alembic besides `op`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                if one.name.partition(".")[0] == "alembic":
                    yield node.lineno, f"import {one.name}"
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            if module.partition(".")[0] != "alembic":
                continue
            names = [one.name for one in node.names if (module, one.name) != ("alembic", "op")]
            if names:
                yield node.lineno, f"from {module} import {', '.join(names)}"
    yield from _relied_on(tree)


def _relied_on(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield where a file says `sa.orm` and doesn't import it, since Alembic has."""
    imported = [
        (one.name, one.asname)
        for n in ast.walk(tree)
        if isinstance(n, ast.Import)
        for one in n.names
    ]
    names = {asname or name for name, asname in imported if name == "sqlalchemy"}
    if any(name.startswith("sqlalchemy.orm") for name, _ in imported) or any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy.orm")
        for node in ast.walk(tree)
    ):
        return
    for node in ast.walk(tree):
        if word(node, names) == "orm":
            yield node.lineno, f"{ast.unparse(node)}, which it doesn't import"  # type: ignore[attr-defined]  # of an Attribute


_OF_A_COPY = ("table_args", "table_kwargs", "partial_reordering")


def _of_copies(node: ast.Call) -> Iterator[str]:
    """Yield the parameters of a batch block that Alembic takes otherwise where it doesn't copy the table, or does."""
    given = {one.arg or "naming_convention": ast.unparse(one.value) for one in node.keywords}
    if "naming_convention" in given:  # it leaves these names in a table that is copied on SQLite
        yield "naming_convention"
    if given.get("recreate") != "'always'":  # it passes over these where nothing makes it copy
        yield from (one for one in _OF_A_COPY if one in given)


@cache
def _words() -> frozenset[str]:
    """The words that scripts say the same way with either `op`."""
    return frozenset(one for one in dir(Operations) if one[0] != "_") - {"invoke"}


@cache
def _batch_words() -> frozenset[str]:
    return frozenset(one for one in dir(BatchOperations) if one[0] != "_") - {"invoke"}


@cache
def _context_words() -> frozenset[str]:
    return frozenset(one for one in dir(Context) if one[0] != "_")


def _lacking(tree: ast.AST, names: set[str]) -> Iterator[tuple[int, str]]:
    """Yield what a file does with `op` that ours hasn't: line, words."""
    told: set[ast.AST] = set()
    blocks = {
        item.optional_vars.id
        for node in ast.walk(tree)
        if isinstance(node, (ast.With, ast.AsyncWith))
        for item in node.items
        if isinstance(item.optional_vars, ast.Name)
        and isinstance(item.context_expr, ast.Call)
        and word(item.context_expr.func, names) == "batch_alter_table"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and word(node.func, names) == "batch_alter_table":
            yield from (
                (node.lineno, f"op.batch_alter_table({one}=...)") for one in _of_copies(node)
            )
        if isinstance(node, ast.Call):
            yield from _keywords(node, names, Operations)
            yield from _keywords(node, blocks, BatchOperations)
        if not isinstance(node, ast.Attribute):
            continue
        if (said := word(node, names)) is not None:
            told.add(node.value)
            if said not in _words():
                yield node.lineno, f"op.{said}"
        elif (said := word(node, blocks)) is not None and said not in _batch_words():
            yield node.lineno, f"batch_op.{said}"
        elif isinstance(node.value, ast.Call) and word(node.value.func, names) == "get_context":
            told.add(node.value)
            if node.attr not in _context_words():
                yield node.lineno, f"op.get_context().{node.attr}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names and node not in told:
            yield node.lineno, "op handed on"
        elif (
            isinstance(node, ast.Call)
            and word(node.func, names) == "get_context"
            and node not in told
        ):
            yield node.lineno, "op.get_context() handed on"


def _keywords(node: ast.Call, names: set[str], kind: Any) -> Iterator[tuple[int, str]]:
    """Yield the keywords of a call that the word doesn't take, and that Alembic passes over."""
    said = word(node.func, names)
    if said is None or said[0] == "_" or not hasattr(kind, said):
        return
    for one in node.keywords:
        if one.arg is not None and not takes(kind, said, one.arg):
            yield node.lineno, f"op.{said}({one.arg}=...)"


@cache
def takes(kind: Any, name: str, keyword: str) -> bool:
    """Tell whether a word of a speaker takes a keyword; what a dialect understands is for any with options."""
    parameters = inspect.signature(getattr(kind, name)).parameters
    if keyword in parameters:
        return True
    rest = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values())
    return rest and keyword.partition("_")[0] in _DIALECTS


_DIALECTS = {*dialects.__all__, "mariadb"}
"""What keywords for a dialect begin with."""


def word(node: ast.AST, names: set[str]) -> str | None:
    """Give what is said with one of some names, `name.word`; None if it is something else."""
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in names
    ):
        return node.attr
    return None


def _spoken(node: ast.ImportFrom, said: str, gap: str) -> str:
    """Write an import anew; what it brings besides `op` is still Alembic's."""
    ours = [_as(one) for one in node.names if one.name == "op"]
    theirs = [_as(one) for one in node.names if one.name != "op"]
    if not theirs:  # its layout and comments stay
        return re.sub(r"\A(from\s+)alembic\b", r"\1migrate_cli", said)
    return f"from migrate_cli import {', '.join(ours)}{gap}from alembic import {', '.join(theirs)}"


def _as(one: ast.alias) -> str:
    return one.name if one.asname is None else f"{one.name} as {one.asname}"


class Lines:
    """Where the places of a syntax tree are in the text: its columns count bytes of UTF-8.

    Attributes:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)  # as Python counts lines
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def place(self, line: int, column: int) -> int:
        """Give the place of a line, counted from 1, and a column of it, in bytes from 0."""
        before = self._lines[line - 1].encode("utf-8")[:column]
        return self._starts[line - 1] + len(before.decode("utf-8"))

    def end(self, node: ast.stmt) -> int:
        """Give the place behind a statement."""
        return self.place(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def gap(self, node: ast.stmt) -> str:
        """Give what stands between two statements in a node's place: a line end, or a semicolon."""
        line = self._lines[node.lineno - 1]
        before = line[: self.place(node.lineno, node.col_offset) - self._starts[node.lineno - 1]]
        ends = next((one for one in ("\r\n", "\r") if line.endswith(one)), "\n")
        return f"{ends}{before}" if not before.strip("\ufeff \t") else "; "
