"""`Revision` and `RevisionMap`: what a graph of ours is called in Alembic's programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import revgraph
from revgraph import RevisionGraph
from revgraph import errors as wrong

from ..util import to_tuple
from .errors import (
    CycleDetected,
    DependencyCycleDetected,
    DependencyLoopDetected,
    LoopDetected,
    MultipleHeads,
    RangeNotAncestorError,
    ResolutionError,
    RevisionError,
    by_alembics_names,
)

__all__ = [
    "CycleDetected",
    "DependencyCycleDetected",
    "DependencyLoopDetected",
    "LoopDetected",
    "MultipleHeads",
    "RangeNotAncestorError",
    "ResolutionError",
    "Revision",
    "RevisionError",
    "RevisionMap",
    "is_revision",
    "tuple_rev_as_scalar",
]

Ids = str | Iterable[str | None] | None


class Revision:
    """A revision, by Alembic's attributes.

    Attributes:
        revision: Its id.
        down_revision: Id of its parent; several as a tuple, None for a root.
        dependencies: Ids or labels of what must be applied before, in the same form.
        branch_labels: The labels that lead to it, also those that others declare.
        nextrev: Ids of those that have it for a parent.
    """

    revision: str
    down_revision: str | tuple[str, ...] | None = None
    dependencies: str | tuple[str, ...] | None = None
    branch_labels: set[str]
    nextrev: frozenset[str] = frozenset()
    _all_nextrev: frozenset[str] = frozenset()
    _resolved_dependencies: tuple[str, ...] = ()

    def __init__(
        self,
        revision: str,
        down_revision: str | Iterable[str] | None,
        dependencies: str | Iterable[str] | None = None,
        branch_labels: str | Iterable[str] | None = None,
    ) -> None:
        self.verify_rev_id(revision)
        if down_revision is not None and revision in _names(down_revision):
            raise LoopDetected(revision)
        if dependencies is not None and revision in _names(dependencies):
            raise DependencyLoopDetected(revision)
        self.revision = revision
        self.down_revision = tuple_rev_as_scalar(_names(down_revision))
        self.dependencies = tuple_rev_as_scalar(_names(dependencies))
        self._orig_branch_labels = _names(branch_labels)
        self.branch_labels = set(self._orig_branch_labels)

    @classmethod
    def verify_rev_id(cls, revision: str) -> None:
        """Refuse an id that couldn't be written in a target."""
        odd = sorted(set("@-+").intersection(revision))
        if odd:
            raise RevisionError(
                f"Character(s) '{', '.join(odd)}' not allowed in revision identifier '{revision}'"
            )

    def _as_ours(self) -> revgraph.Revision[Revision]:
        return revgraph.Revision(
            self.revision,
            _names(self.down_revision),
            _names(self.dependencies),
            self._orig_branch_labels,
            payload=self,
        )

    def __repr__(self) -> str:
        said = [repr(self.revision), repr(self.down_revision)]
        if self.dependencies:
            said.append(f"dependencies={self.dependencies!r}")
        if self.branch_labels:
            said.append(f"branch_labels={self.branch_labels!r}")
        return f"{type(self).__name__}({', '.join(said)})"

    def add_nextrev(self, revision: Revision) -> None:
        """Take note of a revision that needs this one."""
        self._all_nextrev |= {revision.revision}
        if self.revision in revision._versioned_down_revisions:
            self.nextrev |= {revision.revision}

    @property
    def _versioned_down_revisions(self) -> tuple[str, ...]:
        return _names(self.down_revision)

    @property
    def _all_down_revisions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*_names(self.down_revision), *self._resolved_dependencies)))

    _normalized_down_revisions = _all_down_revisions

    @property
    def is_head(self) -> bool:
        """Whether nothing has it for a parent."""
        return not self.nextrev

    @property
    def _is_real_head(self) -> bool:
        return not self._all_nextrev

    @property
    def is_base(self) -> bool:
        """Whether it has no parent."""
        return self.down_revision is None

    @property
    def _is_real_base(self) -> bool:
        return self.down_revision is None and self.dependencies is None

    @property
    def is_branch_point(self) -> bool:
        """Whether several have it for a parent."""
        return len(self.nextrev) > 1

    @property
    def _is_real_branch_point(self) -> bool:
        return len(self._all_nextrev) > 1

    @property
    def is_merge_point(self) -> bool:
        """Whether it has several parents."""
        return len(self._versioned_down_revisions) > 1


class RevisionMap:
    """Revisions by id, over a `RevisionGraph` that is built when something is first asked.

    Args:
        generator: Gives the revisions; called once.
    """

    def __init__(self, generator: Callable[[], Iterable[Revision]]) -> None:
        self._generator = generator

    @cached_property
    def graph(self) -> RevisionGraph[Revision]:
        """The graph; the payload of each revision is Alembic's."""
        with by_alembics_names():
            return self._filled(RevisionGraph([one._as_ours() for one in self._generator()]))

    def _filled(self, graph: RevisionGraph[Revision]) -> RevisionGraph[Revision]:
        """Tell each revision what the graph knows of it."""
        for one in graph:
            revision = _payload(one)
            revision.nextrev = frozenset(graph.children(one.id))
            revision._all_nextrev = frozenset(graph.dependents(one.id))
            revision.branch_labels = set(graph.labels_of(one.id))
            revision._resolved_dependencies = tuple(
                found for name in one.depends_on for found in revgraph.resolve(graph, name)
            )
        return graph

    def _get(self, id: str) -> Revision:
        return _payload(self.graph[id])

    def __getitem__(self, id: str) -> Revision:
        return self._get(id)

    @property
    def _revision_map(self) -> Mapping[Any, Revision | None]:
        """Id or label -> revision; None for the base."""
        found: dict[Any, Revision | None] = {one.id: _payload(one) for one in self.graph}
        found.update({label: self._get(own) for label, own in self.graph.labels.items()})
        return {**found, None: None, (): None}

    def add_revision(self, revision: Revision, _replace: bool = False) -> None:
        """Add a revision that has just been written, or put another in its place.

        Raises:
            RevisionError: It doesn't fit the graph.
        """
        others = [
            _payload(one) for one in self.graph if not (_replace and one.id == revision.revision)
        ]
        with by_alembics_names():
            graph = RevisionGraph([one._as_ours() for one in (*others, revision)])
        self.__dict__["graph"] = self._filled(graph)

    @property
    def heads(self) -> tuple[str, ...]:
        """Ids that are nobody's parent."""
        return self.graph.heads

    @property
    def bases(self) -> tuple[str, ...]:
        """Ids without a parent."""
        return self.graph.bases

    @property
    def _real_heads(self) -> tuple[str, ...]:
        return self.graph.real_heads

    @property
    def _real_bases(self) -> tuple[str, ...]:
        return self.graph.real_bases

    def get_current_head(self, branch_label: str | None = None) -> str | None:
        """Give the only head, of a branch or of all; None if there is no revision.

        Raises:
            MultipleHeads: There are several.
        """
        heads = [*self.heads]
        if branch_label is not None:
            heads = [*self.filter_for_lineage(heads, branch_label)]
        if len(heads) > 1:
            asked = f"{branch_label}@head" if branch_label else "head"
            raise MultipleHeads(heads, asked)
        return heads[0] if heads else None

    def get_revisions(self, id_: Ids) -> tuple[Any, ...]:
        """Give the revisions that an id, the beginning of one, or a word such as "heads" names."""
        if id_ is None:
            return ()
        if isinstance(id_, (list, tuple, set, frozenset)):
            return tuple(found for one in id_ for found in self.get_revisions(one))
        return tuple(map(self._get, self.resolved(id_)))

    def resolved(self, id_: Ids) -> tuple[str, ...]:
        """Give the ids that something names; none for the base."""
        names = ["base" if name in (None, ()) else str(name) for name in to_tuple(id_) or ()]
        with by_alembics_names():
            if names == ["heads"]:
                return self._real_heads
            return revgraph.resolve(self.graph, names) if names else ()

    def get_revision(self, id_: Any) -> Any:
        """Give the one revision that something names; None for the base.

        Raises:
            MultipleHeads: It names several.
            ResolutionError: There is none.
        """
        found = self.get_revisions(id_)
        if len(found) > 1:
            raise MultipleHeads([one.revision for one in found], str(id_))
        return found[0] if found else None

    def _resolve_revision_number(self, id_: Any) -> tuple[tuple[str, ...], str | None]:
        """Give what an argument names: words as ids, anything else as typed; and the branch."""
        if isinstance(id_, str) and "@" in id_:
            branch, _, name = id_.partition("@")
            return self.resolved(id_) if name in ("head", "heads", "base") else (name,), branch
        if id_ == "head":
            head = self.get_current_head()
            return (head,) if head else (), None
        if id_ == "heads":
            return self._real_heads, None
        if id_ in ("base", None):
            return (), None
        return to_tuple(id_) or (), None

    def filter_for_lineage(
        self, targets: Iterable[Any], check_against: str | None, include_dependencies: bool = False
    ) -> tuple[Any, ...]:
        """Keep those that are above or below a revision or a branch label."""
        if check_against is None:
            return tuple(targets)
        [branch] = self.resolved(check_against)
        lineage = self.graph.lineage(branch, dependencies=include_dependencies)
        return tuple(one for one in targets if getattr(one, "revision", one) in lineage)

    def _shares_lineage(
        self, target: Any, test_against_revs: Sequence[Any], include_dependencies: bool = False
    ) -> bool:
        return not test_against_revs or any(
            self.filter_for_lineage([target], getattr(one, "revision", one), include_dependencies)
            for one in test_against_revs
        )

    def _get_all_current(self, id_: Iterable[str]) -> set[Revision]:
        """Give what is applied where some heads are recorded, as people see it: a head a branch."""
        return {self._get(one) for one in revgraph.effective_heads(self.graph, list(id_))}

    def _get_ancestor_nodes(
        self,
        targets: Iterable[Any],
        map_: Any = None,
        check: bool = False,
        include_dependencies: bool = True,
    ) -> Iterator[Revision]:
        ids = [one.revision for one in targets if one is not None]
        found = self.graph.ancestors(ids, dependencies=include_dependencies)
        return map(self._get, reversed(self.graph.order(found)))

    def _get_descendant_nodes(
        self,
        targets: Iterable[Any],
        map_: Any = None,
        check: bool = False,
        omit_immediate_dependencies: bool = False,
        include_dependencies: bool = True,
    ) -> Iterator[Revision]:
        ids = [one.revision for one in targets if one is not None]
        found = self.graph.descendants(ids, dependencies=include_dependencies)
        return map(self._get, reversed(self.graph.order(found)))

    def iterate_revisions(
        self,
        upper: Any,
        lower: Any,
        implicit_base: bool = False,
        inclusive: bool = False,
        assert_relative_length: bool = True,
        select_for_downgrade: bool = False,
    ) -> Iterator[Any]:
        """Give the revisions between two ends, newest first.

        Args:
            upper: The newer end: a target, or several.
            lower: The older end.
            implicit_base: What the newer end needs belongs to the answer, on whatever branch.
            inclusive: The older end belongs to the answer.
            assert_relative_length: An end that counts further than there are revisions is an error.
            select_for_downgrade: Give what a downgrade from one end to the other takes away.

        Raises:
            RangeNotAncestorError: The older end isn't below the newer one.
            RevisionError: An end can't be resolved.
        """
        with by_alembics_names():
            if select_for_downgrade:
                ids = self._taken_away(upper, lower, inclusive)
            else:
                ids = self._between(upper, lower, implicit_base, inclusive)
        return iter(list(map(self._get, ids)))

    def _taken_away(self, upper: Any, lower: Any, inclusive: bool) -> tuple[str, ...]:
        applied = self.resolved(upper)
        plan = revgraph.downgrade(self.graph, applied, _targets(lower))
        ids = tuple(step.revision.id for step in plan)
        return (*ids, *plan.targets) if inclusive else ids

    def _between(
        self, upper: Any, lower: Any, implicit_base: bool, inclusive: bool
    ) -> tuple[str, ...]:
        below = self.resolved(_counted(lower, self, upper))
        above = (
            revgraph.resolve(
                self.graph, _targets(upper), applied=revgraph.reduce_heads(self.graph, below)
            )
            if _is_relative(upper)
            else self.resolved(upper)
        )
        graph = self.graph
        new = graph.ancestors(above) if above else frozenset()
        if not implicit_base and below and above and not set(below) & set(new):
            raise wrong.NotAnAncestor(", ".join(below), ", ".join(above))
        if implicit_base or not below:
            found = new - graph.ancestors(below) if below else new
        else:
            found = (new & graph.descendants(below, dependencies=False)) - graph.ancestors(below)
        if inclusive:
            found |= set(below)
        return tuple(reversed(graph.order(found)))


def _payload(revision: revgraph.Revision[Revision]) -> Revision:
    found = revision.payload
    assert found is not None, "every revision of a RevisionMap carries Alembic's"
    return found


def _targets(name: Any) -> list[str]:
    return ["base" if one in (None, ()) else str(one) for one in to_tuple(name) or (None,)]


def _is_relative(name: Any) -> bool:
    return isinstance(name, str) and name.partition("@")[2 if "@" in name else 0][:1] == "+"


def _counted(name: Any, map_: RevisionMap, upper: Any) -> Any:
    """An end `-N` is counted from the other end."""
    if isinstance(name, str) and name[:1] == "-" and name[1:].isdigit():
        return f"{map_.resolved(upper)[0]}{name}"
    return name


def _names(value: str | Iterable[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def is_revision(rev: Any) -> Revision:
    """Give what must be a revision."""
    assert isinstance(rev, Revision), "the caller has asked for one"
    return rev


def tuple_rev_as_scalar(rev: Iterable[str] | str | None) -> Any:
    """Give ids as scripts declare them: None, one, or a tuple of several."""
    names = _names(rev)
    return names[0] if len(names) == 1 else names or None
