"""What of a script is for one of several databases, by its text: nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Mapping


def for_database(tree: ast.Module, direction: str, told: Mapping[str, object]) -> ast.Module:
    r"""Give a script without what is plainly for another database, or for the other direction.

    That is what `migrate make` writes, and Alembic's template of several databases: cases of a parameter that says
    which one it is, and functions `upgrade_NAME` and `downgrade_NAME` that `upgrade` and `downgrade` look up by name.

    Args:
        tree: The script.
        direction: "upgrade" or "downgrade".
        told: What env.py gives its functions by name.

    >>> tree = ast.parse("def upgrade(op, db):\n match db:\n  case 'a': one()\n  case 'b': two()")
    >>> print(ast.unparse(for_database(tree, "upgrade", {"db": "b"})))
    def upgrade(op, db):
        match db:
            case 'b':
                two()
    """
    names = {_name(node) for node in tree.body}
    own = {f"{direction}_{one}" for one in told.values()} & names
    other = "downgrade" if direction == "upgrade" else "upgrade"
    others = {one for one in names if one.startswith(f"{other}_")}
    if own:
        others |= {one for one in names if one.startswith(f"{direction}_")} - own
    rest = [node for node in tree.body if _name(node) not in {other, *others}]
    others -= {one.id for node in rest for one in ast.walk(node) if isinstance(one, ast.Name)}
    body = [node for node in tree.body if _name(node) not in others]
    kept: ast.Module = _Cases(told).visit(ast.Module(body, tree.type_ignores))
    return kept


def _name(node: ast.stmt) -> str:
    return node.name if isinstance(node, ast.FunctionDef) else ""


class _Cases(ast.NodeTransformer):
    """Leaves out the cases that are for other values of the parameters than those that are given."""

    def __init__(self, told: Mapping[str, object]) -> None:
        self._told = told

    def visit_Match(self, node: ast.Match) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.subject, ast.Name) and node.subject.id in self._told:
            value = self._told[node.subject.id]
            node.cases = [one for one in node.cases if _may_be(one.pattern, value)]
        return node if node.cases else ast.Pass()


def _may_be(pattern: ast.pattern, value: object) -> bool:
    """Tell whether a pattern may fit a value; one that isn't of plain texts may."""
    if isinstance(pattern, ast.MatchOr):
        return any(_may_be(one, value) for one in pattern.patterns)
    if isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant):
        return bool(pattern.value.value == value)
    return True
