"""A column's type by the source that makes it: only SQLAlchemy's own types, and nothing is run."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Mapping
from typing import Any

from sqlalchemy.types import TypeEngine


class _Unknown(Exception):
    """The source isn't a type of SQLAlchemy's with plain arguments."""


def imported(tree: ast.Module) -> dict[str, tuple[str, str | None]]:
    """Give what a file calls SQLAlchemy's modules and types: name -> (module, name in it or None)."""
    found: dict[str, tuple[str, str | None]] = {}
    for node in tree.body:
        if isinstance(node, ast.Import):
            for one in node.names:
                if one.name == "sqlalchemy" or (one.asname and _is_theirs(one.name)):
                    found[one.asname or one.name] = (one.name, None)
        elif isinstance(node, ast.ImportFrom) and not node.level and _is_theirs(node.module or ""):
            for one in node.names:
                found[one.asname or one.name] = (str(node.module), one.name)
    return found


def _is_theirs(module: str) -> bool:
    return module == "sqlalchemy" or module.startswith(
        ("sqlalchemy.types", "sqlalchemy.dialects", "sqlalchemy.sql.sqltypes")
    )


def type_of(
    node: ast.expr | None, names: Mapping[str, tuple[str, str | None]]
) -> TypeEngine[Any] | None:
    """Make the type that an expression makes; None if that isn't known from its text.

    Args:
        node: The expression: `sa.String(length=20)`, `mysql.TINYINT`.
        names: What `imported` gave of the file.

    >>> tree = ast.parse("import sqlalchemy as sa; sa.Numeric(10, scale=2)")
    >>> type_of(tree.body[1].value, imported(tree))
    Numeric(precision=10, scale=2)
    """
    if node is None:
        return None
    try:
        made = _value(node, names)
        made = made() if inspect.isclass(made) else made
    except (_Unknown, TypeError, ValueError, AttributeError, ImportError):
        return None
    return made if isinstance(made, TypeEngine) else None


def _value(node: ast.expr, names: Mapping[str, tuple[str, str | None]]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)):
            return -number
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item, names) for item in items]
        case ast.Call(func=func, args=args, keywords=keywords):
            kind = _named(func, names)
            if not (inspect.isclass(kind) and issubclass(kind, TypeEngine)):
                raise _Unknown
            if any(k.arg is None for k in keywords):
                raise _Unknown
            said = {str(k.arg): _value(k.value, names) for k in keywords}
            return kind(*(_value(a, names) for a in args), **said)
        case ast.Name() | ast.Attribute():
            return _named(node, names)
    raise _Unknown


def _named(node: ast.expr, names: Mapping[str, tuple[str, str | None]]) -> Any:
    """Give what a dotted name of SQLAlchemy's means."""
    if isinstance(node, ast.Name) and node.id in names:
        module, name = names[node.id]
        found = importlib.import_module(module)
        if name is None:
            return found
        try:
            return getattr(found, name)
        except AttributeError:  # a module below: `from sqlalchemy.dialects import mysql`
            return importlib.import_module(f"{module}.{name}")
    if isinstance(node, ast.Attribute):
        owner = _named(node.value, names)
        if inspect.ismodule(owner) and owner.__name__.startswith("sqlalchemy"):
            return getattr(owner, node.attr)
    raise _Unknown
