"""The rule about what a revision file imports, by its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from .rule import Problem

CODE = "imports-application"
TITLE = "the file leans on code that goes on changing"


def imports(tree: ast.AST, packages: Sequence[str], folders: Sequence[Path]) -> Iterator[Problem]:
    """Yield what a file imports of the application: its models will be others when it runs again.

    Args:
        tree: The file.
        packages: Names of packages that are the application's.
        folders: Folders from which the project imports.
    """
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module]
        for name in names:
            top = name.partition(".")[0]
            if top in packages or any(_is_in(folder, top) for folder in folders):
                yield Problem(
                    f"imports {name}, which goes on changing: when this revision runs on a new database, "
                    "it may fail, or do something else",
                    "# say what the tables were at this revision:\n"
                    'users = sa.table("users", sa.column("id"), sa.column("name"))',
                    line=node.lineno,  # type: ignore[attr-defined]  # of a statement
                )


def _is_in(folder: Path, top: str) -> bool:
    return (folder / f"{top}.py").is_file() or (folder / top / "__init__.py").is_file()
