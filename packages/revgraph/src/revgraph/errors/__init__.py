"""Every way to be wrong about a revision graph, one class each.

The culprits are fields; the text is made from them in `__str__`. All errors
come before a plan exists, so nothing is half done when one is raised.
"""

from __future__ import annotations

from revgraph.errors.base import GraphError, PlanError, RevgraphError, TargetError
from revgraph.errors.graph import (
    Cycle,
    DependencyCycle,
    DependencySelfLoop,
    DuplicateLabel,
    DuplicateRevision,
    IllegalId,
    IllegalLabel,
    LabelIsId,
    MissingDependency,
    MissingParent,
    SelfLoop,
)
from revgraph.errors.plan import (
    LeavesBranch,
    NotAnAncestor,
    NotApplied,
    NotationError,
    OverlappingHeads,
)
from revgraph.errors.target import (
    AmbiguousTarget,
    AmbiguousWalk,
    BranchNotApplied,
    MalformedTarget,
    NotOnBranch,
    NotText,
    OverlappingTargets,
    SeveralApplied,
    SeveralHeads,
    UnknownApplied,
    UnknownBranch,
    UnknownRevision,
    WalkPastEnd,
    WrongDirection,
)

__all__ = [
    "AmbiguousTarget",
    "AmbiguousWalk",
    "BranchNotApplied",
    "Cycle",
    "DependencyCycle",
    "DependencySelfLoop",
    "DuplicateLabel",
    "DuplicateRevision",
    "GraphError",
    "IllegalId",
    "IllegalLabel",
    "LabelIsId",
    "LeavesBranch",
    "MalformedTarget",
    "MissingDependency",
    "MissingParent",
    "NotAnAncestor",
    "NotApplied",
    "NotOnBranch",
    "NotText",
    "NotationError",
    "OverlappingHeads",
    "OverlappingTargets",
    "PlanError",
    "RevgraphError",
    "SelfLoop",
    "SeveralApplied",
    "SeveralHeads",
    "TargetError",
    "UnknownApplied",
    "UnknownBranch",
    "UnknownRevision",
    "WalkPastEnd",
    "WrongDirection",
]

for _name in __all__:  # one path for all, in tracebacks and pickles too
    globals()[_name].__module__ = __name__
