"""The header of any revision file, by parsing it. Costs more than scanning, so it is second."""

from __future__ import annotations

import ast
from pathlib import Path

from ..errors import BadScript
from .header_scan import NAMES


def parsed(source: bytes, file: Path) -> dict[str, object] | None:
    """The header of any file by parsing it; None if part of it isn't literal."""
    try:
        tree = ast.parse(source, file)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as err:
        raise BadScript.not_python(file, err) from err
    values: dict[str, object] = {"__doc__": ast.get_docstring(tree, clean=False)}
    plain: set[ast.AST] = set()
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name) as target, value=ast.expr() as value):
                pass
            case _:
                continue
        if name in NAMES:
            try:
                values[name] = ast.literal_eval(value)
            except (ValueError, TypeError, RecursionError, MemoryError):
                return None
            plain.add(target)
    return None if _binds_otherwise(tree, plain) else values


def _binds_otherwise(tree: ast.Module, plain: set[ast.AST]) -> bool:
    """Whether a module binds or deletes a name of the header in another way than by *plain*."""
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                if name in NAMES and node not in plain:
                    return True
            case ast.alias(name=name, asname=asname):
                if name == "*" or (asname or name.partition(".")[0]) in NAMES:
                    return True
            case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
                if name in NAMES:
                    return True
            case ast.MatchMapping(rest=name):
                if name in NAMES:
                    return True
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                if getattr(node, "name", None) in NAMES or _declares_global(node):
                    return True
                pending.extend(_outside(node))
                continue
        pending.extend(ast.iter_child_nodes(node))
    return False


def _outside(node: ast.AST) -> list[ast.AST]:
    """The parts of a function or class that are evaluated in the scope around it."""
    return [
        part
        for name, field in ast.iter_fields(node)
        if name != "body"
        for part in (field if isinstance(field, list) else [field])
        if isinstance(part, ast.AST)
    ]


def _declares_global(node: ast.AST) -> bool:
    return any(
        isinstance(inner, ast.Global) and not set(NAMES).isdisjoint(inner.names)
        for inner in ast.walk(node)
    )
