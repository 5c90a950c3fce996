"""A one-line text form of graphs, for docs, tests and the command line.

    a <- b <- c; b <- d          b comes after a; c and d after b
    b, c <- m                    m merges b and c
    a <- b, c                    b and c both come after a
    a2 <~ b2                     b2 depends on a2
    @x <~ b2                     b2 depends on what bears the label x
    a <- b[x, y]                 b declares the labels x and y

Points may be said again, so a graph can be told branch by branch. Chains are
parted by `;` or a new line. A name with other characters than letters, digits,
`_`, `.`, `/`, and `-` and `+` between these, stands in quotes, as in JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from revgraph.errors import NotationError
from revgraph.graph import RevisionGraph
from revgraph.revision import Revision

_TOKEN = re.compile(
    r"""[^\S\n]* (?:
        (?P<arrow> <- | <~ )
      | (?P<mark> [,;\[\]@\n] )
      | (?P<name> [\w./](?:[\w./+-]*[\w./])? | "(?:[^"\\\n]|\\.)*" )
      | (?P<end> \Z )
    )""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[\w./](?:[\w./+-]*[\w./])?\Z")


def from_notation(text: str) -> RevisionGraph[Any]:
    """Build a graph from its one-line form.

    Raises:
        NotationError: The text isn't in the notation; `.position` says where.
        GraphError: It is, but the graph it tells of can't be.

    Example:
        >>> graph = from_notation("a <- b[x] <- c; a <- d; c, d <- m; b <~ d")
        >>> graph["m"].parents, graph["d"].depends_on, graph["b"].labels
        (('c', 'd'), ('b',), ('x',))
    """
    return RevisionGraph(revisions_from_notation(text))


def revisions_from_notation(text: str) -> list[Revision[Any]]:
    """Read revisions without building a graph of them, in the order in which they are named.

    Raises:
        NotationError: The text isn't in the notation; `.position` says where.

    Example:
        >>> [revision.id for revision in revisions_from_notation("a <- b; c <- d")]
        ['a', 'b', 'c', 'd']
    """
    return _Reader(text).read()


@dataclass(slots=True)
class _Draft:
    parents: list[str] = field(default_factory=list)
    depends_on: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


class _Reader:
    """One reading of a text; the next token is in `kind` and `value`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.drafts: dict[str, _Draft] = {}
        self.after = 0
        self.advance()

    def advance(self) -> None:
        match = _TOKEN.match(self.text, self.after)
        if match is None:
            self.position = (
                self.after
                + len(self.text[self.after :])
                - len(self.text[self.after :].lstrip(" \t"))
            )
            self.fail("this can't stand here; put names with such characters in double quotes")
        self.kind = str(match.lastgroup)
        self.value: str = match[self.kind]
        self.position, self.after = match.start(self.kind), match.end()

    def fail(self, reason: str) -> NoReturn:
        raise NotationError(self.text, self.position, reason)

    def read(self) -> list[Revision[Any]]:
        while self.kind != "end":
            if self.value in (";", "\n"):
                self.advance()
                continue
            self.chain()
            if self.kind != "end" and self.value not in (";", "\n"):
                self.fail("wanted <-, <~, a comma or ;")
        return [
            Revision(name, draft.parents, draft.depends_on, draft.labels)
            for name, draft in self.drafts.items()
        ]

    def chain(self) -> None:
        lower = self.group()
        while self.kind == "arrow":
            arrow = self.value
            if arrow == "<-":
                self.refuse_labels(lower)
            self.advance()
            upper = self.group()
            self.refuse_labels(upper)
            for point, _ in upper:
                draft = self.drafts[point]
                edges = draft.parents if arrow == "<-" else draft.depends_on
                edges.extend(name for name, _ in lower)
            lower = upper
        self.refuse_labels(lower)

    def refuse_labels(self, group: list[tuple[str, bool]]) -> None:
        if any(is_label for _, is_label in group):
            self.fail("a label with @ can only stand left of <~")

    def group(self) -> list[tuple[str, bool]]:
        points = [self.point()]
        while self.value == "," and self.kind == "mark":
            self.advance()
            points.append(self.point())
        return points

    def point(self) -> tuple[str, bool]:
        if self.kind == "mark" and self.value == "@":
            self.advance()
            return self.name(), True
        point = self.name()
        draft = self.drafts.setdefault(point, _Draft())
        if self.kind == "mark" and self.value == "[":
            self.advance()
            draft.labels.append(self.name())
            while self.kind == "mark" and self.value == ",":
                self.advance()
                draft.labels.append(self.name())
            if self.value != "]":
                self.fail("wanted ] after the labels")
            self.advance()
        return point, False

    def name(self) -> str:
        if self.kind != "name":
            self.fail("wanted a name")
        value = self.value
        if value.startswith('"'):
            try:
                value = str(json.loads(value))
            except ValueError:
                self.fail("this isn't a quoted name as in JSON")
        self.advance()
        return value


def to_notation(graph: RevisionGraph[Any]) -> str:
    """Write a graph in its one-line form, payloads left out.

    Each line is told as far as it goes, parents first; `from_notation` makes an
    equal graph of it.

    Example:
        >>> to_notation(from_notation("a <- b; b <- c; a <- d[x]; c,d <- m; b <~ d"))
        'a <- b <- c; a <- d[x]; b <~ d; c, d <- m'
    """
    return "; ".join(_chains(graph))


def _chains(graph: RevisionGraph[Any]) -> Iterator[str]:
    """Yield one chain for each line of revisions that have one parent, then dependencies."""
    written: set[str] = set()
    for first in graph:
        if first.id in written:
            continue
        line = [first]
        while True:
            follows = [
                child
                for child in graph.children(line[-1].id)
                if child not in written and len(graph[child].parents) == 1
            ]
            written.add(line[-1].id)
            if not follows:
                break
            line.append(graph[follows[0]])
        parents = ", ".join(map(_quoted, first.parents))
        yield " <- ".join([*([parents] if parents else []), *map(_point, line)])
        for revision in line:
            if revision.depends_on:
                yield f"{_needed(graph, revision)} <~ {_quoted(revision.id)}"


def _point(revision: Revision[Any]) -> str:
    labels = f"[{', '.join(map(_quoted, revision.labels))}]" if revision.labels else ""
    return _quoted(revision.id) + labels


def _needed(graph: RevisionGraph[Any], revision: Revision[Any]) -> str:
    return ", ".join(
        [_quoted(name) if name in graph else f"@{_quoted(name)}" for name in revision.depends_on]
    )


def _quoted(name: str) -> str:
    return name if _PLAIN.match(name) else json.dumps(name)
