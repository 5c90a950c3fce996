"""What a terminal shows: lines that fit it, and of many revisions those next to the database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest
from migrate_cli.cli import moves, paper
from migrate_cli.cli.door import run
from migrate_cli.cli.patience import Patience
from migrate_cli.commands import upgrade

from .conftest import Project


class Terminal:
    """A stdout that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param("ten chars.", "ten chars.", id="fits"),
        pytest.param("eleven char", "eleven ...", id="cut"),
        pytest.param("数字数字数", "数字数字数", id="wide-fits"),
        pytest.param("数字数字数字", "数字数...", id="wide-cut"),
        pytest.param("e\u0301" * 10, "e\u0301" * 10, id="accents-take-no-room"),
    ],
)
def test_a_line_is_cut_to_the_terminal(
    monkeypatch: pytest.MonkeyPatch, line: str, shown: str
) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    monkeypatch.setattr(sys, "stdout", Terminal())

    assert paper.fit(line) == shown


def test_colours_take_no_room_and_end_where_the_line_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    monkeypatch.setattr(sys, "stdout", Terminal())
    painted = paper.paint("ten chars.", "red")

    assert paper.fit(painted) == painted
    assert paper.fit(paper.paint("eleven char", "red")) == f"{paper.paint('eleven ', 'red')}..."


def test_a_pipe_gets_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "10")

    assert paper.fit("eleven char") == "eleven char"


@pytest.mark.parametrize(
    ("flags", "count"), [([], 6 + 1 + 6 + 1), (["-v"], 40)], ids=["brief", "verbose"]
)
def test_status_shows_of_many_revisions_those_next_to_the_database(
    sqlite_project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flags: Sequence[str],
    count: int,
) -> None:
    for number in range(40):
        sqlite_project.revision(f"r{number:03}", f"r{number - 1:03}" if number else None)
    upgrade(sqlite_project.config, "r019")
    monkeypatch.chdir(sqlite_project.root)

    run(["status", "--url", sqlite_project.url, *flags])

    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert len(rows) == count
    assert any("r019" in row for row in rows)
    assert any("r020" in row for row in rows)
    if not flags:
        assert rows[0] == "      14 older ones, applied too    (-v shows them)"
        assert rows[-1] == "      and 14 more, pending    (-v shows them)"


def test_what_takes_long_says_so_until_it_ends() -> None:
    said: list[float] = []
    enough = threading.Event()

    def told(passed: float) -> None:
        said.append(passed)
        if len(said) == 4:
            enough.set()

    patience = Patience(told, after=(0.01, 0.02))
    patience.begin()
    assert enough.wait(10)
    patience.end()
    count = len(said)

    assert said[:4] == [0.01, 0.02, 0.04, 0.06]
    assert len(said) == count


def test_a_step_that_takes_long_is_told_in_a_line_of_its_own_where_nobody_sits(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sqlite_project.revision("a1", upgrade="import time\ntime.sleep(0.3)", message="slow")
    monkeypatch.chdir(sqlite_project.root)
    monkeypatch.setattr(moves, "Patience", lambda said: Patience(said, after=(0.1, 60)))

    run(["upgrade", "--url", sqlite_project.url])

    assert "  a1  slow: still at work after 100 ms\n" in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["--help", "upgrade --help", "history", "--version"])
def test_who_reads_along_may_go_away(sqlite_project: Project, typed: str) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    sqlite_project.revision("a1")

    ended = subprocess.run(
        [sys.executable, "-m", "migrate_cli", *typed.split()],
        cwd=sqlite_project.root, stdout=writes, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writes)

    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_process_that_was_started_without_streams_does_its_work(sqlite_project: Project) -> None:
    sqlite_project.revision("a1", None, 'op.create_table("t", sa.Column("id", sa.Integer))')
    word = f"{sys.executable} -m migrate_cli --url {sqlite_project.url}"

    for command in ("upgrade", "history", "status"):
        line = f"exec {word} {command} <&- >&- 2>&-"
        done = subprocess.run(["/bin/sh", "-c", line], cwd=sqlite_project.root, check=False)
        assert done.returncode == 0, command

    assert sqlite_project.tables() == {"t"}
