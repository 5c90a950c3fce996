"""Random graphs for the tests of revgraph, and a model of the rules that is too simple to be wrong.

The model knows sets of ids and nothing else; it takes any time it likes.
"""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st
from revgraph import Revision, RevisionGraph


@st.composite
def revisions(draw: st.DrawFn, most: int = 12) -> list[Revision[int]]:
    """Revisions of a sound graph with merges, roots, labels and dependencies, in any order."""
    count = draw(st.integers(1, most))
    letters = st.sampled_from("abcd")
    ids = [f"{draw(letters)}{draw(letters)}{draw(letters)}{i:02d}" for i in range(count)]
    labels: list[str] = []
    made = []
    for i, name in enumerate(ids):
        near = ids[max(0, i - 6) : i]
        parents: list[str] = []
        depends_on: list[str] = []
        if near:
            parents = draw(st.lists(st.sampled_from(near), max_size=3, unique=True))
            needed = st.sampled_from([*ids[:i], *labels])
            depends_on = draw(st.one_of(st.just([]), st.lists(needed, max_size=2, unique=True)))
        own = [f"lab{i}"] if draw(st.integers(0, 4)) == 0 else []
        made.append(Revision(name, parents, depends_on, own, payload=i))
        labels += own
    return draw(st.permutations(made))


def graphs(most: int = 12) -> st.SearchStrategy[RevisionGraph[int]]:
    """Sound graphs."""
    return revisions(most).map(RevisionGraph)


@st.composite
def applied(draw: st.DrawFn, graph: RevisionGraph[int]) -> tuple[str, ...]:
    """Heads that may be applied: none includes another one."""
    ids = sorted(revision.id for revision in graph)
    some = draw(st.lists(st.sampled_from(ids), max_size=4, unique=True))
    return tuple(sorted(Model(graph).tops(some)))


@st.composite
def targets(draw: st.DrawFn, graph: RevisionGraph[int]) -> str:
    """Texts in the grammar of targets; not all of them can be resolved."""
    ids = sorted(revision.id for revision in graph)
    labels = list(graph.labels) or ids
    name = st.one_of(
        st.sampled_from(ids),
        st.sampled_from(labels),
        st.sampled_from(["head", "heads", "base"]),
        st.builds(lambda rev, n: rev[:n], st.sampled_from(ids), st.integers(2, 4)),
    )
    branch = st.one_of(st.just(""), st.sampled_from([*labels, *ids]).map(lambda b: f"{b}@"))
    steps = st.sampled_from(["+1", "+2", "+4", "-1", "-2", "-4"])
    return draw(branch) + draw(st.one_of(name, steps, st.builds(lambda n, s: n + s, name, steps)))


class Model:
    """What a graph means, spelled out in sets."""

    def __init__(self, graph: Iterable[Revision[int]]) -> None:
        self.all = {revision.id: revision for revision in graph}
        declared = {label: rev for rev, revision in self.all.items() for label in revision.labels}
        self.parents = {rev: set(revision.parents) for rev, revision in self.all.items()}
        self.needs = {
            rev: self.parents[rev] | {declared.get(name, name) for name in revision.depends_on}
            for rev, revision in self.all.items()
        }

    def below(self, ids: Iterable[str], edges: dict[str, set[str]] | None = None) -> set[str]:
        """Ids and all that they need."""
        edges = self.needs if edges is None else edges
        found: set[str] = set()
        more = set(ids)
        while more - found:
            found |= more
            more = {p for rev in found for p in edges[rev]}
        return found

    def above(self, ids: Iterable[str], edges: dict[str, set[str]] | None = None) -> set[str]:
        """Ids and all that need them."""
        starts = set(ids)
        return {rev for rev in self.all if self.below([rev], edges) & starts}

    def tops(self, ids: Iterable[str]) -> set[str]:
        """Ids that no other one needs."""
        some = set(ids)
        return {rev for rev in some if not any(rev in self.below([o]) for o in some - {rev})}

    def children(self, rev: str) -> set[str]:
        """Ids that have this one as a parent."""
        return {other for other, parents in self.parents.items() if rev in parents}

    def dependents(self, rev: str) -> set[str]:
        """Ids that need this one directly."""
        return {other for other, needs in self.needs.items() if rev in needs}

    def ends_line(self, rev: str) -> bool:
        """Whether branches part or merge here."""
        return len(self.dependents(rev)) > 1 or len(self.parents[rev]) > 1

    def bearers(self, rev: str) -> set[str]:
        """Ids that bear a label which this one declares."""
        found = self.above([rev], self.parents)
        while not self.ends_line(rev) and self.parents[rev]:
            (rev,) = self.parents[rev]
            if self.ends_line(rev):
                break
            found.add(rev)
        return found

    def is_order(self, ids: list[str]) -> bool:
        """Whether what is needed comes first, as far as it is there, and nothing comes twice."""
        place = {rev: i for i, rev in enumerate(ids)}
        return len(place) == len(ids) and all(
            place[p] < place[rev] for rev in ids for p in self.needs[rev] if p in place
        )
