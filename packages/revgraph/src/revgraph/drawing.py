"""The graph in lanes for a terminal. For other tools see `forms`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from revgraph.graph import RevisionGraph, T
from revgraph.heads import all_applied
from revgraph.revision import Revision


class _Strokes(NamedTuple):
    """The characters of a drawing, for parents and (second) for dependencies."""

    up: str
    across: str
    both: str
    open: str
    fork: str
    shut: str
    tee: str
    todo: str
    done: str


_LINES = _Strokes("│┊", "─", "┼", "╮", "┬", "╯", "├", "○", "●")
_ASCII = _Strokes("|:", "-", "+", ".", ".", "'", "+", "o", "*")


def draw(
    graph: RevisionGraph[T],
    *,
    applied: str | Iterable[str] = (),
    ids: Collection[str] | None = None,
    describe: Callable[[Revision[T]], str | None] | None = None,
    ascii: bool = False,
) -> str:
    """Draw revisions in lanes for a terminal, newest first.

    A filled dot is applied. Behind the id stand its marks: the labels that it
    declares, `head`, `applied` if it is recorded as a head, and the first line
    of *describe*. A dotted lane is a dependency.

    Args:
        applied: Ids of the heads that are applied.
        ids: Draw these only, with the lanes between them; None for all.
        describe: Called with each revision for what to say about it; None is nothing.
        ascii: Use no characters beyond ASCII.

    Returns:
        Lines, joined; empty for an empty graph.

    Raises:
        UnknownApplied: An id in *applied* isn't in the graph.
        UnknownRevision: An id in *ids* isn't.

    Example:
        >>> from revgraph import from_notation
        >>> graph = from_notation("a <- b[x] <- m; a <- c <- m")
        >>> print(draw(graph, applied=["b"], ascii=True))
        o    m (head)
        +-.
        * |  b (x, applied)
        | o  c
        +-'
        *    a
    """
    return "\n".join(lines(graph, applied=applied, ids=ids, describe=describe, ascii=ascii))


def lines(
    graph: RevisionGraph[T],
    *,
    applied: str | Iterable[str] = (),
    ids: Collection[str] | None = None,
    describe: Callable[[Revision[T]], str | None] | None = None,
    ascii: bool = False,
) -> Iterator[str]:
    """Yield the lines of `draw`, as they are wanted.

    Example:
        >>> from revgraph import from_notation
        >>> next(lines(from_notation("a <- b"), ascii=True))
        'o  b (head)'
    """
    indexed = graph.indexed
    recorded = {applied} if isinstance(applied, str) else set(applied)
    done = all_applied(graph, recorded)
    strokes = _ASCII if ascii else _LINES
    chosen = range(len(graph)) if ids is None else {graph.number(name) for name in ids}
    lanes = _Lanes(strokes)
    for n in indexed.newest_first(chosen):
        revision = graph.at(n)
        marks = _marks(graph, revision, recorded, describe)
        dot = strokes.done if revision.id in done else strokes.todo
        parents = [p for p in indexed.parents[n] if p in chosen]
        others = [p for p in indexed.needs[n][len(indexed.parents[n]) :] if p in chosen]
        yield from lanes.row(n, dot, marks, parents, others)


def _marks(
    graph: RevisionGraph[T],
    revision: Revision[T],
    recorded: Collection[str],
    describe: Callable[[Revision[T]], str | None] | None,
) -> str:
    marks = [*revision.labels]
    if not graph.indexed.children[graph.number(revision.id)]:
        marks.append("head")
    if revision.id in recorded:
        marks.append("applied")
    text = f"{revision.id} ({', '.join(marks)})" if marks else revision.id
    told = (describe(revision) or "").strip().split("\n", 1)[0] if describe else ""
    return _printable(f"{text}  {told}" if told else text)


def _printable(text: str) -> str:
    """Escape what would break lines, or what a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


class _Lanes:
    """Lanes of a drawing, from left to right: which revision each one leads to.

    A lane that is free holds None. No two lanes lead to one revision: a line
    joins the one that is there already.
    """

    def __init__(self, strokes: _Strokes) -> None:
        self.strokes = strokes
        self.ends: list[int | None] = []
        self.dotted: list[bool] = []
        self.ended: int | None = None
        """Lane of the revision right above, if it ends there."""

    def row(
        self, n: int, dot: str, text: str, parents: Sequence[int], others: Sequence[int]
    ) -> Iterator[str]:
        """Yield the line of a revision, and the lines where its lane parts or joins."""
        if n in self.ends:
            at = self.ends.index(n)
        else:
            at = self._free(n)
            if at == self.ended:
                # Right below, it would look like a parent of what ended there.
                apart = (
                    " " if lane == at else self._upright(lane) for lane in range(len(self.ends))
                )
                yield " ".join(apart).rstrip()
        cells = [dot if lane == at else self._upright(lane) for lane in range(len(self.ends))]
        below = [(p, False) for p in parents] + [(p, True) for p in others]
        # The lane goes on to the first revision that no lane leads to yet.
        onward = next((edge for edge in below if edge[0] not in self.ends), None)
        rest = [edge for edge in below if edge is not onward]
        width = max(len(self.ends), self._width_with(rest))
        cells += [" "] * (width - len(cells))
        yield f"{' '.join(cells)}  {text}"
        self.ends[at], self.dotted[at] = onward or (None, False)
        joins = [edge for edge in rest if edge[0] in self.ends]
        if len(joins) < len(rest):
            yield self._fan(at, [edge for edge in rest if edge not in joins])
        for p, dotted in joins:
            yield self._joint(at, p, dotted, onward is None and p == joins[-1][0])
        self.ended = at if not below else None
        while self.ends and self.ends[-1] is None:
            self.ends.pop()
            self.dotted.pop()

    def _free(self, n: int | None) -> int:
        """Take the leftmost free lane, or a new one."""
        if None in self.ends:
            at = self.ends.index(None)
            self.ends[at] = n
            self.dotted[at] = False
        else:
            at = len(self.ends)
            self.ends.append(n)
            self.dotted.append(False)
        return at

    def _width_with(self, rest: Sequence[tuple[int, bool]]) -> int:
        new = sum(p not in self.ends for p, _ in rest)
        free = sum(end is None for end in self.ends)
        return len(self.ends) + max(0, new - free)

    def _upright(self, lane: int) -> str:
        if self.ends[lane] is None:
            return " "
        return self.strokes.up[self.dotted[lane]]

    def _fan(self, at: int, edges: Sequence[tuple[int, bool]]) -> str:
        """Make the line in which lane *at* opens other lanes, and goes on itself."""
        strokes = self.strokes
        opened: set[int] = set()
        for p, dotted in edges:
            lane = self._free(p)
            self.dotted[lane] = dotted
            opened.add(lane)
        left, right = min(at, *opened), max(at, *opened)
        cells = []
        for lane in range(len(self.ends)):
            if lane == at:
                both = left < at < right
                cell = strokes.both if both else strokes.tee if at < right else _mirror(strokes.tee)
            elif lane in opened:
                inner = left < lane < right
                end = strokes.open if lane == right else _mirror(strokes.open)
                cell = strokes.fork if inner else end
            else:
                cell = self._crossed(lane, left, right)
            cells.append(cell)
        return self._line(cells, left, right)

    def _joint(self, at: int, p: int, dotted: bool, last: bool) -> str:
        """Make the line in which lane *at* joins the lane that leads to *p* already."""
        strokes = self.strokes
        to = self.ends.index(p)
        self.dotted[to] = self.dotted[to] and dotted
        left, right = min(at, to), max(at, to)
        cells = []
        for lane in range(len(self.ends)):
            if lane == at and last:
                cell = strokes.shut if to < at else _mirror(strokes.shut)
            elif lane in (at, to):
                cell = strokes.tee if lane == left else _mirror(strokes.tee)
            else:
                cell = self._crossed(lane, left, right)
            cells.append(cell)
        return self._line(cells, left, right)

    def _crossed(self, lane: int, left: int, right: int) -> str:
        if not left < lane < right:
            return self._upright(lane)
        return self.strokes.across if self.ends[lane] is None else self.strokes.both

    def _line(self, cells: Sequence[str], left: int, right: int) -> str:
        line = cells[0]
        for lane, cell in enumerate(cells[1:], 1):
            line += (self.strokes.across if left < lane <= right else " ") + cell
        return line.rstrip()


_MIRRORED = {"╮": "╭", "╯": "╰", "├": "┤"}


def _mirror(stroke: str) -> str:
    """Turn a stroke to the other side; ASCII ones look the same."""
    return _MIRRORED.get(stroke, stroke)
