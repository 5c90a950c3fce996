"""The rule about branches that haven't come together: revisions that can't both be run on one database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from revgraph import RevisionGraph

from ..scripts import Script
from .rule import Problem
from .things import Deeds, Fate, Thing, Word

CODE = "branch-conflict"
TITLE = "two branches change the same thing, and can't both be run"

Ends = Mapping[str, frozenset[str]]
"""Id of a revision -> the ends of the graph that need it."""


@dataclass(frozen=True)
class Side:
    """One of two revisions that are in conflict.

    Attributes:
        id: Its id.
        word: What it says of the thing.
        fails: Whether it fails where the other one has run.
    """

    id: str
    word: Word
    fails: bool


@dataclass(frozen=True)
class Conflict:
    """Two revisions of which one fails at least where the other one has run.

    Attributes:
        earlier: The one that a new database is given first.
        later: The other one.
        ordered: Whether both can be run if the one that fails comes first: it only needs the thing.
    """

    earlier: Side
    later: Side
    ordered: bool

    def problem(self, mine: Side) -> Problem:
        """Say what is wrong, and what to do, in the file of one of the two."""
        other = self.earlier if mine is self.later else self.later
        text = f"fails where {other.id} has run, on another branch"
        if not mine.fails:
            text = f"where this has run, {other.id} fails, on another branch"
        elif other.fails:
            text += ", and the other way round"
        said = f"{text}: {other.word.change.describe()}"
        return Problem(said, self._safe(mine, other), line=mine.word.line)

    def _safe(self, mine: Side, other: Side) -> str:
        if not self.ordered:
            return (
                "# take it out here, and come after the one that has it:\n"
                f'depends_on = "{other.id}"\n# or the other way round'
            )
        if mine.fails:
            return (
                f'# in the file of {other.id}, which comes second then:\ndepends_on = "{mine.id}"'
            )
        return f'# in this file, which comes second then:\ndepends_on = "{other.id}"'


def apart(graph: RevisionGraph[Script], ends: Sequence[str]) -> dict[str, frozenset[str]]:
    """Give the revisions that not all ends need, in the order to run them, with the ends that do.

    All ends are of one database, whichever roots they come from: its version table holds several
    heads, and `upgrade heads` goes to all of them.
    """
    needed = {end: graph.ancestors(end) for end in ends}
    some = frozenset[str]().union(*needed.values()) - graph.common_ancestors(ends)
    return {one: frozenset(e for e in ends if one in needed[e]) for one in graph.order(some)}


def conflicts(
    graph: RevisionGraph[Script], ends: Ends, deeds: Mapping[str, Deeds]
) -> Iterator[Conflict]:
    """Yield what can't be run on one database, once for two revisions and a thing.

    Args:
        graph: The revisions.
        ends: Those that are apart, in order, and where they lead.
        deeds: What each of them does.
    """
    meeting = _Meeting(graph, deeds)
    told: set[tuple[int, int]] = set()
    for thing, fates in _by_thing(ends, deeds).items():
        for (a, earlier), (b, later) in combinations(fates, 2):
            if ends[a] & ends[b]:
                continue  # one is above the other, or they have met already
            forth, back = meeting.fails(thing, a, b), meeting.fails(thing, b, a)
            one, other = (earlier.last, later.first) if forth else (earlier.first, later.last)
            pair = id(one.change), id(other.change)
            if (forth or back) and pair not in told:
                told.add(pair)  # a table that both rename is two things
                sets = thing in deeds[b if forth else a].made
                ordered = forth != back and not sets
                yield Conflict(Side(a, one, back), Side(b, other, forth), ordered)


def _by_thing(ends: Ends, deeds: Mapping[str, Deeds]) -> dict[Thing, list[tuple[str, Fate]]]:
    """Give what becomes of each thing that somebody makes or takes away, by revision."""
    found: dict[Thing, list[tuple[str, Fate]]] = {}
    for one in ends:
        for thing, fate in deeds[one].fates.items():
            found.setdefault(thing, []).append((one, fate))
    return {
        thing: fates
        for thing, fates in found.items()
        if any(fate.leaves is not None for _, fate in fates)
    }


class _Meeting:
    """What happens where two branches come together."""

    def __init__(self, graph: RevisionGraph[Script], deeds: Mapping[str, Deeds]) -> None:
        self._graph, self._deeds = graph, deeds

    def fails(self, thing: Thing, first: str, second: str) -> bool:
        """Tell whether a revision is certain to fail where another one and its branch have run."""
        left, found = self._deeds[first].fates[thing], self._deeds[second].fates[thing]
        if left.leaves is None or found.finds is None or left.leaves is found.finds:
            return False
        for one in (one for one, deeds in self._deeds.items() if deeds.may_set(thing)):
            if one != first and self._comes(first, one):
                return False  # its branch goes on, and leaves it otherwise
            if one != second and self._comes(one, second) and not self._comes(one, first):
                return False  # it finds what its own branch has made of it
        tables = [table for table in (left.table, found.table) if table is not None]
        return not any(self._is_of_one(table, first, second) for table in tables)

    def _comes(self, id: str, before: str) -> bool:
        return self._graph.is_ancestor(id, of=before)

    def _is_of_one(self, table: Thing, first: str, second: str) -> bool:
        """Tell whether a branch alone makes a table or takes it away: then its parts aren't the same."""
        return any(
            self._is_in_line(one, first) != self._is_in_line(one, second)
            for one, deeds in self._deeds.items()
            if deeds.sets(table)
        )

    def _is_in_line(self, id: str, other: str) -> bool:
        return self._comes(id, other) or self._comes(other, id)
