"""The benchmark runs, and its generators give the same each time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.mark.slow
def test_a_row_is_measured_told_and_stored(tmp_path: Path) -> None:
    stored = tmp_path / "table.md"

    done = subprocess.run(
        [sys.executable, BENCH / "run.py", "--rows", "S5", "--rounds", "1", "--revisions", "40",
         "--store", stored],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "| S5 | build, 40 revisions, bushy |" in done.stdout
    assert stored.read_text(encoding="utf-8") == done.stdout
    (row,) = json.loads(stored.with_suffix(".json").read_text(encoding="utf-8"))
    assert {"ours", "floor"} <= row["sides"].keys()
    assert row["sides"]["ours"]["seconds"] > 0


def test_graphs_are_the_same_each_time_and_others_for_another_seed() -> None:
    program = "from graphs import SHAPES, in_directory_order as d; print([d(s(30)) for s in SHAPES.values()])"

    def made(seed: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=BENCH,
            env={"MIGRATE_BENCH_SEED": seed},
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=60,
        ).stdout

    assert made("0") == made("0") != made("1")
