"""The graph as text for other tools: Mermaid, DOT (Graphviz), JSON. For people see `draw`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from revgraph.errors import NotationError
from revgraph.graph import RevisionGraph, T
from revgraph.heads import all_applied, as_ids
from revgraph.revision import Revision


def to_mermaid(
    graph: RevisionGraph[T],
    *,
    applied: str | Iterable[str] = (),
    describe: Callable[[Revision[T]], str | None] | None = None,
) -> str:
    """Write a Mermaid flowchart, parents above; dependencies are dotted, what is applied is filled.

    Args:
        applied: Ids of the heads that are applied.
        describe: As in `draw`: called with each revision for what to say about it.

    Raises:
        UnknownApplied: An id in *applied* isn't in the graph.

    Example:
        >>> from revgraph import from_notation
        >>> print(to_mermaid(from_notation("a <- b[x]; a <~ c"), applied="a"))
        flowchart TD
            n0["a"]:::applied
            n1["c"]
            n2["b (x)"]
            n0 -.-> n1
            n0 --> n2
            classDef applied fill:#9bd
    """
    done = all_applied(graph, applied)
    key = {revision.id: f"n{i}" for i, revision in enumerate(graph)}
    nodes, edges = [], []
    for revision in graph:
        # Mermaid knows HTML's entities in quoted texts, and no other escape.
        text = "".join(
            char if char.isalnum() or char in " _./,()" else f"#{ord(char)};"
            for char in _title(revision, describe)
        )
        mark = ":::applied" if revision.id in done else ""
        nodes.append(f'    {key[revision.id]}["{text}"]{mark}')
        for other, is_parent in _needed(graph, revision):
            arrow = "-->" if is_parent else "-.->"
            edges.append(f"    {key[other]} {arrow} {key[revision.id]}")
    end = ["    classDef applied fill:#9bd"] if done else []
    return "\n".join(["flowchart TD", *nodes, *edges, *end])


def to_dot(
    graph: RevisionGraph[T],
    *,
    applied: str | Iterable[str] = (),
    describe: Callable[[Revision[T]], str | None] | None = None,
) -> str:
    """Write a DOT digraph; arrows go from a revision to what it needs, dashed to dependencies.

    Args:
        applied: Ids of the heads that are applied.
        describe: As in `draw`: called with each revision for what to say about it.

    Raises:
        UnknownApplied: An id in *applied* isn't in the graph.

    Example:
        >>> from revgraph import from_notation
        >>> print(to_dot(from_notation("a <- b[x]"), applied="a"))
        digraph revisions {
            rankdir=BT;
            "a" [style=filled];
            "b" [label="b (x)"];
            "b" -> "a";
        }
    """
    done = all_applied(graph, applied)
    nodes, edges = [], []
    for revision in graph:
        facts = []
        said = _title(revision, describe)
        if said != revision.id:
            facts.append(f"label={_dot_quoted(said)}")
        if revision.id in done:
            facts.append("style=filled")
        name = _dot_quoted(revision.id)
        nodes.append(f"    {name} [{', '.join(facts)}];" if facts else f"    {name};")
        for other, is_parent in _needed(graph, revision):
            style = "" if is_parent else " [style=dashed]"
            edges.append(f"    {name} -> {_dot_quoted(other)}{style};")
    return "\n".join(["digraph revisions {", "    rankdir=BT;", *nodes, *edges, "}"])


def to_json(
    graph: RevisionGraph[T],
    *,
    applied: str | Iterable[str] = (),
    payload: Callable[[Revision[T]], Any] | None = None,
    indent: int | None = 2,
) -> str:
    """Write a JSON object: `revisions`, parents first, `heads`, and `applied`.

    Args:
        applied: Ids of the heads that are applied; unknown ones are written too.
        payload: Called with each revision for what JSON should say as its
            `payload`; None leaves payloads out.
        indent: Spaces; None for one line.

    Example:
        >>> from revgraph import from_notation
        >>> to_json(from_notation("a"), indent=None)
        '{"revisions": [{"id": "a", "parents": [], "depends_on": [], "labels": []}], \
"heads": ["a"], "applied": []}'
    """
    revisions = []
    for revision in graph:
        told: dict[str, Any] = {  # JSON, whatever the payload function returns
            "id": revision.id,
            "parents": revision.parents,
            "depends_on": revision.depends_on,
            "labels": revision.labels,
        }
        if payload is not None:
            told["payload"] = payload(revision)
        revisions.append(told)
    whole = {"revisions": revisions, "heads": graph.heads, "applied": sorted(as_ids(applied))}
    return json.dumps(whole, indent=indent)


def from_json(text: str) -> RevisionGraph[Any]:
    """Build the graph that `to_json` wrote, with payloads as JSON says them.

    Raises:
        NotationError: The text isn't JSON, or not of that shape.
        GraphError: It is, but the graph it tells of can't be.

    Example:
        >>> from revgraph import from_notation
        >>> graph = from_notation("a <- b[x]; a <~ c")
        >>> from_json(to_json(graph)) == graph
        True
    """
    try:
        told = json.loads(text)
        revisions = [
            Revision[Any](
                one["id"], one["parents"], one["depends_on"], one["labels"], one.get("payload")
            )
            for one in told["revisions"]
        ]
    except json.JSONDecodeError as error:
        raise NotationError(text, error.pos, f"it isn't JSON: {error.msg}") from error
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        reason = 'wanted {"revisions": [{"id", "parents", "depends_on", "labels"}, ...]}'
        raise NotationError(text, 0, reason) from error
    return RevisionGraph(revisions)


def _needed(graph: RevisionGraph[Any], revision: Revision[Any]) -> list[tuple[str, bool]]:
    """Ids of parents, then of dependencies, as declared; each with whether it is a parent."""
    indexed = graph.indexed
    needs = indexed.needs[graph.number(revision.id)]
    return [(indexed.ids[n], i < len(revision.parents)) for i, n in enumerate(needs)]


def _title(
    revision: Revision[T], describe: Callable[[Revision[T]], str | None] | None = None
) -> str:
    """Say which revision it is: its id, its labels, the first line of what there is to say."""
    text = f"{revision.id} ({', '.join(revision.labels)})" if revision.labels else revision.id
    told = (describe(revision) or "").strip().split("\n", 1)[0] if describe else ""
    return f"{text}  {told}" if told else text


def _dot_quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
