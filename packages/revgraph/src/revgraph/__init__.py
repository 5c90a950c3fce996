"""A revision graph: who comes before whom, what people mean by a target, what to do in order.

Needs nothing but Python, and knows nothing of databases: a revision carries
whatever you like. Begin with `RevisionGraph`, `upgrade` and `downgrade`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from revgraph import errors, walk
    from revgraph.drawing import draw
    from revgraph.errors import RevgraphError
    from revgraph.forms import from_json, to_dot, to_json, to_mermaid
    from revgraph.graph import RevisionGraph
    from revgraph.heads import (
        Applied,
        all_applied,
        effective_heads,
        is_applied,
        reduce_heads,
        split_applied,
    )
    from revgraph.notation import from_notation, revisions_from_notation, to_notation
    from revgraph.plan import downgrade, stamp, upgrade
    from revgraph.ranges import history
    from revgraph.resolving import resolve, resolve_one
    from revgraph.revision import Revision, check_id, new_id
    from revgraph.steps import HeadsChange, Plan, Stamp, Step
    from revgraph.target import Range, Target, parse

__version__ = "0.1.0"

_WHERE = {
    "Applied": "heads",
    "HeadsChange": "steps",
    "Plan": "steps",
    "Range": "target",
    "RevgraphError": "errors",
    "Revision": "revision",
    "RevisionGraph": "graph",
    "Stamp": "steps",
    "Step": "steps",
    "Target": "target",
    "all_applied": "heads",
    "check_id": "revision",
    "downgrade": "plan",
    "draw": "drawing",
    "effective_heads": "heads",
    "from_json": "forms",
    "from_notation": "notation",
    "history": "ranges",
    "is_applied": "heads",
    "new_id": "revision",
    "parse": "target",
    "reduce_heads": "heads",
    "resolve": "resolving",
    "resolve_one": "resolving",
    "revisions_from_notation": "notation",
    "split_applied": "heads",
    "stamp": "plan",
    "to_dot": "forms",
    "to_json": "forms",
    "to_mermaid": "forms",
    "to_notation": "notation",
    "upgrade": "plan",
}
"""Each name, and the module here that has it."""

__all__ = [
    "Applied",
    "HeadsChange",
    "Plan",
    "Range",
    "RevgraphError",
    "Revision",
    "RevisionGraph",
    "Stamp",
    "Step",
    "Target",
    "all_applied",
    "check_id",
    "downgrade",
    "draw",
    "effective_heads",
    "errors",
    "from_json",
    "from_notation",
    "history",
    "is_applied",
    "new_id",
    "parse",
    "reduce_heads",
    "resolve",
    "resolve_one",
    "revisions_from_notation",
    "split_applied",
    "stamp",
    "to_dot",
    "to_json",
    "to_mermaid",
    "to_notation",
    "upgrade",
    "walk",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import a module when something of it is asked for: few programs need all of them."""
        if name in ("errors", "walk"):
            return import_module(f"{__name__}.{name}")
        if name not in _WHERE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
