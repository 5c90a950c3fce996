"""What the top level of a module declares, by parsing it: imports, classes, calls with a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Call:
    """A call at a module's top level: `name = function(first, second, keyword=...)`.

    Attributes:
        function: Dotted name of what is called.
        text: The first argument if it is a text; None otherwise.
        arguments: Dotted names of the arguments; empty for those that are no names.
        keywords: Keyword -> dotted name of its value; those that are no names are left out.
    """

    function: str
    text: str | None
    arguments: tuple[str, ...]
    keywords: Mapping[str, str]


@dataclass(frozen=True)
class Class:
    """A class at a module's top level.

    Attributes:
        bases: Dotted names of its bases, in order; of its metaclass too.
        decorators: Dotted names of its decorators.
        sets: Names that its body sets -> the dotted name or text that they are set to; "" for
            anything else.
        flags: Keywords given as true behind the bases, such as SQLModel's `table=True`.
    """

    bases: tuple[str, ...]
    decorators: tuple[str, ...]
    sets: Mapping[str, str]
    flags: frozenset[str]


@dataclass(frozen=True)
class Declarations:
    """What a module's top level declares. Names are as they are written there.

    Attributes:
        imports: Name -> what was imported under it, absolute and dotted.
        stars: Modules of which everything was imported, absolute.
        classes: Name -> class.
        calls: Name -> the call that it is the result of.
        aliases: Name -> the dotted name that it was set to.
        unnamed: Calls whose result has no name.
    """

    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    classes: dict[str, Class] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    unnamed: list[Call] = field(default_factory=list)


def read_declarations(module: str, file: Path) -> Declarations:
    """Parse a module; what can't be read or parsed declares nothing."""
    found = Declarations()
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for statement in _top_level(tree):
        match statement:
            case ast.Import(names=names):
                for alias in names:
                    first = alias.name.partition(".")[0]
                    found.imports[alias.asname or first] = alias.name if alias.asname else first
            case ast.ImportFrom():
                _add_imports(found, statement, package)
            case ast.ClassDef(name=name):
                found.classes[name] = _class(statement)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                _add_value(found, name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                _add_value(found, name, value)
            case ast.Expr(value=ast.Call() as value):
                found.unnamed.append(_call(value))
    return found


def _top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements of a module, also those under an `if`, `try` or `with`, in their order."""
    pending = list(reversed(tree.body))
    while pending:
        statement = pending.pop()
        yield statement
        inner: list[ast.stmt] = []
        match statement:
            case ast.If(body=body, orelse=other):
                inner = [*body, *other]
            case ast.Try(body=body, handlers=handlers, orelse=other, finalbody=last):
                inner = [*body, *(s for h in handlers for s in h.body), *other, *last]
            case ast.With(body=body):
                inner = body
        pending.extend(reversed(inner))


def _add_imports(found: Declarations, statement: ast.ImportFrom, package: str) -> None:
    source = statement.module or ""
    if statement.level:
        parts = package.split(".") if package else []
        above = parts[: len(parts) - statement.level + 1]
        source = ".".join([*above, *([source] if source else [])])
    for alias in statement.names:
        if alias.name == "*":
            found.stars.append(source)
        else:
            found.imports[alias.asname or alias.name] = f"{source}.{alias.name}"


def _add_value(found: Declarations, name: str, value: ast.expr) -> None:
    if isinstance(value, ast.Call):
        found.calls[name] = _call(value)
    elif target := _dotted(value):
        found.aliases[name] = target


def _call(call: ast.Call) -> Call:
    first = call.args[0] if call.args else None
    text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
    keywords = {k.arg: _dotted(k.value) for k in call.keywords if k.arg and _dotted(k.value)}
    return Call(_dotted(call.func), text, tuple(map(_dotted, call.args)), keywords)


def _class(node: ast.ClassDef) -> Class:
    bases = [_dotted(b.value if isinstance(b, ast.Subscript) else b) for b in node.bases]
    bases += [_dotted(k.value) for k in node.keywords if k.arg == "metaclass"]
    decorators = [_dotted(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list]
    flags = [
        k.arg
        for k in node.keywords
        if k.arg and isinstance(k.value, ast.Constant) and k.value.value is True
    ]
    sets = {}
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                sets[name] = _text_or_name(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                sets[name] = _text_or_name(value)
            case ast.FunctionDef(name=name):
                sets[name] = ""
    return Class(tuple(bases), tuple(decorators), sets, frozenset(flags))


def _text_or_name(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    return _dotted(value.func if isinstance(value, ast.Call) else value)


def _dotted(expression: ast.expr | None) -> str:
    """`a.b.c` for such an expression; empty for any other."""
    names: list[str] = []
    while isinstance(expression, ast.Attribute):
        names.append(expression.attr)
        expression = expression.value
    if not isinstance(expression, ast.Name):
        return ""
    return ".".join([expression.id, *reversed(names)])
