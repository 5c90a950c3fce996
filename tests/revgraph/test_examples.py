"""The examples run, say what they say, and leave on disk what they promise."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(folder: str, *arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={"PYTHONPATH": str(EXAMPLES / folder), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_json_documents_tells_what_it_does(tmp_path: Path) -> None:
    told = run(
        "revgraph_json_documents",
        str(EXAMPLES / "revgraph_json_documents" / "demo.py"),
        cwd=tmp_path,
    )
    assert "first.json: 2 changes\n    upgrade 3f1a: one field for the author\n" in told
    assert 'second.json is now {"text": "Notes", "author": "Ada Lovelace", ' in told
    assert told.rstrip().endswith("downgrade 3f1a: one field for the author")


OLD = {"first_name": "Ada", "last_name": "Lovelace", "text": "a b c"}
NEW = {"author": "Ada Lovelace", "text": "a b c", "tags": [], "words": 3}


@pytest.mark.parametrize(
    ("call", "found"),
    [
        pytest.param("bring_up(folder)", {**NEW, "_heads": ["e7b4"]}, id="up"),
        pytest.param(
            'bring_up(folder, "words")',
            {"author": "Ada Lovelace", "text": "a b c", "words": 3, "_heads": ["51d9"]},
            id="one-branch",
        ),
        pytest.param('bring_up(folder); take_down(folder, "base")', OLD, id="up-and-back"),
        pytest.param("bring_up(folder); bring_up(folder)", {**NEW, "_heads": ["e7b4"]}, id="twice"),
        pytest.param(
            'bring_up(folder); take_down(folder, "3f1a")',
            {"author": "Ada Lovelace", "text": "a b c", "_heads": ["3f1a"]},
            id="back-over-the-merge",
        ),
        pytest.param(
            'bring_up(folder, "tags"); bring_up(folder, "words")',
            {**NEW, "_heads": ["51d9", "8c02"]},
            id="two-heads-are-stored",
        ),
    ],
)
def test_json_documents_on_disk(call: str, found: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    path.write_text(json.dumps(OLD))
    code = f"""
        from pathlib import Path
        from store import bring_up, take_down
        folder = Path(".")
        {call}
    """
    run("revgraph_json_documents", "-c", textwrap.dedent(code), cwd=tmp_path)

    assert json.loads(path.read_text()) == found
    assert [file.name for file in tmp_path.iterdir()] == ["note.json"]


def test_json_documents_stop_where_a_change_fails(tmp_path: Path) -> None:
    """What was done before the failure is on disk, with its heads; a second run goes on there."""
    path = tmp_path / "note.json"
    path.write_text(json.dumps({"first_name": "Ada", "last_name": "L"}))
    code = """
        from pathlib import Path
        from store import bring_up
        try:
            bring_up(Path("."))
        except KeyError as error:
            print("stopped at", error)
    """
    told = run("revgraph_json_documents", "-c", textwrap.dedent(code), cwd=tmp_path)

    assert told == "stopped at 'text'\n"
    assert json.loads(path.read_text()) == {"author": "Ada L", "_heads": ["3f1a"]}


def test_pipeline_runs_what_is_missing_and_redoes_what_a_change_touches(tmp_path: Path) -> None:
    told = run("revgraph_pipeline", str(EXAMPLES / "revgraph_pipeline" / "demo.py"), cwd=tmp_path)
    lines = [line.strip() for line in told.splitlines()]

    assert lines[1:3] == ["ran read_orders", "ran clean_orders"]
    assert lines.count("ran read_orders") == 1
    assert lines.count("ran convert_orders") == lines.count("ran read_rates") == 2
    assert lines.index("ran read_rates") < lines.index("ran convert_orders")
    assert "ada 8.80, bob 4.40" in lines
    assert "ada 9.60, bob 4.80" in lines
    assert "n0 -.-> n3" in lines
