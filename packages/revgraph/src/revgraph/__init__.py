"""A revision graph: who comes before whom, what people mean by a target, what to do in order.

Needs nothing but Python, and knows nothing of databases: a revision carries
whatever you like. Begin with `RevisionGraph`, `upgrade` and `downgrade`.
"""

from revgraph import errors, walk
from revgraph.draw import draw
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
from revgraph.resolve import resolve, resolve_one
from revgraph.revision import Revision, check_id, new_id
from revgraph.steps import HeadsChange, Plan, Stamp, Step
from revgraph.target import Range, Target, parse

__version__ = "0.1.0"

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
