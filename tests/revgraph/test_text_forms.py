"""The graph as text: the notation, lanes, Mermaid, DOT, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from revgraph import (
    Revision,
    RevisionGraph,
    draw,
    errors,
    from_json,
    from_notation,
    to_dot,
    to_json,
    to_mermaid,
    to_notation,
)
from revgraph_graphs import Model, applied, graphs


@pytest.mark.parametrize(
    ("text", "revisions"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(" ;\n; ", [], id="only-separators"),
        pytest.param("a", [Revision("a")], id="one"),
        pytest.param("a <- b <- c", [Revision("a"), Revision("b", "a"), Revision("c", "b")], id="line"),
        pytest.param("a<-b", [Revision("a"), Revision("b", "a")], id="no-spaces"),
        pytest.param("a <- b, c", [Revision("a"), Revision("b", "a"), Revision("c", "a")], id="fork"),
        pytest.param("a, b <- m", [Revision("a"), Revision("b"), Revision("m", ["a", "b"])], id="merge"),
        pytest.param("b <- m; a <- m", [Revision("a"), Revision("b"), Revision("m", ["b", "a"])],
                     id="merge-told-twice"),
        pytest.param("a\nb", [Revision("a"), Revision("b")], id="new-line"),
        pytest.param("a[x, y]", [Revision("a", labels=["x", "y"])], id="labels"),
        pytest.param("a[x] <- b[y]", [Revision("a", labels="x"), Revision("b", "a", labels="y")],
                     id="labels-in-a-chain"),
        pytest.param("a <~ b", [Revision("a"), Revision("b", depends_on="a")], id="dependency"),
        pytest.param("a[x]; @x <~ b", [Revision("a", labels="x"), Revision("b", depends_on="x")],
                     id="dependency-by-label"),
        pytest.param("a[feature-x+1]", [Revision("a", labels="feature-x+1")], id="label-with-dash"),
        pytest.param(r'"a b" <- "c\"d"', [Revision("a b"), Revision('c"d', "a b")], id="quoted"),
        pytest.param("é <- 名.1/x_", [Revision("é"), Revision("名.1/x_", "é")], id="letters"),
    ],
)  # fmt: skip
def test_notation(text: str, revisions: list[Revision[None]]) -> None:
    graph = RevisionGraph(revisions)
    assert from_notation(text) == graph
    assert from_notation(to_notation(graph)) == graph


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a <- ", 5),
        ("<- a", 0),
        ("a b", 2),
        ("a -> b", 2),
        ("a[", 2),
        ("a[x", 3),
        ("a[]", 2),
        ("a,", 2),
        ("@x", 2),
        ("@x <- b", 3),
        ("a <~ @x", 7),
        ("a; b <- (c)", 8),
        ('"a', 0),
        (r'"\q"', 0),
        ("a <= b", 2),
    ],
)
def test_what_is_not_in_the_notation(text: str, position: int) -> None:
    with pytest.raises(errors.NotationError) as caught:
        from_notation(text)
    assert (caught.value.text, caught.value.position) == (text, position)


DRAWINGS = {
    "a <- b <- c": """
        ○  c (head)
        ●  b (applied)
        ●  a
    """,
    "a <- b[x] <- m; a <- c <- m": """
        ○    m (head)
        ├─╮
        ● │  b (x, applied)
        │ ○  c
        ├─╯
        ●  a
    """,
    "a <- b; a <- c; a <- d; b, c, d <- m": """
        ○      m (head)
        ├─┬─╮
        ● │ │  b (applied)
        │ ○ │  c
        ├─╯ │
        │   ○  d
        ├───╯
        ●  a
    """,
    "a <- b; a <- c; a <- d": """
        ●  b (head, applied)
        │ ○  c (head)
        ├─╯
        │ ○  d (head)
        ├─╯
        ●  a
    """,
    "a <- z; b <- y; a <~ y": """
        ○    y (head)
        ├─╮
        ● ┊  b (applied)
          ┊
        ○ ┊  z (head)
        ╰─┤
          ○  a
    """,
}


@pytest.mark.parametrize(("notation", "drawing"), DRAWINGS.items())
def test_drawings(notation: str, drawing: str) -> None:
    lines = drawing.strip("\n").rstrip().split("\n")
    expected = [line[8:] for line in lines]
    assert draw(from_notation(notation), applied="b").split("\n") == expected
    plain = draw(from_notation(notation), applied="b", ascii=True)
    assert plain.isascii()
    to_ascii = str.maketrans("○●│┊─┼╮┬╯├╭╰┤", "o*|:-+..'+.'+")
    assert plain == "\n".join(expected).translate(to_ascii)


def test_drawing_of_some_and_of_nothing() -> None:
    graph = from_notation("a <- b <- c <- d")
    assert draw(graph, ids=["b", "c"], ascii=True) == "o  c\no  b"
    assert draw(graph, ids=[]) == draw(RevisionGraph[None]()) == ""
    with pytest.raises(errors.UnknownRevision):
        draw(graph, ids=["zz"])
    with pytest.raises(errors.UnknownApplied):
        draw(graph, applied="zz")


def test_drawing_with_descriptions() -> None:
    graph = RevisionGraph([Revision("a", payload="first\nmore"), Revision("b", "a", payload="")])
    drawn = draw(graph, describe=lambda r: r.payload or "", ascii=True)
    assert drawn == "o  b (head)\no  a  first"
    assert draw(graph, describe=lambda r: None) == draw(graph)


def test_a_drawing_does_not_obey_names() -> None:
    graph = RevisionGraph([Revision("a\nb\x1b[2J", labels="é\t")])
    assert draw(graph, ascii=True) == r"o  a\nb\x1b[2J (é\t, head)"


RIGHT, LEFT, DOWN = (1, 0), (-1, 0), (0, 1)
# Where a stroke that is entered in some direction leads to.
STROKES = {
    "─": {RIGHT: [RIGHT], LEFT: [LEFT]},
    "│": {DOWN: [DOWN]},
    "┊": {DOWN: [DOWN]},
    "┼": {DOWN: [DOWN], RIGHT: [RIGHT], LEFT: [LEFT]},
    "┬": {RIGHT: [RIGHT, DOWN], LEFT: [LEFT, DOWN]},
    "╮": {RIGHT: [DOWN]},
    "╭": {LEFT: [DOWN]},
    "├": {DOWN: [DOWN], LEFT: [DOWN]},
    "┤": {DOWN: [DOWN], RIGHT: [DOWN]},
}


def edges_drawn(drawing: str) -> Iterator[tuple[str, str]]:
    """Follow every lane down from each dot, and yield (id, id it leads to)."""
    rows = drawing.split("\n")
    dots: dict[int, tuple[int, str]] = {}
    for y, row in enumerate(rows):
        found = re.match(r"([^○●]*)[○●](?:[ │┊]*)  (\S+)", row)
        if found:
            dots[y] = (len(found[1]), found[2])
    for y, (x, name) in dots.items():
        ways = [(x, y + 1, DOWN)]
        # The lines below a dot up to the next are where its own lane parts and joins.
        own = y + 1
        while own < len(rows) and own not in dots:
            for side in (LEFT, RIGHT):
                if stroke_at(rows, x + side[0], own) in "─┬╮╭┼" and own > y:
                    ways.append((x + side[0], own, side))
            own += 1
        for way in ways:
            yield from ((name, end) for end in ends_of(rows, dots, way))


def stroke_at(rows: list[str], x: int, y: int) -> str:
    return rows[y][x] if 0 <= x < len(rows[y]) else " "


def ends_of(
    rows: list[str], dots: dict[int, tuple[int, str]], way: tuple[int, int, tuple[int, int]]
) -> Iterator[str]:
    stack = [way]
    while stack:
        x, y, direction = stack.pop()
        if y >= len(rows):
            continue
        if direction is DOWN and y in dots and dots[y][0] == x:
            yield dots[y][1]
            continue
        for onward in STROKES.get(stroke_at(rows, x, y), {}).get(direction, ()):
            stack.append((x + onward[0], y + onward[1], onward))


@given(graphs())
def test_lanes_lead_from_each_revision_to_what_it_needs(graph: RevisionGraph[int]) -> None:
    """Every edge can be followed with a finger, and no lane leads anywhere else."""
    needs = {(one, p) for one, some in Model(graph).needs.items() for p in some}
    assert set(edges_drawn(draw(graph))) == needs


@given(graphs(), st.data())
def test_text_forms_have_every_revision_and_edge(
    graph: RevisionGraph[int], data: st.DataObject
) -> None:
    heads = data.draw(applied(graph))
    needs = Model(graph).needs
    done = Model(graph).below(heads)

    dot = to_dot(graph, applied=heads)
    assert set(re.findall(r'"(\w+)" -> "(\w+)"', dot)) == {
        (one, p) for one, some in needs.items() for p in some
    }
    assert set(re.findall(r'"(\w+)" \[[^\n]*style=filled', dot)) == done
    mermaid = to_mermaid(graph, applied=heads)
    names = dict(re.findall(r'(n\d+)\["(\w+)', mermaid))
    assert sorted(names.values()) == sorted(needs)
    assert {(names[b], names[a]) for a, b in re.findall(r"(n\d+) -[-.]+> (n\d+)", mermaid)} == {
        (one, p) for one, some in needs.items() for p in some
    }
    told = json.loads(to_json(graph, applied=heads))
    assert [one["id"] for one in told["revisions"]] == [revision.id for revision in graph]
    assert (told["heads"], told["applied"]) == (list(graph.heads), sorted(heads))


def test_strange_names_do_not_break_out_of_the_forms() -> None:
    name = 'a"] --> b; <script>\n\\'
    graph = RevisionGraph([Revision("z"), Revision(name.replace("-", ""), "z", labels="x")])
    (quoted,) = re.findall(r'n1\["(.*)"\]', to_mermaid(graph))
    assert not set('"<>;\n\\') & set(re.sub(r"#\d+;", "", quoted))
    assert r'"a\"] > b; <script>\n\\"' in to_dot(graph)
    assert from_json(to_json(graph)) == graph
    assert from_notation(to_notation(graph)) == graph


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "null", '{"revisions": 7}', '{"revisions": [{"id": "a"}]}', "[" * 100_000],
)
def test_what_is_not_a_graph_in_json(text: str) -> None:
    with pytest.raises(errors.NotationError):
        from_json(text)


def test_json_of_a_graph_that_cannot_be() -> None:
    one = {"id": "a", "parents": ["zz"], "depends_on": [], "labels": []}
    with pytest.raises(errors.MissingParent):
        from_json(json.dumps({"revisions": [one]}))
