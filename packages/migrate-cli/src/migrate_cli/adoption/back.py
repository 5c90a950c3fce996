"""A revision file of ours as one that Alembic runs, by its syntax tree; or what it says that Alembic can't."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from ..compat.alembic.operations import BatchOperations, Operations
from ..compat.alembic.runtime.migration import MigrationContext
from .rewriting import Lines, brings_op, takes, word

_OURS = ("migrate_cli", "ddl_constructs", "ddl_autogen", "revgraph")


@dataclass(frozen=True)
class HandedBack:
    """A revision file, as Alembic is to have it.

    Attributes:
        content: The file.
        beyond: What it uses that Alembic lacks: (line, words), sorted; empty if Alembic can run it.
    """

    content: bytes
    beyond: tuple[tuple[int, str], ...]


def handed_back(content: bytes, told: Collection[str] = ()) -> HandedBack:
    r"""Let a file speak with Alembic's `op`.

    Args:
        content: The file.
        told: The keywords that env.py tells each `upgrade` and `downgrade`, whether it takes them or not.

    Raises:
        SyntaxError: It isn't Python.

    >>> text = b"from migrate_cli import Operations\n\ndef upgrade(op: Operations) -> None:\n    op.drop_table('a')\n"
    >>> print(handed_back(text).content.decode())
    from alembic import op
    <BLANKLINE>
    def upgrade() -> None:
        op.drop_table('a')
    <BLANKLINE>
    """
    tree = ast.parse(content)
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    text = content.decode(encoding)
    lines = Lines(text)
    edits: list[tuple[int, int, str]] = []
    beyond = [*_imports(tree, lines, edits), *_functions(tree, lines, edits)]
    if not any(brings_op(node) for node in ast.walk(tree)):  # else its `op` is Alembic's already
        beyond += _words(tree)
    _listening(tree, lines, edits, told)
    for start, end, said in sorted(edits, reverse=True):
        text = text[:start] + said + text[end:]
    return HandedBack(text.encode(encoding), tuple(sorted(set(beyond))))


def _imports(
    tree: ast.Module, lines: Lines, edits: list[tuple[int, int, str]]
) -> Iterator[tuple[int, str]]:
    """Note what each import of ours becomes; yield those that become nothing."""
    signatures = {id(one.annotation) for one in _speakers(tree)}
    named = any(
        isinstance(node, ast.Name) and node.id == "Operations" and id(node) not in signatures
        for node in ast.walk(tree)
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                if one.name.partition(".")[0] in _OURS:
                    yield node.lineno, f"import {one.name}"
        if not isinstance(node, ast.ImportFrom) or node.level:
            continue
        if (node.module or "").partition(".")[0] not in _OURS:
            continue
        new = ["from alembic import op"]
        for one in node.names:
            if node.module != "migrate_cli" or one.name not in ("op", "Operations"):
                yield node.lineno, f"from {node.module} import {one.name}"
            elif one.name == "op" and one.asname:
                new[0] = f"from alembic import op as {one.asname}"
            elif one.name == "Operations" and (named or one.asname):
                new.append("from alembic.operations import Operations")
                if one.asname:
                    new[-1] += f" as {one.asname}"
        gap = lines.gap(node)
        edits.append((lines.place(node.lineno, node.col_offset), lines.end(node), gap.join(new)))


def _speakers(tree: ast.Module) -> Iterator[ast.arg]:
    """Yield the parameter of `upgrade` and `downgrade` that is given the `op`."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in ("upgrade", "downgrade"):
            given = [*node.args.posonlyargs, *node.args.args]
            if given and (given[0].arg == "op" or _is_operations(given[0].annotation)):
                yield given[0]


def _is_operations(annotation: ast.expr | None) -> bool:
    if annotation is None:
        return False
    said = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
    return str(said).rpartition(".")[2] == "Operations"


def _functions(
    tree: ast.Module, lines: Lines, edits: list[tuple[int, int, str]]
) -> Iterator[tuple[int, str]]:
    """Note that functions aren't given an `op` any more; yield where they call it something else."""
    for one in _speakers(tree):
        if one.arg != "op":
            yield one.lineno, f"a parameter {one.arg}: Operations; call it op"
        start = lines.place(one.lineno, one.col_offset)
        end = lines.place(one.end_lineno or one.lineno, one.end_col_offset or 0)
        rest = lines.text[end:]
        comma = len(rest) - len(rest.lstrip())
        if rest[comma : comma + 1] == ",":
            after = rest[comma + 1 :]
            end += comma + 1 + len(after) - len(after.lstrip(" "))
        edits.append((start, end, ""))


def _listening(
    tree: ast.Module, lines: Lines, edits: list[tuple[int, int, str]], told: Collection[str]
) -> None:
    """Note that functions take what env.py tells them: Alembic doesn't leave out what they have no use for."""
    speakers = {id(one) for one in _speakers(tree)}
    for node in tree.body:
        if not (isinstance(node, ast.FunctionDef) and node.name in ("upgrade", "downgrade")):
            continue
        given = node.args
        named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        if given.kwarg is not None or {one.arg for one in named}.issuperset(told):
            continue
        others = [one for one in [*named, given.vararg] if one and id(one) not in speakers]
        defaults = [one for one in [*given.defaults, *given.kw_defaults] if one]
        written: list[ast.arg | ast.expr] = [*others, *defaults]
        if written:
            at = max(lines.place(n.end_lineno or 0, n.end_col_offset or 0) for n in written)
        else:
            at = lines.text.index("(", lines.place(node.lineno, node.col_offset)) + 1
        edits.append((at, at, ", **_: object" if written else "**_: object"))


def _words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the words of `op`, and their keywords, that Alembic's lacks."""
    blocks = {
        item.optional_vars.id
        for node in ast.walk(tree)
        if isinstance(node, (ast.With, ast.AsyncWith))
        for item in node.items
        if isinstance(item.optional_vars, ast.Name)
        and isinstance(item.context_expr, ast.Call)
        and word(item.context_expr.func, {"op"}) == "batch_alter_table"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            for speaker, names, theirs in (
                ("op", {"op"}, Operations),
                ("batch", blocks, BatchOperations),
            ):
                said = word(node, names)
                if said is not None and not hasattr(theirs, said):
                    yield node.lineno, f"{speaker}.{said}()"
            if (
                isinstance(node.value, ast.Call)
                and word(node.value.func, {"op"}) == "get_context"
                and node.attr not in ("dialect", "connection", "bind", "as_sql")
                and not hasattr(MigrationContext, node.attr)
            ):
                yield node.lineno, f"op.get_context().{node.attr}"
        elif isinstance(node, ast.Call):
            for speaker, names, theirs in (
                ("op", {"op"}, Operations),
                ("batch", blocks, BatchOperations),
            ):
                said = word(node.func, names)
                if said == "invoke":
                    yield node.lineno, f"{speaker}.invoke() of a change"
                elif said is not None and hasattr(theirs, said):
                    for one in node.keywords:
                        if one.arg is not None and not _fits(theirs, said, one.arg):
                            yield node.lineno, f"{speaker}.{said}({one.arg}=...)"


def _fits(kind: Any, name: str, keyword: str) -> bool:
    """Tell whether a word of Alembic's takes a keyword; what `Table` takes is for `create_table`."""
    return name == "create_table" or takes(kind, name, keyword)
