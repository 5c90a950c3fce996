"""The listing words at the prompt: current, heads, history with its ranges, branches, show."""

from __future__ import annotations

import pytest
from migrate_cli.cli.door import run

from .conftest import Project


@pytest.fixture
def shop(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Project:
    """a1 <- b2 <- d4; a1 <- c3 (labels side, far), and d4 depends on c3; the database is at b2."""
    monkeypatch.chdir(sqlite_project.root)
    sqlite_project.settings(f'url = "{sqlite_project.url}"')
    for one, parent in (("a1a1", None), ("b2b2", "a1a1"), ("c3c3", "a1a1"), ("d4d4", "b2b2")):
        sqlite_project.revision(one, parent)
    folder = sqlite_project.root / "migrations" / "versions"
    for name, line in (
        ("c3c3", 'branch_labels = ("side", "far")'),
        ("d4d4", 'depends_on = "c3c3"'),
    ):
        file = folder / f"{name}.py"
        file.write_text(file.read_text().replace("down_revision", f"{line}\ndown_revision", 1))
    assert run(["-q", "upgrade", "b2b2"]) == 0
    capsys.readouterr()
    return sqlite_project


LINES = {
    "a1a1": "<base> -> a1a1 (branchpoint), a1a1",
    "b2b2": "a1a1 -> b2b2, b2b2",
    "c3c3": "a1a1 -> c3c3 (far, side) (effective head), c3c3",
    "d4d4": "b2b2 (c3c3) -> d4d4 (head), d4d4",
}
FOLLOWING = ["  -> b2b2, b2b2", "  -> c3c3 (far, side) (effective head), c3c3"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("history", ["d4d4", "c3c3", "b2b2", "a1a1"]),
        ("history -r a1a1:b2b2", ["b2b2", "a1a1"]),
        ("history -r b2b2:", ["d4d4", "b2b2"]),
        ("history -r :b2b2", ["b2b2", "a1a1"]),
        ("history -r current:d4d4", ["d4d4", "b2b2"]),
        ("history -r :current", ["b2b2", "a1a1"]),
        ("history -r-1:d4d4", ["d4d4", "b2b2"]),
        ("history -r-1:current", ["b2b2", "a1a1"]),
        ("history -r :d4d4-1", ["b2b2", "a1a1"]),
    ],
)
def test_history_lists_what_a_range_holds(
    shop: Project, capsys: pytest.CaptureFixture[str], typed: str, shown: list[str]
) -> None:
    status = run(typed.split())

    said = capsys.readouterr()
    assert (status, said.err) == (0, "")
    listed = said.out.replace(" (current)", "").splitlines()
    assert sorted(listed) == sorted(LINES[one] for one in shown)
    assert (" (current)" in said.out) == ("current" in typed)


@pytest.mark.parametrize(
    ("typed", "status", "shown"),
    [
        ("current", 0, ["b2b2, b2b2"]),
        ("current --check-heads", 1, ["b2b2, b2b2"]),
        ("heads", 0, ["c3c3 (far, side) (effective head), c3c3", "d4d4 (head), d4d4"]),
        ("heads --resolve-dependencies", 0, ["d4d4 (head), d4d4"]),
        ("branches", 0, ["a1a1 (branchpoint), a1a1", *FOLLOWING]),
        (
            "branches -v",
            0,
            [
                "Rev: a1a1",
                "Parent: <base>",
                "Branches into: b2b2, c3c3",
                "Path: migrations/versions/a1a1.py",
                "",
                "    a1a1",
                "",
                *FOLLOWING,
            ],
        ),
    ],
)
def test_a_listing_is_a_line_each(
    shop: Project, capsys: pytest.CaptureFixture[str], typed: str, status: int, shown: list[str]
) -> None:
    ended = run(typed.split())

    assert (ended, capsys.readouterr().out.splitlines()) == (status, shown)


@pytest.mark.parametrize("typed", ["show c3c3", "show side@head", "heads -v", "history -v"])
def test_all_that_a_file_says_is_shown(
    shop: Project, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    assert run(typed.split()) == 0

    said = capsys.readouterr().out
    assert "Rev: c3c3 (head)\nParent: a1a1\nBranch names: far, side\nPath: migrations/versions/c3c3.py\n\n    c3c3\n" in said  # fmt: skip


def test_current_with_v_names_the_database(
    shop: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["current", "-v"])

    said = capsys.readouterr().out
    assert said.startswith(f"Current revision(s) for {shop.url}:\nRev: b2b2\nParent: a1a1\n")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("history -r b2b2", "'b2b2' is no range: a range is START:END"),
        ("graph -r b2b2", "write :b2b2 for what leads there, b2b2: for what follows, or"),
        ("history -r zzzz:", "no revision or branch 'zzzz'"),
        ("history -r b2b2:c3c3", "c3c3"),
        ("show nothing", "no revision or branch 'nothing'"),
    ],
)
def test_what_is_no_range_or_revision_is_told(
    shop: Project, capsys: pytest.CaptureFixture[str], typed: str, said: str
) -> None:
    assert run(typed.split()) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("word", ["history", "heads"])
def test_a_project_without_revisions_says_so_beside_the_answer(
    sqlite_project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    word: str,
) -> None:
    monkeypatch.chdir(sqlite_project.root)

    status = run([word])

    told = capsys.readouterr()
    assert (status, told.out) == (0, "")
    assert told.err == "There are no revisions yet. To begin: migrate make MESSAGE\n"


@pytest.mark.parametrize("typed", ["status", "current", "history"])
def test_a_file_that_is_no_python_is_named_in_a_line(
    shop: Project, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    """Though it is applied, and its header can be read; a strange escape is no fault."""
    file = shop.root / "migrations" / "versions" / "a1a1.py"
    whole = file.read_text()
    file.write_text(whole + 'x = "\\d"\n')
    assert run([typed]) == 0
    assert ".py:" not in "".join(capsys.readouterr())
    file.write_text(whole + "x = = 3\n")

    status = run([typed])

    said = capsys.readouterr()
    (line,) = [one for one in (said.out + said.err).splitlines() if ".py:" in one]
    assert status == 0
    number = len(whole.splitlines()) + 1
    assert line.removeprefix("Broken    ") == (
        f"migrations/versions/a1a1.py:{number}: is not Python: invalid syntax; "
        "it can't be run, up or down, until that is mended"
    )
