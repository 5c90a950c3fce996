"""Many runners at once: each revision exactly once, all of them content.

`MIGRATE_RACE_ROUNDS=50` gives that many rounds a database, one in eight of them with 32 runners.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from migrate_cli.commands import upgrade
from sqlalchemy import text

ROUNDS = int(os.environ.get("MIGRATE_RACE_ROUNDS", "5"))
REVISIONS = 6
MIDDLE = "r300"


def rounds() -> list[Any]:
    """How many run at once, and from where, round by round."""
    counts = (2, 8) if ROUNDS < 8 else (2, 8, 2, 8, 32, 8, 2, 8)
    made = []
    for number in range(ROUNDS):
        count = counts[number % len(counts)]
        start = ("empty", "middle")[number // len(counts) % 2]
        made.append(pytest.param(count, start, id=f"{number}-{count}-from-{start}"))
    return made


def chain(project: Any) -> None:
    """DDL and data by turns; each writes down that it ran, where only the table knows it."""
    parent = None
    for number in range(REVISIONS):
        name = f"r{number}00"
        work = [
            'op.create_table("log", sa.Column("id", sa.String(8)))' if number == 0 else "",
            f'op.create_table("t{number}", sa.Column("id", sa.Integer(), primary_key=True))'
            if number % 2 == 0
            else f'op.execute("INSERT INTO t{number - 1} VALUES (1), (2), (3)")',
            f"op.execute(\"INSERT INTO log VALUES ('{name}')\")",
        ]
        project.revision(name, parent, "\n".join(filter(None, work)))
        parent = name


def at_once(project: Any, count: int, *words: str) -> list[tuple[int, str]]:
    """Run `migrate` several times at once; exit status and output of each."""
    program = [sys.executable, str(Path(__file__).with_name("at_once.py")), str(count), *words]
    done = subprocess.run(
        [*program, "--url", project.url], cwd=project.root, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stderr.decode()
    return [(status, told) for status, told in json.loads(done.stdout)]


@pytest.mark.slow
@pytest.mark.parametrize(("count", "start"), rounds())
def test_each_revision_runs_exactly_once(project: Any, count: int, start: str) -> None:
    chain(project)
    if start == "middle":
        upgrade(project.config, MIDDLE)

    ended = at_once(project, count, "upgrade")

    assert [(status, told) for status, told in ended if status or "Traceback" in told] == []
    must_have_run_once(project)


@pytest.mark.slow
def test_many_that_ensure_the_version_table_make_one(project: Any) -> None:
    ended = at_once(project, 4, "ensure-version")

    assert [status for status, _ in ended] == [0] * 4
    assert sum("Created" in told for _, told in ended) == 1


def must_have_run_once(project: Any) -> None:
    with project.connect() as connection:
        ran = Counter(connection.execute(text("SELECT id FROM log")).scalars())
        rows = [
            connection.execute(text(f"SELECT count(*) FROM t{number}")).scalar()
            for number in range(0, REVISIONS, 2)
        ]
    assert ran == {f"r{number}00": 1 for number in range(REVISIONS)}
    assert rows == [3] * (REVISIONS // 2)
