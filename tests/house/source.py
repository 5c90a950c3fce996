"""What the house's tests know of the source: its modules, and who imports whom. Nothing is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = {
    "ddl_constructs": ROOT / "packages" / "ddl-constructs" / "src",
    "revgraph": ROOT / "packages" / "revgraph" / "src",
    "ddl_autogen": ROOT / "packages" / "autogen" / "src",
    "migrate_cli": ROOT / "packages" / "migrate-cli" / "src",
}
"""Each package by its import name, and the folder that it is imported from."""


@dataclass(frozen=True)
class Import:
    """One name that one line imports.

    Attributes:
        by: The module that imports, dotted.
        line: Where, counted from 1.
        module: The module that is named, dotted, relative ones made absolute.
        name: The name that is taken from it; None for a plain `import`.
    """

    by: str
    line: int
    module: str
    name: str | None

    @property
    def target(self) -> str:
        """The module that is needed: the name itself if that is a module of ours."""
        whole = f"{self.module}.{self.name}"
        return whole if self.name and whole in modules() else self.module

    def __str__(self) -> str:
        return f"{self.by}:{self.line} imports {self.name or 'it'} from {self.module}"


@cache
def modules() -> dict[str, Path]:
    """All modules of the four packages, dotted name to file."""
    found = {}
    for package, source in SOURCES.items():
        for file in sorted((source / package).rglob("*.py")):
            parts = file.relative_to(source).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


@cache
def imports() -> tuple[Import, ...]:
    """All imports of the four packages, also those in functions and those for types."""
    return tuple(one for module in modules() for one in _imports(module))


def tree(module: str) -> ast.Module:
    """The syntax tree of a module."""
    file = modules()[module]
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def _imports(module: str) -> Iterator[Import]:
    for node in ast.walk(tree(module)):
        match node:
            case ast.Import():
                yield from (Import(module, node.lineno, alias.name, None) for alias in node.names)
            case ast.ImportFrom():
                base = _absolute(module, node)
                yield from (Import(module, node.lineno, base, alias.name) for alias in node.names)


def _absolute(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        assert node.module is not None, "only a relative import may leave the module out"
        return node.module
    parts = module.split(".")
    if modules()[module].name != "__init__.py":
        parts = parts[:-1]
    base = parts[: len(parts) - (node.level - 1)]
    return ".".join([*base, node.module] if node.module else base)
