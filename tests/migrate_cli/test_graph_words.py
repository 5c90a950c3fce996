"""What is shown of the graph: `graph`, `history --graph`, and `heads` with its questions."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from migrate_cli.cli.door import run

FILES = {
    "a1a1": (None, None),
    "b2b2": ("a1a1", None),
    "c3c3": ("a1a1", None),
    "d4d4": (("b2b2", "c3c3"), None),
    "e5e5": (None, "d4d4"),
}
"""Id to parents and dependencies: two lines that join, and a root that needs where they join."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with these files, and a database that has some of them."""
    (tmp_path / "pyproject.toml").write_text('[tool.migrate]\nurl = "sqlite:///x.db"\n')
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    for one, (parents, needed) in FILES.items():
        (versions / f"{one}.py").write_text(
            f'"""make {one}"""\nrevision = {one!r}\ndown_revision = {parents!r}\n'
            f"branch_labels = None\ndepends_on = {needed!r}\n\n"
            "def upgrade(op):\n    pass\n\ndef downgrade(op):\n    pass\n"
        )
    monkeypatch.chdir(tmp_path)
    run(["upgrade", "b2b2", "--quiet"])
    return tmp_path


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        pytest.param(
            "graph",
            """\
            ○  e5e5 (head)  make e5e5
            ○    d4d4 (head)  make d4d4
            ├─╮
            ○ │  b2b2  make b2b2
            │ ○  c3c3  make c3c3
            ├─╯
            ○  a1a1  make a1a1
            """,
            id="lanes",
        ),
        pytest.param(
            "graph --ascii -i",
            """\
            o  e5e5 (head)  make e5e5
            o    d4d4 (head)  make d4d4
            +-.
            * |  b2b2 (applied)  make b2b2
            | o  c3c3  make c3c3
            +-'
            *  a1a1  make a1a1
            """,
            id="ascii-and-what-is-applied",
        ),
        pytest.param(
            "history --graph -r b2b2:d4d4",
            """\
            ○  d4d4 (head)  make d4d4
            ○  b2b2  make b2b2
            """,
            id="a-range-in-lanes",
        ),
        pytest.param(
            "history -g -r :current",
            """\
            ●  b2b2 (applied)  make b2b2
            ●  a1a1  make a1a1
            """,
            id="up-to-where-the-database-is",
        ),
        pytest.param(
            "heads",
            """\
            d4d4 (effective head) (mergepoint), make d4d4
            e5e5 (head), make e5e5
            """,
            id="a-head-that-another-one-needs",
        ),
        pytest.param(
            "heads --resolve-dependencies --check",
            """\
            e5e5 (head), make e5e5
            """,
            id="only-real-heads",
        ),
    ],
)
def test_the_graph_is_shown(
    project: Path, words: str, seen: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(words.split())

    assert capsys.readouterr().out == "".join(
        line[12:] for line in seen.splitlines(keepends=True)
    ).rstrip(" ")
    assert status == 0


def test_several_heads_are_found_by_a_check(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(["heads", "--check"])

    said = capsys.readouterr()
    assert status == 1
    assert said.err == "There are 2 heads. To join them: migrate merge\n"


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        ("mermaid", ['    n0["a1a1  make a1a1"]:::applied', "    n3 -.-> n4"]),
        ("dot", ['    "a1a1" [label="a1a1  make a1a1", style=filled];', '    "b2b2" -> "a1a1";']),
    ],
)
def test_the_graph_is_written_for_other_tools(
    project: Path, form: str, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(["graph", "-i", "--format", form])

    said = capsys.readouterr().out.splitlines()
    assert status == 0
    assert set(lines) <= set(said)


def test_the_graph_as_json_says_what_every_answer_says(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["graph", "-i", "--json"])

    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == 1
    assert told["applied"] == ["b2b2"]
    assert told["revisions"][0]["id"] == "a1a1"
    assert told["revisions"][0]["payload"]["message"] == "make a1a1"


def test_a_part_is_drawn_as_text_only(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["graph", "-r", "b2b2:", "--format", "dot"])

    assert status == 2
    assert "a range can be drawn as text only" in capsys.readouterr().err


def test_a_terminal_without_lanes_gets_ascii(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))

    status = run(["graph"])

    assert status == 0
    assert raw.getvalue().splitlines()[0] == b"o  e5e5 (head)  make e5e5"
